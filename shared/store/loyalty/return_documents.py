"""What came back of earns, beside their entries."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.loyalty.earn_returns import EarnReturns
from shared.store import client, paths
from shared.store.client import Delete, Snapshot, Write
from shared.store.documents import Documents

RETURNS = Documents(EarnReturns, paths.earn_returns, collection="earnReturns")

decode = RETURNS.decode
write = RETURNS.write


def moves(reads: Mapping[str, Snapshot], moved: Mapping[str, str]) -> list[Write]:
    """Return the writes that give documents other paths, where there are any.

    ``moved`` are the new paths by the old ones; both are read.
    """
    writes: list[Write] = []
    for old, new in moved.items():
        data = reads[old].data
        if data is not None:
            writes += [Delete(reads[old]), client.replacement(reads[new], data)]
    return writes
