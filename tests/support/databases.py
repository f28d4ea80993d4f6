"""Databases in the emulator: each project id has one, which is empty when it is first named."""

from __future__ import annotations

import os
from functools import cache

import grpc
import pytest

from shared import config, ids
from shared.store import cache as store_cache
from shared.store import rpc
from shared.store.rpc import FirestoreConnection

MERCHANTS_MAX = 60
"""Modules begin with an empty database after this many: the emulator answers a query by looking at
all documents of the collection, whosever they are."""

_merchants = [0]


def count_merchant() -> None:
    """Say that the current database has one merchant more."""
    _merchants[0] += 1


def is_full() -> bool:
    """Tell whether the next module should have another database."""
    return _merchants[0] >= MERCHANTS_MAX


def renew() -> None:
    """Go on in an empty database, with all that follows."""
    os.environ["GOOGLE_CLOUD_PROJECT"] = _new_name()
    rpc._connection = connect()
    store_cache.clear_all()
    _merchants[0] = 0


def borrow(patch: pytest.MonkeyPatch) -> None:
    """Go to an empty database until the patch is undone."""
    patch.setenv("GOOGLE_CLOUD_PROJECT", _new_name())
    patch.setattr(rpc, "_connection", connect())
    store_cache.clear_all()


def connect() -> FirestoreConnection:
    """Return a connection to the current project's database, over the channel of all projects."""
    host = config.firestore_emulator()
    assert host is not None
    return FirestoreConnection(_channel(host), {"authorization": "Bearer owner"})


def _new_name() -> str:
    return f"demo-{ids.new('own').replace('_', '-')}"


@cache
def _channel(host: str) -> grpc.Channel:
    return grpc.insecure_channel(host, rpc._OPTIONS)
