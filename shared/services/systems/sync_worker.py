"""The work on a sync: read page by page, until nothing is left or the time is up.

A sync that takes longer than a request goes on as a task. The sweep goes on with dead ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared import clock, config, ids, logs, tasks
from shared.connectors import systems
from shared.connectors.base import ListedPage, Stream
from shared.connectors.systems import System
from shared.domain.systems import sync_events, syncs
from shared.domain.systems.sales import Receipt
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.systems.syncs import Counts, Sync, SystemKind
from shared.errors import (
    ConnectorError,
    InternalError,
    PunktwerkError,
)
from shared.said import say
from shared.services import commands
from shared.services import credentials as stored_credentials
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.systems import (
    due_prices,
    item_stores,
    receipt_points,
    shop_orders,
    sync_pages,
)
from shared.services.systems.receipt_points import ReceiptOutcome, ReceiptResult
from shared.services.systems.sync_progress import LEASE, LeaseLost, SyncProgress
from shared.store import paths
from shared.store.systems import sync_documents
from shared.tasks import Task

CONTINUE = "continueSync"
"""The function that goes on with a sync; its queue has the same name."""
TASK_S = 400.0
"""A task works this long, and leaves the rest to the next one."""
TASK_LOST_AFTER = timedelta(minutes=5)
"""A task may wait this long in its queue before the sweep enqueues another one."""
RESUMED_PER_SWEEP = 50
_WAITED = (
    "{count} customers' claims of receipts were dropped: no export has brought them for 30 days."
)
_TOO_LATE = (
    "{count} receipts took back goods of sales that have not come for 90 days, and were dropped: "
    "{receipts}"
)


def work(sync: Sync, account: System, budget_s: float | None, *, is_awaited: bool) -> Sync:
    """Read page by page, until nothing is left or the time is up.

    Args:
        sync: The sync; this process holds it.
        account: The account with the system.
        budget_s: Seconds to work; ``None`` to work to the end.
        is_awaited: A caller waits for the answer, and gets an error if nothing could be read.
    """
    stop_at_s = None if budget_s is None else time.monotonic() + budget_s
    progress = SyncProgress(sync, sync_documents.seen(sync))
    try:
        while progress.sync.stream is not None:
            if stop_at_s is not None and time.monotonic() > stop_at_s:
                enqueue(release(progress.sync))
                return progress.sync
            _sync_page(progress, account)
        return _finish(progress)
    except LeaseLost:
        return progress.sync
    except ConnectorError as failure:
        return _stopped(progress, failure, is_awaited=is_awaited)
    except Exception as failure:
        _broken(progress, failure)
        raise


def resume(store_id: str, kind: SystemKind, system: str, sync_id: str) -> None:
    """Go on with a sync, unless it has ended or another worker holds it."""
    now = clock.real_now()
    lease_id = ids.new("lease")
    path = paths.sync(store_id, kind, system)

    def decide(reads: Reads) -> Effect[Sync | None]:
        found = sync_documents.decode(reads[path])
        if found is None or found.sync_id != sync_id:
            return Effect(None)
        if not _is_open(found, now):
            return Effect(None)
        after = syncs.resumed(found, lease_id, now + LEASE, now)
        return Effect(after, [sync_documents.write(reads[path], after)])

    sync = commands.run([path], decide)
    if sync is None or not sync.is_running:
        return
    module = systems.module_of(kind, system)
    assert sync.config_token is not None
    settings = stored_credentials.decrypted(module.Config, sync.config_token, path)
    account = module.connect(settings, is_emulated=config.is_emulated())
    with test_clocks.time_of(sync.account_id):
        work(sync, account, TASK_S, is_awaited=False)


def resume_open() -> int:
    """Enqueue syncs whose worker died or whose pause is over; return their number.

    If the credentials came with a request that died, the sync cannot go on, and is given up.
    """
    now = clock.real_now()
    running = sync_documents.list_running(RESUMED_PER_SWEEP)
    for sync in running:
        if sync.config_token is None and not sync.is_held(now):
            _give_up(sync)
    waiting = [each for each in running if _is_open(each, now) and not _is_queued(each, now)]
    for sync in waiting:
        # The queue remembers the names of tasks that it has run, also of those that failed.
        enqueue(replace(sync, retry_at=None, updated_at=now))
    return len(waiting)


def release(sync: Sync) -> Sync:
    """Release the hold, so that the next worker can begin at once."""
    path = sync_documents.path_of(sync)

    def decide(reads: Reads) -> Effect[Sync]:
        found = sync_documents.decode(reads[path])
        if found is None or found.lease_id != sync.lease_id:
            return Effect(sync)
        after = replace(found, lease_until=None)
        return Effect(after, [sync_documents.write(reads[path], after)])

    return commands.run([path], decide)


def enqueue(sync: Sync) -> None:
    """Enqueue a task that goes on with a sync. If it is lost, the sweep finds the open sync."""
    at = sync.retry_at
    if at is not None and config.is_emulated():
        return  # The emulator runs tasks at once; the sweep goes on after the pause.
    data = {
        "storeId": sync.store_id,
        "kind": sync.kind.value,
        "system": sync.system,
        "syncId": sync.sync_id,
    }
    task_id = f"{sync.sync_id}-{int(sync.updated_at.timestamp() * 1000)}"
    tasks.enqueue(Task(CONTINUE, task_id, data, at))


def _sync_page(progress: SyncProgress, account: System) -> None:
    sync, stream = progress.sync, Stream(progress.stream)
    if stream is Stream.PRODUCTS and sync.position is None:
        due_prices.apply_due(progress)
    page = systems.read(account, stream, sync.position, sync.since.get(progress.stream))
    is_last = page.position is None

    def advance(found: Sync) -> Sync:
        done = syncs.page_done(found, page.position, is_listing=page.is_listing)
        return syncs.stream_done(done, page.since) if is_last else done

    if stream is Stream.RECEIPTS:
        _book_receipts(progress, page)
        if is_last:
            _drop_waiting(progress)
        progress.commit(advance=advance)
    elif is_last and page.is_listing and sync.is_listing:
        sync_pages.take_over(progress, item_stores.store_of(sync), page, None)
        sync_pages.mark_missing(progress, item_stores.store_of(sync))
        progress.commit(advance=advance)
    else:
        sync_pages.take_over(progress, item_stores.store_of(sync), page, advance)
    if is_last:
        progress.seen = sync_documents.Seen()


def _book_receipts(progress: SyncProgress, page: ListedPage[Any]) -> None:
    progress.tell(page)
    if progress.sync.kind is SystemKind.SHOP:
        _book_orders(progress, page)
        return
    for receipt in page.items:
        result = receipt_points.book(progress.sync, receipt, progress.seen.keys.__contains__)
        is_news = receipt.identity not in progress.seen.keys
        progress.note_seen(receipt.identity, receipt.identity, is_ended=False)
        _note(progress, receipt, result, is_news=is_news)


def _book_orders(progress: SyncProgress, page: ListedPage[ShopOrder]) -> None:
    for order in page.items:
        booked = shop_orders.take(progress.sync, order)
        is_news = order.external_id not in progress.seen.keys
        progress.note_seen(order.external_id, order.external_id, is_ended=False)
        for receipt, result in booked.results:
            _note(progress, receipt, result, is_news=is_news)


def _note(
    progress: SyncProgress, receipt: Receipt, result: ReceiptResult, *, is_news: bool
) -> None:
    """Note what became of a receipt."""
    if result.outcome is ReceiptOutcome.AWARDED and is_news:
        progress.count(Counts(awarded=1))
    if result.outcome is ReceiptOutcome.TAKEN_BACK and is_news:
        progress.count(Counts(taken_back=1))
    if result.outcome is ReceiptOutcome.REFUSED:
        progress.remark(receipt.external_id, result.reason)
    for note in result.notes:
        progress.note(receipt.external_id, note)


def _drop_waiting(progress: SyncProgress) -> None:
    """Drop what has waited too long for its sale, receipts and claims, and tell which."""
    dropped = receipt_points.drop_waiting(progress.sync)
    if dropped:
        receipts = ", ".join(dropped)
        text = say("returns_dropped", _TOO_LATE, count=len(dropped), receipts=receipts)
        progress.note("", text)
    waited = receipt_points.drop_waited(progress.sync)
    if waited:
        progress.note("", say("claims_dropped", _WAITED, count=waited))


def _finish(progress: SyncProgress) -> Sync:
    """End the sync as succeeded, and write its event in the same commit."""
    progress.commit(
        advance=lambda found: syncs.succeeded(found, clock.real_now()),
        tell=lambda after: outbox.announce(
            [each for each in [sync_events.from_sync(after, clock.utc_now())] if each]
        ),
    )
    sync_documents.delete_parts(progress.sync)
    if progress.sync.problem is not None:
        logs.error(
            "sync needs attention", syncId=progress.sync.sync_id, problem=progress.sync.problem
        )
    return progress.sync


def _stopped(progress: SyncProgress, failure: ConnectorError, *, is_awaited: bool) -> Sync:
    """Write down why the sync stops, and for how long."""
    now = clock.real_now()
    failure.details["syncId"] = progress.sync.sync_id
    has_read = progress.sync.position is not None or bool(progress.sync.counts)
    can_wait = failure.retryable and progress.sync.config_token is not None
    if can_wait and (has_read or not is_awaited):
        retry_after_s = int(failure.details.get("retryAfter", 0))
        after = _commit_move(
            progress,
            lambda found: syncs.put_off(found, failure.code, failure.message, retry_after_s, now),
        )
        if after.is_running and after.retry_at is not None:
            enqueue(after)
        return after
    _commit_move(progress, lambda found: syncs.failed(found, failure.code, failure.message, now))
    if is_awaited:
        raise failure
    logs.warning("sync failed", syncId=progress.sync.sync_id, error=failure.code)
    return progress.sync


def _broken(progress: SyncProgress, failure: Exception) -> None:
    """After a failure of our own, let the sync be tried again, but not for ever."""
    code = failure.code if isinstance(failure, PunktwerkError) else InternalError.code
    message = failure.message if isinstance(failure, PunktwerkError) else syncs.BROKE_OFF
    now = clock.real_now()
    if progress.sync.config_token is None:
        _commit_move(progress, lambda found: syncs.failed(found, code, message, now))
    else:
        _commit_move(progress, lambda found: syncs.put_off(found, code, message, 0, now))


def _commit_move(progress: SyncProgress, move: Callable[[Sync], Sync]) -> Sync:
    try:
        progress.commit(advance=move)
    except LeaseLost:
        logs.info("sync is another's", syncId=progress.sync.sync_id)
    return progress.sync


def _give_up(sync: Sync) -> None:
    """Fail a sync that cannot go on."""
    path = sync_documents.path_of(sync)
    now = clock.real_now()

    def decide(reads: Reads) -> Effect[None]:
        found = sync_documents.decode(reads[path])
        if found is None or found.lease_id != sync.lease_id or not found.is_running:
            return Effect(None)
        after = syncs.failed(found, InternalError.code, syncs.BROKE_OFF, now)
        return Effect(None, [sync_documents.write(reads[path], after)])

    commands.run([path], decide)


def _is_open(sync: Sync, now: datetime) -> bool:
    is_paused = sync.retry_at is not None and sync.retry_at > now
    can_go_on = sync.config_token is not None
    return sync.is_running and can_go_on and not sync.is_held(now) and not is_paused


def _is_queued(sync: Sync, now: datetime) -> bool:
    """Tell whether a task was enqueued lately that may run at once."""
    is_left_to_task = sync.lease_until is None and sync.retry_at is None
    return is_left_to_task and sync.updated_at > now - TASK_LOST_AFTER
