"""What an event looks like: its envelope, and the ``data`` of every type with an example.

``shared.domain.events`` makes the data; these models are what is promised of it, from which the
documentation and the schemas for receivers are generated. Within a version of the API fields are
added, never renamed or removed. Every text has a bound, so that no event reaches 20 kB.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.domain.events import event_types
from shared.domain.events.event import API_VERSION
from shared.schemas.base import Id, Number, RequestTime, Text, Whole, WireModel
from shared.schemas.fields import ProductId

MEMBER_ID_CHARS_MAX = 1201
"""The ids of a program and of a user in their encoded form, and what is between them."""

MemberId = Annotated[str, Field(min_length=1, max_length=MEMBER_ID_CHARS_MAX)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Currency = Annotated[str, Field(min_length=3, max_length=3)]


def _known(name: str) -> str:
    if name not in event_types.BY_NAME:
        raise ValueError("is not an event type; docs/events.md lists them")
    return name


TypeName = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": list(event_types.BY_NAME)}),
]
"""The name of one event type: no wildcard."""


class EventBody(WireModel):
    """Something that happened, as it is sent. ``test`` is only there if nothing did."""

    id: Id
    type: TypeName
    created_at: RequestTime
    api_version: Literal["v1"]
    livemode: bool
    store_id: Id
    data: dict[str, Any]
    test: Annotated[Literal[True] | None, Field(exclude_if=lambda value: value is None)] = None


class _OfMember(WireModel):
    program_id: Id
    user_id: Id


class EnrollmentData(_OfMember):
    """A new membership."""

    member_id: MemberId


class AnniversaryData(_OfMember):
    """A membership that is a number of years old."""

    member_id: MemberId
    years: Whole
    enrolled_at: RequestTime


class PointsExpiringData(_OfMember):
    """Points that are lost at a time unless they are spent."""

    points: Number
    expires_at: RequestTime
    current_balance: Number


class SyncConflictData(_OfMember):
    """What an external system wanted the balance to be, and what it stays."""

    source: Word | None
    external_transaction_id: Id | None
    points: Number
    current_balance: Number


class _OfEntry(_OfMember):
    """What a ledger entry caused. ``sequence`` is the entry's number in its membership."""

    sequence: Whole


class TierChangedData(_OfEntry):
    """From one tier to another."""

    previous_tier: Word | None
    new_tier: Word | None
    total_earned: Number


class RewardUnlockedData(_OfEntry):
    """A reward that the balance covers now."""

    reward_id: Id
    new_balance: Number


class MilestoneReachedData(_OfEntry):
    """A total that the member has earned now."""

    milestone: Number
    total_earned: Number


class _Booking(_OfEntry):
    entry_id: Id
    points: Number
    previous_balance: Number
    new_balance: Number
    source: Word | None


class ExternalSyncedData(_Booking):
    """A booking of an external system."""

    action: Word
    external_transaction_id: Id | None


class BookingData(_Booking):
    """A booking."""

    transaction_id: Id | None


class PointsEarnedData(BookingData):
    """A booking that granted."""

    earning_method: Word


class PointsRedeemedData(BookingData):
    """A booking that spent."""

    reward_id: Id | None
    reward_description: Text


class PointsReversedData(BookingData):
    """A booking that took an earlier one back, in whole or in part."""

    corrects_entry_id: Id


class EndpointDisabledData(WireModel):
    """A webhook endpoint that is sent nothing any more."""

    webhook_id: Id
    reason: Word
    failing_since: RequestTime | None


class PosImport(WireModel):
    """How many of each were imported from a till system."""

    products: Whole
    categories: Whole
    price_updates: Whole


class ImportChanges(WireModel):
    """What became of what was imported."""

    created: Whole
    changed: Whole
    deleted: Whole
    skipped: Whole
    receipts_awarded: Whole


class _SyncedData(WireModel):
    system: Word
    sync_id: Id
    changes: ImportChanges


class PosSyncedData(_SyncedData):
    """An import from a till system."""

    synced: PosImport


class ErpImport(WireModel):
    """How many of each were imported from an ERP."""

    inventory: Whole
    orders: Whole
    suppliers: Whole


class ErpSyncedData(_SyncedData):
    """An import from an ERP."""

    synced: ErpImport


class PushedData(WireModel):
    """Data that was sent to another system."""

    system: Word
    data_type: Word
    records: Whole


class PspConfiguredData(WireModel):
    """A payment provider that can be used now."""

    provider: Word
    is_default: bool
    is_test: bool


class PaymentData(WireModel):
    """A payment and how far it has come. ``amount`` is all of it, in minor units."""

    payment_id: Id
    provider: Word
    amount: Whole
    currency: Currency
    status: Word
    purchase_id: Id | None


class RefundData(PaymentData):
    """A refund of a payment; ``refund_amount`` is what it gave back, in minor units."""

    refund_id: Id
    refund_amount: Whole


