"""The JSON client of connectors. Time, size and retries are bounded; errors are one family.

Only calls that are safe to repeat are retried: reads, and writes with a key by which the other
system recognizes a repetition.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from shared import clock
from shared.domain import exact_json
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorTimeout,
    ConnectorUnavailable,
)
from shared.outgoing import session
from shared.outgoing.retry_after import parse_retry_after
from shared.outgoing.session import Answer, OutgoingError
from shared.said import say

Model = TypeVar("Model", bound=BaseModel)

USER_AGENT = "Punktwerk-Connectors/1"
TIMEOUT_S = 15.0
TOTAL_S_MAX = 25.0
"""The time for all tries of a call and the pauses between them: an endpoint has 60 seconds."""
TRIES_MAX = 3
PAUSE_S_MAX = 5.0
RETRY_AFTER_S_MAX = 3_600
ANSWER_BYTES_MAX = 8 * 1024 * 1024
MESSAGE_CHARS_MAX = 300

_SUCCESS = range(200, 300)
_FAILURE = range(500, 600)
_CONFLICTS = {409, 412, 423}
_BUSY = 429
_BY_STATUS: Mapping[int, type[ConnectorError]] = {
    401: ConnectorCredentialsRefused,
    403: ConnectorCredentialsRefused,
    404: ConnectorNotFound,
    410: ConnectorNotFound,
    408: ConnectorTimeout,
    429: ConnectorRateLimited,
    **dict.fromkeys(_CONFLICTS, ConnectorConflict),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: ``body`` is its JSON with exact numbers, ``None`` if it is empty."""

    status: int
    headers: Mapping[str, str]
    body: Any
    text: str


@dataclass(frozen=True, slots=True)
class JsonClient:
    """Calls one system with one merchant's credentials.

    Attributes:
        system: The system's name, for messages.
        base_url: Scheme, host and path in front of every path; no slash at its end.
        authorize: Returns the headers that authenticate a call, given its method, its path with
            query, and its body.
        secrets: Texts to remove from every message.
        allow_loopback: ``base_url`` may be this machine. Only under the emulator.
        problem: Returns the message in the JSON of a refusal.
        timeout_s: The time for one try, if it is not ``TIMEOUT_S``.
        tries_max: The most tries of a call that is safe to repeat, if they are not ``TRIES_MAX``.
    """

    system: str
    base_url: str
    authorize: Callable[[str, str, bytes], Mapping[str, str]]
    secrets: tuple[str, ...] = ()
    allow_loopback: bool = False
    problem: Callable[[Any], str | None] = lambda _: None
    timeout_s: float | None = None
    tries_max: int | None = None

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Reply:
        """Make a GET request.

        Raises:
            ConnectorError: See ``call``.
        """
        return self.call("GET", path, query=query, is_repeatable=True)

    def post(
        self,
        path: str,
        body: Any,
        *,
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool = False,
    ) -> Reply:
        """Make a POST request with a JSON object; see ``send``."""
        return self.send("POST", path, body, headers=headers, is_repeatable=is_repeatable)

    def send(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool = False,
    ) -> Reply:
        """Send a JSON object.

        Args:
            method: ``POST``, ``PUT`` or ``PATCH``.
            path: Below the base URL.
            body: Values that ``json`` writes; a ``Decimal`` becomes a number, exact to 15 digits.
            headers: Further headers, such as the idempotency key.
            is_repeatable: The system recognizes the call if it comes twice.

        Raises:
            ConnectorError: See ``call``.
        """
        return self.call(
            method,
            path,
            body=_to_json(body),
            headers={"Content-Type": "application/json", **(headers or {})},
            is_repeatable=is_repeatable,
        )

    def post_form(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool = False,
    ) -> Reply:
        """Send form fields.

        Raises:
            ConnectorError: See ``call``.
        """
        return self.call(
            "POST",
            path,
            body=urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded", **(headers or {})},
            is_repeatable=is_repeatable,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool = False,
    ) -> Reply:
        """Make a call; repeat it if that is safe and may help.

        Raises:
            ConnectorCredentialsRefused: 401, 403.
            ConnectorNotFound: 404, 410.
            ConnectorConflict: 409, 412, 423.
            ConnectorRateLimited: 429, even after the last try.
            ConnectorRejected: Any other 4xx, and a redirect.
            ConnectorUnavailable: 5xx, or no connection.
            ConnectorTimeout: No answer in time.
            ConnectorAnswerInvalid: The answer is not JSON, too long, or has a number out of bounds.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        stop_at_s = time.monotonic() + TOTAL_S_MAX
        tries = (self.tries_max or TRIES_MAX) if is_repeatable else 1
        for number in range(1, tries + 1):
            try:
                return self._once(method, target, body, headers or {})
            except ConnectorError as failure:
                pause_s = _pause_s(failure, number)
                is_last = (
                    number == tries or time.monotonic() + pause_s + self._timeout_s > stop_at_s
                )
                if not failure.retryable or is_last or pause_s > PAUSE_S_MAX:
                    raise
            time.sleep(pause_s)
        raise AssertionError("a loop that returns or raises")

    @property
    def _timeout_s(self) -> float:
        return self.timeout_s or TIMEOUT_S

    def _once(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            answer = session.request(
                method,
                self.base_url + target,
                body=body or None,
                headers={
                    "Accept": "application/json, */*;q=0.5",
                    **headers,
                    **self.authorize(method, target, body),
                },
                timeout_s=self._timeout_s,
                answer_bytes_max=ANSWER_BYTES_MAX,
                allow_loopback=self.allow_loopback,
                user_agent=USER_AGENT,
            )
        except OutgoingError as failure:
            raise self._unanswered(failure) from None
        text = answer.data.decode("utf-8", errors="replace")
        if answer.status not in _SUCCESS:
            raise self._refused(answer, text)
        if not answer.is_complete:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} did not arrive in full.",
                    system=self.system,
                )
            )
        return Reply(answer.status, answer.headers, self._parse(text, answer), text)

    def _parse(self, text: str, answer: Answer) -> Any:
        if not text.strip():
            return None
        if "json" not in answer.headers.get("Content-Type", "json"):
            return None
        try:
            return exact_json.loads(text)
        except exact_json.NumberOutOfBounds as problem:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} cannot be read: {problem}.",
                    system=self.system,
                    problem=problem,
                )
            ) from None
        except (ValueError, RecursionError):
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} is not JSON.", system=self.system)
            ) from None

    def _unanswered(self, failure: OutgoingError) -> ConnectorError:
        if failure.code == "timeout":
            return ConnectorTimeout(
                say("no_answer_in_time", "{system} did not answer in time.", system=self.system)
            )
        if failure.code == "invalid_response":
            return ConnectorAnswerInvalid(
                say("answer_unexpected", "{system} did not answer with HTTP.", system=self.system)
            )
        if failure.code in {"url_refused", "address_refused", "invalid_headers"}:
            return ConnectorRejected(
                say(
                    "address_not_callable",
                    "{system} cannot be called at this address.",
                    system=self.system,
                )
            )
        return ConnectorUnavailable(
            say(
                "not_reached",
                "{system} cannot be reached ({cause}).",
                system=self.system,
                cause=failure.code,
            )
        )

    def _refused(self, answer: Answer, text: str) -> ConnectorError:
        return refusal(self.system, answer.status, self._said(text), answer.headers, self.secrets)

    def _said(self, text: str) -> str:
        """Return the system's message about its refusal."""
        try:
            return str(self.problem(exact_json.loads(text)) or "")
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError, IndexError):
            return ""


