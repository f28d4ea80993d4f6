"""The form of an event: its envelope, and the ``data`` of every type with an example.

``shared.domain.events`` makes the data; these models are the promise to receivers. Documentation
and schemas for receivers are generated from them. Within a version of the API fields are added,
never renamed or removed. Every text has a bound, so that no event reaches 20 kB.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.domain.events import event_types
from shared.domain.events.event import API_VERSION
from shared.schemas import answers
from shared.schemas.base import Id, Number, RequestTime, Text, Whole, WireModel
from shared.schemas.fields import PaymentId, ProductId, ProgramId, UserId, WebhookId

MEMBER_ID_CHARS_MAX = 1201
"""The encoded ids of a program and of a user, and the text between them."""

MemberId = Annotated[
    str, Field(min_length=1, max_length=MEMBER_ID_CHARS_MAX, description="Id of the membership.")
]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Currency = Annotated[str, Field(min_length=3, max_length=3, description="ISO 4217 code.")]


def _known(name: str) -> str:
    if name not in event_types.BY_NAME:
        raise ValueError("is not an event type; docs/events.md lists them")
    return name


TypeName = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": list(event_types.BY_NAME)}),
]
"""The name of one event type; no wildcard."""


class EventBody(WireModel):
    """An event as it is sent. ``test`` is only present in test events, when nothing happened."""

    id: Id = Field(
        description="Id of the event, equal on every attempt: ignore one that you have seen."
    )
    type: TypeName = Field(description="What happened.")
    created_at: RequestTime = Field(description="When it happened: UTC with milliseconds.")
    api_version: Literal["v1"] = Field(
        description="Version of the API whose schema the event follows."
    )
    livemode: bool = Field(description="True for real data, false for tests.")
    store_id: Id = Field(description="Id of the store.")
    data: dict[str, Any] = Field(description="What happened: ids and figures, no personal data.")
    test: Literal[True] | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="Only there, and true, if nothing happened: somebody asked for a test event.",
    )


class MemberData(WireModel):
    """A member."""

    program_id: ProgramId
    user_id: UserId


class EnrollmentData(MemberData):
    """A new membership."""

    member_id: MemberId


class MembershipLeftData(MemberData):
    """A member who left, with the balance that is kept."""

    member_id: MemberId
    current_balance: answers.CurrentBalance


class SuspensionData(MemberData):
    """A membership that was suspended, or whose suspension was lifted."""

    member_id: MemberId
    status: Word = Field(description="How the member stands now: `active`, `suspended` or `left`.")


class AnniversaryData(MemberData):
    """An anniversary of a membership: its age in years."""

    member_id: MemberId
    years: Whole = Field(description="How many years ago the user became a member.")
    enrolled_at: RequestTime = Field(description="When the user became a member.")


class PointsExpiringData(MemberData):
    """Points that expire at a time unless they are spent."""

    points: Number = Field(description="What expires unless it is spent.")
    expires_at: RequestTime = Field(description="When they expire: UTC with milliseconds.")
    current_balance: answers.CurrentBalance


class SyncConflictData(MemberData):
    """The balance that an external system wanted, and the balance as it stays."""

    source: Word | None = Field(
        description="The external system that caused it. Null if none is named."
    )
    external_transaction_id: Id | None = Field(
        description="The external system's id of the transaction. Null if none was given."
    )
    points: Number | None = Field(
        description=(
            "What the balance was to be. Null if points were to be added or taken, whatever it is."
        )
    )
    current_balance: answers.CurrentBalance
    expected_version: Whole = Field(description="The version that the request expected.")
    version: answers.Version


class EntryData(MemberData):
    """A consequence of a ledger entry. ``sequence`` is the entry's number in its membership."""

    sequence: Whole = Field(
        description=(
            "Number of the ledger entry in its membership: it orders what happened to a member."
        )
    )


