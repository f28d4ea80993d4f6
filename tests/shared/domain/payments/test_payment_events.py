"""Each change of a payment is told once, with exact data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.events.event import Event
from shared.domain.money import Money
from shared.domain.payments import payment_events, payments
from shared.domain.payments.payments import (
    DisputeObservation,
    DisputeStatus,
    Observation,
    Payment,
    Refund,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.domain.payments.psp import PspAccount, PspConfiguration

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
PAYMENT = Payment(
    payment_id="pay_1",
    account_id="acc_1",
    store_id="store_a",
    provider="custom",
    amount_minor=1099,
    currency="EUR",
    stage=Stage.PENDING,
    created_at=NOW,
    updated_at=NOW,
    fingerprint="f",
    purchase_id="order_1",
    program_id="lp_1",
    user_id="u_1",
)
PAID = replace(PAYMENT, stage=Stage.PAID, captured_minor=1099, is_settled=True)
REFUND = Refund("ref_1", 500, RefundStatus.PENDING, NOW, NOW, "f")


def types(before: Payment | None, after: Payment) -> list[str]:
    return [each.type for each in payment_events.from_change(before, after)]


def test_a_payment_that_is_written_down_is_told() -> None:
    [event] = payment_events.from_change(None, PAYMENT)
    assert event == Event(
        event_id=event.event_id,
        type="payment.created",
        account_id="acc_1",
        store_id="store_a",
        program_id="lp_1",
        user_id="u_1",
        source=None,
        created_at=NOW,
        data={
            "paymentId": "pay_1",
            "provider": "custom",
            "amount": 1099,
            "currency": "EUR",
            "status": "pending",
            "purchaseId": "order_1",
        },
    )
    assert event.event_id.startswith("evt_")


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage.REQUIRES_ACTION, "payment.requires_action"),
        (Stage.AUTHORIZED, "payment.authorized"),
        (Stage.PAID, "payment.paid"),
        (Stage.FAILED, "payment.failed"),
        (Stage.CANCELED, "payment.canceled"),
    ],
)
def test_each_stage_is_told_when_it_is_reached(stage: Stage, told: str) -> None:
    after = replace(PAYMENT, stage=stage)
    [event] = payment_events.from_change(PAYMENT, after)
    assert (event.type, event.data["status"]) == (told, stage)
    assert types(after, replace(after, problem="x", check_at=NOW)) == []
    assert types(None, after) == ["payment.created", told]


@pytest.mark.parametrize(
    ("status", "told"),
    [(RefundStatus.SUCCEEDED, 1), (RefundStatus.PENDING, 1), (RefundStatus.FAILED, 0)],
)
def test_a_refund_is_told_once_the_provider_has_it(status: RefundStatus, told: int) -> None:
    reserved = replace(PAID, refunds=(REFUND,))
    assert types(PAID, reserved) == []
    made = replace(REFUND, status=status, is_settled=True)
    after = payments.with_refund(reserved, made)
    found = payment_events.from_change(reserved, after)
    assert [each.type for each in found] == ["payment.refunded"] * told
    assert [each.data for each in found] == [
        {
            "paymentId": "pay_1",
            "provider": "custom",
            "amount": 1099,
            "currency": "EUR",
            "status": "partially_refunded" if status is RefundStatus.SUCCEEDED else "paid",
            "purchaseId": "order_1",
            "refundId": "ref_1",
            "refundAmount": 500,
        }
    ] * told
    settled = payments.with_refund(after, replace(made, status=RefundStatus.SUCCEEDED))
    assert types(after, settled) == []


@pytest.mark.parametrize(
    ("was", "told"),
    [
        (replace(REFUND, is_settled=True), ["payment.refund_failed"]),
        (
            replace(REFUND, is_settled=True, status=RefundStatus.SUCCEEDED),
            ["payment.refund_failed"],
        ),
        (REFUND, []),
        (replace(REFUND, is_settled=True, status=RefundStatus.FAILED), []),
    ],
)
def test_a_refund_that_was_told_and_fails_is_told(was: Refund, told: list[str]) -> None:
    before = replace(PAID, refunds=(was,))
    said = RefundObservation("r_1", RefundStatus.FAILED, "account_closed")
    after = payments.observe_refund(before, "ref_1", said, NOW)
    found = payment_events.from_change(before, after)
    assert [each.type for each in found] == told
    assert all(
        (each.data["refundId"], each.data["refundAmount"], each.data["status"])
        == ("ref_1", 500, "paid")
        for each in found
    )


def test_a_chargeback_is_told_each_time_that_it_moves_money() -> None:
    payment, told = PAID, []
    statuses = [DisputeStatus.OPEN, DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST]
    for minute, status in enumerate(statuses):
        dispute = DisputeObservation("dp_1", Money(600, "EUR"), status)
        now = NOW + timedelta(minutes=minute)
        after = payments.observe(payment, Observation(dispute=dispute), now)
        told += payment_events.from_change(payment, after)
        payment = after
    assert [each.type for each in told] == ["payment.charged_back"] * 3
    assert [each.data["chargedBackAmount"] for each in told] == [600, 0, 600]
    assert {each.data["status"] for each in told} == {"paid"}
    assert len({each.event_id for each in told}) == 3


@given(st.data())
def test_every_change_of_a_story_is_told_once(data: st.DataObject) -> None:
    """Observations in any order: no id twice, and one event for each stage that was reached."""
    payment, told = PAYMENT, payment_events.from_change(None, PAYMENT)
    stages, refunds = [], 0
    for minute in range(1, 12):
        now = NOW + timedelta(minutes=minute)
        if payment.refundable_minor >= 100 and data.draw(st.booleans()):
            refund_id = f"ref_{len(payment.refunds)}"
            made = replace(REFUND, refund_id=refund_id, amount_minor=100)
            payment = payments.reserve_refund(payment, made)
            said = RefundObservation("r", data.draw(st.sampled_from(RefundStatus)))
            after = payments.observe_refund(payment, refund_id, said, now)
            refunds += said.status is not RefundStatus.FAILED
        else:
            stage = data.draw(st.sampled_from([None, *Stage]))
            after = payments.observe(payment, Observation("p_1", stage, Money(1099, "EUR")), now)
        if after.stage is not payment.stage:
            stages.append(f"payment.{after.stage}")
        told += payment_events.from_change(payment, after)
        assert payment_events.from_change(after, after) == []
        payment = after
    assert len({each.event_id for each in told}) == len(told)
    assert [each.type for each in told if each.type != "payment.refunded"] == [
        "payment.created",
        *stages,
    ]
    assert sum(each.type == "payment.refunded" for each in told) == refunds


def test_the_same_change_has_the_same_id() -> None:
    after = replace(PAID, updated_at=NOW + timedelta(seconds=1))
    first, second = (payment_events.from_change(PAYMENT, after) for _ in range(2))
    assert first == second


def test_a_configuration_is_told_without_what_it_holds() -> None:
    account = PspAccount("custom", "token", {"mode": "test"}, is_test=True, configured_at=NOW)
    configuration = PspConfiguration("store_a", "acc_1").configured(account, is_default=False)

    event = payment_events.from_configuration(configuration, account)

    assert event == Event(
        event_id=event.event_id,
        type="integration.psp.configured",
        account_id="acc_1",
        store_id="store_a",
        program_id=None,
        user_id=None,
        source=None,
        created_at=NOW,
        data={"provider": "custom", "isDefault": True, "isTest": True},
    )
    again = replace(account, config_token="another")
    other = payment_events.from_configuration(configuration, again)
    assert other.event_id != event.event_id
