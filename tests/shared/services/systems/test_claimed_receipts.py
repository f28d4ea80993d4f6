"""A till's export and a customer's claim of one receipt: it earns once, and voids take it back."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from dsfinvk import models

from shared.domain.systems.sales import ReceiptKind, TseMark
from shared.services.systems.receipt_points import ReceiptOutcome
from tests.conftest import Clock
from tests.support import tills
from tests.support.claimable import TRANSACTION, claim
from tests.support.merchants import Member
from tests.support.receipts import ReceiptTill, book, receipt
from tests.support.refusals import assert_refused, nothing_written
from tests.support.stored import assert_sound
from tests.support.tses import NOON, TestTse


@pytest.fixture
def tse() -> TestTse:
    return TestTse()


@pytest.fixture
def till(frozen_clock: Clock, receipt_till: ReceiptTill, tse: TestTse) -> ReceiptTill:
    """A till whose exports earn in a program in which its receipts can be claimed, too."""
    frozen_clock.now = NOON + timedelta(hours=2)
    api, merchant = receipt_till.anna.api, receipt_till.anna.merchant
    api.ok("configureStoreTse", {"storeId": merchant.store_id, "tses": [tse.serial]})
    api.ok("updateLoyaltyProgram", {"programId": receipt_till.anna.program_id, "receiptClaims": {}})
    return receipt_till


def sale(tse: TestTse, amount: int = 1000, **fields: Any) -> Any:
    """Return the receipt with the code ``tse.receipt("10.00")`` as an export has it."""
    return receipt(amount, **{"customer_id": None, "tse": TseMark(tse.serial, 1), **fields})


def void_of(amount: int = 1000, **fields: Any) -> Any:
    return receipt(
        amount,
        external_id="V-1",
        kind=ReceiptKind.VOID,
        voids="R-1",
        customer_id=None,
        **fields,
    )


def outcomes(till: ReceiptTill, *receipts: Any) -> list[ReceiptOutcome]:
    return [each.outcome for each in book(till, *receipts)]


def balance(member: Member) -> float:
    points: float = member.balance()["currentBalance"]
    return points


@pytest.mark.parametrize("named", [None, "user_1", "user_2"])
def test_what_was_claimed_earns_no_more_and_a_later_void_takes_it_back(
    till: ReceiptTill, tse: TestTse, named: str | None
) -> None:
    assert claim(till.anna, tse.receipt("10.00")).status == 200

    assert outcomes(till, sale(tse, customer_id=named)) == [ReceiptOutcome.NOTHING]
    assert (balance(till.anna), balance(till.ben)) == (100, 0)
    with nothing_written():
        again = outcomes(till, sale(tse, customer_id=named))
    assert again == [ReceiptOutcome.NOTHING]
    assert outcomes(till, void_of(400)) == [ReceiptOutcome.TAKEN_BACK]
    assert balance(till.anna) == 60
    assert_sound(till.anna)


def test_a_void_that_was_read_before_the_sale_takes_back_at_once(
    till: ReceiptTill, tse: TestTse
) -> None:
    assert claim(till.anna, tse.receipt("10.00")).status == 200

    book(till, void_of(1000), sale(tse))

    assert balance(till.anna) == 0


def test_what_the_export_has_booked_nobody_claims(till: ReceiptTill, tse: TestTse) -> None:
    assert outcomes(till, sale(tse, customer_id="user_1")) == [ReceiptOutcome.AWARDED]

    for each in (till.anna, till.ben):
        with nothing_written():
            answer = claim(each, tse.receipt("10.00"))
        assert_refused(answer, 409, "RECEIPT_CLAIMED", {"status": "has_member"})
    assert balance(till.anna) == 100


def test_a_claim_and_the_export_at_once_earn_once(till: ReceiptTill, tse: TestTse) -> None:
    with ThreadPoolExecutor(2) as pool:
        claiming = pool.submit(claim, till.ben, tse.receipt("10.00"))
        booking = pool.submit(outcomes, till, sale(tse, customer_id="user_1"))
    claimed, booked = claiming.result().status, booking.result()

    assert (claimed, booked) in [(200, [ReceiptOutcome.NOTHING]), (409, [ReceiptOutcome.AWARDED])]
    assert balance(till.anna) + balance(till.ben) == 100


def test_a_sale_without_a_customer_leaves_the_receipt_to_who_claims_it(
    till: ReceiptTill, tse: TestTse
) -> None:
    assert outcomes(till, sale(tse)) == [ReceiptOutcome.NOTHING]
    with nothing_written():
        assert outcomes(till, sale(tse)) == [ReceiptOutcome.NOTHING]

    assert claim(till.anna, tse.receipt("10.00")).status == 200
    assert balance(till.anna) == 100


def test_what_the_till_has_booked_by_the_api_the_export_takes_over(
    till: ReceiptTill, tse: TestTse
) -> None:
    code = tse.receipt("10.00")
    added = till.anna.add(purchaseAmount=10, transactionId=TRANSACTION, receiptCode=code)
    assert added.status == 200

    assert outcomes(till, sale(tse, customer_id="user_1")) == [ReceiptOutcome.NOTHING]
    assert balance(till.anna) == 100
    assert outcomes(till, void_of(1000)) == [ReceiptOutcome.TAKEN_BACK]
    assert balance(till.anna) == 0


def test_who_tells_returns_by_the_api_has_them_counted_once(
    till: ReceiptTill, tse: TestTse
) -> None:
    code = tse.receipt("10.00")
    body = {"storeId": till.anna.merchant.store_id, "receiptCode": code}
    assert claim(till.anna, code).status == 200
    assert till.anna.api("voidReceiptClaim", {**body, "returnedAmount": 4}).status == 200

    with nothing_written():
        assert outcomes(till, sale(tse)) == [ReceiptOutcome.NOTHING]
    assert balance(till.anna) == 60


def test_what_the_export_has_is_voided_there(till: ReceiptTill, tse: TestTse) -> None:
    code = tse.receipt("10.00")
    assert claim(till.anna, code).status == 200
    book(till, sale(tse))

    with nothing_written():
        body = {"storeId": till.anna.merchant.store_id, "receiptCode": code}
        answer = till.anna.api("voidReceiptClaim", body)

    assert_refused(answer, 409, "RECEIPT_IMPORTED", {"status": "claimed"})


def test_what_was_voided_before_the_export_earns_nothing(till: ReceiptTill, tse: TestTse) -> None:
    body = {"storeId": till.anna.merchant.store_id, "receiptCode": tse.receipt("10.00")}
    assert till.anna.api("voidReceiptClaim", body).status == 200

    with nothing_written():
        assert outcomes(till, sale(tse, customer_id="user_1")) == [ReceiptOutcome.NOTHING]


def test_the_claim_of_a_member_who_was_merged_is_that_of_the_new_one(
    till: ReceiptTill, tse: TestTse
) -> None:
    assert claim(till.anna, tse.receipt("10.00")).status == 200
    till.anna.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})

    assert outcomes(till, sale(tse), void_of(1000))[1] is ReceiptOutcome.TAKEN_BACK
    assert balance(till.ben) == 0


def test_programs_without_claims_look_at_nothing(
    frozen_clock: Clock, receipt_till: ReceiptTill, tse: TestTse
) -> None:
    frozen_clock.now = NOON + timedelta(hours=2)
    assert outcomes(receipt_till, sale(tse)) == [ReceiptOutcome.NOTHING]
    assert outcomes(receipt_till, sale(tse, customer_id="user_1")) == [ReceiptOutcome.AWARDED]


def test_an_export_says_what_its_tse_has_signed(till: ReceiptTill, tse: TestTse) -> None:
    """From the file of a till to the points that a customer has claimed before."""
    assert claim(till.anna, tse.receipt("10.00", number=42)).status == 200
    signed = models.TSE_Transaktionen(
        **tills.CLOSING,
        BON_ID="bon-1",
        TSE_ID=1,
        TSE_TANR=42,
        TSE_TA_VORGANGSART="Kassenbeleg-V1",
        TSE_TA_SIGZ=142,
        TSE_TA_SIG="AAAA",
    )
    known = models.Stamm_TSE(
        **tills.CLOSING, TSE_ID=1, TSE_SERIAL=tse.serial, TSE_PUBLIC_KEY=tse.public_key
    )
    heads = [tills.head("bon-1", KUNDE_ID="user_2"), tills.head("bon-2", KUNDE_ID="user_2")]
    lines = [*tills.line("bon-1"), *tills.line("bon-2")]
    content = tills.export([*tills.master_data(), *heads, *lines, known, signed])
    file = base64.b64encode(content).decode()

    body = {
        "system": "generic",
        "storeId": till.anna.merchant.store_id,
        "credentials": {"file": file},
        "awardPoints": {"programId": till.anna.program_id, "issuedSince": "2026-03-01T00:00:00Z"},
    }
    till.anna.api.ok("syncPOS", body)

    assert (balance(till.anna), balance(till.ben)) == (100, 0)
