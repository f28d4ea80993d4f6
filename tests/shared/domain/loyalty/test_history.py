"""The history: which entries fit a question, and which correction is of which entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.history import (
    HistoryFilter,
    HistoryRow,
    is_correctable,
    is_correction_of,
)
from tests.support.values import sample

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def entry_of(**fields: Any) -> Entry:
    """Return an entry that has nothing but these fields."""
    return replace(sample(Entry), **{"description": "", **fields})


EARNED = entry_of(kind=EntryKind.EARN, units=100, description="Käse", transaction_id="T-1")


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"kinds": {EntryKind.EARN, EntryKind.REDEEM}}, True),
        ({"kinds": {EntryKind.REDEEM}}, False),
        ({"min_units": 100, "max_units": 100}, True),
        ({"min_units": 101}, False),
        ({"max_units": 99}, False),
        ({"text": "KÄSE"}, True),
        ({"text": "t-1"}, True),
        ({"text": "brot"}, False),
        ({"transaction_id": "T-1"}, True),
        ({"transaction_id": "t-1"}, False),
        ({"source": "till"}, False),
        ({"is_expired": False}, True),
        ({"is_expired": True}, False),
    ],
)
def test_fits(wanted: dict[str, Any], fits: bool) -> None:
    assert HistoryFilter(**wanted).fits(EARNED, NOW) is fits


@pytest.mark.parametrize(("days", "is_over"), [(-1, True), (0, True), (1, False)])
def test_what_expires_now_is_expired(days: int, is_over: bool) -> None:
    entry = replace(EARNED, lot_expires_at=NOW + timedelta(days=days))

    assert HistoryFilter(is_expired=True).fits(entry, NOW) is is_over


def test_amounts_are_what_was_moved_in_or_out_or_is_pending() -> None:
    spent = entry_of(kind=EntryKind.REDEEM, units=-100)
    pending = entry_of(kind=EntryKind.PENDING, units=0, pending_units=100)
    wanted = HistoryFilter(min_units=100, max_units=100)

    assert [wanted.fits(each, NOW) for each in (spent, pending)] == [True, True]


def test_only_a_time_is_no_filter_of_entries() -> None:
    assert HistoryFilter(since=NOW, until=NOW).is_of_time
    assert not HistoryFilter(since=NOW, source="till").is_of_time


def corrections(of: Entry, *units: int) -> tuple[Entry, ...]:
    return tuple(
        entry_of(kind=EntryKind.REVERSE, units=each, corrects_entry_id=of.entry_id)
        for each in units
    )


def test_what_was_given_again_is_not_taken_back() -> None:
    spent = entry_of(kind=EntryKind.REDEEM, units=-100)

    assert HistoryRow(EARNED, corrections(EARNED, -30, -20, 50)).corrected_units == 0
    assert HistoryRow(EARNED, corrections(EARNED, -30, -20, 10)).corrected_units == 40
    assert HistoryRow(spent, corrections(spent, 60)).corrected_units == 60
    assert HistoryRow(EARNED).corrected_units == 0


@pytest.mark.parametrize(
    ("elsewhere", "says_lifetime", "is_of_it"),
    [(False, False, True), (False, True, False), (True, True, True), (True, False, False)],
)
def test_a_correction_is_of_the_own_entry_unless_it_says_the_lifetime(
    elsewhere: bool, says_lifetime: bool, is_of_it: bool
) -> None:
    (correction,) = corrections(EARNED, -10)
    correction = replace(
        correction,
        membership_id="other" if elsewhere else EARNED.membership_id,
        lifetime_after_units=0 if says_lifetime else None,
    )

    assert is_correction_of(correction, EARNED) is is_of_it
    assert not is_correction_of(correction, replace(EARNED, entry_id="le_other"))


def test_corrections_themselves_are_never_corrected() -> None:
    kinds = {each for each in EntryKind if is_correctable(replace(EARNED, kind=each))}

    assert kinds == {EntryKind.EARN, EntryKind.PENDING, EntryKind.REDEEM}
