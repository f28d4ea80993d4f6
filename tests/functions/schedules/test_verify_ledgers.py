"""verifyLedgers: each night all books of all accounts, in pieces; what is off is told once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.schedules import verify_ledgers
from shared import clock
from shared.services.loyalty import nightly_proof, verification
from shared.store import client, paths
from shared.store.client import Delete, Put, Update
from shared.store.loyalty import program_documents, proof_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline, deliveries_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.test_clocks import set_ahead

pytestmark = pytest.mark.usefixtures("own_database")

BROKEN = "loyalty.ledger_broken"


@pytest.fixture
def members(
    frozen_clock: Clock, new_merchant: Callable[..., Merchant], pipeline: Pipeline
) -> list[Member]:
    """Members of two accounts; all is told."""
    merchants = [new_merchant(), new_merchant()]
    found = [merchant.member("points", balance=100) for merchant in merchants]
    found.append(found[0].other("user_2"))
    found[2].enroll()
    for merchant in merchants:
        pipeline.register(merchant, "https://example.com/hook", BROKEN)
        pipeline.fire(merchant)
    frozen_clock.advance(minutes=11)
    return found


def break_balance(member: Member, units: int = 1000) -> None:
    path = paths.member(member.membership_id)
    read = client.get_one(path)
    body = {**(read.data or {}), "balanceUnits": units}
    mirror = paths.store_member(member.merchant.store_id, member.membership_id)
    client.commit([Update(read, body), Put(mirror, body)])


def lines(capsys: pytest.CaptureFixture[str], message: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]
    return [each for each in found if each["message"] == message]


def told(member: Member) -> list[dict[str, Any]]:
    return stored.events(member.merchant.store_id, BROKEN)


def test_finds_nothing_where_all_is_right(
    members: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    verify_ledgers.handle()

    proof_round = proof_documents.find()
    assert proof_round is not None
    assert proof_round.ended_at is not None
    assert (proof_round.programs, proof_round.memberships, proof_round.entries) == (2, 3, 2)
    assert proof_round.problems == 0
    assert [told(each) for each in members] == [[], [], []]
    assert len(lines(capsys, "ledgers verified")) == 1


def test_tells_the_accounts_own_endpoints_and_the_operator(
    members: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    break_balance(members[0])

    verify_ledgers.handle()

    (event,) = told(members[0])
    assert event["data"] == {
        "programId": members[0].program_id,
        "userId": "user_1",
        "invariant": "balance",
        "entrySequence": None,
        "expected": "100",
        "found": "1000",
    }
    assert [each.event_type for each in deliveries_of(members[0].merchant)] == [BROKEN]
    assert told(members[1]) == []
    (line,) = lines(capsys, "ledger broken")
    assert (line["severity"], line["invariant"]) == ("ERROR", "balance")
    assert line["programId"] == members[0].program_id
    assert "user_1" not in json.dumps(line)
    assert stored.entries(members[0])[-1].units == 100  # Nothing is repaired by itself.


def test_tells_once_and_logs_every_night(
    members: list[Member], frozen_clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    break_balance(members[0])
    verify_ledgers.handle()
    with nothing_written():
        verify_ledgers.handle()  # The same night.
    assert len(lines(capsys, "ledger broken")) == 1

    break_balance(members[0], 2000)
    frozen_clock.advance(days=1)
    verify_ledgers.handle()

    assert len(told(members[0])) == 1
    assert len(lines(capsys, "ledger broken")) == 1


def test_goes_on_where_its_time_was_over(
    members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly_proof, "RUN_S_MAX", -1.0)
    break_balance(members[2])
    rounds = [nightly_proof.run(1) for _ in range(12)]

    assert rounds[0].ended_at is None
    assert rounds[-1].ended_at is not None
    assert (rounds[-1].programs, rounds[-1].memberships) == (2, 3)
    assert len(told(members[2])) == 1


def test_what_is_told_of_a_test_account_has_its_time(
    frozen_clock: Clock, new_merchant: Callable[..., Merchant]
) -> None:
    tested = new_merchant(is_test=True)
    member = tested.member("points", balance=100)
    set_ahead(tested, days=40)
    break_balance(member)

    verify_ledgers.handle()

    moments = {each["createdAt"] for each in told(member)}
    assert moments == {clock.to_wire(clock.real_now() + timedelta(days=40))}


def test_a_program_with_which_each_run_dies_is_left_out_in_the_end(
    members: list[Member],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    verify_piece = verification.verify_piece
    for each in members[:2]:
        break_balance(each)

    def dies(program: Any, *args: Any, **fields: Any) -> Any:
        if program.program_id == members[0].program_id:
            raise KeyboardInterrupt  # As the end of a process, it is caught by nothing.
        return verify_piece(program, *args, **fields)

    monkeypatch.setattr(verification, "verify_piece", dies)

    for _ in range(nightly_proof.TRIES_MAX):
        with pytest.raises(KeyboardInterrupt):
            verify_ledgers.handle()
    verify_ledgers.handle()

    proof_round = proof_documents.find()
    assert proof_round is not None
    assert proof_round.ended_at is not None
    assert (len(told(members[0])), len(told(members[1]))) == (0, 1)
    (line,) = lines(capsys, "ledger not verified")
    assert line["programId"] == members[0].program_id


def test_a_program_that_cannot_be_checked_keeps_no_other_from_its_proof(
    members: list[Member],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    verify_piece = verification.verify_piece
    for each in members[:2]:
        break_balance(each)

    def fails(program: Any, *args: Any, **fields: Any) -> Any:
        if program.program_id == members[0].program_id:
            raise RuntimeError("no answer")
        return verify_piece(program, *args, **fields)

    monkeypatch.setattr(verification, "verify_piece", fails)

    verify_ledgers.handle()

    assert (len(told(members[0])), len(told(members[1]))) == (0, 1)
    assert len(lines(capsys, "ledger not verified")) == 1


def test_a_program_that_is_gone_ends_the_piece(
    members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly_proof, "RUN_S_MAX", -1.0)
    first = nightly_proof.run(1)
    assert first.program_id is not None
    client.commit([Delete(client.get_one(paths.program(first.program_id)))])
    program_documents.forget(first.program_id)

    rounds = [nightly_proof.run(1) for _ in range(8)]

    assert rounds[-1].ended_at is not None
    assert rounds[-1].programs == 1
