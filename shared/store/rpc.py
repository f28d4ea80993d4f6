"""The RPCs to Firestore: their sending, repetitions, deadlines, and failures.

The protobuf messages go to the channel directly. The client library's wrappers around messages and
calls took more than half of a request's processor time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import TYPE_CHECKING

import grpc
from google.api_core import exceptions
from grpc.experimental import ChannelOptions

from shared import config
from shared.errors import Busy, DocumentTooLarge
from shared.store import messages
from shared.store.messages import Message

if TYPE_CHECKING:
    from google.api_core.retry import Retry

GET = "BatchGetDocuments"
QUERY = "RunQuery"
COUNT = "RunAggregationQuery"
COMMIT = "Commit"

RPC_TIMEOUT_S = 10.0
_timeout_s: ContextVar[float | None] = ContextVar("timeout_s", default=None)
_TOO_LARGE = (
    "exceeds the maximum allowed size",
    "is longer than",
    "exceeds the maximum size",
    "maximum entity size is",
)
"""How Firestore and its emulator say it: there is no status of its own."""
_SERVICE = "/google.firestore.v1.Firestore"
_OPTIONS = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # Otherwise a new thread receives each stream of answers, and its start takes as long as the
    # rest of the call.
    (ChannelOptions.SingleThreadedUnaryStream, 1),
)


class WriteConflict(Exception):
    """A precondition failed, and nothing was written: read again."""


class AnswerLost(Exception):
    """It is not known whether the commit was applied: check its documents."""


@contextmanager
def within(timeout_s: float) -> Iterator[None]:
    """Give each RPC of this thread, with its repetitions, another time than ``RPC_TIMEOUT_S``."""
    token = _timeout_s.set(timeout_s)
    try:
        yield
    finally:
        _timeout_s.reset(token)


def read(name: str, request: Message) -> list[Message]:
    """Send a request that changes nothing, repeat it if needed; return all answers.

    Raises:
        Busy: Firestore did not answer in time.
    """
    try:
        return send(name, request)
    except (exceptions.ServerError, exceptions.RetryError, exceptions.Aborted) as error:
        raise Busy("The database did not answer in time.") from error


def commit(request: Message) -> None:
    """Send a commit, once.

    Raises:
        WriteConflict: A precondition failed, and nothing was written.
        AnswerLost: Either everything was written, or nothing.
        DocumentTooLarge: A document would exceed Firestore's limit, and nothing was written.
    """
    try:
        send(COMMIT, request)
    except exceptions.InvalidArgument as error:
        if any(words in str(error) for words in _TOO_LARGE):
            raise DocumentTooLarge("There would be more than a document can hold.") from error
        raise
    except (exceptions.Conflict, exceptions.FailedPrecondition, exceptions.NotFound) as error:
        raise WriteConflict from error
    except (exceptions.ServerError, exceptions.TooManyRequests) as error:
        raise AnswerLost from error


def send(name: str, request: Message) -> list[Message]:
    """Send a request and return all answers. Every RPC of the process uses this function.

    Raises:
        exceptions.GoogleAPICallError: It failed.
        exceptions.RetryError: It failed until the time was up.
    """
    timeout_s = _timeout_s.get() or RPC_TIMEOUT_S
    deadline_s = time.monotonic() + timeout_s
    once = partial(connection().call, name, request, deadline_s)
    # If a commit was applied and its answer was lost, a repetition would find its own writes and
    # report a false conflict. So it is never repeated here.
    return once() if name == COMMIT else _retry(timeout_s)(once)()


@cache
def _retry(timeout_s: float) -> Retry:
    """Return the rule for repeating reads."""
    from google.api_core.retry import Retry

    return Retry(initial=0.1, maximum=2.0, multiplier=2.0, timeout=timeout_s)


class FirestoreConnection:
    """A channel to Firestore, and its database."""

    def __init__(self, channel: grpc.Channel, metadata: dict[str, str]) -> None:
        """Take the channel.

        Args:
            channel: The channel to Firestore or its emulator.
            metadata: Sent with every request.
        """
        self.database = f"projects/{config.project_id()}/databases/(default)"
        self._metadata = (("google-cloud-resource-prefix", self.database), *metadata.items())
        self._stubs = {name: _stub(channel, name) for name in (GET, QUERY, COUNT, COMMIT)}

    def call(self, name: str, request: Message, deadline_s: float) -> list[Message]:
        """Send a request once, and return all answers before the deadline.

        Raises:
            exceptions.GoogleAPICallError: It failed.
        """
        try:
            return self._stubs[name](
                request,
                timeout=deadline_s - time.monotonic(),
                metadata=(*self._metadata, _route(name, request)),
            )
        except grpc.RpcError as error:
            raise exceptions.from_grpc_error(error) from error  # type: ignore[no-untyped-call]


def _stub(channel: grpc.Channel, name: str) -> Callable[..., list[Message]]:
    """Return the function that sends a request and returns all answers."""
    serialize = messages.kind(f"{name}Request").SerializeToString
    parse = messages.kind(f"{name}Response").FromString
    if name == COMMIT:
        answer = channel.unary_unary(f"{_SERVICE}/{name}", serialize, parse)
        return lambda *arguments, **options: [answer(*arguments, **options)]
    answers = channel.unary_stream(f"{_SERVICE}/{name}", serialize, parse)
    return lambda *arguments, **options: list(answers(*arguments, **options))


def _route(name: str, request: Message) -> tuple[str, str]:
    """Return the header by which Google routes to a database."""
    from google.api_core.gapic_v1 import routing_header

    field = "parent" if name in {QUERY, COUNT} else "database"
    route: tuple[str, str] = routing_header.to_grpc_metadata(  # type: ignore[no-untyped-call]
        [(field, getattr(request, field))]
    )
    return route


_connection: FirestoreConnection | None = None
_connection_lock = threading.Lock()


def connection() -> FirestoreConnection:
    """Return the process's connection; it is made on first use, and safe for threads."""
    global _connection  # noqa: PLW0603 - one channel a process
    if _connection is None:
        with _connection_lock:
            if _connection is None:
                _connection = connect()
    return _connection


def connect() -> FirestoreConnection:
    """Return a new connection to the emulator if there is one, else to Firestore."""
    from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

    emulator = config.firestore_emulator()
    if emulator is not None:
        channel = grpc.insecure_channel(emulator, _OPTIONS)
        return FirestoreConnection(channel, {"authorization": "Bearer owner"})
    return FirestoreConnection(FirestoreGrpcTransport.create_channel(options=_OPTIONS), {})


def preload() -> None:
    """Import the libraries now, and not in a request: it takes a quarter of a second."""
    import google.api_core.gapic_v1.routing_header
    import google.api_core.retry
    import google.cloud.firestore  # noqa: F401 - for its effect