class TierChangedData(EntryData):
    """A change from one tier to another."""

    previous_tier: Word | None = Field(description="The tier before this. Null below the first.")
    new_tier: Word | None = Field(description="The tier after this. Null below the first.")
    total_earned: answers.TotalEarned
    direction: Word = Field(description="`up` or `down`.")
    reason: Word = Field(
        description=(
            "The `type` of the booking that led to it, such as `earn` or `reverse`; `time` if it "
            "was lost at its moment, `recalculation` if recalculateTiers moved the member."
        )
    )


class TierExpiringData(MemberData):
    """A tier that a member loses at a time, unless enough counts for it until then."""

    current_tier: Word | None = Field(description="The tier that is lost.")
    tier_valid_until: RequestTime = Field(description="When it is lost: UTC with milliseconds.")
    points_to_keep_tier: Number | None = Field(
        description="What is missing to keep it. Null if nothing helps any more."
    )


class RewardUnlockedData(EntryData):
    """A reward that the balance covers now."""

    reward_id: Id = Field(
        description="Id of the reward; `full_card` for the full card of a program without rewards."
    )
    new_balance: answers.NewBalance


class MilestoneReachedData(EntryData):
    """A total of earned points that the member has reached now."""

    milestone: Number = Field(description="The total that was reached.")
    total_earned: answers.TotalEarned


class AmountData(EntryData):
    """An amount that was booked."""

    entry_id: Id = Field(description=f"The ledger entry that was booked. {answers.ENTRY_ID_SCOPE}")
    points: Number = Field(
        description="The amount; with a sign if a balance was set, corrected or reversed."
    )
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    source: Word | None = Field(
        description="The external system that caused it. Null if none is named."
    )


class ExternalSyncedData(AmountData):
    """A booking of an external system."""

    action: Word = Field(
        description=(
            "`add` grants, `redeem` spends, `set` makes the balance `points`: the difference is "
            "booked."
        )
    )
    external_transaction_id: Id | None = Field(
        description="The external system's id of the transaction. Null if none was given."
    )


class BookingData(AmountData):
    """A booking."""

    transaction_id: Id | None = Field(
        description="Your id of the transaction. Null if none was given."
    )


class PointsEarnedData(BookingData):
    """A booking that granted points."""

    earning_method: Word = Field(
        description=(
            "`purchase` if computed from a purchase, `api` if given as points, else the name of "
            "the way to earn, such as `qr_checkin` or `store_checkin`."
        )
    )


class PointsPendingData(PointsEarnedData):
    """Points that were earned and can be spent later; they are not in the balance yet."""

    available_at: RequestTime | None = Field(
        description="When they can be spent, unless they are taken back: UTC with milliseconds."
    )


class ExpiryExtendedData(BookingData):
    """Points that expire later: ``points`` are so many, and the balance stays."""

    expires_at: RequestTime | None = Field(
        description="When they expire now: UTC with milliseconds."
    )
    previous_expires_at: RequestTime | None = Field(
        description="When they would have expired. Null if it was all that expired before."
    )


class PointsRedeemedData(BookingData):
    """A booking that spent points."""

    reward_id: Id | None = Field(description="Id of the reward. Null without one.")
    reward_description: Text = Field(description="What was bought.")
    amount_paid: Number | None = Field(
        description="What it paid of a purchase, in the store's currency. Null if no amount."
    )


class PointsReversedData(BookingData):
    """A booking that reversed an earlier one, in whole or in part."""

    corrects_entry_id: Id = Field(description="The entry that was reversed, in whole or in part.")
    pending_points: Number = Field(
        description="What was taken of points that were pending, negative; not part of `points`."
    )
    points_collected: Number = Field(
        description=(
            "What of a cancelled redemption the next bookings take, for returns that could not "
            "take it before; not subtracted from `points`."
        )
    )


class PointsTransferredData(BookingData):
    """What a transfer took from a member (negative), or gave to the other one: an event for each.

    ``transactionId`` is its ``transferId``, in both.
    """


