"""How RPCs are sent, against a Firestore that answers what it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

from shared import config
from shared.errors import Busy, DocumentTooLarge
from shared.store import client, messages, rpc
from shared.store.client import AnswerLost, Create, WriteConflict
from tools.emulators import LOOPBACK

DATABASE = "projects/demo-rpc/databases/(default)"
Answer = Callable[[Any], Iterator[Any]]


class StandIn(grpc.GenericRpcHandler):
    """Plays Firestore: an answer for each RPC, the last one again and again.

    Attributes:
        received: Names of the RPCs, in their order.
        metadata: What came with the last one.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.received: list[str] = []
        self.metadata: list[tuple[str, str]] = []

    def service(self, handler_call_details: Any) -> Any:
        _, _, name = handler_call_details.method.rpartition("/")
        parse = messages.kind(f"{name}Request").FromString
        serialize = messages.kind(f"{name}Response").SerializeToString

        def answers(_: Any, context: Any) -> Iterator[Any]:
            self.received.append(name)
            self.metadata = [(key, value) for key, value in context.invocation_metadata()]
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            yield from answer(context)

        if name == rpc.COMMIT:
            return grpc.unary_unary_rpc_method_handler(
                lambda request, context: next(answers(request, context)), parse, serialize
            )
        return grpc.unary_stream_rpc_method_handler(answers, parse, serialize)


@pytest.fixture
def firestore(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()
    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, handlers=[stand_in])
        port = server.add_insecure_port(f"{LOOPBACK}:0")
        server.start()
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"{LOOPBACK}:{port}")
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "demo-rpc")
        monkeypatch.setattr(rpc, "_connection", None)
        yield stand_in
        server.stop(None).wait()


def found(*paths: str) -> Answer:
    def answer(_: Any) -> Iterator[Any]:
        for path in paths:
            name = f"{DATABASE}/documents/{path}"
            yield messages.new("BatchGetDocumentsResponse", found={"name": name})

    return answer


def committed(_: Any) -> Iterator[Any]:
    yield messages.new("CommitResponse")


def failed(status: str, after: Answer = lambda _: iter(()), reason: str = "for a reason") -> Answer:
    def answer(context: Any) -> Iterator[Any]:
        yield from after(context)
        context.abort(grpc.StatusCode[status], reason)

    return answer


@pytest.mark.parametrize("status", ["UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED"])
def test_a_read_is_repeated_until_it_succeeds(firestore: StandIn, status: str) -> None:
    firestore.answers = [failed(status), failed(status), found("a/b")]
    assert client.get_one("a/b").data == {}
    assert firestore.received == [rpc.GET] * 3


def test_a_read_that_broke_off_begins_anew(firestore: StandIn) -> None:
    firestore.answers = [failed("UNAVAILABLE", after=found("a/b")), found("a/b", "a/c")]
    assert [each.id for each in client.get(["a/b", "a/c"]).values()] == ["b", "c"]


def test_a_query_that_broke_off_begins_anew(firestore: StandIn) -> None:
    def documents(_: Any) -> Iterator[Any]:
        for name in ("b", "c"):
            document = {"name": f"{DATABASE}/documents/a/{name}"}
            yield messages.new("RunQueryResponse", document=document)

    firestore.answers = [failed("UNAVAILABLE", after=documents), documents]
    usage = client.start_usage()
    assert [each.path for each in client.query("a")] == ["a/b", "a/c"]
    assert (usage.rpcs, usage.reads) == (1, 2)


@pytest.mark.parametrize("status", ["UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED"])
@pytest.mark.parametrize("name", [rpc.GET, rpc.QUERY, rpc.COUNT])
def test_a_read_is_repeated_for_as_long_as_an_rpc_may_take(
    firestore: StandIn, monkeypatch: pytest.MonkeyPatch, name: str, status: str
) -> None:
    monkeypatch.setattr(rpc, "RPC_TIMEOUT_S", 0.3)
    firestore.answers = [failed(status)]
    with pytest.raises(Busy):
        rpc.read(name, messages.new(f"{name}Request"))
    assert set(firestore.received) == {name}


