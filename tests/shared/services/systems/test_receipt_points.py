"""Receipts of a till earn points exactly once, however often they come, and only real sales do."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.store import cache
from tests.support.branches import BUSY, Branch, always, nth
from tests.support.merchants import Member
from tests.support.stored import assert_sound, entries, units

LATER = datetime(2026, 3, 3, 18, tzinfo=UTC)


@pytest.fixture
def anna(branch: Branch) -> Member:
    """A member of a program with 10 points a euro from 5 euros on."""
    member = branch.merchant.member("points")
    branch.fields["awardPoints"] = {"programId": member.program_id}
    return member


def sell(branch: Branch, number: str, amount: str = "10.00", **fields: Any) -> dict[str, Any]:
    fields = {"customer": "user_1", "bookingTime": LATER.isoformat(), **fields}
    return branch.till.put_receipt(number, amount, **fields)


def awarded(branch: Branch, **fields: Any) -> int:
    """Sync, and return how many receipts have earned points by it."""
    return int(branch.synced(**fields)["changes"]["receiptsAwarded"])


def test_a_sale_earns_once_however_often_it_is_read(branch: Branch, anna: Member) -> None:
    for number in range(5):
        sell(branch, f"R-{number}")

    assert awarded(branch) == 5
    assert units(anna) == [100] * 5
    assert awarded(branch) == awarded(branch, isFull=True) == 0
    branch.clock.advance(timedelta(days=90))
    cache.clear_all()
    assert awarded(branch, isFull=True) == 0
    assert units(anna) == [100] * 5
    assert_sound(anna)


def test_it_says_where_the_points_are_from(branch: Branch, anna: Member) -> None:
    receipt = sell(branch, "R-1", "12.50")
    branch.synced()

    (entry,) = entries(anna)
    assert (entry.description, entry.source, entry.units) == ("Receipt R-1", "korona", 125)
    assert entry.transaction_id == f"receipt:{branch.store_id}:korona:{receipt['id']}"
    assert entry.purchase_amount == "12.50"


def test_what_is_listed_again_because_it_was_changed_earns_nothing_more(
    branch: Branch, anna: Member
) -> None:
    receipt = sell(branch, "R-1")
    branch.synced()
    branch.till.put("receipts", {"id": receipt["id"], "comment": "printed again"})

    assert awarded(branch) == 0
    assert units(anna) == [100]


def test_a_receipt_of_two_systems_is_two_receipts(branch: Branch, anna: Member) -> None:
    """Whoever lets two systems tell of one sale has two sales: their ids say nothing else."""
    receipt = sell(branch, "R-1")
    branch.synced()
    same = {
        "id": receipt["id"],
        "issuedAt": LATER.isoformat(),
        "total": 10,
        "eligible": 10,
        "customerId": "user_1",
    }
    text = json.dumps({"receipts": [same]})
    body = {
        "system": "generic",
        "storeId": branch.store_id,
        "credentials": {"file": base64.b64encode(text.encode()).decode()},
        "awardPoints": {"programId": anna.program_id},
    }
    for expected in (1, 0):
        answer = branch.merchant.api("syncPOS", body)
        assert answer.body["changes"]["receiptsAwarded"] == expected, answer.body

    assert units(anna) == [100, 100]


def test_what_is_listed_twice_by_one_sync_is_counted_once(branch: Branch, anna: Member) -> None:
    """A receipt is printed again while the list is read, so it comes again at its end."""
    receipt = sell(branch, "R-0")
    for number in range(1, 4):
        sell(branch, f"R-{number}")
    once = iter([True])

    def touch(_method: str, path: str) -> None:
        if path.endswith("/receipts") and next(once, False):
            branch.till.put("receipts", {"id": receipt["id"], "comment": "printed again"})

    with branch.failing(touch):
        assert awarded(branch) == 4
    counts = branch.stored().counts["receipts"]
    assert (counts.read, counts.awarded) == (4, 4)
    assert units(anna) == [100] * 4


@pytest.mark.parametrize(
    "fields",
    [
        {"items": [], "accountTransactions": [{"amount": 5}]},
        {"voided": True},
        {"cancelled": True},
        {"customer": None},
        {"customer": "nobody"},
    ],
    ids=str,
)
def test_what_is_no_sale_to_a_member_earns_nothing(
    branch: Branch, anna: Member, fields: dict[str, Any]
) -> None:
    sell(branch, "R-1", **fields)

    assert awarded(branch) == 0
    assert units(anna) == []
    # It is no mistake either: most of a shop's customers are no members.
    assert branch.status()["lastSync"]["remarks"] == []


def test_goods_that_come_back_without_their_sale_take_nothing_and_are_told(
    branch: Branch, anna: Member
) -> None:
    receipt = sell(branch, "R-1", reversal=True)

    assert awarded(branch) == 0
    assert units(anna) == []
    (remark,) = branch.status()["lastSync"]["remarks"]
    assert remark["externalId"] == receipt["id"]
    assert "does not say of which sale" in remark["reason"]


def test_what_is_sold_before_somebody_is_a_member_earns_nothing(
    branch: Branch, anna: Member
) -> None:
    sell(branch, "R-1", bookingTime=(branch.clock.now - timedelta(hours=1)).isoformat())

    assert awarded(branch) == 0
    assert units(anna) == []


def test_what_is_older_than_the_merchant_wants_earns_nothing(branch: Branch, anna: Member) -> None:
    sell(branch, "R-1")
    sell(branch, "R-2", bookingTime=(LATER + timedelta(hours=1)).isoformat())
    branch.fields["awardPoints"]["issuedSince"] = (LATER + timedelta(minutes=1)).isoformat()

    assert awarded(branch) == 1
    assert [entry.description for entry in entries(anna)] == ["Receipt R-2"]


def test_without_a_program_receipts_are_not_even_read(branch: Branch, anna: Member) -> None:
    sell(branch, "R-1")
    branch.fields.clear()

    assert awarded(branch) == 0
    assert not [path for _, path in branch.till.calls if path.endswith("/receipts")]
    assert units(anna) == []


def test_the_program_of_the_stores_connection_serves(branch: Branch, anna: Member) -> None:
    sell(branch, "R-1")
    branch.fields.clear()
    branch.configure(awardPointsProgramId=anna.program_id)

    assert awarded(branch) == 1
    assert branch.status()["awardPointsProgramId"] == anna.program_id


@pytest.mark.parametrize("names_customer", [True, False])
def test_a_void_takes_back_what_its_receipt_has_earned(
    branch: Branch, anna: Member, names_customer: bool
) -> None:
    receipt = sell(branch, "R-1")
    sell(branch, "R-2")
    branch.synced()
    void = {"reversedReceipt": {"id": receipt["id"]}}
    sell(branch, "R-3", "-10.00", **void, **({} if names_customer else {"customer": None}))

    for fields in ({}, {}, {"isFull": True}):
        assert awarded(branch, **fields) == 0
        assert units(anna) == [100, 100, -100]
    assert_sound(anna)


def test_a_receipt_that_is_voided_in_place_gives_back_what_it_earned(
    branch: Branch, anna: Member
) -> None:
    receipt = sell(branch, "R-1")
    branch.synced()
    branch.till.put("receipts", {"id": receipt["id"], "voided": True})

    # The merchant has stopped awarding meanwhile; what was earned goes back nevertheless.
    since = (LATER + timedelta(days=1)).isoformat()
    branch.fields["awardPoints"]["issuedSince"] = since
    branch.synced()

    assert units(anna) == [100, -100]


def test_a_sale_and_its_void_that_come_together_leave_nothing(branch: Branch, anna: Member) -> None:
    receipt = sell(branch, "R-1")
    sell(branch, "R-2", "-10.00", reversedReceipt={"id": receipt["id"]})

    assert awarded(branch) == 1
    assert units(anna) == [100, -100]


def test_a_void_of_what_earned_nothing_takes_nothing(branch: Branch, anna: Member) -> None:
    sell(branch, "R-2", "-10.00", reversedReceipt={"id": "9f8e7d6c-0000-4000-8000-0000000000ff"})

    assert awarded(branch) == 0
    assert units(anna) == []


def test_a_program_that_is_switched_off_refuses_and_the_sync_says_so(
    branch: Branch, anna: Member
) -> None:
    receipt = sell(branch, "R-1")
    off = {"programId": anna.program_id, "isActive": False}
    branch.merchant.api.ok("updateLoyaltyProgram", off)

    answer = branch.synced()

    assert (answer["changes"]["receiptsAwarded"], answer["changes"]["skipped"]) == (0, 1)
    (remark,) = branch.status()["lastSync"]["remarks"]
    assert (remark["stream"], remark["externalId"]) == ("receipts", receipt["id"])
    assert remark["reason"].startswith("PROGRAM_INACTIVE")
    branch.merchant.api.ok("updateLoyaltyProgram", {**off, "isActive": True})
    assert awarded(branch, isFull=True) == 1


def test_another_currency_earns_nothing_and_the_sync_says_so(branch: Branch, anna: Member) -> None:
    sell(branch, "R-1")
    credentials = {**branch.till.credentials, "currency": "CHF"}

    answer = branch.synced(credentials=credentials)

    assert (answer["changes"]["receiptsAwarded"], answer["changes"]["skipped"]) == (0, 1)
    assert branch.status()["lastSync"]["remarks"][0]["reason"] == "The receipt is in CHF."
    assert units(anna) == []


def test_a_storm_amid_receipts_awards_each_once(branch: Branch, anna: Member) -> None:
    for number in range(7):
        sell(branch, f"R-{number}")
    with branch.failing(nth(2, always(BUSY), at="/receipts", times=2)):
        branch.sync()
        sync = branch.end()

    assert sync.counts["receipts"].awarded == 7
    assert sync.counts["receipts"].read == 7
    assert units(anna) == [100] * 7
