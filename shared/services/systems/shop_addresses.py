"""The addresses at which shops call us."""

from __future__ import annotations

from urllib.parse import quote

from shared import config


def of_notices(system: str, store_id: str) -> str:
    """Return where a store's shop sends its notices; what else it sends goes below."""
    return f"{config.public_url()}/shopWebhook/{system}/{quote(store_id, safe='')}"
