"""The API as a client sees it: it takes JSON, and answers status, headers and JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask

from functions.catalog import ENDPOINT_BY_NAME, Endpoint

PREFIX = "/apiGateway/api/v1/"


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def error(self) -> str | None:
        return self.body.get("error")

    @property
    def is_replay(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"


@dataclass(frozen=True)
class Api:
    """Calls actions of the gateway with a key."""

    app: Flask
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(
        self,
        action: str,
        body: dict[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **headers: str,
    ) -> Answer:
        """POST a JSON body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if idempotency_key is not None:
            sent["Idempotency-Key"] = idempotency_key
        return self.send("POST", action, data=json.dumps(body or {}), headers=sent)

    def ok(self, action: str, body: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """POST a JSON body, expect 200, return the answer."""
        answer = self(action, body, **options)
        assert answer.status == 200, answer.body
        return answer.body

    def get(self, action: str, query: dict[str, str] | None = None) -> Answer:
        return self.send("GET", action, query_string=query or {})

    def send(
        self, method: str, action: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> Answer:
        sent = {**self.headers, **(headers or {})}
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        response = self.app.test_client().open(
            PREFIX + action, method=method, headers=sent, **options
        )
        text = response.get_data(as_text=True)
        answer = Answer(
            response.status_code, json.loads(text) if text else {}, dict(response.headers)
        )
        _require_declared(method, action, answer)
        return answer


def _require_declared(method: str, action: str, answer: Answer) -> None:
    """Assert that a refusal is one of those that the endpoint's module names: ``REFUSALS``."""
    endpoint = ENDPOINT_BY_NAME.get(action)
    if answer.error is None or endpoint is None or method not in endpoint.methods:
        return
    declared = _declared(endpoint, method)
    assert answer.error in declared, f"{endpoint.module} does not name {answer.error}"


@cache
def _declared(endpoint: Endpoint, method: str) -> set[str]:
    from functions.beep.openapi import refusals

    return {error.code for error in refusals.of(endpoint, method)}
