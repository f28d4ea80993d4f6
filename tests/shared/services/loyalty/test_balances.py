"""Bookings when things break: nothing or all is written, and a retry is answered as a success."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.api_core import exceptions

from shared import clock, ids
from shared.domain.loyalty import chain, ledger
from shared.store import client, paths, rpc
from shared.store.loyalty import membership_documents, program_documents
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.strategies import make_cause
from tests.support.wire import Act, Send, Wire, failed, first, lost

REWARD = {
    "rewardId": "rw_1",
    "title": "Coffee",
    "type": "free_product",
    "requiredPoints": 40,
    "stock": 3,
}
ACTIONS: dict[str, Callable[[Member], Answer]] = {
    "earn": lambda member: member.add("key", points=50, transactionId="t1"),
    "earn by key alone": lambda member: member.add("key", points=50),
    "earn by transaction alone": lambda member: member.add(points=50, transactionId="t1"),
    "purchase that earns nothing": lambda member: member.add("key", purchaseAmount=1),
    "redeem": lambda member: member.redeem(30, "key"),
    "redeem a reward": lambda member: member.redeem(40, "key", rewardId="rw_1"),
    "sync add": lambda member: member.sync("add", 5, source="crm", externalTransactionId="x1"),
    "sync set": lambda member: member.sync("set", 5, source="crm", externalTransactionId="x1"),
}
RANDOM = ("programId", "entryId", "redemptionId", "rewardCode")


class Killed(BaseException):
    """The process ends here."""


def killed(send: Send) -> Any:
    raise Killed


def sent_and_killed(send: Send) -> Any:
    send()
    raise Killed


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points, in a program with a reward of which there are 3."""
    return merchant.member(balance=100, rewards=[REWARD])


@pytest.fixture
def twin(new_merchant: Callable[..., Merchant]) -> Member:
    """The same of another merchant, which nothing happens to."""
    return new_merchant().member(balance=100, rewards=[REWARD])


def documents(member: Member) -> dict[str, Any]:
    """Return all that a booking writes."""
    stock = paths.reward_stock(member.program_id, "rw_1")
    both = (
        paths.member(member.membership_id),
        paths.store_member(member.merchant.store_id, member.membership_id),
    )
    snapshots = [*client.get([stock, *both]).values()]
    snapshots += client.query(f"{both[0]}/entries")
    return {each.path: each.data for each in snapshots}


def assert_sound(member: Member) -> None:
    """Check mirror, sums and chain of a membership."""
    stored = documents(member)
    mirror = paths.store_member(member.merchant.store_id, member.membership_id)
    assert stored[mirror] == stored[paths.member(member.membership_id)]
    membership, entries = (
        membership_documents.find(member.membership_id),
        membership_documents.list_entries(member.membership_id),
    )
    assert membership is not None
    membership.assert_consistent()
    assert membership.balance_units == sum(entry.units for entry in entries)
    assert chain.find_break(entries, membership.head_hash) is None


def spend_elsewhere(member: Member, units: int) -> None:
    """Redeem as another process does, which knows nothing of the turns in this one."""
    read = client.get_one(paths.member(member.membership_id))
    membership, program = (
        membership_documents.decode(read),
        program_documents.find(member.program_id),
    )
    assert membership is not None
    assert program is not None
    cause = make_cause(ids.new("le"), now=clock.utc_now())
    client.commit(
        membership_documents.writes(read, *ledger.redeem(membership, program, units, cause))
    )


def comparable(answer: Answer) -> dict[str, Any]:
    """Return an answer with what is random replaced by whether it is there."""
    made = {name: bool(answer.body[name]) for name in RANDOM if name in answer.body}
    return {**answer.body, **made, "status": answer.status}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
@pytest.mark.parametrize(
    "cut",
    [lost(exceptions.ServiceUnavailable), lost(exceptions.DeadlineExceeded)],
    ids=["unavailable", "too late"],
)
def test_an_answer_that_is_lost_on_the_way_from_the_database_is_found_again(
    member: Member, twin: Member, wire: Wire, action: Callable[[Member], Answer], cut: Act
) -> None:
    undisturbed = action(twin)
    wire.commits = [cut]
    answer = action(member)
    assert answer.status == 200
    assert comparable(answer) == comparable(undisturbed)
    assert wire.commits == []
    assert len(documents(member)) == len(documents(twin))
    assert_sound(member)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
