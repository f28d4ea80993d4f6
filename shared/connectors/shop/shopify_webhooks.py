"""Webhooks of a shop at Shopify, each topic once, set up for the app that asks.

Source: the Admin GraphQL schema 2026-10. Only what was set up by calls is listed; what the app's
file says comes besides. Topics of data protection can be named in that file alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from shared.connectors.client import parsed
from shared.connectors.shop.shopify_payloads import NAME, Ask, errors_in, refusal

SUBSCRIBED: str = """query Webhooks($address: String!) {
  webhookSubscriptions(first: 100, uri: $address) { nodes { topic uri } }
}
"""


class _Subscription(BaseModel):
    topic: str
    uri: str


class _Subscriptions(BaseModel):
    nodes: list[_Subscription]


def subscribe(ask: Ask, address: str, topics: Sequence[str]) -> None:
    """Have topics sent to an address, all of them by one call.

    Raises:
        ConnectorError: The shop refuses, or does not answer; some may be set up then.
    """
    missing = _missing(ask, address, topics)
    if not missing:
        return
    errors = errors_in(ask(creation(missing), {"address": address}), map(_alias, missing))
    # Somebody else may have been faster: then all is there, and Shopify has refused a second one.
    if errors and _missing(ask, address, topics):
        raise refusal(errors)


def creation(topics: Sequence[str]) -> str:
    """Return the mutation that sets up topics."""
    parts = "\n".join(
        f"  {_alias(each)}: webhookSubscriptionCreate(topic: {_topic(each)}, "
        "webhookSubscription: {uri: $address, format: JSON}) { userErrors { message } }"
        for each in topics
    )
    return f"mutation Subscribe($address: String!) {{\n{parts}\n}}\n"


def _missing(ask: Ask, address: str, topics: Sequence[str]) -> list[str]:
    found: Mapping[str, Any] = ask(SUBSCRIBED, {"address": address})
    listed = parsed(_Subscriptions, found.get("webhookSubscriptions"), system=NAME)
    there = {each.topic for each in listed.nodes if each.uri == address}
    return [each for each in topics if _topic(each) not in there]


def _topic(topic: str) -> str:
    """Return a topic as the schema names it: ``ORDERS_PAID`` for ``orders/paid``."""
    return topic.replace("/", "_").upper()


def _alias(topic: str) -> str:
    return topic.replace("/", "_")
