"""All types of events: their names, the packages they need, and if they are sent yet.

Types are declared before the code that sends them exists, so that endpoints can subscribe today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.accounts.packages import Package

POINTS_EARNED = "loyalty.points_earned"
POINTS_PENDING = "loyalty.points_pending"
POINTS_REDEEMED = "loyalty.points_redeemed"
ENROLLMENT = "loyalty.enrollment"
TIER_CHANGED = "loyalty.tier_changed"
TIER_EXPIRING = "loyalty.tier_expiring"
REWARD_UNLOCKED = "loyalty.reward_unlocked"
EXTERNAL_SYNCED = "loyalty.external_synced"
CHECKIN_EARNED = "loyalty.checkin_earned"
QR_EARNED = "loyalty.qr_earned"
POINTS_ADJUSTED = "loyalty.points_adjusted"
POINTS_REVERSED = "loyalty.points_reversed"
POINTS_EXPIRED = "loyalty.points_expired"
POINTS_EXPIRING = "loyalty.points_expiring"
ANNIVERSARY = "loyalty.anniversary"
MILESTONE_REACHED = "loyalty.milestone_reached"
MEMBERSHIP_LEFT = "loyalty.membership_left"
MEMBERSHIP_MERGED = "loyalty.membership_merged"
MEMBER_SUSPENDED = "member.suspended"
MEMBER_REACTIVATED = "member.reactivated"
MEMBER_ERASED = "member.erased"
LEDGER_BROKEN = "loyalty.ledger_broken"
SYNC_CONFLICT = "loyalty.sync_conflict"
WEBHOOK_ENDPOINT_DISABLED = "loyalty.webhook_endpoint_disabled"
POS_SYNCED = "integration.pos.synced"
POS_PUSHED = "integration.pos.pushed"
ERP_SYNCED = "integration.erp.synced"
ERP_PUSHED = "integration.erp.pushed"
PSP_CONFIGURED = "integration.psp.configured"
PAYMENT_CREATED = "payment.created"
PAYMENT_REQUIRES_ACTION = "payment.requires_action"
PAYMENT_AUTHORIZED = "payment.authorized"
PAYMENT_PAID = "payment.paid"
PAYMENT_FAILED = "payment.failed"
PAYMENT_CANCELED = "payment.canceled"
PAYMENT_REFUNDED = "payment.refunded"
PAYMENT_REFUND_FAILED = "payment.refund_failed"
PAYMENT_CHARGED_BACK = "payment.charged_back"
STORE_CHECKIN = "store.checkin"
MEMBER_CREATED = "member.created"
MEMBER_UPDATED = "member.updated"
CHECKOUT_STARTED = "checkout.started"
CHECKOUT_COMPLETED = "checkout.completed"
CHECKOUT_CANCELLED = "checkout.cancelled"
COLLECT_ORDER = "clickcollect.order"
COLLECT_STATUS_CHANGED = "clickcollect.status_changed"
COLLECT_PICKED_UP = "clickcollect.picked_up"
MEMBER_MERGED = "member.merged"
PRODUCT_CREATED = "product.created"
PRODUCT_BULK_IMPORTED = "product.bulk_imported"
EXPIRY_EXTENDED = "loyalty.expiry_extended"
RETURN_DROPPED = "loyalty.return_dropped"
POINTS_TRANSFERRED = "loyalty.points_transferred"
SHOP_DATA_REQUESTED = "integration.shop.data_requested"
SHOP_WRITE_FAILED = "integration.shop.write_failed"

ALL = "*"


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event. ``is_sent``: the product sends it."""

    name: str
    package: Package
    summary: str
    is_sent: bool = True


