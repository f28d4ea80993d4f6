"""Which rewards a booking has brought into a member's reach."""

from __future__ import annotations

from datetime import datetime

from shared.domain.loyalty import reward_rules
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, StampsRules
from shared.domain.loyalty.rewards import Reward


def of_entry(
    entry: Entry, membership: Membership, program: Program, now: datetime
) -> tuple[Reward, ...]:
    """Return the rewards that a member can have since a booking, and could not pay before it.

    The balance is what can be spent: what the membership has set aside is in neither side. Tiers
    are those before and after the booking. Whatever else keeps a member from a reward, such as its
    limits, its time or the member's standing, is asked of the membership as it is now. Stock is
    not looked at: it may be gone a moment later.

    Args:
        entry: The booking.
        membership: The membership, with what time has brought until now.
        program: Its program.
        now: UTC.
    """
    before_units = entry.balance_before_units - membership.held_units
    after_units = entry.balance_after_units - membership.held_units

    def is_in_reach(reward: Reward, units: int, tier: str | None) -> bool:
        return program.cost_units(reward) <= units and reward.is_for(tier, program.tier_names)

    return tuple(
        each
        for each in program.rewards
        if is_in_reach(each, after_units, entry.tier_after)
        and not is_in_reach(each, before_units, entry.tier_before)
        and not [*reward_rules.refusals(program, each, membership, now)]
    )


def fills_card(entry: Entry, membership: Membership, program: Program) -> bool:
    """Tell whether a booking has filled a stamp card that names no reward, as its full card is."""
    if program.rewards or not isinstance(program.rules, StampsRules) or not membership.is_active:
        return False
    needed = program.rules.required_stamps + membership.held_units
    return entry.balance_before_units < needed <= entry.balance_after_units
