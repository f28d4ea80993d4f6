"""Make a delivery's due attempt."""

from typing import Any

from shared.domain.webhooks.deliveries import Lane
from shared.services.webhooks import attempts


def handle(data: dict[str, Any]) -> None:
    """Make the attempt, unless the endpoint has become slow: then the other queue makes it.

    Args:
        data: ``{"deliveryId": ...}``.
    """
    attempts.attempt(data["deliveryId"], Lane.FAST)
