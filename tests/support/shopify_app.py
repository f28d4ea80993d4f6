"""An app of a stand-in of a shop at Shopify: how it is installed, and what webhooks it has.

The query of a browser that is sent back is signed as Shopify's own library signs it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

CLIENT_ID = "fake-id"
SECRET = "hush"
TOKEN = "shpat_fake"
GRANTED = "read_orders,read_products,write_customers,write_discounts"
HOST = "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvZXhhbXBsZQ"
Told = dict[str, Any]


def signed(values: dict[str, str], secret: str = SECRET) -> str:
    """Return a query with its signature."""
    text = urlencode(sorted(values.items()), safe="*", quote_via=quote).replace("~", "%7E")
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return urlencode({"hmac": digest, **values})


@dataclass
class ShopifyApp:
    """``codes`` can be exchanged, each once. ``given`` is what comes with the token."""

    codes: list[str] = field(default_factory=list)
    webhooks: list[Told] = field(default_factory=list)
    given: Told = field(default_factory=lambda: {"scope": GRANTED})
    refused: set[str] = field(default_factory=set)

    def install(self, page: str, now_s: float, **changed: str) -> str:
        """Say yes on the page; return the query with which the browser is sent back."""
        asked = {name: each[0] for name, each in parse_qs(urlsplit(page).query).items()}
        assert asked.keys() == {"client_id", "scope", "redirect_uri", "state"}
        assert asked["client_id"] == CLIENT_ID
        self.codes.append(f"code{len(self.codes)}")
        values = {
            "code": self.codes[-1],
            "host": HOST,
            "shop": urlsplit(page).netloc,
            "state": asked["state"],
            "timestamp": str(int(now_s)),
            **changed,
        }
        return signed(values)

    def exchange(self, form: dict[str, str]) -> tuple[int, Any]:
        code = form.pop("code")
        if form != {"client_id": CLIENT_ID, "client_secret": SECRET} or code not in self.codes:
            return 400, {"error": "invalid_request", "error_description": "No such code."}
        self.codes.remove(code)
        return 200, {"access_token": TOKEN, **self.given}

    def root(self) -> Told:
        """Return how the fields of queries and mutations are answered."""
        return {
            "webhookSubscriptions": self._webhooks,
            "webhookSubscriptionCreate": self._subscribe,
        }

    def _webhooks(self, _: Any, first: int, uri: str, **_others: Any) -> Told:
        return {"nodes": [each for each in self.webhooks if each["uri"] == uri][:first]}

    def _subscribe(self, _: Any, topic: str, webhookSubscription: Told) -> Told:  # noqa: N803 - named by Shopify
        assert webhookSubscription["format"] == "JSON"
        made = {"topic": topic, "uri": webhookSubscription["uri"]}
        if topic in self.refused:
            return {"userErrors": [{"message": "Protected customer data."}]}
        if made in self.webhooks:
            return {"userErrors": [{"message": "Address for this topic has already been taken"}]}
        self.webhooks.append(made)
        return {"userErrors": []}
