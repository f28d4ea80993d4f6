"""Announced prices begin at their time."""

from __future__ import annotations

from shared import clock
from shared.domain.catalog import products
from shared.domain.systems.syncs import Counts
from shared.services.commands import Reads
from shared.services.systems.sync_progress import ItemChange, SyncProgress
from shared.store import paths
from shared.store.catalog import product_documents

PAGE = 100


def apply_due(progress: SyncProgress) -> None:
    """Begin the prices of a sync's store that are due.

    Raises:
        LeaseLost: See ``SyncProgress.commit``.
    """
    store_id = progress.sync.store_id
    while due := product_documents.list_to_price(store_id, clock.utc_now(), PAGE):
        wanted = [paths.store_product(store_id, each.key) for each in due]

        def decide(reads: Reads, wanted: list[str] = wanted) -> list[ItemChange]:
            return [_begun(reads, path) for path in wanted]

        progress.commit(wanted, decide)


def _begun(reads: Reads, path: str) -> ItemChange:
    before = product_documents.decode(reads[path])
    after = products.with_due_price(before, clock.utc_now()) if before else None
    if before is None or after is None or after is before:
        return ItemChange()
    counts = Counts(priced=int(products.is_repriced(before, after)))
    return ItemChange(product_documents.writes(reads[path], before, after), counts)
