"""One effect for one ``Idempotency-Key``: what a request did is kept for 30 days with its result.

The record is written in the same commit as the effect, so there is never one without the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shared.auth.caller import Claim
from shared.errors import IdempotencyKeyReused
from shared.store import client, paths
from shared.store.client import Document, Write
from shared.store.protocol import Reads

KEPT = timedelta(days=30)


def claim_paths(claim: Claim | None) -> list[str]:
    """Return what must be read to know whether the key was used."""
    return [paths.idempotency_key(claim.claim_id)] if claim else []


def earlier_result(claim: Claim | None, reads: Reads, now: datetime) -> Document | None:
    """Return the result of the request that used the key before, ``None`` if there was none.

    Raises:
        IdempotencyKeyReused: The key was used for a different request.
    """
    if claim is None:
        return None
    record = reads[paths.idempotency_key(claim.claim_id)].data
    if record is None or _is_over(record, now):
        return None
    if record["fingerprint"] != claim.fingerprint:
        raise IdempotencyKeyReused("The Idempotency-Key was used for a different request.")
    result: Document = record["result"]
    return result


def claim_writes(
    claim: Claim | None, reads: Reads, result: dict[str, Any], now: datetime
) -> list[Write]:
    """Return the write that keeps ``result`` under the key."""
    if claim is None:
        return []
    read = reads[paths.idempotency_key(claim.claim_id)]
    record = {
        "fingerprint": claim.fingerprint,
        "result": result,
        "createdAt": now,
        "expiresAt": now + KEPT,
    }
    # Firestore deletes expired documents lazily: one may still be there, and is replaced.
    return [client.replacement(read, record)]


def _is_over(record: Document, now: datetime) -> bool:
    expires_at: datetime = record["expiresAt"]
    return expires_at <= now
