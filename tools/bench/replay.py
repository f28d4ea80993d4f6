"""Firestore calls that were seen are made again by the bare client, to compare their time.

RPC by RPC, with the same preconditions. Queries are read again by the paths of what they found.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest import mock

from shared import ids
from shared.store import cache, messages, rpc
from shared.store.messages import Message
from tools.bench.rpcs import Counter
from tools.bench.world import Body

if TYPE_CHECKING:
    from google.cloud.firestore import Client

Seen: TypeAlias = tuple[str, Message, list[Message]]
"""The name of an RPC, its request and its answers."""


@contextlib.contextmanager
def own_environment() -> Iterator[None]:
    """Give the other benchmarks their Firestore back."""
    with mock.patch.dict(os.environ), mock.patch.object(rpc, "_connection", None):
        try:
            yield
        finally:
            cache.clear_all()


def use_empty_database() -> str:
    """Have this process use a new database of the emulator; return its project."""
    name = f"demo-{ids.new('bench').replace('_', '-')}"
    os.environ["GOOGLE_CLOUD_PROJECT"] = name
    rpc._connection = None  # noqa: SLF001 - a process has one database otherwise
    cache.clear_all()
    return name


class Recorder(Counter):
    """Counts the RPCs of this process, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Seen] = []

    def send(self, name: str, request: Message) -> list[Message]:
        """Count a request, send it and remember it with its answers."""
        answers = super().send(name, request)
        self.seen.append((name, request, answers))
        return answers


class Bare:
    """The same reads and writes by the library alone, in a database of its own."""

    def __init__(self, project: str) -> None:
        from google.cloud import firestore as library

        self._client: Client = library.Client(project=project)
        self._increment = library.Increment
        self._times: dict[str, Any] = {}

    def prepared(self, seen: Sequence[Seen]) -> Callable[[], None]:
        """Return what reads and writes all that was seen; only that is to be timed."""
        return partial(self._run, [self._prepared(*each) for each in seen])

    def _run(self, steps: list[tuple[str, list[Any]]]) -> None:
        for name, what in steps:
            if name == rpc.COMMIT:
                self._commit(what)
            else:
                list(self._client.get_all(what))

    def _prepared(
        self, name: str, request: Message, answers: list[Message]
    ) -> tuple[str, list[Any]]:
        if name == rpc.COMMIT:
            return name, [self._write(each) for each in request.writes]
        if name == rpc.GET:
            return name, [self._document(each) for each in request.documents]
        found = [each.document.name for each in answers if each.HasField("document")]
        return name, [self._document(each) for each in found or ["/documents/nothing/found"]]

    def _write(self, write: Message) -> tuple[str, Any, Any]:
        """Return how a write is made, its document and its data."""
        if write.delete:
            return "delete", self._document(write.delete), None
        document = self._document(write.update.name)
        data = messages.decode(write.update.fields)
        if write.update_transforms:
            sums: Body = {}
            for each in write.update_transforms:
                sums[each.field_path] = self._increment(each.increment.integer_value)
            return "add", document, sums
        if write.current_document.WhichOneof("condition_type") == "exists":
            return "create", document, data
        has_condition = write.current_document.HasField("update_time")
        return "update" if has_condition else "set", document, data

    def _commit(self, writes: list[tuple[str, Any, Any]]) -> None:
        batch = self._client.batch()
        for how, document, data in writes:
            if how == "create":
                batch.create(document, data)
            elif how == "delete":
                batch.delete(document)
            elif how == "add":
                batch.set(document, data, merge=True)
            elif how == "update" and document.path in self._times:
                option = self._client.write_option(last_update_time=self._times[document.path])
                fields = {self._client.field_path(name): value for name, value in data.items()}
                batch.update(document, fields, option=option)
            else:
                batch.set(document, data)
        for (_, document, _), result in zip(writes, batch.commit(), strict=True):
            self._times[document.path] = result.update_time

    def _document(self, name: str) -> Any:
        return self._client.document(name.split("/documents/", 1)[1])
