"""Whatever text a shop signs or lists, what is read of it can be stored, looked up and sent."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.connectors.rows import read_rows
from shared.connectors.shop import generic_orders, shopify, shopware
from shared.connectors.shop.shopify_answers import ShopifyOrder
from shared.connectors.shop.shopify_answers import to_order as of_shopify
from shared.connectors.shop.shopware_answers import ShopwareOrder
from shared.connectors.shop.shopware_answers import to_order as of_shopware
from shared.connectors.shop.woocommerce_answers import WooOrder, WooTerms
from shared.connectors.shop.woocommerce_answers import to_order as of_woocommerce
from shared.domain import exact_json
from tests.support import shopify_shop, shops, shopware_shop
from tests.support import woocommerce as woo

HOSTILE = ("a\ud800", "\udfffb", "a\x00b", "7" * 10_000)
CHARS_MAX = 320
GENERIC = {
    **shops.order(),
    "lines": [{"amount": "20.00", "productId": "p", "category": "c"}],
    "refunds": [shops.refund("r1", "5.00")],
    "codes": ["SUMMER"],
}


def listed(to_order: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    return lambda raw: read_rows([exact_json.loads(raw.decode())], to_order)


def noticed_by_shopify(raw: bytes) -> Any:
    config = {"shop": shopify_shop.DOMAIN, "clientId": "fake", "clientSecret": shopify_shop.SECRET}
    headers, body = shopify_shop.notice("orders/paid", raw)
    return shopify.read_notice(shopify.Config.model_validate(config), headers, body)


def noticed_by_shopware(raw: bytes) -> Any:
    config = {"shopUrl": "https://shop.example.com", "appSecret": "fake-" * 8}
    config |= {"webhookSecret": shopware_shop.SECRET}
    headers, body = shopware_shop.signed(raw)
    return shopware.read_notice(shopware.Config.model_validate(config), headers, body)


def told(row: Any) -> Any:
    return json.loads(json.dumps(row, default=exact_json.default))


READERS: dict[str, tuple[Any, Callable[[bytes], Any]]] = {
    "generic notice": (
        {"topic": "order", "order": GENERIC},
        lambda raw: generic_orders.to_notice("evt_1", raw),
    ),
    "generic list": (
        GENERIC,
        listed(lambda row: generic_orders.to_order(generic_orders.ToldOrder.model_validate(row))),
    ),
    "woocommerce": (
        woo.order(),
        listed(lambda row: of_woocommerce(WooOrder.model_validate(row), (), WooTerms())),
    ),
    "shopify notice": (shopify_shop.Order().rest(), noticed_by_shopify),
    "shopify list": (
        shopify_shop.Order().rest(),
        listed(lambda row: of_shopify(ShopifyOrder.model_validate(row))),
    ),
    "shopware notice": (
        json.loads(shopware_shop.notice("order.written", {"order": {"id": "0" * 32}})[1]),
        noticed_by_shopware,
    ),
    "shopware list": (
        shopware_shop.Order().json(),
        listed(lambda row: of_shopware(ShopwareOrder.model_validate(row))),
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_no_text_of_a_shop_can_do_harm(name: str) -> None:
    row, read = READERS[name]
    row = told(row)
    assert texts_of(read(json.dumps(row).encode()))
    for place in places_in(row):
        for hostile in HOSTILE:
            found = read(json.dumps(with_text(row, place, hostile)).encode())
            for where, text in texts_of(found):
                text.encode()
                # An address is compared, never stored, and one that is too long is none.
                assert len(text) <= CHARS_MAX or where == "email", (place, where)


def places_in(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands that is neither a list nor an object."""
    if isinstance(value, dict | list):
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in rows:
            yield from places_in(each, (*place, name))
    else:
        yield place


def with_text(row: Any, place: tuple[Any, ...], text: str) -> Any:
    changed = copy.deepcopy(row)
    inner = changed
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = text
    return changed


def texts_of(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return all texts of what was read, each with the name of its field."""
    if isinstance(value, str):
        return [(name, value)]
    if dataclasses.is_dataclass(value):
        fields = [(each.name, getattr(value, each.name)) for each in dataclasses.fields(value)]
    else:
        fields = [(name, each) for each in value] if isinstance(value, tuple | list) else []
    return [found for inner, each in fields for found in texts_of(each, inner)]
