"""importVoucherCodes: codes of a voucher, each given to one member, once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.loyalty.voucher_codes import CODES_A_CALL_MAX
from shared.services.loyalty import reward_stocks
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import commit, reserve, reserved, void

ACTION = "importVoucherCodes"
VOUCHER = {"rewardId": "rw_coffee", "title": "Cinema", "type": "voucher", "requiredPoints": 40}
CODES = ["Kino-1", "Kino-2", "Kino-3"]


def cinema(merchant: Merchant, codes: list[str] = CODES, balance: int = 400) -> Member:
    """Return a member of a program where 40 points buy a ticket with a code of its own."""
    member = merchant.member("points", balance=balance, rewards=[VOUCHER])
    if codes:
        import_(member, codes)
    return member


def import_(member: Member, codes: list[str], **options: Any) -> dict[str, Any]:
    return member.api.ok(ACTION, body(member, codes), **options)


def body(member: Member, codes: list[Any], **fields: Any) -> dict[str, Any]:
    return {"programId": member.program_id, "rewardId": "rw_coffee", "codes": codes, **fields}


def buy(member: Member, **fields: Any) -> Answer:
    return member.redeem(40, rewardId="rw_coffee", **fields)


def outcomes(answer: dict[str, Any]) -> list[str]:
    assert [each["index"] for each in answer["results"]] == list(range(len(answer["results"])))
    return [each["outcome"] for each in answer["results"]]


def code_documents(member: Member) -> list[dict[str, Any]]:
    found = client.query(f"{paths.account(member.merchant.account_id)}/voucherCodes")
    return [each.data or {} for each in found]


def test_a_voucher_that_waits_for_its_codes_with_a_stock_of_0_gives_nothing_before(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", balance=100, rewards=[{**VOUCHER, "stock": 0}])

    with nothing_written():
        assert_refused(buy(member), 400, "REWARD_OUT_OF_STOCK", {"rewardId": "rw_coffee"})
    answer = import_(member, CODES)

    assert (answer["imported"], answer["codesLeft"]) == (3, 3)
    assert buy(member).body["rewardCode"] in CODES
    stored.assert_sound(member)


def test_each_code_is_given_once_until_none_is_left(merchant: Merchant) -> None:
    member = cinema(merchant)

    codes = [buy(member).body["rewardCode"] for _ in CODES]

    assert sorted(codes) == CODES
    with nothing_written():
        assert_refused(buy(member), 400, "REWARD_OUT_OF_STOCK", {"rewardId": "rw_coffee"})
    assert import_(member, ["Kino-4"])["codesLeft"] == 1
    assert buy(member).body["rewardCode"] == "Kino-4"
    stored.assert_sound(member)


def test_few_codes_that_are_left_of_many_are_given_as_they_are(merchant: Merchant) -> None:
    """All that were ever imported would be several shards, and those that are left are one."""
    first, more = ([f"Kino-{part}{number}" for number in range(10)] for part in "AB")
    member = cinema(merchant, first, balance=1000)
    codes = [buy(member).body["rewardCode"] for _ in range(5)]
    import_(member, more)

    codes += [buy(member).body["rewardCode"] for _ in range(15)]

    assert sorted(codes) == [*first, *more]
    with nothing_written():
        assert_refused(buy(member), 400, "REWARD_OUT_OF_STOCK", {"rewardId": "rw_coffee"})
    stored.assert_sound(member)


def test_what_gives_codes_stays_a_voucher(merchant: Merchant) -> None:
    member = cinema(merchant)
    other = {**VOUCHER, "type": "discount_percent"}

    with nothing_written():
        answer = member.api(
            "updateLoyaltyProgram", {"programId": member.program_id, "rewards": [other]}
        )

    problem = "must stay voucher: the reward gives codes of its own"
    assert_fields_refused(answer, {"rewards[0].type": problem})


def test_a_code_that_is_there_is_not_added_again(merchant: Merchant) -> None:
    member = cinema(merchant)
    buy(member)

    with nothing_written():
        again = import_(member, CODES)
    more = import_(member, ["Kino-4", "Kino-1", "Kino-4"])

    assert (again["imported"], again["codesLeft"]) == (0, 2)
    assert outcomes(again) == ["duplicate"] * 3
    assert (more["imported"], more["codesLeft"]) == (1, 3)
    assert outcomes(more) == ["imported", "duplicate", "duplicate"]


def test_a_code_of_another_reward_stays_there(merchant: Merchant) -> None:
    cinema(merchant)
    other = cinema(merchant, [])

    answer = import_(other, ["Kino-1", "Kino-9"])

    assert outcomes(answer) == ["of_another_reward", "imported"]
    assert answer["codesLeft"] == 1
    stranger = cinema(create_merchant(merchant.api.app), [])
    assert outcomes(import_(stranger, ["Kino-1"])) == ["imported"]


def test_the_same_key_gets_the_first_answer(merchant: Merchant) -> None:
    member = cinema(merchant, [])
    first = import_(member, CODES, idempotency_key="k1")

    assert import_(member, CODES, idempotency_key="k1") == first
    assert first["imported"] == 3


def test_a_code_is_encrypted_until_it_is_given_and_then_gone(merchant: Merchant) -> None:
    member = cinema(merchant, ["Kino-1"])

    (before,) = code_documents(member)
    buy(member)
    (after,) = code_documents(member)

    assert before["givenAt"] is None
    assert "Kino-1" not in str(before)
    assert after["code"] is None
    assert after["givenAt"] is not None
    assert stored.entries(member)[-1].reward_code == "Kino-1"


def test_a_reservation_shows_no_code_and_keeps_one(merchant: Merchant) -> None:
    member = cinema(merchant, ["Kino-1"])
    made = reserve(member).body
    other = member.other("ben")
    other.enroll()
    other.earn(100)

    assert made["rewardCode"] is None
    assert buy(other).error == "REWARD_OUT_OF_STOCK"
    spent = commit(member, made["reservationId"])
    assert spent.body["rewardCode"] == "Kino-1"
    assert commit(member, made["reservationId"]).body == spent.body
    stored.assert_sound(member)


@pytest.mark.parametrize("ends", ["void", "time"])
def test_what_nobody_has_seen_is_given_to_the_next_one(
    merchant: Merchant, frozen_clock: Clock, ends: str
) -> None:
    member = cinema(merchant, ["Kino-1"])
    reservation_id = reserved(member)
    if ends == "void":
        void(member, reservation_id)
    else:
        frozen_clock.now += timedelta(minutes=15)

    assert buy(member).body["rewardCode"] == "Kino-1"


def test_what_somebody_has_seen_is_given_to_nobody_else(merchant: Merchant) -> None:
    member = cinema(merchant, ["Kino-1"])
    bought = buy(member).body
    cancelled = {**member.ids, "redemptionId": bought["redemptionId"]}

    member.api.ok("cancelRedemption", cancelled)

    assert member.balance()["currentBalance"] == 400
    assert buy(member).error == "REWARD_OUT_OF_STOCK"
    assert outcomes(import_(member, ["Kino-1"])) == ["duplicate"]


def test_it_is_used_as_it_is_spelt(merchant: Merchant) -> None:
    member = cinema(merchant, ["Kino-1"])
    buy(member)
    use = {"storeId": merchant.store_id, "rewardCode": " Kino-1 "}

    assert member.api("useRewardCode", {**use, "rewardCode": "KINO-1"}).status == 404
    assert member.api.ok("useRewardCode", use)["rewardCode"] == "Kino-1"
    assert member.api("useRewardCode", use).error == "REWARD_CODE_USED"


def test_the_stock_is_the_number_of_codes(merchant: Merchant) -> None:
    member = cinema(merchant)

    def change(**fields: Any) -> Answer:
        rewards = [{**VOUCHER, **fields}]
        return member.api(
            "updateLoyaltyProgram", {"programId": member.program_id, "rewards": rewards}
        )

    assert change(title="Film").status == 200
    with nothing_written():
        problem = "is the number of its codes: add some with importVoucherCodes"
        assert_fields_refused(change(stock=7), {"stock": problem})
        for stock in (7, None):
            anew = {"programId": member.program_id, "rewardId": "rw_coffee", "stock": stock}
            assert_fields_refused(member.api("updateReward", anew), {"stock": problem})
    assert buy(member).body["rewardCode"] in CODES


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"type": "free_product"}, "names no voucher"),
        ({"stock": 5}, "names a reward whose stock are no codes: set its stock to 0 before"),
    ],
)
def test_only_a_voucher_without_other_stock_has_codes(
    merchant: Merchant, fields: dict[str, Any], problem: str
) -> None:
    member = merchant.member("points", balance=100, rewards=[{**VOUCHER, **fields}])

    with nothing_written():
        answer = member.api(ACTION, body(member, CODES))

    assert_fields_refused(answer, {"rewardId": problem})


@pytest.mark.parametrize("code", ["abc", "x" * 65, "two words", "Käse-1", "rw-1234"])
def test_refuses_what_no_till_could_read(merchant: Merchant, code: str) -> None:
    member = cinema(merchant, [])

    with nothing_written():
        answer = member.api(ACTION, body(member, ["Kino-1", code]))

    assert answer.error == "INVALID_PARAMETERS"
    assert code_documents(member) == []


def test_no_more_at_once_than_a_commit_takes(merchant: Merchant) -> None:
    member = cinema(merchant, [])
    many = [f"Kino-{n}" for n in range(CODES_A_CALL_MAX + 1)]

    with nothing_written():
        assert member.api(ACTION, body(member, many)).error == "INVALID_PARAMETERS"
    assert import_(member, many[1:])["codesLeft"] == CODES_A_CALL_MAX
    assert buy(member).body["rewardCode"] in many


def test_no_more_than_a_reward_can_keep(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.services.rewards.voucher_imports.CODES_LEFT_MAX", 3)
    member = cinema(merchant)

    with nothing_written():
        answer = member.api(ACTION, body(member, ["Kino-4"]))

    assert answer.error == "LIMIT_EXCEEDED"
    buy(member)
    assert import_(member, ["Kino-4"])["codesLeft"] == 3


def test_a_reward_and_a_program_must_be_there(merchant: Merchant) -> None:
    member = cinema(merchant, [])
    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        absent = member.api(ACTION, body(member, CODES, rewardId="rw_none"))
        assert_refused(absent, 404, "REWARD_NOT_FOUND")
        assert_refused(stranger(ACTION, body(member, CODES)), 404, "PROGRAM_NOT_FOUND")


def test_many_at_once_get_a_code_each(merchant: Merchant) -> None:
    member = cinema(merchant)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: buy(member), range(6)))

    given = Counter(each.body.get("rewardCode") for each in answers)
    assert given == {None: 3, **dict.fromkeys(CODES, 1)}
    assert stored.units(member) == [400, -40, -40, -40]
    stored.assert_sound(member)


def test_codes_of_many_shards_are_all_given(merchant: Merchant) -> None:
    many = [f"Kino-{n}" for n in range(20)]
    member = cinema(merchant, many[:19], balance=800)
    reward = reward_stocks.first_paths(member.program_id, ["rw_coffee"])
    import_(member, many[19:])
    (first,) = client.get(reward).values()
    assert (first.data or {})["shards"] == 2

    codes = {buy(member).body["rewardCode"] for _ in range(12)}

    assert len(codes) == 12
    assert codes <= set(many)
    given = [each for each in code_documents(member) if each["code"] is None]
    assert len(given) == 12
