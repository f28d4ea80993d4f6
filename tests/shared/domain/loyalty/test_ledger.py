"""The ledger: what always holds of a membership and its entries, whatever happens to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, due, entries, ledger, tiers
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.ledger import FULL_CARD
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import RECENT_MAX, Membership, RecentEntry
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.rewards import Reward
from shared.domain.units import BALANCE_UNITS_MAX
from shared.errors import BalanceLimitExceeded, InsufficientBalance, ProgramInactive
from tests.support.strategies import (
    CASHBACK,
    NOW,
    STAMPS,
    TIERED,
    TIERS,
    make_cause,
    make_membership,
    make_program,
)

MARCH_END = datetime(2026, 3, 31, 22, tzinfo=NOW.tzinfo)
APRIL_END = datetime(2026, 4, 30, 22, tzinfo=NOW.tzinfo)
WITHIN, UNLIMITED = ReversePolicy.WITHIN_BALANCE, ReversePolicy.UNLIMITED


def coffee(reward_id: str = "rw_1", cost: int = 10, **fields: Any) -> Reward:
    return Reward(reward_id, "Coffee", "free_product", Decimal(cost), **fields)


@dataclass
class Account:
    """A membership that is booked on, with all that a test compares it to.

    ``held`` has one item for each unit: when it expires. It is a second, naive ledger.
    """

    program: Program
    membership: Membership
    now: datetime = NOW
    entries: list[Entry] = field(default_factory=list)
    held: list[datetime | None] = field(default_factory=list)
    owed: int = 0
    taken_back: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program) -> Account:
        return cls(program, make_membership(program))

    def cause(self) -> Cause:
        return make_cause(f"le_{len(self.entries) + 1}", now=self.now)

    def book(self, booked: tuple[Membership, Entry] | None) -> Entry | None:
        if booked is None:
            return None
        self.membership, entry = booked
        self.entries.append(entry)
        return entry

    def earn(self, units: int, expires_at: datetime | None = None) -> Entry:
        entry = self.book(
            ledger.earn(self.membership, self.program, units, self.cause(), expires_at=expires_at)
        )
        self.hold(units, expires_at)
        assert entry is not None
        return entry

    def redeem(self, units: int) -> Entry:
        entry = self.book(ledger.redeem(self.membership, self.program, units, self.cause()))
        self.release(units)
        assert entry is not None
        return entry

    def set(self, units: int, total_earned_units: int | None = None) -> Entry | None:
        difference = units - self.membership.balance_units
        entry = self.book(
            ledger.set_balance(
                self.membership,
                self.program,
                units,
                self.cause(),
                total_earned_units=total_earned_units,
            )
        )
        if difference > 0:
            self.hold(difference, None)
        else:
            self.release(-difference)
        return entry

    def reverse(self, original: Entry, units: int, policy: ReversePolicy = WITHIN) -> Entry | None:
        balance_units = self.membership.balance_units
        entry = self.book(
            ledger.reverse(
                self.membership, self.program, original, units, self.cause(), policy=policy
            )
        )
        if original.kind is EntryKind.REDEEM:
            self.hold(units, None)
            return entry
        taken = units if policy is UNLIMITED else min(units, max(balance_units, 0))
        own = [each for each in self.held if each == original.lot_expires_at][:taken]
        for each in own:
            self.held.remove(each)
        self.release(taken - len(own))
        return entry

    def restore(self, original: Entry, units: int) -> Entry:
        entry = self.book(
            ledger.restore(self.membership, self.program, original, units, self.cause())
        )
        self.hold(units, original.lot_expires_at)
        assert entry is not None
        return entry

    def restorable(self) -> dict[str, int]:
        """Return what reversals took of each earn, less what was given back."""
        kinds = {entry.entry_id: entry.kind for entry in self.entries}
        taken: dict[str, int] = {}
        for entry in self.entries:
            corrected = entry.corrects_entry_id
            if corrected is not None and kinds[corrected] is EntryKind.EARN:
                taken[corrected] = taken.get(corrected, 0) - entry.units
        return {entry_id: units for entry_id, units in taken.items() if units}

    def expire(self) -> Entry | None:
        self.held = [each for each in self.held if each is None or each > self.now]
        return self.book(ledger.expire(self.membership, self.program, self.cause()))

    def hold(self, units: int, expires_at: datetime | None) -> None:
        absorbed = min(units, self.owed)
        self.owed -= absorbed
        self.held += [expires_at] * (units - absorbed)

    def release(self, units: int) -> None:
        self.held.sort(key=lambda each: (each is None, each or NOW))
        missing = max(units - len(self.held), 0)
        self.held = self.held[units:]
        self.owed += missing

    def lots(self) -> list[tuple[int, datetime | None]]:
        return [(lot.units, lot.expires_at) for lot in self.membership.lots]


EARNS = st.tuples(st.just("earn"), st.integers(1, 60), st.none() | st.integers(-1, 20))
REDEMPTIONS = st.tuples(st.just("redeem"), st.integers(1, 80), st.just(0))
SETS = st.tuples(st.just("set"), st.integers(0, 60), st.none() | st.integers(0, 60))
REVERSALS = st.tuples(
    st.sampled_from(["reverse_within", "reverse_unlimited"]),
    st.integers(1, 80),
    st.integers(0, 100),
)
RESTORATIONS = st.tuples(st.just("restore"), st.integers(1, 80), st.integers(0, 100))
EXPIRIES = st.tuples(st.just("expire"), st.integers(0, 8), st.just(0))
OPERATIONS = st.lists(
    st.one_of(EARNS, REDEMPTIONS, SETS, REVERSALS, RESTORATIONS, EXPIRIES), max_size=40
)
PROGRAMS = st.sampled_from(
    [
        make_program(),
        make_program(STAMPS),
        make_program(CASHBACK),
        make_program(
            replace(TIERED, tiers=tuple(replace(t, min_points=t.min_points // 10) for t in TIERS))
        ),
        make_program(rewards=(coffee(), coffee("rw_2", 50))),
    ]
)


def perform(account: Account, operation: tuple[str, int, int | None]) -> None:
    """Do one operation as far as it can be done."""
    name, number, choice = operation
    match name:
        case "earn":
            expires_at = None if choice is None else NOW + timedelta(days=choice)
            account.earn(number, expires_at)
        case "redeem":
            before = account.membership, list(account.entries)
            if number <= account.membership.balance_units:
                account.redeem(number)
                return
            with pytest.raises(InsufficientBalance):
                account.redeem(number)
            assert (account.membership, account.entries) == before
        case "set":
            before_units = account.membership.lifetime_units
            account.set(number, None if choice is None else number + choice)
            least = max(before_units, number) if choice is None else number + choice
            assert account.membership.lifetime_units == least
        case "expire":
            account.now += timedelta(days=number)
            account.expire()
        case "restore":
            taken = account.restorable()
            if taken:
                assert choice is not None
                entry_id = list(taken)[choice % len(taken)]
                original = next(each for each in account.entries if each.entry_id == entry_id)
                account.restore(original, min(number, taken[entry_id]))
        case _:
            open_ = {
                entry.entry_id: entry
                for entry in account.entries
                if entry.kind in {EntryKind.EARN, EntryKind.REDEEM}
                and account.taken_back.get(entry.entry_id, 0) < abs(entry.units)
            }
            if open_:
                assert choice is not None
                original = list(open_.values())[choice % len(open_)]
                already = account.taken_back.get(original.entry_id, 0)
                units = min(number, abs(original.units) - already)
                policy = WITHIN if name == "reverse_within" else UNLIMITED
                account.reverse(original, units, policy)
                account.taken_back[original.entry_id] = already + units


def assert_sound(account: Account) -> None:
    """Compare a membership with its entries, and with the naive ledger."""
    membership, entries = account.membership, account.entries
    membership.assert_consistent()
    assert membership.balance_units == sum(entry.units for entry in entries)
    assert membership.balance_units == len(account.held) - account.owed
    assert membership.deficit_units == account.owed
    assert membership.balance_units == (
        membership.earned_units
        - membership.redeemed_units
        - membership.expired_units
        - membership.reversed_units
        + membership.adjusted_units
    )
    dates = sorted(set(account.held), key=lambda each: (each is None, each or NOW))
    assert account.lots() == [(account.held.count(each), each) for each in dates]
    assert not (membership.deficit_units and membership.lots)
    assert membership == due.scheduled(membership, account.program.time_zone)
    assert membership.tier == tiers.tier_for(account.program.tiers, membership.lifetime_units)


def total_of(entries: list[Entry], kind: EntryKind) -> int:
    return sum(entry.units for entry in entries if entry.kind is kind)


@given(PROGRAMS, OPERATIONS)
def test_the_sums_agree_after_every_step(
    program: Program, operations: list[tuple[str, int, int | None]]
) -> None:
    account = Account.of(program)
    for operation in operations:
        perform(account, operation)
        assert_sound(account)
    entries, membership = account.entries, account.membership
    assert membership.earned_units == total_of(entries, EntryKind.EARN)
    assert membership.redeemed_units == -total_of(entries, EntryKind.REDEEM)
    assert membership.expired_units == -total_of(entries, EntryKind.EXPIRE)
    assert membership.reversed_units == -total_of(entries, EntryKind.REVERSE)
    assert membership.adjusted_units == total_of(entries, EntryKind.ADJUST)


@given(PROGRAMS, OPERATIONS)
def test_entries_are_numbered_chained_and_follow_each_other(
    program: Program, operations: list[tuple[str, int, int | None]]
) -> None:
    account = Account.of(program)
    for operation in operations:
        perform(account, operation)
    entries, membership = account.entries, account.membership
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert membership.seq == len(entries)
    assert chain.find_break(entries, membership.head_hash) is None
    balance_units, tier = 0, tiers.tier_for(program.tiers, 0)
    for entry in entries:
        # An adjustment may be about the tier alone.
        assert entry.units != 0 or entry.kind is EntryKind.ADJUST
        assert entry.balance_before_units == balance_units
        assert entry.balance_after_units == balance_units + entry.units
        assert entry.tier_before == tier
        balance_units, tier = entry.balance_after_units, entry.tier_after
    assert membership.tier == tier
    newest = [entry.entry_id for entry in reversed(entries)]
    assert [each.entry_id for each in membership.recent] == newest[:RECENT_MAX]


@given(OPERATIONS)
def test_only_an_unlimited_reversal_makes_a_balance_negative(
    operations: list[tuple[str, int, int | None]],
) -> None:
    account = Account.of(make_program())
    for operation in operations:
        before_units = account.membership.balance_units
        perform(account, operation)
        after_units = account.membership.balance_units
        if operation[0] != "reverse_unlimited":
            assert after_units >= min(before_units, 0)


def test_enrolling_opens_an_empty_membership() -> None:
    program = make_program(TIERED)
    membership = ledger.enroll(
        program, membership_id="lp_1_user_1", user_id="user_1", now=NOW, source="till"
    )
    assert membership == Membership(
        membership_id="lp_1_user_1",
        account_id="acc_1",
        store_id="store_1",
        program_id="lp_1",
        user_id="user_1",
        scale=0,
        enrolled_at=NOW,
        updated_at=NOW,
        source="till",
        tier="Bronze",
        head_hash="0" * 64,
        next_due_at=datetime(2027, 3, 2, 23, tzinfo=NOW.tzinfo),
        counters=Counters(),
    )
    membership.assert_consistent()


def test_an_inactive_program_takes_no_members_and_grants_nothing() -> None:
    active, inactive = make_program(), make_program(is_active=False)
    membership = make_membership(active)
    with pytest.raises(ProgramInactive):
        ledger.enroll(inactive, membership_id="lp_1_user_2", user_id="user_2", now=NOW)
    with pytest.raises(ProgramInactive):
        ledger.earn(membership, inactive, 10, make_cause())


def test_what_was_earned_can_be_spent_while_the_program_is_inactive() -> None:
    account = Account.of(make_program())
    account.earn(10)
    account.program = make_program(is_active=False)
    assert account.redeem(4).balance_after_units == 6


def test_an_earn_says_everything_about_itself() -> None:
    program = make_program(CASHBACK)
    cause = make_cause(
        "le_7",
        key_hash="abc",
        description="Coffee",
        source="till",
        transaction_id="t1",
        purchase_amount="200",
        requested_units=600,
        capped_by="maxCashbackPerTransaction",
    )
    membership, entry = ledger.earn(
        make_membership(program), program, 500, cause, expires_at=MARCH_END
    )
    assert entry == Entry(
        entry_id="le_7",
        membership_id="lp_1_user_1",
        account_id="acc_1",
        store_id="store_1",
        program_id="lp_1",
        user_id="user_1",
        seq=1,
        kind=EntryKind.EARN,
        units=500,
        scale=2,
        balance_before_units=0,
        balance_after_units=500,
        earned_after_units=500,
        tier_before=None,
        tier_after=None,
        unlocked_reward_ids=(),
        lot_expires_at=MARCH_END,
        corrects_entry_id=None,
        uncollected_units=0,
        recorded_at=NOW,
        fingerprint="of le_7",
        key_hash="abc",
        description="Coffee",
        source="till",
        transaction_id="t1",
        action=None,
        purchase_amount="200",
        requested_units=600,
        capped_by="maxCashbackPerTransaction",
        reward_id=None,
        reward_code=None,
        previous_hash=entries.GENESIS,
        hash=chain.entry_hash(entry),
    )
    assert membership.head_hash == entry.hash
    assert membership.recent == (
        RecentEntry(
            "le_7", EntryKind.EARN, 500, 500, "Coffee", "t1", None, NOW, purchase_amount="200"
        ),
    )


def test_a_redemption_carries_its_reward_and_the_time_of_the_decision() -> None:
    account = Account.of(make_program())
    account.earn(100)
    later = NOW + timedelta(hours=1)
    cause = make_cause("le_2", now=later, reward_id="rw_1", reward_code="RW-1")
    membership, entry = ledger.redeem(account.membership, account.program, 30, cause)
    assert (entry.kind, entry.units, entry.reward_id) == (EntryKind.REDEEM, -30, "rw_1")
    assert (entry.recorded_at, membership.updated_at) == (later, later)
    assert membership.recent[0].reward_code == "RW-1"
    assert (membership.earned_units, membership.redeemed_units) == (100, 30)
    assert membership.lifetime_units == 100


def test_spending_more_than_there_is_is_refused_in_the_units_of_the_wire() -> None:
    account = Account.of(make_program(CASHBACK))
    account.earn(80)
    with pytest.raises(InsufficientBalance) as refusal:
        account.redeem(100)
    assert refusal.value.message == "The balance of 0.80 does not cover 1.00."
    assert refusal.value.details == {
        "required": Decimal("1.00"),
        "available": Decimal("0.80"),
        "missing": Decimal("0.20"),
    }
    assert (account.membership.balance_units, len(account.entries)) == (80, 1)


def test_the_whole_balance_can_be_spent_and_not_a_unit_more() -> None:
    account = Account.of(make_program())
    account.earn(100)
    assert account.redeem(100).balance_after_units == 0
    with pytest.raises(InsufficientBalance):
        account.redeem(1)
    assert account.lots() == []


def test_what_expires_first_is_spent_first() -> None:
    account = Account.of(make_program())
    account.earn(100, APRIL_END)
    account.earn(100, MARCH_END)
    account.redeem(120)
    assert account.lots() == [(80, APRIL_END)]
    account.now = MARCH_END
    assert account.expire() is None
    assert account.membership.balance_units == 80


def test_what_never_expires_is_spent_last() -> None:
    account = Account.of(make_program())
    account.earn(50)
    account.earn(100, APRIL_END)
    account.redeem(90)
    assert account.lots() == [(10, APRIL_END), (50, None)]
    account.redeem(20)
    assert account.lots() == [(40, None)]


def test_units_of_one_expiry_are_one_lot() -> None:
    account = Account.of(make_program())
    for _ in range(3):
        account.earn(10, MARCH_END)
        account.earn(5)
    assert account.lots() == [(30, MARCH_END), (15, None)]


def test_units_expire_at_their_time_and_not_before() -> None:
    account = Account.of(make_program())
    account.earn(100, MARCH_END)
    account.earn(7)
    account.now = MARCH_END - timedelta(milliseconds=1)
    assert account.expire() is None
    account.now = MARCH_END
    entry = account.expire()
    assert entry is not None
    assert (entry.kind, entry.units, entry.balance_after_units) == (EntryKind.EXPIRE, -100, 7)
    assert account.membership.expired_units == 100
    assert account.membership.lifetime_units == 107
    assert account.expire() is None


def test_a_balance_is_set_by_booking_the_difference() -> None:
    account = Account.of(make_program())
    account.earn(100, MARCH_END)
    up, down = account.set(130), account.set(80)
    assert up is not None
    assert down is not None
    assert (up.kind, up.units, up.lot_expires_at) == (EntryKind.ADJUST, 30, None)
    assert (down.kind, down.units, down.balance_after_units) == (EntryKind.ADJUST, -50, 80)
    membership = account.membership
    assert (membership.earned_units, membership.redeemed_units) == (100, 0)
    assert (membership.adjusted_units, membership.lifetime_units) == (-20, 130)
    assert account.lots() == [(50, MARCH_END), (30, None)]


def test_setting_the_balance_that_there_is_books_nothing() -> None:
    account = Account.of(make_program())
    account.earn(80)
    assert account.set(80) is None
    assert len(account.entries) == 1


def test_setting_to_zero_empties_the_membership() -> None:
    account = Account.of(make_program())
    account.earn(80)
    account.set(0)
    assert account.lots() == []
    assert account.membership.balance_units == 0


def test_setting_a_negative_balance_pays_the_deficit() -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    account.redeem(80)
    account.reverse(earned, 100, UNLIMITED)
    account.set(5)
    assert (account.membership.balance_units, account.membership.deficit_units) == (5, 0)
    assert account.lots() == [(5, None)]


def test_a_full_reversal_takes_back_the_earn_and_names_it() -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    entry = account.reverse(earned, 100)
    assert entry is not None
    assert (entry.kind, entry.units, entry.corrects_entry_id) == (EntryKind.REVERSE, -100, "le_1")
    assert entry.uncollected_units == 0
    membership = account.membership
    assert (membership.balance_units, membership.lifetime_units) == (0, 0)
    assert (membership.earned_units, membership.reversed_units) == (100, 100)


def test_a_reversal_within_the_balance_records_what_it_could_not_collect() -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    account.redeem(80)
    entry = account.reverse(earned, 100)
    assert entry is not None
    assert (entry.units, entry.uncollected_units) == (-20, 80)
    assert account.membership.balance_units == 0
    assert account.membership.lifetime_units == 80
    assert account.reverse(earned, 80) is None


def test_an_unlimited_reversal_leaves_a_deficit_that_the_next_credit_absorbs() -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    account.redeem(80)
    entry = account.reverse(earned, 100, UNLIMITED)
    assert entry is not None
    assert (entry.units, entry.uncollected_units) == (-100, 0)
    assert account.membership.balance_units == -80
    assert account.membership.deficit_units == 80
    account.earn(30, MARCH_END)
    assert (account.membership.deficit_units, account.lots()) == (50, [])
    account.earn(70, MARCH_END)
    assert account.membership.balance_units == 20
    assert (account.membership.deficit_units, account.lots()) == (0, [(20, MARCH_END)])


def test_nothing_can_be_spent_from_a_negative_balance() -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    account.redeem(80)
    account.reverse(earned, 100, UNLIMITED)
    with pytest.raises(InsufficientBalance) as refusal:
        account.redeem(1)
    assert refusal.value.message == "The balance of -80 does not cover 1."
    assert refusal.value.details == {"required": 1, "available": 0, "missing": 81}
    assert account.reverse(earned, 10) is None


def test_a_reversed_redemption_gives_the_units_back() -> None:
    account = Account.of(make_program())
    account.earn(100)
    spent = account.redeem(60)
    entry = account.reverse(spent, 25)
    assert entry is not None
    assert (entry.units, entry.corrects_entry_id) == (25, "le_2")
    membership = account.membership
    assert (membership.balance_units, membership.reversed_units) == (65, -25)
    assert (membership.redeemed_units, membership.lifetime_units) == (60, 100)


@pytest.mark.parametrize(
    ("expires_at", "left"),
    [
        (APRIL_END, [(50, MARCH_END), (10, APRIL_END), (30, None)]),
        (None, [(50, MARCH_END), (40, APRIL_END)]),
    ],
)
def test_a_reversal_takes_the_units_of_its_own_earn_first(
    expires_at: datetime | None, left: list[tuple[int, datetime | None]]
) -> None:
    account = Account.of(make_program())
    earns = {
        each.lot_expires_at: each
        for each in (account.earn(50, MARCH_END), account.earn(40, APRIL_END), account.earn(30))
    }
    account.reverse(earns[expires_at], 30)
    assert account.lots() == left


def test_a_reversal_takes_other_units_when_its_own_are_spent() -> None:
    account = Account.of(make_program())
    march = account.earn(50, MARCH_END)
    account.earn(40, APRIL_END)
    account.redeem(45)
    account.reverse(march, 50)
    assert account.lots() == []
    assert account.membership.balance_units == 0


def test_what_a_reversal_took_is_given_back_as_it_was() -> None:
    account = Account.of(make_program(TIERED))
    earned = account.earn(520, MARCH_END)
    before = account.membership
    account.reverse(earned, 300)
    assert account.membership.tier != before.tier
    entry = account.restore(earned, 300)
    assert (entry.kind, entry.units, entry.corrects_entry_id) == (EntryKind.REVERSE, 300, "le_1")
    after = account.membership
    assert (after.lots, after.balance_units, after.tier) == (
        before.lots,
        before.balance_units,
        before.tier,
    )
    assert (after.earned_units, after.reversed_units, after.lifetime_units) == (520, 0, 520)


def test_what_is_given_back_expires_when_it_would_have() -> None:
    account = Account.of(make_program())
    earned = account.earn(100, MARCH_END)
    account.reverse(earned, 100)
    account.now = MARCH_END
    account.restore(earned, 100)
    account.expire()
    assert (account.membership.balance_units, account.membership.expired_units) == (0, 100)


@pytest.mark.parametrize("units", [0, -1, 101])
def test_only_what_an_earn_granted_is_given_back(units: int) -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    spent = account.redeem(100)
    with pytest.raises(AssertionError):
        account.restore(earned, units)
    with pytest.raises(AssertionError):
        account.restore(spent, 1)


@pytest.mark.parametrize("units", [0, -1, 101])
def test_a_reversal_of_more_than_was_booked_is_a_bug(units: int) -> None:
    account = Account.of(make_program())
    earned = account.earn(100)
    with pytest.raises(AssertionError):
        account.reverse(earned, units)


def test_only_earns_and_redemptions_are_reversed() -> None:
    account = Account.of(make_program())
    adjusted = account.set(10)
    assert adjusted is not None
    with pytest.raises(AssertionError):
        account.reverse(adjusted, 10)


@pytest.mark.parametrize("units", [0, -5])
def test_amounts_below_one_unit_are_a_bug(units: int) -> None:
    account = Account.of(make_program())
    account.earn(10)
    with pytest.raises(AssertionError):
        account.earn(units)
    with pytest.raises(AssertionError):
        account.redeem(units)
    with pytest.raises(AssertionError):
        account.set(-1)


def test_a_membership_holds_no_more_than_every_reader_can_count() -> None:
    program = make_program()
    full = make_membership(
        program,
        balance_units=BALANCE_UNITS_MAX - 1,
        earned_units=BALANCE_UNITS_MAX - 1,
        lots=(Lot(BALANCE_UNITS_MAX - 1),),
    )
    after, _ = ledger.earn(full, program, 1, make_cause())
    assert after.balance_units == BALANCE_UNITS_MAX
    with pytest.raises(BalanceLimitExceeded):
        ledger.earn(full, program, 2, make_cause())


@pytest.mark.parametrize(
    "wrong",
    [
        {"balance_units": 11},
        {"lots": (Lot(9),)},
        {"lots": (Lot(10), Lot(0, MARCH_END))},
        {"lots": (Lot(11), Lot(-1, MARCH_END))},
        {"lots": (Lot(9),), "deficit_units": -1},
        {"deficit_units": 1},
        {"earned_units": 11},
        {"redeemed_units": 1},
        {"expired_units": 1},
        {"reversed_units": 1},
        {"adjusted_units": 1},
    ],
)
def test_a_membership_whose_sums_disagree_is_not_consistent(wrong: dict[str, Any]) -> None:
    sound = make_membership(make_program(), balance_units=10, earned_units=10, lots=(Lot(10),))
    sound.assert_consistent()
    with pytest.raises(AssertionError):
        replace(sound, **wrong).assert_consistent()


def test_the_last_ten_entries_are_kept_newest_first() -> None:
    account = Account.of(make_program())
    for units in range(1, 13):
        account.earn(units)
    assert [each.units for each in account.membership.recent] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]


def test_a_tier_is_reached_by_the_earn_that_crosses_its_threshold() -> None:
    account = Account.of(make_program(TIERED))
    entries = [account.earn(499), account.earn(1), account.earn(1_000), account.earn(1)]
    assert [(entry.tier_before, entry.tier_after) for entry in entries] == [
        ("Bronze", "Bronze"),
        ("Bronze", "Silber"),
        ("Silber", "Gold"),
        ("Gold", "Gold"),
    ]


def test_a_reversed_earn_counts_no_longer_for_the_tier() -> None:
    account = Account.of(make_program(TIERED))
    account.earn(499)
    crossing = account.earn(1)
    account.redeem(400)
    entry = account.reverse(crossing, 1)
    assert entry is not None
    assert (entry.tier_before, entry.tier_after) == ("Silber", "Bronze")


def test_expiry_returned_redemptions_and_what_is_set_lower_do_not_count_for_the_tier() -> None:
    account = Account.of(make_program(TIERED))
    account.earn(500, MARCH_END)
    spent = account.redeem(100)
    account.reverse(spent, 100)
    account.set(0)
    account.set(500)
    account.set(0)
    account.earn(10, MARCH_END)
    account.now = MARCH_END
    account.expire()
    assert account.membership.tier == "Silber"
    assert account.membership.lifetime_units == 510


def test_who_has_points_has_earned_as_many() -> None:
    account = Account.of(make_program(TIERED))
    entry = account.set(600)
    assert entry is not None
    assert (entry.kind, entry.units, entry.lifetime_after_units) == (EntryKind.ADJUST, 600, 600)
    assert (entry.tier_before, entry.tier_after, entry.earned_after_units) == (
        "Bronze",
        "Silber",
        0,
    )
    membership = account.membership
    assert (membership.lifetime_units, membership.earned_units) == (600, 0)
    assert membership.adjusted_units == 600


def test_a_set_that_lags_behind_earns_no_tier_and_takes_none() -> None:
    account = Account.of(make_program(TIERED))
    account.earn(1400)
    for units in (100, 1400, 0, 1400, 200):
        account.set(units)
        membership = account.membership
        assert (membership.lifetime_units, membership.tier) == (1400, "Silber")
    account.earn(100)
    assert account.membership.tier == "Gold"


@pytest.mark.parametrize(
    ("total_earned", "tier"), [(400, "Bronze"), (600, "Silber"), (1500, "Gold")]
)
def test_an_exact_lifetime_goes_either_way(total_earned: int, tier: str) -> None:
    account = Account.of(make_program(TIERED))
    account.earn(600)
    entry = account.set(300, total_earned)
    assert entry is not None
    assert (entry.units, entry.tier_after) == (-300, tier)
    assert (account.membership.lifetime_units, account.membership.earned_units) == (
        total_earned,
        600,
    )
    account.earn(1)
    assert account.membership.lifetime_units == total_earned + 1


def test_a_lifetime_that_differs_alone_is_an_entry_of_nothing() -> None:
    account = Account.of(make_program(TIERED))
    account.earn(100)
    entry = account.set(100, 600)
    assert entry is not None
    assert (entry.units, entry.balance_after_units, entry.tier_after) == (0, 100, "Silber")
    assert account.set(100, 600) is None
    assert account.set(100) is None
    assert_sound(account)


def test_a_tier_that_an_earlier_version_left_behind_comes_with_the_next_set() -> None:
    account = Account.of(make_program(TIERED))
    account.set(600)
    account.membership = replace(account.membership, lifetime_units=0, tier="Bronze")
    entry = account.set(600)
    assert entry is not None
    assert (entry.units, account.membership.tier) == (0, "Silber")
    assert account.set(600) is None


def test_an_exact_lifetime_is_never_less_than_the_balance() -> None:
    account = Account.of(make_program(TIERED))
    with pytest.raises(AssertionError):
        account.set(600, 599)
    assert account.entries == []


def test_a_reward_is_unlocked_when_the_balance_crosses_its_cost_upwards() -> None:
    account = Account.of(make_program(rewards=(coffee("cheap", 10), coffee("dear", 50))))
    unlocked = [
        account.earn(9),
        account.earn(1),
        account.earn(39),
        account.redeem(9),
        account.earn(10),
        account.redeem(50),
        account.earn(60),
    ]
    assert [entry.unlocked_reward_ids for entry in unlocked] == [
        (),
        ("cheap",),
        (),
        (),
        ("dear",),
        (),
        ("cheap", "dear"),
    ]


def test_only_rewards_on_offer_are_unlocked() -> None:
    account = Account.of(
        make_program(
            rewards=(
                coffee("off", is_active=False),
                coffee("later", valid_from=NOW + timedelta(days=1)),
                coffee("over", valid_until=NOW),
                coffee("now", valid_from=NOW, valid_until=NOW + timedelta(days=1)),
            )
        )
    )
    assert account.earn(10).unlocked_reward_ids == ("now",)


def test_a_cashback_reward_is_unlocked_at_its_price_in_cents() -> None:
    account = Account.of(make_program(CASHBACK, rewards=(coffee(cost=5),)))
    assert account.earn(499).unlocked_reward_ids == ()
    assert account.earn(1).unlocked_reward_ids == ("rw_1",)


def test_a_full_stamp_card_is_a_reward_of_its_own() -> None:
    account = Account.of(make_program(STAMPS))
    assert account.earn(9).unlocked_reward_ids == ()
    assert account.earn(1).unlocked_reward_ids == (FULL_CARD,)
    assert account.earn(1).unlocked_reward_ids == ()


def test_a_stamp_card_with_rewards_unlocks_those_alone() -> None:
    account = Account.of(make_program(STAMPS, rewards=(coffee(cost=5),)))
    assert account.earn(5).unlocked_reward_ids == ("rw_1",)
    assert account.earn(5).unlocked_reward_ids == ()


def test_other_programs_have_no_card_to_fill() -> None:
    assert Account.of(make_program()).earn(100).unlocked_reward_ids == ()


# Expiry


def test_what_is_earned_expires_when_the_program_says() -> None:
    account = Account.of(make_program(points_expiry=PointsExpiry(60, 30)))
    entry = account.earn(100)
    expires_at = datetime(2026, 5, 2, 22, tzinfo=NOW.tzinfo)
    assert entry.lot_expires_at == expires_at
    alert_at = datetime(2026, 4, 2, 22, tzinfo=NOW.tzinfo)
    assert account.membership.lots == (Lot(100, expires_at, alert_at),)
    assert account.membership.next_due_at == alert_at


def test_what_is_set_or_given_back_never_expires() -> None:
    account = Account.of(make_program(points_expiry=PointsExpiry(60, 0)))
    account.set(50)
    assert account.lots() == [(50, None)]
    spent = account.redeem(20)
    account.reverse(spent, 20)
    assert account.lots() == [(50, None)]


def test_points_keep_their_date_when_the_program_changes_its_mind() -> None:
    account = Account.of(make_program(points_expiry=PointsExpiry(365, 30)))
    account.earn(100)
    (lot,) = account.membership.lots
    account.program = make_program(points_expiry=PointsExpiry(180, 10))
    account.earn(10)
    assert lot in account.membership.lots
    account.program = make_program()
    account.earn(1)
    assert [units for units, _ in account.lots()] == [10, 100, 1]
    assert account.membership.lots[1] == lot
    assert account.lots()[2] == (1, None)


def test_what_has_expired_does_not_count_before_it_is_booked() -> None:
    account = Account.of(make_program())
    account.earn(100, MARCH_END)
    account.earn(50, APRIL_END)
    held = account.membership
    assert ledger.effective(held, MARCH_END - timedelta(milliseconds=1)) is held
    effective = ledger.effective(held, MARCH_END)
    effective.assert_consistent()
    assert (effective.balance_units, effective.expired_units) == (50, 100)
    assert effective.lots == (Lot(50, APRIL_END),)
    assert (effective.seq, effective.recent) == (held.seq, held.recent)


def test_an_expiry_is_one_entry_whoever_books_it() -> None:
    account = Account.of(make_program())
    account.earn(100, MARCH_END)
    held, later = account.membership, APRIL_END
    first, second = (ledger.expiry_cause(held, now) for now in (MARCH_END, later))
    assert first.entry_id == second.entry_id
    assert first.entry_id.startswith("le_")
    account.now = MARCH_END
    account.earn(5)
    assert ledger.expiry_cause(account.membership, later).entry_id != first.entry_id
    other = replace(held, membership_id="lp_1_user_2")
    assert ledger.expiry_cause(other, later).entry_id != first.entry_id


def test_what_was_earned_never_falls_so_that_each_milestone_is_passed_once() -> None:
    account = Account.of(make_program())
    earned = [account.earn(100)]
    account.reverse(earned[0], 100)
    account.earn(30, MARCH_END)
    account.now = MARCH_END
    account.expire()
    account.earn(30)
    totals = [entry.earned_after_units for entry in account.entries]
    assert totals == [100, 100, 130, 130, 160]
