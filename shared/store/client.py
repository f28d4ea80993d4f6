"""Firestore in a few verbs: get, query, count, commit, and the writes of a commit.

Counts the RPCs, document reads and document writes of the current request, because they are a
budget (``Usage``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from shared.store import messages, queries, rpc
from shared.store.messages import Message
from shared.store.queries import Filter
from shared.store.rpc import AnswerLost, WriteConflict, preload, within

__all__ = [
    "AnswerLost",
    "Create",
    "Delete",
    "Document",
    "Increment",
    "Put",
    "Remove",
    "Snapshot",
    "Update",
    "Usage",
    "Write",
    "WriteConflict",
    "commit",
    "count",
    "find_applied",
    "get",
    "get_one",
    "pages",
    "preload",
    "query",
    "replacement",
    "start_usage",
    "within",
]

PAGE = 200
FIELD_PATHS_KEPT = 2_000
"""Of fields: counters have a name for each day and reward, so there is no end to them."""
COUNTED_BY_A_READ = 1000
"""A count reads this many index entries for the price of one document read."""
Document = dict[str, Any]


@dataclass(slots=True)
class Usage:
    """The cost of a request."""

    rpcs: int = 0
    reads: int = 0
    writes: int = 0


_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)


def start_usage() -> Usage:
    """Count from zero, for a new request."""
    usage = Usage()
    _usage.set(usage)
    return usage


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document as it was read; ``data`` is ``None`` if it does not exist.

    ``update_time`` is when it was committed: ``None`` if it does not exist, or if it is what a
    decision would make of it and not committed yet (``joint_commands``).
    """

    path: str
    data: Document | None
    update_time: datetime | None

    @property
    def id(self) -> str:
        """Last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not exist."""

    path: str
    data: Document


@dataclass(frozen=True, slots=True)
class Update:
    """Replace the fields of a document that must be as it was read."""

    read: Snapshot
    data: Document


@dataclass(frozen=True, slots=True)
class Put:
    """Write a document without a precondition: only for mirrors, whose original has one."""

    path: str
    data: Document


@dataclass(frozen=True, slots=True)
class SetFields:
    """Set some fields of a document without a precondition, and leave the others: as ``Put``.

    ``names`` are the fields, each by its way through nested maps; those that ``data`` has not are
    deleted.
    """

    path: str
    data: Document
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Increment:
    """Add to counters; nested maps of integers, created as needed."""

    path: str
    amounts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a document that must be as it was read."""

    read: Snapshot


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a document without a precondition: only with a write that guards it."""

    path: str


Write = Create | Update | Put | SetFields | Increment | Delete | Remove


def replacement(read: Snapshot, data: Document) -> Create | Update:
    """Return the write of a document that must be as it was read: absent, or unchanged."""
    return Create(read.path, data) if read.data is None else Update(read, data)


def get(paths: Sequence[str]) -> dict[str, Snapshot]:
    """Read documents in one ``BatchGetDocuments``; absent ones come back without data."""
    _count(rpcs=1, reads=len(paths))
    request = messages.new("BatchGetDocumentsRequest", database=rpc.connection().database)
    request.documents.extend(map(_name, paths))
    found = {snapshot.path: snapshot for snapshot in map(_found, rpc.read(rpc.GET, request))}
    return {path: found[path] for path in paths}


def get_one(path: str) -> Snapshot:
    """Read one document."""
    return get([path])[path]


