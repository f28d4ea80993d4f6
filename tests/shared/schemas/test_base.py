"""What all bodies have in common: spellings, exact numbers, times, refusals that name fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.errors import InvalidParameters
from shared.schemas.base import (
    Duplicate,
    Id,
    Number,
    Points,
    PositivePoints,
    RequestTime,
    ResponseModel,
    Timestamp,
    Whole,
    WireModel,
    to_refusal,
)


class Inner(WireModel):
    """Something within something."""

    line_amount: Number


class Body(WireModel):
    """A bit of everything."""

    user_id: Id | None = None
    amount: Number | None = None
    points: Points | None = None
    positive: PositivePoints | None = None
    at_time: RequestTime | None = None
    lines: list[Inner] | None = None


class Counted(WireModel):
    """A number of cents."""

    amount_minor: Whole


class Reply(ResponseModel):
    """An answer."""

    balance: Number
    made_at: Timestamp
    duplicate: Duplicate = None


def refusal(body: dict[str, Any], *within: str) -> InvalidParameters:
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(body)
    return to_refusal(caught.value, *within)


def problems(body: dict[str, Any]) -> dict[str, str]:
    fields: dict[str, str] = refusal(body).details["fields"]
    return fields


def number(text: str) -> Decimal:
    body = Body.model_validate({"amount": json.loads(text, parse_float=Decimal)})
    assert body.amount is not None
    return body.amount


def test_takes_both_spellings_and_writes_camel_case() -> None:
    snake = Body.model_validate({"user_id": "u", "lines": [{"line_amount": 1}]})
    camel = Body.model_validate({"userId": "u", "lines": [{"lineAmount": 1}]})

    assert snake == camel
    written = snake.model_dump(by_alias=True, exclude_none=True)
    assert written == {"userId": "u", "lines": [{"lineAmount": 1}]}


def test_a_field_in_both_spellings_is_refused_by_name() -> None:
    twice = "must be given once, in camelCase or in snake_case"

    assert problems({"user_id": "a", "userId": "b"}) == {"userId": twice}
    assert problems({"userId": "a", "user_id": "a"}) == {"userId": twice}
    lines = [{"lineAmount": 1}, {"lineAmount": 1, "line_amount": 100}]
    assert problems({"userId": "a", "lines": lines}) == {"lines[1].lineAmount": twice}


def test_what_is_not_an_object_is_refused() -> None:
    for value in ([], "text", 5, None):
        with pytest.raises(ValidationError) as caught:
            Body.model_validate(value)
        [problem] = to_refusal(caught.value).details["fields"].values()
        assert problem.startswith('must be an object such as {"userId": "..."')


def test_what_is_not_an_object_is_told_what_one_has() -> None:
    found = problems({"userId": "a", "lines": ["coffee"]})

    assert found == {"lines[0]": 'must be an object such as {"lineAmount": 1}'}


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("0.1", "0.1"),
        ("10.0", "10"),
        ("1e3", "1000"),
        ("-0.5", "-0.5"),
        ("0.30000000000", "0.3"),
        ("99999999999999999999", "99999999999999999999"),
    ],
)
def test_numbers_are_exact(text: str, exact: str) -> None:
    assert number(text) == Decimal(exact)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (True, "must be a number"),
        ("1", "must be a number"),
        (1.5, "must be a number"),
        (None, None),
        (Decimal("NaN"), "must be a finite number"),
        (Decimal("-Infinity"), "must be a finite number"),
        (Decimal("1e21"), "has too many digits"),
        (Decimal("1e999999999"), "has too many digits"),
        (Decimal("1.00000000000000000001"), "has too many digits"),
        (Decimal("1.23456789012"), "has too many decimals"),
    ],
)
def test_refuses_what_is_no_number(value: Any, problem: str | None) -> None:
    if problem is None:
        assert Body.model_validate({"amount": value}).amount is None
        return
    assert problems({"amount": value}) == {"amount": problem}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.30000000000000004", "0.3"),
        ("-0.30000000000000004", "-0.3"),
        ("4.3500000000000005", "4.35"),
        ("1.0049999999999999", "1.005"),
        ("0.12340000000000001", "0.1234"),
        ("2.7755575615628914e-17", "0"),
        ("-1e-9", "0"),
        ("1e-999999999", "0"),
        ("0.300000009", "0.3"),
        ("9999999.990000000123", "9999999.99"),
    ],
)
def test_the_noise_of_a_double_is_no_amount(text: str, read: str) -> None:
    assert number(text) == Decimal(read)
    assert number(text).is_signed() == read.startswith("-")


@pytest.mark.parametrize("text", ["0.30000001", "12.994", "4.995", "0.00000001", "0.3000001"])
def test_nothing_else_is_rounded(text: str) -> None:
    assert number(text) == Decimal(text)


@given(st.lists(st.integers(-(10**8), 10**8), max_size=20))
def test_a_sum_of_doubles_is_read_as_the_sum_of_cents(cents: list[int]) -> None:
    total = 0.0
    for each in cents:
        total += each / 100
    assert number(json.dumps(total)) == Decimal(sum(cents)).scaleb(-2)


@pytest.mark.parametrize(
    ("text", "whole"),
    [("110.00000000000001", 110), ("10.0", 10), ("1.9999999999", 2), ("1e-20", 0), ("7", 7)],
)
def test_a_whole_number_may_have_the_noise_of_a_double(text: str, whole: int) -> None:
    body = Counted.model_validate({"amountMinor": json.loads(text, parse_float=Decimal)})
    assert body.amount_minor == whole


@pytest.mark.parametrize("text", ["1.5", "1.000001", "0.99", "1e-6"])
def test_a_fraction_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Counted.model_validate({"amountMinor": json.loads(text, parse_float=Decimal)})
    assert to_refusal(caught.value).details == {"fields": {"amountMinor": "must be a whole number"}}


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_is_written_as_it_was_read(amount: Decimal) -> None:
    text = json.dumps(float(amount)) if amount % 1 else str(int(amount))

    written = Inner.model_validate({"lineAmount": number(text)}).model_dump(by_alias=True)

    assert json.dumps(written) == f'{{"lineAmount": {text}}}'


def test_amounts_have_bounds() -> None:
    assert Body.model_validate({"points": 0, "positive": 1_000_000_000})
    assert problems({"points": -1, "positive": 0}) == {
        "points": "must be at least 0",
        "positive": "must be greater than 0",
    }
    assert problems({"points": 1_000_000_001}) == {"points": "must be at most 1000000000"}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-03T12:00:00.000Z", datetime(2026, 3, 3, 12, tzinfo=UTC)),
        ("2026-03-03T13:00:00+01:00", datetime(2026, 3, 3, 12, tzinfo=UTC)),
        ("2026-03-03T12:00:00.123999Z", datetime(2026, 3, 3, 12, 0, 0, 123000, UTC)),
    ],
)
def test_times_are_read_as_utc_to_the_millisecond(text: str, moment: datetime) -> None:
    assert Body.model_validate({"atTime": text}).at_time == moment


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (1772539200, "must be an ISO 8601 time"),
        ("soon", "must be an ISO 8601 time, like 2026-03-03T12:00:00.000Z"),
        ("2026-03-03", "must have a time zone, like 2026-03-03T12:00:00.000Z"),
        ("2026-03-03T12:00:00", "must have a time zone, like 2026-03-03T12:00:00.000Z"),
        *(
            (time, "must be a time from 1970-01-01 to 9999-12-30")
            for time in (
                "9999-12-31T23:59:59-01:00",
                "9999-12-31T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:59:59+01:00",
                "0099-01-01T00:00:00Z",
                "0001-01-01T00:00:00+14:00",
            )
        ),
    ],
)
def test_refuses_what_is_no_time(value: Any, problem: str) -> None:
    assert problems({"atTime": value}) == {"atTime": problem}


def test_an_answer_writes_numbers_and_times_as_documented() -> None:
    moment = datetime(2026, 3, 3, 12, 0, 0, 5000, UTC)
    reply = Reply(balance=Decimal("150.00"), made_at=moment, is_replay=True)

    assert reply.model_dump(by_alias=True, mode="json") == {
        "balance": 150,
        "madeAt": "2026-03-03T12:00:00.005Z",
    }


def test_a_duplicate_says_so_and_nothing_else_does() -> None:
    moment = datetime(2026, 3, 3, 12, tzinfo=UTC)
    reply = Reply(balance=Decimal(1), made_at=moment, duplicate=True)

    assert reply.model_dump(by_alias=True, mode="json")["duplicate"] is True


def test_a_refusal_names_each_field_by_its_path() -> None:
    found = refusal({"userId": 5, "lines": [{"lineAmount": 1}, {}], "more": 1})

    fields = {
        "userId": "must be a string",
        "lines[1].lineAmount": "is required",
        "more": "is not a known field",
    }
    assert found.details == {"fields": fields}
    assert found.message == (
        "userId must be a string; lines[1].lineAmount is required; more is not a known field."
    )


def test_a_refusal_says_where_the_object_stands() -> None:
    found = refusal({"more": 1}, "rules")

    assert found.details == {"fields": {"rules.more": "is not a known field"}}


def test_a_refusal_has_its_limits() -> None:
    found = refusal({"n" * 1000: 1, **{f"f{index}": 1 for index in range(50)}})

    fields = found.details["fields"]
    assert len(fields) == 20
    assert next(iter(fields)) == "n" * 100
