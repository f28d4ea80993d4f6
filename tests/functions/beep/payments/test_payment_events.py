"""From a payment to a receiver: what happened is told once, whatever is repeated or lost."""

from __future__ import annotations

from typing import Any

from shared.store import client
from tests.support.events import Pipeline, deliveries_of
from tests.support.payments import Till
from tests.support.receivers import Receiver, receiving


def data_of(receiver: Receiver, event_type: str) -> dict[str, Any]:
    """Return the data of the only event of a type that arrived."""
    (received,) = [each for each in receiver.received if each.type == event_type]
    data: dict[str, Any] = received.event["data"]
    return data


def test_paying_and_refunding_is_told_once_each(pipeline: Pipeline, till: Till) -> None:
    with receiving() as receiver:
        pipeline.register(till.merchant, receiver.url, "payment.*")
        payment_id = till.process().body["paymentId"]
        till.process()
        till.pay()
        assert [till.notify("p_1") for _ in range(3)] == [200] * 3
        part = till.refund(payment_id, amount=500, refundReference="return_1").body["refundId"]
        till.refund(payment_id, amount=500, refundReference="return_1")
        rest = till.refund(payment_id).body["refundId"]
        assert till.notify("p_1") == 200
        pipeline.deliver(till.merchant)

    told = sorted(receiver.types)
    refunded = ["payment.refunded", "payment.refunded"]
    assert told == ["payment.created", "payment.paid", *refunded, "payment.requires_action"]
    common = {
        "paymentId": payment_id,
        "provider": "custom",
        "amount": 1099,
        "currency": "EUR",
        "purchaseId": "order_1",
    }
    for event_type, status in (
        ("payment.created", "pending"),
        ("payment.requires_action", "requires_action"),
        ("payment.paid", "paid"),
    ):
        assert data_of(receiver, event_type) == {**common, "status": status}
    refunds = [each.event["data"] for each in receiver.received if each.type == "payment.refunded"]
    assert sorted(refunds, key=lambda each: each["refundAmount"]) == [
        {**common, "status": "partially_refunded", "refundId": part, "refundAmount": 500},
        {**common, "status": "refunded", "refundId": rest, "refundAmount": 599},
    ]


def test_what_happened_is_in_the_commit_of_the_payment(pipeline: Pipeline, till: Till) -> None:
    pipeline.register(till.merchant, "https://example.com/hook", "payment.created")
    till.process()

    (delivery,) = deliveries_of(till.merchant)
    event = client.query("events", ("storeId", "==", till.merchant.store_id))
    types = {each.data["type"] for each in event if each.data}
    assert delivery.event_type == "payment.created"
    assert types == {"integration.psp.configured", "payment.created", "payment.requires_action"}


def test_payments_that_fail_and_that_are_canceled_are_told(pipeline: Pipeline, till: Till) -> None:
    with receiving() as receiver:
        pipeline.register(till.merchant, receiver.url, "payment.*")
        till.process(purchaseId="order_1")
        till.pay("p_1", succeeds=False)
        held = till.process(purchaseId="order_2", captureLater=True).body["paymentId"]
        till.pay("p_2")
        till.merchant.api.ok("cancelPayment", {"paymentId": held})
        pipeline.deliver(till.merchant)

    begun = ["payment.created", "payment.requires_action"]
    assert sorted(receiver.types) == sorted(
        [*begun, "payment.failed", *begun, "payment.authorized", "payment.canceled"]
    )
