"""Syncs of a store with its systems, as requests name them and answers show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from shared.domain.systems import sync_events, system_names
from shared.domain.systems.purchases import Purchase
from shared.domain.systems.syncs import (
    Connection,
    Counts,
    Sync,
    SyncSchedule,
    SyncState,
    SystemKind,
)
from shared.schemas import answers
from shared.schemas.base import Id, RequestTime, Timestamp, WireModel
from shared.schemas.systems.meaning_bodies import MeaningBody, to_meaning

_NAME = "Name of the system."
PosName = Annotated[system_names.PosName, Field(description=_NAME)]
ErpName = Annotated[system_names.ErpName, Field(description=_NAME)]
ShopName = Annotated[system_names.ShopName, Field(description=_NAME)]
ApprovingShopName = Annotated[system_names.ApprovingShopName, Field(description=_NAME)]
SystemName = Annotated[system_names.SystemName, Field(description=_NAME)]
KindName = Annotated[
    SystemKind,
    Field(
        strict=False, description="`pos` for a till system, `erp` for an ERP, `shop` for a shop."
    ),
]
ScheduleName = Annotated[
    SyncSchedule, Field(strict=False, description="How often the system is synced by itself.")
]
StateName = Annotated[
    SyncState,
    Field(
        strict=False,
        description="`running` until it `succeeded` or `failed`.",
    ),
]
SystemCredentials = Annotated[
    dict[str, Any],
    Field(
        description=(
            "What the system needs; the fields depend on `system`, see its page in the "
            "documentation. By default what configureSync has stored."
        )
    ),
]
IsFull = Annotated[
    bool, Field(description="True to read everything again, as if it were the first time.")
]
MayDeleteMost = Annotated[
    bool,
    Field(
        description=(
            "True to mark products as gone even if that is more than half of what is known."
        )
    ),
]
NextSyncAt = Annotated[
    Timestamp | None,
    Field(description="When the next sync begins by itself. Null if none does."),
]
SyncId = Annotated[str, Field(description="Id of the sync.")]
Problem = Annotated[
    str | None,
    Field(
        description=(
            "`too_many_gone` if a full list lacked more than half of the known items, so none were "
            "marked as gone: check the system, or repeat with `allowMassDeletion`. Null if nothing "
            "is wrong."
        )
    ),
]


class AwardPointsBody(WireModel):
    """The program in which receipts from ``issuedSince`` on earn points."""

    program_id: Id = Field(description="The program in which receipts earn points.")
    issued_since: RequestTime | None = Field(
        default=None,
        description="Receipts that are older earn nothing; nor do those from before a membership.",
    )


class PosSynced(WireModel):
    """The counts of a till's data; ``priceUpdates`` are known products with another price."""

    products: int = Field(description="Products that were listed.")
    categories: int = Field(description="Categories that were listed.")
    price_updates: int = Field(description="Known products that have got another price.")


class ErpSynced(WireModel):
    """The counts of an ERP's data."""

    inventory: int = Field(description="Stock levels that were listed.")
    orders: int = Field(description="Orders that were listed.")
    suppliers: int = Field(description="Suppliers that were listed.")


class ShopSynced(WireModel):
    """The counts of a shop's data."""

    orders: int = Field(description="Orders that were listed.")


class SyncChanges(WireModel):
    """The changes that the sync made."""

    created: int = Field(description="How many are new.")
    changed: int = Field(description="How many have changed.")
    deleted: int = Field(description="How many are gone, and marked so.")
    skipped: int = Field(description="How many could not be taken; getSyncStatus says why.")
    receipts_awarded: int = Field(description="How many receipts have earned points.")
    receipts_taken_back: int = Field(description="How many receipts have taken points back.")


class RemarkBody(WireModel):
    """An item that could not be taken over or was read in doubt, and the reason."""

    stream: str = Field(
        description=(
            "What is read: `categories`, `products`, `receipts`, `stock`, `orders`, `suppliers`."
        )
    )
    external_id: str = Field(
        description="The system's id. Empty if the remark is about the whole list."
    )
    reason: str = Field(description="Why it could not be taken, or what is in doubt, in words.")
    meaning: MeaningBody | None = Field(
        description="The same without words, for other languages. Null where it has no code."
    )


Remarks = Annotated[
    list[RemarkBody],
    Field(description="What could not be taken or was read in doubt, and why: the first 50."),
]


class StreamCounts(WireModel):
    """The counts of one stream."""

    read: int = Field(description="How many were listed, each once.")
    created: int = Field(description="How many are new.")
    changed: int = Field(description="How many have changed.")
    deleted: int = Field(description="How many are gone, and marked so.")
    priced: int = Field(description="How many known products have got another price.")
    skipped: int = Field(description="How many could not be taken; `remarks` say why.")
    awarded: int = Field(description="How many receipts have earned points.")
    taken_back: int = Field(description="How many receipts have taken points back.")


