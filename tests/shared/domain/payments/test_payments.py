"""What a provider says comes late, twice and in any order: the end is the same, and counts once.

Success is taken back by an explicit word only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import purchase_points
from shared.domain.loyalty.purchase_points import PurchasePoints
from shared.domain.money import Money
from shared.domain.payments import payments
from shared.domain.payments.payments import (
    AMOUNT_MISMATCH,
    CHARGED_BACK,
    CHECKED_FOR,
    GIVEN_UP_AFTER,
    DisputeObservation,
    DisputeStatus,
    Observation,
    Payment,
    PaymentStatus,
    Refund,
    RefundObservation,
    RefundStatus,
    Stage,
)
from shared.errors import PaymentNotRefundable, RefundExceedsPayment

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
AMOUNT = 1000
PAYMENT = Payment(
    payment_id="pay_1",
    account_id="acc_1",
    store_id="store_a",
    provider="custom",
    amount_minor=AMOUNT,
    currency="EUR",
    stage=Stage.PENDING,
    created_at=NOW,
    updated_at=NOW,
    fingerprint="f",
)
SEEN_PAID = Observation("p_1", Stage.PAID, Money(AMOUNT, "EUR"), Money(AMOUNT, "EUR"))
PAID = payments.observe(PAYMENT, SEEN_PAID, NOW)


def eur(most: int = AMOUNT) -> st.SearchStrategy[Money]:
    return st.integers(0, most).map(lambda amount: Money(amount, "EUR"))


@st.composite
def truths(draw: st.DrawFn) -> Observation:
    """What a provider may say of a payment of this amount."""
    return Observation(
        vendor_payment_id=draw(st.sampled_from([None, "p_1"])),
        stage=draw(st.sampled_from([None, *Stage])),
        amount=draw(st.sampled_from([None, Money(AMOUNT, "EUR")])),
        captured=draw(st.none() | st.integers(1, AMOUNT).map(lambda each: Money(each, "EUR"))),
        refunded=draw(st.none() | eur()),
        failure=draw(st.sampled_from([None, "declined"])),
    )


WRONG = [
    Observation("p_1", Stage.PAID, Money(AMOUNT + 1, "EUR")),
    Observation("p_1", Stage.PAID, Money(AMOUNT, "USD")),
    Observation("p_1", Stage.PAID, captured=Money(AMOUNT + 1, "EUR")),
    Observation("p_1", Stage.PAID, captured=Money(AMOUNT, "CHF")),
    Observation("p_1", Stage.PAID, captured=Money(0, "EUR")),
    Observation("p_1", Stage.PAID, refunded=Money(0, "USD")),
    Observation("p_1", Stage.AUTHORIZED, Money(1, "EUR")),
]


def observed(payment: Payment, *seen: Observation) -> Payment:
    for number, each in enumerate(seen):
        payment = payments.observe(payment, each, NOW + timedelta(seconds=number))
    return payment


def refund(amount: int, refund_id: str = "ref_1", **fields: object) -> Refund:
    made = Refund(refund_id, amount, RefundStatus.PENDING, NOW, NOW, "f")
    return replace(made, **fields)  # type: ignore[arg-type]


@given(st.lists(truths(), max_size=12))
def test_paid_once_is_paid_for_ever(seen: list[Observation]) -> None:
    payment, was_paid, captured, elsewhere = PAYMENT, False, 0, 0
    for each in seen:
        payment = payments.observe(payment, each, NOW)
        is_paid = payment.stage is Stage.PAID
        assert is_paid or not was_paid
        assert is_paid == (was_paid or each.stage is Stage.PAID)
        assert captured <= payment.captured_minor <= AMOUNT
        assert (payment.captured_minor > 0) == is_paid
        assert elsewhere <= payment.refunded_elsewhere_minor
        assert payment.problem is None
        was_paid, captured = is_paid, payment.captured_minor
        elsewhere = payment.refunded_elsewhere_minor


@given(st.lists(truths(), max_size=8))
def test_what_comes_twice_changes_nothing(seen: list[Observation]) -> None:
    payment = PAYMENT
    for each in seen:
        payment = payments.observe(payment, each, NOW)
        assert payments.observe(payment, each, NOW + timedelta(hours=1)) == payment


@given(st.permutations([Stage.PENDING, Stage.REQUIRES_ACTION, Stage.AUTHORIZED, Stage.PAID]))
def test_the_order_of_success_does_not_matter(stages: list[Stage]) -> None:
    seen = [Observation("p_1", stage, Money(AMOUNT, "EUR")) for stage in stages]
    after = observed(PAYMENT, *seen)
    assert (after.stage, after.captured_minor) == (Stage.PAID, AMOUNT)


@given(st.lists(truths(), max_size=6), st.sampled_from(WRONG), st.lists(truths(), max_size=3))
def test_another_amount_never_pays(before, wrong: Observation, after) -> None:
    known = observed(PAYMENT, *before)
    if known.stage is Stage.PAID and wrong.captured == Money(0, "EUR"):
        return  # Some say what is left after a refund: that takes nothing back.
    doubted = payments.observe(known, wrong, NOW)
    assert doubted.problem == AMOUNT_MISMATCH
    assert replace(doubted, problem=None, updated_at=NOW) == replace(known, updated_at=NOW)
    assert observed(doubted, *after).problem == AMOUNT_MISMATCH


@pytest.mark.parametrize("wrong", WRONG)
def test_another_amount_is_a_problem(wrong: Observation) -> None:
    doubted = payments.observe(PAYMENT, wrong, NOW)
    assert (doubted.stage, doubted.problem) == (Stage.PENDING, AMOUNT_MISMATCH)
    assert not doubted.is_settled


def test_an_unknown_word_changes_nothing_but_that_the_provider_has_it() -> None:
    after = payments.observe(PAYMENT, Observation("p_1"), NOW)
    assert after == replace(PAYMENT, is_settled=True, vendor_payment_id="p_1")


@pytest.mark.parametrize("ended", [Stage.FAILED, Stage.CANCELED])
def test_a_failure_ends_what_is_not_paid_until_it_is(ended: Stage) -> None:
    failed = observed(PAYMENT, Observation("p_1", ended, failure="declined"))
    assert (failed.status, failed.failure) == (PaymentStatus(ended), "declined")
    late = observed(failed, Observation("p_1", Stage.REQUIRES_ACTION), Observation("p_1"))
    assert (late.stage, late.failure) == (ended, "declined")
    paid = observed(late, SEEN_PAID)
    assert (paid.stage, paid.failure) == (Stage.PAID, None)
    assert observed(paid, Observation("p_1", ended, failure="late")) == paid


def test_the_id_of_what_was_paid_replaces_that_of_the_page_once() -> None:
    page = observed(PAYMENT, Observation("page_1", Stage.REQUIRES_ACTION))
    paid = observed(page, replace(SEEN_PAID, vendor_payment_id="p_1"))
    assert (page.vendor_payment_id, paid.vendor_payment_id) == ("page_1", "p_1")
    assert observed(paid, Observation("page_1", Stage.PAID)).vendor_payment_id == "p_1"


STEP = st.one_of(
    st.tuples(st.just("reserve"), st.integers(1, AMOUNT)),
    st.tuples(st.just("observe"), st.integers(0, AMOUNT)),
    st.tuples(st.sampled_from(["succeeded", "failed", "pending"]), st.integers(0, 20)),
)


REFUND_ORDER = [RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED]


@given(st.lists(STEP, max_size=30))
def test_never_is_more_given_back_than_came(steps: list[tuple[str, int]]) -> None:
    payment, made_by_us = PAID, 0
    known: dict[str, RefundStatus] = {}
    for step, number in steps:
        if step == "reserve":
            refund_id, left = f"ref_{len(payment.refunds)}", payment.refundable_minor
            if number > left:
                with pytest.raises(RefundExceedsPayment) as refused:
                    payments.reserve_refund(payment, refund(number, refund_id))
                assert refused.value.details == {"refundable": left, "requested": number}
                continue
            payment = payments.reserve_refund(payment, refund(number, refund_id))
            made_by_us += number
            assert payment.reserved_minor <= AMOUNT
        elif step == "observe":
            # A provider tells the sum of what is done, ours as far as it is.
            ours = sum(
                each.amount_minor
                for each in payment.refunds
                if each.status is RefundStatus.SUCCEEDED
            )
            told = max(number, ours)
            seen, before = replace(SEEN_PAID, refunded=Money(told, "EUR")), payment
            payment = payments.observe(payment, seen, NOW)
            assert payment.refunded_minor <= max(told, before.refunded_minor)
        elif payment.refunds:
            chosen = payment.refunds[number % len(payment.refunds)].refund_id
            said = RefundObservation(f"r_{chosen}", RefundStatus(step))
            payment = payments.observe_refund(payment, chosen, said, NOW)
        for each in payment.refunds:
            before_status = known.get(each.refund_id, RefundStatus.PENDING)
            assert REFUND_ORDER.index(each.status) >= REFUND_ORDER.index(before_status)
            known[each.refund_id] = each.status
        assert 0 <= payment.refundable_minor <= AMOUNT
        assert_status_fits(payment)


def assert_status_fits(payment: Payment) -> None:
    if payment.refunded_minor == 0:
        assert payment.status is PaymentStatus.PAID
    elif payment.refunded_minor < payment.captured_minor:
        assert payment.status is PaymentStatus.PARTIALLY_REFUNDED
    else:
        assert payment.status is PaymentStatus.REFUNDED


@given(st.permutations(["observe", "succeed"]), st.integers(1, AMOUNT))
def test_a_refund_of_ours_is_not_counted_again_as_the_providers(order, amount: int) -> None:
    """The provider's sum has it before or after we hear of it."""
    payment = payments.reserve_refund(PAID, refund(amount))
    for step in order:
        if step == "observe":
            seen = replace(SEEN_PAID, refunded=Money(amount, "EUR"))
            payment = payments.observe(payment, seen, NOW)
        else:
            said = RefundObservation("r_1", RefundStatus.SUCCEEDED)
            payment = payments.observe_refund(payment, "ref_1", said, NOW)
    assert (payment.refunded_minor, payment.refunded_elsewhere_minor) == (amount, 0)


