"""Tell the devices of a member what has happened to a card."""

from typing import Any

from shared.services.members import pushes


def handle(data: dict[str, Any]) -> None:
    """Send the messages; the queue tries again what FCM could not take now.

    Args:
        data: ``{"membershipId": ..., "kind": ..., "cause": ...}``.
    """
    pushes.send(data["membershipId"], data["kind"], data["cause"])
