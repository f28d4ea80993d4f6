"""The cache: what rarely changes is loaded once in 60 s, and never after it was forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from shared.store import cache
from shared.store.cache import ENTRIES_MAX, TTL_S, Cache


class Source:
    """Something to load from, which counts how often it was asked."""

    def __init__(self, value: str | None = "v1") -> None:
        self.value = value
        self.loads = 0

    def __call__(self) -> str | None:
        self.loads += 1
        return self.value


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the process's monotonic time forward."""
    offset_s = 0.0
    real = time.monotonic

    def move(seconds: float) -> None:
        nonlocal offset_s
        offset_s += seconds

    monkeypatch.setattr(time, "monotonic", lambda: real() + offset_s)
    return move


def test_a_value_is_loaded_once() -> None:
    cached, source = Cache[str](), Source()
    assert [cached.get("a", source) for _ in range(3)] == ["v1", "v1", "v1"]
    assert source.loads == 1


def test_keys_have_their_own_values() -> None:
    cached = Cache[str]()
    assert cached.get("a", Source("v1")) == "v1"
    assert cached.get("b", Source("v2")) == "v2"
    assert cached.get("a", Source("v3")) == "v1"


def test_absence_is_not_kept() -> None:
    cached, source = Cache[str](), Source(None)
    assert cached.get("a", source) is None
    source.value = "v1"
    assert cached.get("a", source) == "v1"


def test_a_value_is_loaded_again_after_60_seconds(later: Callable[[float], None]) -> None:
    assert TTL_S == 60
    cached, source = Cache[str](), Source()
    cached.get("a", source)
    source.value = "v2"
    later(TTL_S - 1)
    assert cached.get("a", source) == "v1"
    later(1.1)
    assert cached.get("a", source) == "v2"
    assert source.loads == 2


def test_a_value_is_as_old_as_the_beginning_of_its_loading(
    later: Callable[[float], None],
) -> None:
    cached = Cache[str]()

    def slow() -> str:
        later(30)
        return "v1"

    cached.get("a", slow)
    later(31)
    assert cached.get("a", Source("v2")) == "v2"


def test_a_forgotten_value_is_loaded_again_and_others_are_not() -> None:
    cached, a, b = Cache[str](), Source(), Source()
    cached.get("a", a)
    cached.get("b", b)
    cached.forget("a")
    cached.forget("unknown")
    cached.get("a", a)
    cached.get("b", b)
    assert (a.loads, b.loads) == (2, 1)


def test_a_value_that_was_changed_while_it_was_loading_is_not_kept() -> None:
    cached = Cache[str]()

    def load_and_change() -> str:
        cached.forget("a")  # As a request does that commits a change meanwhile.
        return "v1"

    assert cached.get("a", load_and_change) == "v1"
    assert cached.get("a", Source("v2")) == "v2"


def test_clearing_while_loading_counts_as_forgetting() -> None:
    cached = Cache[str]()

    def load_and_clear() -> str:
        cache.clear_all()
        return "v1"

    cached.get("a", load_and_clear)
    assert cached.get("a", Source("v2")) == "v2"


def test_a_failed_load_leaves_nothing_behind() -> None:
    cached = Cache[str]()

    def fail() -> str:
        raise LookupError("no answer")

    with pytest.raises(LookupError):
        cached.get("a", fail)
    assert cached.get("a", Source()) == "v1"


def test_the_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ENTRIES_MAX == 10_000
    monkeypatch.setattr(cache, "ENTRIES_MAX", 3)
    cached = Cache[str]()
    for number in range(20):
        cached.get(f"k{number}", Source())
        assert len(cached._entries) <= 3


def test_all_caches_are_cleared_together() -> None:
    one, other, source = Cache[str](), Cache[str](), Source()
    one.get("a", source)
    other.get("a", source)
    cache.clear_all()
    one.get("a", source)
    other.get("a", source)
    assert source.loads == 4
