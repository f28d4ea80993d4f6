"""Rows of CSV as Excel and others write them, bounded."""

from __future__ import annotations

import pytest

from shared.connectors import tables
from shared.errors import ConnectorRejected


def rows(text: str, **form: str) -> list[list[str]]:
    return [row for _, row in tables.text_rows(text, **form)]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_finds_what_separates_the_fields(sign: str) -> None:
    assert rows(f"a{sign}b\r\n1{sign}2") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize("mark", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_first_line_may_say_what_separates_the_fields(mark: str, end: str) -> None:
    text = end.join([mark, "a,x;b", "1,5;2"])
    assert list(tables.text_rows(text)) == [(2, ["a,x", "b"]), (3, ["1,5", "2"])]


def test_a_separator_that_is_said_counts_more_than_the_usual_one() -> None:
    assert rows("sep=;\na;b", delimiter=",") == [["a", "b"]]
    assert rows("a,b", delimiter=",") == [["a", "b"]]


@pytest.mark.parametrize("text", ["", "sep=;", "sep=;\r\n"])
def test_nothing_has_no_rows(text: str) -> None:
    assert rows(text) == []


def test_fields_may_have_lines_and_quotes() -> None:
    assert list(tables.text_rows('a;b\n"1\r\n""x""";2\n3;4')) == [
        (1, ["a", "b"]),
        (3, ['1\r\n"x"', "2"]),
        (4, ["3", "4"]),
    ]


def test_refuses_what_is_no_csv() -> None:
    with pytest.raises(ConnectorRejected, match="The file is no CSV in line 2"):
        rows('a;b\n1;"' + "x" * 200_000)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a;b\n1;"x\n2;y\n3;z\n', 2),
        ('a;b\n1;x\n2;"y', 3),
        ('sep=;\na;b\n"1\n";x\n2;"y""\n3;z\n', 5),
        ('"', 1),
    ],
)
def test_refuses_a_quote_that_is_never_closed(text: str, line: int) -> None:
    with pytest.raises(
        ConnectorRejected,
        match=f"quote that is never closed, in the row that begins in line {line}:",
    ):
        rows(text)


def test_quotes_within_a_text_open_nothing() -> None:
    assert rows('a;b\n1;5" Rohr\n2;"x"\n3;""') == [
        ["a", "b"],
        ["1", '5" Rohr'],
        ["2", "x"],
        ["3", ""],
    ]


@pytest.mark.parametrize("row", [";" * 21, '"\n"' * 7, "x" * 21])
def test_refuses_a_row_without_end(monkeypatch: pytest.MonkeyPatch, row: str) -> None:
    monkeypatch.setattr(tables, "ROW_CHARS_MAX", 20)
    assert len(rows("a;b\n" * 20)) == 20
    with pytest.raises(ConnectorRejected, match="a row of more than 20 characters"):
        rows(f"a;b\n{row}\n")


def test_says_how_many_rows_are_too_many() -> None:
    tables.check_count(tables.ROWS_MAX)
    with pytest.raises(ConnectorRejected, match="more than 100000 rows"):
        tables.check_count(tables.ROWS_MAX + 1)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_are_bounded_whatever_is_in_them(end: str) -> None:
    tables.check_lines(end * tables.LINES_MAX)
    with pytest.raises(ConnectorRejected, match="more than 500000 lines"):
        tables.text_rows("a;b" + end * (tables.LINES_MAX + 1))
