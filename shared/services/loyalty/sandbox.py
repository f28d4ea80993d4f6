"""The member whom the sandbox shows: nothing is kept, so each answer follows from its request.

Any id names this member, except the ids that provoke what live keys refuse. The member has 142
points, or as many as a request spends; before ``syncExternalLoyalty``, which is documented so, 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from shared.clock import to_wire
from shared.domain.loyalty import due, ledger, point_payments
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import (
    Branding,
    PointsRules,
    Program,
    ProgramType,
    StampsRules,
)
from shared.domain.units import currency_scale, from_units, to_units
from shared.errors import MembershipNotFound, RewardOutOfStock
from shared.services.loyalty import balances

USER_NOT_ENROLLED = "user_not_enrolled"
USER_INSUFFICIENT_BALANCE = "user_insufficient_balance"
REWARD_OUT_OF_STOCK = "reward_out_of_stock"

BALANCE = Decimal(142)
EXTERNAL_BALANCE = Decimal(100)

_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_PROGRAM = Program(
    program_id="lp_abc123",
    account_id="",
    store_id="store_a",
    program_name="Punkte",
    program_type=ProgramType.POINTS,
    description="",
    rules=PointsRules(
        points_per_euro=Decimal(10), minimum_purchase=Decimal(5), points_per_checkin=5
    ),
    rewards=(),
    branding=Branding(),
    earning_methods=(),
    is_active=True,
    currency="EUR",
    time_zone="Europe/Berlin",
    created_at=_NOW,
    updated_at=_NOW,
    point_value=Decimal("0.01"),
)
"""A points program with the documented rules."""
_STAMP_CARD = replace(
    _PROGRAM, program_type=ProgramType.STAMPS, rules=StampsRules(required_stamps=10)
)
"""The same one as it answers who counts purchases: it shows no member another balance."""


@dataclass(frozen=True, slots=True)
class QuotedPayment:
    """Points of the member, and what of a purchase they pay."""

    points: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """Balances before and after, and what an earn was asked for and granted."""

    before: Decimal
    after: Decimal
    requested: Decimal
    award: Award

    @property
    def is_booked(self) -> bool:
        """False if nothing changes."""
        return self.before != self.after


def require_enrolled(user_id: str) -> None:
    """Refuse the user who is no member.

    Raises:
        MembershipNotFound: It is ``user_not_enrolled``.
    """
    if user_id == USER_NOT_ENROLLED:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")


def add(
    user_id: str,
    points: Decimal | None,
    purchase_lines: Sequence[PurchaseLine] | None,
    purchase_count: int | None = None,
) -> Change:
    """Return what a member with 142 points has after an earn; of a number of purchases, stamps.

    Raises:
        InvalidParameters: As for live keys; the amount may be as fine as any program's unit.
        MembershipNotFound: See ``require_enrolled``.
    """
    require_enrolled(user_id)
    program = _program_for(points) if purchase_count is None else _STAMP_CARD
    award = balances.award_of(program, points, purchase_lines, purchase_count)
    return _changed(program, BALANCE, award.awarded_units, award)


def redeem(user_id: str, points: Decimal, reward_id: str | None) -> Change:
    """Return what is left after a redemption: the member has as much as it needs.

    Raises:
        InvalidParameters: See ``add``.
        MembershipNotFound: See ``require_enrolled``.
        InsufficientBalance: The user is ``user_insufficient_balance``, who has nothing.
        RewardOutOfStock: The reward is ``reward_out_of_stock``.
    """
    require_enrolled(user_id)
    program = _program_for(points)
    units = balances.positive_units(points, program)
    if reward_id == REWARD_OUT_OF_STOCK:
        raise RewardOutOfStock("Nothing is left of this reward.", rewardId=reward_id)
    _require_covered(program, user_id, units)
    return _changed(program, max(BALANCE, points), -units)


def price(amount: Decimal) -> Decimal:
    """Return how many points of the sandbox's program pay an amount.

    Raises:
        InvalidParameters: It is finer than a cent.
    """
    minor = point_payments.amount_minor(_PROGRAM, amount)
    payment = point_payments.price(_PROGRAM, minor, point_payments.value_of(_PROGRAM))
    return from_units(payment.units, _PROGRAM.scale)


def quote(user_id: str, amount: Decimal) -> QuotedPayment:
    """Return what the member's 142 points pay of a purchase; who has none pays nothing.

    Raises:
        InvalidParameters: It is finer than a cent.
        MembershipNotFound: See ``require_enrolled``.
    """
    require_enrolled(user_id)
    minor = point_payments.amount_minor(_PROGRAM, amount)
    balance = 0 if user_id == USER_INSUFFICIENT_BALANCE else BALANCE
    paid = point_payments.most(_PROGRAM, minor, int(balance), point_payments.value_of(_PROGRAM))
    return QuotedPayment(
        from_units(paid.units, _PROGRAM.scale),
        from_units(paid.amount_minor, currency_scale(_PROGRAM.currency)),
    )


def adjust(user_id: str, points: Decimal | None, set_to: Decimal | None = None) -> Change:
    """Return what a member with 142 points has after a correction, or with as many as it takes.

    Raises:
        InvalidParameters, MembershipNotFound, InsufficientBalance: See ``redeem``.
    """
    require_enrolled(user_id)
    program = _program_for(points, set_to)
    units, target_units = balances.adjustment_units(program, points, set_to)
    if target_units is not None:
        before_units = to_units(BALANCE, program.scale, field="setTo")
        return _changed(program, BALANCE, target_units - before_units)
    if units < 0:
        _require_covered(program, user_id, -units)
    return _changed(program, max(BALANCE, -from_units(units, program.scale)), units)


def midnight_after(day: date) -> str:
    """Return when points expire that can be spent until the end of a day, as answers write it."""
    return to_wire(due.start_of_day(day + timedelta(days=1), _PROGRAM.time_zone))


def sync(user_id: str, action: str, points: Decimal, total_earned: Decimal | None) -> Change:
    """Return the balances of a change by an external system, which enrols whom it names.

    Raises:
        InvalidParameters, InsufficientBalance: See ``redeem``.
    """
    program = _program_for(points, total_earned)
    if action == "set":
        units = to_units(points, program.scale, field="points")
    else:
        units = balances.positive_units(points, program)
    balances.total_earned_units_of(program, action, units, total_earned)
    if action == "add":
        return _changed(program, EXTERNAL_BALANCE, units)
    if action == "redeem":
        _require_covered(program, user_id, units)
        return _changed(program, max(EXTERNAL_BALANCE, points), -units)
    before_units = to_units(EXTERNAL_BALANCE, program.scale, field="points")
    return _changed(program, EXTERNAL_BALANCE, units - before_units)


def _changed(program: Program, before: Decimal, units: int, award: Award | None = None) -> Change:
    after = before + from_units(units, program.scale)
    made = award or Award(units, units)
    return Change(before, after, from_units(made.requested_units, program.scale), made)


def _require_covered(program: Program, user_id: str, units: int) -> None:
    if user_id == USER_INSUFFICIENT_BALANCE:
        raise ledger.insufficient(_empty(program), units)


def _empty(program: Program) -> Membership:
    return ledger.enroll(program, membership_id="", user_id="", now=_NOW)


def _program_for(*amounts: Decimal | None) -> Program:
    """Return a program whose unit is fine enough for the amounts, if there is any."""
    exponents = (each.normalize().as_tuple().exponent for each in amounts if each is not None)
    decimals = max((-each for each in exponents if isinstance(each, int)), default=0)
    if decimals <= 0:
        return _PROGRAM
    currency = "EUR" if decimals <= currency_scale("EUR") else "KWD"
    return replace(_PROGRAM, program_type=ProgramType.CASHBACK, currency=currency)
