"""Points for what is paid: once; and taken back with what is refunded: each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.loyalty.entries import EntryKind
from shared.domain.loyalty.purchase_points import PurchasePoints
from shared.errors import IdempotencyKeyReused
from shared.services.loyalty import balances, verification
from shared.services.payments import payment_settlement
from tests.support import stored
from tests.support.merchants import Member
from tests.support.payments import RETURN_URL, Till
from tests.support.processes import Job, Processes
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

pytestmark = pytest.mark.usefixtures("own_database")  # the sweep works through all there is

EARNED = 109
"""Of 10.99 EUR at 10 points a euro."""
STEPS_MAX = 16


@pytest.fixture
def customer(till: Till) -> Member:
    """A member without points in a program of the till's store."""
    return till.merchant.member("points")


def points(till: Till, payment_id: str) -> PurchasePoints:
    found = till.stored(payment_id).points
    assert found is not None
    return found


def sweep(after: timedelta = timedelta(minutes=3)) -> None:
    with clock.use(lambda: datetime.now(UTC) + after):
        payment_settlement.settle_due()


def assert_nothing_due(till: Till, payment_id: str) -> None:
    payment = till.stored(payment_id)
    assert not payment.awaits_points
    assert payment.check_at is None


def test_a_paid_purchase_earns_once(till: Till, customer: Member) -> None:
    payment_id = till.paid(description="Kaffee", **customer.ids)
    till.notify("p_1")
    till.process(description="Kaffee", **customer.ids)

    [entry] = stored.entries(customer)
    assert (entry.kind, entry.units, entry.purchase_amount) == (EntryKind.EARN, EARNED, "10.99")
    assert (entry.transaction_id, entry.source) == (f"payment:{payment_id}", None)
    assert entry.description == "Kaffee"
    assert entry.entry_id == ids.derived("le", "earn", f"payment:{payment_id}")
    assert points(till, payment_id) == PurchasePoints(1099, EARNED, entry.entry_id)
    assert_nothing_due(till, payment_id)


def test_earns_by_what_was_captured(till: Till, customer: Member) -> None:
    payment_id = till.process(captureLater=True, **customer.ids).body["paymentId"]
    till.pay()
    assert stored.units(customer) == []
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 600}

    assert till.notify("p_1") == 200

    assert till.get(payment_id)["captured"] == 600
    assert stored.units(customer) == [60]


def test_a_capture_earns(till: Till, customer: Member) -> None:
    payment_id = till.process(captureLater=True, **customer.ids).body["paymentId"]
    till.pay()

    till.merchant.api.ok("capturePayment", {"paymentId": payment_id})

    assert stored.units(customer) == [EARNED]
    assert_nothing_due(till, payment_id)


def test_without_a_member_nothing_is_booked(till: Till, customer: Member) -> None:
    payment_id = till.paid()
    till.refund(payment_id)

    assert stored.units(customer) == []
    assert till.stored(payment_id).points is None


def test_what_is_not_paid_earns_nothing(till: Till, customer: Member) -> None:
    payment_id = till.process(**customer.ids).body["paymentId"]
    till.pay(succeeds=False)

    assert stored.units(customer) == []
    assert till.stored(payment_id).points is None


def test_eight_reports_at_once_earn_once(till: Till, customer: Member) -> None:
    payment_id = till.process(**customer.ids).body["paymentId"]
    till.provider.pay("p_1", notifies=False)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: till.notify("p_1"), range(8)))

    assert set(answers) == {200}
    assert stored.units(customer) == [EARNED]
    assert_nothing_due(till, payment_id)


def test_a_purchase_that_earns_nothing_is_done(till: Till, customer: Member) -> None:
    payment_id = till.paid(499, **customer.ids)
    till.refund(payment_id)

    assert stored.units(customer) == []
    assert points(till, payment_id) == PurchasePoints(499, 0, reason="minimum_purchase")
    assert_nothing_due(till, payment_id)


def test_another_currency_than_the_programs_is_refused(till: Till, customer: Member) -> None:
    with nothing_written():
        answer = till.process(currency="CHF", **customer.ids)

    assert_invalid(answer, currency="must be EUR, the currency of the program")
    assert till.provider.payments == {}