class ReturnDroppedData(MemberData):
    """A return that takes nothing back: it was told before its purchase had earned."""

    refund_id: Id = Field(description="Your id of the return.")
    transaction_id: Id = Field(description="The purchase that it waited for.")
    waited_since: RequestTime = Field(description="When it was told: UTC with milliseconds.")
    reason: Word = Field(
        description=(
            "`no_purchase` if none came in time, `own_refund` if something else tells what comes "
            "back of it, `nothing_to_take` if the amount says nothing of its points, or all of "
            "them are taken."
        )
    )


class MembershipMergedData(BookingData):
    """What a merge took out of one membership, or put into the other: an event for each."""

    from_user_id: Id = Field(description="The member who was merged: this id forwards.")
    into_user_id: Id = Field(description="The member who has it all now.")


class EndpointDisabledData(WireModel):
    """A webhook endpoint that gets no more events."""

    webhook_id: WebhookId
    reason: Word = Field(
        description=(
            "`gone` if the receiver has answered 410 Gone, `only_failed` if nothing else came of "
            "any attempt for five days."
        )
    )
    failing_since: RequestTime | None = Field(
        description="The first failure after the last success. Null without one."
    )


class LedgerBrokenData(WireModel):
    """The first thing that does not add up in a member's books, or in those of a program."""

    program_id: ProgramId
    user_id: UserId | None = Field(
        description="The member. Null if it is about the program itself."
    )
    invariant: Word = Field(description="Which rule does not hold: as verifyLedger names it.")
    entry_sequence: Whole | None = Field(
        description="The number of the member's entry. Null if it is about no entry."
    )
    expected: Text | None = Field(description="What it should be, if it is a value.")
    found: Text | None = Field(description="What it is, if it is a value.")


class PosImport(WireModel):
    """The numbers of imported items of a till system."""

    products: Whole = Field(description="How many products were imported.")
    categories: Whole = Field(description="How many categories were imported.")
    price_updates: Whole = Field(description="How many prices were changed.")


class ImportChanges(WireModel):
    """The changes that the import made."""

    created: Whole = Field(description="How many are new.")
    changed: Whole = Field(description="How many have changed.")
    deleted: Whole = Field(description="How many are gone, and marked so.")
    skipped: Whole = Field(description="How many could not be taken over; getSyncStatus says why.")
    receipts_awarded: Whole = Field(description="How many receipts have earned points.")
    receipts_taken_back: Whole = Field(description="How many receipts have taken points back.")


class SyncedData(WireModel):
    """An import."""

    system: Word = Field(description="The other system.")
    sync_id: Id = Field(description="Id of the sync.")
    changes: ImportChanges = Field(description="What became of what was read.")


class PosSyncedData(SyncedData):
    """An import from a till system."""

    synced: PosImport = Field(description="How many of each were imported.")


class ErpImport(WireModel):
    """The numbers of imported items of an ERP."""

    inventory: Whole = Field(description="How many stock levels were imported.")
    orders: Whole = Field(description="How many orders were imported.")
    suppliers: Whole = Field(description="How many suppliers were imported.")


class ErpSyncedData(SyncedData):
    """An import from an ERP."""

    synced: ErpImport = Field(description="How many of each were imported.")


class PushedData(WireModel):
    """Data that was sent to another system."""

    system: Word = Field(description="The other system.")
    data_type: Word = Field(description="What was sent, for instance `sales_record`.")
    records: Whole = Field(description="How many records there were.")


class ShopDataRequestedData(WireModel):
    """A customer's request for data, as an online shop has passed it on."""

    system: Word = Field(description="The online shop's system.")
    user_id: Id | None = Field(
        description="The member: exportMember gives what to answer. Null if the shop's customer is "
        "linked to no member: then nothing is stored of them but orders that wait, for 30 days."
    )