_LOYALTY = (
    EventType(ENROLLMENT, Package.GO, "A customer became a member, or came back."),
    EventType(POINTS_EARNED, Package.GO, "Points were granted."),
    EventType(POINTS_PENDING, Package.GO, "Points were earned that cannot be spent yet."),
    EventType(POINTS_REDEEMED, Package.GO, "Points were spent."),
    EventType(
        REWARD_UNLOCKED,
        Package.GO,
        "The balance now covers a reward that it did not cover before.",
    ),
    EventType(TIER_CHANGED, Package.PRIME, "A member's tier changed."),
    EventType(
        TIER_EXPIRING, Package.PRIME, "A member loses the tier soon, unless enough counts for it."
    ),
    EventType(EXTERNAL_SYNCED, Package.PRIME, "An external system changed a balance."),
    EventType(MILESTONE_REACHED, Package.GO, "A member's total reached a milestone."),
    EventType(ANNIVERSARY, Package.GO, "A member joined this many years ago today."),
    EventType(POINTS_EXPIRING, Package.GO, "Points expire soon, unless they are spent."),
    EventType(POINTS_EXPIRED, Package.GO, "Points expired."),
    EventType(EXPIRY_EXTENDED, Package.GO, "Points expire later, because somebody said so."),
    EventType(MEMBERSHIP_LEFT, Package.GO, "A member left a program; the points are kept."),
    EventType(MEMBERSHIP_MERGED, Package.GO, "Points moved, as two members were merged into one."),
    EventType(MEMBER_SUSPENDED, Package.GO, "A member was suspended in a program."),
    EventType(MEMBER_REACTIVATED, Package.GO, "A member's suspension in a program was lifted."),
    EventType(MEMBER_ERASED, Package.GO, "A person was erased: erase them in your systems, too."),
    EventType(
        WEBHOOK_ENDPOINT_DISABLED,
        Package.GO,
        "A webhook endpoint was disabled, because it only failed or wants no more.",
    ),
    EventType(
        CHECKIN_EARNED,
        Package.GO,
        "Points were granted for a check-in in the store.",
    ),
    EventType(QR_EARNED, Package.GO, "Points were granted for a scanned QR code."),
    EventType(POINTS_ADJUSTED, Package.GO, "A balance was corrected by hand."),
    EventType(POINTS_REVERSED, Package.GO, "An earlier booking was taken back."),
    EventType(
        LEDGER_BROKEN,
        Package.GO,
        "The nightly proof of the books has found something that does not add up.",
    ),
    EventType(
        SYNC_CONFLICT,
        Package.PRIME,
        "An external system would have overwritten newer points, and was refused.",
    ),
)
_SENT = {
    MEMBER_CREATED,
    MEMBER_UPDATED,
    MEMBER_MERGED,
    POS_SYNCED,
    POS_PUSHED,
    ERP_SYNCED,
    ERP_PUSHED,
    SHOP_DATA_REQUESTED,
    SHOP_WRITE_FAILED,
    PSP_CONFIGURED,
    PAYMENT_CREATED,
    PAYMENT_REQUIRES_ACTION,
    PAYMENT_AUTHORIZED,
    PAYMENT_PAID,
    PAYMENT_FAILED,
    PAYMENT_CANCELED,
    PAYMENT_REFUNDED,
    PAYMENT_REFUND_FAILED,
    PAYMENT_CHARGED_BACK,
    STORE_CHECKIN,
    CHECKOUT_STARTED,
    CHECKOUT_COMPLETED,
    CHECKOUT_CANCELLED,
    COLLECT_ORDER,
    COLLECT_STATUS_CHANGED,
    COLLECT_PICKED_UP,
    PRODUCT_CREATED,
    PRODUCT_BULK_IMPORTED,
    RETURN_DROPPED,
    POINTS_TRANSFERRED,
}
"""The types below that the product sends."""
# Source: webhooks page of the API, table of events with their packages.
_OTHERS = tuple(
    EventType(name, package, summary, is_sent=name in _SENT)
    for name, package, summary in (
        (POS_SYNCED, Package.GROW, "Products were imported from a till system."),
        (POS_PUSHED, Package.GROW, "Data was sent to a till system."),
        (ERP_SYNCED, Package.GROW, "Stock and orders were imported from an ERP."),
        (ERP_PUSHED, Package.GROW, "Data was sent to an ERP."),
        (PSP_CONFIGURED, Package.GROW, "A payment provider was configured."),
        (PAYMENT_CREATED, Package.GROW, "A payment was initiated."),
        (PAYMENT_REQUIRES_ACTION, Package.GROW, "A payment waits for the customer."),
        (PAYMENT_AUTHORIZED, Package.GROW, "A payment was authorized, and is not captured yet."),
        (PAYMENT_PAID, Package.GROW, "A payment succeeded."),
        (PAYMENT_FAILED, Package.GROW, "A payment failed."),
        (PAYMENT_CANCELED, Package.GROW, "A payment was canceled."),
        (PAYMENT_REFUNDED, Package.GROW, "A refund was initiated."),
        (
            PAYMENT_REFUND_FAILED,
            Package.GROW,
            "A refund that was initiated has failed, also after it had succeeded.",
        ),
        (
            PAYMENT_CHARGED_BACK,
            Package.GROW,
            "The customer's bank has withdrawn money of a payment, or has given it back.",
        ),
        (CHECKOUT_STARTED, Package.GROW, "A checkout began."),
        (CHECKOUT_COMPLETED, Package.GROW, "A checkout was paid."),
        (CHECKOUT_CANCELLED, Package.GROW, "A checkout was cancelled or timed out."),
        ("securityTag.deactivated", Package.GROW, "Security tags were deactivated."),
        ("offer.published", Package.GO, "An offer was activated."),
        ("offer.expired", Package.GO, "An offer ended."),
        ("offer.clicked", Package.GO, "A customer opened an offer."),
        (STORE_CHECKIN, Package.GROW, "A customer checked in."),
        ("store.followed", Package.DISCOVER, "A customer follows the store."),
        ("dm.received", Package.GO, "A customer sent a message."),
        (MEMBER_CREATED, Package.GO, "A member's profile was made."),
        (MEMBER_UPDATED, Package.GO, "A member's profile was changed."),
        (COLLECT_ORDER, Package.GO, "An order was placed for collection."),
        (COLLECT_STATUS_CHANGED, Package.GO, "An order's status changed."),
        (COLLECT_PICKED_UP, Package.GO, "An order was collected."),
        (MEMBER_MERGED, Package.GO, "A member was merged into another one."),
        (PRODUCT_CREATED, Package.DISCOVER, "A product was created."),
        (PRODUCT_BULK_IMPORTED, Package.DISCOVER, "A bulk import of products ended."),
        (RETURN_DROPPED, Package.GO, "A return was dropped that had waited for its purchase."),
        (POINTS_TRANSFERRED, Package.GO, "Points went from a member to another one."),
        (
            SHOP_DATA_REQUESTED,
            Package.GROW,
            "A customer of an online shop asks what is stored of them: answer within a month.",
        ),
        (
            SHOP_WRITE_FAILED,
            Package.GROW,
            "A member's card, or the code of a reward, could not be written into an online shop.",
        ),
    )
)

BY_NAME: Mapping[str, EventType] = {each.name: each for each in (*_LOYALTY, *_OTHERS)}
"""Every event type that endpoints can subscribe to."""


def _wildcards(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        parts = name.split(".")
        yield from (".".join((*parts[:depth], ALL)) for depth in range(1, len(parts)))


PATTERNS: tuple[str, ...] = (*BY_NAME, *dict.fromkeys(_wildcards(BY_NAME)), ALL)
"""An endpoint may subscribe to these: types, ``loyalty.*``, ``integration.pos.*``, ``*``."""


def subscribes(patterns: Iterable[str], name: str) -> bool:
    """Tell whether an endpoint's list of types and wildcards includes a type."""
    return any(
        pattern in {name, ALL} or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
        for pattern in patterns
    )
