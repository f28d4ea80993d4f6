"""What tests of connectors call instead of a vendor, and what spares them the waiting."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import clock
from shared.connectors import client
from tests.support.receivers import Receiver, receiving
from tests.support.relay import Relay, relaying
from tests.support.vendors import prism, vendor_spec


@pytest.fixture(scope="module")
def mock_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A mock server of the contract that the module's ``SPEC`` names.

    A module whose contract has to be mended first has a fixture of this name of its own.
    """
    spec: str | Path = request.module.SPEC
    with prism(spec if isinstance(spec, Path) else vendor_spec(spec)) as url:
        yield url


@pytest.fixture
def relay(mock_url: str) -> Iterator[Relay]:
    """What stands in front of the mock server, and keeps what was sent."""
    with relaying(mock_url) as relay:
        yield relay


@pytest.fixture
def server() -> Iterator[Receiver]:
    """A server that answers what a test tells it to."""
    with receiving("") as server:
        yield server


@pytest.fixture
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried twice, unless the test says so."""
    monkeypatch.setattr(client, "TRIES_MAX", 1)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits before another try only if it was asked to."""
    monkeypatch.setattr(random, "uniform", lambda *_: 0.0)


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client never waits, whatever it was asked."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def at_noon(request: pytest.FixtureRequest) -> Iterator[None]:
    """The product's clock stands still at the module's ``NOW``."""
    with clock.use(lambda: request.module.NOW):
        yield
