"""What a pass shows of a membership: what the card in the app shows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.loyalty import customer_balances
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, ProgramType, StampsRules
from shared.domain.stores.stores import Store
from shared.domain.units import from_units
from shared.domain.wallets import brand_colors


@dataclass(frozen=True, slots=True)
class PassFace:
    """What everybody sees who looks at a pass.

    Attributes:
        free: What can be spent: points, stamps, or money of ``currency``. On a stamp card at most
            as many as fill it; ``more_stamps`` were collected beyond that.
        reserved: What is set aside until a till or a shop takes it.
        owed: What came back after it was spent: what is earned next pays it first. One of the last
            two is zero.
        stamps_needed: How many stamps make a full card; ``None`` if it is no stamp card.
        tier: The member's level, if the program has levels.
        color: The background, ``#rrggbb``; ``ink`` can be read on it.
        code: What a till scans; ``None`` if the pass does not count, or the merchant wants codes
            that change, which no wallet can make.
        is_valid: Whether a till may take it: the member takes part, and the program runs.
    """

    program_id: str
    program_name: str
    store_name: str
    kind: ProgramType
    free: Decimal
    currency: str
    stamps_needed: int | None
    tier: str | None
    logo: str | None
    color: str
    ink: str
    code: str | None
    is_valid: bool
    reserved: Decimal = Decimal(0)
    owed: Decimal = Decimal(0)
    more_stamps: int = 0


def face_of(membership: Membership, program: Program, store: Store, code: str | None) -> PassFace:
    """Return what a pass shows.

    Args:
        membership: As it is now, so without what has expired.
        program: Its program.
        store: The program's store.
        code: The member's code; ``None`` if it is not to be shown.
    """
    is_valid = membership.is_active and program.is_active
    rules = program.rules
    color = brand_colors.brand_of(program.branding.color)
    balance, scale = customer_balances.of(membership), membership.scale
    needed = rules.required_stamps if isinstance(rules, StampsRules) else None
    stamps = None if needed is None else customer_balances.stamps_of(balance, needed)
    free_units = balance.free_units if stamps is None else stamps.drawn
    return PassFace(
        program_id=program.program_id,
        program_name=program.program_name,
        store_name=store.name,
        kind=program.program_type,
        free=from_units(free_units, scale),
        currency=program.currency,
        stamps_needed=needed,
        tier=membership.tier,
        logo=program.branding.logo or store.logo,
        color=color,
        ink=brand_colors.ink_on(color),
        code=code if is_valid else None,
        is_valid=is_valid,
        reserved=from_units(balance.reserved_units, scale),
        owed=from_units(balance.owed_units, scale),
        more_stamps=stamps.more if stamps is not None else 0,
    )


def void_face(program: Program, store: Store) -> PassFace:
    """Return what the pass of somebody shows who was erased: nothing of them."""
    color = brand_colors.brand_of(program.branding.color)
    return PassFace(
        program_id=program.program_id,
        program_name=program.program_name,
        store_name=store.name,
        kind=program.program_type,
        free=Decimal(0),
        currency=program.currency,
        stamps_needed=None,
        tier=None,
        logo=program.branding.logo or store.logo,
        color=color,
        ink=brand_colors.ink_on(color),
        code=None,
        is_valid=False,
    )
