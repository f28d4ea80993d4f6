"""Documents of one kind: decode, find, write and list them, in one place for all kinds.

A module of documents declares its kinds, and gives their methods the names that its callers use:
``find = PAYMENTS.find``. Every kind registers itself, so that code for all kinds (the encryption of
secrets) forgets none.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Generic, ParamSpec, TypeVar

from shared import store
from shared.store import client, codec
from shared.store.cache import Cache
from shared.store.client import Create, Delete, Document, Put, Snapshot, Update, Write
from shared.store.personal import NoPersonalData, Personal
from shared.store.queries import Filter

T = TypeVar("T")
P = ParamSpec("P")

_registered: list[Documents[Any, ...]] = []


def registered() -> tuple[Documents[Any, ...], ...]:
    """Return the kinds of all modules imported so far."""
    return tuple(_registered)


@cache
def every() -> tuple[Documents[Any, ...], ...]:
    """Return the kinds of all modules of the store, which it imports."""
    for module in pkgutil.walk_packages(store.__path__, f"{store.__name__}."):
        importlib.import_module(module.name)
    return registered()


class Documents(Generic[T, P]):
    """The stored documents of one dataclass."""

    def __init__(
        self,
        kind: type[T],
        path: Callable[P, str],
        *,
        collection: str | None = None,
        is_group: bool = False,
        path_of: Callable[[T], str] | None = None,
        mirror_of: Callable[[T], str] | None = None,
        from_document: Callable[[Document], T] | None = None,
        to_document: Callable[[T], Document] | None = None,
        is_cached: bool = False,
        personal: Personal[T] | NoPersonalData | None = None,
    ) -> None:
        """Declare a kind.

        Args:
            kind: The dataclass.
            path: Returns the path of a document, from its ids.
            collection: The collection, if it is at the top; ``None`` if it is in other documents.
            is_group: ``collection`` is the id of collections in other documents.
            path_of: Returns the path of a value, for kinds that are created.
            mirror_of: Returns the path of the mirror, a second copy of the body.
            from_document: Makes the value of a document, if the codec alone cannot.
            to_document: Makes the document of a value, if the codec alone cannot.
            is_cached: True if the result of ``find`` may be 60 s old.
            personal: What it holds on persons. Needed if it has user ids, free texts or secrets.
        """
        self.kind = kind
        self.collection = collection
        self.is_group = is_group
        self.personal = personal
        self.from_document: Callable[[Document], T] = from_document or partial(
            codec.from_document, kind
        )
        self.to_document: Callable[[T], Document] = to_document or codec.to_document
        self._path = path
        self._path_of = path_of
        self._mirror_of = mirror_of
        self._cache: Cache[T] | None = Cache() if is_cached else None
        _registered.append(self)

    def decode(self, snapshot: Snapshot) -> T | None:
        """Return the value of a snapshot, ``None`` if there is none."""
        return self.from_document(snapshot.data) if snapshot.data else None

    def find(self, *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return a value by its ids, ``None`` if there is none. It is fresh, unless cached."""
        path = self._path(*args, **kwargs)
        if self._cache is None:
            return self._load(path)
        return self._cache.get(path, partial(self._load, path))

    def find_some(self, paths: Iterable[str]) -> list[T]:
        """Return the values of those paths that there are, fresh, in one call; no path, no call."""
        wanted = [*paths]
        read = client.get(wanted) if wanted else {}
        return [value for each in read.values() if (value := self.decode(each)) is not None]

    def forget(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Load a cached value again on its next use: call it after a change is committed."""
        assert self._cache is not None, f"{self.kind.__name__} is not cached"
        self._cache.forget(self._path(*args, **kwargs))

    def path_of(self, value: T) -> str:
        """Return the path of a value."""
        assert self._path_of is not None, f"{self.kind.__name__} does not know its path"
        return self._path_of(value)

    def creation(self, value: T) -> Write:
        """Return the write of a new value."""
        return self._alone(self.creations(value))

    def creations(self, value: T) -> list[Write]:
        """Return the writes of a new value: itself and its mirror."""
        return self._mirrored(Create(self.path_of(value), self.to_document(value)), value)

    def write(self, read: Snapshot, value: T) -> Write:
        """Return the write of a new or changed value; it fails if the document changed since."""
        return self._alone(self.writes(read, value))

    def writes(self, read: Snapshot, value: T) -> list[Write]:
        """Return the writes of a new or changed value: itself and its mirror."""
        return self._mirrored(client.replacement(read, self.to_document(value)), value)

    def deletion(self, read: Snapshot) -> Write:
        """Return the write that deletes a document."""
        assert self._mirror_of is None, f"{self.kind.__name__} has a mirror, which would be left"
        return Delete(read)

    def deletions(self, read: Snapshot, mirror: Snapshot) -> list[Write]:
        """Return the writes that delete a document and its mirror."""
        return [Delete(each) for each in (read, mirror) if each.data is not None]

    def query(
        self,
        *filters: Filter,
        collection: str | None = None,
        group: bool = False,
        order_by: Sequence[str] = (),
        after: Document | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[T]:
        """Return the values that one query finds.

        Args:
            filters: ``(field, operator, value)``, all of which must hold.
            collection: Path of a collection in another document, or the id of a group of them.
            group: Search all collections of this id, at any path.
            order_by: Fields, ascending; a leading ``-`` is descending.
            after: Values of the ``order_by`` fields to start after.
            limit: The most values to return.
            offset: Values to leave out at the begin; each costs a read.
        """
        found = client.query(
            collection or self._at_top(),
            *filters,
            group=group,
            order_by=order_by,
            after=after,
            limit=limit,
            offset=offset,
        )
        return [value for each in found if (value := self.decode(each)) is not None]

    def count(
        self,
        *filters: Filter,
        collection: str | None = None,
        group: bool = False,
        order_by: Sequence[str] = (),
    ) -> int:
        """Return the number of documents for which all filters hold; see ``client.count``."""
        return client.count(collection or self._at_top(), *filters, group=group, order_by=order_by)

    def pages(self, *filters: Filter, collection: str | None = None) -> Iterator[list[Snapshot]]:
        """Yield the stored documents for which all filters hold, some at a time."""
        if collection is None and self.is_group:
            return client.pages(self.collection or "", *filters, group=True)
        return client.pages(collection or self._at_top(), *filters)

    def _load(self, path: str) -> T | None:
        return self.decode(client.get_one(path))

    def _at_top(self) -> str:
        assert not self.is_group, f"{self.kind.__name__} is kept in other documents"
        assert self.collection is not None, f"{self.kind.__name__} is kept in other documents"
        return self.collection

    def _mirrored(self, write: Create | Update, value: T) -> list[Write]:
        if self._mirror_of is None:
            return [write]
        return [write, Put(self._mirror_of(value), write.data)]

    def _alone(self, writes: list[Write]) -> Write:
        """Return the only write: a value with a mirror is never written without it."""
        assert self._mirror_of is None, f"{self.kind.__name__} has a mirror: write both"
        return writes[0]
