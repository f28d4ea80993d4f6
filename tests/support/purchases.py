"""Reads the receipts of a purchase one by one, and says what its customers have of it then."""

from __future__ import annotations

from shared.domain.loyalty.earning_base import EarningBase
from shared.domain.loyalty.programs import Program
from shared.domain.systems import purchases, receipt_parts
from shared.domain.systems.purchases import Grant, Purchase
from shared.domain.systems.sales import Receipt
from tests.support.receipts import ISSUED, decide, purchase_of
from tests.support.strategies import make_program

EMPTY = purchase_of("R-1")
WITHOUT_TOBACCO = make_program(earning_base=EarningBase(excluded_categories=("tobacco",)))


def read(
    *receipts: Receipt, purchase: Purchase = EMPTY, program: Program = WITHOUT_TOBACCO
) -> Purchase:
    """Read receipts; book what is due after each, as if nobody ever spent a point."""
    for receipt in receipts:
        is_earning = receipt.customer_id is not None
        reading = purchases.with_receipt(
            purchase,
            receipt,
            is_earning=is_earning,
            parts=receipt_parts.parts_of(program, receipt),
            besides_minor=receipt_parts.besides_minor(program, receipt),
        )
        purchase, dues = purchases.settled(reading.purchase, decide, ISSUED)
        for due in dues:
            purchase = booked(purchase, due)
    return purchase


def booked(purchase: Purchase, due: purchases.Due) -> Purchase:
    grants = list(purchase.grants)
    if due.earn_units:
        name = f"le_{len(grants)}"
        grants.append(Grant(due.user_id, name, "R-1", due.earn_units, ISSUED))
    left = due.take_units
    for place, grant in enumerate(grants):
        if grant.user_id != due.user_id:
            continue
        units = (
            min(left, grant.units - grant.asked_units)
            if left > 0
            else max(left, -grant.asked_units)
        )
        left -= units
        asked_units = grant.asked_units + units
        grants[place] = Grant(
            grant.user_id, grant.entry_id, "R-1", grant.units, ISSUED, asked_units, asked_units
        )
    assert left == 0
    return Purchase(
        **{name: getattr(purchase, name) for name in purchase.__slots__ if name != "grants"},
        grants=tuple(grants),
    )


def standing(purchase: Purchase) -> dict[str, int]:
    """Return the units that each customer has of it."""
    found: dict[str, int] = {}
    for grant in purchase.grants:
        found[grant.user_id] = found.get(grant.user_id, 0) + grant.units - grant.asked_units
    return {user_id: units for user_id, units in found.items() if units}
