"""syncExternalLoyalty: what an external system did, booked once, for whoever it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.beep.loyalty.sync_external_loyalty import EXAMPLE_REQUESTS
from shared import clock, ids
from shared.auth.caller import Claim
from shared.domain.accounts.packages import Package
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Cause, EntryKind
from shared.services import idempotency
from shared.store import client, paths
from shared.store.loyalty import membership_documents, program_documents
from tests.conftest import Clock
from tests.support import amounts, stored
from tests.support.api import Answer
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "syncExternalLoyalty"
EXTERNAL = {"source": "payback", "externalTransactionId": "PB-TXN-9876"}


def expected(member: Member, answer: Answer, **fields: Any) -> dict[str, Any]:
    """Return the whole answer to an added 50 on 100, but for these fields."""
    return {
        "success": True,
        "message": "External sync: add successful",
        **member.ids,
        "previousBalance": 100,
        "newBalance": 150,
        "entryId": answer.body["entryId"],
        "version": 2,
        **fields,
    }


def sync(member: Member, idempotency_key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "action": "add", "points": 50, **fields}
    return member.api(ACTION, body, idempotency_key=idempotency_key)


def test_adds(member: Member) -> None:
    answer = sync(member, **EXTERNAL)

    assert (answer.status, answer.body) == (200, expected(member, answer))
    (_, entry) = stored.entries(member)
    assert (entry.kind, entry.units, entry.source) == (EntryKind.EARN, 50, "payback")
    assert (entry.action, entry.transaction_id) == ("add", "PB-TXN-9876")
    stored.assert_sound(member)


def test_redeems(member: Member) -> None:
    answer = member.sync("redeem", 50, **EXTERNAL)

    message = "External sync: redeem successful"
    assert answer.body == expected(member, answer, message=message, newBalance=50)
    assert stored.entries(member)[-1].kind is EntryKind.REDEEM
    assert member.balance()["totalRedeemed"] == 50


@pytest.mark.parametrize("target", [0, 30, 150])
def test_sets_the_balance_by_booking_the_difference(member: Member, target: int) -> None:
    answer = member.sync("set", target, **EXTERNAL)

    message = "External sync: set successful"
    assert answer.body == expected(member, answer, message=message, newBalance=target)
    entry = stored.entries(member)[-1]
    assert (entry.kind, entry.units) == (EntryKind.ADJUST, target - 100)
    balance = member.balance()
    assert (balance["currentBalance"], balance["totalEarned"]) == (target, 100)
    assert (balance["totalRedeemed"], balance["totalAdjusted"]) == (0, target - 100)
    stored.assert_sound(member)


def test_setting_what_is_already_so_books_nothing(member: Member) -> None:
    with nothing_written():
        answer = member.sync("set", 100)

    message = "External sync: set successful"
    assert answer.body == expected(
        member, answer, message=message, newBalance=100, entryId=None, version=None
    )
    assert stored.units(member) == [100]


def test_setting_twice_books_once(member: Member) -> None:
    first = member.sync("set", 80)
    second = member.sync("set", 80)

    assert (first.body["previousBalance"], first.body["newBalance"]) == (100, 80)
    assert (second.body["previousBalance"], second.body["newBalance"]) == (80, 80)
    assert second.body["entryId"] is None
    assert stored.units(member) == [100, -20]


# Tiers


@pytest.fixture
def ranked(merchant: Merchant) -> Member:
    """A member with nothing: Bronze. Silber is from 500 on, Gold from 1500."""
    return merchant.member("tier")


def standing(member: Member) -> tuple[int, str, int]:
    """Return balance, tier and the points to the next tier; check that the totals add up."""
    told = member.balance()
    assert told["currentBalance"] == (
        told["totalEarned"]
        - told["totalRedeemed"]
        - told["totalExpired"]
        - told["totalReversed"]
        + told["totalAdjusted"]
    )
    return told["currentBalance"], told["currentTier"], told["pointsToNextTier"]


def test_who_is_set_to_600_has_earned_at_least_600(ranked: Member) -> None:
    assert ranked.sync("set", 600, **EXTERNAL).status == 200

    assert standing(ranked) == (600, "Silber", 900)
    told = ranked.balance()
    assert (told["totalEarned"], told["totalAdjusted"]) == (0, 600)
    (entry,) = stored.entries(ranked)
    assert (entry.kind, entry.tier_before, entry.tier_after) == ("adjust", "Bronze", "Silber")
    stored.assert_sound(ranked)


def test_a_set_lowers_no_tier_and_earns_none_by_going_up_again(ranked: Member) -> None:
    ranked.earn(1400)

    for points in (100, 1400, 0, 1400):
        ranked.sync("set", points)
        assert standing(ranked) == (points, "Silber", 100)

    stored.assert_sound(ranked)


@pytest.mark.parametrize(
    ("total_earned", "tier", "to_next"),
    [(1600, "Gold", 0), (500, "Silber", 1000), (300, "Bronze", 200)],
)
def test_total_earned_is_the_exact_standing_up_or_down(
    ranked: Member, total_earned: int, tier: str, to_next: int
) -> None:
    ranked.earn(600)

    answer = ranked.sync("set", 300, totalEarned=total_earned, **EXTERNAL)
    with nothing_written():
        again = ranked.sync("set", 300, totalEarned=total_earned, **EXTERNAL)

    assert (answer.body["previousBalance"], answer.body["newBalance"]) == (600, 300)
    assert (again.body, again.is_replay) == (answer.body, True)
    assert standing(ranked) == (300, tier, to_next)
    assert ranked.balance()["totalEarned"] == 600
    stored.assert_sound(ranked)


def test_total_earned_alone_is_booked_as_nothing(ranked: Member) -> None:
    ranked.earn(100)

    answer = ranked.sync("set", 100, totalEarned=600)
    with nothing_written():
        again = ranked.sync("set", 100, totalEarned=600)

    assert (answer.body["newBalance"], again.body["entryId"]) == (100, None)
    assert stored.units(ranked) == [100, 0]
    assert standing(ranked) == (100, "Silber", 900)
    stored.assert_sound(ranked)


def test_a_transaction_with_another_total_earned_is_refused(ranked: Member) -> None:
    ranked.sync("set", 100, totalEarned=600, **EXTERNAL)

    with nothing_written():
        answers = [
            ranked.sync("set", 100, totalEarned=601, **EXTERNAL),
            ranked.sync("set", 100, **EXTERNAL),
        ]

    assert [each.error for each in answers] == ["IDEMPOTENCY_KEY_REUSED"] * 2
    assert standing(ranked) == (100, "Silber", 900)


@pytest.mark.parametrize(
    ("action", "total_earned", "problem"),
    [
        ("set", 99, "must be at least points, the new balance"),
        ("set", 100.5, "must be a whole number"),
        ("set", -1, "must be at least 0"),
        ("set", 1_000_000_001, "must be at most 1000000000"),
        ("add", 100, "is only for the action set"),
        ("redeem", 100, "is only for the action set"),
    ],
)
def test_refuses_total_earned(
    member: Member, action: str, total_earned: float, problem: str
) -> None:
    with nothing_written():
        answer = member.sync(action, 100, totalEarned=total_earned)

    assert_fields_refused(answer, {"totalEarned": problem})
    assert stored.units(member) == [100]


def test_total_earned_of_cashback_is_money(merchant: Merchant) -> None:
    member = merchant.member("cashback")

    answer = member.sync("set", 10.5, totalEarned=20.25)

    assert answer.status == 200
    assert stored.membership(member).lifetime_units == 2025
    stored.assert_sound(member)


def test_a_set_that_changes_the_tier_is_told(merchant: Merchant, pipeline: Pipeline) -> None:
    pipeline.register(merchant, "https://example.com/hook")
    member = merchant.member("tier")
    for points, total in ((600, None), (0, None), (100, 100)):
        member.sync("set", points, **({} if total is None else {"totalEarned": total}))
    pipeline.fire(merchant)

    told = [(each["type"], json.loads(each["payload"])["data"]) for each in events_of(merchant)]
    changes = [data for kind, data in told if kind == "loyalty.tier_changed"]
    changes.sort(key=lambda data: data["sequence"])
    assert [(each["previousTier"], each["newTier"]) for each in changes] == [
        ("Bronze", "Silber"),
        ("Silber", "Bronze"),
    ]
    synced = [data for kind, data in told if kind == "loyalty.external_synced"]
    synced.sort(key=lambda data: data["sequence"])
    assert [each["points"] for each in synced] == [600, -600, 100]


@pytest.mark.parametrize(("action", "units"), [("add", [50]), ("set", [50])])
def test_enrols_who_is_not(member: Member, action: str, units: list[int]) -> None:
    other = member.other("user_2")

    answer = sync(other, action=action)

    message = f"External sync: {action} successful"
    assert answer.body == expected(
        other, answer, message=message, previousBalance=0, newBalance=50, version=1
    )
    assert stored.units(other) == units
    stored.assert_sound(other)


def test_enrols_even_if_there_is_nothing_to_book(member: Member) -> None:
    other = member.other("user_2")

    answer = other.sync("set", 0, source="payback")

    assert (answer.status, answer.body["entryId"]) == (200, None)
    assert other.balance()["currentBalance"] == 0
    assert stored.membership(other).source == "payback"
    stored.assert_sound(other)


def test_does_not_enrol_for_a_redemption_that_is_not_covered(member: Member) -> None:
    other = member.other("user_2")

    with nothing_written():
        answer = other.sync("redeem", 1)

    details = {"required": 1, "available": 0, "missing": 1}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)
    assert stored.of_member(other) == {"membership": None, "mirror": None, "entries": {}}


def test_refuses_more_than_there_is(member: Member) -> None:
    with nothing_written():
        answer = member.sync("redeem", 101, **EXTERNAL)

    details = {"required": 101, "available": 100, "missing": 1}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)


@pytest.mark.parametrize("action", ["add", "set"])
def test_an_inactive_program_takes_no_new_members(merchant: Merchant, action: str) -> None:
    member = Member(merchant, merchant.program("points", isActive=False), "user_1")

    with nothing_written():
        answer = member.sync(action, 5)

    details = {"programId": member.program_id}
    assert_refused(answer, 400, "PROGRAM_INACTIVE", details)


def test_an_inactive_program_adds_nothing_and_lets_members_spend(member: Member) -> None:
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    with nothing_written():
        assert member.sync("add", 5).error == "PROGRAM_INACTIVE"
    assert member.sync("redeem", 5).body["newBalance"] == 95


@pytest.mark.parametrize(("points", "problem"), amounts.REFUSED)
@pytest.mark.parametrize("action", ["add", "redeem"])
def test_refuses_an_amount(member: Member, action: str, points: str, problem: str) -> None:
    if problem == amounts.POSITIVE and points == "-5":
        problem = "must be at least 0"

    with nothing_written():
        answer = amounts.send(member.api, ACTION, {**member.ids, "action": action}, points)

    amounts.assert_amount_refused(answer, problem)
    assert stored.units(member) == [100]


@pytest.mark.parametrize(
    ("points", "problem"), [("-1", "must be at least 0"), ("null", amounts.NUMBER)]
)
def test_refuses_to_set(member: Member, points: str, problem: str) -> None:
    with nothing_written():
        answer = amounts.send(member.api, ACTION, {**member.ids, "action": "set"}, points)

    amounts.assert_amount_refused(answer, problem)


@pytest.mark.parametrize("missing", ["programId", "userId", "action", "points"])
def test_requires(member: Member, missing: str) -> None:
    body = {**member.ids, "action": "add", "points": 50}
    del body[missing]

    with nothing_written():
        answer = member.api(ACTION, body)

    assert_fields_refused(answer, {missing: "is required"})


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"action": "ADD"}, {"action": "must be one of 'add', 'redeem' or 'set'"}),
        ({"action": None}, {"action": "must be one of 'add', 'redeem' or 'set'"}),
        ({"source": "s" * 101}, {"source": "must have at most 100 characters"}),
        (
            {"externalTransactionId": ""},
            {"externalTransactionId": "must have at least 1 characters"},
        ),
        ({"transactionId": "t1"}, {"transactionId": "is not a known field"}),
    ],
)
def test_refuses_a_field(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = sync(member, **fields)

    assert_fields_refused(answer, problems)


def test_refuses_an_unknown_program(member: Member) -> None:
    with nothing_written():
        answer = sync(member, programId="lp_absent")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_the_store_that_is_named_must_be_the_programs(member: Member) -> None:
    with nothing_written():
        answer = sync(member, storeId="store_other")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")


def test_needs_the_package_prime(new_merchant: Callable[..., Merchant]) -> None:
    member = new_merchant(Package.GROW).member("points", balance=100)

    with nothing_written():
        answer = sync(member)

    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        message="syncExternalLoyalty needs the package PRIME.",
        requiredUpgrade="PRIME",
        currentPackage="GROW",
    )
    assert member.balance()["currentBalance"] == 100


# Idempotency


@pytest.mark.parametrize("action", ["add", "redeem", "set"])
def test_an_external_transaction_is_booked_once(member: Member, action: str) -> None:
    first = sync(member, action=action, **EXTERNAL)
    with nothing_written():
        second = sync(member, action=action, **EXTERNAL)

    assert (second.status, second.body, second.is_replay) == (200, first.body, True)
    assert not first.is_replay
    assert len(stored.entries(member)) == 2


def test_an_external_transaction_counts_for_each_source(member: Member) -> None:
    sync(member, source="payback", externalTransactionId="1")
    sync(member, source="deutschlandcard", externalTransactionId="1")
    with nothing_written():
        sync(member, source="payback", externalTransactionId="1")
        sync(member, source="deutschlandcard", externalTransactionId="1")

    assert stored.units(member) == [100, 50, 50]


def test_a_source_and_its_transaction_are_told_apart(member: Member) -> None:
    sync(member, source="a", externalTransactionId="b:c")
    sync(member, source="a:b", externalTransactionId="c")

    assert stored.units(member) == [100, 50, 50]


def test_an_external_transaction_counts_in_each_program(member: Member, merchant: Merchant) -> None:
    other = merchant.member("points")

    sync(member, **EXTERNAL)
    sync(other, **EXTERNAL)

    assert (stored.units(member), stored.units(other)) == ([100, 50], [50])


@pytest.mark.parametrize("action", ["add", "redeem", "set"])
def test_an_external_transaction_with_other_points_is_refused(member: Member, action: str) -> None:
    first = sync(member, action=action, **EXTERNAL)

    with nothing_written():
        answer = sync(member, action=action, **EXTERNAL, points=60)

    details = {
        "entryId": first.body["entryId"],
        "transactionId": "PB-TXN-9876",
        "bookedBy": "syncExternalLoyalty",
    }
    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", details)
    assert len(stored.units(member)) == 2


def test_the_documented_examples_work_one_after_the_other(member: Member) -> None:
    balances = []
    for body in EXAMPLE_REQUESTS.values():
        answer = member.api(ACTION, {**body, **member.ids})
        assert (answer.status, answer.is_replay) == (200, False)
        balances.append((answer.body["previousBalance"], answer.body["newBalance"]))

    assert balances == [(100, 150), (150, 100), (100, 50)]
    assert stored.units(member) == [100, 50, -50, -50]
    stored.assert_sound(member)


def test_each_action_of_an_external_transaction_is_booked_once(member: Member) -> None:
    actions = ("redeem", "add", "set")
    first = [sync(member, action=action, **EXTERNAL) for action in actions]

    with nothing_written():
        again = [sync(member, action=action, **EXTERNAL) for action in actions]

    assert [each.body for each in again] == [each.body for each in first]
    assert all(each.is_replay for each in again)
    assert stored.units(member) == [100, -50, 50, -50]


def test_a_key_is_booked_once(member: Member) -> None:
    first = sync(member, "k1")
    with nothing_written():
        second = sync(member, "k1")

    assert (second.status, second.body, second.is_replay) == (200, first.body, True)
    assert stored.units(member) == [100, 50]


def test_a_key_with_another_amount_is_refused(member: Member) -> None:
    sync(member, "k1")

    with nothing_written():
        answer = sync(member, "k1", points=60)

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert member.balance()["currentBalance"] == 150


def test_an_external_transaction_under_another_key_is_a_duplicate(member: Member) -> None:
    first = sync(member, "k1", **EXTERNAL)
    second = sync(member, "k2", **EXTERNAL)
    with nothing_written():
        again = sync(member, "k2", **EXTERNAL)

    assert (second.status, second.body) == (200, {**first.body, "duplicate": True})
    assert again.body == second.body
    assert stored.units(member) == [100, 50]


def test_setting_nothing_is_remembered_by_its_transaction(member: Member) -> None:
    daily = {"action": "set", "points": 100, "source": "payback", "externalTransactionId": "day-1"}
    first = sync(member, **daily)
    member.earn(20)

    with nothing_written():
        late = sync(member, **daily)
        other = sync(member, **{**daily, "points": 90})

    assert (late.body, late.is_replay) == (first.body, True)
    message = "The transaction was told before with other values; there was nothing to book."
    details = {"entryId": None, "transactionId": "day-1", "bookedBy": ACTION}
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED", details, message=message)
    assert member.balance()["currentBalance"] == 120


def test_setting_nothing_is_remembered_by_its_key(member: Member) -> None:
    first = sync(member, "k1", action="set", points=100)
    member.earn(20)

    with nothing_written():
        second = sync(member, "k1", action="set", points=100)

    assert (second.body, second.is_replay) == (first.body, True)
    assert member.balance()["currentBalance"] == 120


def test_an_answer_that_was_lost_is_given_again_20_minutes_later(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=100)
    first = sync(member, **EXTERNAL)
    frozen_clock.advance(minutes=20)

    again = sync(member, **EXTERNAL)

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert stored.units(member) == [100, 50]


def test_many_systems_enrol_somebody_once(member: Member) -> None:
    other = member.other("user_2")

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda number: sync(other, externalTransactionId=f"t{number}"), range(8))
        )

    assert [answer.status for answer in answers] == [200] * 8
    assert sorted(answer.body["newBalance"] for answer in answers) == list(range(50, 450, 50))
    stored.assert_sound(other)


# One transaction, two endpoints

ENDPOINTS = {"add": "addLoyaltyPoints", "redeem": "redeemLoyaltyPoints"}
# An action, and who tells of one transaction first and second: by sync or not, with this source.
TOLD_TWICE = [
    pytest.param("add", (True, "payback"), (False, None), id="seed"),
    pytest.param("add", (False, None), (True, "payback"), id="seed, the other way round"),
    pytest.param("add", (False, "payback"), (True, "payback"), id="same source"),
    pytest.param("add", (True, "payback"), (False, "payback"), id="same source, other way round"),
    pytest.param("add", (True, None), (False, "payback"), id="sync without source"),
    pytest.param("add", (True, None), (False, None), id="no sources"),
    pytest.param("redeem", (True, "payback"), (False, None), id="redeem"),
    pytest.param("redeem", (False, None), (True, "payback"), id="redeem, the other way round"),
    pytest.param("redeem", (False, None), (True, None), id="redeem without sources"),
]


def tell(
    member: Member,
    action: str,
    to: tuple[bool, str | None],
    points: int = 50,
    key: str | None = None,
    **fields: Any,
) -> Answer:
    """Tell a transaction to syncExternalLoyalty, or to the endpoint of the action itself."""
    is_sync, source = to
    named = {} if source is None else {"source": source}
    if is_sync:
        return sync(
            member, key, action=action, points=points, externalTransactionId="t1", **named, **fields
        )
    if action == "add":
        return member.add(key, points=points, transactionId="t1", **named, **fields)
    return member.redeem(points, key, transactionId="t1", **fields)


def entry_id(answer: Answer) -> str:
    found: str = answer.body.get("redemptionId") or answer.body["entryId"]
    return found


@pytest.mark.parametrize(("action", "first", "second"), TOLD_TWICE)
def test_a_transaction_told_to_two_endpoints_is_booked_once(
    member: Member, action: str, first: tuple[bool, str | None], second: tuple[bool, str | None]
) -> None:
    booked = tell(member, action, first)
    with nothing_written():
        told = tell(member, action, second)
        again = tell(member, action, second)
        repeated = tell(member, action, first)

    assert (booked.status, booked.is_replay) == (200, False)
    assert (told.status, told.is_replay, told.body["duplicate"]) == (200, True, True)
    assert entry_id(told) == entry_id(booked)
    assert told.body["previousBalance"] == 100
    assert told.body["newBalance"] == booked.body["newBalance"]
    assert again.body == told.body
    assert (repeated.body, repeated.is_replay) == (booked.body, True)
    assert len(stored.entries(member)) == 2
    stored.assert_sound(member)


@pytest.mark.parametrize(("action", "first", "second"), TOLD_TWICE)
def test_a_transaction_told_with_other_points_is_refused_and_says_who_booked_it(
    member: Member, action: str, first: tuple[bool, str | None], second: tuple[bool, str | None]
) -> None:
    booked = tell(member, action, first)
    with nothing_written():
        answer = tell(member, action, second, points=49)

    details = {
        "entryId": entry_id(booked),
        "transactionId": "t1",
        "bookedBy": ACTION if first[0] else ENDPOINTS[action],
    }
    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", details)
    assert len(stored.entries(member)) == 2


@pytest.mark.parametrize(("action", "first", "second"), TOLD_TWICE)
def test_a_transaction_told_to_two_endpoints_at_once_is_booked_once(
    member: Member, action: str, first: tuple[bool, str | None], second: tuple[bool, str | None]
) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda to: tell(member, action, to), [first, second]))

    assert [each.status for each in answers] == [200, 200]
    assert sorted(each.is_replay for each in answers) == [False, True]
    assert len({entry_id(each) for each in answers}) == 1
    assert len(stored.entries(member)) == 2
    stored.assert_sound(member)


@pytest.mark.parametrize("is_sync", [True, False])
def test_two_systems_may_number_alike_whatever_the_endpoint(member: Member, is_sync: bool) -> None:
    systems = [(True, "payback"), (is_sync, "deutschlandcard"), (False, "own")]
    booked = [tell(member, "add", each) for each in systems]

    assert [each.is_replay for each in booked] == [False, False, False]
    with nothing_written():
        again = [tell(member, "add", each) for each in systems]
        unnamed = tell(member, "add", (False, None))
    assert [each.body for each in again] == [each.body for each in booked]
    assert all(each.is_replay for each in again)
    # Without a source, it is whoever was first.
    assert entry_id(unnamed) == entry_id(booked[0])
    assert stored.units(member) == [100, 50, 50, 50]
    stored.assert_sound(member)


def test_two_systems_that_number_alike_at_once_are_both_booked(member: Member) -> None:
    systems = [(True, "payback"), (False, "deutschlandcard")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda to: tell(member, "add", to), systems))

    assert [(each.status, each.is_replay) for each in answers] == [(200, False)] * 2
    assert stored.units(member) == [100, 50, 50]
    stored.assert_sound(member)


def test_an_earn_and_a_redemption_of_one_transaction_are_two_bookings(member: Member) -> None:
    for action in ("add", "redeem"):
        assert not tell(member, action, (True, "payback")).is_replay
        assert tell(member, action, (False, None)).body["duplicate"]

    assert stored.units(member) == [100, 50, -50]


def test_a_transaction_counts_for_each_member_whatever_the_endpoint(member: Member) -> None:
    other = member.other("user_2")
    other.enroll()

    tell(member, "add", (True, "payback"))
    assert not tell(other, "add", (False, None)).is_replay
    assert (stored.units(member), stored.units(other)) == ([100, 50], [50])


def test_a_purchase_of_the_same_points_is_the_same_transaction(member: Member) -> None:
    booked = tell(member, "add", (True, "payback"))
    body = {"transactionId": "t1", "purchaseAmount": 5}
    with nothing_written():
        told = member.add(**body)
        other = member.add(**{**body, "purchaseAmount": 6})

    assert (told.status, told.body["duplicate"], entry_id(told)) == (200, True, entry_id(booked))
    assert (told.body["pointsAdded"], told.body["pointsRequested"]) == (50, 50)
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_a_reward_is_not_handed_out_for_a_redemption_told_without_it(merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Coffee", "type": "free_product", "requiredPoints": 50}
    member = merchant.member("points", balance=100, rewards=[reward])
    tell(member, "redeem", (True, "payback"))
    with nothing_written():
        answer = tell(member, "redeem", (False, None), rewardId="rw_1")

    assert (answer.status, answer.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert stored.units(member) == [100, -50]


def test_the_key_of_a_transaction_told_before_gets_the_same_answer_again(member: Member) -> None:
    booked = tell(member, "add", (True, "payback"), key="k1")
    told = tell(member, "add", (False, None), key="k2")
    with nothing_written():
        again = tell(member, "add", (False, None), key="k2")
        other = member.add("k2", points=50, transactionId="t2")

    assert (told.is_replay, entry_id(told)) == (True, entry_id(booked))
    assert (again.body, again.is_replay) == (told.body, True)
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert stored.units(member) == [100, 50]


# What was booked when the action was no part of the key


def former_id(source: str | None) -> str:
    return ids.derived("le", "sync", f"{len(source or '')}:{source or ''}:t1")


def book_as_before(member: Member, action: str, source: str | None, points: int = 50) -> str:
    """Book a sync of the transaction ``t1`` under the key of former versions."""
    read = client.get_one(paths.member(member.membership_id))
    membership, program = stored.membership(member), program_documents.find(member.program_id)
    assert program is not None
    cause = Cause(
        entry_id=former_id(source),
        fingerprint=ids.digest("sync", member.program_id, action, str(points)),
        now=clock.utc_now(),
        description=f"External sync: {action}",
        source=source,
        transaction_id="t1",
        action=action,
    )
    book = {"add": ledger.earn, "redeem": ledger.redeem, "set": ledger.set_balance}[action]
    booked = book(membership, program, points, cause)
    assert booked is not None
    client.commit(membership_documents.writes(read, *booked))
    return cause.entry_id


@pytest.mark.parametrize("source", ["payback", None])
@pytest.mark.parametrize("action", ["add", "redeem", "set"])
def test_what_was_booked_under_the_former_key_is_known(
    member: Member, action: str, source: str | None
) -> None:
    booked = book_as_before(member, action, source)
    with nothing_written():
        again = tell(member, action, (True, source))
        other = tell(member, action, (True, source), points=60)

    assert (again.status, again.is_replay, entry_id(again)) == (200, True, booked)
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert len(stored.entries(member)) == 2


@pytest.mark.parametrize("former", ["add", "redeem", "set"])
@pytest.mark.parametrize("action", ["add", "redeem", "set"])
def test_a_former_booking_blocks_no_other_action(member: Member, former: str, action: str) -> None:
    book_as_before(member, former, "payback", points=40)

    answer = tell(member, action, (True, "payback"), points=40)

    assert (answer.status, answer.is_replay) == (200, action == former)
    assert len(stored.entries(member)) == (2 if action == former else 3)
    stored.assert_sound(member)


@pytest.mark.parametrize("source", ["payback", None])
def test_a_former_sync_is_known_to_the_other_endpoint_by_its_source(
    member: Member, source: str | None
) -> None:
    booked = book_as_before(member, "add", source)
    with nothing_written():
        told = tell(member, "add", (False, source))

    assert (told.body["duplicate"], entry_id(told)) == (True, booked)
    assert stored.units(member) == [100, 50]


def test_a_set_that_had_nothing_to_book_is_known_under_the_former_key(member: Member) -> None:
    fingerprint = ids.digest("sync", member.program_id, "set", "100")
    claim = Claim(ids.digest("nothing", member.membership_id, former_id("payback")), fingerprint)
    reads = client.get(idempotency.claim_paths(claim))
    kept = {"balanceUnits": 100, "tier": None, "requestedUnits": 0, "reason": None}
    client.commit(idempotency.claim_writes(claim, reads, kept, clock.utc_now(), "run_1"))
    member.earn(20)

    with nothing_written():
        late = tell(member, "set", (True, "payback"), points=100)

    assert (late.body["newBalance"], late.body["entryId"], late.is_replay) == (100, None, True)
    assert member.balance()["currentBalance"] == 120


# Sandbox


def test_the_sandbox_answers_with_the_documented_sample(merchant: Merchant) -> None:
    body = {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "action": "add",
        "points": 50,
        "source": "payback_system",
        "externalTransactionId": "PB-TXN-9876",
    }

    with nothing_written():
        answer = merchant.sandbox(ACTION, body)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "message": "External sync: add successful",
        "userId": "user_xyz",
        "programId": "lp_abc123",
        "previousBalance": 100,
        "newBalance": 150,
        "entryId": "le_abc123",
        "version": 3,
        "_sandbox": True,
    }


def test_the_sandbox_is_prime_whatever_the_account_has(
    new_merchant: Callable[..., Merchant],
) -> None:
    sandbox = new_merchant(Package.DISCOVER).sandbox
    body = {"programId": "lp_1", "userId": "u1", "action": "set", "points": 0}

    with nothing_written():
        assert sandbox(ACTION, body).status == 200
        refused = sandbox(ACTION, {**body, "points": -1})

    assert_fields_refused(refused, {"points": "must be at least 0"})


def test_sets_only_what_nobody_has_changed_since(merchant: Merchant, member: Member) -> None:
    version = member.balance()["version"]
    member.redeem(10)

    with_old = {"source": "payback", "externalTransactionId": "t1", "ifVersion": version}
    refused = [member.sync("set", 80, **with_old) for _ in range(2)]

    for answer in refused:
        details = {"userId": member.user_id, "version": 2, "currentBalance": 90}
        assert_refused(answer, 409, "VERSION_MISMATCH", details)
    assert stored.units(member) == [100, -10]
    (told,) = stored.events(merchant.store_id, "loyalty.sync_conflict")
    assert (told["data"]["points"], told["data"]["source"]) == (80, "payback")
    done = member.sync("set", 80, **{**with_old, "ifVersion": 2})
    assert (done.body["newBalance"], done.body["version"]) == (80, 3)


def test_who_is_not_enrolled_has_version_0(merchant: Merchant, member: Member) -> None:
    guest = member.other("guest")

    refused = guest.sync("set", 80, ifVersion=1)
    assert refused.body["error"] == "VERSION_MISMATCH"
    assert stored.document(f"loyaltyMembers/{guest.membership_id}") is None
    assert guest.sync("set", 80, ifVersion=0).body["newBalance"] == 80
