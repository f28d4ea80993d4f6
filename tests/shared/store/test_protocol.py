"""The commit protocol: two RPCs, one effect, whoever interferes and whatever gets lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from google.api_core import exceptions

from shared import ids
from shared.errors import Busy, InsufficientBalance
from shared.store import client, protocol, rpc
from shared.store.client import Create, Increment, Put, Update, Usage, Write
from shared.store.protocol import ATTEMPTS_MAX, BACKOFF_MAX_S, Decision, Reads
from tests.support.library import library
from tests.support.wire import Wire, failed, first, lost
from tools.emulators import FirestoreEmulator

NO_ANSWER = [
    exceptions.ServiceUnavailable,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.Unknown,
]


@pytest.fixture
def path(firestore_emulator: FirestoreEmulator) -> str:
    """A document of this test alone, which does not exist."""
    return f"protocolTests/{ids.new('t')}"


def add(path: str, units: int = 1) -> Callable[[Reads], Decision[int]]:
    """Decide to add to the count in a document, which is created if need be."""

    def decide(reads: Reads) -> Decision[int]:
        read = reads[path]
        count = (read.data["count"] if read.data else 0) + units
        body = {"count": count}
        write: Write = Update(read, body) if read.data else Create(path, body)
        return Decision(count, [write])

    return decide


def add_once(path: str, marker: str) -> Callable[[Reads], Decision[int]]:
    """Decide to add to the count unless the marker shows that it was done."""

    def decide(reads: Reads) -> Decision[int]:
        done = reads[marker].data
        if done is not None:
            return Decision(done["count"])
        decision = add(path)(reads)
        return Decision(
            decision.result, [*decision.writes, Create(marker, {"count": decision.result})]
        )

    return decide


def count_at(path: str) -> int | None:
    data = client.get_one(path).data
    return data["count"] if data else None


def set_count(path: str, count: int) -> None:
    client.commit([Put(path, {"count": count})])


def test_an_undisturbed_run_takes_two_rpcs(path: str, wire: Wire) -> None:
    client.commit([Create(path, {"count": 4})])
    wire.calls.clear()
    usage = client.start_usage()
    assert protocol.run([path, f"{path}x"], add(path)) == 5
    assert wire.calls == [rpc.GET, rpc.COMMIT]
    assert usage == Usage(rpcs=2, reads=2, writes=1)
    assert count_at(path) == 5


def test_what_is_known_is_not_read_again(path: str, wire: Wire) -> None:
    client.commit([Create(path, {"count": 4})])
    known = client.get([path])
    wire.calls.clear()
    assert protocol.run([path], add(path), known=known) == 5
    assert wire.calls == [rpc.COMMIT]
    assert count_at(path) == 5


def test_what_is_known_and_outdated_is_read_again(path: str, wire: Wire) -> None:
    client.commit([Create(path, {"count": 4})])
    known = client.get([path])
    set_count(path, 10)
    wire.calls.clear()
    assert protocol.run([path], add(path), known=known) == 11
    assert wire.calls == [rpc.COMMIT, rpc.GET, rpc.COMMIT]
    assert count_at(path) == 11


def test_a_decision_without_writes_takes_one_rpc(path: str, wire: Wire) -> None:
    usage = client.start_usage()
    assert protocol.run([path], lambda reads: Decision(reads[path].data)) is None
    assert wire.calls == [rpc.GET]
    assert usage == Usage(rpcs=1, reads=1, writes=0)


def test_somebody_faster_makes_it_decide_again_on_fresh_reads(path: str, wire: Wire) -> None:
    set_count(path, 10)
    seen: list[object] = []

    def decide(reads: Reads) -> Decision[int]:
        seen.append(reads[path].data)
        return add(path)(reads)

    wire.calls.clear()
    wire.commits = [first(lambda: set_count(path, 20)), first(lambda: set_count(path, 30))]
    usage = client.start_usage()
    assert protocol.run([path], decide) == 31
    assert seen == [{"count": 10}, {"count": 20}, {"count": 30}]
    assert wire.calls == [rpc.GET, rpc.COMMIT] * 3
    assert usage.rpcs == 6 + 2  # Two are the competitor's.
    assert count_at(path) == 31


def test_a_document_that_appears_meanwhile_is_read_and_not_overwritten(
    path: str, wire: Wire
) -> None:
    wire.commits = [first(lambda: client.commit([Create(path, {"count": 7})]))]
    assert protocol.run([path], add(path)) == 8
    assert count_at(path) == 8


def test_a_document_that_disappears_meanwhile_is_made_anew(path: str, wire: Wire) -> None:
    set_count(path, 7)
    wire.commits = [first(lambda: library().document(path).delete())]
    assert protocol.run([path], add(path)) == 1
    assert count_at(path) == 1


def test_a_conflict_on_one_document_keeps_the_others_unwritten(path: str, wire: Wire) -> None:
    other = f"{path}x"
    set_count(path, 1)
    written: list[object] = []

    def decide(reads: Reads) -> Decision[int]:
        written.append(client.get_one(other).data)
        return Decision(1, [Create(other, {"count": 1}), Update(reads[path], {"count": 2})])

    wire.commits = [first(lambda: set_count(path, 5))]
    protocol.run([path], decide)
    assert written == [None, None]
    assert (count_at(path), count_at(other)) == (2, 1)


def test_a_competitor_that_never_rests_ends_in_busy_with_nothing_written(
    path: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BACKOFF_MAX_S", 0.001)
    set_count(path, 0)
    other = f"{path}x"
    decided: list[int] = []

    def decide(reads: Reads) -> Decision[None]:
        data = reads[path].data
        assert data is not None
        decided.append(data["count"])
        return Decision(None, [Update(reads[path], {"count": -1}), Create(other, {"count": 1})])

    wire.every_commit = first(lambda: set_count(path, len(decided)))
    with pytest.raises(Busy):
        protocol.run([path], decide)
    assert decided == list(range(ATTEMPTS_MAX))
    assert (count_at(path), count_at(other)) == (ATTEMPTS_MAX, None)


@pytest.mark.parametrize("error", NO_ANSWER, ids=lambda error: error.__name__)
def test_a_lost_answer_ends_in_one_effect(path: str, wire: Wire, error: type[Exception]) -> None:
    marker = f"{path}_marker"
    set_count(path, 10)
    wire.calls.clear()
    wire.commits = [lost(error)]
    assert protocol.run([path, marker], add_once(path, marker)) == 11
    assert wire.calls == [rpc.GET, rpc.COMMIT, rpc.GET]
    assert count_at(path) == 11


@pytest.mark.parametrize(
    "error",
    [
        *NO_ANSWER,
        exceptions.Aborted,
        exceptions.ResourceExhausted,
        exceptions.FailedPrecondition,
        exceptions.NotFound,
        exceptions.AlreadyExists,
    ],
    ids=lambda error: error.__name__,
)
def test_a_commit_that_was_not_applied_is_decided_again(
    path: str, wire: Wire, error: type[Exception]
) -> None:
    set_count(path, 10)
    wire.commits = [failed(error), failed(error)]
    assert protocol.run([path], add(path)) == 11
    assert count_at(path) == 11


def test_a_commit_is_not_repeated_beneath_the_protocol(
    path: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of the class: undone on the instance, the method would stay there, and hide the class's.
    kind, sent = type(rpc.connection()), []
    real = kind.call

    def call(self: Any, name: str, *arguments: Any) -> list[Any]:
        sent.append(name)
        if name == rpc.COMMIT and sent.count(name) == 1:
            raise exceptions.ServiceUnavailable("the request was lost")
        return real(self, name, *arguments)

    monkeypatch.setattr(kind, "call", call)
    protocol.run([path], add(path))
    # After the lost answer it looks first whether the commit was applied.
    assert sent == wire.calls == [rpc.GET, rpc.COMMIT, rpc.GET, rpc.GET, rpc.COMMIT]


def test_a_database_that_does_not_answer_reads_is_busy(path: str, wire: Wire) -> None:
    wire.reads = [failed(exceptions.ServiceUnavailable)]
    with pytest.raises(Busy):
        protocol.run([path], add(path))
    assert count_at(path) is None


def test_an_error_that_no_repetition_mends_is_not_repeated(path: str, wire: Wire) -> None:
    wire.commits = [failed(exceptions.PermissionDenied)]
    with pytest.raises(exceptions.PermissionDenied):
        protocol.run([path], add(path))
    assert wire.calls == [rpc.GET, rpc.COMMIT]


def test_a_refusal_leaves_nothing_written(path: str, wire: Wire) -> None:
    def refuse(_: Reads) -> Decision[None]:
        raise InsufficientBalance("no")

    with pytest.raises(InsufficientBalance):
        protocol.run([path], refuse)
    assert wire.calls == [rpc.GET]
    assert count_at(path) is None
    assert protocol.run([path], add(path)) == 1


def test_what_became_impossible_meanwhile_is_refused(path: str, wire: Wire) -> None:
    set_count(path, 1)

    def take(reads: Reads) -> Decision[None]:
        data = reads[path].data
        assert data is not None
        if data["count"] < 1:
            raise InsufficientBalance("no")
        return Decision(None, [Update(reads[path], {"count": data["count"] - 1})])

    wire.commits = [first(lambda: set_count(path, 0))]
    with pytest.raises(InsufficientBalance):
        protocol.run([path], take)
    assert count_at(path) == 0


def test_sixteen_clients_in_one_process_lose_nothing(path: str) -> None:
    set_count(path, 0)
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: protocol.run([path], add(path)), range(100)))
    assert sorted(results) == list(range(1, 101))
    assert count_at(path) == 100


def test_writers_that_do_not_take_turns_lose_nothing_either(path: str) -> None:
    set_count(path, 0)
    start = Barrier(8)

    def write(number: int) -> list[int | None]:
        own = f"{path}_{number}"  # Named first, it gives each writer a turn of its own.
        start.wait()
        return [attempt(own) for _ in range(5)]

    def attempt(own: str) -> int | None:
        try:
            return protocol.run([own, path], add(path))
        except Busy:
            return None  # Allowed on a slow machine; what counts is that it wrote nothing.

    with ThreadPoolExecutor(8) as pool:
        results = [count for counts in pool.map(write, range(8)) for count in counts]
    done = sorted(count for count in results if count is not None)
    assert done == list(range(1, len(done) + 1))
    assert count_at(path) == len(done) > 0


def test_writers_of_one_process_take_turns(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entered, leave = Event(), Event()

    def hold(reads: Reads) -> Decision[int]:
        entered.set()
        leave.wait(30)
        return add(path)(reads)

    monkeypatch.setattr(protocol, "TURN_TIMEOUT_S", 0.01)
    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(protocol.run, [path], hold)
        assert entered.wait(30)
        with pytest.raises(Busy):
            protocol.run([path], add(path))
        leave.set()
        assert holder.result() == 1
    assert protocol.run([path], add(path)) == 2


def test_a_run_may_change_counters_and_several_documents_at_once(path: str) -> None:
    other, counters = f"{path}x", f"{path}_counters"

    def decide(reads: Reads) -> Decision[None]:
        return Decision(
            None,
            [
                *add(path)(reads).writes,
                *add(other, 5)(reads).writes,
                Increment(counters, {"count": 3}),
            ],
        )

    usage = client.start_usage()
    protocol.run([path, other], decide)
    protocol.run([path, other], decide)
    assert usage == Usage(rpcs=4, reads=4, writes=6)
    assert (count_at(path), count_at(other), count_at(counters)) == (2, 10, 6)


def test_the_back_off_is_full_jitter_up_to_a_bound() -> None:
    for attempt in range(ATTEMPTS_MAX):
        bound_s = min(BACKOFF_MAX_S, protocol.BACKOFF_BASE_S * 2**attempt)
        waits_s = [protocol._backoff_s(attempt) for _ in range(200)]
        assert all(0 <= wait_s <= bound_s for wait_s in waits_s)
        assert min(waits_s) < bound_s / 2 < max(waits_s)
