"""Continue the erasure of a person."""

from typing import Any

from shared.services.members import erasures


def handle(data: dict[str, Any]) -> None:
    """Go on with the erasure, unless it has ended.

    Args:
        data: ``{"erasureId": ...}``.
    """
    erasures.resume(data["erasureId"], erasures.TASK_S)
