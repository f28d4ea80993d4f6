"""Shopify's page on which a merchant installs an app, and the token that the shop then gives.

Source: Shopify, "Implement authorization code grant manually", and "About offline access tokens".
Shopify sends the browser back with a code, and signs the query with the app's secret. The code is
exchanged once, for an offline token, which stays until the app is uninstalled. Public apps get only
tokens that expire within an hour, and are refused: each merchant's app is the merchant's own.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import BaseModel, Field, SecretStr, model_validator

from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.shop.base import ApprovalRequest, NoticeNotGenuine
from shared.connectors.shop.shopify import SYSTEM, TEXT, Config, ShopAddress, problem_of
from shared.errors import ConnectorRejected
from shared.said import say

SCOPES = ("read_orders", "read_products", "write_customers", "write_discounts")
"""What is read of orders names products; cards of customers and codes of rewards are written. Who
may write may read."""
IS_POSTED = False
FRESH_FOR = timedelta(minutes=5)
_VALUE_CHARS_MAX = 2_000
_TIME_CHARS_MAX = 12
_NOT_SIGNED = {"hmac", "signature"}


class AppToInstall(ConnectorConfig):
    """An app of the merchant's own that is to be installed in a shop."""

    shop: ShopAddress
    client_id: str = Field(max_length=100, pattern=TEXT, description="Of the app.")
    client_secret: SecretStr = Field(
        min_length=4, max_length=200, description="Of the app; signs its notices."
    )

    @model_validator(mode="after")
    def _check_secret(self) -> AppToInstall:
        self.require_ascii_secrets()
        return self


Asked = AppToInstall


class _Given(BaseModel):
    access_token: str = Field(min_length=4, max_length=200, pattern=TEXT)
    scope: str = Field(max_length=2_000)
    expires_in: int | None = None


def page(asked: ConnectorConfig, request: ApprovalRequest) -> str:
    """Return the address of the page; see ``ApprovalModule``."""
    assert isinstance(asked, AppToInstall)
    query = {
        "client_id": asked.client_id,
        "scope": ",".join(SCOPES),
        "redirect_uri": request.return_url,
        "state": request.state,
    }
    return f"https://{asked.shop}/admin/oauth/authorize?{urlencode(query)}"


def state_of(answer: bytes) -> str:
    """Return the state in the query of a browser that is back; see ``ApprovalModule``."""
    state = _read(answer).get("state")
    if not state:
        raise NoticeNotGenuine
    return state


def access(
    asked: ConnectorConfig, answer: bytes, now: datetime, *, is_emulated: bool
) -> ConnectorConfig:
    """Check the signature of the query, and exchange the code; see ``ApprovalModule``."""
    assert isinstance(asked, AppToInstall)
    query = _read(answer)
    if not is_genuine(query, asked.client_secret.get_secret_value(), now):
        raise NoticeNotGenuine
    code = query.get("code", "")
    if query.get("shop") != asked.shop or not code:
        raise NoticeNotGenuine
    given = _exchanged(asked, code, is_emulated=is_emulated)
    if given.expires_in is not None:
        raise ConnectorRejected(
            say(
                "token_expires",
                "Shopify gives this app only tokens that expire: make an app for this shop alone.",
            )
        )
    missing = sorted(set(SCOPES) - set(given.scope.split(",")))
    if missing:
        raise ConnectorRejected(
            say(
                "scope_not_allowed",
                "The shop has not allowed the app {missing}.",
                missing=", ".join(missing),
            )
        )
    return Config.restore({**asked.reveal(), "accessToken": given.access_token})


def is_genuine(query: Mapping[str, str], secret: str, now: datetime) -> bool:
    """Tell whether Shopify has signed a query, and lately."""
    given = query.get("hmac", "")
    signed = sorted((name, each) for name, each in query.items() if name not in _NOT_SIGNED)
    # Escaped as Shopify's own library does it: as browsers do, but for spaces.
    text = urlencode(signed, safe="*", quote_via=quote).replace("~", "%7E")
    digest = hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
    if not hmac.compare_digest(digest.encode(), given.encode()):
        return False
    at_s = query.get("timestamp", "")
    is_number = at_s.isascii() and at_s.isdigit() and len(at_s) <= _TIME_CHARS_MAX
    return is_number and abs(now.timestamp() - int(at_s)) <= FRESH_FOR.total_seconds()


def _read(query: bytes) -> dict[str, str]:
    """Return the values of a query, each of which must be there once.

    Raises:
        NoticeNotGenuine: It is no such query.
    """
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise NoticeNotGenuine from None
    found = dict(pairs)
    if len(found) < len(pairs) or any(len(each) > _VALUE_CHARS_MAX for each in found.values()):
        raise NoticeNotGenuine
    return found


def _exchanged(asked: AppToInstall, code: str, *, is_emulated: bool) -> _Given:
    """Return what the shop gives for a code, which it does once."""
    stand_in = asked.base_url if is_emulated else None
    client = JsonClient(
        system=SYSTEM,
        base_url=(stand_in or f"https://{asked.shop}").rstrip("/") + "/admin",
        authorize=lambda *_: {},
        secrets=(*asked.secrets(), code),
        allow_loopback=is_emulated,
        problem=problem_of,
    )
    fields: dict[str, Any] = {
        "client_id": asked.client_id,
        "client_secret": asked.client_secret.get_secret_value(),
        "code": code,
    }
    return parsed(_Given, client.post_form("/oauth/access_token", fields).body, system=SYSTEM)
