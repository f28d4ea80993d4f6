"""Notices signed as our own webhooks are; the other side is our signer, and a library's."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from shared import clock
from shared.connectors import standard_webhooks
from shared.webhooks import signing

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
BODY = '{"topic": "ping", "ä": 1}'
PLAIN = "a-secret-of-a-shop"
ENCODED = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize("secret", [PLAIN, ENCODED])
def test_takes_what_is_signed_and_nothing_else(secret: str) -> None:
    at_s = int(NOW.timestamp())
    headers = signing.sign([secret], message_id="n_1", timestamp_s=at_s, body=BODY.encode())
    key = secret if secret == ENCODED else base64.b64encode(secret.encode()).decode()
    others = {**headers, "webhook-signature": "v1,x " + Webhook(key).sign("n_1", NOW, BODY)}

    with clock.use(lambda: NOW + timedelta(seconds=standard_webhooks.TOLERANCE_S)):
        assert standard_webhooks.is_valid(headers, secret, BODY.encode())
        assert standard_webhooks.is_valid(others, secret, BODY.encode())
        assert not standard_webhooks.is_valid(headers, secret + "x", BODY.encode())
        assert not standard_webhooks.is_valid(headers, secret, BODY.encode() + b" ")
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            for changed in ("", "ü", "1" * 20):
                forged = {**headers, name: changed}
                assert not standard_webhooks.is_valid(forged, secret, BODY.encode())
    with clock.use(lambda: NOW + timedelta(seconds=standard_webhooks.TOLERANCE_S + 1)):
        assert not standard_webhooks.is_valid(headers, secret, BODY.encode())
