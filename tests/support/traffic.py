"""Counts the calls of Firestore when they are sent."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from shared.store import rpc

NAMES = {rpc.GET: "get", rpc.QUERY: "query", rpc.COUNT: "count", rpc.COMMIT: "commit"}


@dataclass
class Traffic:
    """RPCs by name, requested or found documents, and asked and written paths."""

    rpcs: list[str] = field(default_factory=list)
    reads: int = 0
    written: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def cost(self) -> tuple[int, int, int]:
        """RPCs, document reads and document writes."""
        return len(self.rpcs), self.reads, len(self.written)


@contextmanager
def watched() -> Iterator[Traffic]:
    """Count the process's calls of Firestore while the block runs."""
    traffic = Traffic()
    real = rpc.send

    def send(name: str, request: Any) -> list[Any]:
        traffic.rpcs.append(NAMES[name])
        if name == rpc.GET:
            traffic.reads += len(request.documents)
            traffic.asked += [each.partition("/documents/")[2] for each in request.documents]
        if name == rpc.COMMIT:
            traffic.written += [_path(write) for write in request.writes]
        answers = real(name, request)
        if name == rpc.QUERY:
            traffic.reads += max(sum(bool(each.document.name) for each in answers), 1)
        if name == rpc.COUNT:
            for answer in answers:
                for value in answer.result.aggregate_fields.values():
                    traffic.reads += max(math.ceil(value.integer_value / 1000), 1)
        return answers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rpc, "send", send)
        yield traffic


@contextmanager
def interfered(after_read: Callable[[], None]) -> Iterator[None]:
    """Let another writer act after every read of documents and before the next call."""
    real = rpc.send

    def send(name: str, request: Any) -> list[Any]:
        found = real(name, request)
        if name == rpc.GET:
            after_read()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rpc, "send", send)
        yield


@contextmanager
def first_answer_lost() -> Iterator[None]:
    """Apply the next commit, and lose its answer."""
    with answer_lost(1) as commits:
        yield
    assert commits[0] >= 1


@contextmanager
def answer_lost(number: int, *, then_silent: int = 0) -> Iterator[list[int]]:
    """Apply commit number ``number``, and lose its answer; yield the commits' count in a list.

    The next ``then_silent`` reads fail, so that nobody can look whether it was applied.
    """
    real = rpc.send
    commits, silent = [0], [0]

    def send(name: str, request: Any) -> list[Any]:
        if name == rpc.GET and silent[0]:
            silent[0] -= 1
            raise ServiceUnavailable("connection reset")
        answers = real(name, request)
        commits[0] += name == rpc.COMMIT
        if name == rpc.COMMIT and commits[0] == number:
            silent[0] = then_silent
            raise ServiceUnavailable("connection reset")
        return answers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rpc, "send", send)
        yield commits


def _path(write: Any) -> str:
    name: str = write.delete or write.update.name
    return name.split("/documents/", 1)[1]
