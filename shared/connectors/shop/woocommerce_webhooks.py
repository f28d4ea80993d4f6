"""Webhooks of a WooCommerce shop, each topic once.

Source: WooCommerce REST API v3, "Webhooks". The shop switches a webhook off that has failed five
times in a row, and never shows a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.connectors.client import JsonClient
from shared.errors import ConnectorAnswerInvalid
from shared.said import say

PAGE_ITEMS = 100
PAGES_MAX = 10


def subscribe(client: JsonClient, address: str, topics: Sequence[str], secret: str) -> None:
    """Have topics sent to an address. A webhook that is there gets the secret, and is switched on.

    Raises:
        ConnectorError: The shop refuses, or does not answer; some may be set up then.
    """
    known = _sent_to(client, address)
    for topic in topics:
        wanted = {
            "name": f"Punktwerk {topic}",
            "topic": topic,
            "delivery_url": address,
            "secret": secret,
            "status": "active",
        }
        ids = [each["id"] for each in known if each.get("topic") == topic]
        for each in ids:
            client.post(f"/webhooks/{each}", wanted, is_repeatable=True)
        if not ids:
            client.post("/webhooks", wanted)


def _sent_to(client: JsonClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(1, PAGES_MAX + 1):
        rows = client.get("/webhooks", {"per_page": PAGE_ITEMS, "page": number}).body
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} is no list.", system=client.system)
            )
        found += [
            each
            for each in rows
            if each.get("delivery_url") == address and isinstance(each.get("id"), int)
        ]
        if len(rows) < PAGE_ITEMS:
            return found
    raise ConnectorAnswerInvalid(
        say("answer_unexpected", "{system} lists too many webhooks.", system=client.system)
    )