class ShopWriteFailedData(WireModel):
    """What could not be written into an online shop. listShopWrites shows it with its message."""

    system: Word = Field(description="The online shop's system.")
    write_id: Id = Field(description="What retryShopWrite tries again.")
    kind: Word = Field(description="`card` of a member, or `code` of a redemption.")
    user_id: Id | None = Field(
        description="The member. Null if the member was erased: then it is to be taken out of the "
        "shop."
    )
    redemption_id: Id | None = Field(description="The redemption of a code. Null for a card.")
    error: Word = Field(description="The code of the last failure, such as `CONNECTOR_REJECTED`.")
    reason: Word = Field(
        description="`refused`: the shop refuses it, and would again. `attempts_exhausted`: the "
        "shop has not answered for three days."
    )


class PspConfiguredData(WireModel):
    """A payment provider that can be used now."""

    provider: Word = Field(description="The payment provider.")
    is_default: bool = Field(
        description="Whether payments that name no provider go through this one."
    )
    is_test: bool = Field(
        description="Whether it is a test account with the provider: no money moves."
    )


class PaymentData(WireModel):
    """A payment and its status. ``amount`` is the whole payment, in minor units."""

    payment_id: PaymentId
    provider: Word = Field(description="The payment provider.")
    amount: Whole = Field(description="In minor units of `currency`: 1099 for 10.99 EUR.")
    currency: Currency
    status: Word = Field(description="How far it has come.")
    purchase_id: Id | None = Field(
        description="Your id of what is paid for. Null if none was given."
    )


class RefundData(PaymentData):
    """A refund of a payment; ``refund_amount`` is the money given back, in minor units."""

    refund_id: Id = Field(description="Id of the refund.")
    refund_amount: Whole = Field(
        description="What this refund gives back, in minor units of `currency`."
    )


class ChargebackData(PaymentData):
    """A chargeback; ``charged_back_amount`` is withdrawn now, in minor units: 0 once it is won."""

    charged_back_amount: Whole = Field(
        description="What is withdrawn now, in minor units of `currency`; 0 once it is back."
    )


class CheckoutData(WireModel):
    """A purchase in the store."""

    transaction_id: Id = Field(description="Your id of the transaction.")
    user_id: UserId
    total: Number = Field(description="What is to be paid, in the store's currency.")
    items: Whole = Field(description="How many items were bought.")


class SecurityTagData(WireModel):
    """Deactivated security tags of a purchase, so that the goods can leave the store."""

    transaction_id: Id = Field(description="Your id of the transaction.")
    user_id: UserId
    tags: Whole = Field(description="How many tags were deactivated.")


class OfferData(WireModel):
    """An offer."""

    offer_id: Id = Field(description="Id of the offer.")


class OfferClickedData(OfferData):
    """An offer that a customer opened."""

    user_id: UserId


class CheckinData(WireModel):
    """A customer who is in the store."""

    checkin_id: Id = Field(description="Id of the check-in: the `sessionId` of checkIn.")
    user_id: UserId
    method: Word = Field(description="What showed it: `qr` for a code, `gps` for a position.")


class FollowerData(WireModel):
    """A customer who follows the store."""

    user_id: UserId


class MessageData(WireModel):
    """A message, without its text."""

    message_id: Id = Field(description="Id of the message.")
    user_id: UserId


class OrderData(WireModel):
    """An order for collection and its status."""

    order_id: Id = Field(description="Id of the order.")
    store_id: Id = Field(description="Id of the store.")
    user_id: UserId
    status: Word = Field(description="How far it has come.")


class MemberCreatedData(WireModel):
    """A new profile, without what it says."""

    user_id: UserId
    fields: list[Word] = Field(
        max_length=20, description="Names of the fields that have a value: no personal data."
    )


class MemberUpdatedData(MemberCreatedData):
    """A changed profile, without what it says."""

    fields: list[Word] = Field(
        max_length=20, description="Names of the fields that changed: no personal data."
    )
    changed_by: Literal["merchant", "customer"] = Field(description="Who changed it.")


class MemberMergedData(WireModel):
    """A member who was merged into another one."""

    user_id: Annotated[UserId, Field(description="The member who has it all now.")]
    from_user_id: Id = Field(description="The member who was merged: this id forwards.")


