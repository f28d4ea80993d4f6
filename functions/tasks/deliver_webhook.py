"""A delivery's attempt is due."""

from typing import Any

from shared.services import attempts


def handle(data: dict[str, Any]) -> None:
    """Make the attempt.

    Args:
        data: ``{"deliveryId": ...}``.
    """
    attempts.attempt(data["deliveryId"])