def test_what_the_provider_gave_back_by_itself_is_left_out_of_what_can_be() -> None:
    part = payments.reserve_refund(PAID, refund(300))
    seen = replace(SEEN_PAID, refunded=Money(500, "EUR"))
    after = payments.observe(part, seen, NOW)
    assert (after.refunded_elsewhere_minor, after.refundable_minor) == (200, 500)
    less = payments.observe(after, replace(seen, refunded=Money(100, "EUR")), NOW)
    assert less == after


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.PAID}))
def test_only_what_is_paid_can_be_refunded(stage: Stage) -> None:
    with pytest.raises(PaymentNotRefundable) as refused:
        payments.reserve_refund(replace(PAYMENT, stage=stage), refund(1))
    assert refused.value.details == {"paymentId": "pay_1", "status": stage}


def test_there_are_at_most_so_many_refunds() -> None:
    many = tuple(refund(1, str(number)) for number in range(payments.REFUNDS_MAX))
    with pytest.raises(PaymentNotRefundable, match="at most 100 refunds"):
        payments.reserve_refund(replace(PAID, refunds=many), refund(1, "more"))


@pytest.mark.parametrize("last", [RefundStatus.SUCCEEDED, RefundStatus.FAILED])
def test_only_failure_takes_back_what_is_known_of_a_refund(last: RefundStatus) -> None:
    leased = payments.reserve_refund(PAID, refund(1, lease_until=NOW))
    ended = payments.observe_refund(leased, "ref_1", RefundObservation("r_1", last, "why"), NOW)
    [made] = ended.refunds
    assert (made.status, made.is_settled, made.lease_until) == (last, True, None)
    for status in REFUND_ORDER[: REFUND_ORDER.index(last) + 1]:
        said = RefundObservation("r_2", status)
        assert payments.observe_refund(ended, "ref_1", said, NOW) == ended


