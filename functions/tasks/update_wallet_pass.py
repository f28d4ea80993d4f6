"""Tell a wallet that a pass has changed."""

from typing import Any

from shared.services.wallets import updater


def handle(data: dict[str, Any]) -> None:
    """Make the attempt that is due.

    Args:
        data: ``{"passId": ...}``.
    """
    updater.attempt(data["passId"])
