"""A TSE's code that nothing has proved: the till's export proves it, whoever comes first."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from dsfinvk import models

from shared.domain.loyalty import tse_receipts
from shared.domain.systems.sales import Receipt, ReceiptKind, TseMark
from shared.services.systems import receipt_points
from shared.services.systems.receipt_points import ReceiptOutcome
from tests.conftest import Clock
from tests.support import tills
from tests.support.api import Answer
from tests.support.claimable import TRANSACTION, earned, make_claim
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.receipts import ISSUED, ReceiptTill, book, receipt
from tests.support.refusals import assert_refused, nothing_written
from tests.support.stored import assert_sound
from tests.support.traffic import watched
from tests.support.tses import NOON, TestTse

AWARDED, NOTHING, TAKEN_BACK = (
    ReceiptOutcome.AWARDED,
    ReceiptOutcome.NOTHING,
    ReceiptOutcome.TAKEN_BACK,
)


WAITING_COSTS = (6, 6, 3)
KEPT_COSTS = (2, 2, 2)
BOOKED_COSTS = (3, 7, 5)
"""RPCs, document reads and document writes."""


@pytest.fixture
def tse() -> TestTse:
    """A TSE that no store has registered."""
    return TestTse()


@pytest.fixture
def till(frozen_clock: Clock, receipt_till: ReceiptTill) -> ReceiptTill:
    frozen_clock.now = NOON + timedelta(hours=2)
    api = receipt_till.anna.api
    api.ok("updateLoyaltyProgram", {"programId": receipt_till.anna.program_id, "receiptClaims": {}})
    return receipt_till


@pytest.fixture
def code(tse: TestTse) -> str:
    return tse.receipt("10.00", at=ISSUED)


def claim(member: Member, code: str, **fields: Any) -> Answer:
    """Claim a receipt of the store."""
    body = {"userId": member.user_id, "code": code, "storeId": member.merchant.store_id}
    return member.api("claimReceipt", {**body, **fields})


def sale(code: str, amount: int = 1000, **fields: Any) -> Receipt:
    """Return the receipt of a code as an export has it."""
    told = tse_receipts.parse(code)
    mark = TseMark(told.tse_serial, told.transaction_number, told.proof)
    return receipt(amount, **{"customer_id": None, "tse": mark, **fields})


def void_of(amount: int = 1000) -> Receipt:
    return receipt(amount, external_id="V-1", kind=ReceiptKind.VOID, voids="R-1", customer_id=None)


def outcomes(till: ReceiptTill, *receipts: Receipt) -> list[ReceiptOutcome]:
    return [each.outcome for each in book(till, *receipts)]


def balance(member: Member) -> float:
    points: float = member.balance()["currentBalance"]
    return points


def is_waiting(answer: Answer) -> bool:
    assert answer.status == 200, answer.body
    is_told: bool = answer.body["status"] == "waiting"
    assert is_told == (answer.body["earned"] == [])
    return is_told


# The export was first.


def test_what_the_export_has_signed_earns_and_a_later_void_takes_it_back(
    till: ReceiptTill, code: str
) -> None:
    assert outcomes(till, sale(code)) == [NOTHING]

    answer = claim(till.anna, code)

    assert earned(answer) == [(100, None)]
    assert (answer.body["status"], answer.body["amount"]) == ("claimed", 10)
    with nothing_written():
        assert claim(till.anna, code).body == {**answer.body, "duplicate": True}
        assert_refused(claim(till.ben, code), 409, "RECEIPT_CLAIMED", {"status": "claimed"})
    assert outcomes(till, sale(code), void_of(400)) == [NOTHING, TAKEN_BACK]
    assert balance(till.anna) == 60
    assert_sound(till.anna)


@pytest.mark.parametrize("is_void_first", [True, False])
def test_a_void_before_the_claim_counts(
    till: ReceiptTill, code: str, *, is_void_first: bool
) -> None:
    receipts = [sale(code), void_of(400)]
    book(till, *(reversed(receipts) if is_void_first else receipts))

    assert earned(claim(till.anna, code)) == [(60, None)]
    assert balance(till.anna) == 60


def test_what_was_voided_earns_nothing(till: ReceiptTill, code: str) -> None:
    book(till, sale(code), void_of(1000))

    with nothing_written():
        answer = claim(till.anna, code)

    assert_refused(answer, 409, "RECEIPT_VOIDED")
    assert balance(till.anna) == 0


def test_the_amount_is_that_of_the_export(till: ReceiptTill, code: str) -> None:
    book(till, sale(code))

    assert earned(claim(till.anna, code.replace("10.00", "99.00"))) == [(100, None)]


def test_another_signature_is_forged(till: ReceiptTill, code: str, tse: TestTse) -> None:
    book(till, sale(code))
    forged = [tse.receipt("10.00", at=ISSUED), code.replace(";1;101;", ";1;102;")]

    for text in forged:
        with nothing_written():
            answer = claim(till.ben, text)
        assert_refused(answer, 400, "RECEIPT_NOT_VERIFIED")
    assert claim(till.anna, code).status == 200


def test_what_has_a_member_nobody_claims(till: ReceiptTill, code: str) -> None:
    assert outcomes(till, sale(code, customer_id="user_1")) == [AWARDED]

    with nothing_written():
        answer = claim(till.ben, code)

    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})


def test_a_sale_that_gets_its_member_later_is_that_members(till: ReceiptTill, code: str) -> None:
    book(till, sale(code))

    assert outcomes(till, sale(code, customer_id="user_1")) == [AWARDED]
    assert claim(till.ben, code).status == 409
    assert balance(till.anna) == 100


def test_who_was_no_member_then_gets_nothing(till: ReceiptTill, code: str) -> None:
    book(till, sale(code))
    late = till.anna.other("user_3")
    late.enroll()

    with nothing_written():
        answer = claim(late, code)

    assert_refused(answer, 409, "RECEIPT_TOO_OLD")
    assert claim(till.anna, code).status == 200


def test_customers_at_once_get_it_once(till: ReceiptTill, code: str) -> None:
    book(till, sale(code))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda each: claim(each, code), [till.anna, till.ben]))

    assert sorted(each.status for each in answers) == [200, 409]
    assert balance(till.anna) + balance(till.ben) == 100


def test_what_the_till_then_books_by_the_api_the_export_takes_over(
    till: ReceiptTill, code: str
) -> None:
    book(till, sale(code))
    added = till.anna.add(purchaseAmount=10, transactionId=TRANSACTION, receiptCode=code)
    assert added.status == 200

    assert outcomes(till, sale(code), void_of(1000)) == [NOTHING, TAKEN_BACK]
    assert balance(till.anna) == 0


def test_another_accounts_export_proves_nothing(
    till: ReceiptTill, code: str, new_merchant: Callable[..., Merchant]
) -> None:
    book(till, sale(code))
    foreign = new_merchant().member("points", receiptClaims={})

    with nothing_written():
        answer = claim(foreign, code, storeId=None)
        elsewhere = claim(foreign, code, storeId=till.anna.merchant.store_id)

    assert_refused(answer, 400, "RECEIPT_NOT_VERIFIED")
    assert_refused(elsewhere, 404, "STORE_NOT_FOUND")


# The claim was first.


def test_a_claim_waits_and_the_export_books_it(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    with nothing_written():
        again = claim(till.anna, code)
        assert_refused(claim(till.ben, code), 409, "RECEIPT_CLAIMED", {"status": "waiting"})
    assert is_waiting(again)
    assert again.body["duplicate"] is True
    assert balance(till.anna) == 0

    assert outcomes(till, sale(code)) == [AWARDED]

    assert balance(till.anna) == 100
    with nothing_written():
        later = claim(till.anna, code)
        assert claim(till.ben, code).status == 409
    assert (later.body["status"], later.body["duplicate"]) == ("claimed", True)
    assert earned(later) == [(100, None)]
    with nothing_written():
        book(till, sale(code))
    assert outcomes(till, void_of(400)) == [TAKEN_BACK]
    assert balance(till.anna) == 60
    assert_sound(till.anna)


def test_what_it_costs(till: ReceiptTill, code: str, tse: TestTse) -> None:
    other = sale(tse.receipt("10.00", 2, at=ISSUED), external_id="R-2")
    with watched() as waiting:
        claim(till.anna, code)
    with watched() as kept:
        book(till, other)
    with watched() as booked:
        book(till, sale(code))

    assert [waiting.cost, kept.cost, booked.cost] == [WAITING_COSTS, KEPT_COSTS, BOOKED_COSTS]


def test_without_a_store_nothing_waits(till: ReceiptTill, code: str) -> None:
    with nothing_written():
        answer = claim(till.anna, code, storeId=None)

    assert_refused(answer, 400, "RECEIPT_NOT_VERIFIED")


def test_a_forged_claim_keeps_nobody_from_the_receipt(
    till: ReceiptTill, code: str, tse: TestTse
) -> None:
    assert is_waiting(claim(till.ben, tse.receipt("10.00", at=ISSUED)))
    assert is_waiting(claim(till.anna, code))

    assert outcomes(till, sale(code)) == [AWARDED]

    assert (balance(till.anna), balance(till.ben)) == (100, 0)


def test_a_forged_claim_is_never_booked(till: ReceiptTill, code: str, tse: TestTse) -> None:
    forged = tse.receipt("10.00", at=ISSUED)
    assert is_waiting(claim(till.ben, forged))

    assert outcomes(till, sale(code)) == [NOTHING]

    assert balance(till.ben) == 0
    with nothing_written():
        assert_refused(claim(till.ben, forged), 400, "RECEIPT_NOT_VERIFIED")


def test_whom_the_till_names_gets_it(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.ben, code))

    assert outcomes(till, sale(code, customer_id="user_1")) == [AWARDED]

    assert (balance(till.anna), balance(till.ben)) == (100, 0)
    answer = claim(till.ben, code)
    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})


def test_what_was_voided_meanwhile_earns_nothing(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))

    assert AWARDED not in outcomes(till, void_of(1000), sale(code))

    assert balance(till.anna) == 0
    assert_refused(claim(till.anna, code), 409, "RECEIPT_VOIDED")


def test_who_is_suspended_when_it_comes_gets_nothing(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    body = {"programId": till.anna.program_id, "userId": "user_1", "reason": "Fraud"}
    till.anna.api.ok("suspendMember", body)

    assert outcomes(till, sale(code)) == [NOTHING]

    assert balance(till.anna) == 0
    assert claim(till.ben, code).status == 200


def test_waiting_counts_for_the_day(till: ReceiptTill, tse: TestTse) -> None:
    for number in (1, 2, 3):
        assert is_waiting(claim(till.anna, tse.receipt("10.00", number, at=ISSUED)))

    with nothing_written():
        answer = claim(till.anna, tse.receipt("10.00", 4, at=ISSUED))

    assert_refused(answer, 409, "RECEIPT_LIMIT_REACHED")


def test_what_is_too_old_or_no_sale_does_not_wait(till: ReceiptTill, tse: TestTse) -> None:
    with nothing_written():
        old = claim(till.anna, tse.receipt(at=ISSUED - timedelta(days=15)))
        training = claim(till.anna, tse.receipt(kind="AVTraining"))

    assert_refused(old, 409, "RECEIPT_TOO_OLD")
    assert_refused(training, 400, "RECEIPT_NO_SALE")


def test_a_claim_is_dropped_after_30_days_with_a_remark(
    till: ReceiptTill, code: str, frozen_clock: Clock
) -> None:
    assert is_waiting(claim(till.anna, code))
    assert receipt_points.drop_waited(till.sync()) == 0

    frozen_clock.now += timedelta(days=30)
    till.read()

    assert any("no export has brought them" in each for each in till.remarks())
    assert receipt_points.drop_waited(till.sync()) == 0
    assert outcomes(till, sale(code)) == [NOTHING]
    assert balance(till.anna) == 0


def test_a_claim_and_the_export_at_once_earn_once(till: ReceiptTill, code: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        claiming = pool.submit(claim, till.anna, code)
        booking = pool.submit(outcomes, till, sale(code))
    booking.result()
    answer = claiming.result()

    assert answer.status == 200
    assert claim(till.anna, code).body["status"] == "claimed"
    assert balance(till.anna) == 100


@pytest.mark.parametrize("steps", range(6))
def test_who_dies_at_any_step_of_the_taking_over_books_once(
    till: ReceiptTill, code: str, steps: int
) -> None:
    assert is_waiting(claim(till.anna, code))

    with dying_after(steps):
        book(till, sale(code))
    assert balance(till.anna) in {0, 100}
    status = claim(till.anna, code).body["status"]
    assert status == ("claimed" if balance(till.anna) else "waiting")

    book(till, sale(code))
    assert balance(till.anna) == 100
    assert_sound(till.anna)


def test_a_merged_members_claim_is_the_new_ones(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    till.anna.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})
    assert is_waiting(claim(till.ben, code))

    assert outcomes(till, sale(code)) == [AWARDED]

    assert balance(till.ben) == 100
    assert claim(till.ben, code).body["duplicate"] is True


def test_who_is_erased_waits_for_nothing(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    till.anna.api.ok("eraseMember", {"userId": "user_1"})

    assert outcomes(till, sale(code)) == [NOTHING]

    assert claim(till.ben, code).status == 200


# The till tells the code by the API, while a claim waits or before.


def make_claim_of(member: Member, code: str, amount: float = 10) -> dict[str, Any]:
    return make_claim(member.merchant, amount, receiptCode=code)


def listed(member: Member, **fields: Any) -> list[dict[str, Any]]:
    body = {"storeId": member.merchant.store_id, **fields}
    receipts: list[dict[str, Any]] = member.api.ok("listReceiptClaims", body)["receipts"]
    return receipts


def test_who_waits_gets_a_receipt_that_the_till_gives_to_nobody(
    till: ReceiptTill, code: str
) -> None:
    assert is_waiting(claim(till.anna, code))

    made = make_claim_of(till.anna, code)

    assert made["status"] == "claimed"
    assert balance(till.anna) == 100
    with nothing_written():
        assert make_claim_of(till.anna, code) == made
        again = claim(till.anna, code)
        assert_refused(claim(till.ben, code), 409, "RECEIPT_CLAIMED", {"status": "claimed"})
        other = claim(till.ben, made["code"])
    assert (earned(again), again.body["duplicate"]) == ([(100, None)], True)
    assert_refused(other, 409, "RECEIPT_CLAIMED", {"status": "claimed"})
    assert outcomes(till, sale(code), void_of(1000)) == [NOTHING, TAKEN_BACK]
    assert balance(till.anna) == 0
    assert_sound(till.anna)


def test_waiting_has_counted_for_the_day_once(till: ReceiptTill, tse: TestTse) -> None:
    codes = [tse.receipt("10.00", number, at=ISSUED) for number in (1, 2, 3)]
    for each in codes:
        assert is_waiting(claim(till.anna, each))

    for number, each in enumerate(codes):
        body = {"receiptCode": each}
        assert make_claim(till.anna.merchant, 10, f"bon-{number}", **body)["status"] == "claimed"

    assert balance(till.anna) == 300


def test_a_code_that_the_till_tells_first_need_not_wait(till: ReceiptTill, code: str) -> None:
    assert make_claim_of(till.anna, code)["status"] == "open"

    assert earned(claim(till.ben, code)) == [(100, None)]
    assert make_claim_of(till.anna, code)["status"] == "claimed"


def test_whom_the_till_names_gets_it_by_the_api_too(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.ben, code))

    added = till.anna.add(purchaseAmount=10, transactionId=TRANSACTION, receiptCode=code)

    assert added.status == 200
    assert (balance(till.anna), balance(till.ben)) == (100, 0)
    with nothing_written():
        answer = claim(till.ben, code)
    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})
    (shown,) = listed(till.anna)
    assert (shown["status"], shown["waiting"]) == ("has_member", [])
    assert [(each["userId"], each["reason"]) for each in shown["dropped"]] == [
        (till.ben.user_id, "has_member")
    ]


def test_the_member_who_waits_and_is_named_has_it_once(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))

    added = till.anna.add(purchaseAmount=10, transactionId=TRANSACTION, receiptCode=code)

    assert (added.status, balance(till.anna)) == (200, 100)
    with nothing_written():
        again = claim(till.anna, code)
    assert (earned(again), again.body["duplicate"]) == ([(100, None)], True)
    assert [each["dropped"] for each in listed(till.anna, status="claimed")] == [[]]


def test_what_the_till_has_booked_does_not_wait(till: ReceiptTill, code: str) -> None:
    assert (
        till.anna.add(purchaseAmount=10, transactionId=TRANSACTION, receiptCode=code).status == 200
    )

    with nothing_written():
        answer = claim(till.ben, code)

    assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})


def test_a_till_unmasks_a_forged_claim(till: ReceiptTill, code: str, tse: TestTse) -> None:
    assert is_waiting(claim(till.ben, tse.receipt("10.00", at=ISSUED)))

    assert make_claim_of(till.anna, code)["status"] == "open"

    assert [each["reason"] for each in listed(till.anna)[0]["dropped"]] == ["not_verified"]
    assert balance(till.ben) == 0
    assert earned(claim(till.anna, code)) == [(100, None)]


def test_who_waits_and_may_not_earn_leaves_it_to_others(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    body = {"programId": till.anna.program_id, "userId": "user_1", "reason": "Fraud"}
    till.anna.api.ok("suspendMember", body)

    made = make_claim_of(till.anna, code)

    assert (made["status"], balance(till.anna)) == ("open", 0)
    assert [each["reason"] for each in listed(till.anna)[0]["dropped"]] == ["nothing_earned"]
    assert claim(till.ben, made["code"]).status == 200


def test_a_merged_member_who_waits_gets_it_as_the_new_one(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    till.anna.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})

    assert make_claim_of(till.anna, code)["status"] == "claimed"

    assert balance(till.ben) == 100
    assert claim(till.ben, code).body["duplicate"] is True


def test_of_a_part_that_came_back_who_waits_gets_the_rest(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    body = {"storeId": till.anna.merchant.store_id, "receiptCode": code, "returnedAmount": 4}

    assert till.anna.api.ok("voidReceiptClaim", body)["status"] == "waiting"

    with nothing_written():
        other = claim(till.ben, code)
    assert_refused(other, 409, "RECEIPT_CLAIMED", {"status": "waiting"})
    assert earned(claim(till.anna, code)) == [(60, None)]


def test_a_till_that_voids_ends_the_wait(till: ReceiptTill, code: str) -> None:
    assert is_waiting(claim(till.anna, code))
    body = {"storeId": till.anna.merchant.store_id, "receiptCode": code}

    assert till.anna.api.ok("voidReceiptClaim", body)["status"] == "voided"

    with nothing_written():
        assert_refused(claim(till.anna, code), 409, "RECEIPT_VOIDED")
    assert [each["reason"] for each in listed(till.anna)[0]["dropped"]] == ["nothing_earned"]


def test_once_a_tse_is_registered_who_waits_keeps_the_receipt(
    till: ReceiptTill, code: str, tse: TestTse
) -> None:
    assert is_waiting(claim(till.anna, code))
    body = {"storeId": till.anna.merchant.store_id, "tses": [tse.serial]}
    till.anna.api.ok("configureStoreTse", body)

    with nothing_written():
        other = claim(till.ben, code)
    assert_refused(other, 409, "RECEIPT_CLAIMED", {"status": "waiting"})
    assert earned(claim(till.anna, code)) == [(100, None)]


@pytest.mark.parametrize("steps", range(4))
def test_who_dies_while_it_is_given_to_whom_waits_gives_it_once(
    till: ReceiptTill, code: str, steps: int
) -> None:
    assert is_waiting(claim(till.anna, code))

    with dying_after(steps):
        till.anna.api(
            "createReceiptClaim",
            {
                "storeId": till.anna.merchant.store_id,
                "transactionId": TRANSACTION,
                "purchaseAmount": 10,
                "receiptCode": code,
            },
        )

    assert balance(till.anna) in {0, 100}
    assert make_claim_of(till.anna, code)["status"] == "claimed"
    assert balance(till.anna) == 100
    assert_sound(till.anna)


def test_an_export_tells_counter_and_signature(till: ReceiptTill, tse: TestTse) -> None:
    """From a claim that waits to the file of a till that books it."""
    code = tse.receipt("99.00", number=42)
    assert is_waiting(claim(till.anna, code))
    *_, signature, public_key = code.split(";")
    signed = models.TSE_Transaktionen(
        **tills.CLOSING,
        BON_ID="bon-1",
        TSE_ID=1,
        TSE_TANR=42,
        TSE_TA_SIGZ=142,
        TSE_TA_SIG=signature,
        TSE_TA_VORGANGSART="Kassenbeleg-V1",
    )
    known = models.Stamm_TSE(
        **tills.CLOSING, TSE_ID=1, TSE_SERIAL=tse.serial, TSE_PUBLIC_KEY=public_key
    )
    head = tills.head("bon-1", BON_START=ISSUED, BON_ENDE=ISSUED)
    content = tills.export([*tills.master_data(), head, *tills.line("bon-1"), known, signed])
    credentials = {"file": base64.b64encode(content).decode()}
    award = {"programId": till.anna.program_id, "issuedSince": "2026-03-01T00:00:00Z"}

    till.read(credentials=credentials, awardPoints=award)

    answer = claim(till.anna, code)
    assert (answer.body["status"], answer.body["duplicate"]) == ("claimed", True), till.remarks()
    assert balance(till.anna) == answer.body["earned"][0]["points"] > 0