def test_a_refund_that_fails_after_all_can_be_made_again() -> None:
    payment = payments.reserve_refund(PAID, refund(AMOUNT))
    for said in (
        RefundObservation("r_1", RefundStatus.SUCCEEDED),
        RefundObservation("r_1", RefundStatus.FAILED, "account_closed"),
        RefundObservation("r_1", RefundStatus.SUCCEEDED),
    ):
        payment = payments.observe_refund(payment, "ref_1", said, NOW + timedelta(days=1))
    [made] = payment.refunds
    assert (made.status, made.failure) == (RefundStatus.FAILED, "account_closed")
    assert made.updated_at == NOW + timedelta(days=1)
    assert (payment.status, payment.refundable_minor) == (PaymentStatus.PAID, AMOUNT)
    late = replace(SEEN_PAID, refunded=Money(AMOUNT, "EUR"))  # read before it failed
    assert payments.observe(payment, late, NOW).refundable_minor == AMOUNT


def test_a_refund_that_the_provider_refused_is_not_in_its_sum() -> None:
    refused = refund(400, status=RefundStatus.FAILED)
    seen = replace(SEEN_PAID, refunded=Money(300, "EUR"))
    after = payments.observe(replace(PAID, refunds=(refused,)), seen, NOW)
    assert after.refunded_elsewhere_minor == 300


