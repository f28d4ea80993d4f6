"""completeCheckout: who has paid gets points once, in each program that rewards Scan & Go."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.domain.loyalty.entries import EntryKind
from shared.services.loyalty import balances
from shared.services.orders import order_settlement
from tests.support import stored
from tests.support.checkouts import RULES, Market, milk
from tests.support.merchants import Merchant
from tests.support.payments import RETURN_URL, Till, nothing_special
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

METHODS = ["scan_and_go"]


@pytest.fixture
def paying(till: Till) -> Market:
    """A market whose customers pay through a provider."""
    return Market(till.merchant, till.merchant.member(rules=RULES, earningMethods=METHODS))


def test_marks_as_paid_and_earns(market: Market) -> None:
    transaction_id = market.started(milk(2, 149))

    answer = market.complete(transaction_id)

    purchase = answer.body["purchase"]
    assert (purchase["status"], purchase["paid"]) == ("completed", 298)
    points = {"programId": market.member.program_id, "awarded": 29, "takenBack": 0}
    uncut = {"cappedBy": None, "reason": None, "failure": None}
    assert purchase["points"] == [{**points, **uncut}]
    [entry] = stored.entries(market.member)
    assert (entry.kind, entry.units, entry.purchase_amount) == (EntryKind.EARN, 29, "2.98")
    assert (entry.transaction_id, entry.description) == (
        f"scan_and_go:{transaction_id}",
        "Scan & Go",
    )
    assert entry.earning_method == "scan_and_go"
    data = {"transactionId": transaction_id, "userId": "user_1", "total": 2.98, "items": 2}
    assert market.events() == [("checkout.started", data), ("checkout.completed", data)]
    assert market.stored(transaction_id).check_at is None


def test_a_repeated_request_changes_nothing(market: Market) -> None:
    transaction_id = market.started()
    first = market.complete(transaction_id)

    with nothing_written():
        second = market.complete(transaction_id)

    assert (first.is_replay, second.is_replay) == (False, True)
    assert second.body == first.body
    assert market.units() == [100]


def test_eight_at_once_earn_once(market: Market) -> None:
    transaction_id = market.started()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.complete(transaction_id), range(8)))

    assert {each.status for each in answers} == {200}
    assert market.units() == [100]
    assert [name for name, _ in market.events()] == ["checkout.started", "checkout.completed"]


def test_earns_in_each_active_program_with_the_method_of_which_one_is_a_member(
    merchant: Merchant,
) -> None:
    rewarded = merchant.member(rules=RULES, earningMethods=METHODS)
    also = merchant.member("stamps", earningMethods=METHODS)
    another_way = merchant.member(rules=RULES, earningMethods=["click_collect"])
    inactive = merchant.member(rules=RULES, earningMethods=METHODS)
    merchant.api.ok("updateLoyaltyProgram", {"programId": inactive.program_id, "isActive": False})
    merchant.program(rules=RULES, earningMethods=METHODS)  # not a member
    market = Market(merchant, rewarded)

    market.complete(market.started())

    members = (rewarded, also, another_way, inactive)
    assert [stored.units(each) for each in members] == [[100], [1], [], []]


def test_who_is_no_member_earns_nothing_and_pays_all_the_same(market: Market) -> None:
    transaction_id = market.started(userId="stranger")

    purchase = market.complete(transaction_id).body["purchase"]

    assert (purchase["status"], purchase["points"]) == ("completed", [])
    assert market.stored(transaction_id).check_at is None


def test_discounts_do_not_earn(market: Market) -> None:
    transaction_id = market.started(milk(10), milk(1, -300, type="discount"))

    market.complete(transaction_id)

    assert market.units() == [70]


def test_what_the_program_excludes_does_not_earn(market: Market) -> None:
    body = {"programId": market.member.program_id, "earningBase": {"excludedCategories": ["beer"]}}
    market.api.ok("updateLoyaltyProgram", body)
    transaction_id = market.started(
        milk(10), milk(5, category="beer"), milk(1, 25, name="Pfand", type="deposit")
    )

    purchase = market.complete(transaction_id).body["purchase"]

    assert (purchase["paid"], market.units()) == (1525, [100])


def test_a_cancelled_one_is_refused(market: Market) -> None:
    transaction_id = market.started()
    market.cancel(transaction_id)

    with nothing_written():
        answer = market.complete(transaction_id)

    details = {"transactionId": transaction_id, "status": "cancelled", "paymentId": None}
    assert_refused(answer, 409, "CHECKOUT_STATE_CONFLICT", details)


def test_anothers_is_absent(market: Market, new_merchant: Callable[..., Merchant]) -> None:
    transaction_id, other = market.started(), new_merchant()

    with nothing_written():
        answers = [
            other.api("completeCheckout", {"transactionId": transaction_id}),
            market.api("completeCheckout", {"transactionId": "purchase_none"}),
            market.api("completeCheckout", {"transactionId": transaction_id, "storeId": "another"}),
        ]

    assert [(each.status, each.error) for each in answers] == [(404, "CHECKOUT_NOT_FOUND")] * 3
    assert market.units() == []


# Paid by the provider.


def paid(till: Till, market: Market) -> str:
    """Let a customer pay by the provider; return the checkout's id."""
    transaction_id = market.started(returnUrl=RETURN_URL)
    till.pay()
    return transaction_id


