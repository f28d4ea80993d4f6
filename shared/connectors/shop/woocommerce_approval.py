"""WooCommerce's page on which an administrator lets an app in, and the key that it then sends.

Source: WooCommerce REST API, "Auto generating API keys using our Application Authentication
Endpoint", and ``class-wc-auth.php``: the shop sends the key to ``callback_url`` from its server,
and takes it back unless that answers 200; then it sends the browser to ``return_url`` with
``success`` and ``user_id``, which is our state.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field, ValidationError

from shared.connectors.config import ConnectorConfig
from shared.connectors.shop.base import ApprovalRequest, NoticeNotGenuine
from shared.connectors.shop.woocommerce import Config, Site

PAGE = "/wc-auth/v1/authorize"
SCOPE: Literal["read_write"] = "read_write"
"""Also webhooks can be set up only by a key that may write."""
Asked = Site
IS_POSTED = True
_SECRET_BYTES = 32
_STATE_CHARS_MAX = 200


class _Key(BaseModel):
    consumer_key: str = Field(pattern=r"^ck_[A-Za-z0-9]{10,190}$")
    consumer_secret: str = Field(pattern=r"^cs_[A-Za-z0-9]{10,190}$")
    key_permissions: Literal["read_write"]


def page(asked: ConnectorConfig, request: ApprovalRequest) -> str:
    """Return the address of the page; see ``ApprovalModule``."""
    assert isinstance(asked, Asked)
    query = {
        "app_name": request.asked_by,
        "scope": SCOPE,
        "user_id": request.state,
        "return_url": request.return_url,
        "callback_url": request.callback_url,
    }
    return f"{asked.shop_url.rstrip('/')}{PAGE}?{urlencode(query)}"


def state_of(answer: bytes) -> str:
    """Return the state in what the shop sends; see ``ApprovalModule``."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        raise NoticeNotGenuine from None
    state = found.get("user_id") if isinstance(found, dict) else None
    if not isinstance(state, str) or not 0 < len(state) <= _STATE_CHARS_MAX:
        raise NoticeNotGenuine
    return state


def access(
    asked: ConnectorConfig, answer: bytes, _now: datetime, *, is_emulated: bool
) -> ConnectorConfig:
    """Return the access; the secret of webhooks is made here, and set up in the shop later."""
    del is_emulated  # The shop need not be asked.
    try:
        key = _Key.model_validate_json(answer)
    except ValidationError:
        raise NoticeNotGenuine from None
    return Config.restore(
        {
            **asked.reveal(),
            "consumerKey": key.consumer_key,
            "consumerSecret": key.consumer_secret,
            "webhookSecret": secrets.token_urlsafe(_SECRET_BYTES),
        }
    )
