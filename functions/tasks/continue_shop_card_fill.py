"""Continue the fill of a shop that begins with cards."""

from typing import Any

from shared.services.systems import shop_card_fills


def handle(data: dict[str, Any]) -> None:
    """Go on with the fill, unless it has ended, or another one has begun.

    Args:
        data: ``{"storeId": ..., "system": ..., "fillId": ...}``.
    """
    shop_card_fills.resume(data["storeId"], data["system"], data["fillId"])
