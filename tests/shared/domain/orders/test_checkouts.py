"""Checkouts: when all of one was given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.domain.orders import checkouts
from shared.domain.orders.checkouts import CancelReason, Checkout, CheckoutStage, TillRefund

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
CHECKOUT = Checkout(
    checkout_id="purchase_1",
    account_id="acc_1",
    store_id="store_a",
    user_id="user_1",
    items=(),
    total_minor=1000,
    currency="EUR",
    stage=CheckoutStage.STARTED,
    created_at=NOW,
    updated_at=NOW,
    fingerprint="f",
)


def paid_by_provider(kept: int, withdrawn: int = 0) -> Checkout:
    return checkouts.observe_payment(
        CHECKOUT, paid_minor=kept, withdrawn_minor=withdrawn, is_paid=True, is_over=False, now=NOW
    )


def test_it_is_given_back_when_it_is_cancelled_or_no_money_is_left() -> None:
    at_till = checkouts.complete_at_till(CHECKOUT, NOW)
    refunded = checkouts.refund_at_till(at_till, TillRefund("r", 1000, NOW))

    assert checkouts.cancel(CHECKOUT, NOW, CancelReason.CANCELLED).is_given_back
    assert refunded.is_given_back
    assert paid_by_provider(0).is_given_back
    assert not CHECKOUT.is_given_back
    assert not at_till.is_given_back
    assert not paid_by_provider(1).is_given_back
    # The other one of two payments is still there.
    assert not replace(refunded, provider_minor=1000).is_given_back


def test_what_a_bank_has_withdrawn_the_merchant_has_not_given_back() -> None:
    assert not paid_by_provider(0, withdrawn=1000).is_given_back
    assert not paid_by_provider(0, withdrawn=1).is_given_back


def test_one_that_is_paid_after_all_can_be_given_back_again() -> None:
    cancelled = checkouts.cancel(CHECKOUT, NOW, CancelReason.TIMED_OUT)
    settled = checkouts.settled(CHECKOUT, cancelled, NOW)
    assert settled.awaits_points
    assert settled.check_at is not None

    done = checkouts.settled(settled, settled.with_spent_back(), NOW)
    assert (done.awaits_points, done.check_at) == (False, None)
    paid = checkouts.observe_payment(
        done, paid_minor=1000, withdrawn_minor=0, is_paid=True, is_over=False, now=NOW
    )
    assert not checkouts.settled(done, paid, NOW).has_spent_back


def test_what_cannot_be_given_back_is_given_up_after_its_time() -> None:
    cancelled = checkouts.cancel(CHECKOUT, NOW, CancelReason.CANCELLED)
    late = NOW + checkouts.BOOKED_FOR + timedelta(minutes=5)
    stored = checkouts.settled(CHECKOUT, cancelled, NOW)

    assert checkouts.settled(stored, stored, late).check_at is None


def test_only_a_keys_reference_names_what_was_spent_on_it() -> None:
    named = replace(CHECKOUT, order_reference="basket_7")

    assert replace(named, is_by_key=True).spent_names == ("purchase_1", "basket_7")
    assert replace(CHECKOUT, is_by_key=True).spent_names == ("purchase_1",)
    # One that was stored before it was noted, too.
    assert named.spent_names == ("purchase_1",)


def test_a_redemption_says_for_which_checkout_it_pays_once_more() -> None:
    checkout = paid_by_provider(0)

    assert checkouts.id_in(checkout.again_name) == checkout.checkout_id
    assert checkouts.id_in(checkout.checkout_id) == checkout.checkout_id
    assert checkouts.id_in("bon_77") is None
