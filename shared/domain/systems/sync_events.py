"""Events between a store and its systems, in the words of the webhook documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared import ids
from shared.clock import to_wire
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.systems.shop_writings import ShopWriting
from shared.domain.systems.syncs import Connection, Counts, Sync, SystemKind

_SYNCED = {SystemKind.POS: event_types.POS_SYNCED, SystemKind.ERP: event_types.ERP_SYNCED}
_PUSHED = {SystemKind.POS: event_types.POS_PUSHED, SystemKind.ERP: event_types.ERP_PUSHED}


def from_sync(sync: Sync, now: datetime) -> Event | None:
    """Return the event of a sync that has read everything; ``now`` is the account's time.

    ``None`` for a shop: what its orders earn is told by the events of the points.
    """
    if sync.kind not in _SYNCED:
        return None
    return Event(
        event_id=ids.derived("evt", sync.sync_id, "synced"),
        type=_SYNCED[sync.kind],
        account_id=sync.account_id,
        store_id=sync.store_id,
        program_id=None,
        user_id=None,
        source=sync.system,
        created_at=now,
        data={
            "system": sync.system,
            "syncId": sync.sync_id,
            "changes": changes(sync),
            "synced": synced(sync),
        },
    )


def from_push(
    store: tuple[str, str],
    kind: SystemKind,
    system: str,
    data_type: str,
    record_ids: list[str],
    at: datetime,
) -> Event:
    """Return the event of records that a system has taken.

    Args:
        store: The store; it also names the account.
        kind: The kind of the system.
        system: The name of the system.
        data_type: The type of the records.
        record_ids: Our ids of the records, at least one.
        at: The time of the push, in the account's time.
    """
    account_id, store_id = store
    return Event(
        event_id=ids.derived(
            "evt", store_id, kind, system, data_type, to_wire(at), *sorted(record_ids)
        ),
        type=_PUSHED[kind],
        account_id=account_id,
        store_id=store_id,
        program_id=None,
        user_id=None,
        source=system,
        created_at=at,
        data={"system": system, "dataType": data_type, "records": len(record_ids)},
    )


def from_data_request(
    connection: Connection, notice_id: str, user_id: str | None, at: datetime
) -> Event:
    """Return the event of a customer of a shop who asks what is stored of them.

    Every endpoint of the merchant is told, also the shop's: it is the merchant who must answer.

    Args:
        connection: The shop.
        notice_id: Our id of the shop's notice: there is one event of each.
        user_id: The member who is linked to the customer; ``None`` if nobody is.
        at: The time of the notice, in the account's time.
    """
    return Event(
        event_id=ids.derived("evt", notice_id, "data_requested"),
        type=event_types.SHOP_DATA_REQUESTED,
        account_id=connection.account_id,
        store_id=connection.store_id,
        program_id=None,
        user_id=user_id,
        source=None,
        created_at=at,
        data={"system": connection.system, "userId": user_id},
    )


def from_dead_writing(writing: ShopWriting, at: datetime) -> Event:
    """Return the event of a card or code that nobody tries to write into its shop any more.

    Args:
        writing: The dead letter. Begun again it has another version, and another event if it fails.
        at: The time, in the account's time.
    """
    user_id = None if writing.is_ending else writing.user_id
    return Event(
        event_id=ids.derived("evt", writing.write_id, str(writing.version), "write_failed"),
        type=event_types.SHOP_WRITE_FAILED,
        account_id=writing.account_id,
        store_id=writing.store_id,
        program_id=writing.program_id,
        user_id=user_id,
        source=None,
        created_at=at,
        data={
            "system": writing.system,
            "writeId": writing.write_id,
            "kind": writing.kind.value,
            "userId": user_id,
            "redemptionId": writing.terms.entry_id if writing.terms else None,
            "error": writing.error,
            "reason": writing.dead_reason,
        },
    )


def synced(sync: Sync) -> Mapping[str, int]:
    """Return the documented counts: listed items, and products that got another price."""
    if sync.kind is SystemKind.POS:
        return {
            "products": sync.counted("products").read,
            "categories": sync.counted("categories").read,
            "priceUpdates": sync.counted("products").priced,
        }
    if sync.kind is SystemKind.SHOP:
        return {"orders": sync.counted("receipts").read}
    return {
        "inventory": sync.counted("stock").read,
        "orders": sync.counted("orders").read,
        "suppliers": sync.counted("suppliers").read,
    }


def changes(sync: Sync) -> Mapping[str, int]:
    """Return the counts of the changes that the sync made."""
    total = Counts()
    for each in sync.counts.values():
        total = total.plus(each)
    return {
        "created": total.created,
        "changed": total.changed,
        "deleted": total.deleted,
        "skipped": total.skipped,
        "receiptsAwarded": total.awarded,
        "receiptsTakenBack": total.taken_back,
    }
