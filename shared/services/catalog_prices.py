"""Prices that were announced begin at their time."""

from __future__ import annotations

from shared import clock
from shared.domain import catalog
from shared.domain.syncs import Counts
from shared.services.sync_pages import Run, Taken
from shared.store import catalog as stored
from shared.store import paths
from shared.store.protocol import Reads

PAGE = 100


def apply_due(run: Run) -> None:
    """Let the prices of a sync's store begin whose time has come.

    Raises:
        LeaseLost: See ``Run.commit``.
    """
    store_id = run.sync.store_id
    while due := stored.list_to_price(store_id, clock.utc_now(), PAGE):
        wanted = [paths.store_product(store_id, each.key) for each in due]

        def decide(reads: Reads, wanted: list[str] = wanted) -> list[Taken]:
            return [_begun(reads, path) for path in wanted]

        run.commit(wanted, decide)


def _begun(reads: Reads, path: str) -> Taken:
    before = stored.decode(reads[path])
    after = catalog.with_due_price(before, clock.utc_now()) if before else None
    if before is None or after is None or after is before:
        return Taken()
    counts = Counts(priced=int(catalog.is_repriced(before, after)))
    return Taken(stored.writes(reads[path], before, after), counts)
