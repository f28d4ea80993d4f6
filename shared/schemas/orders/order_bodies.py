"""Checkouts and orders in answers, and their items in requests. Amounts are in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from shared.domain.loyalty.earning_base import LineType
from shared.domain.orders import checkouts
from shared.domain.orders.checkouts import CancelReason, Checkout, CheckoutStatus
from shared.domain.orders.collect_orders import CollectOrder, OrderStatus
from shared.domain.orders.items import Item
from shared.domain.orders.order_points import OrderPoints, ProgramPoints
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Id, Number, Timestamp, Whole, WireModel
from shared.schemas.fields import (
    AMOUNT_MINOR_MAX,
    PRODUCT_ID_CHARS_MAX,
    AmountMinor,
    Percent,
    ProgramId,
)
from shared.schemas.loyalty.booking_bodies import CappedBy, NoAwardReason

ITEMS_MAX = 100
QUANTITY_MAX = 1_000
NOTE_CHARS_MAX = 250

CheckoutId = Annotated[
    Id, Field(description="Our id of the purchase, as startCheckout has answered it.")
]
OrderId = Annotated[Id, Field(description="Id of the order.")]
_ProductName = Annotated[str, Field(min_length=1, max_length=PRODUCT_ID_CHARS_MAX)]
_Quantity = Annotated[Whole, Field(ge=1, le=QUANTITY_MAX, description="How many.")]


class ItemInput(WireModel):
    """A line of a purchase. Weighed goods are one item with the price of what was weighed."""

    name: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        description="What it is called."
    )
    price_unit: Annotated[Whole, Field(ge=-AMOUNT_MINOR_MAX, le=AMOUNT_MINOR_MAX)] = Field(
        description=(
            "What one costs, taxes included, in minor units of the store's currency: 149 for 1.49 "
            "EUR. Below 0 for what lowers the sum."
        )
    )
    quantity: _Quantity = 1
    vat: Percent | None = Field(
        default=None, description="Rate of the tax in the price, in percent: 7 or 19."
    )
    product_id: _ProductName | None = Field(
        default=None, description="Id of the product in the store's catalog."
    )
    ean: Annotated[str, Field(min_length=8, max_length=14)] | None = Field(
        default=None, description="EAN of the product, instead of `productId`."
    )
    category: Id | None = Field(default=None, description="Your id of the category.")
    type: LineType = Field(
        default=LineType.ITEM,
        strict=False,
        description="As in `purchaseLines`; discounts and rewards lower the sum.",
    )

    def to_item(self) -> Item:
        """Return the item."""
        return Item(
            name=self.name,
            price_unit_minor=self.price_unit,
            quantity=self.quantity,
            vat_percent=self.vat,
            product_id=self.product_id,
            ean=self.ean,
            category=self.category,
            type=self.type,
        )


Items = Annotated[
    list[ItemInput], Field(min_length=1, max_length=ITEMS_MAX, description="What is bought.")
]


class OrderedProductInput(WireModel):
    """A product of the store's catalog, which says what it costs."""

    product_id: _ProductName = Field(
        description="Id of the product, or its EAN; the store must sell it."
    )
    quantity: _Quantity = 1


OrderedProducts = Annotated[
    list[OrderedProductInput],
    Field(min_length=1, max_length=ITEMS_MAX, description="What is ordered."),
]


class ItemBody(WireModel):
    """A line of a purchase."""

    name: str = Field(description="What it is called.")
    price_unit: int = Field(description="What one costs, in minor units of `currency`.")
    quantity: int = Field(description="How many.")
    vat: Number | None = Field(description="Rate of the tax, in percent. Null if not known.")
    product_id: str | None = Field(description="Id of the product. Null if none was given.")
    ean: str | None = Field(description="EAN of the product. Null if none is known.")
    category: str | None = Field(description="Id of the category. Null if none is known.")
    type: LineType = Field(description="What it is: goods, a discount, a deposit.")


