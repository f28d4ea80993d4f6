"""Pending points: random stories against a model that has one item for each point."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, due, ledger, proof, standing
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.pending import PENDING_MAX
from shared.domain.loyalty.programs import Program
from shared.errors import (
    BalanceLimitExceeded,
    InsufficientBalance,
    MembershipClosed,
    MemberSuspended,
)
from tests.support.strategies import NOW, TIERED, make_cause, make_membership, make_program

PENDING_DAYS = 3
PROGRAM = replace(
    make_program(rules=TIERED), pending_days=PENDING_DAYS, points_expiry=PointsExpiry.of(5, 0)
)
MIDNIGHT = due.activates_at(PROGRAM, NOW)
assert MIDNIGHT is not None


def purchase(entry_id: str = "le_1", now: datetime = NOW) -> Cause:
    return make_cause(entry_id, now=now, purchase_amount="10.00", description="Coffee")


def bought(units: int = 100, program: Program = PROGRAM) -> tuple[Membership, Entry]:
    return ledger.earn(make_membership(program), program, units, purchase())


def test_what_a_purchase_earns_is_pending() -> None:
    before = make_membership(PROGRAM)
    after, entry = bought()

    assert (entry.kind, entry.units, entry.pending_units) == (EntryKind.PENDING, 0, 100)
    assert (entry.pending_until, entry.granted_units, entry.moved_units) == (MIDNIGHT, 100, 100)
    assert (after.balance_units, after.pending_units, after.tier) == (0, 100, before.tier)
    assert (after.earned_units, after.lifetime_units) == (0, 0)
    assert after.next_due_at == MIDNIGHT
    with pytest.raises(InsufficientBalance):
        ledger.redeem(after, PROGRAM, 1, make_cause("le_2"))


def test_what_is_given_as_points_is_not() -> None:
    after, entry = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, make_cause())

    assert (entry.kind, after.balance_units, after.pending_units) == (EntryKind.EARN, 100, 0)
    assert (entry.pending_units, entry.pending_until) == (None, None)


def test_it_can_be_spent_from_the_moment_on() -> None:
    pending, grant = bought(600)

    early, nothing = ledger.caught_up(pending, PROGRAM, MIDNIGHT - timedelta(milliseconds=1))
    after, (entry,) = ledger.caught_up(pending, PROGRAM, MIDNIGHT)

    assert (early, nothing) == (pending, ())
    assert (entry.kind, entry.units, entry.pending_units) == (EntryKind.EARN, 600, -600)
    assert (entry.activates_entry_id, entry.granted_units) == (grant.entry_id, 600)
    assert (entry.description, entry.purchase_amount) == ("Coffee", "10.00")
    assert (after.balance_units, after.pending_units, after.pending) == (600, 0, ())
    assert (after.earned_units, after.tier, entry.tier_before) == (600, "Silber", "Bronze")


def test_the_days_are_those_of_the_purchase() -> None:
    """A later change of the program changes neither the day of activation nor that of expiry."""
    pending, grant = bought()
    changed = replace(PROGRAM, pending_days=90, points_expiry=None)

    after, (entry,) = ledger.caught_up(pending, changed, MIDNIGHT)

    assert entry.lot_expires_at == grant.lot_expires_at == due.expires_at(PROGRAM, MIDNIGHT)
    assert [each.expires_at for each in after.lots] == [grant.lot_expires_at]


def test_what_is_activated_late_expires_in_time() -> None:
    pending, grant = bought()
    assert grant.lot_expires_at is not None

    after, entries = ledger.caught_up(pending, PROGRAM, grant.lot_expires_at)

    assert [(each.kind, each.units) for each in entries] == [
        (EntryKind.EARN, 100),
        (EntryKind.EXPIRE, -100),
    ]
    assert (after.balance_units, after.earned_units, after.expired_units) == (0, 100, 100)


def test_what_was_earned_long_ago_is_not_pending() -> None:
    long_ago = replace(purchase(), occurred_at=NOW - timedelta(days=PENDING_DAYS + 1))

    after, entry = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, long_ago)

    assert (entry.kind, after.pending_units) == (EntryKind.EARN, 0)


@given(st.timedeltas(timedelta(), timedelta(days=7)), st.integers(0, 10))
def test_what_a_cashier_tells_late_can_be_spent_no_sooner_than_if_bought_now(
    ago: timedelta, pending_days: int
) -> None:
    """Only the waiting is that of now: what is bought then expires as if it had waited then."""
    program = replace(PROGRAM, pending_days=pending_days)
    late = replace(purchase(), occurred_at=NOW - ago, is_by_cashier=True)
    at_once = ledger.earn(make_membership(program), program, 100, purchase())
    as_then = replace(purchase(now=NOW - ago), occurred_at=None)

    after, entry = ledger.earn(make_membership(program), program, 100, late)
    then, then_entry = ledger.earn(make_membership(program), program, 100, as_then)

    assert entry.pending_until == at_once[1].pending_until == due.activates_at(program, NOW)
    assert after.balance_units == at_once[0].balance_units == then.balance_units
    assert entry.lot_expires_at == then_entry.lot_expires_at
    assert entry.occurred_at == NOW - ago


def test_a_system_that_tells_late_is_believed() -> None:
    late = replace(purchase(), occurred_at=NOW - timedelta(days=1))

    _, entry = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, late)

    assert entry.pending_until == MIDNIGHT - timedelta(days=1)


def test_a_take_back_before_it_leaves_no_trace_in_the_totals() -> None:
    pending, grant = bought()

    booked = ledger.reverse(pending, PROGRAM, grant, 100, make_cause("le_2"))

    assert booked is not None
    after, entry = booked
    assert (entry.kind, entry.units, entry.pending_units) == (EntryKind.REVERSE, 0, -100)
    assert (entry.corrects_entry_id, entry.uncollected_units) == (grant.entry_id, 0)
    assert (after.reversed_units, after.lifetime_units, after.pending_units) == (0, 0, 0)
    later, entries = ledger.caught_up(after, PROGRAM, MIDNIGHT)
    assert (later.pending, entries) == ((), ())
    assert after.next_due_at != MIDNIGHT


def test_what_is_left_of_it_is_activated_and_the_rest_can_come_back() -> None:
    pending, grant = bought()
    booked = ledger.reverse(pending, PROGRAM, grant, 70, make_cause("le_2"))
    assert booked is not None
    restored, _ = ledger.restore(booked[0], PROGRAM, grant, 20, make_cause("le_3"))

    after, (entry,) = ledger.caught_up(restored, PROGRAM, MIDNIGHT)
    again = ledger.reverse(after, PROGRAM, grant, 50, make_cause("le_4"))

    assert (restored.pending_units, entry.units) == (50, 50)
    assert again is not None
    assert (again[0].balance_units, again[0].reversed_units, again[1].units) == (0, 50, -50)


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (MembershipStatus.SUSPENDED, MemberSuspended),
        (MembershipStatus.LEFT, MembershipClosed),
    ],
)
def test_who_is_not_active_earns_nothing_and_keeps_what_was_earned(
    status: MembershipStatus, refusal: type[Exception]
) -> None:
    pending = replace(bought()[0], status=status)

    with pytest.raises(refusal):
        ledger.earn(pending, PROGRAM, 10, purchase("le_2"))
    assert ledger.caught_up(pending, PROGRAM, MIDNIGHT)[0].balance_units == 100


def test_there_is_a_bound() -> None:
    membership = make_membership(PROGRAM)
    for number in range(PENDING_MAX):
        membership, _ = ledger.earn(membership, PROGRAM, 1, purchase(f"le_{number}"))

    with pytest.raises(BalanceLimitExceeded):
        ledger.earn(membership, PROGRAM, 1, purchase("le_more"))
    assert len(ledger.caught_up(membership, PROGRAM, MIDNIGHT)[1]) == PENDING_MAX


@dataclass
class Story:
    """A member to whom things happen, and a naive second ledger of what it comes to.

    ``held`` has one item for each point that can be spent: when it expires.
    """

    membership: Membership = field(default_factory=lambda: make_membership(PROGRAM))
    entries: list[Entry] = field(default_factory=list)
    now: datetime = NOW
    held: list[datetime | None] = field(default_factory=list)
    pending: dict[str, int] = field(default_factory=dict)
    grants: list[Entry] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    lifetime: int = 0
    is_suspended: bool = False
    has_left: bool = False

    def cause(self, **facts: str) -> Cause:
        return make_cause(f"le_{len(self.entries) + 1}", now=self.now, **facts)

    def book(self, booked: tuple[Membership, Entry] | None) -> Entry | None:
        if booked is None:
            return None
        self.membership, entry = booked
        self.entries.append(entry)
        return entry

    def catch_up(self) -> None:
        self.membership, entries = ledger.caught_up(self.membership, PROGRAM, self.now)
        self.entries += entries
        for grant in self.grants:
            until = grant.pending_until
            if until is not None and until <= self.now:
                self.release(grant)
        self.held = [each for each in self.held if each is None or each > self.now]

    def release(self, grant: Entry) -> None:
        """Let what is pending of a grant be spent."""
        units = self.pending.pop(grant.entry_id, 0)
        self.held += [grant.lot_expires_at] * units
        self.lifetime += units

    def spend(self, units: int, own: datetime | None = None, *, prefers: bool = False) -> None:
        def order(expires_at: datetime | None) -> tuple[bool, bool, float]:
            is_other = not prefers or expires_at != own
            return is_other, expires_at is None, expires_at.timestamp() if expires_at else 0.0

        self.held = sorted(self.held, key=order)[units:]

    def grant(self, units: int, *, is_purchase: bool) -> None:
        facts = {"purchase_amount": "10.00"} if is_purchase else {}
        if self.is_suspended or self.has_left:
            with pytest.raises((MemberSuspended, MembershipClosed)):
                ledger.earn(self.membership, PROGRAM, units, self.cause(**facts))
            return
        entry = self.book(ledger.earn(self.membership, PROGRAM, units, self.cause(**facts)))
        assert entry is not None
        self.grants.append(entry)
        if is_purchase:
            self.pending[entry.entry_id] = units
        else:
            self.held += [entry.lot_expires_at] * units
            self.lifetime += units

    def redeem(self, units: int) -> None:
        is_absent = self.is_suspended or self.has_left
        if is_absent or units > len(self.held):
            with pytest.raises((MemberSuspended, MembershipClosed, InsufficientBalance)):
                ledger.redeem(self.membership, PROGRAM, units, self.cause())
            return
        self.book(ledger.redeem(self.membership, PROGRAM, units, self.cause()))
        self.spend(units)

    def take_back(self, number: int, units: int) -> None:
        if not self.grants:
            return
        grant = self.grants[number % len(self.grants)]
        # No more comes back than was bought, whether or not the balance could pay for it.
        units = min(units, grant.granted_units - self.asked.get(grant.entry_id, 0))
        if units == 0:
            return
        self.asked[grant.entry_id] = self.asked.get(grant.entry_id, 0) + units
        is_pending = grant.entry_id in self.pending
        left = self.pending[grant.entry_id] if is_pending else len(self.held)
        entry = self.book(ledger.reverse(self.membership, PROGRAM, grant, units, self.cause()))
        taken = min(units, left)
        assert -(entry.moved_units if entry else 0) == taken
        self.taken[grant.entry_id] = self.taken.get(grant.entry_id, 0) + taken
        if is_pending:
            self.pending[grant.entry_id] -= taken
        else:
            self.spend(taken, grant.lot_expires_at, prefers=True)
            self.lifetime -= taken

    def give_back(self, number: int, units: int) -> None:
        taken = [each for each in self.grants if self.taken.get(each.entry_id)]
        if not taken:
            return
        grant = taken[number % len(taken)]
        units = min(units, self.taken[grant.entry_id])
        self.book(ledger.restore(self.membership, PROGRAM, grant, units, self.cause()))
        self.taken[grant.entry_id] -= units
        self.asked[grant.entry_id] -= units
        if grant.entry_id in self.pending:
            self.pending[grant.entry_id] += units
        else:
            self.held += [grant.lot_expires_at] * units
            self.lifetime += units

    def activate(self, number: int) -> None:
        open_grants = [each for each in self.grants if self.pending.get(each.entry_id)]
        if not open_grants:
            return
        grant = open_grants[number % len(open_grants)]
        award = next(each for each in self.membership.pending if each.entry_id == grant.entry_id)
        self.book(ledger.activate(self.membership, PROGRAM, award, self.now))
        self.release(grant)

    def stand(self, name: str) -> None:
        if name == "suspend":
            self.membership = standing.suspended(self.membership, "Fraud", self.now)
            self.is_suspended = True
        elif name == "reactivate":
            self.membership = standing.reactivated(self.membership, "Cleared", self.now)
            self.is_suspended = False
        elif name == "leave":
            self.membership = standing.left(self.membership, self.now)
            self.has_left = True
        elif not (self.is_suspended and self.has_left):
            self.membership = standing.reopened(self.membership, self.now)
            self.has_left = False

    def check(self) -> None:
        now = self.membership
        assert now.balance_units == len(self.held)
        assert now.pending_units == sum(self.pending.values())
        assert now.lifetime_units == self.lifetime
        assert {each.entry_id: each.units for each in now.pending} == self.pending
        now.assert_consistent()
        assert list(proof.sums_breaks(now, self.entries)) == []
        assert chain.find_break(self.entries, now.head_hash) is None
        wakes = [each.activates_at for each in now.pending if each.units]
        wakes += [lot.expires_at for lot in now.lots if lot.expires_at is not None]
        if wakes and self.entries:
            assert now.next_due_at is not None
            assert now.next_due_at <= min(wakes)


small = st.integers(1, 60)
steps = st.one_of(
    st.tuples(st.just("buy"), small),
    st.tuples(st.just("earn"), small),
    st.tuples(st.just("redeem"), small),
    st.tuples(st.just("wait"), st.integers(1, 80)),
    st.tuples(st.just("activate"), small),
    st.tuples(st.sampled_from(["take", "give"]), small, small),
    st.tuples(st.sampled_from(["suspend", "reactivate", "leave", "return"])),
)


@given(st.lists(steps, max_size=40))
def test_whatever_happens_every_point_is_accounted_for(
    story: list[tuple[str, int]],
) -> None:
    told = Story()
    for name, *values in story:
        if name == "wait":
            told.now += timedelta(hours=values[0])
        told.catch_up()
        match name:
            case "buy" | "earn":
                told.grant(values[0], is_purchase=name == "buy")
            case "redeem":
                told.redeem(values[0])
            case "activate":
                told.activate(values[0])
            case "take":
                told.take_back(*values)
            case "give":
                told.give_back(*values)
            case "wait":
                pass
            case _:
                told.stand(name)
        told.check()


def test_verification_finds_a_pending_grant_that_nobody_booked() -> None:
    membership, grant = bought()
    award = replace(membership.pending[0], units=101)
    changed = replace(membership, pending_units=101, pending=(award,))

    assert list(proof.sums_breaks(membership, [grant])) == []
    assert [each.message for each in proof.sums_breaks(changed, [grant])] == [
        "pending is 101, and the entries give 100",
        "pending grants is {'le_1': 101}, and the entries give {'le_1': 100}",
    ]
