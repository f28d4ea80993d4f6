"""Commands: one effect, one answer, whoever interferes and whatever gets lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from google.api_core import exceptions

from shared import clock, ids
from shared.auth.caller import Claim
from shared.errors import Busy, IdempotencyKeyReused, InsufficientBalance
from shared.services import commands, idempotency
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import client, paths, protocol, rpc
from shared.store.client import Create, Delete, Document, Increment, Put, Update, Write
from shared.tasks import Task
from tests.support.events import Pipeline
from tests.support.wire import Wire, failed, first, lost
from tools.emulators import FirestoreEmulator


@pytest.fixture
def path(firestore_emulator: FirestoreEmulator) -> str:
    """A document of this test alone, which does not exist."""
    return f"commandTests/{ids.new('t')}"


@pytest.fixture
def claim() -> Claim:
    """A key that was not used."""
    return Claim(ids.new("claim"), fingerprint="of this request")


def counting(path: str, *more: Write) -> Callable[[Reads], Effect[int]]:
    """Decide to add 1 to the count in a document, and to keep the count."""

    def decide(reads: Reads) -> Effect[int]:
        read = reads[path]
        count = (read.data["count"] if read.data else 0) + 1
        write = client.replacement(read, {"count": count})
        return Effect(count, [write, *more], {"count": count})

    return decide


def replayed(kept: Document, _: Reads) -> int:
    return -int(kept["count"])


def count_at(path: str) -> int | None:
    data = client.get_one(path).data
    return data["count"] if data else None


def kept_for(claim: Claim) -> Document | None:
    return client.get_one(paths.idempotency_key(claim.claim_id)).data


def test_a_repetition_gets_the_first_answer_and_changes_nothing(
    path: str, claim: Claim, wire: Wire
) -> None:
    assert commands.run([path], counting(path), claim=claim, replay=replayed) == 1
    assert wire.calls == [rpc.GET, rpc.COMMIT]
    wire.calls.clear()
    assert commands.run([path], counting(path), claim=claim, replay=replayed) == -1
    assert wire.calls == [rpc.GET]
    assert count_at(path) == 1


def following(path: str, *, most: int = 10) -> Callable[[Reads], Effect[str]]:
    """Decide to write at the end of a chain of documents, each of which names the next."""

    def decide(reads: Reads) -> Effect[str]:
        at = path
        for _ in range(most):
            if at not in reads:
                raise commands.Wanted([at])
            data = reads[at].data
            if data is None or "next" not in data:
                return Effect(at, [client.replacement(reads[at], {"found": True})])
            at = data["next"]
        raise InsufficientBalance("The chain is too long.")

    return decide


def test_a_decision_can_want_what_it_has_read_of(path: str, wire: Wire) -> None:
    client.commit([Put(path, {"next": f"{path}b"}), Put(f"{path}b", {"next": f"{path}c"})])
    wire.calls.clear()

    assert commands.run([path], following(path)) == f"{path}c"

    assert wire.calls == [rpc.GET, rpc.GET, rpc.GET, rpc.COMMIT]
    assert client.get_one(f"{path}c").data == {"found": True}
    assert client.get_one(path).data == {"next": f"{path}b"}


def test_a_decision_that_refuses_after_it_wanted_more_writes_nothing(path: str, wire: Wire) -> None:
    client.commit([Put(path, {"next": f"{path}b"}), Put(f"{path}b", {"next": f"{path}c"})])
    wire.calls.clear()

    with pytest.raises(InsufficientBalance):
        commands.run([path], following(path, most=2))

    assert rpc.COMMIT not in wire.calls


@pytest.mark.parametrize("wants_what_it_has", [True, False])
def test_a_decision_that_never_has_enough_is_a_mistake(path: str, wants_what_it_has: bool) -> None:
    def decide(reads: Reads) -> Effect[None]:
        raise commands.Wanted([path if wants_what_it_has else f"{path}{len(reads)}"])

    with pytest.raises(AssertionError):
        commands.run([path], decide)


def test_without_a_key_each_request_is_one_of_its_own(path: str) -> None:
    assert [commands.run([path], counting(path)) for _ in range(3)] == [1, 2, 3]


def test_another_request_with_the_key_is_refused(path: str, claim: Claim) -> None:
    commands.run([path], counting(path), claim=claim, replay=replayed)
    other = Claim(claim.claim_id, fingerprint="of another request")
    with pytest.raises(IdempotencyKeyReused):
        commands.run([path], counting(path), claim=other, replay=replayed)
    assert count_at(path) == 1


def test_a_refusal_writes_nothing_keeps_nothing_and_enqueues_nothing(
    path: str, claim: Claim, pipeline: Pipeline
) -> None:
    def decide(_: Reads) -> Effect[int]:
        raise InsufficientBalance("Too little.", required=2, available=1, missing=1)

    with pytest.raises(InsufficientBalance):
        commands.run([path], decide, claim=claim, replay=replayed)
    assert (count_at(path), kept_for(claim)) == (None, None)
    assert pipeline.tasks.all == []


def test_tasks_are_enqueued_once_after_the_commit(
    path: str, claim: Claim, pipeline: Pipeline
) -> None:
    task_id = ids.new("task")

    def decide(reads: Reads) -> Effect[int]:
        effect = counting(path)(reads)
        task = Task(outbox.FAST, task_id, {"deliveryId": "evt_1_we_1"})
        return Effect(effect.result, effect.writes, effect.kept, [task])

    for _ in range(2):
        commands.run([path], decide, claim=claim, replay=replayed)
    assert [each.id for each in pipeline.tasks.all] == [task_id]


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("losses", [1, 2])
def test_a_lost_answer_is_no_second_effect(
    path: str, claim: Claim, wire: Wire, has_key: bool, losses: int
) -> None:
    client.commit([Put(path, {"count": 10})])
    wire.commits = [lost(exceptions.ServiceUnavailable) for _ in range(losses)]
    key = claim if has_key else None
    assert commands.run([path], counting(path), claim=key, replay=replayed) == 11
    assert count_at(path) == 11


def test_a_lost_answer_is_recognised_although_somebody_went_on_from_there(
    path: str, claim: Claim, wire: Wire
) -> None:
    created = f"{path}_own"

    def overtaken(send: Callable[[], object]) -> object:
        send()
        client.commit([Put(path, {"count": 50})])
        raise exceptions.ServiceUnavailable("the answer was lost")

    wire.commits = [overtaken]
    decide = counting(path, Create(created, {"made": ids.new("t")}))
    assert commands.run([path], decide, claim=claim, replay=replayed) == 1
    assert count_at(path) == 50


def test_what_somebody_else_did_is_not_taken_for_ones_own(path: str, wire: Wire) -> None:
    client.commit([Put(path, {"count": 10})])

    def overtaken(_: Callable[[], object]) -> object:
        client.commit([Put(path, {"count": 50})])
        raise exceptions.ServiceUnavailable("the request was lost")

    wire.commits = [overtaken]
    assert commands.run([path], counting(path)) == 51
    assert count_at(path) == 51


def test_the_last_one_left_goes_to_one_of_two_whose_commits_look_alike(
    path: str, wire: Wire
) -> None:
    """Both take one from the stock: the document looks as either would have written it."""
    stock, mine, theirs = f"{path}_stock", f"{path}_mine", f"{path}_theirs"
    client.commit([Put(stock, {"left": 1})])

    def take(entry: str) -> Callable[[Reads], Effect[bool]]:
        def decide(reads: Reads) -> Effect[bool]:
            data = reads[stock].data
            assert data is not None
            if data["left"] == 0:
                return Effect(result=False)
            writes = [Update(reads[stock], {"left": 0}), Create(entry, {"taken": 1})]
            return Effect(result=True, writes=writes)

        return decide

    def overtaken(_: Callable[[], object]) -> object:
        client.commit(take(theirs)(client.get([stock])).writes)
        raise exceptions.ServiceUnavailable("the request was lost")

    wire.commits = [overtaken]
    assert commands.run([stock], take(mine)) is False
    assert client.get_one(mine).data is None


def test_an_equal_request_elsewhere_that_was_faster_is_not_taken_for_ones_own(
    path: str, claim: Claim, wire: Wire
) -> None:
    """Two instances, one request, one millisecond: everything but the run is equal."""
    body = {"made": "by either"}

    def decide(reads: Reads) -> Effect[str]:
        return Effect("first", [Create(path, body)], {"code": "stored"})

    def again(kept: Document, _: Reads) -> str:
        return f"replay of {kept['code']}"

    def overtaken(_: Callable[[], object]) -> object:
        theirs = idempotency.claim_writes(
            claim,
            client.get(idempotency.claim_paths(claim)),
            {"code": "stored"},
            clock.utc_now(),
            ids.new("run"),
        )
        client.commit([Create(f"{path}_their", {}), *theirs])
        raise exceptions.ServiceUnavailable("the request was lost")

    wire.commits = [overtaken]
    assert commands.run([path], decide, claim=claim, replay=again) == "replay of stored"
    assert client.get_one(path).data is None


def test_a_change_is_recognised_by_the_fields_that_it_changed(path: str, wire: Wire) -> None:
    """A writer of other fields does not hide it."""
    client.commit([Put(path, {"count": 10, "other": 1})])

    def overtaken(send: Callable[[], object]) -> object:
        send()
        client.commit([Update(client.get_one(path), {"count": 11, "other": 2})])
        raise exceptions.DeadlineExceeded("the answer was lost")

    def decide(reads: Reads) -> Effect[int]:
        data = reads[path].data
        assert data is not None
        count = data["count"] + 1
        return Effect(count, [Update(reads[path], {**data, "count": count})])

    wire.commits = [overtaken]
    assert commands.run([path], decide) == 11
    assert client.get_one(path).data == {"count": 11, "other": 2}


def test_the_last_answer_of_all_may_be_lost_too(
    path: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "ATTEMPTS_MAX", 1)
    wire.commits = [lost(exceptions.ServiceUnavailable)]
    assert commands.run([path], counting(path)) == 1


def test_all_lost_answers_are_looked_up_in_one_rpc(
    path: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BACKOFF_MAX_S", 0.001)
    wire.every_commit = failed(exceptions.ServiceUnavailable)
    with pytest.raises(Busy):
        commands.run([path], counting(path))
    assert wire.calls.count(rpc.COMMIT) == protocol.ATTEMPTS_MAX
    assert wire.calls.count(rpc.GET) == 2 * protocol.ATTEMPTS_MAX
    assert count_at(path) is None


def test_a_lost_answer_of_a_deletion_is_recognised(path: str, wire: Wire) -> None:
    client.commit([Put(path, {"count": 1})])
    wire.commits = [lost(exceptions.DeadlineExceeded)]

    def decide(reads: Reads) -> Effect[bool]:
        if reads[path].data is None:
            return Effect(result=False)
        return Effect(result=True, writes=[Delete(reads[path])])

    assert commands.run([path], decide) is True


def test_all_kinds_of_values_are_recognised(path: str, wire: Wire) -> None:
    body: Document = {
        "text": "ä",
        "time": clock.utc_now(),
        "list": (1, "two", None),
        "map": {"deep": {"x": 1.5}, "empty": {}},
        "none": None,
        "flag": True,
    }
    wire.commits = [lost(exceptions.InternalServerError)]

    def decide(reads: Reads) -> Effect[bool]:
        is_new = reads[path].data is None
        return Effect(is_new, [Create(path, body)] if is_new else [])

    assert commands.run([path], decide) is True


def test_counters_alone_cannot_be_recognised_and_are_decided_again(path: str, wire: Wire) -> None:
    wire.commits = [lost(exceptions.ServiceUnavailable)]
    commands.run([path], lambda _: Effect(None, [Increment(path, {"count": 1})]))
    assert count_at(path) == 2


def test_a_conflict_is_decided_again_on_what_is_there(path: str, claim: Claim, wire: Wire) -> None:
    wire.commits = [first(lambda: client.commit([Put(path, {"count": 7})]))]
    assert commands.run([path], counting(path), claim=claim, replay=replayed) == 8
    kept = kept_for(claim)
    assert kept is not None
    assert kept["result"] == {"count": 8}


def test_a_command_of_several_commits_is_answered_from_what_it_kept(
    path: str, claim: Claim
) -> None:
    assert commands.find_replay(claim, replayed) is None
    commands.keep(claim, {"count": 5})
    assert commands.find_replay(claim, replayed) == -5
    assert commands.find_replay(None, replayed) is None
    with pytest.raises(IdempotencyKeyReused):
        commands.find_replay(Claim(claim.claim_id, "of another request"), replayed)


def test_a_key_is_free_again_when_its_time_is_over(
    path: str, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.run([path], counting(path), claim=claim, replay=replayed)
    later = clock.utc_now() + timedelta(days=30, seconds=1)
    with clock.use(lambda: later):
        assert commands.run([path], counting(path), claim=claim, replay=replayed) == 2
