"""Import many products into a store at once. Each row stands alone, every good row is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.catalog import product_drafts, product_events
from shared.domain.catalog.product_drafts import IfExists, ProductDraft, ProductOutcome
from shared.domain.stores.stores import Store
from shared.errors import InvalidParameters, ProductExists, ProductManaged, PunktwerkError
from shared.schemas.base import invalid
from shared.services import commands
from shared.services.catalog import products
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import codec, paths
from shared.store.catalog import product_documents
from shared.store.client import Document, Write

ROWS_PER_COMMIT = 150
"""A row takes two or three writes, and a commit takes 500."""
FAILED = "failed"
OUTCOMES = (*(each.value for each in ProductOutcome), FAILED)


@dataclass(frozen=True, slots=True)
class ProductRowResult:
    """The result of a row: a ``ProductOutcome`` with a product, or ``FAILED`` with the reason."""

    index: int
    outcome: str
    product_id: str | None = None
    error: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ProductImport:
    """The results of all rows, in their order; ``is_replay`` if an earlier request did it."""

    rows: Sequence[ProductRowResult]
    is_replay: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of rows with each of the ``OUTCOMES``."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome: counted[outcome] for outcome in OUTCOMES}


def run(
    caller: Caller,
    store: Store,
    drafts: Sequence[ProductDraft | InvalidParameters],
    if_exists: IfExists,
) -> ProductImport:
    """Add the products of the rows to a store.

    A product that the store sells already, with the same values, is not written. So if a process
    dies on the way, a repeated request goes on from the same row. The event is written last, with
    the result for the request's key.

    Args:
        caller: Owner of the store.
        store: The store that is to sell the products.
        drafts: For each row a product, or the row's mistake.
        if_exists: The treatment of products that the store sells with other values.

    Raises:
        IdempotencyKeyReused, Busy.
    """
    now = clock.utc_now()
    earlier = commands.find_replay(caller.claim, _replayed)
    if earlier is not None:
        return earlier
    good, failed = sorted_out(drafts)
    rows = list(failed)
    for start in range(0, len(good), ROWS_PER_COMMIT):
        rows += _write(store, good[start : start + ROWS_PER_COMMIT], if_exists, now)
    rows.sort(key=lambda row: row.index)
    return _finish(caller, store, ProductImport(rows))


def sorted_out(
    drafts: Sequence[ProductDraft | InvalidParameters],
) -> tuple[list[tuple[int, ProductDraft]], list[ProductRowResult]]:
    """Return the rows that can be written, and the rows that cannot."""
    good: list[tuple[int, ProductDraft]] = []
    failed: list[ProductRowResult] = []
    indexes: dict[str, int] = {}
    for index, draft in enumerate(drafts):
        if isinstance(draft, InvalidParameters):
            failed.append(_failed(index, draft))
        elif (first := indexes.setdefault(draft.key, index)) != index:
            field = "ean" if draft.ean else "number"
            failed.append(_failed(index, invalid({field: f"is that of products[{first}], too"})))
        else:
            good.append((index, draft))
    return good, failed


def _write(
    store: Store, good: Sequence[tuple[int, ProductDraft]], if_exists: IfExists, now: datetime
) -> list[ProductRowResult]:
    """Write some rows in one commit."""

    def decide(reads: Reads) -> Effect[list[ProductRowResult]]:
        rows: list[ProductRowResult] = []
        writes: list[Write] = []
        for index, draft in good:
            row, written = _decide(store, index, draft, if_exists, reads, now)
            rows.append(row)
            writes += written
        return Effect(rows, writes)

    return commands.run([_path(store, draft) for _, draft in good], decide)


def _decide(
    store: Store, index: int, draft: ProductDraft, if_exists: IfExists, reads: Reads, now: datetime
) -> tuple[ProductRowResult, list[Write]]:
    read = reads[_path(store, draft)]
    before = product_documents.decode(read)
    blank = products.new_product(store, draft.key, now)
    try:
        found = product_drafts.insert(before, draft, blank, if_exists)
    except (ProductExists, ProductManaged) as refusal:
        return _failed(index, refusal, blank.product_id), []
    row = ProductRowResult(index, found.outcome.value, found.product.product_id)
    return row, [] if found.product is before else product_documents.writes(
        read, before, found.product
    )


def _finish(caller: Caller, store: Store, imported: ProductImport) -> ProductImport:
    """Write the event of the import's end, and keep the result under the request's key."""
    event_id = ids.new("evt")
    event = product_events.from_import(event_id, store, imported.counts, clock.utc_now())
    kept = {"rows": [codec.to_document(row) for row in imported.rows]}

    def decide(_: Reads) -> Effect[ProductImport]:
        news = outbox.announce([event])
        return Effect(imported, news.writes, kept, news.tasks)

    return commands.run([paths.event(event_id)], decide, claim=caller.claim, replay=_replayed)


def _replayed(kept: Document, _: Reads) -> ProductImport:
    rows = [codec.from_document(ProductRowResult, each) for each in kept["rows"]]
    return ProductImport(rows, is_replay=True)


def _failed(index: int, refusal: PunktwerkError, product_id: str | None = None) -> ProductRowResult:
    return ProductRowResult(index, FAILED, product_id, refusal.code, refusal.message)


def _path(store: Store, draft: ProductDraft) -> str:
    return paths.store_product(store.store_id, draft.key)