@pytest.mark.parametrize(("told", "asked"), [(None, 0), (599, 1), (600, 0), (1000, 0)])
def test_refunds_that_the_providers_sum_lacks_are_asked_for(told: int | None, asked: int) -> None:
    done = refund(600, "ref_1", status=RefundStatus.SUCCEEDED)
    others = (refund(100, "ref_2"), refund(100, "ref_3", status=RefundStatus.FAILED))
    payment = replace(PAID, refunds=(done, *others))
    seen = Observation("p_1", refunded=None if told is None else Money(told, "EUR"))
    assert payments.unconfirmed_refunds(payment, seen) == (done,) * asked


# What takes success back.


REVERSED = Observation("p_1", failure="capture refused", is_reversed=True)


def dispute(status: DisputeStatus, amount: int = AMOUNT, dispute_id: str = "dp_1") -> Observation:
    return Observation(dispute=DisputeObservation(dispute_id, Money(amount, "EUR"), status))


def charged_back(amount: int) -> Observation:
    return Observation("p_1", Stage.PAID, charged_back=Money(amount, "EUR"))


@given(
    st.lists(
        st.sampled_from([SEEN_PAID, Observation("p_1", Stage.AUTHORIZED), Observation("p_1")]),
        max_size=4,
    ),
    st.data(),
)
def test_a_capture_that_failed_after_all_is_final(more: list[Observation], data) -> None:
    seen = data.draw(st.permutations([SEEN_PAID, REVERSED, REVERSED, *more]))
    after = observed(PAYMENT, *seen)
    assert (after.status, after.failure) == (PaymentStatus.FAILED, "capture refused")
    assert (after.captured_minor, after.refundable_minor) == (0, 0)
    assert (after.problem, after.vendor_payment_id) == (None, "p_1")
    assert not after.awaits_provider
    with pytest.raises(PaymentNotRefundable):
        payments.reserve_refund(after, refund(1))


def test_the_last_word_of_a_failed_capture_stays() -> None:
    declined = Observation("p_1", Stage.FAILED, failure="declined")
    for seen in ([declined, SEEN_PAID, REVERSED], [REVERSED, declined, SEEN_PAID]):
        assert observed(PAYMENT, *seen).failure == "capture refused"


@pytest.mark.parametrize(
    ("seen", "is_given_back"),
    [
        (Observation("p_1", Stage.PAID, refunded=Money(999, "EUR")), False),
        (Observation("p_1", Stage.PAID, refunded=Money(1000, "EUR")), True),
        (Observation("p_1", is_reversed=True), True),
        (dispute(DisputeStatus.OPEN), False),
        (dispute(DisputeStatus.LOST), False),
    ],
)
def test_what_the_merchant_has_given_back_is_not_what_a_bank_has_withdrawn(
    seen: Observation, is_given_back: bool
) -> None:
    assert not PAYMENT.is_given_back
    assert not PAID.is_given_back
    assert payments.observe(PAID, seen, NOW).is_given_back is is_given_back


STEPS = [DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST]


