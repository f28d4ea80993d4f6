"""OData as SAP speaks it: nothing escapes from a filter, dates and cookies as they are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.erp import sap_odata as odata


@given(st.text())
def test_a_literal_ends_where_its_text_ends(text: str) -> None:
    written = odata.literal(text)
    assert re.fullmatch(r"'(?:[^']|'')*'", written)
    assert written[1:-1].replace("''", "'") == text


@given(st.dates())
def test_days_come_back_as_they_went(day: date) -> None:
    read = odata.moment_of(odata.day_json(day))
    assert read == datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("/Date(1492098664000)/", datetime(2017, 4, 13, 15, 51, 4, tzinfo=UTC)),
        ("/Date(1492098664000+0120)/", datetime(2017, 4, 13, 15, 51, 4, tzinfo=UTC)),
        ("/Date(-86400000)/", datetime(1969, 12, 31, tzinfo=UTC)),
        ("/Date(253402214400000)/", datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
def test_reads_dates(text: str, moment: datetime) -> None:
    assert odata.moment_of(text) == moment


@pytest.mark.parametrize(
    "text", ["", "2026-11-21", "/Date()/", "/Date(1.5)/", "/Date(1)/x", "/Date(999999999999999)/"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        odata.moment_of(text)


def test_a_moment_in_a_filter_is_utc() -> None:
    moment = datetime(2026, 11, 21, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
    assert odata.moment_literal(moment) == "datetimeoffset'2026-11-20T23:02:03Z'"


@given(st.decimals("-1e12", "1e12", places=3))
def test_decimals_are_plain_digits(number: Decimal) -> None:
    written = odata.decimal_text(number)
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{3}", written)
    assert Decimal(written) == number


@given(st.lists(st.text(min_size=1, max_size=40), max_size=60))
def test_alternatives_are_all_asked_for_in_filters_that_can_be_sent(texts: list[str]) -> None:
    clauses = [f"Product eq {odata.literal(text)}" for text in texts]
    filters = odata.any_of(clauses)
    assert " or ".join(filters) == " or ".join(clauses)
    assert all(len(quote(each)) <= odata.FILTER_CHARS_MAX for each in filters)


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("", []),
        ("a=1; path=/", ["a=1"]),
        ("a=1; path=/, b=c=d; HttpOnly", ["a=1", "b=c=d"]),
        ("a=; expires=Thu, 01-Jan-1970 00:00:00 GMT, b=2", ["a=", "b=2"]),
        ("a=1,b=2", ["a=1", "b=2"]),
        ("a b=1; path=/", []),
        ('a="1 2"', []),
        ("nothing", []),
    ],
)
def test_cookies_are_read_out_of_one_header(header: str, cookies: list[str]) -> None:
    assert odata.to_cookies(header) == cookies


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": {"value": "No"}}}, "No"),
        ({"error": {"message": {"value": "No"}, "innererror": {"errordetails": None}}}, "No"),
        (
            {
                "error": {
                    "message": {"value": "No"},
                    "innererror": {
                        "errordetails": [{"message": "No"}, {"message": ""}, {"message": "Unit"}]
                    },
                }
            },
            "No; Unit",
        ),
    ],
)
def test_a_refusal_says_its_details_once(body: Any, said: str) -> None:
    assert odata.to_problem(body) == said
