"""Continue a recalculation of tiers."""

from typing import Any

from shared.services.loyalty import tier_recalculations


def handle(data: dict[str, Any]) -> None:
    """Go on with the recalculation, unless it has ended.

    Args:
        data: ``{"recalculationId": ...}``.
    """
    tier_recalculations.resume(data["recalculationId"])
