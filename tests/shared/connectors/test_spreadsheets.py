"""No text of ours is run by a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.connectors import spreadsheets

CONNECTORS = Path(spreadsheets.__file__).parent


@pytest.mark.parametrize(
    "text",
    [
        *[f"{sign}1+1" for sign in "=+-@\uff1d\uff0b\uff0d\uff20"],
        *[f"{sign}x" for sign in "\t\r\n"],
        *[f"{space}=1+1" for space in (" ", "  ", "\n", "\t ", "\u00a0", "\u3000", "\u2028")],
        *[
            f"{mark}=1+1"
            for mark in ("\u200b", "\ufeff", "\u2060", "\u00ad", "\u202e", "\x00", "\x1f ")
        ],
    ],
)
def test_a_text_that_would_be_run_has_a_quote_before_it(text: str) -> None:
    assert spreadsheets.shown(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Tee", " Tee", "1=1", "'=1", "Käse - jung", "(+)", "\ufeffTee", "\u200b"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert spreadsheets.shown(text) == text


def test_nothing_is_shown_as_nothing() -> None:
    assert spreadsheets.shown(None) == ""


def test_every_writer_of_csv_uses_the_one_list() -> None:
    sources = {each: each.read_text() for each in CONNECTORS.rglob("*.py")}
    writers = {path for path, text in sources.items() if "csv.writer(" in text}
    assert len(writers) >= 3
    for path in writers:
        assert "shown(" in sources[path], path
    assert [path.name for path, text in sources.items() if '"=' in text and '"@' in text] == []
