"""Holds: random stories against a model that has one item for each point."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, erasing, hold_releases, holds, ledger, proof, standing
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.holds import HOLDS_MAX, Hold
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import (
    InsufficientBalance,
    MembershipClosed,
    ReservationExists,
    TooManyReservations,
)
from tests.support.strategies import NOW, make_cause, make_membership, make_program

PROGRAM = replace(make_program(), points_expiry=PointsExpiry.of(2, 1))
MINUTES = timedelta(minutes=15)


def wanted(name: str = "rs_1", now: datetime = NOW, **fields: str) -> Hold:
    return Hold(name, "lp_1_user_1", (), now, now + MINUTES, **fields)


def with_lots(*lots: Lot) -> Membership:
    units = sum(lot.units for lot in lots)
    return replace(
        make_membership(PROGRAM),
        lots=lots,
        balance_units=units,
        earned_units=units,
        lifetime_units=units,
    )


def soon(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def test_what_expires_first_is_held_first() -> None:
    before = with_lots(Lot(50, soon(1)), Lot(50, soon(9)), Lot(50))

    after = ledger.hold(before, PROGRAM, wanted(), 80)

    assert after.lots == (Lot(20, soon(9)), Lot(50))
    assert after.holds[0].lots == (Lot(50, soon(1)), Lot(30, soon(9)))
    assert (after.balance_units, after.held_units, after.available_units) == (150, 80, 70)
    assert ledger.release(after, PROGRAM, after.holds[0], NOW).lots == before.lots


def test_held_points_expire_at_the_end_of_their_hold() -> None:
    held = ledger.hold(with_lots(Lot(50, soon(0) + MINUTES / 3)), PROGRAM, wanted(), 30)

    during, (entry,) = ledger.caught_up(held, PROGRAM, NOW + MINUTES / 2)
    assert (entry.kind, entry.units, during.balance_units) == (EntryKind.EXPIRE, -20, 30)
    assert during.next_due_at == NOW + MINUTES
    after, (last,) = ledger.caught_up(during, PROGRAM, NOW + MINUTES)
    assert (last.kind, last.units, after.balance_units) == (EntryKind.EXPIRE, -30, 0)
    assert ledger.caught_up(after, PROGRAM, NOW + MINUTES)[1] == ()


def test_who_leaves_has_points_that_expire_on_their_date_again() -> None:
    expires_at = soon(0) + MINUTES / 3
    held = ledger.hold(with_lots(Lot(50, expires_at)), PROGRAM, wanted(), 50)
    assert held.next_due_at == NOW + MINUTES

    left = standing.left(held, NOW)

    assert left.next_due_at == expires_at
    after, (entry,) = ledger.caught_up(left, PROGRAM, expires_at)
    assert (entry.kind, entry.units, after.balance_units) == (EntryKind.EXPIRE, -50, 0)


def test_held_points_are_honoured_after_their_date() -> None:
    held = ledger.hold(with_lots(Lot(50, soon(0) + MINUTES / 3)), PROGRAM, wanted(), 30)
    now, _ = ledger.caught_up(held, PROGRAM, NOW + MINUTES / 2)

    cause = make_cause("le_9", now=NOW + MINUTES / 2)
    after, entry = ledger.redeem_held(now, PROGRAM, now.holds[0], 30, cause)

    assert (entry.units, after.balance_units, after.lots) == (-30, 0, ())


def test_the_boundary_belongs_to_the_end() -> None:
    held = ledger.hold(with_lots(Lot(50)), PROGRAM, wanted(), 30)

    assert hold_releases.without_ended(held, NOW + MINUTES - timedelta.resolution) is held
    assert hold_releases.without_ended(held, NOW + MINUTES).holds == ()


def test_bounds() -> None:
    membership = ledger.hold(with_lots(Lot(99)), PROGRAM, wanted(reward_id="rw"), 1)
    with pytest.raises(ReservationExists):
        ledger.hold(membership, PROGRAM, wanted("rs_2", reward_id="rw"), 1)
    for number in range(1, HOLDS_MAX):
        membership = ledger.hold(membership, PROGRAM, wanted(f"rs_{number}"), 1)
    with pytest.raises(TooManyReservations):
        ledger.hold(membership, PROGRAM, wanted("rs_9"), 1)
    with pytest.raises(InsufficientBalance):
        ledger.hold(membership, PROGRAM, wanted("rs_9"), 80)


def test_the_ids_of_a_reservation_and_its_entry_follow_from_each_other() -> None:
    reservation_id = holds.reservation_id("le_abc")
    tagged = holds.tagged(reservation_id, "rw_1")

    assert holds.entry_id(reservation_id) == holds.entry_id(tagged) == "le_abc"
    assert holds.may_need(tagged, "rw_1")
    assert not holds.may_need(tagged, "rw_2")
    assert not holds.may_need(reservation_id, "rw_1")


def test_an_erased_person_holds_nothing() -> None:
    held = ledger.hold(with_lots(Lot(50, soon(9)), Lot(50)), PROGRAM, wanted(), 80)

    copied = erasing.copy(held, [], Pseudonyms({held.user_id: "er_1"}), NOW)

    assert (copied.membership.holds, copied.membership.held_units) == ((), 0)
    assert copied.membership.lots == (Lot(50, soon(9)), Lot(50))
    copied.membership.assert_consistent()


@dataclass
class Model:
    """What a member has, one item for each point: when it expires. ``debt`` was taken beyond."""

    free: list[datetime | None] = field(default_factory=list)
    held: dict[str, list[datetime | None]] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)
    debt: int = 0

    @property
    def balance(self) -> int:
        return self.available + sum(map(len, self.held.values()))

    @property
    def available(self) -> int:
        return len(self.free) - self.debt

    def put(self, points: list[datetime | None]) -> None:
        self.free += points
        self.sort()
        paid = min(self.debt, len(self.free))
        self.debt -= paid
        del self.free[:paid]

    def sort(self, own: datetime | None = None, *, prefers: bool = False) -> None:
        def order(each: datetime | None) -> tuple[bool, bool, float]:
            return prefers and each != own, each is None, each.timestamp() if each else 0.0

        self.free.sort(key=order)

    def take(self, units: int) -> None:
        missing = max(units - len(self.free), 0)
        del self.free[:units]
        self.debt += missing

    def wait(self, now: datetime) -> None:
        for name in [each for each, end in self.ends.items() if end <= now]:
            self.end(name)
        self.free = [each for each in self.free if each is None or each > now]

    def end(self, name: str, spent: int = 0) -> None:
        del self.ends[name]
        self.put(self.held.pop(name)[spent:])


@dataclass
class Story:
    """A member to whom things happen, beside the model."""

    membership: Membership = field(default_factory=lambda: make_membership(PROGRAM))
    entries: list[Entry] = field(default_factory=list)
    now: datetime = NOW
    model: Model = field(default_factory=Model)
    grants: list[tuple[Entry, int]] = field(default_factory=list)
    redeemed: list[tuple[Entry, list[datetime | None]]] = field(default_factory=list)
    made: int = 0

    def cause(self) -> Cause:
        return make_cause(f"le_{len(self.entries) + 1}", now=self.now)

    def book(self, booked: tuple[Membership, Entry] | None) -> Entry | None:
        if booked is None:
            return None
        self.membership, entry = booked
        self.entries.append(entry)
        return entry

    def catch_up(self) -> None:
        shown = ledger.current(self.membership, PROGRAM, self.now)
        self.membership, entries = ledger.caught_up(self.membership, PROGRAM, self.now)
        self.entries += entries
        self.model.wait(self.now)
        assert (shown.balance_units, shown.held_units) == (
            self.membership.balance_units,
            self.membership.held_units,
        )

    def earn(self, units: int, hours: int) -> None:
        expires_at = self.now + timedelta(hours=hours)
        entry = self.book(
            ledger.earn(self.membership, PROGRAM, units, self.cause(), expires_at=expires_at)
        )
        assert entry is not None
        self.grants.append((entry, units))
        absorbed = min(self.model.debt, units)
        self.model.debt -= absorbed
        self.model.put([expires_at] * (units - absorbed))

    def redeem(self, units: int) -> None:
        if units > self.model.available:
            with pytest.raises(InsufficientBalance):
                ledger.redeem(self.membership, PROGRAM, units, self.cause())
            return
        entry = self.book(ledger.redeem(self.membership, PROGRAM, units, self.cause()))
        assert entry is not None
        self.redeemed.append((entry, self.model.free[:units]))
        self.model.take(units)

    def reserve(self, units: int) -> None:
        self.made += 1
        hold = wanted(f"rs_{self.made}", self.now)
        if units > self.model.available or len(self.model.held) >= HOLDS_MAX:
            with pytest.raises((InsufficientBalance, TooManyReservations)):
                ledger.hold(self.membership, PROGRAM, hold, units)
            return
        self.membership = ledger.hold(self.membership, PROGRAM, hold, units)
        self.model.held[hold.reservation_id] = self.model.free[:units]
        self.model.ends[hold.reservation_id] = hold.ends_at
        self.model.take(units)

    def chosen(self, number: int) -> Hold | None:
        every = self.membership.holds
        return every[number % len(every)] if every else None

    def commit(self, number: int, units: int) -> None:
        hold = self.chosen(number)
        if hold is None:
            return
        args = (self.membership, PROGRAM, hold, units, self.cause())
        if units > min(hold.units, self.model.balance):
            with pytest.raises(InsufficientBalance):
                ledger.redeem_held(*args)
            return
        entry = self.book(ledger.redeem_held(*args))
        assert entry is not None
        self.redeemed.append((entry, self.model.held[hold.reservation_id][:units]))
        self.model.end(hold.reservation_id, units)

    def cancel(self, number: int) -> None:
        if self.redeemed:
            entry, points = self.redeemed.pop(number % len(self.redeemed))
            self.book(ledger.cancel(self.membership, PROGRAM, entry, self.cause()))
            self.model.put(points)
            self.catch_up()

    def void(self, number: int) -> None:
        hold = self.chosen(number)
        if hold is not None:
            self.membership = ledger.release(self.membership, PROGRAM, hold, self.now)
            self.model.end(hold.reservation_id)

    def take_back(self, number: int, units: int, *, is_unlimited: bool) -> None:
        if not self.grants:
            return
        number %= len(self.grants)
        grant, left = self.grants[number]
        units = min(units, left)
        if units == 0:
            return
        within = min(units, max(self.model.balance, 0))
        policy = ReversePolicy.UNLIMITED if is_unlimited else ReversePolicy.WITHIN_BALANCE
        taken = units if is_unlimited else within
        entry = self.book(
            ledger.reverse(self.membership, PROGRAM, grant, units, self.cause(), policy=policy)
        )
        assert -(entry.units if entry else 0) == taken
        self.grants[number] = (grant, left - taken)
        self.model.sort(grant.lot_expires_at, prefers=True)
        self.model.take(taken)
        self.model.sort()

    def set(self, target: int) -> None:
        difference = target - self.model.balance
        self.book(ledger.set_balance(self.membership, PROGRAM, target, self.cause()))
        if difference > 0:
            absorbed = min(self.model.debt, difference)
            self.model.debt -= absorbed
            self.model.put([None] * (difference - absorbed))
        else:
            self.model.take(-difference)

    def leave(self) -> None:
        """Leave, and come back."""
        gone = standing.left(self.membership, self.now)
        assert gone.holds == ()
        with pytest.raises(MembershipClosed):
            ledger.hold(gone, PROGRAM, wanted(), 1)
        self.membership = standing.reopened(gone, self.now)
        for name in list(self.model.held):
            self.model.end(name)

    def check(self) -> None:
        now, model = self.membership, self.model
        assert (now.balance_units, now.available_units) == (model.balance, model.available)
        assert {each.reservation_id: each.units for each in now.holds} == {
            name: len(points) for name, points in model.held.items()
        }
        assert now.deficit_units == model.debt
        points = [lot.expires_at for lot in now.lots for _ in range(lot.units)]
        assert points == model.free
        now.assert_consistent()
        assert list(proof.sums_breaks(now, self.entries)) == []
        assert chain.find_break(self.entries, now.head_hash) is None
        wakes = [lot.expires_at for lot in now.lots if lot.expires_at is not None]
        wakes += [
            max(lot.expires_at, hold.ends_at)
            for hold in now.holds
            for lot in hold.lots
            if lot.expires_at is not None
        ]
        if wakes and self.entries:
            assert now.next_due_at is not None
            assert now.next_due_at <= min(wakes)


small = st.integers(1, 40)
steps = st.one_of(
    st.tuples(st.just("earn"), small, st.integers(1, 4)),
    st.tuples(st.sampled_from(["redeem", "reserve", "void", "set", "cancel"]), small),
    st.tuples(st.sampled_from(["commit", "take", "take all"]), small, small),
    st.tuples(st.just("wait"), st.integers(1, 90)),
    st.tuples(st.just("leave")),
)


@example([("earn", 1, 1), ("wait", 46), ("reserve", 1), ("leave",)])
@given(st.lists(steps, max_size=40))
def test_whatever_happens_every_point_is_free_held_or_gone(
    story: list[tuple[str, int]],
) -> None:
    told = Story()
    for name, *values in story:
        if name == "wait":
            told.now += timedelta(minutes=values[0])
        told.catch_up()
        match name:
            case "take" | "take all":
                told.take_back(values[0], values[1], is_unlimited=name == "take all")
            case "wait":
                pass
            case _:
                getattr(told, name)(*values)
        told.check()


def test_a_cancelled_redemption_is_in_the_lots_that_it_was_taken_from() -> None:
    before = with_lots(Lot(50, soon(1)), Lot(50, soon(9)), Lot(50))
    spent, redemption = ledger.redeem(before, PROGRAM, 80, make_cause("le_1"))

    after, entry = ledger.cancel(spent, PROGRAM, redemption, make_cause("le_2"))

    assert [(lot.units, lot.expires_at) for lot in after.lots] == [
        (lot.units, lot.expires_at) for lot in before.lots
    ]
    assert (entry.kind, entry.units, entry.corrects_entry_id) == (EntryKind.REVERSE, 80, "le_1")
    assert (after.lifetime_units, after.reversed_units) == (before.lifetime_units, -80)


def test_what_an_older_redemption_gives_back_never_expires() -> None:
    spent, redemption = ledger.redeem(with_lots(Lot(50, soon(1))), PROGRAM, 30, make_cause("le_1"))
    older = replace(redemption, spent=None)

    after, _ = ledger.cancel(spent, PROGRAM, older, make_cause("le_2"))

    assert after.lots == (Lot(20, soon(1)), Lot(30))


def test_what_was_spent_beyond_the_balance_pays_the_deficit() -> None:
    before = with_lots(Lot(50))
    spent, redemption = ledger.redeem(before, PROGRAM, 80, make_cause("le_1"), overdraft_units=30)

    after, _ = ledger.cancel(spent, PROGRAM, redemption, make_cause("le_2"))

    assert (after.lots, after.deficit_units, after.balance_units) == ((Lot(50),), 0, 50)


def test_verification_finds_a_hold_that_nobody_has() -> None:
    held = ledger.hold(with_lots(Lot(50)), PROGRAM, wanted(), 30)
    changed = replace(held, held_units=31)

    found = [each.message for each in proof.sums_breaks(changed, [])]

    assert "held is 31, and the entries give 30" in found
