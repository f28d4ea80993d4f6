"""Make a delivery's due attempt at an endpoint that is slow or overloaded."""

from typing import Any

from shared.domain.webhooks.deliveries import Lane
from shared.services.webhooks import attempts


def handle(data: dict[str, Any]) -> None:
    """Make the attempt.

    Args:
        data: ``{"deliveryId": ...}``.
    """
    attempts.attempt(data["deliveryId"], Lane.SLOW)
