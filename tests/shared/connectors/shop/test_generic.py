"""Our own contract of shops: what its JSON Schema says is what is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.connectors.shop import generic
from shared.connectors.shop.base import ShopTopic
from shared.connectors.shop.generic_orders import ToldNotice, to_notice
from shared.domain.systems.shop_orders import ShopCustomer
from tests.support.shops import order, refund

DOCS = Path(__file__).parents[4] / "docs/connectors"


def test_the_published_schema_is_what_is_read() -> None:
    published = json.loads((DOCS / "shop-generic.schema.json").read_text())
    assert published == ToldNotice.model_json_schema(by_alias=True)


def test_the_documented_notice_is_read_in_full() -> None:
    page = (DOCS / "shop-generic.md").read_text()
    body = page.partition("```json\n")[2].partition("```")[0]
    notice = to_notice("evt_1", body.encode())

    (order,) = notice.orders
    sale, refund = order.receipts
    assert order.customer == ShopCustomer("17", "anna@example.com", is_email_verified=True)
    assert (sale.external_id, sale.eligible.amount_minor) == ("1001", 1799)
    assert (refund.voids, refund.eligible.amount_minor) == ("1001", 500)
    assert set(generic.NOTICE_TOPICS) == set(
        ToldNotice.model_json_schema()["$defs"]["Topic"]["enum"]
    )


def test_a_shop_without_a_list_lists_nothing() -> None:
    config = generic.Config.model_validate({"webhookSecret": "a-secret-of-a-shop"})
    shop = generic.connect(config, is_emulated=False)
    shop.verify()
    assert shop.receipts(None, None).items == ()
    assert shop.orders(["1"]).items == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"amount": "-5.00"}, "has no valid order.refunds.0.lines.0.amount"),
        ({"amount": "5.00", "type": "discount"}, "has no valid order.refunds.0.lines.0.type"),
    ],
    ids=["negative", "discount"],
)
def test_a_line_that_came_back_is_not_below_zero_and_no_discount(
    line: dict[str, str], why: str
) -> None:
    told = order(refunds=[refund("r1", "5.00", lines=[line])])
    notice = to_notice("evt_1", json.dumps({"topic": "order", "order": told}).encode())
    assert (notice.topic, notice.orders) == (ShopTopic.OTHER, ())
    assert (notice.orders_to_read, notice.unread) == (("1001",), why)
