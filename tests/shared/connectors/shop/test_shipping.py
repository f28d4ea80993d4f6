"""Shipping of every shop earns if the program says so, and what comes back of it is taken back.

Goods for 20 and shipping for 5, at 10 units a euro.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.connectors.shop.generic_orders import to_notice
from shared.connectors.shop.shopify_answers import ShopifyOrder
from shared.connectors.shop.shopify_answers import to_order as of_shopify
from shared.connectors.shop.shopware_answers import ShopwareOrder
from shared.connectors.shop.shopware_answers import to_order as of_shopware
from shared.connectors.shop.woocommerce_answers import WooOrder, WooRefund, WooTerms
from shared.connectors.shop.woocommerce_answers import to_order as of_woocommerce
from shared.domain import exact_json
from shared.domain.loyalty.earning_base import EarningBase, TaxMode
from shared.domain.loyalty.programs import Program
from shared.domain.systems.shop_orders import ShopOrder
from tests.support import shops, woocommerce
from tests.support.purchases import WITHOUT_TOBACCO, read, standing
from tests.support.receipts import purchase_of
from tests.support.shopware_shop import Line, Order, Payment, Refund
from tests.support.strategies import make_program

WITH_SHIPPING = make_program(earning_base=EarningBase(shipping_earns=True))
NET = make_program(earning_base=EarningBase(TaxMode.NET, Decimal(25), shipping_earns=True))

Parts = tuple[str, str]
"""What a refund pays back for goods, and for shipping."""


def generic(*refunds: Parts) -> ShopOrder:
    told = [
        shops.refund(
            str(place),
            str(Decimal(goods) + Decimal(shipping)),
            shipping=shipping,
            lines=[{"amount": goods}] if Decimal(goods) else [],
        )
        for place, (goods, shipping) in enumerate(refunds)
    ]
    order = shops.order(
        total="25.00", shipping="5.00", lines=[{"amount": "20.00"}], refunds=told, at=len(told)
    )
    body = json.dumps({"topic": "order", "order": order}).encode()
    (found,) = to_notice("evt_1", body).orders
    return found


def woo(*refunds: Parts) -> ShopOrder:
    def cost(amount: str) -> dict[str, str]:
        return {"total": amount, "total_tax": "0.00"}

    row = woocommerce.order(
        total="25.00",
        line_items=[{"product_id": 93, **cost("20.00")}],
        shipping_lines=[cost("5.00")],
    )
    told = [
        woocommerce.refund(
            900 + place,
            str(Decimal(goods) + Decimal(shipping)),
            line_items=[{"product_id": 93, **cost(f"-{goods}")}],
            shipping_lines=[cost(f"-{shipping}")],
        )
        for place, (goods, shipping) in enumerate(refunds)
    ]
    return of_woocommerce(
        WooOrder.model_validate(row), tuple(map(WooRefund.model_validate, told)), WooTerms()
    )


def shopify(*refunds: Parts, is_removed: bool = False) -> ShopOrder:
    def money(amount: str) -> dict[str, object]:
        return {"shop_money": {"amount": amount, "currency_code": "EUR"}}

    row = {
        "id": "1001",
        "created_at": "2026-03-03T12:00:00Z",
        "updated_at": f"2026-03-03T12:0{len(refunds)}:00Z",
        "financial_status": "paid",
        "currency": "EUR",
        "taxes_included": True,
        "total_price_set": money("25.00"),
        "line_items": [{"id": "7", "quantity": 2, "price_set": money("10.00")}],
        "shipping_lines": [{"discounted_price_set": money("5.00"), "is_removed": is_removed}],
        "refunds": [
            {
                "id": str(900 + place),
                "created_at": "2026-03-04T12:00:00Z",
                "transactions": [
                    {
                        "kind": "refund",
                        "status": "success",
                        "amount_set": money(str(Decimal(goods) + Decimal(shipping))),
                    }
                ],
                "refund_shipping_lines": [{"subtotal_amount_set": money(shipping)}],
            }
            for place, (goods, shipping) in enumerate(refunds)
        ],
    }
    return of_shopify(ShopifyOrder.model_validate(row))


def shopware(*refunds: Parts) -> ShopOrder:
    """Shopware does not say what of a refund was for shipping."""
    told = [
        Refund(Decimal(goods) + Decimal(shipping), {0: Decimal(goods)} if Decimal(goods) else {})
        for goods, shipping in refunds
    ]
    payment = Payment("refunded_partially" if told else "paid", refunds=told)
    row = Order(lines=[Line(Decimal(20))], shipping=Line(Decimal(5)), payments=[payment])
    text = json.dumps(row.json(), default=exact_json.default)
    return of_shopware(ShopwareOrder.model_validate(exact_json.loads(text)))


SHOPS: Mapping[str, Callable[..., ShopOrder]] = {
    "generic": generic,
    "woocommerce": woo,
    "shopify": shopify,
    "shopware": shopware,
}


def kept(program: Program, *orders: ShopOrder) -> int:
    """Return the units that a member has of an order after all its readings."""
    receipts = [replace(each, customer_id="user_1") for order in orders for each in order.receipts]
    purchase = read(*receipts, purchase=purchase_of(orders[0].external_id), program=program)
    return standing(purchase).get("user_1", 0)


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize(
    ("refunds", "usually", "with_shipping"),
    [
        ([], 200, 250),
        ([("20", "0")], 0, 50),
        ([("0", "5")], 200, 200),
        ([("8", "0")], 120, 170),
        ([("8", "2")], 120, 150),
        ([("20", "5")], 0, 0),
        ([("8", "0"), ("0", "5"), ("12", "0")], 0, 0),
    ],
    ids=str,
)
def test_what_comes_back_of_goods_and_shipping_is_taken_exactly(
    shop: str, refunds: list[Parts], usually: int, with_shipping: int
) -> None:
    told = SHOPS[shop](*refunds)
    if shop == "shopware":
        # What is no position of a refund is taken for goods, unless both earn.
        usually = 200 - min(sum(int(a) + int(b) for a, b in refunds), 20) * 10
    assert kept(WITHOUT_TOBACCO, told) == usually
    assert kept(WITH_SHIPPING, told) == with_shipping
    readings = [SHOPS[shop](*refunds[:count]) for count in range(len(refunds) + 1)]
    assert kept(WITH_SHIPPING, *readings) == kept(WITH_SHIPPING, *readings[::-1]) == with_shipping


@pytest.mark.parametrize("shop", SHOPS)
def test_shipping_counts_without_its_tax_where_goods_do(shop: str) -> None:
    told = SHOPS[shop]()
    rates = {each.vat_percent for each in told.receipts[0].lines}
    # WooCommerce has said that there was no tax.
    assert kept(NET, told) == (250 if rates == {Decimal(0)} else 200)


def test_shipping_that_was_removed_and_paid_back_had_been_sold() -> None:
    assert kept(WITH_SHIPPING, shopify(("0", "5"), is_removed=True)) == 200
    assert kept(WITH_SHIPPING, shopify(is_removed=True)) == 200
    assert kept(WITH_SHIPPING, shopify(("20", "5"), is_removed=True)) == 0
