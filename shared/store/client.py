"""Firestore in a few verbs: get, query, count, commit, and the writes that a commit takes.

Counts the RPCs, document reads and document writes of the current request, because they are a
budget (``Usage``).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions

from shared import config
from shared.errors import Busy
from shared.store import messages

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.firestore import Client
    from google.cloud.firestore_v1.base_document import DocumentSnapshot

    from shared.store.messages import Message

RPC_TIMEOUT_S = 10.0
PAGE = 200
COUNTED_BY_A_READ = 1000
"""Index entries that a count goes through for the price of one document read."""
Document = dict[str, Any]


class WriteConflict(Exception):
    """A precondition failed, and nothing was written: read again."""


class AnswerLost(Exception):
    """It is not known whether the commit was applied: look at what it wrote."""


@dataclass(slots=True)
class Usage:
    """What a request cost."""

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
    """A document as it was read; ``data`` is ``None`` if it does not exist."""

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
    """Write a document whatever there is: only for mirrors, whose original has a precondition."""

    path: str
    data: Document


@dataclass(frozen=True, slots=True)
class Increment:
    """Add to counters; nested maps of integers, created as needed."""

    path: str
    amounts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a document that must be as it was read."""

    read: Snapshot


Write = Create | Update | Put | Increment | Delete


def replacement(read: Snapshot, data: Document) -> Create | Update:
    """Return the write of a document that must be as it was read: absent, or unchanged."""
    return Create(read.path, data) if read.data is None else Update(read, data)


_client: Client | None = None
_client_lock = threading.Lock()


def preload() -> None:
    """Import the library now, which takes a quarter of a second, and not in a request."""
    from google.cloud import firestore  # noqa: F401 - for its effect


def client() -> Client:
    """Return the process's client; made on first use, safe for threads."""
    global _client  # noqa: PLW0603 - one channel a process
    if _client is None:
        with _client_lock:
            if _client is None:
                from google.cloud.firestore import Client

                _client = Client(project=config.project_id())
    return _client


def get(paths: Sequence[str]) -> dict[str, Snapshot]:
    """Read documents in one ``BatchGetDocuments``; absent ones come back without data."""
    _count(rpcs=1, reads=len(paths))
    request = {"documents": [_name(path) for path in paths]}
    try:
        answers = _send("batch_get_documents", request, _retry())
        found = {snapshot.path: snapshot for snapshot in map(_found, answers)}
    except (exceptions.ServerError, exceptions.RetryError, exceptions.Aborted) as error:
        raise Busy("The database did not answer in time.") from error
    return {path: found[path] for path in paths}


def get_one(path: str) -> Snapshot:
    """Read one document."""
    return get([path])[path]


def query(
    collection: str,
    *filters: tuple[str, str, Any],
    group: bool = False,
    order_by: Sequence[str] = (),
    after: Document | None = None,
    limit: int | None = None,
) -> list[Snapshot]:
    """Run one query.

    Args:
        collection: Path of a collection, or the id of a collection group if ``group``.
        group: Search all collections of this id, wherever they are.
        filters: ``(field, operator, value)``, all of which must hold.
        order_by: Fields, ascending; a leading ``-`` is descending.
        after: Values of the ``order_by`` fields to start after.
        limit: Most documents to return.
    """
    firestore = client()
    found = _filtered(
        firestore.collection_group(collection) if group else firestore.collection(collection),
        filters,
    )
    for name in order_by:
        direction = "DESCENDING" if name.startswith("-") else "ASCENDING"
        found = found.order_by(name.removeprefix("-"), direction=direction)
    if after is not None:
        found = found.start_after(after)
    if limit is not None:
        found = found.limit(limit)
    try:
        snapshots = [
            _snapshot(each) for each in found.stream(retry=_retry(), timeout=RPC_TIMEOUT_S)
        ]
    except (exceptions.ServerError, exceptions.RetryError, exceptions.Aborted) as error:
        raise Busy("The database did not answer in time.") from error
    _count(rpcs=1, reads=max(len(snapshots), 1))
    return snapshots


def count(collection: str, *filters: tuple[str, str, Any]) -> int:
    """Return how many documents there are; each thousand costs a read, and none costs one.

    Args:
        collection: Path of a collection.
        filters: ``(field, operator, value)``, all of which must hold.
    """
    counted = _filtered(client().collection(collection), filters).count(alias="count")
    try:
        ((result,),) = counted.get(retry=_retry(), timeout=RPC_TIMEOUT_S)
    except (exceptions.ServerError, exceptions.RetryError, exceptions.Aborted) as error:
        raise Busy("The database did not answer in time.") from error
    found = int(result.value)
    _count(rpcs=1, reads=max(math.ceil(found / COUNTED_BY_A_READ), 1))
    return found


def pages(collection: str, *filters: tuple[str, str, Any]) -> Iterator[list[Snapshot]]:
    """Go through documents in the order of their ids, ``PAGE`` at a time; no page is empty.

    Args:
        collection: Path of a collection.
        filters: ``(field, "==", value)``, all of which must hold.
    """
    last: Snapshot | None = None
    while True:
        after = {"__name__": last.id} if last else None
        page = query(collection, *filters, order_by=["__name__"], after=after, limit=PAGE)
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = page[-1]


