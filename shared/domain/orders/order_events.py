"""Events of checkouts and orders, in the words of the webhook documentation."""

from __future__ import annotations

from shared import ids
from shared.clock import to_wire
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.money import Money
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.domain.orders.collect_orders import CollectOrder, OrderStatus
from shared.domain.units import to_json_number

_TYPE_BY_STAGE = {
    CheckoutStage.STARTED: event_types.CHECKOUT_STARTED,
    CheckoutStage.COMPLETED: event_types.CHECKOUT_COMPLETED,
    CheckoutStage.CANCELLED: event_types.CHECKOUT_CANCELLED,
}


def from_checkout(before: Checkout | None, after: Checkout) -> list[Event]:
    """Return the event of a checkout's change, if it has come to another stage.

    Each happens once: a checkout that was cancelled and is paid after all is completed then.
    """
    if before is not None and before.stage is after.stage:
        return []
    # What points pay whole is completed as it is started.
    stages = [after.stage] if before is not None else [CheckoutStage.STARTED, after.stage]
    return [
        Event(
            event_id=ids.derived("evt", after.checkout_id, event_type),
            type=event_type,
            account_id=after.account_id,
            store_id=after.store_id,
            program_id=None,
            user_id=after.user_id,
            source=None,
            created_at=after.updated_at,
            data={
                "transactionId": after.checkout_id,
                "userId": after.user_id,
                "total": to_json_number(Money(after.total_minor, after.currency).to_major()),
                "items": sum(each.quantity for each in after.items),
            },
        )
        for event_type in dict.fromkeys(_TYPE_BY_STAGE[each] for each in stages)
    ]


def from_order(before: CollectOrder | None, after: CollectOrder) -> list[Event]:
    """Return the events of an order's change, in the order in which they happened."""
    if before is None:
        return [_of_order(after, event_types.COLLECT_ORDER)]
    if before.status is after.status:
        return []
    changed = [_of_order(after, event_types.COLLECT_STATUS_CHANGED)]
    if after.status is OrderStatus.PICKED_UP:
        changed.append(_of_order(after, event_types.COLLECT_PICKED_UP))
    return changed


def _of_order(order: CollectOrder, event_type: str) -> Event:
    return Event(
        event_id=ids.derived(
            "evt", order.order_id, event_type, order.status, to_wire(order.updated_at)
        ),
        type=event_type,
        account_id=order.account_id,
        store_id=order.store_id,
        program_id=None,
        user_id=order.user_id,
        source=None,
        created_at=order.updated_at,
        data={
            "orderId": order.order_id,
            "storeId": order.store_id,
            "userId": order.user_id,
            "status": order.status,
        },
    )
