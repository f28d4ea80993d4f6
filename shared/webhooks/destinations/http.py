"""A URL of a merchant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.webhooks import client
from shared.webhooks.client import Attempt
from shared.webhooks.message import Message


def send(
    message: Message,
    *,
    target: str,
    settings: Mapping[str, Any],  # noqa: ARG001 - a URL has none
    credentials: Mapping[str, Any],  # noqa: ARG001
    timeout_s: float,
    is_emulated: bool,
) -> Attempt:
    """Post the message. The merchant's own headers never replace ours."""
    return client.post(
        target,
        body=message.body,
        headers={
            **message.headers,
            "Content-Type": "application/json",
            **message.metadata,
        },
        timeout_s=timeout_s,
        allow_loopback=is_emulated,
    )
