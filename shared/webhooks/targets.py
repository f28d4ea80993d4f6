"""Converts the destination in a request to a target."""

from __future__ import annotations

from shared.domain.webhooks.webhook_targets import Target
from shared.webhooks.destinations import Destination


def to_target(url: str | None, destination: Destination | None) -> Target | None:
    """Return the target of a request: its URL, else its destination, ``None`` without either."""
    if destination is not None:
        return Target(
            address=destination.target,
            kind=destination.kind,
            settings=destination.visible(),
            credentials=destination.secret(),
        )
    return None if url is None else Target(url)
