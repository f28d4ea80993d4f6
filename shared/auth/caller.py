"""Who calls, and what the call may touch."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.accounts.packages import Package


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's hold on its ``Idempotency-Key``.

    ``claim_id`` is the digest of account, mode, action and key, so that keys of two merchants,
    modes or actions never meet; ``fingerprint`` is the digest of the validated body.
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
