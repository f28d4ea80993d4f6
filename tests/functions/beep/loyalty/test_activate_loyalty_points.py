"""activateLoyaltyPoints, and what is pending: earned, not to be spent, gone if goods come back."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.domain.loyalty.entries import EntryKind
from shared.services.accounts import callers
from shared.services.events import emission
from shared.services.loyalty import balances, member_calendar, verification
from shared.store import client, paths
from shared.store.client import Update
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "activateLoyaltyPoints"
AVAILABLE_AT = "2026-03-17T23:00:00.000Z"
"""The midnight in Berlin after the 14th day after noon of the 3rd of March."""


@pytest.fixture
def anna(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member whose purchases, of 10 points a euro, are pending for 14 days."""
    assert frozen_clock.now.day == 3
    return merchant.member("tier", pendingDays=14)


def buy(member: Member, amount: float = 50, **fields: Any) -> dict[str, Any]:
    body = {**member.ids, "purchaseAmount": amount, **fields}
    return member.api.ok("addLoyaltyPoints", body)


def activate(member: Member, key: str | None = None, **fields: Any) -> Answer:
    return member.api(ACTION, {**member.ids, **fields}, idempotency_key=key)


def take_back(member: Member, entry_id: str, units: int, name: str) -> int:
    booking = balances.take_back(
        callers.acting_for(member.merchant.account_id),
        program_id=member.program_id,
        user_id=member.user_id,
        store_id=None,
        entry_id=entry_id,
        units=units,
        transaction_id=name,
        description="Return",
    )
    return -booking.entry.moved_units if booking.entry else 0


def balance_of(member: Member) -> tuple[float, float]:
    answer = member.balance()
    return answer["currentBalance"], answer["pendingBalance"]


def told(member: Member) -> list[str]:
    """Emit the events of all entries, and return their types."""
    for entry in stored.entries(member):
        emission.emit_entry(member.membership_id, entry.entry_id)
    found = client.query("events", ("storeId", "==", member.merchant.store_id))
    return sorted((each.data or {})["type"] for each in found)


def test_what_a_purchase_earns_is_shown_and_cannot_be_spent(anna: Member) -> None:
    answer = buy(anna, transactionId="t1")

    assert (answer["pointsAdded"], answer["pointsPending"]) == (0, 500)
    assert (answer["pendingUntil"], answer["pointsRequested"]) == (AVAILABLE_AT, 500)
    assert (answer["previousBalance"], answer["newBalance"]) == (0, 0)
    assert answer["currentTier"] == "Bronze"
    balance = anna.balance()
    assert (balance["currentBalance"], balance["pendingBalance"]) == (0, 500)
    assert (balance["totalEarned"], balance["currentTier"]) == (0, "Bronze")
    row = balance["recentTransactions"][0]
    assert (row["type"], row["points"], row["pendingPoints"]) == ("pending", 0, 500)
    mirror = stored.of_member(anna)["mirror"]
    assert (mirror["balanceUnits"], mirror["pendingUnits"]) == (0, 500)
    with nothing_written():
        assert anna.redeem(1).error == "INSUFFICIENT_BALANCE"
    assert told(anna) == ["loyalty.points_pending"]
    stored.assert_sound(anna)


@pytest.mark.parametrize("grant", [{"points": 5}, {"action": "add"}])
def test_what_is_given_as_points_can_be_spent_at_once(anna: Member, grant: dict[str, Any]) -> None:
    if "points" in grant:
        anna.earn(5)
    else:
        anna.sync("add", 5)

    assert balance_of(anna) == (5, 0)
    assert anna.redeem(5).status == 200