def has_applied(writes: Iterable[Write]) -> bool:
    """Tell whether a commit whose answer was lost was applied: one read.

    What it created is looked at, because that has ids and times of its own; without any, what it
    changed or deleted. All of that must be as it would be afterwards, and one of it exactly as it
    was written: the others may have changed once more since.
    """
    every = list(writes)
    looked_at: list[Create | Update | Delete] = [each for each in every if isinstance(each, Create)]
    if not looked_at:
        looked_at = [each for each in every if isinstance(each, Update | Delete)]
    found = get([_path_of(each) for each in looked_at]) if looked_at else {}
    pairs = [(each, found[_path_of(each)]) for each in looked_at]
    return all(_is_over(*pair) for pair in pairs) and any(_is_exact(*pair) for pair in pairs)


def commit(writes: Iterable[Write]) -> None:
    """Apply all writes, or none.

    Raises:
        WriteConflict: A precondition failed, and nothing was written.
        AnswerLost: All of it was written, or nothing.
    """
    request = {"writes": [_message(write) for write in writes]}
    _count(rpcs=1, writes=len(request["writes"]))
    try:
        # No retry below us: a commit that was applied, and whose answer was lost, would meet its
        # own work and report a conflict that is none.
        _send("commit", request, None)
    except (exceptions.Conflict, exceptions.FailedPrecondition, exceptions.NotFound) as error:
        raise WriteConflict from error
    except (exceptions.ServerError, exceptions.TooManyRequests) as error:
        raise AnswerLost from error


def _path_of(write: Create | Update | Delete) -> str:
    return write.path if isinstance(write, Create) else write.read.path


def _is_over(write: Create | Update | Delete, found: Snapshot) -> bool:
    """Tell whether a document can be what a write has left."""
    match write:
        case Create():
            return found.data is not None
        case Update(read):
            return found.data is not None and found.update_time != read.update_time
        case Delete():
            return found.data is None


def _is_exact(write: Create | Update | Delete, found: Snapshot) -> bool:
    """Tell whether a document is what a write has made of it, and nothing else."""
    if isinstance(write, Delete) or found.data is None:
        return isinstance(write, Delete) and found.data is None
    wanted = messages.decode(_message(write).update.fields)
    return all(name in found.data and found.data[name] == wanted[name] for name in wanted)


def _filtered(found: Any, filters: Iterable[tuple[str, str, Any]]) -> Any:
    from google.cloud.firestore_v1.base_query import FieldFilter

    for name, operator, value in filters:
        found = found.where(filter=FieldFilter(name, operator, value))
    return found


def _retry() -> Retry:
    """Return how reads are repeated: without it the client goes on for 5 minutes."""
    from google.api_core.retry import Retry

    return Retry(initial=0.1, maximum=2.0, multiplier=2.0, timeout=RPC_TIMEOUT_S)


def _send(rpc: str, request: dict[str, Any], retry: Retry | None) -> Any:
    """Call Firestore below the library's own documents and batches: see ``messages``."""
    firestore = client()
    call = getattr(firestore._firestore_api, rpc)  # noqa: SLF001 - the library shows no way there
    database = firestore._database_string  # noqa: SLF001
    metadata = firestore._rpc_metadata  # noqa: SLF001
    request = {"database": database, **request}
    return call(request=request, metadata=metadata, retry=retry, timeout=RPC_TIMEOUT_S)


def _name(path: str) -> str:
    return f"{client()._database_string}/documents/{path}"  # noqa: SLF001


def _path(name: str) -> str:
    return name.split("/documents/", 1)[1]


def _found(answer: Any) -> Snapshot:
    message = type(answer).pb(answer)
    if message.WhichOneof("result") == "missing":
        return Snapshot(_path(message.missing), None, None)
    document = message.found
    update_time = document.update_time.ToDatetime(UTC)
    return Snapshot(_path(document.name), messages.decode(document.fields), update_time)


def _message(write: Write) -> Message:
    from google.cloud.firestore_v1 import types

    message: Message = types.Write.pb()()
    match write:
        case Create(path, data):
            message.current_document.exists = False
            _set(message, path, data)
        case Update(read, data):
            _require_as_read(message, read)
            _set(message, read.path, data)
            message.update_mask.SetInParent()  # Without one the whole document is replaced.
            message.update_mask.field_paths.extend(_field(name) for name in data)
        case Put(path, data):
            _set(message, path, data)
        case Increment(path, amounts):
            message.update_mask.SetInParent()  # Empty: all fields stay as they are.
            _set(message, path, {})
            _increment(message, amounts)
        case Delete(read):
            _require_as_read(message, read)
            message.delete = _name(read.path)
    return message


def _set(message: Message, path: str, data: Document) -> None:
    message.update.name = _name(path)
    messages.encode(data, message.update.fields)


def _require_as_read(message: Message, read: Snapshot) -> None:
    # Without a time the precondition would be empty, and whatever is there overwritten.
    assert read.update_time is not None, f"{read.path} did not exist when it was read"
    message.current_document.update_time.FromDatetime(read.update_time)


@cache
def _field(*names: str) -> str:
    """Return the path of a field, quoted where its names need it: ``a.b`` is one name."""
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


def _snapshot(snapshot: DocumentSnapshot[Any]) -> Snapshot:
    return Snapshot(snapshot.reference.path, snapshot.to_dict(), snapshot.update_time)


def _count(*, rpcs: int = 0, reads: int = 0, writes: int = 0) -> None:
    usage = _usage.get()
    if usage is not None:
        usage.rpcs += rpcs
        usage.reads += reads
        usage.writes += writes
