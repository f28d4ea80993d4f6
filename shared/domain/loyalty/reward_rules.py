"""Whether a member can have a reward: the one decision for lists, redemptions and reservations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.clock import to_wire
from shared.domain.loyalty import due, event_rules, ledger, reward_counts
from shared.domain.loyalty.event_rules import Period
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.rewards import Reward, RewardLimit
from shared.errors import (
    MembershipNotFound,
    PunktwerkError,
    RewardCostMismatch,
    RewardLimitReached,
    RewardOutOfStock,
    RewardUnavailable,
    TierRequired,
)

_WITHIN = {
    Period.DAY: " on a day",
    Period.WEEK: " in a week",
    Period.MONTH: " in a month",
    Period.YEAR: " in a year",
    Period.EVER: "",
}


@dataclass(frozen=True, slots=True)
class ForMember:
    """Whether a member can have a reward now.

    ``why_not`` are the refusals, first the one of a redemption; none: the member can have it.
    ``missing_units`` are what the balance lacks. ``available_from`` is when its limits let the
    member have it again.
    """

    why_not: tuple[PunktwerkError, ...]
    missing_units: int
    available_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward, and whether a member can have it, if one was named."""

    reward: Reward
    scale: int
    for_member: ForMember | None = None


def offer(
    program: Program,
    reward: Reward,
    membership: Membership,
    now: datetime,
    *,
    free_pieces: int | None,
) -> Offer:
    """Return a reward as it is offered to a member: see ``refusals``."""
    why_not = refusals(program, reward, membership, now, free_pieces=free_pieces)
    missing_units = max(program.cost_units(reward) - membership.available_units, 0)
    free_from = _available_from(program, reward, membership, now)
    return Offer(reward, program.scale, ForMember(tuple(why_not), missing_units, free_from))


def offer_to_nobody(program: Program, reward: Reward, user_id: str) -> Offer:
    """Return a reward as it is offered to who is no member."""
    absent = MembershipNotFound(f"User {user_id} is not enrolled.")
    return Offer(reward, program.scale, ForMember((absent,), program.cost_units(reward)))


def require(
    program: Program,
    reward: Reward,
    membership: Membership,
    at: datetime,
    *,
    overdraft_units: int = 0,
) -> None:
    """Refuse a reward that a member cannot have. Its stock decides besides.

    Raises:
        RewardUnavailable, MemberSuspended, MembershipClosed, TierRequired, RewardLimitReached,
        InsufficientBalance: See ``refusals``.
    """
    found = refusals(program, reward, membership, at, overdraft_units=overdraft_units)
    first = next(found, None)
    if first is not None:
        raise first


def require_cost(program: Program, reward: Reward, units: int, at: datetime) -> None:
    """Refuse to take something else for a reward than what the customer has agreed to.

    A reward that is not offered at ``at`` has no price: then ``require`` says so.

    Raises:
        RewardCostMismatch.
    """
    if reward.is_offered(at) and units != program.cost_units(reward):
        raise RewardCostMismatch(
            f"{reward.title} costs {reward.required_points}.",
            rewardId=reward.reward_id,
            required=reward.required_points,
        )


def refusals(
    program: Program,
    reward: Reward,
    membership: Membership,
    at: datetime,
    *,
    free_pieces: int | None = None,
    overdraft_units: int = 0,
) -> Iterator[PunktwerkError]:
    """Yield all reasons why a member cannot have a reward; the first one is what a redemption says.

    Args:
        program: The program.
        reward: A reward of it.
        membership: The member, with what time has brought until now.
        at: When the member has it: now, unless a till tells of it later.
        free_pieces: What is left of it that nobody has reserved; ``None``: as many as one likes.
        overdraft_units: How far below zero it may take the balance.
    """
    if not reward.is_offered(at):
        yield RewardUnavailable(
            f"{reward.title} is not offered at the moment.", rewardId=reward.reward_id
        )
    inactive = membership.why_inactive()
    if inactive is not None:
        yield inactive
    if not reward.is_for(membership.tier, program.tier_names):
        yield TierRequired(
            f"{reward.title} is for members from {reward.required_tier} on.",
            rewardId=reward.reward_id,
            requiredTier=reward.required_tier,
            currentTier=membership.tier,
        )
    reached = _limit_reached(
        program, reward, membership, at, reserved=_reserved(reward, membership)
    )
    if reached is not None:
        yield reached
    units = program.cost_units(reward)
    if units > membership.available_units + overdraft_units:
        yield ledger.insufficient(membership, units)
    if free_pieces is not None and free_pieces < 1:
        yield RewardOutOfStock("Nothing is left of this reward.", rewardId=reward.reward_id)


def require_committable(
    program: Program, held: Hold, membership: Membership, now: datetime
) -> None:
    """Refuse a reservation if the member had the reward as often as its limits let them meanwhile.

    That can only be after a merge of two members, or after the merchant has lowered a limit.
    Anything else was promised when it was reserved.

    Raises:
        RewardLimitReached.
    """
    reward = program.find_reward(held.reward_id) if held.reward_id else None
    reached = None if reward is None else _limit_reached(program, reward, membership, now)
    if reached is not None:
        raise reached


def _available_from(
    program: Program, reward: Reward, membership: Membership, at: datetime
) -> datetime | None:
    """Return when the limits let a member have a reward again; ``None``: now, or never."""
    limits = _reached(program, reward, membership, at, _reserved(reward, membership))
    ends = [_ends_at(program, each, at) for each in limits]
    return max((each for each in ends if each is not None), default=None) if all(ends) else None


def _reserved(reward: Reward, membership: Membership) -> int:
    """Return how many a member has reserved: each may be redeemed now."""
    return sum(each.reward_id == reward.reward_id for each in membership.holds)


def _limit_reached(
    program: Program, reward: Reward, membership: Membership, at: datetime, *, reserved: int = 0
) -> RewardLimitReached | None:
    limit = next(iter(_reached(program, reward, membership, at, reserved)), None)
    if limit is None:
        return None
    ends_at = _ends_at(program, limit, at)
    often = "once" if limit.times_per_period == 1 else f"{limit.times_per_period} times"
    return RewardLimitReached(
        f"A member can have {reward.title} at most {often}{_WITHIN[limit.period]}.",
        rewardId=reward.reward_id,
        timesPerPeriod=limit.times_per_period,
        period=limit.period.value,
        availableFrom=None if ends_at is None else to_wire(ends_at),
    )


def _reached(
    program: Program, reward: Reward, membership: Membership, at: datetime, reserved: int
) -> list[RewardLimit]:
    counts, day = membership.counted.rewards, due.local_day(at, program.time_zone)
    return [
        each
        for each in reward.limits
        if reward_counts.times(counts, reward.reward_id, each.period, day) + reserved
        >= each.times_per_period
    ]


def _ends_at(program: Program, limit: RewardLimit, at: datetime) -> datetime | None:
    first = event_rules.first_day_after(due.local_day(at, program.time_zone), limit.period)
    return None if first is None else due.start_of_day(first, program.time_zone)
