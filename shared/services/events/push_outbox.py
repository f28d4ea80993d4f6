"""Which causes are told to devices: one task each, after the commit of the cause's event.

Where the operator has not switched push on, nothing is read and nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared import config, ids
from shared.clock import to_wire
from shared.domain.loyalty.entries import Entry
from shared.domain.members.push_subscriptions import PushKind, PushSubscription
from shared.services import commands
from shared.services.commands import Reads
from shared.store import paths
from shared.store.members import push_documents
from shared.tasks import Task

FUNCTION = "sendPush"
"""The function that sends; its queue has the same name."""
ENTRY = "entry"
EXPIRING = "expiring"


def needs(membership_id: str) -> list[str]:
    """Return what a commit has to read besides, so that devices can be told of a membership."""
    return [paths.push_subscription(membership_id)] if config.push_key() else []


def of_entry(reads: Reads, entry: Entry) -> list[Task]:
    """Return the task that tells of a booking; none if no device wants to know.

    Only what gives something, now or later, or changes the tier can have been earned, or bring a
    reward into reach.
    """
    found = _subscription(reads, entry.membership_id)
    gives = entry.units > 0 or entry.moved_units > 0 or entry.tier_after != entry.tier_before
    if found is None or not gives:
        return []
    if not {PushKind.EARNED, PushKind.REWARD_IN_REACH} & {*found.kinds}:
        return []
    return [_task(entry.membership_id, ENTRY, entry.entry_id)]


def of_expiring(reads: Reads, membership_id: str, moments: Iterable[datetime | None]) -> list[Task]:
    """Return the tasks that tell of days on which points expire.

    Raises:
        Wanted: The subscription is not read yet.
    """
    told = [each for each in moments if each is not None]
    if not told:
        return []
    commands.want(reads, needs(membership_id))
    found = _subscription(reads, membership_id)
    if found is None or PushKind.EXPIRING not in found.kinds:
        return []
    return [_task(membership_id, EXPIRING, to_wire(each)) for each in told]


def _subscription(reads: Reads, membership_id: str) -> PushSubscription | None:
    read = reads.get(paths.push_subscription(membership_id))
    return None if read is None else push_documents.decode(read)


def _task(membership_id: str, kind: str, cause: str) -> Task:
    # The queue takes each name once, so a trigger that comes twice asks for it twice in vain.
    name = ids.digest("push", membership_id, kind, cause)
    return Task(FUNCTION, name, {"membershipId": membership_id, "kind": kind, "cause": cause})
