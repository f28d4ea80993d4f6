"""What goes over the wire to Firestore, counted at the generated client that sends it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from shared.store import client


@dataclass
class Traffic:
    """RPCs by name, documents asked for or found, and paths written."""

    rpcs: list[str] = field(default_factory=list)
    reads: int = 0
    written: list[str] = field(default_factory=list)

    @property
    def cost(self) -> tuple[int, int, int]:
        """RPCs, document reads and document writes."""
        return len(self.rpcs), self.reads, len(self.written)


@contextmanager
def watched() -> Iterator[Traffic]:
    """Count what the process sends to Firestore while the block runs."""
    traffic = Traffic()
    api = client.client()._firestore_api

    def batch_get_documents(request: Any, **options: Any) -> Any:
        traffic.rpcs.append("get")
        traffic.reads += len(request["documents"])
        return get(request=request, **options)

    def run_query(request: Any, **options: Any) -> Iterator[Any]:
        traffic.rpcs.append("query")
        found = 0
        for response in query(request=request, **options):
            found += bool(response.document.name)
            yield response
        traffic.reads += max(found, 1)

    def run_aggregation_query(request: Any, **options: Any) -> Iterator[Any]:
        traffic.rpcs.append("count")
        for response in aggregate(request=request, **options):
            for value in response.result.aggregate_fields.values():
                traffic.reads += max(math.ceil(value.integer_value / 1000), 1)
            yield response

    def commit(request: Any, **options: Any) -> Any:
        traffic.rpcs.append("commit")
        traffic.written += [_path(write) for write in request["writes"]]
        return write_all(request=request, **options)

    get, query, write_all = api.batch_get_documents, api.run_query, api.commit
    aggregate = api.run_aggregation_query
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "batch_get_documents", batch_get_documents)
        patch.setattr(api, "run_query", run_query)
        patch.setattr(api, "run_aggregation_query", run_aggregation_query)
        patch.setattr(api, "commit", commit)
        yield traffic


@contextmanager
def interfered(after_read: Callable[[], None]) -> Iterator[None]:
    """Let somebody else act between every read of documents and what follows from it."""
    api = client.client()._firestore_api
    get = api.batch_get_documents

    def batch_get_documents(request: Any, **options: Any) -> Iterator[Any]:
        found = list(get(request=request, **options))
        after_read()
        return iter(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "batch_get_documents", batch_get_documents)
        yield


@contextmanager
def first_answer_lost() -> Iterator[None]:
    """Apply the next commit, and lose the answer that says so."""
    api = client.client()._firestore_api
    write_all = api.commit
    commits = 0

    def commit(request: Any, **options: Any) -> Any:
        nonlocal commits
        commits += 1
        answer = write_all(request=request, **options)
        if commits == 1:
            raise ServiceUnavailable("connection reset")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "commit", commit)
        yield
    assert commits >= 1


def _path(write: Any) -> str:
    name: str = write.delete or write.update.name
    return name.split("/documents/", 1)[1]
