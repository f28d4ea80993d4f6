"""Writings into Shopify: against a stand-in that executes them by Shopify's schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from graphql import parse, validate

from shared.connectors.shop import shopify, shopify_cards, shopify_codes, shopify_queries
from shared.connectors.shop.base import CardWriting, CodeWriting, WriteChecking
from shared.connectors.shop.shopify import Config, Connector
from shared.connectors.shop.shopify_answers import ShopifyOrder, to_order
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
)
from tests.conftest import Clock
from tests.support import shopify_shop as shops
from tests.support.shopify_customers import CUSTOMER, SCOPES, Customer, Discount
from tests.support.shopify_shop import Order, ShopifyShop

pytestmark = pytest.mark.usefixtures("no_pauses")

D = Decimal
QUERIES = (
    shopify_queries.SCOPES,
    shopify_cards.CUSTOMER,
    shopify_cards.DEFINE,
    shopify_cards.WRITE,
    shopify_codes.LOOK,
    shopify_codes.FIND,
    shopify_codes.CREATE,
    shopify_codes.SET_TIMES,
    shopify_codes.DEACTIVATE,
)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CARD = ShopCard(CUSTOMER, D("12.50"), "EUR", "Gold", "PW-4711")
PERCENT = ShopCode(
    "RW-7F3K", "10 % off", CUSTOMER, D("12.5"), None, "EUR", NOON, NOON + timedelta(days=30)
)
AMOUNT = replace(PERCENT, percentage=None, amount=D("5.00"), ends_at=None)
THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 42,
            "throttleStatus": {"currentlyAvailable": 2, "restoreRate": 20.0},
        }
    },
}


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    with shops.shopify_shop() as shop:
        yield shop


def connected(shop: ShopifyShop) -> Connector:
    given = {"shop": shops.DOMAIN, "accessToken": shops.TOKEN, "baseUrl": shop.url}
    return shopify.connect(Config.model_validate(given), is_emulated=True)


def customer(shop: ShopifyShop) -> Customer:
    return shop.customers.book[CUSTOMER]


def values(shop: ShopifyShop) -> dict[str, str]:
    """Return the metafields of the customer without their types."""
    return {name: value for name, (_, value) in customer(shop).fields.items()}


def only(shop: ShopifyShop) -> Discount:
    (found,) = shop.customers.discounts.values()
    return found


def test_the_schema_knows_all_that_is_written() -> None:
    for query in QUERIES:
        assert validate(shops.schema(), parse(query)) == []


# Cards


def test_writes_a_card_as_metafields_and_a_tag(shop: ShopifyShop) -> None:
    customer(shop).tags = ["vip", "loyalty-tier:Silver", "Loyalty-Tier:mine", "loyalty-tier:Bronze"]
    connector: CardWriting = connected(shop)
    connector.write_card(CARD)
    assert customer(shop).fields == {
        "punktwerk.balance": ("number_decimal", "12.50"),
        "punktwerk.unit": ("single_line_text_field", "EUR"),
        "punktwerk.tier": ("single_line_text_field", "Gold"),
        "punktwerk.card_code": ("single_line_text_field", "PW-4711"),
    }
    assert customer(shop).tags == ["vip", "Loyalty-Tier:mine", "loyalty-tier:Gold"]

    before = customer(shop).tags, dict(customer(shop).fields)
    connector.write_card(CARD)
    assert (customer(shop).tags, customer(shop).fields) == before


def test_the_next_card_replaces_the_one_before(shop: ShopifyShop) -> None:
    connector = connected(shop)
    customer(shop).fields["punktwerk.other"] = customer(shop).fields["x.tier"] = ("t", "mine")
    connector.write_card(CARD)
    connector.write_card(ShopCard(CUSTOMER, D("-3E+1"), "points", None, None))
    assert values(shop) == {
        "punktwerk.other": "mine",
        "x.tier": "mine",
        "punktwerk.balance": "-30",
        "punktwerk.unit": "points",
    }
    assert customer(shop).tags == []


def test_a_tier_is_one_tag_on_one_line(shop: ShopifyShop) -> None:
    connector = connected(shop)
    connector.write_card(replace(CARD, tier="Gold,\nvip"))
    assert customer(shop).tags == ["loyalty-tier:Gold vip"]
    assert values(shop)["punktwerk.tier"] == "Gold, vip"
    connector.write_card(replace(CARD, tier="GOLD  vip"))
    assert customer(shop).tags == ["loyalty-tier:Gold vip"]  # The same tag for Shopify.


def test_clears_a_card_and_nothing_else(shop: ShopifyShop) -> None:
    connector = connected(shop)
    customer(shop).fields["x.tier"] = ("t", "mine")
    customer(shop).tags = ["vip"]
    connector.write_card(CARD)
    connector.clear_card(CUSTOMER)
    connector.clear_card(CUSTOMER)
    assert (values(shop), customer(shop).tags) == ({"x.tier": "mine"}, ["vip"])
    connector.clear_card("404")
    connector.clear_card("../x")
    connector.clear_card("")


@pytest.mark.parametrize("customer_id", ["404", "", "../x", f"{CUSTOMER}/1", "gid://x"])
def test_nobody_who_is_gone_has_a_card_or_a_code(shop: ShopifyShop, customer_id: str) -> None:
    connector = connected(shop)
    with pytest.raises(ConnectorNotFound):
        connector.write_card(replace(CARD, customer_id=customer_id))
    with pytest.raises(ConnectorNotFound):
        connector.put_code(replace(PERCENT, customer_id=customer_id))
    assert connector.revoke_code(replace(PERCENT, customer_id=customer_id)) is CodeFate.REVOKED
    assert (values(shop), shop.customers.discounts) == ({}, {})


def test_lets_the_storefront_and_the_customer_read_the_fields_once(shop: ShopifyShop) -> None:
    shop.customers.definitions["tier"] = {"type": "single_line_text_field"}  # The merchant's own.
    connector = connected(shop)
    connector.write_card(CARD)
    made = dict(shop.customers.definitions)
    assert made.keys() == {"balance", "unit", "tier", "card_code"}
    assert made["tier"] == {"type": "single_line_text_field"}
    assert made["balance"] == {
        "ownerType": "CUSTOMER",
        "namespace": "punktwerk",
        "key": "balance",
        "name": "Loyalty balance",
        "type": "number_decimal",
        "access": {"storefront": "PUBLIC_READ", "customerAccount": "READ"},
        "pin": False,
        "useAsCollectionCondition": False,
    }
    calls = len(shop.asked)
    connector.write_card(CARD)
    assert len(shop.asked) == calls + 2


def test_a_card_is_written_also_where_definitions_are_refused(shop: ShopifyShop) -> None:
    shop.customers.definitions_max = 0
    connected(shop).write_card(CARD)
    assert len(values(shop)) == 4


def test_a_type_of_the_merchants_own_is_told(shop: ShopifyShop) -> None:
    shop.customers.definitions["balance"] = {"type": "number_integer"}
    with pytest.raises(ConnectorRejected, match="Type must be number_integer"):
        connected(shop).write_card(CARD)


def test_what_was_refused_in_part_is_mended_by_the_next_writing(shop: ShopifyShop) -> None:
    connector = connected(shop)
    connector.write_card(replace(CARD, tier="Silver"))
    shop.customers.refused_tags = "Tags is too many"
    with pytest.raises(ConnectorRejected, match="Tags is too many"):
        connector.write_card(CARD)
    assert (values(shop)["punktwerk.tier"], customer(shop).tags) == ("Gold", [])
    shop.customers.refused_tags = None
    connector.write_card(CARD)
    assert customer(shop).tags == ["loyalty-tier:Gold"]


# Codes


def test_puts_a_code_for_one_customer_and_one_order(shop: ShopifyShop) -> None:
    connector: CodeWriting = connected(shop)
    assert connector.put_code(PERCENT) == str(only(shop).number)
    given = only(shop).given
    assert given == {
        "code": "RW-7F3K",
        "title": "10 % off",
        "tags": [f"punktwerk:{CUSTOMER}"],
        "startsAt": "2026-03-03T12:00:00Z",
        "endsAt": "2026-04-02T12:00:00Z",
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"customers": {"add": [f"gid://shopify/Customer/{CUSTOMER}"]}},
        "customerGets": {"items": {"all": True}, "value": {"percentage": 0.125}},
    }

    at_home = timezone(timedelta(hours=2))
    other = replace(AMOUNT, code="rw-2", starts_at=NOON.astimezone(at_home), title="x" * 300)
    connector.put_code(other)
    made = shop.customers.discounts["rw-2"].given
    assert made["customerGets"]["value"] == {
        "discountAmount": {"amount": "5.00", "appliesOnEachItem": False}
    }
    assert (made["endsAt"], made["startsAt"]) == (None, "2026-03-03T12:00:00Z")
    assert len(made["title"]) == 255


def test_a_repetition_makes_no_second_code(shop: ShopifyShop) -> None:
    connector = connected(shop)
    first = connector.put_code(PERCENT)
    assert connector.put_code(PERCENT) == first
    assert connector.put_code(replace(PERCENT, code="rw-7f3K")) == first
    only(shop).given["usageLimit"] = 2  # The merchant has changed it.
    assert connector.put_code(PERCENT) == first
    assert len(shop.customers.discounts) == 1


def test_a_code_whose_answer_was_lost_is_there_once(shop: ShopifyShop) -> None:
    connector = connected(shop)
    connector.verify()
    shop.lose = 1  # The look is lost, and comes again.
    connector.put_code(PERCENT)
    assert len(shop.asked) == 1 + 3

    def lose_the_creation(asked: dict[str, Any]) -> None:
        if "PutCode" in asked["query"] and not shop.customers.discounts:
            shop.lose = 1

    shop.customers.discounts.clear()
    shop.on_asked = lose_the_creation
    assert connector.put_code(PERCENT) == str(only(shop).number)

    shop.customers.discounts.clear()

    def lose_all(asked: dict[str, Any]) -> None:
        shop.lose = 3 if "PutCode" in asked["query"] and not shop.lose else shop.lose

    shop.on_asked = lose_all
    with pytest.raises(ConnectorUnavailable) as lost:
        connector.put_code(PERCENT)
    assert lost.value.is_unknown
    shop.on_asked = lambda _: None
    shop.lose = 0
    assert connector.put_code(PERCENT) == str(only(shop).number)


@pytest.mark.parametrize(
    "given",
    [
        {"context": {"all": "ALL"}, "usageLimit": 1},
        {"context": {"customers": {"add": ["gid://shopify/Customer/1"]}}, "usageLimit": 1},
        {"context": {"customers": {"add": [f"gid://shopify/Customer/{CUSTOMER}"]}}},
        {"context": {"all": "ALL"}, "kind": "DiscountCodeFreeShipping"},
    ],
)
def test_a_code_of_somebody_else_is_left_alone(shop: ShopifyShop, given: dict[str, Any]) -> None:
    theirs = shop.customers.add_discount("rw-7f3k", **given)
    connector = connected(shop)
    with pytest.raises(ConnectorRejected, match="somebody else"):
        connector.put_code(PERCENT)
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED
    assert (only(shop), theirs.is_ended) == (theirs, False)


def test_a_code_that_was_made_meanwhile_is_found(shop: ShopifyShop) -> None:
    def make(asked: dict[str, Any]) -> None:
        if "PutCode" in asked["query"] and not shop.customers.discounts:
            shop.customers.add_discount(**asked["variables"]["discount"])

    shop.on_asked = make
    assert connected(shop).put_code(PERCENT) == str(only(shop).number)


def test_a_taken_code_that_is_not_found_may_be_found_later(shop: ShopifyShop) -> None:
    def make(asked: dict[str, Any]) -> None:
        if "PutCode" in asked["query"]:
            shop.customers.add_discount(**asked["variables"]["discount"])
        if "query Code(" in asked["query"]:
            shop.customers.discounts.clear()

    shop.on_asked = make
    with pytest.raises(ConnectorAnswerInvalid, match="does not find it"):
        connected(shop).put_code(PERCENT)


def test_refuses_what_shopify_does_not_take(shop: ShopifyShop) -> None:
    connector = connected(shop)
    with pytest.raises(ConnectorRejected, match="after starts_at"):
        connector.put_code(replace(PERCENT, ends_at=NOON))
    with pytest.raises(ConnectorRejected, match="The shop sells in EUR"):
        connector.put_code(replace(AMOUNT, currency="CHF"))
    assert shop.customers.discounts == {}
    connector.put_code(replace(PERCENT, currency="CHF"))  # A percentage has no currency.


def test_revokes_a_code_unless_it_was_used(shop: ShopifyShop) -> None:
    connector = connected(shop)
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED
    connector.put_code(PERCENT)
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED
    assert only(shop).is_ended
    asked = len(shop.asked)
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED
    assert len(shop.asked) == asked + 1


@pytest.mark.parametrize("code", [PERCENT, AMOUNT])
def test_a_revoked_code_that_is_put_again_can_be_used_again(
    shop: ShopifyShop, frozen_clock: Clock, code: ShopCode
) -> None:
    connector = connected(shop)
    first = connector.put_code(code)
    given = dict(only(shop).given)
    connector.revoke_code(code)
    only(shop).given["endsAt"] = "2026-03-03T13:00:00Z"
    assert connector.put_code(code) == first
    assert (only(shop).is_ended, only(shop).given) == (False, given)


def test_what_was_used_or_is_over_is_not_begun_again(
    shop: ShopifyShop, frozen_clock: Clock
) -> None:
    connector = connected(shop)
    first = connector.put_code(PERCENT)
    only(shop).is_ended = True
    frozen_clock.now = NOON + timedelta(days=30)
    assert connector.put_code(PERCENT) == first
    frozen_clock.now = NOON
    only(shop).uses = 1
    assert connector.put_code(PERCENT) == first
    assert only(shop).is_ended


def test_a_code_that_was_used_is_left_as_it_is(shop: ShopifyShop) -> None:
    connector = connected(shop)
    connector.put_code(PERCENT)
    only(shop).uses = 1
    assert connector.revoke_code(PERCENT) is CodeFate.USED
    assert not only(shop).is_ended
    only(shop).is_ended = True
    assert connector.revoke_code(PERCENT) is CodeFate.USED


def test_a_use_just_before_the_end_counts(shop: ShopifyShop) -> None:
    def use(found: Discount) -> None:
        found.uses = 1

    connector = connected(shop)
    connector.put_code(PERCENT)
    shop.customers.on_deactivate = use
    assert connector.revoke_code(PERCENT) is CodeFate.USED


def test_a_code_that_shopify_has_not_ended_is_not_revoked(shop: ShopifyShop) -> None:
    def go_on(found: Discount) -> None:
        found.is_ended = False

    connector = connected(shop)
    connector.put_code(PERCENT)
    shop.customers.on_deactivate = go_on
    with pytest.raises(ConnectorAnswerInvalid, match="not ended the code"):
        connector.revoke_code(PERCENT)
    shop.customers.refused_end = "Discount cannot be deactivated"
    with pytest.raises(ConnectorRejected, match="cannot be deactivated"):
        connector.revoke_code(PERCENT)


def test_a_lost_end_is_an_end(shop: ShopifyShop) -> None:
    """The repetition is refused, as the first call has ended it."""

    def lose_the_end(asked: dict[str, Any]) -> None:
        if "RevokeCode" in asked["query"]:
            shop.lose = 0 if only(shop).is_ended else 1
            shop.customers.refused_end = "It has ended" if only(shop).is_ended else None

    connector = connected(shop)
    connector.put_code(PERCENT)
    shop.on_asked = lose_the_end
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED
    assert only(shop).is_ended


def test_a_code_that_the_merchant_has_deleted_is_revoked(shop: ShopifyShop) -> None:
    connector = connected(shop)
    connector.put_code(PERCENT)
    shop.customers.on_deactivate = lambda _: shop.customers.discounts.clear()
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED
    assert connector.revoke_code(PERCENT) is CodeFate.REVOKED


# Both


def writings(connector: Connector) -> list[Callable[[], Any]]:
    return [
        lambda: connector.write_card(CARD),
        lambda: connector.clear_card(CUSTOMER),
        lambda: connector.put_code(PERCENT),
        lambda: connector.revoke_code(PERCENT),
    ]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, THROTTLED), ConnectorRateLimited),
        ((429, {}), ConnectorRateLimited),
        ((503, {}), ConnectorUnavailable),
        ((401, {"errors": "[API] Invalid API key"}), ConnectorCredentialsRefused),
        ((200, {"data": {}}), ConnectorAnswerInvalid),
        ((200, {"data": None}), ConnectorAnswerInvalid),
        ((200, []), ConnectorAnswerInvalid),
        ((200, {"data": {"customer": 5, "codeDiscountNodeByCode": 5}}), ConnectorAnswerInvalid),
        (
            (200, {"data": {"codeDiscountNodeByCode": {"id": "1", "codeDiscount": {"tags": []}}}}),
            ConnectorAnswerInvalid,
        ),
    ],
)
def test_every_fault_becomes_an_error_of_ours(
    shop: ShopifyShop, place: int, answer: tuple[int, Any], error: type[ConnectorError]
) -> None:
    shop.refuse = [answer] * 3
    with pytest.raises(error) as refused:
        writings(connected(shop))[place]()
    if answer[1] is THROTTLED:
        assert refused.value.details["retryAfter"] == 2
    assert (values(shop), shop.customers.discounts) == ({}, {})


PARTS = ("metafieldsSet", "metafieldsDelete", "discountCodeBasicCreate", "discountCodeDeactivate")
NOTHING: dict[str, Any] = {}
WITHOUT_ERRORS = {"userErrors": None}
FAILED = {"userErrors": [{"message": "Internal error", "code": "INTERNAL_ERROR"}]}
WITHOUT_A_CODE = {"userErrors": [], "codeDiscountNode": None}


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        *((place, each) for place in range(3) for each in (NOTHING, WITHOUT_ERRORS, FAILED)),
        (2, WITHOUT_A_CODE),
        (3, NOTHING),
        (3, WITHOUT_ERRORS),
    ],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_no_garbage_in_place_of_a_writings_answer_is_taken_for_done(
    shop: ShopifyShop, place: int, wrong: dict[str, Any], *, is_named: bool
) -> None:
    connector = connected(shop)
    if place == 3:
        connector.put_code(PERCENT)

    def answer_so(asked: dict[str, Any]) -> None:
        parts = [each for each in PARTS if each in asked["query"]]
        if parts:
            data = dict.fromkeys(parts, wrong) if is_named else {}
            shop.refuse_after = [(200, {"data": data})]

    shop.on_asked = answer_so
    with pytest.raises(ConnectorAnswerInvalid):
        writings(connector)[place]()


def test_names_the_scope_that_is_missing(shop: ShopifyShop) -> None:
    connector = connected(shop)
    shop.customers.scopes = SCOPES - {"write_customers"}
    with pytest.raises(ConnectorCredentialsRefused, match="write_customers"):
        connector.write_card(CARD)
    shop.customers.scopes = SCOPES - {"write_discounts"}
    with pytest.raises(ConnectorCredentialsRefused, match="write_discounts"):
        connector.put_code(PERCENT)


def test_tells_beforehand_which_scopes_are_missing(shop: ShopifyShop) -> None:
    connector: WriteChecking = connected(shop)
    connector.verify_writes(shopify.WRITES)
    shop.customers.scopes = SCOPES - {"write_discounts"}
    connector.verify_writes({ShopWrite.CARD})
    with pytest.raises(ConnectorCredentialsRefused, match="scope write_discounts:"):
        connector.verify_writes(shopify.WRITES)
    shop.customers.scopes = frozenset()
    with pytest.raises(ConnectorCredentialsRefused, match="scope write_customers, write_disc"):
        connector.verify_writes(shopify.WRITES)
    for wrong in ({}, {"currentAppInstallation": None}):
        shop.refuse = [(200, {"data": wrong})]
        with pytest.raises(ConnectorAnswerInvalid):
            connector.verify_writes({ShopWrite.CARD})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("RW-7F3K", "SUMMER")),
        ({"status": "REFUNDED"}, ("RW-7F3K", "SUMMER")),
        ({"status": "PENDING"}, ()),
        ({"is_cancelled": True}, ()),
    ],
)
def test_a_paid_order_tells_its_codes_in_both_ways(
    shop: ShopifyShop, changed: dict[str, Any], expected: tuple[str, ...]
) -> None:
    order = Order(codes=("RW-7F3K", "SUMMER"), **changed)
    shop.add(order)
    (listed,) = connected(shop).orders([order.id]).items
    noticed = to_order(ShopifyOrder.model_validate(order.rest()))
    assert listed.codes == noticed.codes == expected