@pytest.mark.parametrize(("steps", "kept"), [(STEPS[:1], 0), (STEPS[:2], AMOUNT), (STEPS, 0)])
@given(st.data())
def test_a_dispute_goes_forward_in_any_order(
    steps: list[DisputeStatus], kept: int, data: st.DataObject
) -> None:
    repeated = data.draw(st.lists(st.sampled_from(steps), max_size=4))
    seen = [SEEN_PAID, *map(dispute, [*steps, *repeated])]
    after = observed(PAYMENT, *data.draw(st.permutations(seen)))
    assert (after.status, after.captured_minor) == (PaymentStatus.PAID, AMOUNT)
    assert (after.charged_back_minor, after.refundable_minor) == (AMOUNT - kept, kept)
    assert after.problem == (None if kept else CHARGED_BACK)


def test_disputes_add_up_and_are_never_more_than_what_was_taken() -> None:
    part = observed(PAID, dispute(DisputeStatus.OPEN, 300))
    assert (part.charged_back_minor, part.refundable_minor) == (300, 700)
    with pytest.raises(RefundExceedsPayment):
        payments.reserve_refund(part, refund(701))
    both = observed(part, dispute(DisputeStatus.OPEN, 400, "dp_2"))
    assert both.charged_back_minor == 700
    assert observed(both, dispute(DisputeStatus.LOST, 900, "dp_3")).charged_back_minor == AMOUNT
    won = observed(both, dispute(DisputeStatus.WON, 300), dispute(DisputeStatus.WON, 400, "dp_2"))
    assert (won.charged_back_minor, won.problem, won.refundable_minor) == (0, None, AMOUNT)


def test_a_sum_of_chargebacks_is_as_it_was_told_last() -> None:
    assert observed(PAID, charged_back(0)) == PAID
    payment = PAID
    for amount in (300, 300, 1000, 0, 200):
        payment = observed(payment, charged_back(amount))
        assert payment.charged_back_minor == amount
        assert payment.problem == (CHARGED_BACK if amount else None)
    assert observed(payment, SEEN_PAID) == payment


def test_a_chargeback_hides_no_other_problem() -> None:
    mismatch = replace(SEEN_PAID, amount=Money(1, "EUR"))
    for seen in permutations([mismatch, dispute(DisputeStatus.OPEN), dispute(DisputeStatus.WON)]):
        assert observed(PAID, *seen).problem == AMOUNT_MISMATCH


@pytest.mark.parametrize(
    "wrong",
    [
        Observation("p_1", charged_back=Money(1, "USD")),
        Observation(dispute=DisputeObservation("dp_1", Money(1, "USD"), DisputeStatus.OPEN)),
    ],
)
def test_a_chargeback_in_another_currency_is_a_problem(wrong: Observation) -> None:
    after = observed(PAID, wrong)
    assert (after.problem, after.charged_back_minor) == (AMOUNT_MISMATCH, 0)


def test_is_looked_at_less_and_less_often() -> None:
    open_payment = replace(PAYMENT, stage=Stage.REQUIRES_ACTION, is_settled=True)
    pauses = []
    for age in (timedelta(0), timedelta(hours=1), timedelta(hours=3), timedelta(days=3)):
        found = payments.check_at(open_payment, NOW + age)
        assert found is not None
        pauses.append(found - NOW - age)
    assert pauses == sorted(pauses)
    assert len(set(pauses)) == 4
    assert payments.check_at(open_payment, NOW + CHECKED_FOR) is None


@pytest.mark.parametrize("stage", [Stage.PAID, Stage.FAILED, Stage.CANCELED])
def test_what_is_over_is_not_looked_at(stage: Stage) -> None:
    over = replace(PAYMENT, stage=stage, is_settled=True, captured_minor=AMOUNT)
    assert not over.awaits_provider
    assert payments.check_at(over, NOW) is None
    assert payments.check_at(replace(over, is_settled=False), NOW) is not None
    assert payments.check_at(replace(over, refunds=(refund(1),)), NOW) is not None
    assert payments.check_at(replace(over, points=PurchasePoints(AMOUNT)), NOW) is not None
    done = PurchasePoints(AMOUNT, earned_units=0)
    assert payments.check_at(replace(over, points=done), NOW) is None


def give_up(payment: Payment, now: datetime, ahead: timedelta = timedelta(0)) -> Payment:
    """Give up a payment of an account whose time is ahead of the real one."""
    return payments.give_up(payment, now, now - ahead)


