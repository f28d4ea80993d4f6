"""Which rewards a member can have: what a list says is what a redemption does, in any story."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.loyalty import due, holds, ledger, reward_rules, standing
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.event_rules import Period, period_on
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.reward_rules import ForMember
from shared.domain.loyalty.reward_stock import RewardStock
from shared.domain.loyalty.rewards import Reward, RewardLimit
from shared.errors import PunktwerkError, RewardLimitReached
from tests.support.strategies import NOW, TIERED, make_cause, make_membership, make_program

COFFEE = Reward("rw_1", "Coffee", "free_product", Decimal(10), stock=4)
MINUTES = timedelta(minutes=15)


def program_with(**fields: Any) -> Program:
    return replace(make_program(TIERED), rewards=(replace(COFFEE, **fields),))


def with_points(program: Program, units: int, **fields: Any) -> Membership:
    after, _ = ledger.earn(make_membership(program), program, units, make_cause())
    return replace(after, **fields)


def said(program: Program, membership: Membership, now: datetime, free: int | None) -> ForMember:
    found = reward_rules.offer(program, program.rewards[0], membership, now, free_pieces=free)
    assert found.for_member is not None
    return found.for_member


def codes(program: Program, membership: Membership, free: int | None = None) -> list[str]:
    return [each.code for each in said(program, membership, NOW, free).why_not]


limits = st.lists(
    st.builds(RewardLimit, st.integers(1, 3), st.sampled_from(Period)),
    max_size=3,
    unique_by=lambda each: each.period,
).map(tuple)
programs = st.builds(
    program_with,
    limits=limits,
    required_tier=st.none() | st.sampled_from(["Bronze", "Silber", "Gold"]),
    valid_until=st.none() | st.just(NOW + timedelta(days=9)),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["redeem", "redeem", "reserve", "commit", "void", "cancel", "earn", "wait", "suspend"]
        ),
        st.integers(0, 5),
    ),
    max_size=30,
)


@dataclass
class Story:
    """A member, a stock of four, and what was bought: with the day of each that was not undone."""

    program: Program
    membership: Membership
    stock: RewardStock = field(default_factory=lambda: RewardStock(4))
    now: datetime = NOW
    bought: dict[str, tuple[Entry, date]] = field(default_factory=dict)
    count: int = 0

    @property
    def reward(self) -> Reward:
        return self.program.rewards[0]

    def cause(self) -> Cause:
        self.count += 1
        return make_cause(
            f"le_{self.count}",
            now=self.now,
            reward_id="rw_1",
            reward_code="RW",
            took_stock=True,
        )

    def tell(self, entry: Entry) -> None:
        self.bought[entry.entry_id] = entry, due.local_day(self.now, "Europe/Berlin")

    def redeem(self) -> None:
        """As ``balances.redeem`` does it."""
        reward_rules.require(self.program, self.reward, self.membership, self.now)
        after, entry = ledger.redeem(self.membership, self.program, 10, self.cause())
        self.stock = self.stock.taken("rw_1", self.now)
        self.membership = after
        self.tell(entry)

    def reserve(self) -> None:
        """As ``reservations.reserve`` does it."""
        self.count += 1
        ledger.require_unreserved(self.membership, "rw_1")
        reward_rules.require(self.program, self.reward, self.membership, self.now)
        wanted = Hold(
            f"rs_{self.count}",
            "lp_1_user_1",
            (),
            self.now,
            self.now + MINUTES,
            reward_id="rw_1",
            takes_stock=True,
        )
        after = ledger.hold(self.membership, self.program, wanted, 10)
        self.stock = self.stock.held(after.holds[-1], self.now)
        self.membership = after

    def commit(self) -> None:
        for held in self.membership.holds:
            reward_rules.require_committable(self.program, held, self.membership, self.now)
            after, entry = ledger.redeem_held(
                self.membership, self.program, held, held.units, self.cause()
            )
            self.stock = self.stock.released(held).taken("rw_1", self.now)
            self.membership = after
            self.tell(entry)

    def void(self) -> None:
        for held in self.membership.holds:
            self.stock = self.stock.released(held)
            self.membership = ledger.release(self.membership, self.program, held, self.now)

    def cancel(self) -> None:
        if self.bought:
            entry_id = min(self.bought)
            entry, _ = self.bought.pop(entry_id)
            self.membership, _ = ledger.cancel(
                self.membership, self.program, entry, replace(self.cause(), reward_code=None)
            )
            self.stock = self.stock.returned()

    def earn(self) -> None:
        cause = replace(self.cause(), reward_id=None, reward_code=None, took_stock=None)
        self.membership, _ = ledger.earn(self.membership, self.program, 300, cause)

    def suspend(self) -> None:
        is_active = self.membership.is_active
        change = standing.suspended if is_active else standing.reactivated
        self.membership = change(self.membership, "", self.now)

    def refusal_of(self, step: str) -> str | None:
        """Do a step; return the code of its refusal."""
        try:
            getattr(self, step)()
        except PunktwerkError as refusal:
            return refusal.code
        return None

    def times(self, period: Period) -> int:
        today = period_on(due.local_day(self.now, "Europe/Berlin"), period)
        return sum(period_on(day, period) == today for _, day in self.bought.values())


@settings(max_examples=150)
@given(programs, steps)
def test_what_the_list_says_is_what_happens(program: Program, story: list[tuple[str, int]]) -> None:
    told = Story(program, with_points(program, 40))
    for step, number in story:
        if step == "wait":
            told.now += timedelta(hours=7 * number)
            told.membership, _ = ledger.caught_up(told.membership, program, told.now)
            continue
        free = max(told.stock.free(told.now), 0)
        expected = said(program, told.membership, told.now, free)
        why = expected.why_not[0].code if expected.why_not else None
        has_reserved = bool(told.membership.holds)
        if step in {"earn", "commit"} and not told.membership.is_active:
            continue
        refused = told.refusal_of(step)
        if step == "reserve" and has_reserved:
            assert refused == "RESERVATION_EXISTS"
        else:
            assert refused == (why if step in {"redeem", "reserve"} else None)
        for limit in program.rewards[0].limits:
            assert told.times(limit.period) <= limit.times_per_period
        assert (expected.missing_units > 0) is (
            "INSUFFICIENT_BALANCE" in {each.code for each in expected.why_not}
        )


def test_all_reasons_are_told_first_that_of_a_redemption() -> None:
    program = program_with(required_tier="Gold", is_active=False, limits=())
    poor = replace(with_points(program, 3))

    assert codes(program, poor, free=0) == [
        "REWARD_UNAVAILABLE",
        "TIER_REQUIRED",
        "INSUFFICIENT_BALANCE",
        "REWARD_OUT_OF_STOCK",
    ]
    assert said(program, poor, NOW, 0).missing_units == 7
    assert codes(program_with(), with_points(program_with(), 10), free=1) == []


def test_a_limit_says_when_the_member_can_have_it_again() -> None:
    program = program_with(limits=(RewardLimit(1, Period.DAY), RewardLimit(2, Period.MONTH)))
    story = Story(program, with_points(program, 100))

    story.redeem()
    by_day = said(program, story.membership, NOW, 1)
    story.now = NOW + timedelta(days=1)
    story.redeem()
    by_month = said(program, story.membership, story.now, 1)

    # Midnight in Berlin: in winter time, and in summer time at the end of March.
    assert by_day.available_from == datetime(2026, 3, 3, 23, tzinfo=UTC)
    assert by_month.available_from == datetime(2026, 3, 31, 22, tzinfo=UTC)
    (refusal,) = by_month.why_not
    assert refusal.message == "A member can have Coffee at most once on a day."
    assert refusal.details["availableFrom"] == "2026-03-04T23:00:00.000Z"


def test_what_can_be_had_only_so_often_is_never_available_again() -> None:
    program = program_with(limits=(RewardLimit(1, Period.EVER), RewardLimit(1, Period.DAY)))
    story = Story(program, with_points(program, 100))
    story.redeem()

    found = said(program, story.membership, NOW, 1)

    assert found.available_from is None
    assert found.why_not[0].details["availableFrom"] is None


def test_a_limit_knows_what_was_before_it() -> None:
    free = program_with()
    story = Story(free, with_points(free, 100))
    story.redeem()
    limited = program_with(limits=(RewardLimit(1, Period.YEAR),))

    assert codes(limited, story.membership) == ["REWARD_LIMIT_REACHED"]


def test_members_who_were_merged_have_no_two_limits() -> None:
    program = program_with(limits=(RewardLimit(1, Period.EVER),))
    one, other = (Story(program, with_points(program, 100)) for _ in range(2))
    one.reserve()
    other.redeem()
    other.membership = replace(other.membership, membership_id="lp_1_user_2", user_id="user_2")

    _, (merged, _) = ledger.merge(
        one.membership,
        other.membership,
        program,
        make_cause("le_out"),
        make_cause("le_in"),
    )

    (held,) = merged.holds
    with pytest.raises(RewardLimitReached):
        reward_rules.require_committable(program, held, merged, NOW)
    assert codes(program, merged) == ["REWARD_LIMIT_REACHED"]


def test_what_was_reserved_is_honoured_though_the_reward_has_ended() -> None:
    program = program_with(limits=(RewardLimit(1, Period.DAY),))
    story = Story(program, with_points(program, 100))
    story.reserve()
    archived = replace(program.rewards[0], archived_at=NOW)
    story.program = replace(program, rewards=(), archived_rewards=(archived,))

    story.commit()

    assert [entry.kind for entry, _ in story.bought.values()] == [EntryKind.REDEEM]


def test_a_reward_is_unlocked_by_the_tier_too() -> None:
    program = program_with(required_tier="Silber")
    member = with_points(program, 400)

    assert member.recent[0].kind is EntryKind.EARN
    _, entry = ledger.earn(member, program, 100, make_cause("le_2"))
    assert entry.unlocked_reward_ids == ("rw_1",)


def test_no_hold_is_left_of_the_last_minute() -> None:
    program = program_with(limits=(RewardLimit(1, Period.DAY),))
    story = Story(program, with_points(program, 100))
    story.reserve()
    assert codes(program, story.membership) == ["REWARD_LIMIT_REACHED"]

    later = ledger.current(story.membership, program, NOW + MINUTES)

    assert holds.find(later.holds, ["lp_1_user_1"], "rs_1") is None
    assert said(program, later, NOW + MINUTES, 1).why_not == ()
