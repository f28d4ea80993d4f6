"""One effect for one Idempotency-Key: kept for 30 days, in the commit of the effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared import ids
from shared.auth.caller import Claim
from shared.errors import IdempotencyKeyReused
from shared.services import idempotency
from shared.store import client, paths, protocol
from shared.store.client import Create, Document, WriteConflict
from shared.store.protocol import Decision, Reads
from tools.emulators import FirestoreEmulator

RUN = "run_1"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
OVER = NOW + timedelta(days=30)
TICK = timedelta(milliseconds=1)


@pytest.fixture
def claim(firestore_emulator: FirestoreEmulator) -> Claim:
    """A key that was not used."""
    return Claim(ids.new("claim"), fingerprint="of this request")


def claim_of(claim: Claim) -> Document | None:
    return client.get_one(paths.idempotency_key(claim.claim_id)).data


def read(claim: Claim) -> Reads:
    return client.get(idempotency.claim_paths(claim))


def keep(claim: Claim, result: Document, now: datetime = NOW) -> None:
    client.commit(idempotency.claim_writes(claim, read(claim), result, now, RUN))


def test_a_key_that_was_not_used_has_no_result(claim: Claim) -> None:
    assert idempotency.earlier_result(claim, read(claim), NOW) is None


def test_a_result_is_kept_with_the_fingerprint_for_30_days(claim: Claim) -> None:
    keep(claim, {"balanceUnits": 5})
    assert claim_of(claim) == {
        "fingerprint": "of this request",
        "result": {"balanceUnits": 5},
        "createdAt": NOW,
        "expiresAt": OVER,
        "runId": RUN,
        "people": [],
    }


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=20), OVER - NOW - TICK])
def test_the_result_is_given_again(claim: Claim, later: timedelta) -> None:
    keep(claim, {"balanceUnits": 5})
    found = idempotency.earlier_result(claim, read(claim), NOW + later)
    assert found == {"balanceUnits": 5}


def test_an_empty_result_is_a_result(claim: Claim) -> None:
    keep(claim, {})
    assert idempotency.earlier_result(claim, read(claim), NOW) == {}


def test_another_request_with_the_key_is_refused(claim: Claim) -> None:
    keep(claim, {"balanceUnits": 5})
    other = Claim(claim.claim_id, fingerprint="of another request")
    with pytest.raises(IdempotencyKeyReused):
        idempotency.earlier_result(other, read(other), NOW)
    with pytest.raises(IdempotencyKeyReused):
        idempotency.earlier_result(other, read(other), OVER - TICK)


def test_an_expired_claim_is_no_result_for_any_request(claim: Claim) -> None:
    keep(claim, {"balanceUnits": 5})
    other = Claim(claim.claim_id, fingerprint="of another request")
    assert idempotency.earlier_result(claim, read(claim), OVER) is None
    assert idempotency.earlier_result(other, read(other), OVER) is None


def test_an_expired_claim_that_is_still_there_is_replaced(claim: Claim) -> None:
    keep(claim, {"balanceUnits": 5})
    other = Claim(claim.claim_id, fingerprint="of another request")
    keep(other, {"tier": "Gold"}, OVER)
    assert claim_of(claim) == {
        "fingerprint": "of another request",
        "result": {"tier": "Gold"},
        "createdAt": OVER,
        "expiresAt": OVER + timedelta(days=30),
        "runId": RUN,
        "people": [],
    }


def test_a_claim_is_written_once(claim: Claim) -> None:
    absent = read(claim)
    keep(claim, {"balanceUnits": 5})
    with pytest.raises(WriteConflict):
        client.commit(idempotency.claim_writes(claim, absent, {"balanceUnits": 9}, NOW, RUN))
    stored = claim_of(claim)
    assert stored is not None
    assert stored["result"] == {"balanceUnits": 5}


def test_an_effect_that_fails_leaves_the_key_free(claim: Claim) -> None:
    taken = f"serviceTests/{ids.new('t')}"
    client.commit([Create(taken, {})])
    writes = idempotency.claim_writes(claim, read(claim), {}, NOW, RUN)
    with pytest.raises(WriteConflict):
        client.commit([*writes, Create(taken, {})])
    assert claim_of(claim) is None


def test_a_second_run_finds_the_result_of_the_first(claim: Claim) -> None:
    path = f"serviceTests/{ids.new('t')}"

    def decide(reads: Reads) -> Decision[Document]:
        earlier = idempotency.earlier_result(claim, reads, NOW)
        if earlier is not None:
            return Decision({**earlier, "again": True})
        writes = idempotency.claim_writes(claim, reads, {"n": 1}, NOW, RUN)
        return Decision({"n": 1}, [Create(path, {"n": 1}), *writes])

    needed = [path, *idempotency.claim_paths(claim)]
    assert protocol.run(needed, decide) == {"n": 1}
    assert protocol.run(needed, decide) == {"n": 1, "again": True}


def test_without_a_key_nothing_is_read_or_written() -> None:
    assert idempotency.claim_paths(None) == []
    assert idempotency.earlier_result(None, {}, NOW) is None
    assert idempotency.claim_writes(None, {}, {"balanceUnits": 5}, NOW, RUN) == []