def test_a_lease_is_held_by_the_real_time_and_not_by_that_of_a_test_account() -> None:
    later = NOW + GIVEN_UP_AFTER
    leased = replace(PAYMENT, lease_until=NOW + timedelta(minutes=1))
    being_made = refund(400, lease_until=NOW + timedelta(minutes=1))
    refunded = payments.reserve_refund(PAID, being_made)

    assert give_up(leased, later, ahead=GIVEN_UP_AFTER) == leased
    assert give_up(refunded, later, ahead=GIVEN_UP_AFTER) == refunded
    assert give_up(leased, later).stage is Stage.FAILED
    assert give_up(refunded, later).problem == "refund_unknown"


def test_what_the_provider_never_heard_of_is_given_up_after_a_day() -> None:
    assert give_up(PAYMENT, NOW + GIVEN_UP_AFTER - timedelta(seconds=1)) == PAYMENT
    later = NOW + GIVEN_UP_AFTER
    given_up = give_up(PAYMENT, later)
    assert (given_up.stage, given_up.failure) == (Stage.FAILED, "NEVER_BEGUN")
    leased = replace(PAYMENT, lease_until=later + timedelta(seconds=1))
    assert give_up(leased, later) == leased
    settled = replace(PAYMENT, is_settled=True)
    assert give_up(settled, later) == settled


def test_a_refund_that_nobody_knows_of_stays_set_aside_and_is_shown() -> None:
    reserved = payments.reserve_refund(PAID, refund(400))
    later = NOW + GIVEN_UP_AFTER
    shown = give_up(reserved, later)
    assert shown == replace(reserved, problem="refund_unknown")
    assert (shown.refundable_minor, give_up(shown, later)) == (600, shown)
    settled = payments.with_refund(reserved, refund(400, is_settled=True))
    assert give_up(settled, later) == settled


def member_of(payment: Payment, earned: int | None = 100) -> Payment:
    points = PurchasePoints(AMOUNT, earned_units=earned, entry_id="le_1")
    return replace(payment, program_id="lp_1", user_id="u_1", points=points)


def test_points_are_those_of_what_was_captured_when_it_was_paid() -> None:
    bought = replace(PAID, program_id="lp_1", user_id="u_1", captured_minor=600)
    begun = payments.with_points(bought)
    assert begun.points == PurchasePoints(600)
    more = payments.with_points(replace(begun, captured_minor=AMOUNT))
    assert more.points == PurchasePoints(600)


def test_no_member_or_no_money_no_points() -> None:
    for payment in (PAID, PAYMENT, replace(PAYMENT, program_id="lp_1", user_id="u_1")):
        assert payments.with_points(payment) == payment


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_only_refunds_that_succeeded_take_points_back(order: tuple[int, ...]) -> None:
    said = [RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.PENDING]
    payment = member_of(PAID)
    for number in range(3):
        payment = payments.reserve_refund(payment, refund(300, f"ref_{number}"))
    for number in order:
        observation = RefundObservation(f"r_{number}", said[number])
        payment = payments.with_points(
            payments.observe_refund(payment, f"ref_{number}", observation, NOW)
        )
    assert payment.points is not None
    assert [(each.cause, each.units) for each in payment.points.takings] == [("ref_0", 30)]


def test_what_was_given_back_elsewhere_takes_points_back_once() -> None:
    payment = member_of(PAID)
    for refunded in (250, 250, 600, 1000):
        seen = replace(SEEN_PAID, refunded=Money(refunded, "EUR"))
        payment = payments.with_points(payments.observe(payment, seen, NOW))
    assert payment.points is not None
    assert [(each.cause, each.units) for each in payment.points.takings] == [
        ("elsewhere:250", 25),
        ("elsewhere:600", 35),
        ("elsewhere:1000", 40),
    ]


