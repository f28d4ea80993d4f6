"""Ids with characters that nobody sees: refused for what is new, and found for what is there."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain import plain_ids
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_invalid, nothing_written

OLD = "user_\u200b1\x07"


@pytest.fixture
def old(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Member:
    """A member with such an id, as versions before let in."""
    member = merchant.member("points").other(OLD)
    with monkeypatch.context() as before:
        before.setattr(plain_ids, "_UNSEEN", frozenset())
        merchant.api.ok("createMember", {"userId": OLD, "email": "old@example.com"})
        member.enroll()
        member.earn(100)
    return member


@pytest.mark.parametrize(
    ("action", "field", "fields"),
    [
        ("createMember", "userId", {}),
        ("enrollInLoyaltyProgram", "userId", {}),
        ("syncExternalLoyalty", "userId", {"action": "add", "points": 5}),
        ("syncExternalLoyalty", "externalTransactionId", {"action": "add", "points": 5}),
        ("addLoyaltyPoints", "transactionId", {"points": 5}),
        ("redeemLoyaltyPoints", "transactionId", {"points": 5, "rewardDescription": "Coffee"}),
        ("extendExpiry", "transactionId", {"lastDay": "2026-12-31", "reason": "R", "actor": "A"}),
        ("transferLoyaltyPoints", "transferId", {"toUserId": "user_2", "points": 5}),
    ],
)
def test_nothing_new_gets_such_an_id(
    merchant: Merchant, action: str, field: str, fields: dict[str, Any]
) -> None:
    member = merchant.member("points")
    body = {} if action == "createMember" else {**member.ids}

    for bad in ("a\x00b", "a\x7fb", "a\u202eb", "a\u200bb"):
        with nothing_written():
            answer = merchant.api(action, {**body, **fields, field: bad})
        assert_invalid(answer, **{field: plain_ids.NOT_PLAIN})


def test_a_row_with_such_an_id_fails_alone(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    rows = [{"userId": "a\u200bb", "points": 5}, {"userId": "ben", "points": 7}]

    answer = merchant.api.ok("importMembers", {"programId": program_id, "rows": rows})

    assert [each["outcome"] for each in answer["results"]] == ["failed", "created"]
    assert plain_ids.NOT_PLAIN in answer["results"][0]["message"]


def test_who_has_one_from_before_is_found_and_goes_on(old: Member) -> None:
    assert old.api.ok("getMember", {"userId": OLD})["member"]["userId"] == OLD
    found = old.api.ok("identifyMember", {"email": "old@example.com"})
    assert found["member"]["userId"] == OLD
    assert old.balance()["currentBalance"] == 100
    assert old.add(points=10).status == 200
    body = {**old.ids, "action": "add", "points": 5}
    assert old.api.ok("syncExternalLoyalty", body)["newBalance"] == 115


def test_who_has_one_from_before_is_merged_into_a_plain_one(old: Member) -> None:
    new = old.other("user_2")
    new.enroll()

    old.api.ok("mergeMembers", {"fromUserId": OLD, "intoUserId": "user_2"})

    assert new.balance()["currentBalance"] == 100


def test_who_has_one_from_before_is_erased(old: Member) -> None:
    assert old.api.ok("eraseMember", {"userId": OLD})["state"] == "erased"
    assert old.api("getMember", {"userId": OLD}).status == 404