class ChargebackData(PaymentData):
    """A payment of which ``charged_back_amount`` is withdrawn now, in minor units: 0 once won."""

    charged_back_amount: Whole


class CheckoutData(WireModel):
    """A purchase in the store."""

    transaction_id: Id
    user_id: Id
    total: Number
    items: Whole


class SecurityTagData(WireModel):
    """Tags of a purchase that let it leave the store."""

    transaction_id: Id
    user_id: Id
    tags: Whole


class OfferData(WireModel):
    """An offer."""

    offer_id: Id


class OfferClickedData(OfferData):
    """An offer that a customer opened."""

    user_id: Id


class CheckinData(WireModel):
    """A customer who is in the store."""

    checkin_id: Id
    user_id: Id


class FollowerData(WireModel):
    """A customer who follows the store."""

    user_id: Id


class MessageData(WireModel):
    """A message, without its text."""

    message_id: Id
    user_id: Id


class OrderData(WireModel):
    """An order for collection and how far it has come."""

    order_id: Id
    store_id: Id
    user_id: Id
    status: Word


class ProductData(WireModel):
    """A product."""

    product_id: ProductId


class BulkImportData(WireModel):
    """An import of many products, and what became of its rows."""

    records: Whole
    created: Whole
    updated: Whole
    unchanged: Whole
    failed: Whole


_MEMBER = {"programId": "lp_abc123", "userId": "user_xyz"}
_OF_ENTRY = {**_MEMBER, "sequence": 7}
_SPENT = {
    **_OF_ENTRY,
    "entryId": "le_abc123",
    "points": 50,
    "previousBalance": 150,
    "newBalance": 100,
    "source": None,
    "transactionId": None,
}
_EARNED = {**_SPENT, "previousBalance": 100, "newBalance": 150, "transactionId": "PB-TXN-9876"}
_SYNCED = {
    **{name: value for name, value in _EARNED.items() if name != "transactionId"},
    "source": "payback",
    "action": "add",
    "externalTransactionId": "PB-TXN-9876",
}
_IMPORTED = {
    "syncId": "sync_abc123",
    "changes": {"created": 3, "changed": 9, "deleted": 1, "skipped": 0, "receiptsAwarded": 0},
}
_PUSHED = {"dataType": "sales_record", "records": 120}
_PAID = {
    "paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
    "provider": "stripe",
    "amount": 1099,
    "currency": "EUR",
    "status": "paid",
    "purchaseId": "order_1001",
}
_CHECKOUT = {"transactionId": "tx_abc123", "userId": "user_xyz", "total": 49.9, "items": 3}
_ORDER = {"orderId": "order_abc123", "storeId": "store_a", "userId": "user_xyz"}

