"""The sweep completes what got lost, in time, and one payment does not hold up another."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.payments.payments import CHECKED_FOR, GIVEN_UP_AFTER, Payment
from shared.services.payments import payment_settlement
from shared.store import client, paths
from shared.store.client import Create
from tests.conftest import Clock
from tests.support.payments import Till, nothing_special
from tests.support.processes import Job, Processes
from tests.support.refusals import nothing_written

pytestmark = pytest.mark.usefixtures("own_database")  # the sweep works through all there is

STEPS_MAX = 12


def begun(till: Till, servers: Processes) -> Payment:
    """Return a payment whose process died before the provider was asked."""
    key = till.merchant.api.key
    assert key is not None
    for step in range(STEPS_MAX):
        body = {
            "storeId": till.merchant.store_id,
            "amount": 1099,
            "currency": "EUR",
            "returnUrl": "https://shop.example.com/done",
            "purchaseId": f"order_{step}",
        }
        [outcome] = servers.run(Job("processPayment", body, key, rpcs=step))
        assert outcome.is_killed
        assert till.provider.payments == {}
        listed = till.merchant.api.ok("listPayments", {"storeId": till.merchant.store_id})
        if listed["payments"]:
            return till.stored(listed["payments"][0]["paymentId"])
    raise AssertionError("no payment was written down")


def test_a_payment_that_was_never_begun_fails_after_a_day(
    till: Till, servers: Processes, frozen_clock: Clock
) -> None:
    payment = begun(till, servers)
    assert payment.check_at is not None

    frozen_clock.now = payment.created_at + GIVEN_UP_AFTER - timedelta(seconds=1)
    payment_settlement.settle_due()
    assert till.get(payment.payment_id)["status"] == "pending"
    frozen_clock.now += timedelta(hours=3)
    payment_settlement.settle_due()

    shown = till.get(payment.payment_id)
    assert (shown["status"], shown["failure"]) == ("failed", "NEVER_BEGUN")
    assert till.process(purchaseId=payment.purchase_id).body["status"] == "requires_action"
    assert [each["reference"] for each in till.provider.payments.values()] == [payment.payment_id]


def test_nothing_is_given_up_while_the_provider_does_not_answer(
    till: Till, servers: Processes, frozen_clock: Clock
) -> None:
    payment = begun(till, servers)
    till.provider.after = lambda *_: (500, b"")
    frozen_clock.now = payment.created_at + 2 * GIVEN_UP_AFTER

    payment_settlement.settle_due()

    later = till.stored(payment.payment_id)
    assert later == replace(payment, check_at=later.check_at)
    assert later.check_at is not None
    assert later.check_at > frozen_clock.now


def test_it_is_asked_less_often_and_at_last_not_any_more(till: Till, frozen_clock: Clock) -> None:
    payment_id = till.process().body["paymentId"]
    begun_at, asked = frozen_clock.now, []
    for _ in range(200):
        due = till.stored(payment_id).check_at
        if due is None:
            break
        frozen_clock.now = due
        payment_settlement.settle_due()
        asked.append(due - begun_at)

    assert asked[0] == timedelta(minutes=2)
    assert till.stored(payment_id).check_at is None
    assert len(asked) < 100
    assert CHECKED_FOR <= asked[-1] < CHECKED_FOR + timedelta(days=1)
    assert till.get(payment_id)["status"] == "requires_action"


def test_one_that_fails_does_not_hold_up_the_others(
    till: Till, frozen_clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [till.process(purchaseId=f"order_{number}").body["paymentId"] for number in range(3)]
    broken = till.stored(made[1]).vendor_payment_id
    for each in till.provider.payments.values():
        each |= {"status": "paid", "capturedMinor": 1099}
    till.provider.after = lambda _, path: (200, b"[]") if path == f"/payments/{broken}" else None
    frozen_clock.advance(minutes=3)

    payment_settlement.settle_due()

    assert [till.get(each)["status"] for each in made] == ["paid", "requires_action", "paid"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    failed = [each for each in lines if each["message"] == "payment not settled"]
    assert [each["paymentId"] for each in failed] == [made[1]]

    till.provider.after = nothing_special
    frozen_clock.advance(minutes=3)
    payment_settlement.settle_due()
    assert till.get(made[1])["status"] == "paid"


def test_a_provider_that_was_deleted_leaves_what_is_known(till: Till, frozen_clock: Clock) -> None:
    payment_id = till.process().body["paymentId"]
    paid_id = till.paid(purchaseId="order_2")
    store = {"storeId": till.merchant.store_id}
    till.merchant.api.ok("deletePSPConfiguration", {**store, "provider": "custom"})
    before = till.stored(payment_id)
    frozen_clock.advance(minutes=3)

    payment_settlement.settle_due()

    after = till.stored(payment_id)
    assert after == replace(before, check_at=after.check_at)
    assert after.check_at is not None
    assert after.check_at > frozen_clock.now
    for action, wanted in (("cancelPayment", payment_id), ("refundPayment", paid_id)):
        with nothing_written():
            answer = till.merchant.api(action, {"paymentId": wanted})
        assert answer.error == "CONNECTOR_NOT_CONFIGURED"
    assert till.notify("p_1") == 401

    assert till.configure().status == 200
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 1099}
    assert till.notify("p_1") == 200
    assert till.get(payment_id)["status"] == "paid"
    assert till.refund(paid_id).body["status"] == "succeeded"


def test_a_refund_whose_outcome_nobody_heard_is_settled(till: Till, frozen_clock: Clock) -> None:
    payment_id = till.paid()
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    assert till.refund(payment_id).error == "CONNECTOR_UNAVAILABLE"
    till.provider.after = nothing_special
    assert till.get(payment_id)["status"] == "paid"
    frozen_clock.advance(minutes=3)

    payment_settlement.settle_due()

    payment = till.get(payment_id)
    assert (payment["status"], payment["refunded"]) == ("refunded", 1099)
    assert till.stored(payment_id).check_at is None


def test_a_refund_that_the_provider_does_not_know_stays_set_aside_and_is_told(
    till: Till, frozen_clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    payment_id = till.paid()
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = nothing_special
    till.provider.refunds.clear()
    till.provider.payments["p_1"]["refundedMinor"] = 0
    frozen_clock.now += GIVEN_UP_AFTER + timedelta(hours=3)

    for _ in range(2):
        payment_settlement.settle_due()
        frozen_clock.advance(days=1)

    payment = till.get(payment_id)
    assert (payment["problem"], payment["refundable"]) == ("refund_unknown", 599)
    assert [each["status"] for each in payment["refunds"]] == ["pending"]
    assert capsys.readouterr().out.count("payment needs attention") == 1


def test_a_report_settles_refunds_that_are_open(till: Till) -> None:
    payment_id = till.paid()
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    till.refund(payment_id)
    till.provider.after = nothing_special

    assert till.notify("p_1") == 200

    assert till.get(payment_id)["status"] == "refunded"


def test_a_payment_of_another_amount_is_not_settled(till: Till, frozen_clock: Clock) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.payments["p_1"] |= {"status": "paid", "amountMinor": 1, "capturedMinor": 1}
    frozen_clock.advance(minutes=3)

    payment_settlement.settle_due()

    payment = till.get(payment_id)
    assert (payment["status"], payment["problem"]) == ("requires_action", "amount_mismatch")
    assert till.stored(payment_id).check_at is not None


def test_a_clock_that_cannot_be_read_does_not_hold_up_the_others(
    till: Till, frozen_clock: Clock
) -> None:
    waiting = till.process().body["paymentId"]
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 1099}
    data = client.get_one(paths.payment(waiting)).data
    assert data is not None
    earlier = data["checkAt"] - timedelta(minutes=1)
    unreadable = {**data, "accountId": "acc_test_1", "checkAt": earlier}
    client.commit(
        [
            Create(paths.payment("pay_unreadable"), unreadable),
            Create(paths.test_clock("acc_test_1"), {"aheadMs": "far"}),
        ]
    )

    frozen_clock.now += timedelta(hours=1)
    payment_settlement.settle_due()

    assert till.get(waiting)["status"] == "paid"
    assert client.get_one(paths.payment("pay_unreadable")).data == unreadable
