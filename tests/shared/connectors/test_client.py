"""The client of connectors: one family of errors, bounded time and size, nothing done twice."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import BaseModel

from shared.connectors import client
from shared.connectors.client import JsonClient, parsed, redacted
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
from tests.conftest import Clock
from tests.support.receivers import Answer, Receiver, hang_up, raw, receiving, status

SECRET = "secret-of-the-merchant"
JSON = {"Content_Type": "application/json"}


@dataclass
class Time:
    """The client's clock: pauses take no time, and only what is said passes."""

    now_s: float = 1000.0
    pauses_s: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.pauses_s.append(seconds)
        self.now_s += seconds


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(client, "time", made)
    return made


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving("") as found:
        yield found


@pytest.fixture
def system(server: Receiver) -> JsonClient:
    return JsonClient(
        system="vendor",
        base_url=server.url,
        authorize=lambda *_: {"Authorization": f"Bearer {SECRET}"},
        secrets=(SECRET,),
        allow_loopback=True,
        problem=lambda body: body["message"],
    )


def refused(call: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as found:
        call()
    return found.value


@pytest.mark.parametrize(
    ("code", "kind", "retryable", "is_unknown"),
    [
        (300, ConnectorRejected, False, False),
        (304, ConnectorRejected, False, False),
        (400, ConnectorRejected, False, False),
        (401, ConnectorCredentialsRefused, False, False),
        (402, ConnectorRejected, False, False),
        (403, ConnectorCredentialsRefused, False, False),
        (404, ConnectorNotFound, False, False),
        (405, ConnectorRejected, False, False),
        (408, ConnectorTimeout, True, True),
        (409, ConnectorConflict, False, False),
        (410, ConnectorNotFound, False, False),
        (412, ConnectorConflict, False, False),
        (422, ConnectorRejected, False, False),
        (423, ConnectorConflict, False, False),
        (429, ConnectorRateLimited, True, False),
        (500, ConnectorUnavailable, True, True),
        (502, ConnectorUnavailable, True, True),
        (503, ConnectorUnavailable, True, True),
        (504, ConnectorUnavailable, True, True),
        (599, ConnectorUnavailable, True, True),
    ],
)
def test_every_status_has_its_meaning(
    system: JsonClient,
    server: Receiver,
    code: int,
    kind: type[ConnectorError],
    retryable: bool,
    is_unknown: bool,
) -> None:
    server.answer = status(code)

    failure = refused(lambda: system.post("/", {}))

    assert type(failure) is kind
    assert (failure.retryable, failure.is_unknown) == (retryable, is_unknown)
    assert (failure.details["status"], failure.message) == (code, f"vendor answered {code}.")
    assert len(server.received) == 1


@pytest.mark.parametrize("code", [200, 201, 202, 299])
def test_a_success_is_returned_with_exact_numbers(
    system: JsonClient, server: Receiver, code: int
) -> None:
    server.answer = status(code, '{"amount": 0.1}', X_Id="1", **JSON)

    reply = system.post("/x", {})

    assert (reply.status, reply.headers["x-id"], reply.text) == (code, "1", '{"amount": 0.1}')
    assert reply.body == {"amount": Decimal("0.1")}


@pytest.mark.parametrize(
    "number", ["1e2000000", "1e-999999999", "1e99999999999999999999", "9" * 401], ids=range(4)
)
def test_a_number_without_bounds_is_refused(
    system: JsonClient, server: Receiver, number: str
) -> None:
    server.answer = status(200, f'{{"amount": {number}}}', **JSON)
    assert type(refused(lambda: system.post("/x", {}))) is ConnectorAnswerInvalid


def test_sends_what_it_is_given(system: JsonClient, server: Receiver) -> None:
    seen: list[tuple[str, str, bytes]] = []

    def authorize(method: str, target: str, body: bytes) -> dict[str, str]:
        seen.append((method, target, body))
        return {"X-Signed": "yes"}

    system = replace(system, authorize=authorize)
    system.get("/a", {"q": "ä b", "n": 1})
    system.post("/b", {"amount": Decimal("10.99"), "name": "Käse"}, headers={"X-Key": "k"})
    system.post_form("/c", {"amount": "1", "name": "a b&c"})

    got, sent, form = server.received
    assert (got.method, got.path, got.body) == ("GET", "/a?q=%C3%A4+b&n=1", b"")
    assert (sent.method, sent.path) == ("POST", "/b")
    assert sent.body == '{"amount":10.99,"name":"Käse"}'.encode()
    assert (sent.headers["content-type"], sent.headers["x-key"]) == ("application/json", "k")
    assert form.body == b"amount=1&name=a+b%26c"
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen == [(each.method, each.path, each.body) for each in server.received]
    assert {each.headers["x-signed"] for each in server.received} == {"yes"}
    assert {each.headers["user-agent"] for each in server.received} == {client.USER_AGENT}


def test_sends_nothing_that_json_does_not_have(system: JsonClient, server: Receiver) -> None:
    with pytest.raises(TypeError, match="set is not JSON"):
        system.post("/", {"a": {1}})
    assert server.received == []


CALLS: dict[str, Callable[[JsonClient], object]] = {
    "get": lambda system: system.get("/"),
    "keyed post": lambda system: system.post("/", {}, is_repeatable=True),
    "keyed form": lambda system: system.post_form("/", {}, is_repeatable=True),
}


@pytest.mark.parametrize("answer", [status(500), status(429), hang_up, raw(b"noise\r\n\r\n")])
@pytest.mark.parametrize("name", list(CALLS))
def test_what_can_be_repeated_is_tried_three_times(
    system: JsonClient, server: Receiver, time: Time, name: str, answer: Answer
) -> None:
    server.answer = answer

    assert refused(lambda: CALLS[name](system)).retryable

    assert len(server.received) == client.TRIES_MAX == 3
    assert len({(each.method, each.body) for each in server.received}) == 1
    assert len(time.pauses_s) == 2


@pytest.mark.parametrize("name", list(CALLS))
def test_a_later_success_counts(system: JsonClient, server: Receiver, name: str) -> None:
    server.answers = [status(503), status(429, Retry_After="1")]
    CALLS[name](system)
    assert len(server.received) == 3


@pytest.mark.parametrize("answer", [status(500), status(429), hang_up])
@pytest.mark.parametrize(
    "call", [lambda system: system.post("/", {}), lambda system: system.post_form("/", {})]
)
def test_what_could_be_done_twice_is_not_repeated(
    system: JsonClient, server: Receiver, time: Time, call: Any, answer: Answer
) -> None:
    server.answer = answer
    refused(lambda: call(system))
    assert (len(server.received), time.pauses_s) == (1, [])


@pytest.mark.parametrize("code", [400, 401, 404, 409, 422, 301])
def test_a_refusal_is_not_repeated(system: JsonClient, server: Receiver, code: int) -> None:
    server.answer = status(code)
    refused(lambda: system.get("/"))
    assert len(server.received) == 1


def test_waits_longer_each_time(system: JsonClient, server: Receiver, time: Time) -> None:
    server.answer = status(503)
    refused(lambda: system.get("/"))
    first_s, second_s = time.pauses_s
    assert 0.2 <= first_s <= 0.6
    assert 0.4 <= second_s <= 1.2


@pytest.mark.parametrize("asked_s", [1, 3, 5])
def test_waits_as_long_as_it_is_asked_to(
    system: JsonClient, server: Receiver, time: Time, asked_s: int
) -> None:
    server.answers = [status(429, Retry_After=str(asked_s))]
    system.get("/")
    [pause_s] = time.pauses_s
    assert asked_s <= pause_s <= max(asked_s, 0.6)


@pytest.mark.parametrize(
    ("header", "told_s"), [("6", 6), ("30", 30), ("3600", 3600), ("3601", 3600), ("9" * 400, 3600)]
)
def test_does_not_wait_longer_than_it_may(
    system: JsonClient, server: Receiver, time: Time, header: str, told_s: int
) -> None:
    server.answer = status(429, Retry_After=header)
    failure = refused(lambda: system.get("/"))
    assert failure.details["retryAfter"] == told_s
    assert (len(server.received), time.pauses_s) == (1, [])


def test_understands_a_date_too(system: JsonClient, server: Receiver, frozen_clock: Clock) -> None:
    until = format_datetime(frozen_clock.now + timedelta(seconds=40), usegmt=True)
    server.answer = raw(
        f"HTTP/1.1 429 X\r\nRetry-After: {until}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    failure = refused(lambda: system.post("/", {}))
    assert failure.details["retryAfter"] in {40, 41}


@pytest.mark.parametrize("header", ["", "soon", "-1", "1.5", "Wed, 21 Oct 2015 07:28:00 GMT", "²"])
def test_does_not_understand_everything(system: JsonClient, server: Receiver, header: str) -> None:
    server.answer = raw(
        f"HTTP/1.1 429 X\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    failure = refused(lambda: system.post("/", {}))
    assert failure.details["retryAfter"] == 1


@pytest.mark.parametrize(("took_s", "tries"), [(0, 3), (4, 3), (5, 2), (9, 2), (11, 1), (15, 1)])
def test_all_tries_together_end_in_time(
    system: JsonClient, server: Receiver, time: Time, took_s: int, tries: int
) -> None:
    def slow(connection: socket.socket) -> None:
        time.now_s += took_s
        status(503)(connection)

    server.answer = slow
    started_s = time.now_s
    refused(lambda: system.get("/"))

    assert len(server.received) == tries
    assert time.now_s - started_s <= client.TOTAL_S_MAX


def test_no_answer_in_time(
    system: JsonClient, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.1)
    server.answer = lambda _: server.closing.wait() and None
    failure = refused(lambda: system.post("/", {}))
    assert type(failure) is ConnectorTimeout
    assert failure.message == "vendor did not answer in time."


def test_no_connection(system: JsonClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gone = replace(system, base_url=f"http://127.0.0.1:{port}")
    failure = refused(lambda: gone.post("/", {}))
    assert type(failure) is ConnectorUnavailable
    assert failure.message == "vendor cannot be reached (connection_failed)."


def test_this_machine_is_called_under_the_emulator_only(
    system: JsonClient, server: Receiver
) -> None:
    failure = refused(lambda: replace(system, allow_loopback=False).get("/"))
    assert type(failure) is ConnectorRejected
    assert failure.message == "vendor cannot be called at this address."
    assert server.received == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_not_followed(
    system: JsonClient, server: Receiver, code: int
) -> None:
    with receiving("") as elsewhere:
        server.answer = status(code, Location=elsewhere.url)
        failure = refused(lambda: system.get("/"))
    assert type(failure) is ConnectorRejected
    assert elsewhere.received == []


@pytest.mark.parametrize("text", ["<html>", "{", '{"a": }', "[" * 100_000, "\ufeff{}x", "nope"])
def test_an_answer_that_is_not_json_is_of_no_use(
    system: JsonClient, server: Receiver, text: str
) -> None:
    server.answer = status(200, text, **JSON)
    failure = refused(lambda: system.post("/", {}))
    assert type(failure) is ConnectorAnswerInvalid
    assert failure.message == "The answer of vendor is not JSON."


@pytest.mark.parametrize(
    ("text", "headers"), [("", JSON), (" \r\n", JSON), ("[accepted]", {"Content_Type": "text/x"})]
)
def test_an_answer_without_json_has_no_body(
    system: JsonClient, server: Receiver, text: str, headers: dict[str, str]
) -> None:
    server.answer = status(200, text, **headers)
    reply = system.post("/", {})
    assert (reply.body, reply.text) == (None, text)


def test_an_answer_that_breaks_off_is_of_no_use(system: JsonClient, server: Receiver) -> None:
    server.answer = raw(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id": 1}')
    failure = refused(lambda: system.post("/", {}))
    assert type(failure) is ConnectorAnswerInvalid
    assert failure.message == "The answer of vendor did not arrive in full."


def test_no_more_is_read_than_an_answer_may_have(
    system: JsonClient, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_BYTES_MAX", 1000)
    server.answer = status(200, json.dumps("x" * 2000), **JSON)
    assert type(refused(lambda: system.post("/", {}))) is ConnectorAnswerInvalid
    server.answer = status(400, json.dumps({"message": "x" * 2000}), **JSON)
    assert type(refused(lambda: system.post("/", {}))) is ConnectorRejected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"message": "The amount\\n is  too small."}', ": The amount is too small."),
        ('{"message": "half a pair: \\ud800."}', ": half a pair: \ufffd."),
        ('{"message": null}', "."),
        ('{"message": ""}', "."),
        ("{}", "."),
        ("[]", "."),
        ("7", "."),
        ("<html>", "."),
        ("", "."),
    ],
)
def test_tells_what_the_system_says(
    system: JsonClient, server: Receiver, text: str, message: str
) -> None:
    server.answer = status(422, text)
    assert refused(lambda: system.post("/", {})).message == f"vendor answered 422{message}"


@pytest.mark.parametrize("before", range(270, 305, 5))
def test_no_secret_is_told_also_where_the_message_is_cut(
    system: JsonClient, server: Receiver, before: int
) -> None:
    server.answer = status(400, json.dumps({"message": "x" * before + SECRET + "y" * 300}))

    failure = refused(lambda: system.post("/", {}))

    told = f"{failure.message} {failure!r} {failure.details}"
    assert not [start for start in range(4, len(SECRET)) if SECRET[:start] in told]
    assert len(failure.message) <= client.MESSAGE_CHARS_MAX + len("vendor answered 400: ")


def test_a_secret_within_another_leaves_nothing_of_it() -> None:
    assert redacted("a-key-1 a-key", ["a-key", "", "a-key-1"]) == "*** ***"


class Shape(BaseModel):
    id: int
    inner: dict[str, int] = {}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({}, "id"),
        ({"id": "x"}, "id"),
        ({"id": 1, "inner": {"a": "b"}}, "inner.a"),
        ([], "content"),
        (None, "content"),
    ],
)
def test_an_answer_of_another_shape_is_named_and_not_repeated(value: object, where: str) -> None:
    with pytest.raises(ConnectorAnswerInvalid) as found:
        parsed(Shape, value, system="vendor")
    assert found.value.message == f"The answer of vendor has no valid {where}."
    assert found.value.is_unknown
    assert parsed(Shape, {"id": 1, "more": 2}, system="vendor").id == 1
