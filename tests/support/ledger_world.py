"""All commands of the ledger in random order, for members who give to and become each other.

After each command the memberships are compared with a second ledger (``ledger_model``), which
knows dates and units and nothing else; and now and then with all that must follow from the entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from shared.domain.loyalty import chain, due, erasing, ledger, proof
from shared.domain.loyalty.entries import GENESIS, Cause, Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import InsufficientBalance, MergeLimitExceeded, TooManyReservations
from tests.support.ledger_model import Missing, Purse, in_order
from tests.support.strategies import NOW, TIERED, TIERS, make_cause, make_membership, make_program

MEMBERS = 4
MOSTLY = 0.9
"""How likely it is that a rare command does nothing."""

PROGRAM = make_program(TIERED, points_expiry=PointsExpiry.of(20), pending_days=3)


@dataclass
class Member:
    """A membership with its entries, and what the other ledger says of it."""

    membership: Membership
    purse: Purse = field(default_factory=Purse)
    entries: list[Entry] = field(default_factory=list)
    earns: list[Entry] = field(default_factory=list)
    redemptions: list[Entry] = field(default_factory=list)
    genesis: str = GENESIS


class World:
    """Some members of a program, at a time."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = NOW
        self.caught_up_at = NOW
        self.steps = 0
        self.taken: Counter[tuple[str, str]] = Counter()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.done: Counter[str] = Counter()
        self.rare: Counter[str] = Counter()
        self.gone: list[Member] = []
        self.members = [self.newcomer() for _ in range(MEMBERS)]

    def newcomer(self) -> Member:
        self.steps += 1
        user_id = f"u{self.steps}"
        opened = make_membership(PROGRAM, membership_id=f"lp_1_{user_id}", user_id=user_id)
        return Member(due.scheduled(opened, PROGRAM.time_zone))

    def cause(self, **facts: object) -> Cause:
        self.steps += 1
        return make_cause(f"le_{self.steps}", now=self.now, **facts)

    def book(self, member: Member, booked: tuple[Membership, Entry]) -> Entry:
        member.membership, entry = booked
        member.entries.append(entry)
        return entry

    def catch_up(self, member: Member) -> None:
        """Book what time has brought, as every booking does first."""
        after, entries = ledger.caught_up(member.membership, PROGRAM, self.now)
        member.membership = due.scheduled(after, PROGRAM.time_zone)
        # Holds that have ended are written with the next booking. Until then the calendar may come
        # too early for what they held and a deficit has taken, but never too late.
        assert after.next_due_at is not None
        assert member.membership.next_due_at is not None
        assert after.next_due_at <= max(member.membership.next_due_at, self.now)
        member.entries += entries
        member.purse.pass_time(self.now)

    def step(self) -> None:
        member = self.random.choice(self.members)
        if self.now != self.caught_up_at:
            self.caught_up_at = self.now
            for each in self.members:
                self.catch_up(each)
        command = self.random.choice(COMMANDS)
        before = member.membership
        try:
            command(self, member)
            self.done[command.__name__] += 1
        except InsufficientBalance:
            assert member.membership == before
            self.done["refused"] += 1
        of_all = sum(self.done.values()) % 10 == 0
        for each in self.members:
            if of_all or each is member:
                compare(each)


def earn(world: World, member: Member) -> None:
    units = world.random.randint(1, 90)
    bought = world.random.random() < 0.5
    cause = world.cause(purchase_amount="9.00" if bought else None)
    entry = world.book(member, ledger.earn(member.membership, PROGRAM, units, cause))
    member.earns.append(entry)
    if entry.kind is EntryKind.PENDING:
        assert entry.pending_until is not None
        pending = (units, entry.pending_until, entry.lot_expires_at)
        member.purse.pending[key_of(entry)] = pending
    else:
        member.purse.add(units, entry.lot_expires_at)


def redeem(world: World, member: Member) -> None:
    units = world.random.randint(1, 120)
    overdraft = world.random.choice([0, 0, 0, 30])
    fits = units <= member.purse.available + overdraft
    try:
        booked = ledger.redeem(
            member.membership, PROGRAM, units, world.cause(), overdraft_units=overdraft
        )
    except InsufficientBalance:
        assert not fits
        raise
    assert fits
    member.redemptions.append(world.book(member, booked))
    member.purse.take(units)


