"""German times become ISO 8601, and nothing else changes."""

from __future__ import annotations

import pytest

from shared.connectors.dates import to_iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("29.11.2026 10:00", "2026-11-29T10:00:00"),
        ("29.11.2026 10:00:59", "2026-11-29T10:00:59"),
        ("29.11.2026, 9:05", "2026-11-29T09:05:00"),
        (" 1.2.2026 ", "2026-02-01"),
        ("11.29.2026 10:00", "2026-29-11T10:00:00"),  # no time: a day is never read as a month
    ],
)
def test_reads_day_month_and_year(text: str, iso: str) -> None:
    assert to_iso(text) == iso


@pytest.mark.parametrize(
    "text", ["", "2026-11-29T10:00:00Z", "29.11.26", "29/11/2026", "29.11.2026 10", "gestern"]
)
def test_leaves_everything_else(text: str) -> None:
    assert to_iso(text) == text