@pytest.mark.parametrize("whose", ["nobody's", "another store's"])
def test_a_program_that_is_not_the_stores_is_refused(
    till: Till, new_merchant: Any, whose: str
) -> None:
    program_id = "lp_nothing" if whose == "nobody's" else new_merchant().program()

    with nothing_written():
        answer = till.process(programId=program_id, userId="user_1")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert till.provider.payments == {}


def test_a_user_who_is_not_enrolled_is_refused(till: Till, customer: Member) -> None:
    with nothing_written():
        answer = till.process(**customer.other("user_2").ids)

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND")
    assert till.provider.payments == {}


@pytest.mark.parametrize(
    ("action", "failure"),
    [("suspendMember", "MEMBER_SUSPENDED"), ("leaveLoyaltyProgram", "MEMBERSHIP_CLOSED")],
)
def test_who_is_not_active_pays_and_gets_no_points(
    till: Till, customer: Member, action: str, failure: str
) -> None:
    reason = {"reason": "Missbrauch"} if action == "suspendMember" else {}
    customer.api.ok(action, {**customer.ids, **reason})

    payment_id = till.paid(**customer.ids)

    answer = till.get(payment_id)
    assert answer["status"] == "paid"
    assert answer["problem"] is None
    assert answer["points"]["failure"] == failure
    assert stored.units(customer) == []
    assert_nothing_due(till, payment_id)
    sweep()
    assert stored.units(customer) == []


def test_a_refund_takes_back_from_who_was_suspended_since(till: Till, customer: Member) -> None:
    payment_id = till.paid(**customer.ids)
    customer.api.ok("suspendMember", {**customer.ids, "reason": "Missbrauch"})

    till.refund(payment_id)

    assert stored.units(customer) == [EARNED, -EARNED]
    stored.assert_sound(customer)
    assert_nothing_due(till, payment_id)


def test_refunds_take_what_is_pending_and_the_rest_can_be_spent(till: Till) -> None:
    customer = till.merchant.member("points", pendingDays=14)
    payment_id = till.paid(**customer.ids)
    assert customer.balance()["pendingBalance"] == EARNED
    assert points(till, payment_id).earned_units == EARNED

    till.refund(payment_id, amount=333, refundReference="1")
    left = EARNED - EARNED * 333 // 1099
    assert customer.balance()["pendingBalance"] == left
    customer.api.ok("activateLoyaltyPoints", customer.ids)
    assert customer.balance()["currentBalance"] == left
    till.refund(payment_id, amount=766, refundReference="2")

    assert customer.balance()["currentBalance"] == 0
    assert [each.units for each in stored.entries(customer)] == [0, 0, left, -left]
    stored.assert_sound(customer)
    assert_nothing_due(till, payment_id)


def test_a_refund_of_all_takes_all_back(till: Till, customer: Member) -> None:
    payment_id = till.paid(**customer.ids)

    refund_id = till.refund(payment_id).body["refundId"]
    till.refund(payment_id)
    till.notify("p_1")

    earn, reversal = stored.entries(customer)
    assert (reversal.kind, reversal.units) == (EntryKind.REVERSE, -EARNED)
    assert reversal.corrects_entry_id == earn.entry_id
    assert reversal.transaction_id == f"refund:{payment_id}:{refund_id}"
    stored.assert_sound(customer)
    assert_nothing_due(till, payment_id)


@pytest.mark.parametrize("parts", list(permutations([333, 1, 765])))
def test_parts_take_all_back_together(till: Till, customer: Member, parts: tuple[int, ...]) -> None:
    payment_id = till.paid(**customer.ids)

    left = []
    for number, amount in enumerate(parts):
        till.refund(payment_id, amount=amount, refundReference=str(number))
        left.append(customer.balance()["currentBalance"])

    given_back = [sum(parts[: number + 1]) for number in range(3)]
    assert left == [EARNED - EARNED * each // 1099 for each in given_back]
    assert left[-1] == 0
    stored.assert_sound(customer)
    assert_nothing_due(till, payment_id)


def test_refunds_at_once_never_take_more_than_was_earned(till: Till, customer: Member) -> None:
    customer.earn(1000)
    payment_id = till.paid(**customer.ids)

    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda number: till.refund(payment_id, amount=300, refundReference=str(number)),
                range(4),
            )
        )
    till.refund(payment_id)

    assert sorted(answer.status for answer in answers) == [200, 200, 200, 400]
    assert customer.balance()["currentBalance"] == 1000
    stored.assert_sound(customer)
    assert_nothing_due(till, payment_id)


