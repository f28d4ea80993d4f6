"""bindSalesChannel: one program a channel, only such as a shop can show, and they stay such."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.shopware import CHANNEL, PROGRAM, bind, bound

ACTION = "bindSalesChannel"


def test_binds_and_unbinds(merchant: Merchant) -> None:
    first, second = merchant.program(), merchant.program("stamps")
    dashed = "98432DEF-39FC-4624-B332-13A56B8C944D"

    one = merchant.api.ok(ACTION, {"programId": first, "salesChannelId": dashed})
    both = merchant.api.ok(ACTION, {"programId": second, "salesChannelId": f"0x{'1' * 32}"})
    with nothing_written():
        merchant.api.ok(ACTION, {"programId": second, "salesChannelId": "1" * 32})
    left = merchant.api.ok(ACTION, {"programId": first, "salesChannelId": None})

    assert one["salesChannels"] == [{"salesChannelId": CHANNEL, "programId": first}]
    assert [each["programId"] for each in both["salesChannels"]] == [first, second]
    assert (left["salesChannelId"], len(left["salesChannels"])) == (None, 1)


def test_a_repetition_by_its_key_gets_the_first_answer(merchant: Merchant) -> None:
    program_id = merchant.program()
    asked = {"programId": program_id, "salesChannelId": CHANNEL}

    first = merchant.api(ACTION, asked, idempotency_key="key")
    bind(merchant.api, program_id, None)
    again = merchant.api(ACTION, asked, idempotency_key="key")

    assert again.is_replay
    assert again.body == first.body


@pytest.mark.parametrize(
    ("kind", "fields", "named"),
    [
        ("cashback", {}, {"programId"}),
        ("tier", {}, {"tierPolicy.basis"}),
        (
            "tier",
            {"tierPolicy": {"basis": "balance", "downgrade": "one", "graceDays": 3}},
            {"tierPolicy.downgrade", "tierPolicy.graceDays"},
        ),
    ],
)
def test_refuses_what_a_shop_cannot_show(
    merchant: Merchant, kind: str, fields: dict[str, Any], named: set[str]
) -> None:
    program_id = merchant.program(kind, **fields)

    with nothing_written():
        answer = merchant.api(ACTION, {"programId": program_id, "salesChannelId": CHANNEL})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["details"]["fields"].keys() == named


def test_a_channel_has_one_program(merchant: Merchant) -> None:
    bound(merchant)
    other = {"programId": merchant.program(), "salesChannelId": CHANNEL}

    with nothing_written():
        answer = merchant.api(ACTION, other)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_what_is_bound_stays_such_as_a_shop_can_show(merchant: Merchant) -> None:
    member = bound(merchant)
    change = {"programId": member.program_id, "tierPolicy": {"graceDays": 5}}

    with nothing_written():
        refused = merchant.api("updateLoyaltyProgram", change)
    bind(merchant.api, member.program_id, None)

    assert (refused.status, refused.error) == (400, "INVALID_PARAMETERS")
    assert "tierPolicy.graceDays" in refused.body["details"]["fields"]
    assert merchant.api("updateLoyaltyProgram", change).status == 200


def test_another_accounts_program_is_none(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    asked = {"programId": merchant.program("tier", **PROGRAM), "salesChannelId": CHANNEL}
    other = new_merchant()

    with nothing_written():
        answer = other.api(ACTION, asked)

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
