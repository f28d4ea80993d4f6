"""Amounts of points that every endpoint refuses, as texts in a request, with the reasons."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.api import Answer, Api
from tests.support.refusals import assert_fields_refused, assert_refused

WHOLE = "must be a whole number"
POSITIVE = "must be greater than 0"
NUMBER = "must be a number"
TOO_MUCH = "must be at most 1000000000"

REFUSED = [
    pytest.param("1.5", WHOLE, id="a-fraction"),
    pytest.param("1e-7", WHOLE, id="next-to-nothing"),
    pytest.param("1e-9", POSITIVE, id="noise"),
    pytest.param("1.23456789012", "has too many decimals", id="many-decimals"),
    pytest.param("1e-999999999", POSITIVE, id="underflow"),
    pytest.param("1e309", "has too many digits", id="more-than-a-double"),
    pytest.param("-5", POSITIVE, id="negative"),
    pytest.param("true", NUMBER, id="a-boolean"),
    pytest.param('"10"', NUMBER, id="a-string"),
    pytest.param("[10]", NUMBER, id="an-array"),
    pytest.param('{"value": 10}', NUMBER, id="an-object"),
    pytest.param("0", POSITIVE, id="zero"),
    pytest.param("-0.0", POSITIVE, id="negative-zero"),
    pytest.param("9007199254740993", TOO_MUCH, id="more-than-a-double-keeps"),
    pytest.param("1000000001", TOO_MUCH, id="above-the-maximum"),
    pytest.param("1" + "0" * 100, "has too many digits", id="a-hundred-digits"),
]
NO_NUMBERS = ["NaN", "Infinity", "-Infinity"]


def send(api: Api, action: str, body: dict[str, Any], points: str) -> Answer:
    """POST a body whose ``points`` is this text."""
    text = json.dumps({**body, "points": "@"}).replace('"@"', points)
    return api.send("POST", action, data=text)


def assert_amount_refused(answer: Answer, problem: str) -> None:
    """Assert that a request was refused for its points."""
    assert_fields_refused(answer, {"points": problem})


def assert_no_number(answer: Answer, name: str) -> None:
    """Assert that a request was refused because it is not JSON."""
    message = f"The body is not valid JSON: {name} is not a number."
    assert_refused(answer, 400, "INVALID_JSON", message=message)