def test_a_refund_that_failed_takes_nothing(till: Till, customer: Member) -> None:
    payment_id = till.paid(**customer.ids)
    till.provider.payments["p_1"]["refundedMinor"] = 1099

    assert till.refund(payment_id).error == "CONNECTOR_REJECTED"

    assert stored.units(customer) == [EARNED]


def test_what_the_provider_gave_back_by_itself_takes_its_share(
    till: Till, customer: Member
) -> None:
    payment_id = till.paid(**customer.ids)

    for refunded in (549, 549, 1000, 1099):
        till.provider.payments["p_1"]["refundedMinor"] = refunded
        assert till.notify("p_1") == 200

    assert stored.units(customer) == [EARNED, -54, -45, -10]
    assert [each.cause for each in points(till, payment_id).takings] == [
        "elsewhere:549",
        "elsewhere:1000",
        "elsewhere:1099",
    ]
    assert_nothing_due(till, payment_id)


def test_spent_points_are_taken_as_far_as_there_are_any(till: Till, customer: Member) -> None:
    payment_id = till.paid(**customer.ids)
    customer.redeem(100)

    till.refund(payment_id)
    customer.earn(500)
    till.refund(payment_id)

    *_, reversal, _ = stored.entries(customer)
    assert (reversal.units, reversal.uncollected_units) == (-9, 100)
    assert customer.balance()["currentBalance"] == 500
    [taking] = points(till, payment_id).takings
    assert (taking.units, taking.taken_units) == (EARNED, 9)
    assert_nothing_due(till, payment_id)


def test_where_all_is_spent_nothing_is_booked_and_nothing_is_due(
    till: Till, customer: Member
) -> None:
    payment_id = till.paid(**customer.ids)
    customer.redeem(EARNED)

    till.refund(payment_id)
    customer.earn(500)
    sweep()

    assert stored.units(customer) == [EARNED, -EARNED, 500]
    assert_nothing_due(till, payment_id)