def cancel(world: World, member: Member) -> None:
    if not member.redemptions:
        return
    redeemed = member.redemptions.pop(world.random.randrange(len(member.redemptions)))
    cause = world.cause()
    entry = world.book(member, ledger.cancel(member.membership, PROGRAM, redeemed, cause))
    member.membership, collected = ledger.collect(
        member.membership, PROGRAM, redeemed, {key_of(each): each for each in member.earns}, cause
    )
    member.entries += collected
    spent = redeemed.spent or ()
    member.purse.add(-redeemed.units - sum(each.units for each in spent), None)
    for each in spent:
        member.purse.add(each.units, each.expires_at)
    units = member.purse.collect(-redeemed.units, redeemed.recorded_at)
    assert units == (entry.collected_units or 0) == -sum(each.units for each in collected)
    world.rare["collected"] += bool(units)


def adjust(world: World, member: Member) -> None:
    units = world.random.choice([-1, 1]) * world.random.randint(1, 60)
    fits = units > 0 or -units <= member.purse.available
    try:
        booked = ledger.adjust(member.membership, PROGRAM, units, world.cause())
    except InsufficientBalance:
        assert not fits
        raise
    assert fits
    entry = world.book(member, booked)
    if units > 0:
        member.purse.add(units, entry.lot_expires_at)
    else:
        member.purse.take(-units)


def set_balance(world: World, member: Member) -> None:
    units = world.random.randint(0, 150)
    difference = units - member.purse.balance
    booked = ledger.set_balance(member.membership, PROGRAM, units, world.cause())
    if booked is not None:
        world.book(member, booked)
    if difference > 0:
        member.purse.add(difference, None)
    else:
        member.purse.take(-difference)


def take_back(world: World, member: Member) -> None:
    """Take a part of an earn, as far as the policy says."""
    if not member.earns:
        return
    earn_ = world.random.choice(member.earns)
    left = earn_.granted_units - world.asked[key_of(earn_)]
    if left == 0:
        return
    units = world.random.randint(1, left)
    policy = world.random.choice(list(ReversePolicy))
    booked = ledger.reverse(member.membership, PROGRAM, earn_, units, world.cause(), policy=policy)
    purse, earned = member.purse, key_of(earn_)
    if earned in purse.pending:
        have, at, date = purse.pending[earned]
        taken = min(units, have)
        purse.pending[earned] = (have - taken, at, date)
    else:
        taken = {
            ReversePolicy.ONLY_PENDING: 0,
            ReversePolicy.WITHIN_BALANCE: min(units, max(purse.balance, 0)),
            ReversePolicy.UNLIMITED: units,
        }[policy]
        purse.take(taken, first=[earn_.lot_expires_at])
        if policy is ReversePolicy.WITHIN_BALANCE and taken < units:
            purse.miss(Missing(key_of(earn_), world.now, units - taken, earn_.lot_expires_at))
    assert (booked is None) is (taken == 0)
    world.asked[key_of(earn_)] += units
    world.taken[key_of(earn_)] += taken
    if booked is not None:
        entry = world.book(member, booked)
        assert (-entry.moved_units, entry.uncollected_units) == (taken, units - taken)
    else:
        member.membership = ledger.uncollected(
            member.membership, earn_, units, world.now, policy=policy
        )


def give_back(world: World, member: Member) -> None:
    """Give a part back of what was taken of an earn, or should have been: the return was none."""
    asked = [each for each in member.earns if world.asked[key_of(each)]]
    if not asked:
        return
    earn_ = world.random.choice(asked)
    units = world.random.randint(0, world.taken[key_of(earn_)])
    missed = world.random.randint(0, world.asked[key_of(earn_)] - world.taken[key_of(earn_)])
    world.taken[key_of(earn_)] -= units
    world.asked[key_of(earn_)] -= units + missed
    member.membership, later = ledger.withdraw(member.membership, earn_, missed)
    assert later == member.purse.withdraw(key_of(earn_), missed)
    world.rare["withdrawn"] += bool(later)
    units += later
    if units == 0:
        return
    world.book(member, ledger.restore(member.membership, PROGRAM, earn_, units, world.cause()))
    earned = key_of(earn_)
    if earned in member.purse.pending:
        have, at, date = member.purse.pending[earned]
        member.purse.pending[earned] = (have + units, at, date)
    else:
        member.purse.add(units, earn_.lot_expires_at)