class SyncBody(WireModel):
    """The latest sync with a system."""

    sync_id: SyncId
    state: SyncState = Field(description="`running` until it `succeeded` or `failed`.")
    stream: str | None = Field(
        description=(
            "What is read: `categories`, `products`, `receipts`, `stock`, `orders`, `suppliers`."
        )
    )
    counts: dict[str, StreamCounts] = Field(description="What was found, by stream.")
    remarks: Remarks
    problem: Problem
    failure: str | None = Field(
        description="Code of the failure, or of the reason to wait. Null if there is none."
    )
    failure_message: str | None = Field(
        description="Why the sync failed, or waits, in words. Null if it does not."
    )
    failure_meaning: MeaningBody | None = Field(
        description="The same without words, for other languages. Null where it has no code."
    )
    started_at: Timestamp = Field(description="When it began.")
    updated_at: answers.UpdatedAt
    finished_at: Timestamp | None = Field(description="When it ended. Null while it runs.")
    retry_at: Timestamp | None = Field(
        description="When a sync goes on whose system did not answer. Null if it need not wait."
    )


class WaitingBody(WireModel):
    """Receipts that take back goods of a sale that has not earned points."""

    receipt_id: str = Field(description="The system's id of the sale that they name.")
    waiting_receipt_ids: list[str] = Field(description="The system's ids of the receipts.")
    waiting_since: Timestamp = Field(
        description="When the first of them was read. They are dropped 90 days later."
    )


class SystemBody(WireModel):
    """A system of a store: its stored connection, and its latest sync."""

    kind: SystemKind = Field(
        description="`pos` for a till system, `erp` for an ERP, `shop` for a shop."
    )
    system: SystemName
    is_configured: bool = Field(description="Whether credentials are stored.")
    config: dict[str, Any] = Field(description="What of its configuration is no secret.")
    schedule: SyncSchedule = Field(description="How often the system is synced by itself.")
    award_points_program_id: str | None = Field(
        description="The program in which receipts that name a member earn points. Null for none."
    )
    next_sync_at: NextSyncAt
    writes_cards: bool = Field(description="Whether linked customers of a shop see their card.")
    last_sync: SyncBody | None = Field(description="The latest sync. Null if there was none.")
    waiting: list[WaitingBody] = Field(
        description=(
            "Voids and returns whose sale has not earned points, such as those read before their "
            "sale: if it comes, it earns less. The longest waiting first, at most 100 of a store."
        )
    )


SYNC_EXAMPLE: dict[str, Any] = {
    "syncId": "sync_k3v9a7xq2mztc4ewnp5h",
    "state": "succeeded",
    "stream": None,
    "counts": {
        "products": {
            "read": 42,
            "created": 0,
            "changed": 8,
            "deleted": 0,
            "priced": 8,
            "skipped": 0,
            "awarded": 0,
            "takenBack": 0,
        }
    },
    "remarks": [],
    "problem": None,
    "failure": None,
    "failureMessage": None,
    "failureMeaning": None,
    "startedAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:02.000Z",
    "finishedAt": "2026-03-03T12:00:02.000Z",
    "retryAt": None,
}
CHANGES_EXAMPLE: dict[str, Any] = {
    "created": 0,
    "changed": 8,
    "deleted": 0,
    "skipped": 0,
    "receiptsAwarded": 0,
    "receiptsTakenBack": 0,
}


def to_changes(sync: Sync) -> SyncChanges:
    """Return the changes that a sync made, for an answer."""
    return SyncChanges.model_validate(dict(sync_events.changes(sync)))


def to_remarks(sync: Sync) -> list[RemarkBody]:
    """Return a sync's remarks, for an answer."""
    return [
        RemarkBody(
            stream=each.stream,
            external_id=each.external_id,
            reason=each.reason,
            meaning=to_meaning(each.meaning),
        )
        for each in sync.remarks
    ]


def to_system_body(
    kind: SystemKind,
    system: str,
    connection: Connection | None,
    sync: Sync | None,
    waiting: Iterable[Purchase],
) -> SystemBody:
    """Return a store's system as answers show it."""
    return SystemBody(
        kind=kind,
        system=system,  # type: ignore[arg-type]
        is_configured=connection is not None,
        config=dict(connection.visible) if connection else {},
        schedule=connection.schedule if connection else SyncSchedule.NONE,
        award_points_program_id=connection.program_id if connection else None,
        next_sync_at=connection.next_sync_at if connection else None,
        writes_cards=connection.writes_cards if connection else False,
        last_sync=_sync(sync) if sync else None,
        waiting=[
            WaitingBody(
                receipt_id=each.receipt_id,
                waiting_receipt_ids=[change.receipt_id for change in each.waiting],
                waiting_since=each.waiting_since,
            )
            for each in waiting
            if each.waiting_since is not None
        ],
    )


def _sync(sync: Sync) -> SyncBody:
    return SyncBody(
        sync_id=sync.sync_id,
        state=sync.state,
        stream=sync.stream,
        counts={name: _counts(each) for name, each in sync.counts.items()},
        remarks=to_remarks(sync),
        problem=sync.problem,
        failure=sync.failure,
        failure_message=sync.failure_message,
        failure_meaning=to_meaning(sync.failure_meaning),
        started_at=sync.started_at,
        updated_at=sync.updated_at,
        finished_at=sync.finished_at,
        retry_at=sync.retry_at,
    )


def _counts(counts: Counts) -> StreamCounts:
    return StreamCounts(
        read=counts.read,
        created=counts.created,
        changed=counts.changed,
        deleted=counts.deleted,
        priced=counts.priced,
        skipped=counts.skipped,
        awarded=counts.awarded,
        taken_back=counts.taken_back,
    )
