"""What no shop has: a price below zero, a tax of 1900 percent, a stock of a trillion.

Every page of every connector passes here (``ListedPage``), and every order that a notice brings, so
that no connector has to think of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared.domain.catalog.goods import Order, Product, StockLevel
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.units import currency_scale
from shared.said import say

AMOUNT_MAX = 10**9
"""The largest amount, in major units."""
QUANTITY_MAX = 10**9
PERCENT_MAX = 100
TIME_MIN = datetime(1, 1, 2, tzinfo=UTC)
TIME_MAX = datetime(9999, 12, 30, tzinfo=UTC)
"""Beyond, a time of some zone is none in UTC, and cannot be stored."""


def fault_of(item: Any) -> str | None:
    """Return why an item cannot be true, for the merchant; ``None`` if it can.

    Stock may be negative: tills sell what nobody has booked in.
    """
    if isinstance(item, Product):
        return _fault_of_product(item)
    if isinstance(item, StockLevel):
        return _fault_of_quantity(item.quantity)
    if isinstance(item, Order):
        amounts = [item.total, *(line.amount for line in item.lines)]
        quantities = [_fault_of_quantity(line.quantity) for line in item.lines]
        return _fault_of_amounts(*amounts) or next(filter(None, quantities), None)
    if isinstance(item, Receipt):
        times = _fault_of_times(item.issued_at, item.voids_issued_at)
        return _fault_of_amounts(item.total, item.eligible) or times
    if isinstance(item, ShopOrder):
        return next(filter(None, map(fault_of, item.receipts)), None)
    return None


def _fault_of_product(product: Product) -> str | None:
    prices = [product.price, *(each.amount for each in product.upcoming)]
    below = next((each for each in prices if each and each.amount_minor < 0), None)
    if below is not None:
        return say("price_below_zero", "has a price below zero: {price}", price=below)
    if product.vat_percent is not None and not 0 <= product.vat_percent <= PERCENT_MAX:
        rate = f"{product.vat_percent:f}"
        return say("tax_impossible", "has a tax of {rate} percent", rate=rate)
    return _fault_of_amounts(*prices)


def _fault_of_amounts(*amounts: Money | None) -> str | None:
    for each in amounts:
        if each and abs(each.amount_minor) > AMOUNT_MAX * 10 ** currency_scale(each.currency):
            most = f"{AMOUNT_MAX} {each.currency}"
            return say("amount_too_large", "has an amount beyond {most}", most=most)
    return None


def _fault_of_times(*times: datetime | None) -> str | None:
    is_beyond = any(each and not TIME_MIN <= each <= TIME_MAX for each in times)
    return say("time_impossible", "has a time that cannot be stored") if is_beyond else None


def _fault_of_quantity(quantity: Decimal) -> str | None:
    if abs(quantity) <= QUANTITY_MAX:
        return None
    return say("quantity_too_large", "has a quantity beyond {most}", most=QUANTITY_MAX)
