"""What was spent on a purchase comes back with it, once, whoever tells that it came back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.services.loyalty import balances, purchase_bookings
from shared.services.orders import order_settlement
from tests.support import stored
from tests.support.checkouts import METHODS, RULES, Market, milk
from tests.support.claimable import TRANSACTION, claim, make_claim, void
from tests.support.merchants import Member, Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.receipts import ReceiptTill, row
from tests.support.receipts import void as void_row
from tests.support.refusals import nothing_written
from tests.support.reservations import balances as balances_of
from tests.support.reservations import commit, reserved

REWARD = {"rewardId": "rw_1", "title": "Kaffee", "type": "free_product", "requiredPoints": 90}


def spend(member: Member, transaction_id: str, points: float = 80) -> None:
    """Spend points on a purchase, which is named so."""
    answer = member.redeem(points, transactionId=transaction_id)
    assert answer.status == 200, answer.body


def reverse(member: Member, transaction_id: str) -> None:
    """Tell the API of the same return."""
    body = {**member.ids, "transactionId": transaction_id, "refundId": "r1"}
    member.api.ok("reverseLoyaltyTransaction", body)


@pytest.fixture
def rich(merchant: Merchant) -> Market:
    """A market whose member has 100 points, which expire."""
    fields = {"rules": RULES, "earningMethods": METHODS, "pointsExpiry": {"afterDays": 30}}
    return Market(merchant, merchant.member(balance=100, **fields))


def test_all_of_a_checkout_gives_back_what_was_spent_on_it_and_a_part_does_not(
    rich: Market,
) -> None:
    spend(rich.member, "basket_7")
    transaction_id = rich.started(orderReference="basket_7")
    rich.complete(transaction_id)
    before = stored.entries(rich.member)

    rich.refund(transaction_id, amount=400, refundReference="a")
    assert rich.units() == [100, -80, 100, -40]
    rich.refund(transaction_id, amount=600, refundReference="b")
    with nothing_written():
        rich.refund(transaction_id, amount=600, refundReference="b")

    assert rich.units() == [100, -80, 100, -40, 80, -60]
    given, taken = stored.entries(rich.member)[-2:]
    assert given.corrects_entry_id == before[1].entry_id
    assert given.recorded_at == taken.recorded_at
    first = stored.membership(rich.member).lots[0]
    assert (first.units, first.expires_at) == (100, before[0].lot_expires_at)
    reverse(rich.member, "basket_7")
    assert rich.units() == [100, -80, 100, -40, 80, -60]
    stored.assert_sound(rich.member)


def test_a_checkout_that_is_cancelled_gives_back_what_was_spent_in_any_program(
    rich: Market,
) -> None:
    other = rich.merchant.member("cashback", balance=5)
    assert other.program_id != rich.member.program_id
    transaction_id = rich.started()
    spend(rich.member, transaction_id)
    spend(other, transaction_id, 5)

    assert rich.cancel(transaction_id).status == 200
    with nothing_written():
        assert rich.cancel(transaction_id).is_replay

    assert (rich.units(), stored.units(other)) == ([100, -80, 80], [500, -500, 500])
    assert (rich.stored(transaction_id).has_spent_back, rich.stored(transaction_id).check_at) == (
        True,
        None,
    )


def test_a_customer_gets_nothing_back_by_naming_a_checkout_as_an_earlier_purchase(
    rich: Market,
) -> None:
    spend(rich.member, "till_4711")
    rich.sells()
    customer = rich.merchant.customer(rich.member.user_id)
    item = milk(10, ean="4006381333931")
    body = {"storeId": rich.merchant.store_id, "items": [item], "orderReference": "till_4711"}

    transaction_id = customer.ok("startCheckout", body)["transactionId"]
    for _ in range(2):
        cancel = {"transactionId": transaction_id, "storeId": rich.merchant.store_id}
        customer.ok("cancelCheckout", cancel)

    assert rich.units() == [100, -80]
    # Nor if it is paid, and comes back, or if the merchant's server repeats the request.
    paid = customer.ok("startCheckout", {**body, "orderReference": "till_4712"})["transactionId"]
    spend(rich.member, "till_4712", 10)
    again = rich.begin(item, orderReference="till_4712")
    assert (again.body["transactionId"], again.is_replay) == (paid, True)
    rich.complete(paid)
    rich.refund(paid)
    assert rich.units() == [100, -80, -10, 100, -100]


def test_a_checkout_whose_payment_fails_gives_back_at_once(till: Till) -> None:
    market = Market(till.merchant, till.merchant.member(balance=100))
    transaction_id = market.started(returnUrl=RETURN_URL)
    spend(market.member, transaction_id)

    for _ in range(2):
        till.pay(succeeds=False)

    assert market.purchase(transaction_id)["cancelReason"] == "payment_failed"
    assert market.units() == [100, -80, 80]


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_what_nobody_pays_in_time_gives_back_even_after_a_failure(
    rich: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise RuntimeError

    transaction_id = rich.started()
    spend(rich.member, transaction_id)
    with clock.use(lambda: datetime.now(UTC) + timedelta(hours=2)):
        with monkeypatch.context() as patch:
            patch.setattr(purchase_bookings, "_give_back_spent", dies)
            order_settlement.settle_due()
        assert rich.purchase(transaction_id)["status"] == "cancelled"
        assert rich.units() == [100, -80]
    with clock.use(lambda: datetime.now(UTC) + timedelta(hours=2, minutes=3)):
        order_settlement.settle_due()
        order_settlement.settle_due()

    assert rich.units() == [100, -80, 80]


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_what_came_back_before_it_has_earned_gives_back_with_the_earn(
    rich: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    transaction_id = rich.started()
    spend(rich.member, transaction_id)
    with monkeypatch.context() as patch:
        patch.setattr(balances, "add", dies)
        rich.complete(transaction_id)
        rich.refund(transaction_id)
    assert rich.units() == [100, -80]

    with clock.use(lambda: datetime.now(UTC) + timedelta(minutes=3)):
        order_settlement.settle_due()

    assert rich.units() == [100, -80, 100, 80, -100]


@pytest.mark.parametrize("statuses", [(), ("confirmed", "ready", "picked_up")])
def test_an_order_that_is_cancelled_gives_back_what_was_spent_on_it(
    rich: Market, statuses: tuple[str, ...]
) -> None:
    rich.sells()
    order_id = rich.ordered(*statuses)
    spend(rich.member, order_id)

    for _ in range(2):
        assert rich.move(order_id, "cancelled").status == 200

    earned = [100] if statuses else []
    assert rich.units() == [100, *earned, -80, 80, *(-each for each in earned)]
    stored.assert_sound(rich.member)


@pytest.mark.parametrize("is_used", [False, True])
def test_a_reward_that_a_purchase_unlocked_is_revoked_if_nobody_has_used_it(
    merchant: Merchant, is_used: bool
) -> None:
    fields = {"rules": RULES, "earningMethods": METHODS, "rewards": [REWARD]}
    market = Market(merchant, merchant.member(**fields))
    transaction_id = market.started()
    market.complete(transaction_id)
    code = market.member.redeem(90, rewardId="rw_1").body["rewardCode"]
    use = {"storeId": merchant.store_id, "rewardCode": code}
    if is_used:
        market.api.ok("useRewardCode", use)

    points = market.refund(transaction_id).body["purchase"]["points"]

    assert points[0]["takenBack"] == (10 if is_used else 100)
    assert market.units() == ([100, -90, -10] if is_used else [100, -90, 90, -100])
    refused = "REWARD_CODE_USED" if is_used else "REDEMPTION_CANCELLED"
    with nothing_written():
        assert market.api("useRewardCode", use).error == refused


def test_a_payment_gives_back_once_whoever_tells_of_the_refund_first(till: Till) -> None:
    member = till.merchant.member("points", balance=100)
    spend(member, "order_1")
    payment_id = till.paid(**member.ids)
    till.refund(payment_id, amount=500, refundReference="a")
    reverse(member, "order_1")
    assert stored.units(member) == [100, -80, 109, -49, 80]

    till.provider.payments["p_1"]["refundedMinor"] = 1099
    for _ in range(2):
        assert till.notify("p_1") == 200

    assert stored.units(member) == [100, -80, 109, -49, 80, -60]
    payment = till.stored(payment_id)
    assert (payment.has_spent_back, payment.awaits_points) == (True, False)


def test_a_payment_that_earned_nothing_gives_back(till: Till) -> None:
    member = till.merchant.member("points", balance=100)
    payment_id = till.paid(499, **member.ids)
    spend(member, payment_id)

    for _ in range(2):
        till.refund(payment_id)

    assert stored.units(member) == [100, -80, 80]


def test_a_merged_members_purchase_gives_back_to_who_took_over(rich: Market) -> None:
    old, new = rich.member, rich.member.other("user_2")
    new.enroll()
    transaction_id = rich.started()
    spend(old, transaction_id)
    body = {"fromUserId": old.user_id, "intoUserId": new.user_id}
    rich.api.ok("mergeMembers", body)

    rich.cancel(transaction_id)

    assert new.balance()["currentBalance"] == 100


@pytest.mark.usefixtures("ticking")
def test_a_tills_receipt_gives_back_once_all_of_it_is_back(receipt_till: ReceiptTill) -> None:
    anna = receipt_till.anna
    anna.earn(100)
    spend(anna, "R-1")

    receipt_till.read(row("R-1", 10), void_row("V-1", -4))
    assert stored.units(anna)[2:] == [100, -40]
    for _ in range(2):
        receipt_till.read(void_row("V-2", -6))

    assert stored.units(anna)[2:] == [100, -40, 80, -60]
    stored.assert_sound(anna)


@pytest.mark.usefixtures("ticking")
def test_a_void_that_is_read_before_its_sale_gives_back_with_the_sale(
    receipt_till: ReceiptTill,
) -> None:
    anna = receipt_till.anna
    anna.earn(100)
    spend(anna, "R-1")

    receipt_till.read(void_row("V-1", -10))
    assert stored.units(anna) == [100, -80]
    for _ in range(2):
        receipt_till.read(row("R-1", 10))

    assert stored.units(anna) == [100, -80, 80]


def test_a_claimed_receipt_gives_back_when_it_is_voided(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100, receiptClaims={})
    spend(member, TRANSACTION)
    claim(member, make_claim(merchant)["code"])

    void(merchant, returnedAmount=10)
    assert stored.units(member)[1:] == [-80, 285, -100]
    for _ in range(2):
        assert void(merchant).status == 200

    assert stored.units(member)[1:] == [-80, 285, -100, 80, -185]


def test_a_checkout_that_is_cancelled_frees_what_is_reserved_for_it(rich: Market) -> None:
    transaction_id = rich.started()
    reservation_id = reserved(rich.member, 80, transactionId=transaction_id)
    elsewhere = reserved(rich.member, 5, transactionId="another")

    rich.cancel(transaction_id)

    assert balances_of(rich.member) == (100, 5, 95)
    with nothing_written():
        assert commit(rich.member, reservation_id).error == "RESERVATION_CLOSED"
    assert commit(rich.member, elsewhere).status == 200
    assert rich.units() == [100, -5]
    stored.assert_sound(rich.member)


def test_a_refund_frees_what_is_reserved_once_all_is_given_back(rich: Market) -> None:
    transaction_id = rich.started()
    rich.complete(transaction_id)
    reservation_id = reserved(rich.member, 150, transactionId=transaction_id)

    rich.refund(transaction_id, amount=400, refundReference="a")
    assert balances_of(rich.member) == (160, 150, 10)
    rich.refund(transaction_id, amount=600, refundReference="b")

    assert balances_of(rich.member) == (100, 0, 100)
    assert commit(rich.member, reservation_id).error == "RESERVATION_CLOSED"
    stored.assert_sound(rich.member)


@pytest.mark.usefixtures("ticking")
def test_a_tills_receipt_frees_what_is_reserved_once_all_of_it_is_back(
    receipt_till: ReceiptTill,
) -> None:
    anna = receipt_till.anna
    anna.earn(100)
    receipt_till.read(row("R-1", 10))
    reservation_id = reserved(anna, 80, transactionId="R-1")

    receipt_till.read(void_row("V-1", -4))
    assert balances_of(anna)[1] == 80
    receipt_till.read(void_row("V-2", -6))

    assert balances_of(anna) == (100, 0, 100)
    assert commit(anna, reservation_id).error == "RESERVATION_CLOSED"
    stored.assert_sound(anna)


def test_a_claimed_receipt_frees_what_is_reserved_when_it_is_voided(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100, receiptClaims={})
    claim(member, make_claim(merchant)["code"])
    reservation_id = reserved(member, 80, transactionId=TRANSACTION)

    void(merchant, returnedAmount=10)
    assert balances_of(member)[1] == 80
    assert void(merchant).status == 200

    assert balances_of(member) == (100, 0, 100)
    assert commit(member, reservation_id).error == "RESERVATION_CLOSED"
    stored.assert_sound(member)
