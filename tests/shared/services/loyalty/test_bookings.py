"""A process that dies between two RPCs leaves nothing or all, and a retry is a first success."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from shared import ids
from shared.domain.accounts.packages import Package
from shared.store import paths
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import RULES, Member, Merchant
from tests.support.processes import Job, Outcome, Processes
from tests.support.refusals import nothing_written
from tests.support.traffic import first_answer_lost, interfered

REWARD = {
    "rewardId": "rw_1",
    "title": "Coffee",
    "type": "free_product",
    "requiredPoints": 40,
    "stock": 3,
}


@dataclass(frozen=True)
class Write:
    """A request that writes: what it needs, what it answers at first, and what it leaves behind."""

    action: str
    body: Callable[[Member], dict[str, Any]]
    answer: Callable[[Member, dict[str, Any]], dict[str, Any]]
    key: str | None = None

    def job(self, member: Member, rpcs: int | None = None) -> Job:
        assert member.api.key is not None
        return Job(self.action, self.body(member), member.api.key, self.key, rpcs)

    def send(self, member: Member) -> Answer:
        return member.api(self.action, self.body(member), idempotency_key=self.key)

    def state(self, member: Member) -> dict[str, Any]:
        """Return every document that the request may touch."""
        account_id, store_id = member.merchant.account_id, member.merchant.store_id
        claim_id = ids.digest(account_id, self.action, self.key or "")
        return {
            "member": stored.of_member(member),
            "stock": stored.document(paths.reward_stock(member.program_id, "rw_1")),
            "claim": stored.document(paths.idempotency_key(claim_id)),
            "store": stored.document(paths.store(store_id)),
            "programs": stored.documents(f"{paths.store(store_id)}/loyaltyPrograms"),
        }


def added(member: Member, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "success": True,
        **member.ids,
        "entryId": ids.derived("le", "earn", "t1"),
        "pointsAdded": 50,
        "pointsPending": 0,
        "pendingUntil": None,
        "pointsRequested": 50,
        "cappedBy": None,
        "reason": None,
        "madeOf": None,
        "previousBalance": 100,
        "newBalance": 150,
        "currentTier": None,
        "transactionId": "t1",
    }


def redeemed(member: Member, body: dict[str, Any]) -> dict[str, Any]:
    claim_id = ids.digest(member.merchant.account_id, "redeemLoyaltyPoints", "k1")
    return {
        "success": True,
        **member.ids,
        "redemptionId": ids.derived("le", "redeem", "key", claim_id),
        "pointsRedeemed": 40,
        "previousBalance": 100,
        "newBalance": 60,
        "currentTier": None,
        "amountPaid": None,
        "rewardId": "rw_1",
        "rewardCode": body["rewardCode"],
        "rewardDescription": "Coffee",
        "transactionId": None,
    }


def synced(member: Member, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "success": True,
        "message": "External sync: add successful",
        **member.ids,
        "previousBalance": 0,
        "newBalance": 50,
        "entryId": ids.derived("le", "earn", "x1"),
        "version": 1,
    }


def enrolled(member: Member, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "success": True,
        **member.ids,
        "memberId": member.membership_id,
        "status": "active",
        "currentBalance": 0,
        "welcomeBonus": 0,
        "awaitsWelcomeBonus": False,
        "currentTier": None,
        "enrolledAt": body["enrolledAt"],
        "alreadyEnrolled": False,
    }


def created(member: Member, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "success": True,
        "programId": body["programId"],
        "storeId": member.merchant.store_id,
        "createdAt": body["createdAt"],
    }


WRITES = {
    "earn": Write(
        "addLoyaltyPoints",
        lambda member: {**member.ids, "points": 50, "transactionId": "t1"},
        added,
    ),
    "redeem": Write(
        "redeemLoyaltyPoints",
        lambda member: {**member.ids, "points": 40, "rewardId": "rw_1"},
        redeemed,
        key="k1",
    ),
    "sync": Write(
        "syncExternalLoyalty",
        lambda member: {
            **member.ids,
            "action": "add",
            "points": 50,
            "source": "payback",
            "externalTransactionId": "x1",
        },
        synced,
    ),
    "enrol": Write("enrollInLoyaltyProgram", lambda member: member.ids, enrolled, key="k1"),
    "create": Write(
        "createLoyaltyProgram",
        lambda member: {
            "storeId": member.merchant.store_id,
            "programName": "P",
            "programType": "stamps",
            "rules": RULES["stamps"],
            "isActive": True,
        },
        created,
        key="k1",
    ),
}


def new_member(merchant: Merchant, name: str) -> Member:
    """Return who the request is about: a member with 100 points, or somebody not enrolled yet."""
    member = merchant.member("points", balance=100, rewards=[REWARD])
    return member.other("user_2") if name in {"sync", "enrol"} else member


def assert_whole(member: Member, name: str, write: Write) -> None:
    """Assert that all of a request's documents are there, once."""
    state = write.state(member)
    assert (state["claim"] is not None) == (write.key is not None)
    units = {"earn": [100, 50], "redeem": [100, -40], "sync": [50], "enrol": [], "create": [100]}
    assert stored.units(member) == units[name]
    stored.assert_sound(member)
    assert state["stock"] == {"remaining": 2 if name == "redeem" else 3}
    assert len(state["programs"]) == (2 if name == "create" else 1)
    for program_id in state["programs"]:
        stored.of_program(member.merchant, program_id)
    assert sorted(state["store"]["programIds"]) == sorted(state["programs"])
    assert sorted(state["store"]["activeProgramIds"]) == sorted(state["programs"])