def parsed(model: type[Model], value: Any, *, system: str) -> Model:
    """Read a system's answer as a model. Fields that the model does not name are ignored.

    Raises:
        ConnectorAnswerInvalid: The answer does not fit the model.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "The answer of {system} has no valid {field}.",
                system=system,
                field=where or "content",
            )
        ) from None


def refusal(
    system: str, status: int, said: str, headers: Mapping[str, str], secrets: Iterable[str]
) -> ConnectorError:
    """Return the error for an answer that is not a success.

    Args:
        system: The system that answered.
        status: The HTTP status.
        said: The system's message; may be empty.
        headers: The headers of the answer; their names may be in any case.
        secrets: Texts to remove from the message.
    """
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = ConnectorUnavailable if status in _FAILURE else ConnectorRejected
    readable = " ".join(said.encode(errors="replace").decode().split())
    words = redacted(readable, secrets)[:MESSAGE_CHARS_MAX]
    details: dict[str, Any] = {"status": status}
    if status == _BUSY:
        details["retryAfter"] = _retry_after_s(headers)
    if not words:
        message = say("answered", "{system} answered {status}.", system=system, status=status)
        return kind(message, **details)
    sentence = "{system} answered {status}: {words}"
    message = say("answered_words", sentence, system=system, status=status, words=words)
    return kind(message, **details)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Remove secrets from a text."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _to_json(value: Any) -> bytes:
    return json.dumps(
        value, default=exact_json.default, ensure_ascii=False, separators=(",", ":")
    ).encode()


def _retry_after_s(headers: Mapping[str, str]) -> int:
    """Return the seconds to wait, at most an hour; 1 if the answer does not say."""
    asked_s = parse_retry_after(
        headers.get("Retry-After"), date=headers.get("Date"), now=clock.real_now()
    )
    return min(asked_s, RETRY_AFTER_S_MAX) if asked_s else 1


def _pause_s(failure: ConnectorError, number: int) -> float:
    asked_s = float(failure.details.get("retryAfter", 0))
    return max(asked_s, random.uniform(0.1, 0.3) * float(2**number))
