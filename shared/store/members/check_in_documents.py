"""Check-ins, what limits the next one, and a store's counters of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.domain.members import check_ins
from shared.domain.members.check_in_figures import CheckInCounters
from shared.domain.members.check_ins import CheckIn, Visitor
from shared.store import client, paths, personal
from shared.store.client import Increment, Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.store.stores import store_documents

KEPT = timedelta(days=90)
"""Afterwards a TTL policy deletes check-ins. What they earned stays in the ledger."""
SHARDS = 10


def visitors_of_user(
    account_id: str, user_id: str, after: str | None = None
) -> Iterator[list[Snapshot]]:
    """Yield what the account's stores know of a visitor."""
    stores = store_documents.list_of_account(account_id)
    every = sorted(paths.visitor(each.store_id, user_id) for each in stores)
    wanted = [each for each in every if after is None or each > after]
    for start in range(0, len(wanted), client.PAGE):
        page = client.get(wanted[start : start + client.PAGE]).values()
        if found := [each for each in page if each.data is not None]:
            yield found


CHECK_INS = Documents(
    CheckIn,
    paths.check_in,
    collection="checkIns",
    path_of=lambda check_in: paths.check_in(check_in.session_id),
    personal=Personal("checkIns", personal.of_user("checkIns"), check_ins.erased),
)
VISITORS = Documents(
    Visitor,
    paths.visitor,
    path_of=lambda visitor: paths.visitor(visitor.store_id, visitor.user_id),
    personal=Personal("visits", visitors_of_user, lambda _, __: None),
)
COUNTERS = Documents(CheckInCounters, paths.check_in_shard)

decode = CHECK_INS.decode
creation = CHECK_INS.creation
to_document = CHECK_INS.to_document
from_document = CHECK_INS.from_document
decode_visitor = VISITORS.decode
write_visitor = VISITORS.write


def count_of_store(store_id: str, since: datetime) -> int:
    """Return the number of a store's check-ins from ``since`` on."""
    return CHECK_INS.count(("storeId", "==", store_id), ("checkedInAt", ">=", since))


def count_of_device(device_hash: str, since: datetime) -> int:
    """Return the number of check-ins from a device from ``since`` on."""
    return CHECK_INS.count(("deviceHash", "==", device_hash), ("checkedInAt", ">=", since))


def checked_in_since(moment: datetime, limit: int) -> list[CheckIn]:
    """Return check-ins of all stores from ``moment`` on, oldest first."""
    return CHECK_INS.query(("checkedInAt", ">=", moment), order_by=["checkedInAt"], limit=limit)


def increment(store_id: str, counters: CheckInCounters) -> Increment:
    """Return the write that adds to a store's counters."""
    amounts = COUNTERS.to_document(counters)
    return Increment(paths.check_in_shard(store_id, random.randrange(SHARDS)), amounts)


def shards(store_id: str) -> list[CheckInCounters]:
    """Return the parts of a store's counters; their sum is exact."""
    return COUNTERS.query(collection=paths.check_in_shards(store_id))
