"""Which fields go together, in schemas."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.schemas.combinations import EMPTY, any_of

BOTH_OR_NEITHER = any_of({"a": "string", "b": "string"}, {"a": "null", "b": "null"})
ONE_OF_TWO = any_of({"a": "string", "b": "null"}, {"b": "string", "a": "null", "c": EMPTY})


def fits(config: Any, body: dict[str, Any]) -> bool:
    return Draft202012Validator(config["json_schema_extra"]).is_valid(body)


@pytest.mark.parametrize("body", [{}, {"a": None}, {"a": "1", "b": "2"}, {"c": 1}])
def test_both_or_neither(body: dict[str, Any]) -> None:
    assert fits(BOTH_OR_NEITHER, body)


@pytest.mark.parametrize("body", [{"a": "1"}, {"b": "1"}, {"a": "1", "b": None}])
def test_not_one_of_both(body: dict[str, Any]) -> None:
    assert not fits(BOTH_OR_NEITHER, body)


@pytest.mark.parametrize("body", [{"a": "1", "c": {"x": 1}}, {"b": "1", "c": {}}, {"b": "1"}])
def test_one_of_two(body: dict[str, Any]) -> None:
    assert fits(ONE_OF_TWO, body)


@pytest.mark.parametrize("body", [{}, {"a": "1", "b": "1"}, {"b": "1", "c": {"x": 1}}])
def test_not_none_of_two_and_not_both(body: dict[str, Any]) -> None:
    assert not fits(ONE_OF_TWO, body)