_CATALOG: Mapping[str, tuple[type[WireModel], Mapping[str, Any]]] = {
    event_types.ENROLLMENT: (EnrollmentData, {**_MEMBER, "memberId": "lp_abc123_user_xyz"}),
    event_types.POINTS_EARNED: (PointsEarnedData, {**_EARNED, "earningMethod": "api"}),
    event_types.POINTS_REDEEMED: (
        PointsRedeemedData,
        {**_SPENT, "rewardId": "rw_abc123", "rewardDescription": "10% Rabatt"},
    ),
    event_types.REWARD_UNLOCKED: (
        RewardUnlockedData,
        {**_OF_ENTRY, "rewardId": "rw_abc123", "newBalance": 150},
    ),
    event_types.TIER_CHANGED: (
        TierChangedData,
        {**_OF_ENTRY, "previousTier": "Bronze", "newTier": "Silber", "totalEarned": 520},
    ),
    event_types.EXTERNAL_SYNCED: (ExternalSyncedData, _SYNCED),
    event_types.MILESTONE_REACHED: (
        MilestoneReachedData,
        {**_OF_ENTRY, "milestone": 500, "totalEarned": 520},
    ),
    event_types.ANNIVERSARY: (
        AnniversaryData,
        {
            **_MEMBER,
            "memberId": "lp_abc123_user_xyz",
            "years": 1,
            "enrolledAt": "2025-03-03T09:30:00.000Z",
        },
    ),
    event_types.POINTS_EXPIRING: (
        PointsExpiringData,
        {
            **_MEMBER,
            "points": 50,
            "expiresAt": "2026-04-01T22:00:00.000Z",
            "currentBalance": 150,
        },
    ),
    event_types.POINTS_EXPIRED: (BookingData, _SPENT),
    event_types.WEBHOOK_ENDPOINT_DISABLED: (
        EndpointDisabledData,
        {
            "webhookId": "we_abc123",
            "reason": "only_failed",
            "failingSince": "2026-02-26T12:00:00.000Z",
        },
    ),
    event_types.CHECKIN_EARNED: (PointsEarnedData, {**_EARNED, "earningMethod": "checkin"}),
    event_types.QR_EARNED: (PointsEarnedData, {**_EARNED, "earningMethod": "qr"}),
    event_types.POINTS_ADJUSTED: (BookingData, _EARNED),
    event_types.POINTS_REVERSED: (
        PointsReversedData,
        {**_SPENT, "points": -50, "correctsEntryId": "le_abc122"},
    ),
    event_types.SYNC_CONFLICT: (
        SyncConflictData,
        {
            **_MEMBER,
            "source": "payback",
            "externalTransactionId": "PB-TXN-9876",
            "points": 80,
            "currentBalance": 150,
        },
    ),
    event_types.POS_SYNCED: (
        PosSyncedData,
        {
            **_IMPORTED,
            "system": "korona",
            "synced": {"products": 42, "categories": 5, "priceUpdates": 8},
        },
    ),
    event_types.POS_PUSHED: (PushedData, {"system": "korona", **_PUSHED}),
    event_types.ERP_SYNCED: (
        ErpSyncedData,
        {
            **_IMPORTED,
            "system": "sap",
            "synced": {"inventory": 310, "orders": 12, "suppliers": 4},
        },
    ),
    event_types.ERP_PUSHED: (PushedData, {"system": "sap", **_PUSHED}),
    event_types.PSP_CONFIGURED: (
        PspConfiguredData,
        {"provider": "stripe", "isDefault": True, "isTest": False},
    ),
    event_types.PAYMENT_CREATED: (PaymentData, {**_PAID, "status": "pending"}),
    event_types.PAYMENT_REQUIRES_ACTION: (PaymentData, {**_PAID, "status": "requires_action"}),
    event_types.PAYMENT_AUTHORIZED: (PaymentData, {**_PAID, "status": "authorized"}),
    event_types.PAYMENT_PAID: (PaymentData, _PAID),
    event_types.PAYMENT_FAILED: (PaymentData, {**_PAID, "status": "failed"}),
    event_types.PAYMENT_CANCELED: (PaymentData, {**_PAID, "status": "canceled"}),
    event_types.PAYMENT_REFUNDED: (
        RefundData,
        {
            **_PAID,
            "status": "partially_refunded",
            "refundId": "ref_8c02e4d1b7a94f3e9d6c5a4b3f21",
            "refundAmount": 500,
        },
    ),
    event_types.PAYMENT_REFUND_FAILED: (
        RefundData,
        {**_PAID, "refundId": "ref_8c02e4d1b7a94f3e9d6c5a4b3f21", "refundAmount": 500},
    ),
    event_types.PAYMENT_CHARGED_BACK: (ChargebackData, {**_PAID, "chargedBackAmount": 1099}),
    "checkout.started": (CheckoutData, _CHECKOUT),
    "checkout.completed": (CheckoutData, _CHECKOUT),
    "checkout.cancelled": (CheckoutData, _CHECKOUT),
    "securityTag.deactivated": (
        SecurityTagData,
        {"transactionId": "tx_abc123", "userId": "user_xyz", "tags": 2},
    ),
    "offer.published": (OfferData, {"offerId": "offer_abc123"}),
    "offer.expired": (OfferData, {"offerId": "offer_abc123"}),
    "offer.clicked": (OfferClickedData, {"offerId": "offer_abc123", "userId": "user_xyz"}),
    "store.checkin": (CheckinData, {"checkinId": "checkin_abc123", "userId": "user_xyz"}),
    "store.followed": (FollowerData, {"userId": "user_xyz"}),
    "dm.received": (MessageData, {"messageId": "dm_abc123", "userId": "user_xyz"}),
    "clickcollect.order": (OrderData, {**_ORDER, "status": "pending"}),
    "clickcollect.status_changed": (OrderData, {**_ORDER, "status": "ready"}),
    "clickcollect.picked_up": (OrderData, {**_ORDER, "status": "picked_up"}),
    event_types.PRODUCT_CREATED: (ProductData, {"productId": "store_a_4006381333931"}),
    event_types.PRODUCT_BULK_IMPORTED: (
        BulkImportData,
        {"records": 250, "created": 3, "updated": 9, "unchanged": 237, "failed": 1},
    ),
}

DATA_BY_TYPE: Mapping[str, type[WireModel]] = {name: model for name, (model, _) in _CATALOG.items()}
"""The model of each type's ``data``."""


def example(name: str) -> dict[str, Any]:
    """Return an example of a type's ``data``, as JSON has it; the caller's to change.

    Args:
        name: A name of ``event_types.BY_NAME``.
    """
    return copy.deepcopy(dict(_CATALOG[name][1]))


def example_event(name: str) -> dict[str, Any]:
    """Return an example of a whole event of a type, as it is sent."""
    return {
        "id": "evt_abc123",
        "type": name,
        "createdAt": "2026-03-03T12:00:00.000Z",
        "apiVersion": API_VERSION,
        "livemode": True,
        "storeId": "store_a",
        "data": example(name),
    }


def parse(payload: str) -> EventBody:
    """Read an event back from the text that was sent."""
    return EventBody.model_validate(json.loads(payload))
