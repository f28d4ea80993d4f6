"""A process that dies between two steps of a payment costs nobody money: one of each is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.services.payments import payment_settlement
from tests.support.payments import RETURN_URL, Till
from tests.support.processes import Job, Processes

pytestmark = pytest.mark.usefixtures("own_database")  # the sweep works through all there is

STEPS_MAX = 12


def later(by: timedelta) -> datetime:
    return datetime.now(UTC) + by


def test_a_payment_is_made_once_wherever_the_process_dies(till: Till, servers: Processes) -> None:
    killed = 0
    for step in range(STEPS_MAX):
        purchase = {"purchaseId": f"order_{step}"}
        body = {
            "storeId": till.merchant.store_id,
            "amount": 1099,
            "currency": "EUR",
            "returnUrl": RETURN_URL,
            **purchase,
        }
        key = till.merchant.api.key
        assert key is not None
        [outcome] = servers.run(Job("processPayment", body, key, rpcs=step))
        killed += outcome.is_killed

        with clock.use(lambda: later(timedelta(minutes=1))):
            again = till.process(**purchase)

        assert again.status == 200
        payment_id = again.body["paymentId"]
        made = [p for p in till.provider.payments.values() if p["reference"] == payment_id]
        assert len(made) == 1
        assert till.stored(payment_id).vendor_payment_id == made[0]["id"]
    assert killed >= 6


def test_a_refund_is_made_once_wherever_the_process_dies(till: Till, servers: Processes) -> None:
    killed = 0
    for step in range(STEPS_MAX):
        payment_id = till.paid(purchaseId=f"order_{step}")
        body = {"paymentId": payment_id, "amount": 500, "refundReference": "a"}
        key = till.merchant.api.key
        assert key is not None
        [outcome] = servers.run(Job("refundPayment", body, key, rpcs=step))
        killed += outcome.is_killed

        with clock.use(lambda: later(timedelta(minutes=1))):
            again = till.refund(payment_id, amount=500, refundReference="a")

        assert (again.status, again.body["status"]) == (200, "succeeded")
        vendor_id = till.stored(payment_id).vendor_payment_id
        assert vendor_id is not None
        assert [each["amountMinor"] for each in till.provider.refunds[vendor_id]] == [500]
    assert killed >= 4


def test_what_nobody_repeats_is_settled_by_the_sweep(till: Till, servers: Processes) -> None:
    """The process dies after the provider has done its part; then nobody comes back."""
    body = {
        "storeId": till.merchant.store_id,
        "amount": 1099,
        "currency": "EUR",
        "returnUrl": RETURN_URL,
        "purchaseId": "order_1",
    }
    key = till.merchant.api.key
    assert key is not None
    step = 0
    while not till.provider.payments:
        step += 1
        assert step < STEPS_MAX
        [outcome] = servers.run(
            Job("processPayment", {**body, "purchaseId": f"order_{step}"}, key, rpcs=step)
        )
    assert outcome.is_killed
    [made] = till.provider.payments.values()
    assert not till.stored(made["reference"]).is_settled
    made |= {"status": "paid", "capturedMinor": 1099}

    with clock.use(lambda: later(timedelta(minutes=3))):
        payment_settlement.settle_due()

    assert till.get(made["reference"])["status"] == "paid"
