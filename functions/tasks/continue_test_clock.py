"""Continue the move of a test clock."""

from typing import Any

from functions.account_work import WORK
from shared.services.accounts import test_clock_moves


def handle(data: dict[str, Any]) -> None:
    """Go on with the move, unless it has ended.

    Args:
        data: ``{"accountId": ...}``.
    """
    test_clock_moves.go_on(data["accountId"], WORK)
