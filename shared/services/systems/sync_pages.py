"""Take over the items that a system lists, page by page. Only changed items are written.

``take_over`` gives each item of a page its key, then saves the items in chunks; ``mark_missing``
ends a full list. Both commit through ``SyncProgress``.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from shared import clock
from shared.connectors.base import ListedPage
from shared.said import say
from shared.services.commands import Reads
from shared.services.systems.item_stores import ItemStore
from shared.services.systems.sync_progress import Advance, ItemChange, SyncProgress
from shared.store import client
from shared.store.client import Snapshot
from shared.store.systems import sync_documents

CHUNK = 150
"""Items of a commit: three writes each, and Firestore takes 500."""
GONE_AT_ONCE_MAX = 10
"""This many may vanish, even if they are most of the items."""
TOO_MANY_GONE = "too_many_gone"
_DUPLICATE = say("same_numbers", "Another product has the same EAN, article number and id.")


def take_over(
    progress: SyncProgress, store: ItemStore, page: ListedPage[Any], advance: Advance | None
) -> None:
    """Take over a page.

    Args:
        progress: The hold on the sync.
        store: The storage of the items.
        page: The listed items.
        advance: Moves the sync on, in the commit of the last items; ``None`` if the caller does.
    """
    progress.tell(page)
    items, reads = _with_keys(progress, store, page)
    chunks = list(_chunks(items.items(), CHUNK))
    for number, chunk in enumerate(chunks, start=1):
        is_last = number == len(chunks)
        _save_chunk(progress, store, page, dict(chunk), reads, advance if is_last else None)
    if advance is not None and not chunks:
        progress.commit(advance=advance)


def mark_missing(progress: SyncProgress, store: ItemStore) -> None:
    """Mark items as gone that a full list did not show.

    If these are more than half of the known items, or all, the list is probably wrong. Then
    nothing is marked, and the sync reports a problem.
    """
    seen, known = progress.seen, store.count_live()
    if known == len(seen.owners):
        return
    key_of = {external_id: key for key, external_id in seen.owners.items()}
    gone = [
        (path, key_of.get(external_id))
        for path, key, external_id in store.live()
        if key not in seen.owners and external_id not in seen.skipped
    ]
    is_empty = len(gone) == known and not store.may_be_empty
    is_doubtful = is_empty or len(gone) > max(GONE_AT_ONCE_MAX, known // 2)
    if gone and is_doubtful and not progress.sync.may_delete_most:
        progress.commit(advance=lambda sync: replace(sync, problem=TOO_MANY_GONE))
        return
    for chunk in _chunks(gone, CHUNK):
        replaced = dict(chunk)

        def decide(reads: Reads, replaced: dict[str, str | None] = replaced) -> list[ItemChange]:
            now = clock.utc_now()
            return [store.mark_gone(reads, path, by, now) for path, by in replaced.items()]

        progress.commit(list(replaced), decide)


def _with_keys(
    progress: SyncProgress, store: ItemStore, page: ListedPage[Any]
) -> tuple[dict[str, Any], Reads]:
    """Return the items of a page by their keys, and the documents that were read for that.

    A list of changes does not show all items. An item that it does not show keeps its key, and a
    listed item that would have the same key takes another one.
    """
    is_whole = page.is_listing or progress.sync.is_first or not store.has_choice
    others: dict[str, str] = {}
    reads: Reads = {}
    while True:
        items, keyless = _assign_keys(store, page, ChainMap({}, progress.seen.owners, others))
        unread = [] if is_whole else [key for key in items if store.path(key) not in reads]
        if not unread:
            break
        reads |= client.get([store.path(key) for key in unread])
        others |= _owners_besides(store, page, {key: reads[store.path(key)] for key in unread})
    for item in keyless:
        progress.remark(item.external_id, _DUPLICATE)
    return items, reads


def _assign_keys(
    store: ItemStore, page: ListedPage[Any], owners: ChainMap[str, str]
) -> tuple[dict[str, Any], list[Any]]:
    """Return the items of a page by their keys, and the items that get no key."""
    items: dict[str, Any] = {}
    keyless: list[Any] = []
    # Deleted items come last, because they leave their keys to others.
    for item in sorted(page.items, key=lambda each: bool(each.is_deleted)):
        key = store.key(item, owners)
        if key is None:
            keyless.append(item)
        else:
            items[key] = item
            owners[key] = item.external_id
    return items, keyless


def _owners_besides(
    store: ItemStore, page: ListedPage[Any], reads: Mapping[str, Snapshot]
) -> dict[str, str]:
    """Return the keys of items that the page does not show, or shows unchanged."""
    shown = {item.external_id for item in page.items}
    unchanged = {
        (store.key(item, {}), item.external_id) for item in page.items if not item.is_deleted
    }
    owners = {key: store.owner(read) for key, read in reads.items()}
    return {
        key: owner
        for key, owner in owners.items()
        if owner is not None and (owner not in shown or (key, owner) in unchanged)
    }


def _save_chunk(
    progress: SyncProgress,
    store: ItemStore,
    page: ListedPage[Any],
    items: dict[str, Any],
    known: Reads,
    advance: Advance | None,
) -> None:
    """Save some items of a page in one commit; mark items that left their key as gone."""
    paths = [store.path(key) for key in items]
    reads = {path: known[path] for path in paths if path in known}
    unread = [path for path in paths if path not in known]
    reads |= client.get([sync_documents.path_of(progress.sync), *unread])
    # Items that are gone for good are found at the end of a list.
    movable = {
        key: item for key, item in items.items() if not (page.is_listing and item.is_deleted)
    }
    former = {} if progress.sync.is_first else store.former_paths(movable, reads)
    if former:
        reads |= client.get(list(former))
    former_of = {key: path for path, key in former.items() if key is not None}
    for key, item in items.items():
        progress.note_seen(key, item.external_id, is_ended=item.is_deleted)

    def decide(reads: Reads) -> list[ItemChange]:
        now = clock.utc_now()
        saved = [
            store.save(reads, key, item, former_of.get(key), now) for key, item in items.items()
        ]
        return saved + [store.mark_gone(reads, path, by, now) for path, by in former.items()]

    progress.commit([*paths, *former], decide, advance=advance, known=reads)


def _chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
