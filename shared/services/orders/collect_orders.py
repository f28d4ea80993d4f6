"""Take, move on and list orders of Click & Collect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty.programs import EarningMethod
from shared.domain.orders import collect_orders, items, order_events
from shared.domain.orders.collect_orders import CollectOrder, OrderStatus
from shared.domain.orders.items import Item
from shared.domain.stores.stores import Store
from shared.errors import IdempotencyKeyReused, OrderStateConflict, ProductNotFound
from shared.schemas import paging
from shared.schemas.base import invalid
from shared.schemas.orders.order_bodies import OrderBody, to_order_body
from shared.schemas.paging import CursorPosition, Page
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.orders import catalog_items, checkouts, order_points
from shared.services.orders.order_points import Kind
from shared.store import paths
from shared.store.orders import collect_order_documents


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order that a customer places: ``quantities`` by the names of the products."""

    user_id: str
    quantities: Mapping[str, int]
    pickup_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """An order after a request; ``is_replay`` if it was so before."""

    order: CollectOrder
    is_replay: bool = False


def submit(caller: Caller, store_id: str, draft: OrderDraft) -> ChangedOrder:
    """Take an order, with the prices of the catalog; once for one ``Idempotency-Key``.

    Raises:
        StoreNotFound, IdempotencyKeyReused, Busy.
        ProductNotFound: The store does not sell one of the products.
        InvalidParameters: The time of the pick-up is over or too far away, or it costs nothing or
            too much.
    """
    store = access.store(caller, store_id)
    claim = caller.claim
    now = clock.utc_now()
    require_pickup_time(draft.pickup_at, now)
    prefix = collect_orders.ID_PREFIX
    order_id = f"{prefix}_{ids.digest('key', claim.claim_id)[:28]}" if claim else ids.new(prefix)
    path = paths.collect_order(order_id)
    fingerprint = claim.fingerprint if claim else ""

    def decide(reads: Reads) -> Effect[ChangedOrder]:
        before = collect_order_documents.decode(reads[path])
        if before is not None:
            if before.fingerprint != fingerprint:
                raise IdempotencyKeyReused("The Idempotency-Key was used for a different request.")
            return Effect(ChangedOrder(before, is_replay=True))
        ordered = _ordered(reads, store, draft, now)
        order = CollectOrder(
            order_id=order_id,
            account_id=store.account_id,
            store_id=store_id,
            user_id=draft.user_id,
            items=ordered,
            total_minor=checkouts.payable_minor(ordered),
            currency=store.currency,
            status=OrderStatus.PENDING,
            created_at=now,
            updated_at=now,
            estimated_pickup_at=collect_orders.estimated_pickup(draft.pickup_at, now),
            fingerprint=fingerprint,
            pickup_at=draft.pickup_at,
            note=draft.note,
        )
        news = outbox.announce(order_events.from_order(None, order))
        writes = [collect_order_documents.write(reads[path], order), *news.writes]
        return Effect(ChangedOrder(order), writes, tasks=news.tasks)

    return commands.run([path, *catalog_items.paths_of(store_id, draft.quantities)], decide)


def require_pickup_time(pickup_at: datetime | None, now: datetime) -> None:
    """Refuse a time at which nobody can pick up an order that is placed now.

    Raises:
        InvalidParameters: It is over, or too far away.
    """
    if pickup_at is not None and not now < pickup_at <= now + collect_orders.PICKUP_WITHIN:
        days = collect_orders.PICKUP_WITHIN.days
        raise invalid({"pickupTime": f"must be within the next {days} days"})


