"""The caller of a request, and the data that the call may touch."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.accounts.packages import Package


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's hold on its ``Idempotency-Key``.

    ``claim_id`` is the digest of account, mode, action and key, so that equal keys of different
    merchants, modes or actions stay apart; ``fingerprint`` is the digest of the validated body.
    """

    claim_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Caller:
    """The account behind a key. Test keys act as PRIME and change nothing."""

    account_id: str
    package: Package
    is_live: bool
    claim: Claim | None = None