def booked(payment: Payment) -> Payment:
    """Do what the services do: plan, and book all that is due; the member spends nothing."""
    payment = payments.with_points(payment)
    points = payment.points
    if points is None:
        return payment
    if points.earned_units is None:
        earned = replace(points, earned_units=points.purchase_minor // 7, entry_id="le_1")
        return booked(replace(payment, points=earned))
    for due in points.due:
        units = due.units if due.units > 0 else -purchase_points.to_give_back(points, due)
        points = purchase_points.taken(points, due.cause, units)
    return replace(payment, points=points)


def told_of_refund(number: int, status: RefundStatus) -> Callable[[Payment], Payment]:
    said = RefundObservation(f"r_{number}", status)
    return lambda payment: payments.observe_refund(payment, f"ref_{number}", said, NOW)


def told(seen: Observation) -> Callable[[Payment], Payment]:
    return lambda payment: payments.observe(payment, seen, NOW)


@given(
    st.lists(st.integers(1, 400), min_size=2, max_size=2),
    st.integers(1, AMOUNT),
    st.sets(st.sampled_from(["refund", "other refund", "won", "lost", "reversed"])),
    st.data(),
)
def test_points_are_the_share_of_what_is_kept_whatever_is_told_when(
    amounts: list[int], disputed: int, fates: set[str], data: st.DataObject
) -> None:
    """Every word that a provider may have, repeated and in any order, each booked as it comes."""
    bought = replace(PAID, program_id="lp_1", user_id="u_1")
    for number, amount in enumerate(amounts):
        bought = payments.reserve_refund(bought, refund(amount, f"ref_{number}"))
    words = [told_of_refund(number, RefundStatus.SUCCEEDED) for number in range(2)]
    words += [told(dispute(DisputeStatus.OPEN, disputed)), told(SEEN_PAID)]
    for number, fate in enumerate(["refund", "other refund"]):
        words += [told_of_refund(number, RefundStatus.FAILED)] * (fate in fates)
    words += [told(dispute(DisputeStatus.WON, disputed))] * ("won" in fates)
    words += [told(dispute(DisputeStatus.LOST, disputed))] * ("lost" in fates)
    words += [told(REVERSED)] * ("reversed" in fates)
    words += data.draw(st.lists(st.sampled_from(words), max_size=3))
    payment = bought
    for tell in data.draw(st.permutations(words)):
        payment = booked(tell(payment)) if data.draw(st.booleans()) else tell(payment)
    payment = booked(payment)

    assert booked(payment) == payment
    given_back = amounts[0] * ("refund" not in fates) + amounts[1] * ("other refund" not in fates)
    withdrawn = 0 if "won" in fates and "lost" not in fates else disputed
    lost = AMOUNT if "reversed" in fates else min(given_back + withdrawn, AMOUNT)
    assert payment.stage is (Stage.FAILED if "reversed" in fates else Stage.PAID)
    assert (payment.problem is None) == ("reversed" in fates or withdrawn == 0)
    points = payment.points
    if points is None:  # it failed before anything was booked
        assert "reversed" in fates
        return
    earned = AMOUNT // 7
    kept_units = earned - sum(each.taken_units or 0 for each in points.takings)
    assert kept_units == earned - earned * lost // AMOUNT


def test_what_fails_before_it_has_earned_earns_nothing() -> None:
    bought = replace(PAYMENT, program_id="lp_1", user_id="u_1")
    failed = payments.with_points(observed(bought, REVERSED, SEEN_PAID))
    assert (failed.stage, failed.points) == (Stage.FAILED, None)


def test_points_that_cannot_be_booked_are_given_up_in_the_end() -> None:
    due = member_of(PAID, earned=None)
    assert give_up(due, NOW + CHECKED_FOR - timedelta(seconds=1)) == due
    given_up = give_up(due, NOW + CHECKED_FOR)
    assert (given_up.awaits_points, given_up.problem) == (False, "points_not_booked")


def test_who_pays_is_known_as_long_as_the_provider_may_have_to_be_told_again() -> None:
    asked = replace(PAYMENT, stage=Stage.PENDING, is_settled=False, customer_token="t")
    last = asked.created_at + GIVEN_UP_AFTER - timedelta(milliseconds=1)
    assert payments.forget_customer(asked, last) == asked
    for after, now in (
        (asked, last + timedelta(milliseconds=1)),
        (replace(asked, is_settled=True), last),
        (replace(asked, stage=Stage.FAILED), last),
    ):
        forgotten = payments.forget_customer(after, now)
        assert forgotten == replace(after, customer_token=None)
