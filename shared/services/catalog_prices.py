"""Prices that were announced begin at their time."""

from __future__ import annotations

from shared import clock
from shared.domain import catalog
from shared.store import catalog as stored
from shared.store import paths, protocol
from shared.store.client import Write
from shared.store.protocol import Decision, Reads

PAGE = 100


def apply_due(store_id: str) -> int:
    """Let the prices begin whose time has come; return how many products have got another one."""
    total = 0
    while due := stored.list_to_price(store_id, clock.utc_now(), PAGE):
        total += _apply(store_id, [each.key for each in due])
    return total


def _apply(store_id: str, keys: list[str]) -> int:
    product_paths = [paths.store_product(store_id, key) for key in keys]
    now = clock.utc_now()

    def decide(reads: Reads) -> Decision[int]:
        writes: list[Write] = []
        changed = 0
        for path in product_paths:
            before = stored.decode(reads[path])
            after = catalog.with_due_price(before, now) if before else None
            if before is None or after is None or after is before:
                continue
            writes += stored.writes(reads[path], before, after)
            changed += int(catalog.is_repriced(before, after))
        return Decision(changed, writes)

    return protocol.run(product_paths, decide)
