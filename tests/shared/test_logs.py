"""The log: one JSON object a line, whatever is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared import logs


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out = capsys.readouterr().out
    assert out == "" or out.endswith("\n")
    return [json.loads(line) for line in out.splitlines()]


def test_a_line_has_severity_message_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.info("request", status=200, live=True)
    logs.warning("entry not found", path="loyaltyMembers/a")
    logs.error("webhook endpoint disabled", endpointId="we_1")
    assert lines(capsys) == [
        {"severity": "INFO", "message": "request", "status": 200, "live": True},
        {"severity": "WARNING", "message": "entry not found", "path": "loyaltyMembers/a"},
        {"severity": "ERROR", "message": "webhook endpoint disabled", "endpointId": "we_1"},
    ]


def test_an_exception_is_logged_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("none")
    except ValueError:
        logs.exception("unexpected failure", requestId="req_1")
    (line,) = lines(capsys)
    trace = line.pop("exception")
    assert line == {"severity": "ERROR", "message": "unexpected failure", "requestId": "req_1"}
    assert trace.startswith("Traceback (most recent call last):\n")
    assert trace.endswith("ValueError: invalid literal for int() with base 10: 'none'\n")


def test_text_from_outside_cannot_begin_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    forged = 'x\n{"severity": "ERROR", "message": "forged"}\r\n\u2028'
    logs.info("request", action=forged)
    assert lines(capsys) == [{"severity": "INFO", "message": "request", "action": forged}]


def test_any_value_can_be_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.info("x", amount=Decimal("1.50"), at=datetime(2026, 3, 3, tzinfo=UTC), text="\ud800")
    (line,) = lines(capsys)
    assert (line["amount"], line["at"]) == ("1.50", "2026-03-03 00:00:00+00:00")