def move(caller: Caller, order_id: str, store_id: str | None, status: OrderStatus) -> ChangedOrder:
    """Bring an order to its next status; nothing happens if it is in it already.

    What is picked up earns; what comes back after that loses it again. A customer may only cancel
    an order that is still pending.

    Raises:
        OrderNotFound, Busy.
        OrderStateConflict: That is not its next status, or not the customer's to set.
    """
    now = clock.utc_now()
    is_replay = False

    def after(found: CollectOrder) -> CollectOrder:
        nonlocal is_replay
        if caller.customer is not None:
            _require_customers(found, status)
        moved = collect_orders.moved(found, status, now)
        is_replay = moved == found
        return moved

    changed = _change(
        order_id,
        lambda found, reads: access.own_order(caller, found, order_id, store_id, reads),
        after,
    )
    return ChangedOrder(book(changed), is_replay=is_replay)


def list_page(
    caller: Caller,
    *,
    store_id: str | None,
    user_id: str | None,
    status: OrderStatus | None,
    after: CursorPosition | None,
    limit: int,
) -> Page[CollectOrder]:
    """Return some of the caller's orders, newest first, after the last one of the page before.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    if store_id is not None:
        access.store(caller, store_id)
    user_ids = None if user_id is None else forwarding.every_user_id(caller.account_id, user_id)
    found = collect_order_documents.list_page(
        caller.account_id,
        store_id=store_id,
        user_ids=user_ids,
        status=status,
        after=(after.at, after.id) if after else None,
        limit=limit + 1,
    )
    if user_ids is not None:
        found = [replace(each, user_id=user_ids[0]) for each in found]
    return paging.cut(found, limit, lambda last: CursorPosition(last.created_at, last.order_id))


def shown(order: CollectOrder) -> OrderBody:
    """Return an order as answers show it, with its points as its programs count them."""
    return to_order_body(order, order_points.scales(order))


def change(
    order: CollectOrder, decide_after: Callable[[CollectOrder], CollectOrder]
) -> CollectOrder:
    """Change an order, write its events, and set its next check: one commit.

    Args:
        order: The stored order, perhaps as it was before.
        decide_after: Returns the changed order; the same one if nothing changes.
    """
    return _change(order.order_id, lambda found, _: found, decide_after)


CLICK_AND_COLLECT = Kind(EarningMethod.CLICK_COLLECT, "Click & Collect", change)


def book(order: CollectOrder) -> CollectOrder:
    """Book the due points of an order; never raises."""
    return order_points.book(order, CLICK_AND_COLLECT)


def _change(
    order_id: str,
    required: Callable[[CollectOrder | None, Reads], CollectOrder | None],
    decide_after: Callable[[CollectOrder], CollectOrder],
) -> CollectOrder:
    path = paths.collect_order(order_id)

    def decide(reads: Reads) -> Effect[CollectOrder]:
        before = required(collect_order_documents.decode(reads[path]), reads)
        assert before is not None, f"{path} is gone"
        after = collect_orders.settled(before, decide_after(before), clock.utc_now())
        if after == before:
            return Effect(before)
        news = outbox.announce(order_events.from_order(before, after))
        writes = [collect_order_documents.write(reads[path], after), *news.writes]
        return Effect(after, writes, tasks=news.tasks)

    return commands.run([path], decide)


def _require_customers(order: CollectOrder, status: OrderStatus) -> None:
    """Refuse what only the store may do with an order."""
    is_own_wish = status is OrderStatus.CANCELLED
    if is_own_wish and order.status in {OrderStatus.PENDING, OrderStatus.CANCELLED}:
        return
    raise OrderStateConflict(
        "A customer can only cancel an order, as long as it is pending.",
        fix="Ask the store, which changes its status with its secret key.",
        orderId=order.order_id,
        status=order.status,
        allowed=[OrderStatus.CANCELLED] if order.status is OrderStatus.PENDING else [],
    )


def _ordered(reads: Reads, store: Store, draft: OrderDraft, now: datetime) -> tuple[Item, ...]:
    ordered = []
    for name, quantity in draft.quantities.items():
        product = catalog_items.find(reads, store.store_id, name, now)
        price = product.price if product is not None else None
        if product is None or price is None or price.currency != store.currency:
            raise ProductNotFound(f"The store does not sell {name}.", productId=name)
        ordered.append(items.from_catalog(product, quantity))
    return tuple(ordered)
