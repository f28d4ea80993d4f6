"""syncOfflineTransactions: in the order of time, once for each device, in debt if that may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.services.loyalty import verification
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "syncOfflineTransactions"


def told(
    member: Member, number: int, kind: str, points: float, *, hours_ago: float = 1, **fields: Any
) -> dict[str, Any]:
    return {
        "clientTransactionId": f"t{number}",
        "type": kind,
        **member.ids,
        "points": points,
        "occurredAt": clock.to_wire(clock.utc_now() - timedelta(hours=hours_ago)),
        **fields,
    }


def send(member: Member, *transactions: Any, key: str | None = None, **fields: Any) -> Answer:
    body = {"deviceId": "till-1", "transactions": transactions, **fields}
    return member.api(ACTION, body, idempotency_key=key)


def sent(member: Member, *transactions: Any, **fields: Any) -> list[dict[str, Any]]:
    answer = send(member, *transactions, **fields)
    assert answer.status == 200, answer.body
    results: list[dict[str, Any]] = answer.body["results"]
    assert [each["index"] for each in results] == list(range(len(transactions)))
    return results


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [each["outcome"] for each in results]


def test_books_in_the_order_of_time(member: Member) -> None:
    results = sent(
        member,
        told(member, 1, "redeem", 140, hours_ago=1),
        told(member, 2, "earn", 50, hours_ago=2),
        {
            **told(member, 3, "earn", 1, hours_ago=3, purchaseAmount=28.5),
            "points": None,
        },
    )

    assert outcomes(results) == ["booked"] * 3
    assert [each["points"] for each in results] == [140, 50, 285]
    assert [each["newBalance"] for each in results] == [295, 435, 385]
    assert stored.units(member) == [100, 285, 50, -140]
    entries = stored.entries(member)[1:]
    assert {each.source for each in entries} == {"till-1"}
    assert [each.occurred_at for each in entries] == sorted(
        each.occurred_at for each in entries if each.occurred_at
    )
    stored.assert_sound(member)


def test_books_once_for_a_device(member: Member) -> None:
    both = [told(member, 1, "earn", 5), told(member, 1, "redeem", 5)]
    assert outcomes(sent(member, *both)) == ["booked", "booked"]

    with nothing_written():
        again = sent(member, *reversed(both))

    assert outcomes(again) == ["duplicate", "duplicate"]
    for device in ("till-2", "till-3"):
        assert outcomes(sent(member, *both, deviceId=device)) == ["booked", "booked"]
        assert outcomes(sent(member, *both, deviceId=device)) == ["duplicate", "duplicate"]
    assert stored.units(member) == [100, *[5, -5] * 3]
    stored.assert_sound(member)


def test_what_the_till_had_sent_already_is_not_booked_again(member: Member) -> None:
    member.earn(5, transactionId="t1")
    member.redeem(7, transactionId="t2")

    with nothing_written():
        results = sent(member, told(member, 1, "earn", 5), told(member, 2, "redeem", 7))

    assert outcomes(results) == ["duplicate", "duplicate"]


def test_refuses_what_the_balance_does_not_cover_by_default(member: Member) -> None:
    results = sent(member, told(member, 1, "redeem", 101), told(member, 2, "redeem", 100))

    assert outcomes(results) == ["refused", "booked"]
    assert results[0]["error"] == "INSUFFICIENT_BALANCE"
    assert results[0]["message"] == "The balance of 100 does not cover 101."
    assert stored.units(member) == [100, -100]


def test_takes_to_a_deficit_what_the_program_lets(merchant: Merchant) -> None:
    member = merchant.member("points", balance=20, offlineOverdraft=80)

    results = sent(
        member,
        told(member, 1, "redeem", 101, hours_ago=4),
        told(member, 2, "redeem", 100, hours_ago=3),
        told(member, 3, "redeem", 1, hours_ago=2),
    )

    assert outcomes(results) == ["refused", "booked", "refused"]
    assert results[1]["newBalance"] == -80
    assert results[2]["message"] == "The balance of -80 does not cover 1."
    stored.assert_sound(member, is_overdrawn=True)
    assert stored.membership(member).deficit_units == 80
    with nothing_written():
        online = member.redeem(1)
    assert_refused(
        online, 400, "INSUFFICIENT_BALANCE", {"required": 1, "available": 0, "missing": 81}
    )
    # The next credit pays the deficit first.
    assert member.earn(100)["newBalance"] == 20
    now = stored.membership(member)
    assert (now.balance_units, now.deficit_units, now.lifetime_units) == (20, 0, 120)
    stored.assert_sound(member)
    report = verification.verify(member.program_id)
    assert report is not None
    assert report.problems == ()


def test_an_overdraft_has_the_decimals_of_the_program(merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=1, offlineOverdraft=0.5)

    results = sent(
        member,
        told(member, 1, "redeem", 1.51, hours_ago=2),
        told(member, 2, "redeem", 1.5, hours_ago=1),
    )

    assert outcomes(results) == ["refused", "booked"]
    assert results[1]["newBalance"] == -0.5
    with nothing_written():
        body = {"programId": member.program_id, "offlineOverdraft": 0.005}
        answer = member.api("updateLoyaltyProgram", body)
    problem = "offlineOverdraft must be a number with at most 2 decimals."
    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["message"] == problem


def test_an_overdraft_can_be_switched_off(merchant: Merchant) -> None:
    member = merchant.member("points", offlineOverdraft=80)
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "offlineOverdraft": 0})

    assert outcomes(sent(member, told(member, 1, "redeem", 1))) == ["refused"]


def test_a_reward_counts_by_the_time_of_the_till(frozen_clock: Clock, merchant: Merchant) -> None:
    reward = {
        "rewardId": "rw_1",
        "title": "Coffee",
        "type": "free_product",
        "requiredPoints": 40,
        "stock": 1,
        "validUntil": clock.to_wire(frozen_clock.now - timedelta(hours=2)),
    }
    member = merchant.member("points", balance=100, rewards=[reward])

    results = sent(
        member,
        told(member, 1, "redeem", 40, hours_ago=1, rewardId="rw_1"),
        told(member, 2, "redeem", 40, hours_ago=3, rewardId="rw_1"),
        told(member, 3, "redeem", 40, hours_ago=2.5, rewardId="rw_1"),
        told(member, 4, "redeem", 41, hours_ago=3, rewardId="rw_1"),
    )

    assert [each["error"] for each in results] == [
        "REWARD_UNAVAILABLE",
        None,
        "REWARD_OUT_OF_STOCK",
        "REWARD_COST_MISMATCH",
    ]
    assert [each.description for each in stored.entries(member)] == ["", "Coffee"]
    stored.assert_sound(member)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": "adjust"}, "type must be one of 'earn' or 'redeem'."),
        ({"points": None}, "body needs points, purchaseAmount or purchaseLines."),
        ({"type": "redeem", "points": None}, "body needs points for redeem."),
        (
            {"type": "redeem", "purchaseAmount": 5},
            "body takes purchaseAmount and purchaseLines for earn only.",
        ),
        ({"rewardId": "rw_1"}, "body takes rewardId for redeem only."),
        ({"occurredAt": None}, "occurredAt must be an ISO 8601 time."),
        ({"occurredAt": "2999-01-01T00:00:00Z"}, "occurredAt must not be in the future."),
    ],
)
def test_a_bad_one_does_not_spoil_the_others(
    member: Member, fields: dict[str, Any], message: str
) -> None:
    results = sent(member, {**told(member, 1, "earn", 1), **fields}, told(member, 2, "earn", 2))

    assert outcomes(results) == ["refused", "booked"]
    assert (results[0]["error"], results[0]["message"]) == ("INVALID_PARAMETERS", message)
    assert stored.units(member) == [100, 2]


def test_refuses_what_is_no_list(member: Member) -> None:
    with nothing_written():
        answer = send(member, deviceId="")

    assert_fields_refused(
        answer,
        {
            "deviceId": "must have at least 1 characters",
            "transactions": "must have at least 1 items",
        },
    )


def test_another_accounts_store_and_program_are_absent(member: Member, new_merchant: Any) -> None:
    other = new_merchant().member("points", balance=5)

    with nothing_written():
        answer = send(member, told(other, 1, "redeem", 1), storeId=other.merchant.store_id)
        results = sent(member, told(other, 1, "redeem", 1))

    assert_refused(answer, 404, "STORE_NOT_FOUND")
    assert results[0]["error"] == "PROGRAM_NOT_FOUND"
    assert stored.units(other) == [5]


def test_killed_at_any_step_it_is_as_if_it_had_not_been(merchant: Merchant) -> None:
    for steps in range(7):
        member = merchant.member("points", balance=10, offlineOverdraft=100)
        every = [told(member, 1, "redeem", 100), told(member, 2, "redeem", 11)]
        with dying_after(steps) as life:
            send(member, *every, key=f"k{member.program_id}")
        results = sent(member, *every, key=f"k{member.program_id}")
        assert outcomes(results) == ["booked", "refused"]
        assert stored.units(member) == [10, -100]
        stored.assert_sound(member, is_overdrawn=True)
    assert not life.has_ended


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    every=st.lists(
        st.tuples(st.sampled_from(["earn", "redeem"]), st.integers(1, 60)), min_size=1, max_size=12
    ),
    cut=st.integers(1, 12),
)
def test_parts_and_repetitions_are_as_one_call(
    merchant: Merchant, every: list[tuple[str, int]], cut: int
) -> None:
    whole, parts = (merchant.member("points", offlineOverdraft=50) for _ in range(2))

    def all_of(member: Member) -> list[dict[str, Any]]:
        return [
            told(member, number, kind, points, hours_ago=100 - number)
            for number, (kind, points) in enumerate(every)
        ]

    sent(whole, *reversed(all_of(whole)))
    split = all_of(parts)
    for some in (split[:cut], split[:cut], split[cut:]):
        if some:
            sent(parts, *some)

    stored.membership(parts).assert_consistent()
    assert stored.membership(parts).balance_units >= -50
    refused_in_whole = len(every) - len(stored.entries(whole))
    if refused_in_whole == 0:
        assert [(each.entry_id, each.units) for each in stored.entries(parts)] == [
            (each.entry_id, each.units) for each in stored.entries(whole)
        ]


def test_tells_the_sandbox_what_each_would_be(merchant: Merchant) -> None:
    person = Member(merchant, "lp_abc123", "user_1")
    poor = person.other("user_insufficient_balance")

    with nothing_written():
        answer = merchant.sandbox(
            ACTION,
            {
                "deviceId": "till-1",
                "transactions": [
                    told(person, 1, "earn", 8),
                    told(person, 2, "redeem", 8),
                    told(poor, 3, "redeem", 8),
                    {},
                ],
            },
        )

    results = answer.body["results"]
    assert outcomes(results) == ["booked", "booked", "refused", "refused"]
    assert [each["newBalance"] for each in results] == [150, 134, None, None]
    assert [each["points"] for each in results] == [8, 8, 0, 0]


def test_a_bad_one_is_told_by_its_id(member: Member) -> None:
    bad = told(member, 1, "earn", -5)
    results = sent(member, bad, {**bad, "clientTransactionId": 7})

    assert outcomes(results) == ["refused", "refused"]
    assert [each["transactionId"] for each in results] == [bad["clientTransactionId"], None]
    assert stored.units(member) == [100]
