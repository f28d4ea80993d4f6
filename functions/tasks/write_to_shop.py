"""Write into a shop what waits for it: a member's card, or the code of a redemption."""

from typing import Any

from shared.services.systems import shop_writer


def handle(data: dict[str, Any]) -> None:
    """Make the attempt that is due.

    Args:
        data: ``{"writeId": ...}``.
    """
    shop_writer.attempt(data["writeId"])
