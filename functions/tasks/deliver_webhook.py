"""A delivery's attempt is due."""

from typing import Any

from shared.domain.webhooks.deliveries import Lane
from shared.services.webhooks import attempts


def handle(data: dict[str, Any]) -> None:
    """Make the attempt, unless the endpoint has become slow: then it is left to the other queue.

    Args:
        data: ``{"deliveryId": ...}``.
    """
    attempts.attempt(data["deliveryId"], Lane.FAST)