@pytest.mark.parametrize("rpc", ["reads", "commits"])
def test_a_process_that_dies_before_the_commit_leaves_nothing(
    member: Member, twin: Member, wire: Wire, action: Callable[[Member], Answer], rpc: str
) -> None:
    undisturbed = action(twin)
    before = documents(member)
    setattr(wire, rpc, [killed])
    with pytest.raises(Killed):
        action(member)
    assert documents(member) == before
    answer = action(member)
    assert comparable(answer) == comparable(undisturbed)
    assert not answer.is_replay
    assert_sound(member)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
def test_a_process_that_dies_after_the_commit_leaves_all(
    member: Member, twin: Member, wire: Wire, action: Callable[[Member], Answer]
) -> None:
    undisturbed = action(twin)
    wire.commits = [sent_and_killed]
    with pytest.raises(Killed):
        action(member)
    after = documents(member)
    assert len(after) == len(documents(twin))
    assert_sound(member)
    retry = action(member)
    assert comparable(retry) == comparable(undisturbed)
    assert retry.is_replay
    assert documents(member) == after


def test_a_redemption_decides_again_when_somebody_else_spends_meanwhile(
    member: Member, wire: Wire
) -> None:
    wire.commits = [first(lambda: spend_elsewhere(member, 70))]
    answer = member.redeem(60)
    assert (answer.status, answer.error) == (400, "INSUFFICIENT_BALANCE")
    assert answer.body["details"] == {"required": 60, "available": 30, "missing": 30}
    assert member.balance()["currentBalance"] == 30
    assert_sound(member)


def test_a_retry_is_not_told_that_its_own_success_emptied_the_balance(
    member: Member, wire: Wire
) -> None:
    wire.commits = [sent_and_killed]
    with pytest.raises(Killed):
        member.redeem(100, "key")
    retry = member.redeem(100, "key")
    assert (retry.status, retry.body["newBalance"], retry.is_replay) == (200, 0, True)
    assert_sound(member)


def test_the_last_of_a_reward_goes_to_whoever_commits_first(merchant: Merchant, wire: Wire) -> None:
    member = merchant.member(balance=100, rewards=[{**REWARD, "stock": 1}])
    faster = member.other("user_2")
    faster.enroll()
    faster.earn(100)
    answers: list[Answer] = []
    wire.commits = [first(lambda: answers.append(faster.redeem(40, rewardId="rw_1")))]
    answers.append(member.redeem(40, rewardId="rw_1"))
    assert [(each.status, each.error) for each in answers] == [
        (200, None),
        (400, "REWARD_OUT_OF_STOCK"),
    ]
    assert [each.balance()["currentBalance"] for each in (faster, member)] == [60, 100]
    assert_sound(member)


def test_a_database_that_fails_every_commit_is_busy_with_nothing_written(
    member: Member, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.store.protocol.BACKOFF_MAX_S", 0.001)
    before = documents(member)
    wire.every_commit = failed(exceptions.ServiceUnavailable)
    answer = member.redeem(30, "key")
    assert (answer.status, answer.error) == (503, "BUSY")
    assert answer.headers["Retry-After"] == "1"
    wire.every_commit = None
    assert documents(member) == before
    assert member.redeem(30, "key").body["newBalance"] == 70


@pytest.mark.parametrize("name", ACTIONS)
def test_a_booking_takes_two_rpcs_and_a_replay_one(member: Member, wire: Wire, name: str) -> None:
    action = ACTIONS[name]
    member.balance()  # Now key, account and program are cached.
    wire.calls.clear()
    first_body = action(member).body
    assert wire.calls == [rpc.GET, rpc.COMMIT]
    wire.calls.clear()
    again = action(member)
    # Of a redemption it is asked whether it was cancelled since.
    assert wire.calls == [rpc.GET] * (2 if name.startswith("redeem") else 1)
    assert (again.is_replay, again.body) == (True, first_body)
