"""Rows: a bad one is told by what it calls itself, if that is valid by itself."""

from __future__ import annotations

from typing import Any

import pytest

from shared.schemas.loyalty.row_bodies import AwardRowBody
from shared.schemas.rows import BadRow, judged


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"transactionId": "t1"}, "t1"),
        ({"transaction_id": "t1"}, "t1"),
        ({"transactionId": "t" * 128}, "t" * 128),
        ({"transactionId": "t" * 129}, None),
        ({"transactionId": " "}, None),
        ({"transactionId": "\ud800"}, None),
        ({"transactionId": 7}, None),
        ({"transactionId": None}, None),
        ({}, None),
    ],
    ids=str,
)
def test_a_bad_row_says_what_it_calls_itself(named: dict[str, Any], name: str | None) -> None:
    found = judged(AwardRowBody, {"userId": "user_1", "points": -1, **named})

    assert isinstance(found, BadRow)
    assert found.name == name
    assert found.refusal.code == "INVALID_PARAMETERS"
