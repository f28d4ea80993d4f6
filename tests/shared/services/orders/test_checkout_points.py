"""Points pay a part of a checkout, or all: redeemed in its commit, they come back with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.domain.loyalty.entries import EntryKind
from shared.services.orders import order_settlement
from tests.support import stored
from tests.support.checkouts import METHODS, RULES, Market, milk
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.processes import Job, Processes
from tests.support.redemptions import cancel
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

FIELDS = {"rules": RULES, "earningMethods": METHODS, "pointValue": 0.01}


def rich_market(merchant: Merchant, **fields: Any) -> Market:
    """Return a market whose member has 1,000 points, worth a cent each, which expire."""
    expiry = {"pointsExpiry": {"afterDays": 30}}
    return Market(merchant, merchant.member(balance=1000, **FIELDS, **expiry, **fields))


@pytest.fixture
def rich(merchant: Merchant) -> Market:
    return rich_market(merchant)


def by_points(member: Member, amount: int = 400) -> dict[str, Any]:
    return {"loyaltyPayment": {"programId": member.program_id, "amount": amount}}


def test_points_pay_a_part_which_earns_nothing(rich: Market) -> None:
    answer = rich.begin(**by_points(rich.member)).body

    redemption = stored.entries(rich.member)[-1]
    payment = {
        "programId": rich.member.program_id,
        "points": 400,
        "amount": 400,
        "redemptionId": redemption.entry_id,
    }
    assert (answer["amount"], answer["status"]) == (600, "started")
    assert answer["loyaltyPayment"] == payment
    assert (redemption.kind, redemption.units) == (EntryKind.REDEEM, -400)
    assert (redemption.transaction_id, redemption.amount_paid) == (answer["transactionId"], "4.00")
    rich.complete(answer["transactionId"])
    purchase = rich.purchase(answer["transactionId"])
    assert (purchase["paid"], purchase["amount"], purchase["loyaltyPayment"]) == (600, 600, payment)
    assert [each["type"] for each in purchase["items"]] == ["item", "reward"]
    assert rich.units() == [1000, -400, 60]
    stored.assert_sound(rich.member)


def test_it_is_redeemed_once_however_often_it_is_asked_for(rich: Market) -> None:
    fields = {"orderReference": "basket_7", **by_points(rich.member)}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: rich.begin(**fields), range(4)))
    with nothing_written():
        answers.append(rich.begin(**fields))
        other = rich.begin(orderReference="basket_7", **by_points(rich.member, 300))
        without = rich.begin(orderReference="basket_7")

    assert {each.body["transactionId"] for each in answers} == {answers[0].body["transactionId"]}
    assert other.error == without.error == "IDEMPOTENCY_KEY_REUSED"
    assert rich.units() == [1000, -400]


def test_of_two_checkouts_at_once_one_gets_the_points(rich: Market) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: rich.begin(**by_points(rich.member, 600)), range(2)))

    assert sorted(each.status for each in answers) == [200, 400]
    assert {each.error for each in answers} == {None, "INSUFFICIENT_BALANCE"}
    assert rich.units() == [1000, -600]


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_points_and_checkout_are_there_together(
    rich: Market, servers: Processes, steps: int
) -> None:
    body = {
        "storeId": rich.merchant.store_id,
        "userId": rich.member.user_id,
        "items": [milk(10)],
        "orderReference": "basket_7",
        **by_points(rich.member),
    }
    key = rich.api.key
    assert key is not None
    servers.run(Job("startCheckout", body, key, rpcs=steps))
    is_started = bool(stored.documents_of(rich.merchant, "checkouts"))
    assert (len(rich.units()) == 2) is is_started

    assert rich.begin(orderReference="basket_7", **by_points(rich.member)).status == 200

    assert rich.units() == [1000, -400]


def test_points_pay_all_of_it(rich: Market) -> None:
    answer = rich.begin(returnUrl=RETURN_URL, **by_points(rich.member, 1000)).body

    transaction_id = answer["transactionId"]
    assert (answer["amount"], answer["status"], answer["paymentId"]) == (0, "completed", None)
    types = [event_type for event_type, _ in rich.events()]
    assert sorted(types) == ["checkout.completed", "checkout.started"]
    found = rich.stored(transaction_id)
    assert (found.awaits_points, found.check_at) == (False, None)
    with nothing_written():
        assert rich.complete(transaction_id).status == 200
        assert rich.cancel(transaction_id).error == "CHECKOUT_STATE_CONFLICT"
        refund = rich.refund(transaction_id, amount=1, refundReference="a")
    assert refund.error == "CHECKOUT_STATE_CONFLICT"
    assert rich.units() == [1000, -1000]

    purchase = rich.refund(transaction_id).body["purchase"]
    with nothing_written():
        assert rich.refund(transaction_id).is_replay

    assert (purchase["status"], purchase["paid"]) == ("refunded", 0)
    assert rich.units() == [1000, -1000, 1000]
    stored.assert_sound(rich.member)


def test_money_and_points_come_back(rich: Market) -> None:
    transaction_id = rich.started(**by_points(rich.member))
    rich.complete(transaction_id)
    expires_at = stored.entries(rich.member)[0].lot_expires_at

    rich.refund(transaction_id, amount=333, refundReference="a")
    assert rich.units() == [1000, -400, 60, -33]
    rich.refund(transaction_id)

    assert rich.units() == [1000, -400, 60, -33, 400, -27]
    assert stored.membership(rich.member).lots[0].expires_at == expires_at
    stored.assert_sound(rich.member)


def test_the_provider_takes_the_rest_and_if_it_does_not_the_points_come_back(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    market = rich_market(till.merchant)
    transaction_id = market.started(returnUrl=RETURN_URL, **by_points(market.member))
    assert till.provider.payments["p_1"]["amountMinor"] == 600

    till.pay(succeeds=False)

    assert market.units() == [1000, -400, 400]
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 600}
    for _ in range(2):
        assert till.notify("p_1") == 200
    purchase = market.purchase(transaction_id)
    assert (purchase["status"], purchase["paid"]) == ("completed", 600)
    again = stored.entries(market.member)[-2]
    assert market.units() == [1000, -400, 400, -400, 60]
    assert again.amount_paid == "4.00"
    assert purchase["loyaltyPayment"]["redemptionId"] == again.entry_id
    assert (purchase["loyaltyPayment"]["points"], purchase["loyaltyPayment"]["amount"]) == (
        400,
        400,
    )
    assert "checkout paid after its points came back" not in capsys.readouterr().out
    with nothing_written():
        refused = cancel(market.member, again.entry_id)
    assert_refused(refused, 409, "PURCHASE_HAS_OWN_REFUND", {"returnedBy": "refundCheckout"})

    till.refund(market.stored(transaction_id).payment_id)

    assert sorted(market.units()[5:]) == [-60, 400]
    assert stored.membership(market.member).balance_units == 1000
    stored.assert_sound(market.member)


@pytest.mark.parametrize(
    ("left", "missing_minor"), [(1000, 0), (399, 1), (0, 400)], ids=["all", "a part", "nothing"]
)
def test_who_pays_the_rest_after_the_points_came_back_pays_them_again(
    till: Till, capsys: pytest.CaptureFixture[str], left: int, missing_minor: int
) -> None:
    market = rich_market(till.merchant)
    transaction_id = market.started(returnUrl=RETURN_URL, **by_points(market.member))
    till.pay(succeeds=False)
    if left < 1000:
        market.member.redeem(1000 - left)
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 600}
    for _ in range(2):
        till.notify("p_1")

    paid = min(left, 400)
    assert stored.membership(market.member).balance_units == left - paid + 60
    shown = market.purchase(transaction_id)["loyaltyPayment"]
    assert shown["amount"] == (paid or 400)
    alerts = capsys.readouterr().out.count(f'"missingMinor": {missing_minor}')
    assert alerts == (1 if missing_minor else 0)
    found = market.stored(transaction_id)
    assert (found.awaits_redemption, found.check_at) == (False, None)
    stored.assert_sound(market.member)


@pytest.mark.parametrize("steps", range(6, 12))
def test_whenever_the_process_dies_they_are_redeemed_again_once(till: Till, steps: int) -> None:
    market = rich_market(till.merchant)
    transaction_id = market.started(returnUrl=RETURN_URL, **by_points(market.member))
    till.pay(succeeds=False)
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 600}
    with dying_after(steps), suppress(Exception):
        till.notify("p_1")
    till.notify("p_1")

    for _ in range(2):
        order_settlement.settle_checkout(market.stored(transaction_id))

    assert sorted(market.units()) == [-400, -400, 60, 400, 1000]
    assert market.stored(transaction_id).check_at is None
    stored.assert_sound(market.member)


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_what_is_cancelled_or_not_paid_in_time_gives_the_points_back(rich: Market) -> None:
    cancelled = rich.started(**by_points(rich.member, 300))
    rich.started(**by_points(rich.member, 200))

    for _ in range(2):
        rich.cancel(cancelled)
    with clock.use(lambda: datetime.now(UTC) + timedelta(hours=2)):
        order_settlement.settle_due()
        order_settlement.settle_due()

    assert rich.units() == [1000, -300, -200, 300, 200]


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_no_points_come_back_while_the_provider_can_still_be_paid(till: Till) -> None:
    market = rich_market(till.merchant)
    transaction_id = market.started(returnUrl=RETURN_URL, **by_points(market.member, 999))

    with clock.use(lambda: datetime.now(UTC) + timedelta(days=1)):
        order_settlement.settle_due()

    assert market.purchase(transaction_id)["status"] == "started"
    assert market.stored(transaction_id).check_at is None
    assert market.units() == [1000, -999]
    till.pay()
    assert market.purchase(transaction_id)["status"] == "completed"
    assert market.units() == [1000, -999], "a cent earns nothing"


def test_they_come_back_once_with_the_payment_that_is_cancelled(till: Till) -> None:
    market = rich_market(till.merchant)
    transaction_id = market.started(returnUrl=RETURN_URL, **by_points(market.member, 999))

    for _ in range(2):
        market.cancel(transaction_id)

    assert till.provider.payments["p_1"]["status"] == "canceled"
    assert market.units() == [1000, -999, 999]


def test_what_pays_for_a_checkout_comes_back_with_it_alone(rich: Market) -> None:
    begun = rich.begin(**by_points(rich.member)).body
    transaction_id = begun["transactionId"]
    redemption_id = begun["loyaltyPayment"]["redemptionId"]
    returned = {**rich.member.ids, "transactionId": transaction_id, "refundId": "r1"}

    for by in ("cancelCheckout", "refundCheckout"):
        with nothing_written():
            answers = [
                cancel(rich.member, redemption_id),
                rich.api("reverseLoyaltyTransaction", returned),
            ]
        for each in answers:
            assert_refused(each, 409, "PURCHASE_HAS_OWN_REFUND", {"returnedBy": by})
        rich.complete(transaction_id)
    assert rich.units() == [1000, -400, 60]

    rich.refund(transaction_id)
    assert sorted(rich.units()) == [-400, -60, 60, 400, 1000]
    with nothing_written():
        again = cancel(rich.member, redemption_id)
    assert (again.status, again.is_replay) == (200, True)
    stored.assert_sound(rich.member)


def test_what_was_sold_by_the_name_of_a_checkout_comes_back_without_what_paid_for_that(
    rich: Market,
) -> None:
    transaction_id = rich.started(**by_points(rich.member))
    rich.member.add(purchaseAmount=5, transactionId=transaction_id)

    returned = {**rich.member.ids, "transactionId": transaction_id, "refundId": "r1"}
    answer = rich.api.ok("reverseLoyaltyTransaction", returned)

    assert (answer["pointsReversed"], answer["pointsGivenBack"]) == (50, 0)
    assert rich.units() == [1000, -400, 50, -50]
    rich.cancel(transaction_id)
    assert rich.units() == [1000, -400, 50, -50, 400]


def test_an_order_comes_back_as_one(rich: Market) -> None:
    rich.sells()
    order_id = rich.ordered()
    rich.member.redeem(100, transactionId=order_id)
    returned = {**rich.member.ids, "transactionId": order_id, "refundId": "r1"}

    with nothing_written():
        answer = rich.api("reverseLoyaltyTransaction", returned)

    by = {"returnedBy": "updateClickCollectStatus"}
    assert_refused(answer, 409, "PURCHASE_HAS_OWN_REFUND", by)
    assert rich.units() == [1000, -100]


def test_who_is_no_party_to_a_checkout_does_not_hear_of_it(
    rich: Market, new_merchant: Callable[..., Merchant]
) -> None:
    transaction_id = rich.started(**by_points(rich.member))
    other = new_merchant().member("points")

    returned = {**other.ids, "transactionId": transaction_id, "refundId": "r1"}

    assert other.api.ok("reverseLoyaltyTransaction", returned)["status"] == "waiting"


def test_customers_pay_with_their_own_points(rich: Market) -> None:
    rich.sells()
    item = milk(10, ean="4006381333931")
    customer = rich.merchant.customer(rich.member.user_id)
    body = {"storeId": rich.merchant.store_id, "items": [item], **by_points(rich.member)}

    assert customer.ok("startCheckout", body)["amount"] == 600
    with nothing_written():
        other = rich.merchant.customer("user_2")("startCheckout", body)

    assert other.error == "MEMBERSHIP_NOT_FOUND"
    assert rich.units() == [1000, -400]


def test_who_took_over_pays_and_gets_back(rich: Market) -> None:
    new = rich.member.other("user_2")
    new.enroll()
    rich.api.ok("mergeMembers", {"fromUserId": rich.member.user_id, "intoUserId": new.user_id})

    transaction_id = rich.started(**by_points(rich.member))
    assert new.balance()["currentBalance"] == 600
    rich.cancel(transaction_id)

    assert new.balance()["currentBalance"] == 1000


def test_refuses_what_points_cannot_pay(rich: Market, merchant: Merchant) -> None:
    worthless = merchant.member(rules=RULES)
    elsewhere = merchant.another_store("CHF").program("points", **FIELDS)
    with nothing_written():
        too_much = rich.begin(**by_points(rich.member, 1001))
        more = rich.begin(milk(20), **by_points(rich.member, 1500))
        stranger = rich.begin(userId="nobody", **by_points(rich.member))
        no_value = rich.begin(**by_points(worthless))
        other = rich.begin(loyaltyPayment={"programId": elsewhere, "amount": 1})

    assert_invalid(
        too_much, **{"loyaltyPayment.amount": "must be at most 1000, what the items cost"}
    )
    details = {"required": 1500, "available": 1000, "missing": 500}
    assert_refused(more, 400, "INSUFFICIENT_BALANCE", details)
    assert stranger.error == "MEMBERSHIP_NOT_FOUND"
    assert no_value.error == "POINTS_HAVE_NO_VALUE"
    assert other.error == "PROGRAM_NOT_FOUND"


@pytest.mark.parametrize(
    ("action", "fields", "code"),
    [
        ("suspendMember", {"reason": "fraud"}, "MEMBER_SUSPENDED"),
        ("leaveLoyaltyProgram", {}, "MEMBERSHIP_CLOSED"),
    ],
)
def test_who_is_suspended_or_has_left_pays_with_no_points(
    rich: Market, action: str, fields: dict[str, str], code: str
) -> None:
    rich.api.ok(action, {**rich.member.ids, **fields})

    with nothing_written():
        refused = rich.begin(**by_points(rich.member))

    assert refused.error == code


def test_the_sandbox_computes_what_is_left(merchant: Merchant) -> None:
    body = {
        "storeId": "store_a",
        "userId": "user_xyz",
        "items": [milk(10)],
        "loyaltyPayment": {"programId": "lp_abc123", "amount": 400},
    }
    payment = body["loyaltyPayment"]

    with nothing_written():
        answer = merchant.sandbox.ok("startCheckout", body)
        too_much = merchant.sandbox("startCheckout", {**body, "items": [milk()]})

    assert answer["amount"] == 600
    assert answer["loyaltyPayment"] == {**payment, "points": 400, "redemptionId": "le_abc123"}
    assert_invalid(
        too_much, **{"loyaltyPayment.amount": "must be at most 100, what the items cost"}
    )
