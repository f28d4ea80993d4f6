"""A pytest plugin that lists at the end the tests without vendors' specs, and the reasons."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

REASON = "no vendors' specs here: set VENDOR_SPECS_DIR, or put them in ../shared/specs"
UNCHECKED = "unchecked_spec"
"""The property of a test that ran, but whose double's answers were not compared with a spec."""
LABEL = "NOT COMPARED WITH VENDORS' SPECS: "
"""The beginning of the line, by which it can be found in a log."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Write the line after all other plugins have written theirs."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    line = summary(reporter.stats)
    if line:
        reporter.write_line(line, yellow=True)


def summary(stats: dict[str, list[Any]]) -> str:
    """Return the line for a run's reports, or nothing if everything was compared."""
    skipped = sum(_is_for_want_of_specs(each) for each in stats.get("skipped", []))
    unchecked = sum(
        any(name == UNCHECKED for name, _ in getattr(each, "user_properties", ()))
        for each in stats.get("passed", [])
    )
    if not skipped + unchecked:
        return ""
    return (
        f"{LABEL}{skipped} tests skipped, {unchecked} ran with a double whose answers"
        f" nothing was held against ({REASON})"
    )


def _is_for_want_of_specs(report: Any) -> bool:
    return isinstance(report.longrepr, tuple) and REASON in report.longrepr[2]
