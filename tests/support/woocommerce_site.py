"""A stand-in of a WordPress site with WooCommerce: its page for apps, its keys and its webhooks.

Made after ``class-wc-auth.php`` and the documentation of the REST API v3. The key that it gives
away is the only one that its API takes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.json_servers import serving
from tests.support.system_samples import CONFIGS

SHOP_URL = "https://shop.example.com"
API = "/wp-json/wc/v3"


@dataclass
class WooSite:
    """The site. ``refuse`` is what the next call of its API gets: a status and JSON."""

    url: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuse: list[tuple[int, Any]] = field(default_factory=list)

    def agree(self, app: Flask, page: str) -> TestResponse | None:
        """Say yes on the page: send the key, and follow the browser back; ``None`` if it failed."""
        asked = {name: each[0] for name, each in parse_qs(urlsplit(page).query).items()}
        assert page.startswith(f"{SHOP_URL}/wc-auth/v1/authorize?")
        assert asked.keys() == {"app_name", "scope", "user_id", "return_url", "callback_url"}
        assert asked["callback_url"].startswith("https://")
        key = self.new_key(asked["user_id"], asked["scope"])
        sent = post(app, asked["callback_url"], key)
        if sent.status_code != 200:
            self.keys.remove(key)
            return None
        return browse(app, asked, success="1")

    def new_key(self, user_id: str, scope: str = "read_write") -> dict[str, Any]:
        number = len(self.keys) + 1
        key = {
            "key_id": number,
            "user_id": user_id,
            "consumer_key": f"ck_{number:040x}",
            "consumer_secret": f"cs_{number:040x}",
            "key_permissions": scope,
        }
        self.keys.append(key)
        return key

    def take_the_key_of_the_samples(self) -> None:
        sample = CONFIGS["shop", "woocommerce"]
        names = {"consumer_key": "consumerKey", "consumer_secret": "consumerSecret"}
        self.keys.append({theirs: sample[ours] for theirs, ours in names.items()})

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, Any]:
        path = urlsplit(target).path.removeprefix(API)
        self.asked.append((method, path))
        if self.refuse:
            return self.refuse.pop(0)
        pairs = (f"{each['consumer_key']}:{each['consumer_secret']}" for each in self.keys)
        allowed = {f"Basic {base64.b64encode(each.encode()).decode()}" for each in pairs}
        if headers["Authorization"] not in allowed:
            return 401, {"code": "woocommerce_rest_cannot_view", "message": "Sorry."}
        if path == "/orders":
            return 200, []
        if not path.startswith("/webhooks"):  # The site has no customers.
            return 404, {"code": "woocommerce_rest_invalid_id", "message": "Invalid ID."}
        if method == "GET":
            query = parse_qs(urlsplit(target).query)
            items, page = int(query["per_page"][0]), int(query["page"][0])
            hidden = [
                {name: value for name, value in each.items() if name != "secret"}
                for each in self.webhooks
            ]
            return 200, hidden[(page - 1) * items : page * items]
        return self._save(path.removeprefix("/webhooks").strip("/"), json.loads(body))

    def _save(self, number: str, sent: dict[str, Any]) -> tuple[int, Any]:
        if number:
            self.webhooks[int(number) - 1] |= sent
            return 200, self.webhooks[int(number) - 1]
        made = {"id": len(self.webhooks) + 1, **sent}
        self.webhooks.append(made)
        return 201, made


def post(app: Flask, url: str, body: Any) -> TestResponse:
    """Post JSON to an address of ours, as the site's server does."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    return app.test_client().post(path_of(url), data=raw, headers=headers)


def browse(app: Flask, asked: dict[str, str], *, success: str) -> TestResponse:
    """Send the browser back."""
    query = urlencode({"success": success, "user_id": asked["user_id"]})
    return app.test_client().get(f"{path_of(asked['return_url'])}?{query}")


def path_of(url: str) -> str:
    """Return the path of an address of ours, as functions-framework serves it."""
    return urlsplit(url).path


def credentials(site: WooSite) -> dict[str, Any]:
    """Return access to a site, with the key of the samples."""
    return {**CONFIGS["shop", "woocommerce"], "baseUrl": site.url}


@pytest.fixture(scope="session")
def shared_shop() -> Iterator[WooSite]:
    """A site for tests that do not check which requests it got."""
    with woo_site() as site:
        site.take_the_key_of_the_samples()
        yield site


@contextmanager
def woo_site() -> Iterator[WooSite]:
    """Run the site on a free port of the loopback interface."""
    site = WooSite()

    def answer(method: str, target: str, headers: Message, body: bytes) -> tuple[int, Any]:
        return site.answer(method, target, headers, body)  # Looked up anew: a test may replace it.

    with serving(answer) as site.url:
        yield site


def notice(row: dict[str, Any], secret: str) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a notice of an order."""
    raw = json.dumps(row).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    headers = {
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
        "Content-Type": "application/json",
    }
    return headers, raw