@pytest.mark.usefixtures("persons")
def test_what_a_cashier_says_was_bought_last_week_waits_as_what_is_bought_now(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    member = merchant.member("tier", pendingDays=6)
    cashier = hired(merchant, "cashier", "uid_cashier")
    last_week = clock.to_wire(frozen_clock.now - timedelta(days=7))
    body = {**member.ids, "purchaseAmount": 50, "occurredAt": last_week}

    answer = cashier.ok("addLoyaltyPoints", {**body, "transactionId": "t1"})

    assert (answer["pointsAdded"], answer["pointsPending"], answer["newBalance"]) == (0, 500, 0)
    assert answer["pendingUntil"] == "2026-03-09T23:00:00.000Z"
    with nothing_written():
        assert member.redeem(1).error == "INSUFFICIENT_BALANCE"
    (entry,) = stored.entries(member)
    assert (entry.staff_id, entry.recorded_at) == ("uid_cashier", frozen_clock.now)
    assert entry.occurred_at == frozen_clock.now - timedelta(days=7)
    # A system is believed: what it sold then has waited.
    by_key = member.api.ok("addLoyaltyPoints", {**body, "transactionId": "t2"})
    assert (by_key["pointsAdded"], by_key["pendingUntil"]) == (500, None)
    stored.assert_sound(member)


def test_it_can_be_spent_from_that_midnight_on(frozen_clock: Clock, anna: Member) -> None:
    """Whether or not the calendar has run."""
    buy(anna, transactionId="t1")

    frozen_clock.advance(days=14, hours=10, minutes=59)
    assert anna.redeem(1).error == "INSUFFICIENT_BALANCE"
    frozen_clock.advance(minutes=1)

    assert balance_of(anna) == (500, 0)
    assert anna.balance()["currentTier"] == "Silber"
    assert anna.redeem(500).status == 200
    kinds = [each.kind for each in stored.entries(anna)]
    assert kinds == [EntryKind.PENDING, EntryKind.EARN, EntryKind.REDEEM]
    assert told(anna) == [
        "loyalty.points_earned",
        "loyalty.points_pending",
        "loyalty.points_redeemed",
        "loyalty.tier_changed",
    ]
    stored.assert_sound(anna)


def test_the_calendar_activates_once(frozen_clock: Clock, anna: Member) -> None:
    buy(anna, transactionId="t1")
    frozen_clock.advance(days=15)

    member_calendar.run()
    with nothing_written():
        assert anna.balance()["currentBalance"] == 500
        member_calendar.run()

    _, entry = stored.entries(anna)
    assert (entry.kind, entry.transaction_id) == (EntryKind.EARN, "t1")
    stored.assert_sound(anna)


def test_a_key_can_activate_before(anna: Member) -> None:
    buy(anna)

    answer = activate(anna)

    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            **anna.ids,
            "pointsActivated": 500,
            "currentBalance": 500,
            "pendingBalance": 0,
            "currentTier": "Silber",
        },
    )
    with nothing_written():
        again = activate(anna)
    assert (again.status, again.body) == (200, {**answer.body, "pointsActivated": 0})
    stored.assert_sound(anna)


def test_one_booking_alone(anna: Member) -> None:
    first, second = (buy(anna, 10, transactionId=name) for name in ("t1", "t2"))
    buy(anna, 10)

    by_transaction = activate(anna, transactionId="t1")
    by_entry = activate(anna, entryId=second["entryId"])
    neither = activate(anna, transactionId="t1", entryId=second["entryId"])
    again = activate(anna, entryId=first["entryId"])

    assert [each.body.get("pointsActivated") for each in (by_transaction, by_entry, again)] == [
        100,
        100,
        0,
    ]
    assert_refused(neither, 404, "BOOKING_NOT_FOUND")
    assert balance_of(anna) == (200, 100)
    stored.assert_sound(anna)


def test_a_repeated_purchase_books_nothing_before_during_and_after(
    frozen_clock: Clock, anna: Member
) -> None:
    first = buy(anna, transactionId="t1")
    expected = {**first}
    for step in (lambda: None, lambda: activate(anna), lambda: frozen_clock.advance(days=40)):
        step()
        entries = len(stored.entries(anna))
        with nothing_written():
            assert buy(anna, transactionId="t1") == expected
        assert len(stored.entries(anna)) == entries
    told_by_sync = anna.sync("add", 500, externalTransactionId="t1")
    assert (told_by_sync.status, told_by_sync.body["duplicate"]) == (200, True)
    other = anna.add(purchaseAmount=60, transactionId="t1")
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    stored.assert_sound(anna)


def test_a_key_is_answered_as_at_first(anna: Member) -> None:
    buy(anna)
    first = activate(anna, "k1")
    buy(anna)
    with nothing_written():
        again = activate(anna, "k1")

    assert (again.body, again.is_replay) == (first.body, True)
    assert balance_of(anna) == (500, 500)


def test_what_comes_back_is_taken_from_what_is_pending(frozen_clock: Clock, anna: Member) -> None:
    anna.earn(70)
    entry_id = buy(anna)["entryId"]

    assert take_back(anna, entry_id, 200, "r1") == 200
    assert balance_of(anna) == (70, 300)
    assert take_back(anna, entry_id, 200, "r1") == 200  # the same once more
    frozen_clock.advance(days=15)
    member_calendar.run()
    assert balance_of(anna) == (370, 0)
    assert take_back(anna, entry_id, 300, "r2") == 300
    assert balance_of(anna) == (70, 0)
    totals = anna.balance()
    assert (totals["totalEarned"], totals["totalReversed"]) == (370, 300)
    stored.assert_sound(anna)


def test_what_all_comes_back_leaves_no_trace_in_the_totals(
    frozen_clock: Clock, anna: Member
) -> None:
    entry_id = buy(anna)["entryId"]
    take_back(anna, entry_id, 500, "r1")
    frozen_clock.advance(days=15)
    member_calendar.run()

    totals = anna.balance()
    assert (totals["totalEarned"], totals["totalReversed"], totals["pendingBalance"]) == (0, 0, 0)
    assert totals["currentTier"] == "Bronze"
    assert [each.kind for each in stored.entries(anna)] == [EntryKind.PENDING, EntryKind.REVERSE]
    assert told(anna) == ["loyalty.points_pending", "loyalty.points_reversed"]
    stored.assert_sound(anna)


