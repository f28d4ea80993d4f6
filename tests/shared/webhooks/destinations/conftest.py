"""What tests of the destinations have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.webhooks.destinations import aws_calls, aws_roles


@pytest.fixture(autouse=True)
def _fresh_aws() -> Iterator[None]:
    """Connections and sessions of other tests are those of other servers."""
    aws_calls._client.cache_clear()
    aws_roles._sessions.clear()
    yield
    aws_calls._client.cache_clear()
    aws_roles._sessions.clear()


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """No emulator."""
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under the emulator, without one."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