class ProgramPointsBody(WireModel):
    """What a purchase has earned in one program, in its points, stamps or money."""

    program_id: answers.ProgramId
    awarded: Number | None = Field(description="What it has earned. Null until it is booked.")
    capped_by: CappedBy
    reason: NoAwardReason
    taken_back: Number = Field(description="What was taken of it for money that was returned.")
    failure: str | None = Field(
        description="The code of the refusal for which no more is booked. Null without one."
    )


EarnedPoints = Annotated[
    list[ProgramPointsBody],
    Field(
        description=(
            "What it has earned in each program of the store that rewards it. Empty before it is "
            "paid."
        )
    ),
]


class LoyaltyPaymentInput(WireModel):
    """What of a purchase the customer's points are to pay."""

    program_id: ProgramId
    amount: AmountMinor = Field(
        description=(
            "What points are to pay, in minor units of the store's currency; at most what the "
            "items cost. quoteLoyaltyPayment says how much they can pay."
        )
    )


class LoyaltyPaymentBody(WireModel):
    """What of a purchase points have paid: when it was started, or redeemed again since."""

    program_id: answers.ProgramId
    points: Number = Field(description="How many points were spent.")
    amount: int = Field(description="What they have paid, in minor units of `currency`.")
    redemption_id: str = Field(description="The redemption, as getRedemption shows it.")


PaidWithPoints = Annotated[
    LoyaltyPaymentBody | None,
    Field(
        description=(
            "What points have paid: a line of the type `reward`, which lowers `amount`. They come "
            "back if it is cancelled, or once all of the money is given back. Null if none have."
        )
    ),
]


class CheckoutBody(WireModel):
    """A purchase by Scan & Go."""

    transaction_id: CheckoutId
    store_id: answers.StoreId
    user_id: answers.UserId
    status: CheckoutStatus = Field(
        description="How far it has come, and whether money was given back."
    )
    items: list[ItemBody] = Field(description="What is bought.")
    amount: answers.Amount
    currency: answers.Currency
    paid: int = Field(description="What the merchant has of it, in minor units.")
    overpaid: int = Field(
        description="What was paid beyond it, at the till and by the provider, in minor units."
    )
    order_reference: str | None = Field(
        description="Your id of the purchase. Null if none was given."
    )
    payment_id: str | None = Field(
        description="The payment that pays it. Null if it is paid at the till."
    )
    cancel_reason: CancelReason | None = Field(
        description="Why it was cancelled. Null if it was not."
    )
    loyalty_payment: PaidWithPoints
    points: EarnedPoints
    created_at: answers.CreatedAt
    times_out_at: Timestamp | None = Field(
        description=(
            "When it is cancelled by itself if nobody has paid. Null if it is not `started` any "
            "more, and if points have paid of it and a payment at the provider is open."
        )
    )
    completed_at: Timestamp | None = Field(description="When it was paid. Null if it was not.")
    cancelled_at: Timestamp | None = Field(description="When it was cancelled. Null if it was not.")


class OrderBody(WireModel):
    """An order for collection."""

    order_id: OrderId
    store_id: answers.StoreId
    user_id: answers.UserId
    status: OrderStatus = Field(description="How far it has come.")
    items: list[ItemBody] = Field(description="What is ordered, with the prices of then.")
    amount: answers.Amount
    currency: answers.Currency
    pickup_time: Timestamp | None = Field(
        description="When the customer wants to come. Null if they did not say."
    )
    estimated_pickup_at: Timestamp = Field(description="When it can be picked up.")
    note: str = Field(description="What the customer has written. May be empty.")
    points: EarnedPoints
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt
    picked_up_at: Timestamp | None = Field(description="When it was picked up. Null if it was not.")


