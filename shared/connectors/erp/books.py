"""Rules that German companies' books share: days, amounts, sales by tax rate. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from shared import clock
from shared.connectors import dates
from shared.domain.money import Money
from shared.domain.systems.sales import Sale, SaleLine, vat_in
from shared.domain.units import currency_scale
from shared.errors import ConnectorRejected
from shared.said import say

BERLIN = ZoneInfo("Europe/Berlin")
"""The time zone of the books' days: a sale at midnight in UTC belongs to the next day."""
CURRENCY = "EUR"
_CENT = Decimal("0.01")

# Bounded, because a Decimal of a few characters can be a number of a million digits.
Amount = Annotated[Decimal, Field(max_digits=18)]


@dataclass(frozen=True, slots=True)
class RateTotal:
    """The sales at one tax rate: the gross amount, and the tax in the amount."""

    vat_percent: Decimal
    gross: Money
    vat: Money


def rate_totals(sale: Sale, *, system: str) -> list[RateTotal]:
    """Add up a sale by tax rates, lowest rate first.

    The tax is computed from the sum, not added up from the lines: books check it against the rate.

    Raises:
        ConnectorRejected: The sale is not in euros, or its lines do not add up to its total.
    """
    if {sale.total.currency, *(line.total.currency for line in sale.lines)} != {CURRENCY}:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} takes sales in {currency} only.",
                system=system,
                currency=CURRENCY,
            )
        )
    sums: dict[Decimal, int] = defaultdict(int)
    for line in sale.lines:
        sums[line.vat_percent] += line.total.amount_minor
    if sum(sums.values()) != sale.total.amount_minor or not sums:
        raise ConnectorRejected(
            say(
                "record_refused",
                "The lines of {sale} do not add up to its total.",
                sale=sale.record_id,
            )
        )
    return [
        RateTotal(rate, gross, vat_in(gross, rate))
        for rate, gross in ((rate, Money(sums[rate], CURRENCY)) for rate in sorted(sums))
    ]


def gross_of(net: Decimal, vat_percent: Decimal) -> Decimal:
    """Add the tax to a net amount in euros, rounded half up (away from zero) to the cent."""
    return (net * (100 + vat_percent) / 100).quantize(_CENT, ROUND_HALF_UP)


def rounded(amount: Decimal, currency: str) -> Money:
    """Round major units half up (away from zero), because some systems keep fractions of cents."""
    minor = amount.scaleb(currency_scale(currency))
    return Money(int(minor.quantize(Decimal(1), ROUND_HALF_UP)), currency)


def unit_price(line: SaleLine, *, step: Decimal, system: str) -> Decimal:
    """Return the unit price, after discounts, that gives the line's total times the quantity.

    Args:
        line: The line that was sold.
        step: The smallest step of a unit price in the system, such as 0.0001.
        system: The system's name, for messages.

    Raises:
        ConnectorRejected: The line takes something back, or there is no such price.
    """
    total = line.total
    if line.quantity <= 0 or total.amount_minor < 0:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} takes nothing back in a sales order: {product}.",
                system=system,
                product=line.name,
            )
        )
    each = total.to_major() / line.quantity
    for price in (line.unit_price.to_major(), each.quantize(step)):
        if rounded(price * line.quantity, total.currency) == total:
            return price
    raise ConnectorRejected(
        say(
            "record_refused",
            "{system} keeps no price so fine that it made {amount}: {product}.",
            system=system,
            amount=total.to_major(),
            product=line.name,
        )
    )


def moment_of(text: str | None) -> datetime | None:
    """Read a time as these systems write it, and return it in UTC; ``None`` if it is not a time.

    The time is ISO 8601 or a German one; without an offset it is the time in Berlin.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(dates.to_iso(text))
    except ValueError:
        return None
    try:
        utc = found.replace(tzinfo=found.tzinfo or BERLIN).astimezone(UTC)
    except OverflowError:  # the first or last day of all
        return None
    return utc if clock.is_usable(utc) else None