def query(
    collection: str,
    *filters: Filter,
    group: bool = False,
    order_by: Sequence[str] = (),
    after: Document | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Snapshot]:
    """Run one query.

    Args:
        collection: Path of a collection, or the id of a collection group if ``group``.
        group: Search all collections of this id, at any path.
        filters: ``(field, operator, value)``, all of which must hold.
        order_by: Fields, ascending; a leading ``-`` is descending.
        after: Values of the ``order_by`` fields to start after.
        limit: The most documents to return.
        offset: Documents to leave out at the begin; each costs a read.
    """
    asked = queries.askable(filters)
    if asked is None:
        return []
    parent, collection_id = _within(collection)
    selected = queries.select(collection_id, asked, group=group, limit=limit)
    queries.order(selected, order_by)
    if after is not None:
        # In a group, a document is named by its whole path.
        queries.start_after(selected, after, _name("").rstrip("/") if group else _name(collection))
    selected.offset = offset
    request = messages.new("RunQueryRequest", parent=parent, structured_query=selected)
    answers = list(rpc.read(rpc.QUERY, request))
    snapshots = [_snapshot(each.document) for each in answers if each.HasField("document")]
    skipped = sum(each.skipped_results for each in answers)
    _count(rpcs=1, reads=max(len(snapshots) + skipped, 1))
    return snapshots


def count(
    collection: str, *filters: Filter, group: bool = False, order_by: Sequence[str] = ()
) -> int:
    """Return the number of documents; each thousand costs a read, and a result of 0 costs one.

    Args:
        collection: Path of a collection, or the id of a collection group if ``group``.
        group: Search all collections of this id, at any path.
        filters: ``(field, operator, value)``, all of which must hold.
        order_by: Fields, so that the index of a query in this order serves.
    """
    asked = queries.askable(filters)
    if asked is None:
        return 0
    parent, collection_id = _within(collection)
    request = messages.new("RunAggregationQueryRequest", parent=parent)
    selected = queries.select(collection_id, asked, group=group, limit=None)
    queries.order(selected, order_by)
    request.structured_aggregation_query.structured_query.CopyFrom(selected)
    request.structured_aggregation_query.aggregations.add(alias="count").count.SetInParent()
    (answer,) = rpc.read(rpc.COUNT, request)
    found: int = answer.result.aggregate_fields["count"].integer_value
    _count(rpcs=1, reads=max(math.ceil(found / COUNTED_BY_A_READ), 1))
    return found


def pages(
    collection: str, *filters: Filter, group: bool = False, after: str | None = None
) -> Iterator[list[Snapshot]]:
    """Yield documents in the order of their paths, ``PAGE`` at a time; no page is empty.

    Args:
        collection: Path of a collection, or the id of a collection group if ``group``.
        group: Search all collections of this id, at any path.
        filters: ``(field, "==", value)``, all of which must hold.
        after: Path of the last document that was had.
    """
    while True:
        name = after if after is None or group else after.rsplit("/", 1)[-1]
        page = query(
            collection,
            *filters,
            group=group,
            order_by=["__name__"],
            after={"__name__": name} if name else None,
            limit=PAGE,
        )
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1].path


def find_applied(commits: Sequence[Sequence[Write]]) -> int | None:
    """Look whether commits whose answers were lost were applied: one RPC for all of them.

    A commit was applied if everything that it created, changed or deleted is as it can be
    afterwards, and one document is exactly as it was written. The others may have changed once
    more since. The documents of a commit hold an id or a number of its own, so that an equal one of
    somebody else is not taken for it.

    Returns:
        The index of the commit; ``None`` if there is none that can be recognised.
    """
    visible = [
        [each for each in writes if not isinstance(each, Put | SetFields | Increment | Remove)]
        for writes in commits
    ]
    paths = {_path_of(each) for writes in visible for each in writes}
    found = get(sorted(paths)) if paths else {}
    for index, writes in enumerate(visible):
        pairs = [(each, found[_path_of(each)]) for each in writes]
        if all(_is_over(*pair) for pair in pairs) and any(_is_exact(*pair) for pair in pairs):
            return index
    return None


def commit(writes: Iterable[Write]) -> None:
    """Apply all writes, or none.

    Raises:
        WriteConflict: A precondition failed, and nothing was written.
        AnswerLost: Either everything was written, or nothing.
    """
    request = messages.new("CommitRequest", database=rpc.connection().database)
    request.writes.extend(map(_message, writes))
    _count(rpcs=1, writes=len(request.writes))
    rpc.commit(request)


