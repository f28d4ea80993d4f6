"""Assertions about refusals: their form, and that they change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.errors import catalog
from tests.support.api import Answer
from tests.support.traffic import watched

FIX_BY_CODE = {error.code: error.fix for error in catalog()}


def assert_refused(
    answer: Answer,
    status: int,
    code: str,
    details: dict[str, Any] | None = None,
    *,
    message: str | None = None,
    fix: str | None = None,
    **lifted: str,
) -> None:
    """Assert status and whole body of a refusal. The message is checked if a test gives one.

    ``fix`` is that of the code, unless this case has its own. What the message means by code is
    compared where a test names it.
    """
    found = _without_meanings(answer.body, details or {})
    expected = {
        "success": False,
        "error": code,
        "message": answer.body.get("message") if message is None else message,
        "statusCode": status,
        "requestId": answer.headers["X-Request-Id"],
        "fix": FIX_BY_CODE[code] if fix is None else fix,
        **lifted,
    }
    if details is not None:
        expected["details"] = details
    assert (answer.status, found) == (status, expected)
    assert answer.body["message"]
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def _without_meanings(body: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    details = dict(body.get("details", {}))
    for name in {"meaning", "meanings"} - named.keys():
        details.pop(name, None)
    rest = {name: each for name, each in body.items() if name != "details"}
    return {**rest, "details": details} if details else rest


def assert_invalid(answer: Answer, **problems: str) -> None:
    """Assert that a request was refused for these fields and no others."""
    assert_fields_refused(answer, problems)


def assert_fields_refused(answer: Answer, problems: dict[str, str]) -> None:
    """Assert that a request was refused for these fields, whose names may have dots."""
    message = "; ".join(f"{name} {problem}" for name, problem in problems.items()) + "."
    assert_refused(answer, 400, "INVALID_PARAMETERS", {"fields": problems}, message=message)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Assert that the block sends no writes to Firestore."""
    with watched() as traffic:
        yield
    assert traffic.written == []
