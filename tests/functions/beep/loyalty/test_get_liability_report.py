"""getLiabilityReport: what a program owes is the sum of what its members have, to the unit."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.schedules import verify_ledgers
from shared import clock
from shared.services.loyalty import nightly_proof
from shared.store.loyalty import liability_documents, membership_documents
from tests.conftest import Clock
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.reservations import reserved
from tests.support.test_clocks import set_ahead

pytestmark = pytest.mark.usefixtures("own_database")

ACTION = "getLiabilityReport"
EXPIRY_MARCH = {"afterDays": 30, "alertDays": 0}
EXPIRING = {"pointsExpiry": {"afterDays": 40, "alertDays": 0}, "pendingDays": 7}


def report(member: Member, **fields: Any) -> dict[str, Any]:
    with nothing_written():
        return member.api.ok(ACTION, {"programId": member.program_id, **fields})


@pytest.fixture
def merchant(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database."""
    return new_merchant()


def test_is_the_sum_over_the_members_after_any_commands(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    chance = random.Random(12)
    first = merchant.member("points", offlineOverdraft=50, **EXPIRING)
    members = [first, *(first.other(f"user_{number}") for number in range(2, 5))]
    for each in members[1:]:
        each.enroll()
    for number in range(60):
        member = chance.choice(members)
        match chance.randrange(6):
            case 0 | 1:
                member.earn(chance.randrange(1, 100), transactionId=f"t{number}")
            case 2:
                member.redeem(chance.randrange(1, 60))
            case 3:
                member.add(purchaseAmount=chance.randrange(5, 20), transactionId=f"p{number}")
            case 4:
                body = {"reason": "Test", "actor": "staff", "points": chance.randrange(-40, 40)}
                member.api("adjustLoyaltyPoints", {**member.ids, **body})
            case 5:
                member.api("reserveLoyaltyPoints", {**member.ids, "points": 10})
        frozen_clock.advance(hours=chance.randrange(40))
    members[0].earn(50)
    reserved(members[0], 5)

    nightly_proof.run(3)  # So that the sum is made of several pieces.

    balances = [each.balance() for each in members]
    owed = report(first)["liability"]
    assert owed["members"] == 4
    assert owed["outstanding"] - owed["deficit"] == sum(b["currentBalance"] for b in balances)
    assert owed["held"] == sum(b["heldBalance"] for b in balances)
    assert owed["pending"] == sum(b["pendingBalance"] for b in balances)
    assert owed["granted"] == sum(b["totalEarned"] for b in balances)
    assert owed["expired"] == sum(b["totalExpired"] for b in balances)
    assert owed["outstanding"] == sum(each["points"] for each in owed["byExpiry"])
    assert owed["expired"] > 0
    assert owed["outstanding"] > 0
    assert owed["breakagePercent"] == round(100 * owed["expired"] / owed["granted"], 1)
    assert (
        owed["asOf"]
        == owed["begunAt"]
        == "{}Z".format(frozen_clock.now.isoformat(timespec="milliseconds")[:23])
    )


def test_says_by_which_month_and_what_it_is_worth(frozen_clock: Clock, merchant: Merchant) -> None:
    frozen_clock.set(2026, 3, 1)
    member = merchant.member("points", balance=100, pointValue=0.05, pointsExpiry=EXPIRY_MARCH)
    member.earn(20)
    reserved(member, 30)
    frozen_clock.set(2026, 3, 2)
    member.earn(7)
    frozen_clock.advance(minutes=5)

    verify_ledgers.handle()

    body = report(member, format="csv")
    assert (body["pointValue"], body["currency"]) == (0.05, "EUR")
    assert body["liability"]["byExpiry"] == [
        # 30 days after the 1st of March is the 31st, on which they can be spent to the end.
        {"month": "2026-03", "points": 120, "value": 6},
        {"month": "2026-04", "points": 7, "value": 0.35},
    ]
    assert (body["liability"]["held"], body["liability"]["value"]) == (0, 6.35)
    rows = list(csv.DictReader(io.StringIO(body["data"])))
    assert rows[1] == {"month": "2026-04", "points": "7", "value": "0.35"}


def test_cashback_is_worth_what_it_says_and_points_without_a_value_nothing(
    merchant: Merchant,
) -> None:
    cashback = merchant.member("cashback", balance=2)
    points = merchant.member("points", balance=9)
    reserved(points, 4)

    verify_ledgers.handle()

    money = report(cashback)
    assert (money["pointValue"], money["liability"]["value"]) == (1, 2)
    assert money["liability"]["byExpiry"] == [{"month": None, "points": 2, "value": 2}]
    owed = report(points)
    assert (owed["pointValue"], owed["liability"]["value"], owed["data"]) == (None, None, None)
    assert (owed["liability"]["outstanding"], owed["liability"]["held"]) == (9, 4)


def test_before_the_first_night_nothing_is_said(merchant: Merchant) -> None:
    member = merchant.member("points", balance=9)

    assert report(member, format="csv")["liability"] is None


def test_a_program_whose_proof_failed_keeps_what_it_had(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = merchant.member("points", balance=9)
    verify_ledgers.handle()
    before = liability_documents.find(member.program_id)
    frozen_clock.advance(days=1)
    member.earn(1)

    def fails(*_: Any) -> Any:
        raise RuntimeError("no answer")

    monkeypatch.setattr(membership_documents, "list_entries", fails)
    verify_ledgers.handle()
    assert liability_documents.find(member.program_id) == before


def test_the_numbers_of_a_test_account_have_its_time(
    frozen_clock: Clock, new_merchant: Callable[..., Merchant]
) -> None:
    tested = new_merchant(is_test=True)
    member = tested.member("points", balance=9)
    set_ahead(tested, days=40)

    verify_ledgers.handle()

    found = report(member)["liability"]
    assert found["begunAt"] == found["asOf"] == clock.to_wire(clock.real_now() + timedelta(days=40))


def test_refuses_what_is_not_the_callers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    answer = new_merchant().api(ACTION, {"programId": merchant.program()})
    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
