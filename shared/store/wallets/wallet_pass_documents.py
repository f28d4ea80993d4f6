"""Passes that members were given for the wallets of their phones."""

from __future__ import annotations

from datetime import datetime

from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import WalletPass
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

PER_DEVICE_MAX = 200
"""A phone has fewer passes of one operator."""

PASSES = Documents(
    WalletPass,
    paths.wallet_pass,
    collection="walletPasses",
    path_of=lambda each: paths.wallet_pass(each.pass_id),
    personal=Personal("walletPasses", personal.of_user("walletPasses"), wallet_passes.erased),
)

decode = PASSES.decode
find = PASSES.find
write = PASSES.write
deletion = PASSES.deletion


def list_of_device(device_hash: str) -> list[WalletPass]:
    """Return the passes of which a phone wants to be told."""
    return PASSES.query(("deviceHashes", "array-contains", device_hash), limit=PER_DEVICE_MAX)


def list_due(before: datetime, limit: int, after: WalletPass | None = None) -> list[WalletPass]:
    """Return passes whose wallets were to be told before a moment, longest due first."""
    return PASSES.query(
        ("nextAttemptAt", "<=", before),
        order_by=["nextAttemptAt", "__name__"],
        after={"nextAttemptAt": after.next_attempt_at, "__name__": after.pass_id}
        if after
        else None,
        limit=limit,
    )