def test_a_program_that_grants_nothing_does_not_keep_the_payment_back(
    till: Till, customer: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    payment_id = till.process(**customer.ids).body["paymentId"]
    body = {"programId": customer.program_id, "isActive": False}
    customer.api.ok("updateLoyaltyProgram", body)

    till.pay()
    refund = till.refund(payment_id)

    payment = till.get(payment_id)
    assert (payment["status"], payment["problem"]) == ("refunded", "points_not_booked")
    assert refund.body["status"] == "succeeded"
    assert points(till, payment_id).failure == "PROGRAM_INACTIVE"
    assert stored.units(customer) == []
    assert_nothing_due(till, payment_id)
    assert capsys.readouterr().out.count("payment needs attention") == 1


def test_a_transaction_that_somebody_else_took_is_not_booked_over(
    till: Till, customer: Member
) -> None:
    payment_id = till.process(**customer.ids).body["paymentId"]
    customer.earn(1, transactionId=f"payment:{payment_id}")

    till.pay()
    till.refund(payment_id)

    assert points(till, payment_id).failure == "IDEMPOTENCY_KEY_REUSED"
    assert stored.units(customer) == [1]
    assert_nothing_due(till, payment_id)


def test_points_are_earned_once_wherever_the_process_dies(
    till: Till, customer: Member, servers: Processes
) -> None:
    died_when_paid = 0
    for step in range(STEPS_MAX):
        made = till.process(purchaseId=f"order_{step}", captureLater=True, **customer.ids)
        payment_id = made.body["paymentId"]
        vendor_id = till.stored(payment_id).vendor_payment_id
        assert vendor_id is not None
        till.pay(vendor_id)
        key = till.merchant.api.key
        assert key is not None
        job = Job("capturePayment", {"paymentId": payment_id}, key, rpcs=step)
        [outcome] = servers.run(job)
        died_when_paid += outcome.is_killed and till.stored(payment_id).awaits_points

        if till.stored(payment_id).points is None:
            till.merchant.api.ok("capturePayment", {"paymentId": payment_id})
        sweep()

        assert stored.units(customer) == [EARNED] * (step + 1)
        assert_nothing_due(till, payment_id)
    assert died_when_paid >= 3


def test_points_are_taken_back_once_wherever_the_process_dies(
    till: Till, customer: Member, servers: Processes
) -> None:
    died_when_due = 0
    for step in range(STEPS_MAX):
        payment_id = till.paid(purchaseId=f"order_{step}", **customer.ids)
        body = {"paymentId": payment_id, "amount": 550, "refundReference": "a"}
        key = till.merchant.api.key
        assert key is not None
        [outcome] = servers.run(Job("refundPayment", body, key, rpcs=step))
        is_due = outcome.is_killed and till.stored(payment_id).awaits_points
        died_when_due += is_due
        if is_due:
            sweep()
        else:
            with clock.use(lambda: datetime.now(UTC) + timedelta(minutes=1)):
                assert till.refund(payment_id, amount=550, refundReference="a").status == 200

        taken = EARNED * 550 // 1099
        assert stored.units(customer) == [EARNED, -taken] * (step + 1)
        assert_nothing_due(till, payment_id)
    stored.assert_sound(customer)
    assert died_when_due >= 3


def test_points_are_booked_although_the_provider_is_gone(
    till: Till, customer: Member, servers: Processes
) -> None:
    key = till.merchant.api.key
    assert key is not None
    for step in range(STEPS_MAX):
        body = {
            "storeId": till.merchant.store_id,
            "amount": 1099,
            "currency": "EUR",
            "returnUrl": RETURN_URL,
            "captureLater": True,
            "purchaseId": f"order_{step}",
            **customer.ids,
        }
        payment_id = till.merchant.api.ok("processPayment", body)["paymentId"]
        vendor_id = till.stored(payment_id).vendor_payment_id
        assert vendor_id is not None
        till.pay(vendor_id)
        servers.run(Job("capturePayment", {"paymentId": payment_id}, key, rpcs=step))
        if till.stored(payment_id).awaits_points:
            break
    store = {"storeId": till.merchant.store_id, "provider": "custom"}
    till.merchant.api.ok("deletePSPConfiguration", store)

    sweep()

    assert points(till, payment_id).earned_units == EARNED
    assert_nothing_due(till, payment_id)


def test_what_could_not_be_taken_is_not_taken_later(customer: Member) -> None:
    """Also if the process dies before the payment says that it was tried."""
    entry_id = customer.earn(100)["entryId"]
    customer.redeem(100)
    caller = Caller(customer.merchant.account_id, Package.PRIME, is_live=True)

    def take_back() -> int:
        booking = balances.take_back(
            caller,
            program_id=customer.program_id,
            user_id=customer.user_id,
            store_id=None,
            entry_id=entry_id,
            units=60,
            transaction_id="refund:1",
            description="",
        )
        return booking.entry.units if booking.entry else 0

    assert take_back() == 0
    customer.earn(500)
    assert take_back() == 0
    assert customer.balance()["currentBalance"] == 500


def test_the_same_refund_with_other_points_is_refused(customer: Member) -> None:
    entry_id = customer.earn(100)["entryId"]
    caller = Caller(customer.merchant.account_id, Package.PRIME, is_live=True)
    same: dict[str, Any] = {"transaction_id": "refund:1", "description": "", "store_id": None}
    member = {"program_id": customer.program_id, "user_id": customer.user_id, "entry_id": entry_id}
    first = balances.take_back(caller, **member, **same, units=60)
    again = balances.take_back(caller, **member, **same, units=60)

    assert first.entry == again.entry
    assert again.is_replay
    with pytest.raises(IdempotencyKeyReused):
        balances.take_back(caller, **member, **same, units=61)
    assert stored.units(customer) == [100, -60]


@pytest.mark.parametrize("is_merged_first", [True, False])
def test_a_merged_member_earns_and_gives_back_as_the_one_who_took_over(
    till: Till, customer: Member, is_merged_first: bool
) -> None:
    new = customer.other("user_2")
    new.enroll()
    merge = {"fromUserId": customer.user_id, "intoUserId": new.user_id}
    if is_merged_first:
        till.merchant.api.ok("mergeMembers", merge)
    payment_id = till.paid(**customer.ids)
    till.merchant.api.ok("mergeMembers", merge)
    assert new.balance()["currentBalance"] == EARNED

    assert till.refund(payment_id).status == 200

    assert new.balance()["currentBalance"] == 0
    assert_nothing_due(till, payment_id)
    report = verification.verify(new.program_id)
    assert report is not None
    assert report.problems == ()
