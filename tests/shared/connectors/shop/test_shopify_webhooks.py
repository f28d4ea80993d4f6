"""Shopify: webhooks are set up by calls that its schema knows, each topic once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, parse, validate

from shared.connectors.shop import shopify, shopify_webhooks
from shared.connectors.shop.shopify import Config, Connector
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected, ConnectorUnsupported
from tests.support import shopify_shop as shops
from tests.support.shopify_shop import ShopifyShop

ADDRESS = "https://api.example.com/shopWebhook/shopify/store_a"
APP = {"clientId": "fake-id", "clientSecret": shops.SECRET}


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    with shops.shopify_shop() as shop:
        yield shop


def connected(shop: ShopifyShop, **access: Any) -> Connector:
    config = Config.model_validate({"shop": shops.DOMAIN, "baseUrl": shop.url, **(access or APP)})
    return shopify.connect(config, is_emulated=True)


def test_the_schema_knows_what_is_asked_for() -> None:
    for query in (shopify_webhooks.SUBSCRIBED, shopify_webhooks.creation(shopify.SUBSCRIBES)):
        assert validate(shops.schema(), parse(query)) == []
    topics = shops.schema().type_map["WebhookSubscriptionTopic"]
    assert isinstance(topics, GraphQLEnumType)
    others = set(shopify.NOTICE_TOPICS) - set(shopify.SUBSCRIBES)
    assert not [each for each in others if each.replace("/", "_").upper() in topics.values]


def test_each_topic_is_asked_for_once(shop: ShopifyShop) -> None:
    elsewhere = {"topic": "ORDERS_PAID", "uri": "https://erp.example.com"}
    shop.app.webhooks = [elsewhere, {"topic": "ORDERS_UPDATED", "uri": ADDRESS}]
    connector = connected(shop)

    connector.subscribe(ADDRESS)
    connector.subscribe(ADDRESS)

    ours = [each["topic"] for each in shop.app.webhooks if each["uri"] == ADDRESS]
    assert len(ours) == len(set(ours)) == len(shopify.SUBSCRIBES)
    assert shop.app.webhooks[0] == elsewhere
    assert len(shop.asked) == 3


def test_two_at_once_are_no_failure(shop: ShopifyShop) -> None:
    def be_faster(asked: dict[str, Any]) -> None:
        if asked["query"].startswith("mutation"):
            topics = [each.replace("/", "_").upper() for each in shopify.SUBSCRIBES]
            shop.app.webhooks = [{"topic": each, "uri": ADDRESS} for each in topics]

    shop.on_asked = be_faster
    connected(shop).subscribe(ADDRESS)
    assert len(shop.app.webhooks) == len(shopify.SUBSCRIBES)


def test_what_the_shop_refuses_is_told(shop: ShopifyShop) -> None:
    shop.app.refused = {"CUSTOMERS_UPDATE"}
    with pytest.raises(ConnectorRejected, match="Protected customer data"):
        connected(shop).subscribe(ADDRESS)
    assert len(shop.app.webhooks) == len(shopify.SUBSCRIBES) - 1


def test_nonsense_is_refused(shop: ShopifyShop) -> None:
    shop.refuse = [(200, {"data": {"webhookSubscriptions": {"nodes": [{}]}}})]
    with pytest.raises(ConnectorAnswerInvalid):
        connected(shop, accessToken=shops.TOKEN, **APP).subscribe(ADDRESS)


def test_notices_that_could_not_be_checked_are_not_asked_for(shop: ShopifyShop) -> None:
    with pytest.raises(ConnectorUnsupported, match="clientSecret"):
        connected(shop, accessToken=shops.TOKEN).subscribe(ADDRESS)
    assert shop.asked == []
