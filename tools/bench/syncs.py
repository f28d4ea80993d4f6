"""The first sync of a catalog, and a second one without changes: Firestore, memory and time.

The till system is a stand-in on this machine with 100 products on a page; the bare side writes the
same documents with the library's own batches, as many as a commit takes.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

from shared.domain.systems.syncs import SystemKind
from shared.store import client as store
from shared.store import paths
from tools import korona_stand_in
from tools.bench.bare import new_client
from tools.bench.report import Section, Table, Verdict
from tools.bench.rpcs import Counts, counting
from tools.bench.world import BenchError, World
from tools.emulators import LOOPBACK
from tools.korona_stand_in import StandIn

if TYPE_CHECKING:
    from shared.services.systems.sync_starts import BegunSync

BATCH = 500
PEAK_MIB_MAX = 64.0
WRITES_PER_NEW = 2
"""Writes for each new product: the product and its mirror."""
NOTES = 0.05
"""Writes of the sync's progress, for each product; a sync of nothing has some too."""
FIXED = 15


def run(world: World, *, products: int) -> Section:
    """Sync a catalog twice, counted and timed, and once more to measure its memory."""
    with korona_stand_in.running() as till:
        fill(till, products)
        fresh = world.another()
        first, first_s = synced(fresh, till)
        second, second_s = synced(fresh, till, is_full=True)
        bare_s = written_bare(world.another(), documents_of(fresh))
        listed_s = listed_bare(till)
        peak_mib = peak_of(world.another(), till)
    rows = [
        _row("first", first, first_s, bare_s, listed_s, products),
        _row("again, unchanged", second, second_s, None, listed_s, products),
    ]
    columns = ("sync", "RPCs", "reads each", "writes each", "time", "of the bare client")
    notes = [
        f"Bare: {bare_s:.1f} s to write the same documents, {listed_s:.1f} s to list the products.",
        f"Peak of what Python allocated during a first sync: {peak_mib:.0f} MiB.",
    ]
    table = Table(f"Syncs: {products} products", columns, rows, notes)
    verdicts = [
        Verdict(
            "writes of a new product",
            f"{first.writes / products:.3f}",
            f"{WRITES_PER_NEW + NOTES}",
            first.writes <= products * (WRITES_PER_NEW + NOTES) + FIXED,
        ),
        Verdict(
            "writes of an unchanged product",
            f"{second.writes / products:.3f}",
            f"{NOTES}",
            second.writes <= products * NOTES + FIXED,
        ),
        Verdict(
            "peak memory", f"{peak_mib:.0f} MiB", f"{PEAK_MIB_MAX:.0f} MiB", peak_mib < PEAK_MIB_MAX
        ),
    ]
    return Section([table], verdicts)


def fill(till: StandIn, products: int) -> None:
    """Add products to the till system."""
    for number in range(products):
        till.put_product(f"N{number:06}", f"Product {number}", f"{1 + number % 90}.49")


def synced(world: World, till: StandIn, *, is_full: bool = False) -> tuple[Counts, float]:
    """Sync to the end; return its cost and its seconds."""
    with counting() as api:
        api.counts = found = Counts()
        started_s = time.perf_counter()
        _sync(world, till, is_full=is_full)
        return found, time.perf_counter() - started_s


def peak_of(world: World, till: StandIn) -> float:
    """Return the peak memory of a first sync, in MiB."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        _sync(world, till, is_full=False)
        _, peak = tracemalloc.get_traced_memory()
        return (peak - before) / 1024 / 1024
    finally:
        tracemalloc.stop()


def documents_of(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Return the documents that a sync has written: each product and its mirror."""
    found = []
    for page in store.pages(paths.store_products(world.merchant.store_id)):
        for each in page:
            assert each.data is not None
            found += [(each.path, each.data), (paths.product(each.data["productId"]), each.data)]
    return found


def written_bare(world: World, documents: list[tuple[str, dict[str, Any]]]) -> float:
    """Write documents with the library alone, under other names; return the seconds."""
    library = new_client()
    started_s = time.perf_counter()
    for start in range(0, len(documents), BATCH):
        batch = library.batch()
        for path, data in documents[start : start + BATCH]:
            batch.create(library.document(f"bare/{world.merchant.store_id}/{path}"), data)
        batch.commit()
    return time.perf_counter() - started_s


def listed_bare(till: StandIn) -> float:
    """List the products with nothing but HTTP, page by page; return the seconds."""
    pair = f"{korona_stand_in.USERNAME}:{korona_stand_in.PASSWORD}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    port = int(till.url.rpartition(":")[2])
    after, pages_left = 0, 1
    started_s = time.perf_counter()
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, port)) as connection:
        while pages_left:
            path = f"/accounts/{korona_stand_in.ACCOUNT_ID}/products?size=100&revision={after}"
            connection.request("GET", path, headers=headers)
            listed = json.loads(connection.getresponse().read())
            after, pages_left = listed["results"][-1]["revision"], listed["pagesTotal"] - 1
    return time.perf_counter() - started_s


def _sync(world: World, till: StandIn, *, is_full: bool) -> None:
    """Sync as the endpoint does, and continue as the task does until the sync has ended."""
    from shared.services.accounts import callers
    from shared.services.systems import sync_starts, sync_worker
    from shared.services.systems.sync_starts import SyncTerms
    from shared.store.stores import store_documents
    from shared.store.systems import sync_documents

    store_id = world.merchant.store_id
    found = store_documents.find(store_id)
    assert found is not None
    caller = callers.acting_for(found.account_id)
    with contextlib.redirect_stdout(io.StringIO()):  # the log
        begun: BegunSync = sync_starts.start(
            caller, SystemKind.POS, "korona", store_id, till.credentials, SyncTerms(is_full=is_full)
        )
        sync_worker.resume(store_id, SystemKind.POS, "korona", begun.sync.sync_id)
    ended = sync_documents.find(store_id, SystemKind.POS, "korona")
    if ended is None or ended.is_running or ended.failure:
        raise BenchError(f"The sync did not end well: {ended}")


def _row(
    name: str, counts: Counts, took_s: float, bare_s: float | None, listed_s: float, products: int
) -> tuple[str, ...]:
    against_s = listed_s + (bare_s or 0.0)
    return (
        name,
        str(counts.rpcs),
        f"{counts.reads / products:.2f}",
        f"{counts.writes / products:.3f}",
        f"{took_s:.1f} s",
        f"{took_s / against_s:.1f}" if bare_s else "-",
    )
