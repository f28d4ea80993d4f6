"""The clocks of test accounts."""

from __future__ import annotations

from shared.domain.accounts.test_clocks import TestClock
from shared.store import paths
from shared.store.documents import Documents

CLOCKS = Documents(
    TestClock,
    paths.test_clock,
    collection="testClocks",
    path_of=lambda clock: paths.test_clock(clock.account_id),
)

decode = CLOCKS.decode
find = CLOCKS.find
write = CLOCKS.write


def list_moved(after: str | None, limit: int) -> list[TestClock]:
    """Return clocks that were moved, or are being moved, by the ids of their accounts.

    Args:
        after: Only those of later ids; ``None`` for the first ones.
        limit: The most clocks to return.
    """
    return CLOCKS.query(
        order_by=["__name__"], after={"__name__": after} if after else None, limit=limit
    )
