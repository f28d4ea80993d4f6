from __future__ import annotations

import logging
import sys
import types

import pytest

from functions.catalog import SCHEDULES, Schedule
from tools import scheduler


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the handlers of two modules, of which the first fails, have done."""
    calls: list[str] = []
    for name in ("failing", "working"):
        module = types.ModuleType(f"functions.schedules.{name}")

        def handle(name: str = name) -> None:
            calls.append(name)
            if name == "failing":
                raise RuntimeError("on purpose")

        module.handle = handle  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return calls


def test_failing_schedule_is_logged_and_does_not_stop_the_others(
    calls: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    schedules = [
        Schedule("failing", "every 5 minutes"),
        Schedule("working", "every 5 minutes"),
    ]
    with caplog.at_level(logging.ERROR):
        scheduler.run_all(schedules)
    assert calls == ["failing", "working"]
    assert [record.getMessage() for record in caplog.records] == ["failing failed"]


def test_schedules_of_the_catalog_have_a_handler() -> None:
    for schedule in SCHEDULES:
        __import__(schedule.module)
        assert callable(sys.modules[schedule.module].handle)
