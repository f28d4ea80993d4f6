"""Which program a sales channel of a shop has. An account has few of them: one document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.domain.loyalty.programs import Program, ProgramType
from shared.domain.loyalty.tier_policies import TierBasis, TierDowngrade
from shared.errors import InvalidParameters

CHANNELS_MAX = 50


@dataclass(frozen=True, slots=True)
class SalesChannel:
    """A sales channel of a shop, by its id as 32 hex digits, and the program that it has."""

    sales_channel_id: str
    program_id: str


@dataclass(frozen=True, slots=True)
class SalesChannels:
    """The sales channels of an account, in the order in which they were bound."""

    account_id: str
    channels: tuple[SalesChannel, ...] = ()


def bound(known: SalesChannels, program_id: str, sales_channel_id: str | None) -> SalesChannels:
    """Return the channels after a program got one; ``None`` takes it away.

    Raises:
        InvalidParameters: Another program has the channel, or there are too many.
    """
    others = tuple(each for each in known.channels if each.program_id != program_id)
    if sales_channel_id is None:
        return replace(known, channels=others)
    if any(each.sales_channel_id == sales_channel_id for each in others):
        raise _refusal("salesChannelId", "is bound to another program: unbind that one first")
    if len(others) >= CHANNELS_MAX:
        raise _refusal("salesChannelId", f"would be one of more than {CHANNELS_MAX}")
    return replace(known, channels=(*others, SalesChannel(sales_channel_id, program_id)))


def require_for_shop(program: Program) -> None:
    """Refuse a program that cannot be what a shop's loyalty API shows.

    That API knows whole points, and levels that are those of the points there are: a deduction
    lowers the level at once.

    Raises:
        InvalidParameters: The fields are named.
    """
    problems: dict[str, str] = {}
    if program.program_type is ProgramType.CASHBACK:
        problems["programId"] = "must not be a cashback program, as a shop counts whole points"
    if program.program_type is ProgramType.TIER:
        policy = program.tier_policy
        if policy is None or policy.basis is not TierBasis.BALANCE:
            problems["tierPolicy.basis"] = "must be balance while a sales channel is bound"
        else:
            if policy.downgrade is not TierDowngrade.ALL:
                problems["tierPolicy.downgrade"] = "must be all while a sales channel is bound"
            if policy.grace_days:
                problems["tierPolicy.graceDays"] = "must be 0 while a sales channel is bound"
            if policy.to_end_of_month:
                problems["tierPolicy.toEndOfMonth"] = "must be false while a sales channel is bound"
        if any(each.never_downgrade for each in program.tiers):
            problems["rules.tiers"] = "must not have neverDowngrade while a sales channel is bound"
    if problems:
        said = "; ".join(f"{name} {problem}" for name, problem in problems.items())
        raise InvalidParameters(f"{said}.", fields=problems)


def _refusal(name: str, problem: str) -> InvalidParameters:
    return InvalidParameters(f"{name} {problem}.", fields={name: problem})