def _path_of(write: Create | Update | Delete) -> str:
    return write.path if isinstance(write, Create) else write.read.path


def _is_over(write: Create | Update | Delete, found: Snapshot) -> bool:
    """Tell whether a document can be the result of a write, perhaps changed again since."""
    match write:
        case Create():
            return found.data is not None
        case Update(read):
            return found.data is not None and found.update_time != read.update_time
        case Delete():
            return found.data is None


def _is_exact(write: Create | Update | Delete, found: Snapshot) -> bool:
    """Tell whether a document is as a write has made it, in all fields that the write changes."""
    if isinstance(write, Delete) or found.data is None:
        return isinstance(write, Delete) and found.data is None
    before = (write.read.data or {}) if isinstance(write, Update) else {}
    wanted = messages.decode(_message(write).update.fields)
    changed = {name for name in wanted if name not in before or before[name] != wanted[name]}
    return bool(changed) and all(
        name in found.data and found.data[name] == wanted[name] for name in changed
    )


def _name(path: str) -> str:
    return f"{rpc.connection().database}/documents/{path}"


def _within(collection: str) -> tuple[str, str]:
    """Return the name of a collection's parent, and the collection's id."""
    parent, _, collection_id = _name(collection).rpartition("/")
    return parent, collection_id


def _path(name: str) -> str:
    return name.split("/documents/", 1)[1]


def _found(answer: Message) -> Snapshot:
    if answer.WhichOneof("result") == "missing":
        return Snapshot(_path(answer.missing), None, None)
    return _snapshot(answer.found)


def _snapshot(document: Message) -> Snapshot:
    update_time = messages.decode_time(document.update_time)
    return Snapshot(_path(document.name), messages.decode(document.fields), update_time)


def _message(write: Write) -> Message:
    message = messages.new("Write")
    match write:
        case Create(path, data):
            message.current_document.exists = False
            _set(message, path, data)
        case Update(read, data):
            _require_as_read(message, read)
            _set(message, read.path, data)
            message.update_mask.SetInParent()  # Without a mask the whole document is replaced.
            message.update_mask.field_paths.extend(_field(name) for name in data)
        case Put(path, data):
            _set(message, path, data)
        case SetFields(path, data, names):
            _set(message, path, data)
            message.update_mask.field_paths.extend(_field(*each) for each in names)
        case Increment(path, amounts):
            message.update_mask.SetInParent()  # An empty mask: all fields stay as they are.
            _set(message, path, {})
            _increment(message, amounts)
        case Delete(read):
            _require_as_read(message, read)
            message.delete = _name(read.path)
        case Remove(path):
            message.delete = _name(path)
    return message


def _set(message: Message, path: str, data: Document) -> None:
    message.update.name = _name(path)
    messages.encode(data, message.update.fields)


def _require_as_read(message: Message, read: Snapshot) -> None:
    # Without a time the precondition would be empty, and any document overwritten.
    assert read.update_time is not None, f"{read.path} did not exist when it was read"
    messages.encode_time(read.update_time, message.current_document.update_time)


@lru_cache(FIELD_PATHS_KEPT)
def _field(*names: str) -> str:
    """Return the path of a field; names are quoted if needed: ``a.b`` is one name."""
    from google.cloud.firestore_v1.field_path import FieldPath

    path: str = FieldPath(*names).to_api_repr()
    return path


def _increment(message: Message, amounts: Mapping[str, Any], *within: str) -> None:
    for name, amount in amounts.items():
        if isinstance(amount, Mapping):
            _increment(message, amount, *within, name)
        else:
            transform = message.update_transforms.add(field_path=_field(*within, name))
            transform.increment.integer_value = amount


def _count(*, rpcs: int = 0, reads: int = 0, writes: int = 0) -> None:
    usage = _usage.get()
    if usage is not None:
        usage.rpcs += rpcs
        usage.reads += reads
        usage.writes += writes