@pytest.mark.parametrize("status", ["ABORTED", "DEADLINE_EXCEEDED", "UNKNOWN", "DATA_LOSS"])
def test_a_read_that_fails_otherwise_is_busy_at_once(firestore: StandIn, status: str) -> None:
    firestore.answers = [failed(status)]
    with pytest.raises(Busy):
        client.get_one("a/b")
    assert firestore.received == [rpc.GET]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("PERMISSION_DENIED", exceptions.PermissionDenied),
        ("INVALID_ARGUMENT", exceptions.InvalidArgument),
        ("UNAUTHENTICATED", exceptions.Unauthenticated),
        ("NOT_FOUND", exceptions.NotFound),
        ("FAILED_PRECONDITION", exceptions.FailedPrecondition),
    ],
)
def test_a_read_that_no_repetition_mends_is_a_bug(
    firestore: StandIn, status: str, error: type[Exception]
) -> None:
    firestore.answers = [failed(status)]
    with pytest.raises(error, match="for a reason"):
        client.get_one("a/b")
    assert firestore.received == [rpc.GET]


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("ABORTED", WriteConflict),
        ("ALREADY_EXISTS", WriteConflict),
        ("DATA_LOSS", AnswerLost),
        ("DEADLINE_EXCEEDED", AnswerLost),
        ("FAILED_PRECONDITION", WriteConflict),
        ("INTERNAL", AnswerLost),
        ("NOT_FOUND", WriteConflict),
        ("RESOURCE_EXHAUSTED", AnswerLost),
        ("UNAVAILABLE", AnswerLost),
        ("UNKNOWN", AnswerLost),
    ],
)
def test_a_commit_is_sent_once_and_its_failure_says_whether_it_may_be_applied(
    firestore: StandIn, status: str, meaning: type[Exception]
) -> None:
    firestore.answers = [failed(status), committed]
    with pytest.raises(meaning):
        client.commit([Create("a/b", {})])
    assert firestore.received == [rpc.COMMIT]


@pytest.mark.parametrize(
    "reason",
    [
        (
            'Document "a/b" cannot be written because its size (1,100,000 bytes) exceeds the '
            "maximum allowed size of 1,048,576 bytes."
        ),
        'The value of property "a" is longer than 1048487 bytes.',
    ],
)
def test_a_document_that_is_too_large_is_refused(firestore: StandIn, reason: str) -> None:
    firestore.answers = [failed("INVALID_ARGUMENT", reason=reason)]
    with pytest.raises(DocumentTooLarge):
        client.commit([Create("a/b", {})])
    assert firestore.received == [rpc.COMMIT]


def test_what_firestore_does_not_understand_is_a_bug(firestore: StandIn) -> None:
    firestore.answers = [failed("INVALID_ARGUMENT")]
    with pytest.raises(exceptions.InvalidArgument):
        client.commit([Create("a/b", {})])


@pytest.mark.parametrize("status", ["PERMISSION_DENIED", "INVALID_ARGUMENT", "UNAUTHENTICATED"])
def test_a_commit_that_can_never_be_applied_is_a_bug(firestore: StandIn, status: str) -> None:
    firestore.answers = [failed(status)]
    with pytest.raises(exceptions.ClientError, match="for a reason"):
        client.commit([Create("a/b", {})])
    assert firestore.received == [rpc.COMMIT]


def test_no_answer_is_waited_for_longer_than_an_rpc_may_take(
    firestore: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()

    def silent(_: Any) -> Iterator[Any]:
        is_over.wait(30)
        yield from ()

    monkeypatch.setattr(rpc, "RPC_TIMEOUT_S", 0.3)
    firestore.answers = [silent]
    started_s = time.monotonic()
    with pytest.raises(Busy):
        client.get_one("a/b")
    with pytest.raises(AnswerLost):
        client.commit([Create("a/b", {})])
    assert time.monotonic() - started_s < 10
    assert firestore.received == [rpc.GET, rpc.COMMIT]
    is_over.set()


def test_a_request_names_its_database_and_where_it_is(firestore: StandIn) -> None:
    firestore.answers = [found("a/b")]
    client.get_one("a/b")
    route = ("x-goog-request-params", "database=projects/demo-rpc/databases/%28default%29")
    sent = {("google-cloud-resource-prefix", DATABASE), ("authorization", "Bearer owner"), route}
    assert sent <= set(firestore.metadata)

    firestore.answers = [lambda _: iter(())]
    client.query("a/b/c")
    parent = "parent=projects/demo-rpc/databases/%28default%29/documents/a/b"
    assert ("x-goog-request-params", parent) in firestore.metadata


def test_production_is_reached_with_the_machines_credentials(
    firestore: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = config.firestore_emulator()
    channels: list[dict[str, Any]] = []

    def create_channel(**options: Any) -> grpc.Channel:
        channels.append(options)
        return grpc.insecure_channel(host, options["options"])

    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
    monkeypatch.setattr(FirestoreGrpcTransport, "create_channel", create_channel)
    firestore.answers = [found("a/b")]
    client.get_one("a/b")
    assert [set(each) for each in channels] == [{"options"}]  # All else is Google's default.
    assert "authorization" not in dict(firestore.metadata)
