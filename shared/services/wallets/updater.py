"""Tell wallets of passes that have changed: Apple's phones by a push, Google by the new object.

Whoever tells takes the lease first, reads the member's state after that, calls, and looks then
whether something has changed meanwhile: if so, it is due again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from shared import clock, config, ids, logs
from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import Wallet, WalletPass
from shared.errors import ConnectorError
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events import wallet_outbox
from shared.services.events.due_tasks import EARLY_S
from shared.services.vaults import vault
from shared.services.wallets import apple_passes
from shared.store import paths
from shared.store.wallets import wallet_pass_documents
from shared.webhooks import schedule


@dataclass(frozen=True, slots=True)
class Telling:
    """How a call ended: ``error`` is ``None`` if the wallet knows; phones in ``gone`` are no more.

    ``is_final``: another try would end in the same way.
    """

    error: str | None = None
    message: str = ""
    is_final: bool = False
    retry_after_s: int | None = None
    gone: frozenset[str] = frozenset()


def attempt(pass_id: str) -> None:
    """Make the attempt that is due."""
    begun = _begin(pass_id)
    if begun is None:
        return
    settle(begun, _tell(begun))


def _begin(pass_id: str) -> WalletPass | None:
    """Take the lease; ``None`` if nothing is due, or the wallet is not offered any more."""
    path, lease_id, now = paths.wallet_pass(pass_id), ids.new("run"), clock.real_now()

    def decide(reads: Reads) -> Effect[WalletPass | None]:
        found = wallet_pass_documents.decode(reads[path])
        if found is None or not found.is_due(now + timedelta(seconds=EARLY_S)):
            return Effect(None)
        if found.wallet not in wallet_outbox.offered():
            return Effect(None)
        # What turns within the moment that a queue may be early is told as turned.
        current = wallet_passes.turned(found, now + timedelta(seconds=EARLY_S))
        begun = wallet_passes.begun(current, lease_id, now)
        return Effect(begun, [wallet_pass_documents.write(reads[path], begun)])

    return commands.run([path], decide)


def _tell(found: WalletPass) -> Telling:
    return _tell_phones(found) if found.wallet is Wallet.APPLE else _tell_google(found)


def _tell_google(found: WalletPass) -> Telling:
    from shared.services.wallets import google_passes  # Its libraries are slow to load.

    try:
        google_passes.tell(found)
    except ConnectorError as problem:
        return failure(problem)
    return Telling()


def failure(problem: ConnectorError) -> Telling:
    """Return how a call ended that Google did not answer, or refused."""
    return Telling(
        problem.code,
        problem.message,
        is_final=not problem.retryable,
        retry_after_s=problem.details.get("retryAfter"),
    )


def _tell_phones(found: WalletPass) -> Telling:
    """Push to the phones with an Apple pass. Whose end they were told is over now."""
    is_over = found.is_ending and found.ends_at is not None
    if not found.devices or is_over:
        return Telling()
    from shared.outgoing import apns  # It is slow to load, and few functions push.

    own = apple_passes.identity()
    path = paths.wallet_pass(found.pass_id)
    hash_of = {vault().decrypt(each.push_token, path): each.device_hash for each in found.devices}
    outcomes = apns.PushOutcome
    done = apns.push(
        [*hash_of],
        topic=own.pass_type_id,
        identity=own.pem,
        url=config.apns_url() or apns.URL,
        authorities=config.apns_authorities(),
    )
    gone = frozenset(hash_of[each.token] for each in done if each.outcome is outcomes.GONE)
    bad = [each for each in done if each.outcome in {outcomes.RETRY, outcomes.REFUSED}]
    if not bad:
        return Telling(gone=gone)
    is_final = all(each.outcome is outcomes.REFUSED for each in bad)
    return Telling("push_failed", bad[0].reason, is_final=is_final, gone=gone)


def settle(begun: WalletPass, telling: Telling) -> WalletPass | None:
    """Write down the end of an attempt; what has changed meanwhile is due again.

    Returns:
        The pass then; ``None`` if it is over, or somebody else tells it.
    """
    path, now = paths.wallet_pass(begun.pass_id), clock.real_now()

    def decide(reads: Reads) -> Effect[WalletPass | None]:
        found = wallet_pass_documents.decode(reads[path])
        if found is None or found.lease_id != begun.lease_id:
            return Effect(None)
        found = wallet_passes.unregistered(found, telling.gone)
        if telling.error is None:
            after = wallet_passes.told(found, begun.version, now)
        else:
            delay_s = _delay_s(found, telling)
            after = wallet_passes.failed(found, telling.error, telling.message, delay_s, now)
        if after is None:
            return Effect(None, [wallet_pass_documents.deletion(reads[path])])
        return Effect(after, [wallet_pass_documents.write(reads[path], after)])

    after = commands.run([path], decide)
    if telling.error is not None:
        logs.warning(
            "wallet not told",
            passId=begun.pass_id,
            wallet=begun.wallet.value,
            error=telling.error,
            reason=telling.message,
        )
    if after is not None:
        wallet_outbox.enqueue(after)
    return after


def _delay_s(found: WalletPass, telling: Telling) -> int | None:
    if telling.is_final:
        return None
    return schedule.next_delay_s(
        found.attempts + 1, jitter=random.random(), retry_after_s=telling.retry_after_s
    )