def test_earns_once_the_provider_says_paid(till: Till, paying: Market) -> None:
    transaction_id = paying.started(returnUrl=RETURN_URL)
    assert paying.units() == []

    till.pay()
    till.notify("p_1")

    assert paying.units() == [100]
    purchase = paying.purchase(transaction_id)
    assert (purchase["status"], purchase["paid"], purchase["overpaid"]) == ("completed", 1000, 0)
    assert [name for name, _ in paying.events()] == ["checkout.started", "checkout.completed"]


def test_a_failed_payment_cancels(till: Till, paying: Market) -> None:
    transaction_id = paying.started(returnUrl=RETURN_URL)

    till.pay(succeeds=False)

    purchase = paying.purchase(transaction_id)
    assert (purchase["status"], purchase["cancelReason"]) == ("cancelled", "payment_failed")
    assert [name for name, _ in paying.events()] == ["checkout.started", "checkout.cancelled"]
    assert paying.units() == []


def test_who_pays_after_it_was_cancelled_has_paid(till: Till, paying: Market) -> None:
    transaction_id = paying.started(returnUrl=RETURN_URL)
    till.pay(succeeds=False)

    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 1000, "failure": None}
    till.notify("p_1")

    assert paying.purchase(transaction_id)["status"] == "completed"
    assert paying.units() == [100]


def test_refunds_take_back_their_share(till: Till, paying: Market) -> None:
    transaction_id = paid(till, paying)
    payment_id = paying.purchase(transaction_id)["paymentId"]

    till.refund(payment_id, amount=333, refundReference="a")
    assert paying.purchase(transaction_id)["status"] == "partially_refunded"
    assert paying.units() == [100, -33]
    till.refund(payment_id)

    assert paying.purchase(transaction_id)["status"] == "refunded"
    assert paying.units() == [100, -33, -67]
    stored.assert_sound(paying.member)


def test_the_payment_of_a_checkout_cannot_earn_for_itself(till: Till, paying: Market) -> None:
    transaction_id = paying.started()

    with nothing_written():
        answer = till.process(1000, purchaseId=transaction_id, **paying.member.ids)

    assert_invalid(answer, programId="is not for a checkout, which earns by itself")
    assert till.provider.payments == {}


def test_a_payment_for_a_checkout_must_be_of_its_amount(till: Till, paying: Market) -> None:
    transaction_id = paying.started()

    with nothing_written():
        answer = till.process(999, purchaseId=transaction_id)

    assert_invalid(answer, amount="must be 1000, the total of the checkout")


def test_a_payment_that_the_merchant_begins_for_it_completes_it(till: Till, paying: Market) -> None:
    transaction_id = paying.started()
    till.paid(1000, purchaseId=transaction_id)

    assert paying.purchase(transaction_id)["status"] == "completed"
    assert paying.units() == [100]


def test_a_completed_checkout_is_not_paid_again(till: Till, paying: Market) -> None:
    transaction_id = paying.started()
    paying.complete(transaction_id)

    with nothing_written():
        answer = till.process(1000, purchaseId=transaction_id)

    details = {"transactionId": transaction_id, "status": "completed", "paymentId": None}
    assert_refused(answer, 409, "CHECKOUT_STATE_CONFLICT", details)
    assert till.provider.payments == {}


@pytest.mark.parametrize("answer", [(402, b"{}"), (503, b"{}")], ids=["refused", "lost"])
@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_payment_that_failed_is_not_begun_again_once_its_checkout_has_ended(
    till: Till, paying: Market, status: str, answer: tuple[int, bytes]
) -> None:
    def fail(_method: str, path: str) -> tuple[int, bytes] | None:
        till.provider.payments.clear()
        return answer if path == "/payments" else None

    till.provider.after = fail
    failed = paying.begin(returnUrl=RETURN_URL)
    assert failed.status >= 400
    transaction_id = failed.body["details"]["transactionId"]
    end = paying.complete if status == "completed" else paying.cancel
    assert end(transaction_id).status == 200
    till.provider.after = nothing_special
    payment_id = paying.purchase(transaction_id)["paymentId"]

    with nothing_written():
        again = till.process(1000, purchaseId=transaction_id)

    details = {"transactionId": transaction_id, "status": status, "paymentId": payment_id}
    assert_refused(again, 409, "CHECKOUT_STATE_CONFLICT", details)
    assert till.provider.payments == {}


