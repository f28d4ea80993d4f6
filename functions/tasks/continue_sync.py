"""Continue a sync."""

from typing import Any

from shared.domain.systems.syncs import SystemKind
from shared.services.systems import sync_worker


def handle(data: dict[str, Any]) -> None:
    """Work on the sync, unless it has ended or another worker holds it.

    Args:
        data: ``{"storeId": ..., "kind": "pos", "system": ..., "syncId": ...}``.
    """
    sync_worker.resume(data["storeId"], SystemKind(data["kind"]), data["system"], data["syncId"])