ITEM_EXAMPLE: dict[str, Any] = {
    "name": "Bio-Vollmilch 3,5%",
    "priceUnit": 149,
    "quantity": 2,
    "vat": 7,
    "productId": None,
    "ean": None,
    "category": None,
    "type": "item",
}
CHECKOUT_EXAMPLE: dict[str, Any] = {
    "transactionId": "purchase_abc123",
    "storeId": "store_a",
    "userId": "user_xyz",
    "status": "started",
    "items": [ITEM_EXAMPLE],
    "amount": 298,
    "currency": "EUR",
    "paid": 0,
    "overpaid": 0,
    "orderReference": None,
    "paymentId": None,
    "cancelReason": None,
    "loyaltyPayment": None,
    "points": [],
    "createdAt": "2026-03-03T12:00:00.000Z",
    "timesOutAt": "2026-03-03T14:00:00.000Z",
    "completedAt": None,
    "cancelledAt": None,
}
ORDER_EXAMPLE: dict[str, Any] = {
    "orderId": "cc_order_x1y2z3",
    "storeId": "store_a",
    "userId": "user_xyz",
    "status": "pending",
    "items": [
        {**ITEM_EXAMPLE, "productId": "store_a_4006381333931", "ean": "4006381333931"},
    ],
    "amount": 298,
    "currency": "EUR",
    "pickupTime": None,
    "estimatedPickupAt": "2026-03-03T12:30:00.000Z",
    "note": "",
    "points": [],
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
    "pickedUpAt": None,
}


def to_checkout_body(checkout: Checkout, scales: Mapping[str, int]) -> CheckoutBody:
    """Return a checkout as answers show it.

    Args:
        checkout: The checkout.
        scales: The decimals of what its programs count, by their ids.
    """
    return CheckoutBody(
        transaction_id=checkout.checkout_id,
        store_id=checkout.store_id,
        user_id=checkout.user_id,
        status=checkout.status,
        items=[_item(each) for each in checkout.items],
        amount=checkout.total_minor,
        currency=checkout.currency,
        paid=checkout.paid_minor,
        overpaid=checkout.overpaid_minor,
        order_reference=checkout.order_reference,
        payment_id=checkout.payment_id,
        cancel_reason=checkout.cancel_reason,
        loyalty_payment=to_loyalty_payment_body(checkout),
        points=_points(checkout.points, scales),
        created_at=checkout.created_at,
        times_out_at=checkouts.times_out_at(checkout),
        completed_at=checkout.completed_at,
        cancelled_at=checkout.cancelled_at,
    )


def to_loyalty_payment_body(checkout: Checkout) -> LoyaltyPaymentBody | None:
    """Return what points have paid of a checkout, as answers show it."""
    paid = checkout.loyalty_payment
    if paid is None:
        return None
    return LoyaltyPaymentBody(
        program_id=paid.program_id,
        points=from_units(paid.units, paid.scale),
        amount=paid.amount_minor,
        redemption_id=paid.redemption_id,
    )


def to_order_body(order: CollectOrder, scales: Mapping[str, int]) -> OrderBody:
    """Return an order as answers show it; ``scales`` are as in ``to_checkout_body``."""
    return OrderBody(
        order_id=order.order_id,
        store_id=order.store_id,
        user_id=order.user_id,
        status=order.status,
        items=[_item(each) for each in order.items],
        amount=order.total_minor,
        currency=order.currency,
        pickup_time=order.pickup_at,
        estimated_pickup_at=order.estimated_pickup_at,
        note=order.note,
        points=_points(order.points, scales),
        created_at=order.created_at,
        updated_at=order.updated_at,
        picked_up_at=order.picked_up_at,
    )


def _item(item: Item) -> ItemBody:
    return ItemBody(
        name=item.name,
        price_unit=item.price_unit_minor,
        quantity=item.quantity,
        vat=item.vat_percent,
        product_id=item.product_id,
        ean=item.ean,
        category=item.category,
        type=item.type,
    )


def _points(points: OrderPoints | None, scales: Mapping[str, int]) -> list[ProgramPointsBody]:
    return [_in_program(each, scales[each.program_id]) for each in points or ()]


def _in_program(each: ProgramPoints, scale: int) -> ProgramPointsBody:
    earned_units = each.points.earned_units
    taken_units = sum(taking.taken_units or 0 for taking in each.points.takings)
    return ProgramPointsBody(
        program_id=each.program_id,
        awarded=None if earned_units is None else from_units(earned_units, scale),
        capped_by=each.points.capped_by,
        reason=each.points.reason,
        taken_back=from_units(taken_units, scale),
        failure=each.points.failure,
    )