def hold(world: World, member: Member) -> None:
    units = world.random.randint(1, 60)
    world.steps += 1
    minutes = world.random.randint(1, 60 * 48)
    wanted = Hold(
        f"rs_{world.steps}",
        member.membership.membership_id,
        (),
        world.now,
        world.now + timedelta(minutes=minutes),
    )
    fits = units <= member.purse.available
    try:
        member.membership = ledger.hold(member.membership, PROGRAM, wanted, units)
    except TooManyReservations:
        return
    except InsufficientBalance:
        assert not fits
        raise
    assert fits
    member.purse.hold(wanted.reservation_id, units, wanted.ends_at)


def commit(world: World, member: Member) -> None:
    if not member.membership.holds:
        return
    held = world.random.choice(member.membership.holds)
    units = world.random.randint(1, held.units)
    fits = units <= member.purse.balance
    try:
        booked = ledger.redeem_held(member.membership, PROGRAM, held, units, world.cause())
    except InsufficientBalance:
        assert not fits
        raise
    assert fits
    member.redemptions.append(world.book(member, booked))
    member.purse.spend_held(held.reservation_id, units)


def void(world: World, member: Member) -> None:
    if not member.membership.holds:
        return
    held = world.random.choice(member.membership.holds)
    member.membership = ledger.release(member.membership, PROGRAM, held, world.now)
    member.purse.release(held.reservation_id)


def transfer(world: World, member: Member) -> None:
    other = world.random.choice([each for each in world.members if each is not member])
    units = world.random.randint(1, 60)
    fits = units <= member.purse.available
    try:
        out, into = ledger.transfer(
            member.membership, other.membership, PROGRAM, units, world.cause(), world.cause()
        )
    except InsufficientBalance:
        assert not fits
        raise
    assert fits
    world.book(member, out)
    world.book(other, into)
    for date, each in in_order(member.purse.take(units)):
        other.purse.add(each, date)


def merge(world: World, member: Member) -> None:
    """Make one of two, rarely; somebody new comes instead."""
    if world.random.random() < MOSTLY:
        return
    other = world.random.choice([each for each in world.members if each is not member])
    try:
        given, taken = ledger.merge(
            member.membership, other.membership, PROGRAM, world.cause(), world.cause()
        )
    except MergeLimitExceeded:
        world.members[world.members.index(other)] = world.newcomer()
        world.gone.append(other)
        return
    world.book(member, given)
    world.book(other, taken)
    other.purse.take_over(member.purse)
    member.purse = Purse()
    other.earns += member.earns
    other.redemptions += member.redemptions
    world.gone.append(member)
    world.members[world.members.index(member)] = world.newcomer()
    world.rare["merged"] += 1


def activate(world: World, member: Member) -> None:
    """Let a grant be spent before its day."""
    awards = [each for each in member.membership.pending if each.units]
    if not awards:
        return
    award = world.random.choice(awards)
    world.book(member, ledger.activate(member.membership, PROGRAM, award, world.now))
    units, _, date = member.purse.pending.pop((award.membership_id, award.entry_id))
    assert units == award.units
    member.purse.add(units, date)


def extend(world: World, member: Member) -> None:
    """Put off the expiry of all, or of what expires at one time."""
    until = world.now + timedelta(days=world.random.randint(5, 40))
    dates = [each.expires_at for each in member.membership.lots if each.expires_at]
    before = world.random.choice(dates) if dates and world.random.random() < 0.5 else None
    booked = ledger.extend(member.membership, PROGRAM, until, world.cause(), before=before)
    units = member.purse.put_off(until, before)
    assert (booked is None) is (units == 0)
    if booked is not None:
        entry = world.book(member, booked)
        assert entry.extended is not None
        assert entry.extended.units == units