def test_the_days_are_frozen_at_the_purchase(frozen_clock: Clock, anna: Member) -> None:
    buy(anna)
    body = {"programId": anna.program_id, "pendingDays": 0}
    anna.api.ok("updateLoyaltyProgram", body)

    assert buy(anna, 10)["pointsAdded"] == 100
    assert balance_of(anna) == (100, 500)
    frozen_clock.advance(days=15)
    assert balance_of(anna) == (600, 0)


@pytest.mark.parametrize("action", ["suspendMember", "leaveLoyaltyProgram"])
def test_it_is_activated_for_who_is_not_active_any_more(
    frozen_clock: Clock, anna: Member, action: str
) -> None:
    buy(anna)
    reason = {"reason": "Missbrauch"} if action == "suspendMember" else {}
    anna.api.ok(action, {**anna.ids, **reason})
    frozen_clock.advance(days=15)
    member_calendar.run()

    assert balance_of(anna) == (500, 0)
    assert anna.redeem(1).status == 403
    stored.assert_sound(anna)


def test_activations_take_backs_and_purchases_at_once(anna: Member) -> None:
    entry_id = buy(anna)["entryId"]
    with ThreadPoolExecutor(6) as pool:
        work: list[Future[Any]] = [
            pool.submit(activate, anna),
            pool.submit(take_back, anna, entry_id, 200, "r1"),
            pool.submit(take_back, anna, entry_id, 300, "r2"),
            pool.submit(activate, anna, None, entryId=entry_id),
        ]
        for each in work:
            each.result()

    assert balance_of(anna) == (0, 0)
    stored.assert_sound(anna)


def test_verification_reads_what_is_pending(anna: Member) -> None:
    buy(anna)
    report = verification.verify(anna.program_id)
    assert report is not None
    assert report.problems == ()

    paths_ = (
        paths.member(anna.membership_id),
        paths.store_member(anna.merchant.store_id, anna.membership_id),
    )
    for path in paths_:
        read = client.get_one(path)
        assert read.data is not None
        award = {**read.data["pending"][0], "units": 900}
        client.commit([Update(read, {**read.data, "pending": [award], "pendingUnits": 900})])
    found = verification.verify(anna.program_id)
    assert found is not None
    assert next(each.message for each in found.problems).startswith("pending is 900")


def test_refuses_what_was_never_booked(anna: Member) -> None:
    buy(anna, transactionId="t1")
    other = anna.other("user_2")
    other.enroll()
    stranger = create_merchant(anna.api.app)
    with nothing_written():
        for fields in ({"transactionId": "t9"}, {"entryId": "le_9"}):
            assert_refused(activate(anna, **fields), 404, "BOOKING_NOT_FOUND")
        assert_refused(activate(other, transactionId="t1"), 404, "BOOKING_NOT_FOUND")
        assert_refused(activate(anna.other("user_3")), 404, "MEMBERSHIP_NOT_FOUND")
        assert_refused(stranger.api(ACTION, anna.ids), 404, "PROGRAM_NOT_FOUND")
    assert balance_of(anna) == (0, 500)


@pytest.mark.parametrize("by_transaction", [True, False])
def test_who_was_merged_is_forwarded(anna: Member, by_transaction: bool) -> None:
    booked = buy(anna, transactionId="t1")
    named = {"transactionId": "t1"} if by_transaction else {"entryId": booked["entryId"]}
    other = anna.other("user_2")
    other.enroll()
    merged = {"fromUserId": anna.user_id, "intoUserId": other.user_id}
    anna.api.ok("mergeMembers", merged)

    first = activate(anna, "k1", **named)
    entries = stored.entries(other)
    with nothing_written():
        again = activate(anna, "k1", **named)
        by_new_id = activate(other, **named)
        assert_refused(activate(anna, transactionId="t9"), 404, "BOOKING_NOT_FOUND")

    assert (first.status, first.body["pointsActivated"]) == (200, 500)
    assert (again.body, again.is_replay) == (first.body, True)
    assert (by_new_id.status, by_new_id.body["pointsActivated"]) == (200, 0)
    assert stored.entries(other) == entries
    assert balance_of(other) == (500, 0)
    report = verification.verify(anna.program_id)
    assert report is not None
    assert report.problems == ()


def test_the_sandbox_activates_nothing(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"userId": "u1", "programId": "lp_1"})
        absent = merchant.sandbox(ACTION, {"userId": "user_not_enrolled", "programId": "lp_1"})

    assert (answer.status, answer.body["pointsActivated"]) == (200, 50)
    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
