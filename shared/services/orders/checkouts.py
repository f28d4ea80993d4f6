"""Start, complete, cancel, refund and list checkouts. ``payments`` lets a provider pay them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.catalog.products import CatalogProduct
from shared.domain.orders import checkouts, items, order_events
from shared.domain.orders.checkouts import CancelReason, Checkout, CheckoutStage, TillRefund
from shared.domain.orders.items import Difference, Item
from shared.domain.stores.stores import Store
from shared.domain.units import to_json_number
from shared.errors import (
    CheckoutDiffers,
    IdempotencyKeyReused,
    InvalidParameters,
    StaffRequired,
)
from shared.schemas.base import invalid
from shared.schemas.fields import AMOUNT_MINOR_MAX
from shared.schemas.orders.order_bodies import CheckoutBody, to_checkout_body
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.orders import (
    catalog_items,
    checkout_changes,
    checkout_points,
    order_points,
)
from shared.services.orders.checkout_changes import Decide
from shared.services.orders.checkout_points import PointsDraft
from shared.store import codec, paths
from shared.store.orders import checkout_documents


@dataclass(frozen=True, slots=True)
class CheckoutDraft:
    """A purchase that an app or a shop begins.

    ``order_reference`` is the caller's own id of it. ``is_believed``: prices are taken as they are
    sent, and not from the catalog. ``is_verified``: staff have looked at the customer.
    ``by_points`` is what points are to pay of it.
    """

    user_id: str
    items: tuple[Item, ...]
    order_reference: str | None = None
    is_believed: bool = True
    is_verified: bool = False
    by_points: PointsDraft | None = None


@dataclass(frozen=True, slots=True)
class ChangedCheckout:
    """A checkout after a request; ``is_replay`` if it was so before."""

    checkout: Checkout
    is_replay: bool = False


def start(caller: Caller, store: Store, draft: CheckoutDraft) -> ChangedCheckout:
    """Begin a purchase; once for one ``Idempotency-Key`` or reference of its customer.

    What points pay of it is redeemed in the same commit. If that is all, it is completed.

    Raises:
        CheckoutDiffers: A customer's items are not those of the catalog.
        StaffRequired: Staff must look at the customer first.
        InvalidParameters: There is nothing to pay, or too much; or points are to pay more.
        ProgramNotFound, MembershipNotFound, MemberSuspended, MembershipClosed,
        PointsHaveNoValue, InsufficientBalance: Points cannot pay it.
        IdempotencyKeyReused, Busy.
    """
    checkout_id = _checkout_id(caller, store.store_id, draft)
    path = paths.checkout(checkout_id)
    names = [name for each in draft.items for name in each.product_names.values()]
    product_paths = catalog_items.paths_of(store.store_id, names)
    fingerprint = ids.digest(
        draft.user_id,
        _canonical(draft.items),
        *checkout_points.terms_of(draft.by_points),
    )
    now = clock.utc_now()
    by_points = checkout_points.prepared(caller, store, draft.by_points, draft.user_id, checkout_id)

    def decide(reads: Reads) -> Effect[ChangedCheckout]:
        before = checkout_documents.decode(reads[path])
        if before is not None:
            if before.fingerprint != fingerprint:
                raise IdempotencyKeyReused(
                    "The checkout was started before with other values.", transactionId=checkout_id
                )
            return Effect(ChangedCheckout(before, is_replay=True))

        def find(name: str) -> CatalogProduct | None:
            return catalog_items.find(reads, store.store_id, name, now)

        bought = _checked(draft, store, find)
        goods_minor = payable_minor(bought)
        paid = checkout_points.pay(by_points, reads, goods_minor)
        total_minor = goods_minor - paid.amount_minor
        is_paid = total_minor == 0
        started = Checkout(
            checkout_id=checkout_id,
            account_id=store.account_id,
            store_id=store.store_id,
            user_id=draft.user_id,
            items=(*bought, *paid.items),
            total_minor=total_minor,
            currency=store.currency,
            stage=CheckoutStage.COMPLETED if is_paid else CheckoutStage.STARTED,
            created_at=now,
            updated_at=now,
            fingerprint=fingerprint,
            order_reference=draft.order_reference,
            completed_at=now if is_paid else None,
            points=() if is_paid else None,
            loyalty_payment=paid.payment,
            is_by_key=caller.customer is None,
        )
        after = checkouts.settled(None, started, now)
        news = outbox.announce(order_events.from_checkout(None, after))
        writes = [checkout_documents.write(reads[path], after), *news.writes, *paid.writes]
        return Effect(ChangedCheckout(after), writes, tasks=[*news.tasks, *paid.tasks])

    redemption_paths = by_points.needs if by_points else ()
    return commands.run([path, *product_paths, *redemption_paths], decide)


def complete(caller: Caller, checkout_id: str, store_id: str | None) -> ChangedCheckout:
    """Note that the till took the money of a checkout, and book its points.

    Nothing happens if it is paid already, by whomever.

    Raises:
        CheckoutNotFound, Busy.
        CheckoutStateConflict: It was cancelled.
    """
    now = clock.utc_now()
    return _changed(
        caller, checkout_id, store_id, lambda found: checkouts.complete_at_till(found, now)
    )


def cancel(caller: Caller, checkout_id: str, store_id: str | None) -> ChangedCheckout:
    """Cancel a checkout that is not paid; nothing happens if it is cancelled already.

    Raises:
        CheckoutNotFound, Busy.
        CheckoutStateConflict: It is paid.
    """
    now, reason = clock.utc_now(), CancelReason.CANCELLED
    return _changed(
        caller, checkout_id, store_id, lambda found: checkouts.cancel(found, now, reason)
    )


def refund(
    caller: Caller,
    checkout_id: str,
    store_id: str | None,
    *,
    amount_minor: int | None,
    refund_reference: str | None,
) -> ChangedCheckout:
    """Note what the till gave back of a checkout, and take back its share of the points.

    Args:
        caller: Must own the checkout.
        checkout_id: The checkout.
        store_id: The store, if it is given.
        amount_minor: In minor units; ``None`` for all that the till has left.
        refund_reference: The merchant's id of the refund, which counts once.

    Raises:
        CheckoutNotFound, CheckoutStateConflict, RefundExceedsPayment, InvalidParameters,
        IdempotencyKeyReused, Busy.
    """
    reference = reference_of_refund(caller, amount_minor, refund_reference)
    now = clock.utc_now()

    def after(found: Checkout) -> Checkout:
        made = next((each for each in found.till_refunds if each.reference == reference), None)
        if made is None:
            amount = found.till_minor if amount_minor is None else amount_minor
            return checkouts.refund_at_till(found, TillRefund(reference, amount, now))
        if amount_minor not in {None, made.amount_minor}:
            raise IdempotencyKeyReused(
                "The refund was told before with another amount.", transactionId=checkout_id
            )
        return found

    return _changed(caller, checkout_id, store_id, after)


def reference_of_refund(
    caller: Caller, amount_minor: int | None, refund_reference: str | None
) -> str:
    """Return what tells a refund from others: the reference, else the ``Idempotency-Key``.

    All that is left is given back once, so it needs neither.

    Raises:
        InvalidParameters: A part has neither.
    """
    if refund_reference is not None:
        return f"reference:{refund_reference}"
    if caller.claim is not None:
        return f"key:{caller.claim.claim_id}"
    if amount_minor is None:
        return "rest"
    raise InvalidParameters(
        "Send refundReference or the header Idempotency-Key with a partial refund.",
        fields={"refundReference": "is required unless the header Idempotency-Key is sent"},
    )


def list_page(
    caller: Caller,
    *,
    store_id: str | None,
    user_id: str | None,
    only_open: bool,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Checkout], str | None]:
    """Return some of the caller's checkouts, newest first, and the cursor of the next page.

    Args:
        caller: Whose they are.
        store_id: Only those of this store.
        user_id: Only those of this customer, also by ids that were merged into this one.
        only_open: Only those that nobody has paid or cancelled yet.
        cursor: The id of the last checkout of the page before.
        limit: The most to return.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
        InvalidParameters: There is no checkout of the cursor's id among them.
    """
    if store_id is not None:
        access.store(caller, store_id)
    user_ids = None if user_id is None else forwarding.every_user_id(caller.account_id, user_id)
    after = _position(caller, store_id, user_ids, cursor) if cursor is not None else None
    found = checkout_documents.list_page(
        caller.account_id,
        store_id=store_id,
        user_ids=user_ids,
        only_open=only_open,
        after=after,
        limit=limit + 1,
    )
    page = found[:limit]
    if user_ids is not None:
        page = [replace(each, user_id=user_ids[0]) for each in page]
    return page, page[-1].checkout_id if len(found) > limit else None


def shown(checkout: Checkout) -> CheckoutBody:
    """Return a checkout as answers show it, with its points as its programs count them."""
    return to_checkout_body(checkout, order_points.scales(checkout))


def payable_minor(bought: Sequence[Item]) -> int:
    """Return what is to be paid for items, in minor units.

    Raises:
        InvalidParameters: That is nothing, or too much.
    """
    total_minor = items.total_minor(bought)
    if not 1 <= total_minor <= AMOUNT_MINOR_MAX:
        raise invalid({"items": f"must cost 1 to {AMOUNT_MINOR_MAX} minor units together"})
    return total_minor


def _position(
    caller: Caller, store_id: str | None, user_ids: Sequence[str] | None, cursor: str
) -> tuple[datetime, str]:
    last = checkout_documents.find(cursor)
    is_listed = (
        last is not None
        and access.is_own(caller, last, store_id)
        and (user_ids is None or last.user_id in user_ids)
    )
    if last is None or not is_listed:
        raise invalid({"cursor": "must be a nextCursor of an earlier answer"})
    return last.created_at, last.checkout_id


def _changed(
    caller: Caller, checkout_id: str, store_id: str | None, decide_after: Decide
) -> ChangedCheckout:
    """Change a checkout and book what follows; tell whether it was so before."""
    is_replay = False

    def decided(found: Checkout) -> Checkout:
        nonlocal is_replay
        after = decide_after(found)
        is_replay = after == found
        return after

    changed = checkout_changes.change_own(caller, checkout_id, store_id, decided)
    return ChangedCheckout(checkout_changes.book(changed), is_replay=is_replay)


def _checkout_id(caller: Caller, store_id: str, draft: CheckoutDraft) -> str:
    """Return the checkout's id: from its customer's reference, the key, or at random."""
    parts: tuple[str, ...]
    if draft.order_reference is not None:
        parts = ("reference", store_id, draft.user_id, draft.order_reference)
    elif caller.claim is not None:
        parts = ("key", caller.claim.claim_id)
    else:
        return ids.new(checkouts.ID_PREFIX)
    return f"{checkouts.ID_PREFIX}_{ids.digest(*parts)[:28]}"


def _checked(
    draft: CheckoutDraft, store: Store, find: Callable[[str], CatalogProduct | None]
) -> tuple[Item, ...]:
    """Return what is bought, with the catalog's prices if the sender is not believed."""
    bought, differences = list(draft.items), list[Difference]()
    if not draft.is_believed:
        bought, differences = items.compared(draft.items, find, store.currency)
    if differences:
        rows = [_row(each) for each in differences]
        raise CheckoutDiffers("Some items are not as in the store's catalog.", items=rows)
    unseen = [
        {"index": index, "name": each.name}
        for index, each in enumerate(draft.items)
        if not draft.is_verified and items.needs_verification(each, find)
    ]
    if unseen:
        raise StaffRequired("Staff must look at the customer first.", items=unseen)
    return tuple(bought)


def _row(difference: Difference) -> dict[str, object]:
    return {
        "index": difference.index,
        "field": difference.field,
        "expected": _plain(difference.expected),
        "sent": _plain(difference.sent),
    }


def _plain(value: object) -> object:
    return to_json_number(value) if isinstance(value, Decimal) else value


def _canonical(bought: Sequence[Item]) -> str:
    return json.dumps([codec.to_document(each) for each in bought], sort_keys=True)