@pytest.mark.parametrize(
    "name",
    # Each is a process that is killed after each of its RPCs; an earn is the one that matters most.
    [pytest.param(name, marks=() if name == "earn" else pytest.mark.wide) for name in WRITES],
)
def test_a_crash_leaves_nothing_or_all_and_a_retry_is_a_first_success(
    name: str, new_merchant: Callable[..., Merchant], servers: Processes
) -> None:
    write = WRITES[name]
    left_behind = []
    for rpcs in count():
        member = new_member(new_merchant(), name)
        before = write.state(member)

        (outcome,) = servers.run(write.job(member, rpcs))

        after = write.state(member)
        if not outcome.is_killed:
            assert (outcome.status, outcome.body) == (200, write.answer(member, outcome.body))
            assert_whole(member, name, write)
            break
        left_behind.append(after != before)
        _assert_retried(member, name, write, is_done=after != before)

    # Cold, a request reads the key, the account, and the program or the store; then it reads what
    # its decision needs and commits. Only who dies after that leaves anything behind. A sync looks
    # for what was kept of somebody who was erased once it knows that it enrols.
    decided = 6 if name == "sync" else 5
    assert left_behind == [False] * decided + [True]


def _assert_retried(member: Member, name: str, write: Write, *, is_done: bool) -> None:
    if is_done:
        assert_whole(member, name, write)
        with nothing_written():
            retried = write.send(member)
    else:
        retried = write.send(member)
    assert (retried.status, retried.body) == (200, write.answer(member, retried.body))
    assert retried.is_replay == is_done
    assert_whole(member, name, write)
    with nothing_written():
        again = write.send(member)
    assert (again.status, again.body, again.is_replay) == (200, retried.body, True)


@pytest.mark.parametrize("key", [None, "k1"])
@pytest.mark.parametrize("name", list(WRITES))
def test_a_commit_whose_answer_was_lost_is_not_repeated(
    name: str, key: str | None, merchant: Merchant
) -> None:
    member = new_member(merchant, name)
    write = replace(WRITES[name], key=key)

    with first_answer_lost():
        answer = write.send(member)

    expected = write.answer(member, answer.body)
    if name == "redeem":
        expected["redemptionId"] = answer.body["redemptionId"]
    assert (answer.status, answer.body) == (200, expected)
    assert_whole(member, name, write)


@pytest.mark.parametrize("name", ["earn", "redeem", "sync", "enrol", "create"])
def test_what_another_process_does_between_read_and_commit_is_kept(
    name: str, merchant: Merchant, servers: Processes
) -> None:
    """The same request, sent again before the first is through, by a client that lost patience."""
    member = new_member(merchant, name)
    write = replace(WRITES[name], key="k1")
    others: list[Outcome] = []

    def act_once() -> None:
        if not others:
            others.extend(servers.run(write.job(member)))

    member.api.ok("getLoyaltyProgram", {"programId": member.program_id})
    with interfered(act_once):
        answer = write.send(member)

    (other,) = others
    assert (other.status, other.body) == (200, write.answer(member, other.body))
    assert (answer.status, answer.body, answer.is_replay) == (200, other.body, True)
    assert_whole(member, name, write)


def test_processes_that_redeem_at_once_spend_the_balance_once(
    member: Member, servers: Processes
) -> None:
    assert member.api.key is not None
    body = {**member.ids, "points": 100}
    jobs = [Job("redeemLoyaltyPoints", body, member.api.key, f"k{number}") for number in range(8)]

    outcomes = servers.run(*jobs)

    assert Counter((each.status, each.body.get("error")) for each in outcomes) == {
        (200, None): 1,
        (400, "INSUFFICIENT_BALANCE"): 7,
    }
    assert stored.units(member) == [100, -100]
    stored.assert_sound(member)


def test_processes_that_enrol_somebody_at_once_lose_nothing(
    member: Member, servers: Processes
) -> None:
    assert member.api.key is not None
    other = member.other("user_2")
    jobs = [
        Job(
            "syncExternalLoyalty",
            {**other.ids, "action": "add", "points": 50, "externalTransactionId": f"x{number}"},
            member.api.key,
        )
        for number in range(8)
    ]

    outcomes = servers.run(*jobs)

    assert [each.status for each in outcomes] == [200] * 8
    assert sorted(each.body["newBalance"] for each in outcomes) == list(range(50, 450, 50))
    assert stored.units(other) == [50] * 8
    stored.assert_sound(other)


def test_processes_that_repeat_one_request_at_once_book_it_once(
    member: Member, servers: Processes
) -> None:
    assert member.api.key is not None
    body = {**member.ids, "points": 50, "transactionId": "t1"}
    jobs = [Job("addLoyaltyPoints", body, member.api.key, "k1") for _ in range(8)]

    outcomes = servers.run(*jobs)

    assert [each.status for each in outcomes] == [200] * 8
    assert all(each.body == added(member, each.body) for each in outcomes)
    assert stored.units(member) == [100, 50]
    stored.assert_sound(member)


def test_processes_that_activate_programs_at_once_on_go_activate_one(
    new_merchant: Callable[..., Merchant], servers: Processes
) -> None:
    merchant = new_merchant(Package.GO)
    program_ids = [merchant.program(isActive=False) for _ in range(4)]
    assert merchant.api.key is not None
    jobs = [
        Job("updateLoyaltyProgram", {"programId": each, "isActive": True}, merchant.api.key)
        for each in program_ids
    ]

    outcomes = servers.run(*jobs)

    assert Counter((each.status, each.body.get("error")) for each in outcomes) == {
        (200, None): 1,
        (403, "ENDPOINT_NOT_ALLOWED"): 3,
    }
    active = [each for each in program_ids if stored.of_program(merchant, each)["isActive"]]
    store = stored.document(paths.store(merchant.store_id))
    assert store is not None
    assert store["activeProgramIds"] == active
    assert len(active) == 1