class ProductData(WireModel):
    """A product."""

    product_id: ProductId


class BulkImportData(WireModel):
    """An import of many products, and the results of its rows."""

    records: Whole = Field(description="How many rows there were.")
    created: Whole = Field(description="How many are new.")
    updated: Whole = Field(description="How many products have got other values.")
    unchanged: Whole = Field(description="How many products were as the rows say already.")
    failed: Whole = Field(description="How many rows could not be taken.")


class MemberErasedData(WireModel):
    """A person who was erased."""

    user_ids: list[Id] = Field(
        max_length=22,
        description=(
            "Your ids of the customer, more than one after a merge. They are taken out of the "
            "event once it is delivered, so it is empty then."
        ),
    )


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
    "changes": {
        "created": 3,
        "changed": 9,
        "deleted": 1,
        "skipped": 0,
        "receiptsAwarded": 0,
        "receiptsTakenBack": 0,
    },
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
    event_types.MEMBERSHIP_LEFT: (
        MembershipLeftData,
        {**_MEMBER, "memberId": "lp_abc123_user_xyz", "currentBalance": 142},
    ),
    event_types.MEMBERSHIP_MERGED: (
        MembershipMergedData,
        {**_EARNED, "transactionId": None, "fromUserId": "till_17", "intoUserId": "user_xyz"},
    ),
    event_types.MEMBER_SUSPENDED: (
        SuspensionData,
        {**_MEMBER, "memberId": "lp_abc123_user_xyz", "status": "suspended"},
    ),
    event_types.MEMBER_REACTIVATED: (
        SuspensionData,
        {**_MEMBER, "memberId": "lp_abc123_user_xyz", "status": "active"},
    ),
    event_types.POINTS_EARNED: (PointsEarnedData, {**_EARNED, "earningMethod": "api"}),
    event_types.POINTS_PENDING: (
        PointsPendingData,
        {
            **_EARNED,
            "newBalance": 100,
            "earningMethod": "purchase",
            "availableAt": "2026-03-18T23:00:00.000Z",
        },
    ),
    event_types.POINTS_REDEEMED: (
        PointsRedeemedData,
        {**_SPENT, "rewardId": "rw_abc123", "rewardDescription": "10% Rabatt", "amountPaid": None},
    ),
    event_types.REWARD_UNLOCKED: (
        RewardUnlockedData,
        {**_OF_ENTRY, "rewardId": "rw_abc123", "newBalance": 150},
    ),
    event_types.TIER_CHANGED: (
        TierChangedData,
        {
            **_OF_ENTRY,
            "previousTier": "Bronze",
            "newTier": "Silber",
            "totalEarned": 520,
            "direction": "up",
            "reason": "earn",
        },
    ),
    event_types.TIER_EXPIRING: (
        TierExpiringData,
        {
            **_MEMBER,
            "currentTier": "Gold",
            "tierValidUntil": "2026-12-31T23:00:00.000Z",
            "pointsToKeepTier": 120,
        },
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
    event_types.CHECKIN_EARNED: (PointsEarnedData, {**_EARNED, "earningMethod": "store_checkin"}),
    event_types.QR_EARNED: (PointsEarnedData, {**_EARNED, "earningMethod": "qr_checkin"}),
    event_types.POINTS_ADJUSTED: (BookingData, _EARNED),
    event_types.EXPIRY_EXTENDED: (
        ExpiryExtendedData,
        {
            **_EARNED,
            "points": 142,
            "previousBalance": 142,
            "newBalance": 142,
            "expiresAt": "2027-12-31T23:00:00.000Z",
            "previousExpiresAt": None,
        },
    ),
    event_types.POINTS_REVERSED: (
        PointsReversedData,
        {
            **_SPENT,
            "points": -50,
            "correctsEntryId": "le_abc122",
            "pendingPoints": 0,
            "pointsCollected": 0,
        },
    ),
    event_types.LEDGER_BROKEN: (
        LedgerBrokenData,
        {
            **_MEMBER,
            "invariant": "balance",
            "entrySequence": None,
            "expected": "240",
            "found": "250",
        },
    ),
    event_types.SYNC_CONFLICT: (
        SyncConflictData,
        {
            **_MEMBER,
            "source": "payback",
            "externalTransactionId": "PB-TXN-9876",
            "points": 80,
            "currentBalance": 150,
            "expectedVersion": 6,
            "version": 7,
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
    event_types.SHOP_DATA_REQUESTED: (
        ShopDataRequestedData,
        {"system": "shopify", "userId": "user_xyz"},
    ),
    event_types.SHOP_WRITE_FAILED: (
        ShopWriteFailedData,
        {
            "system": "shopify",
            "writeId": "shw_5b1f0c9d8e7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c",
            "kind": "code",
            "userId": "user_xyz",
            "redemptionId": "le_k3v9a7xq2mztc4ewnp5h",
            "error": "CONNECTOR_REJECTED",
            "reason": "refused",
        },
    ),
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
    event_types.CHECKOUT_STARTED: (CheckoutData, _CHECKOUT),
    event_types.CHECKOUT_COMPLETED: (CheckoutData, _CHECKOUT),
    event_types.CHECKOUT_CANCELLED: (CheckoutData, _CHECKOUT),
    "securityTag.deactivated": (
        SecurityTagData,
        {"transactionId": "tx_abc123", "userId": "user_xyz", "tags": 2},
    ),
    "offer.published": (OfferData, {"offerId": "offer_abc123"}),
    "offer.expired": (OfferData, {"offerId": "offer_abc123"}),
    "offer.clicked": (OfferClickedData, {"offerId": "offer_abc123", "userId": "user_xyz"}),
    "store.checkin": (
        CheckinData,
        {"checkinId": "sess_abc123", "userId": "user_xyz", "method": "qr"},
    ),
    "store.followed": (FollowerData, {"userId": "user_xyz"}),
    "dm.received": (MessageData, {"messageId": "dm_abc123", "userId": "user_xyz"}),
    event_types.MEMBER_CREATED: (
        MemberCreatedData,
        {"userId": "user_xyz", "fields": ["email", "firstName"]},
    ),
    event_types.MEMBER_UPDATED: (
        MemberUpdatedData,
        {"userId": "user_xyz", "fields": ["phone"], "changedBy": "merchant"},
    ),
    event_types.COLLECT_ORDER: (OrderData, {**_ORDER, "status": "pending"}),
    event_types.COLLECT_STATUS_CHANGED: (OrderData, {**_ORDER, "status": "ready"}),
    event_types.COLLECT_PICKED_UP: (OrderData, {**_ORDER, "status": "picked_up"}),
    event_types.MEMBER_MERGED: (
        MemberMergedData,
        {"userId": "user_xyz", "fromUserId": "till_17"},
    ),
    event_types.PRODUCT_CREATED: (ProductData, {"productId": "store_a_4006381333931"}),
    event_types.PRODUCT_BULK_IMPORTED: (
        BulkImportData,
        {"records": 250, "created": 3, "updated": 9, "unchanged": 237, "failed": 1},
    ),
    event_types.MEMBER_ERASED: (MemberErasedData, {"userIds": ["user_xyz"]}),
    event_types.RETURN_DROPPED: (
        ReturnDroppedData,
        {
            **_MEMBER,
            "refundId": "PB-RET-12",
            "transactionId": "PB-TXN-9876",
            "waitedSince": "2026-03-03T12:00:00.000Z",
            "reason": "no_purchase",
        },
    ),
    event_types.POINTS_TRANSFERRED: (PointsTransferredData, {**_SPENT, "points": -50}),
}

DATA_BY_TYPE: Mapping[str, type[WireModel]] = {name: model for name, (model, _) in _CATALOG.items()}
"""The model of each type's ``data``."""


def example(name: str) -> dict[str, Any]:
    """Return an example of a type's ``data``, as in JSON; the caller may change it.

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