def bring_along(world: World, member: Member) -> None:
    """Get what somebody had in another system."""
    units = world.random.choice([0, world.random.randint(1, 60)])
    total = units + world.random.randint(1, 100)
    booked = ledger.bring_along(member.membership, PROGRAM, units, total, world.cause())
    entry = world.book(member, booked)
    member.purse.add(units, entry.lot_expires_at)


def owe(world: World, member: Member) -> None:
    """Get what somebody still owed in another system, rarely."""
    if world.random.random() < MOSTLY:
        return
    units = world.random.randint(1, 30)
    world.book(member, ledger.owe(member.membership, PROGRAM, units, world.cause()))
    member.purse.take(units)
    world.rare["owed"] += 1


def recalculate_tier(world: World, member: Member) -> None:
    """Give the tier of other thresholds; they are forgotten with the next booking."""
    thresholds = sorted(world.random.sample(range(1, 900), 2))
    tiers = (
        TIERS[0],
        *(replace(each, min_points=n) for each, n in zip(TIERS[1:], thresholds, strict=True)),
    )
    program = replace(PROGRAM, rules=replace(TIERED, tiers=tiers))
    before, entry_id = member.membership.tier, world.cause().entry_id
    after, entry = ledger.recalculate_tier(member.membership, program, world.now, entry_id=entry_id)
    reached = [each.name for each in tiers if after.lifetime_units >= each.min_points]
    assert after.tier == (reached or [TIERS[0].name])[-1]
    assert (entry is None) is (after.tier == before)
    member.membership = after
    if entry is not None:
        member.entries.append(entry)


def erase(world: World, member: Member) -> None:
    """Let a copy without the person take a member's place, rarely; somebody new comes."""
    if world.random.random() < MOSTLY:
        return
    world.steps += 1
    old = member.membership
    names = Pseudonyms(
        {old.membership_id: f"lp_1_erased_{world.steps}", old.user_id: f"erased_{world.steps}"}
    )
    copied = erasing.copy(old, member.entries, names, world.now)
    assert [*erasing.problems(copied.record, copied.entries)] == []
    member.purse.release(*member.purse.holds)
    member.purse.missing.clear()
    after = Member(
        due.scheduled(copied.membership, PROGRAM.time_zone),
        member.purse,
        list(copied.entries),
        genesis=erasing.genesis(copied.record),
    )
    compare(after)
    world.gone.append(after)
    world.members[world.members.index(member)] = world.newcomer()
    world.rare["erased"] += 1


def wait(world: World, _: Member) -> None:
    world.now += timedelta(hours=world.random.choice([1, 5, 24, 24, 72]))


COMMANDS: list[Callable[[World, Member], None]] = [
    earn,
    earn,
    earn,
    redeem,
    cancel,
    cancel,
    adjust,
    set_balance,
    take_back,
    take_back,
    give_back,
    hold,
    hold,
    commit,
    void,
    transfer,
    merge,
    activate,
    extend,
    bring_along,
    owe,
    recalculate_tier,
    erase,
    wait,
]


def key_of(entry: Entry) -> tuple[str, str]:
    return entry.membership_id, entry.entry_id


def compare(member: Member) -> None:
    """Compare a membership with the other ledger."""
    stored, purse = member.membership, member.purse
    assert [(each.expires_at, each.units) for each in stored.lots] == in_order(purse.free)
    assert (stored.balance_units, stored.deficit_units) == (purse.balance, purse.owed)
    assert (stored.held_units, stored.available_units) == (purse.held, purse.available)
    assert {each.reservation_id: each.units for each in stored.holds} == {
        name: units.total() for name, (units, _) in purse.holds.items()
    }
    assert stored.pending_units == sum(units for units, _, _ in purse.pending.values())
    assert [
        (each.earn, each.since, each.units, each.collected_units) for each in stored.uncollected
    ] == [(each.earn, each.since, each.units, each.collected) for each in purse.missing]
    stored.assert_consistent()
    assert stored.next_due_at == due.scheduled(stored, PROGRAM.time_zone).next_due_at


def assert_proved(member: Member) -> None:
    """Assert all that follows from the entries: sums, steps, lifetime, tier, and the chain."""
    assert list(proof.sums_breaks(member.membership, member.entries)) == []
    assert (
        chain.find_break(member.entries, member.membership.head_hash, genesis=member.genesis)
        is None
    )
