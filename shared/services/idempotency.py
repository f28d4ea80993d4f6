"""One effect for one ``Idempotency-Key``: a request's result is kept for 30 days.

The claim is written in the same commit as the effect, so neither exists without the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shared.auth.caller import Claim
from shared.errors import IdempotencyKeyReused
from shared.store import claim_documents, paths, personal
from shared.store.claim_documents import StoredClaim
from shared.store.client import Document, Write
from shared.store.protocol import Reads

KEPT = timedelta(days=30)


def claim_paths(claim: Claim | None) -> list[str]:
    """Return the paths to read to know whether the key was used."""
    return [paths.idempotency_key(claim.claim_id)] if claim else []


def earlier_result(claim: Claim | None, reads: Reads, now: datetime) -> Document | None:
    """Return the result of the request that used the key before, ``None`` if there was none.

    Raises:
        IdempotencyKeyReused: The key was used for a different request.
    """
    if claim is None:
        return None
    earlier = claim_documents.decode(reads[paths.idempotency_key(claim.claim_id)])
    if earlier is None or earlier.expires_at <= now:
        return None
    if earlier.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused("The Idempotency-Key was used for a different request.")
    return dict(earlier.result)


def claim_writes(
    claim: Claim | None, reads: Reads, result: dict[str, Any], now: datetime, run_id: str
) -> list[Write]:
    """Return the write that keeps ``result`` under the key.

    ``run_id`` is random, and tells this run from another one of the same request.

    What is encrypted in it must be its ``secretToken``, or it is lost with the key of the vault.
    """
    if claim is None:
        return []
    read = reads[paths.idempotency_key(claim.claim_id)]
    # Firestore deletes expired documents lazily: one may still be there, and is replaced.
    stored = StoredClaim(
        claim.fingerprint,
        result,
        created_at=now,
        expires_at=now + KEPT,
        run_id=run_id,
        people=_people(claim, result),
    )
    return [claim_documents.write(read, stored)]


def _people(claim: Claim, result: dict[str, Any]) -> tuple[str, ...]:
    """Return whom the request names, and whose id it has made."""
    if claim.account_id is None:
        return ()
    answers = (result, *result.get("rows", ()))
    made = [each["userId"] for each in answers if each.get("userId")]
    named = dict.fromkeys((*claim.user_ids, *made))
    return tuple(personal.person(claim.account_id, each) for each in named)