def test_an_id_of_another_accounts_checkout_is_only_a_text(
    till: Till, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    theirs = Market(other, other.member(rules=RULES, earningMethods=METHODS))
    transaction_id = theirs.started()

    till.paid(999, purchaseId=transaction_id)

    assert theirs.purchase(transaction_id)["status"] == "started"
    assert theirs.units() == []


def test_provider_and_till_at_once_earn_once(till: Till, paying: Market) -> None:
    for number in range(1, 6):
        transaction_id = paying.started(returnUrl=RETURN_URL)
        vendor_id = f"p_{number}"
        till.provider.pay(vendor_id, notifies=False)

        with ThreadPoolExecutor(4) as pool:
            reports = [pool.submit(till.notify, vendor_id) for _ in range(2)]
            marks = [pool.submit(paying.complete, transaction_id) for _ in range(2)]

        assert {each.result() for each in reports} == {200}
        assert {each.result().status for each in marks} == {200}
        assert paying.units() == [100] * number
        purchase = paying.purchase(transaction_id)
        assert (purchase["status"], purchase["paid"]) == ("completed", 1000)
        assert purchase["overpaid"] in {0, 1000}
    stored.assert_sound(paying.member)
    told = [name for name, _ in paying.events()]
    assert told.count("checkout.completed") == 5


def test_money_that_came_twice_is_told_and_its_refund_takes_nothing(
    till: Till, paying: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    transaction_id = paying.started(returnUrl=RETURN_URL)
    paying.complete(transaction_id)

    till.pay()

    purchase = paying.purchase(transaction_id)
    assert (purchase["paid"], purchase["overpaid"]) == (1000, 1000)
    assert "checkout paid twice" in capsys.readouterr().out
    till.refund(purchase["paymentId"])
    assert paying.purchase(transaction_id)["overpaid"] == 0
    assert paying.units() == [100]
    paying.refund(transaction_id)
    assert paying.units() == [100, -100]


# A process that dies.


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
@pytest.mark.parametrize("is_booked", [True, False])
def test_what_a_dead_process_left_is_booked_by_the_sweep(
    market: Market, monkeypatch: pytest.MonkeyPatch, *, is_booked: bool
) -> None:
    real = balances.add

    def dies(*args: object, **kwargs: object) -> None:
        if is_booked:
            real(*args, **kwargs)  # type: ignore[arg-type]
        raise RuntimeError

    transaction_id = market.started()
    with monkeypatch.context() as patch:
        patch.setattr(balances, "add", dies)
        assert market.complete(transaction_id).status == 200
    assert market.units() == ([100] if is_booked else [])
    assert market.stored(transaction_id).awaits_points

    with clock.use(lambda: datetime.now(UTC) + timedelta(minutes=3)):
        order_settlement.settle_due()

    assert market.units() == [100]
    assert not market.stored(transaction_id).awaits_points
    assert market.stored(transaction_id).check_at is None


def test_points_that_are_refused_are_given_up_and_said(market: Market) -> None:
    # 10 million euros earn more than one amount may be.
    rules = {"pointsPerEuro": 1000}
    market.api.ok("updateLoyaltyProgram", {"programId": market.member.program_id, "rules": rules})
    transaction_id = market.started(milk(1, 10**9))

    purchase = market.complete(transaction_id).body["purchase"]

    assert [each["failure"] for each in purchase["points"]] == ["INVALID_PARAMETERS"]
    assert (market.units(), market.stored(transaction_id).check_at) == ([], None)


@pytest.mark.usefixtures("own_database")
def test_a_checkout_that_nobody_pays_times_out(market: Market) -> None:
    transaction_id = market.started()
    for minutes, status in ((119, "started"), (121, "cancelled")):
        with clock.use(lambda minutes=minutes: datetime.now(UTC) + timedelta(minutes=minutes)):
            order_settlement.settle_due()
        assert market.purchase(transaction_id)["status"] == status

    assert market.purchase(transaction_id)["cancelReason"] == "timed_out"
    assert [name for name, _ in market.events()] == ["checkout.started", "checkout.cancelled"]
