"""A shop for each provider, each in its own database, because the sweep processes all payments.

A shop is opened once. Tests leave no payment behind that another test's sweep would process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from shared import ids
from shared.connectors import client
from shared.outgoing import session
from shared.store import cache, rpc
from shared.store.rpc import FirestoreConnection
from tests.conftest import Clock
from tests.support import without_specs
from tests.support.merchants import Member, create_merchant
from tests.support.psp_doubles import contract
from tests.support.psp_doubles.shop import Shop, SkippedTime
from tools.emulators import FirestoreEmulator

if TYPE_CHECKING:
    from tests.support.psp_doubles.server import Double, Doubles


@dataclass(frozen=True)
class _Place:
    """The place of a provider's shop: a project with its connection, a program, and the double."""

    project: str
    connection: FirestoreConnection
    nobody: Member
    double: Double


@pytest.fixture(scope="module")
def _doubles() -> Iterator[Doubles]:
    from tests.support.psp_doubles.server import (
        serving,
    )  # late: the vendors' SDKs take a second

    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def _machine_time() -> SkippedTime:
    return SkippedTime()


@pytest.fixture(scope="module")
def _places(
    firestore_emulator: FirestoreEmulator, app: Flask, _doubles: Doubles, _machine_time: SkippedTime
) -> Callable[[str, pytest.MonkeyPatch], _Place]:
    made: dict[str, _Place] = {}

    def go_to(provider: str, patch: pytest.MonkeyPatch) -> _Place:
        known = made.get(provider)
        project = known.project if known else f"demo-{ids.new('own').replace('_', '-')}"
        patch.setenv("GOOGLE_CLOUD_PROJECT", project)
        connection = known.connection if known else rpc.connect()
        patch.setattr(rpc, "_connection", connection)
        cache.clear_all()
        if known is None:
            merchant = create_merchant(app)
            double = _doubles.open(provider, lambda: _machine_time.sleep(client.TIMEOUT_S))
            body = {"provider": provider, "storeId": merchant.store_id, "config": double.config}
            merchant.api.ok("configurePSP", body)
            nobody = Member(merchant, merchant.program(), "nobody")
            made[provider] = _Place(project, connection, nobody, double)
        return made[provider]

    return go_to


@pytest.fixture
def _place(
    _places: Callable[[str, pytest.MonkeyPatch], _Place],
    provider: str,
    _machine_time: SkippedTime,
    monkeypatch: pytest.MonkeyPatch,
) -> _Place:
    monkeypatch.setattr(client, "time", _machine_time)
    monkeypatch.setattr(session, "time", _machine_time)
    return _places(provider, monkeypatch)


@pytest.fixture
def psp_shop(
    _place: _Place,
    app: Flask,
    frozen_clock: Clock,
    record_property: Callable[[str, object], None],
) -> Iterator[Shop]:
    """A shop with the provider that a test's parameter names.

    The waiting times of our client of other systems are skipped.
    """
    _place.double.met.clear()
    if not contract.is_known(_place.double.dialect):
        record_property(without_specs.UNCHECKED, _place.double.dialect.spec)
    yield Shop(_place.nobody.merchant, _place.double, app, frozen_clock)
    assert _place.double.problems == []


@pytest.fixture
def loyal(psp_shop: Shop, _place: _Place) -> Shop:
    """The same shop; the payer is a new member, and gets points."""
    member = _place.nobody.other(ids.new("user"))
    member.enroll()
    return replace(psp_shop, member=member)
