"""adjustLoyaltyPoints: what is corrected by hand counts as neither earned nor spent, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared import clock
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved

ACTION = "adjustLoyaltyPoints"


def adjust(member: Member, points: float, key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "points": points, "reason": "Doppelt gebucht", "actor": "staff_7"}
    return member.api(ACTION, {**body, **fields}, idempotency_key=key)


def test_adds(member: Member) -> None:
    answer = adjust(member, 50, transactionId="c1")

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        **member.ids,
        "entryId": answer.body["entryId"],
        "pointsAdjusted": 50,
        "expiresAt": None,
        "previousBalance": 100,
        "newBalance": 150,
        "currentTier": None,
        "reason": "Doppelt gebucht",
        "actor": "staff_7",
        "transactionId": "c1",
    }
    balance = member.balance()
    assert (balance["currentBalance"], balance["totalAdjusted"]) == (150, 50)
    stored.assert_sound(member)


def test_takes_no_more_than_is_there(member: Member) -> None:
    assert adjust(member, -70).body["newBalance"] == 30

    with nothing_written():
        answer = adjust(member, -31)

    details = {"required": 31, "available": 30, "missing": 1}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)
    assert stored.units(member) == [100, -70]
    stored.assert_sound(member)


def test_takes_nothing_that_is_reserved(member: Member) -> None:
    reserved(member, 80)

    with nothing_written():
        refused = adjust(member, -21)
    details = {"required": 21, "available": 20, "missing": 1}
    assert_refused(refused, 400, "INSUFFICIENT_BALANCE", details)
    assert adjust(member, -20).body["newBalance"] == 80
    stored.assert_sound(member)


def test_takes_nothing_that_is_pending(merchant: Merchant) -> None:
    member = merchant.member("points", pendingDays=14)
    member.add(purchaseAmount=10)

    with nothing_written():
        refused = adjust(member, -1)
    details = {"required": 1, "available": 0, "missing": 1}
    assert_refused(refused, 400, "INSUFFICIENT_BALANCE", details)
    assert member.balance()["pendingBalance"] == 100


def test_counts_for_no_tier_and_no_total(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=499)

    assert adjust(member, 1000).body["currentTier"] == "Bronze"
    assert adjust(member, -1499).body["currentTier"] == "Bronze"
    balance = member.balance()
    assert (balance["totalEarned"], balance["totalRedeemed"]) == (499, 0)
    member.earn(1)
    assert member.balance()["currentTier"] == "Silber"
    stored.assert_sound(member)


def test_what_is_added_expires_as_if_it_had_been_granted_now(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=20, pointsExpiry={"afterDays": 10})
    frozen_clock.advance(days=5)

    expires_at = adjust(member, 30).body["expiresAt"]
    granted = member.earn(1)
    frozen_clock.advance(days=6)

    assert stored.entries(member)[-1].entry_id == granted["entryId"]
    assert expires_at == clock.to_wire(stored.entries(member)[-1].lot_expires_at)
    assert member.balance()["currentBalance"] == 31
    frozen_clock.advance(days=6)
    assert member.balance()["currentBalance"] == 0


def test_works_in_the_cents_of_cashback(merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=5)

    assert adjust(member, -0.05).body["newBalance"] == 4.95
    with nothing_written():
        answer = adjust(member, -0.005)
    assert_fields_refused(answer, {"points": "must be a number with at most 2 decimals"})


def test_mends_what_is_suspended_left_or_inactive(member: Member) -> None:
    member.api.ok("suspendMember", {**member.ids, "reason": "Missbrauch"})
    assert adjust(member, -40).status == 200
    member.api.ok("leaveLoyaltyProgram", member.ids)
    assert adjust(member, 10).status == 200
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})
    assert adjust(member, 5).body["newBalance"] == 75


def test_is_booked_once_for_its_transaction(frozen_clock: Clock, member: Member) -> None:
    first = adjust(member, 50, transactionId="c1")
    frozen_clock.advance(days=400)

    with nothing_written():
        again = adjust(member, 50, transactionId="c1", reason="anders gesagt", actor="staff_8")
        other = adjust(member, 51, transactionId="c1")

    assert (again.body, again.is_replay) == (first.body, True)
    details = {"entryId": first.body["entryId"], "transactionId": "c1", "bookedBy": ACTION}
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED", details)
    assert stored.units(member) == [100, 50]


def test_is_no_purchase_of_the_same_id(member: Member) -> None:
    adjust(member, 50, transactionId="t1")

    assert member.earn(10, transactionId="t1")["newBalance"] == 160
    assert member.redeem(10, transactionId="t1").body["newBalance"] == 150
    assert member.sync("set", 7, externalTransactionId="t1").body["newBalance"] == 7
    stored.assert_sound(member)


def test_is_booked_once_for_its_key(member: Member) -> None:
    first = adjust(member, -5, "k1")

    assert adjust(member, -5, "k1").body == first.body
    with nothing_written():
        assert_refused(adjust(member, -6, "k1"), 409, "IDEMPOTENCY_KEY_REUSED")
    assert stored.units(member) == [100, -5]


def test_many_at_once_take_what_is_there(member: Member) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: adjust(member, -30, transactionId=f"c{n % 5}"), range(6)))

    done = {each.body["transactionId"] for each in answers if each.status == 200}
    assert len(done) == 3
    assert member.balance()["currentBalance"] == 10
    stored.assert_sound(member)


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_it_is_booked_once(member: Member, steps: int) -> None:
    with dying_after(steps):
        adjust(member, 50, transactionId="c1")

    assert adjust(member, 50, transactionId="c1").body["newBalance"] == 150
    stored.assert_sound(member)


def test_is_in_the_history_and_told(member: Member) -> None:
    entry_id = adjust(member, -20, transactionId="c1").body["entryId"]

    rows = member.api.ok("getLoyaltyTransactions", {**member.ids, "type": "adjust"})["transactions"]
    assert [
        (each["entryId"], each["points"], each["description"], each["actor"]) for each in rows
    ] == [(entry_id, -20, "Doppelt gebucht", "staff_7")]


def test_an_erasure_takes_reason_and_actor_out(member: Member) -> None:
    adjust(member, -20)
    api = member.api

    erased = api.ok("eraseMember", {"userId": member.user_id})

    assert erased["success"] is True
    texts = str(stored.documents("loyaltyMembers")) + str(stored.documents("members"))
    assert "staff_7" not in texts


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"points": 0}, {"points": "must not be 0"}),
        ({"reason": "  "}, {"reason": "must not be blank"}),
        ({"actor": " "}, {"actor": "must not be blank"}),
        ({"reason": ""}, None),
        ({"actor": ""}, None),
        ({"actor": None}, None),
        ({"points": True}, None),
    ],
)
def test_refuses(member: Member, fields: dict[str, Any], problems: dict[str, str] | None) -> None:
    body = {**member.ids, "points": 5, "reason": "x", "actor": "y", **fields}
    with nothing_written():
        answer = member.api(ACTION, body)

    assert answer.status == 400
    assert list(answer.body["details"]["fields"]) == list(fields)
    if problems is not None:
        assert_fields_refused(answer, problems)


def test_only_the_account_itself(member: Member, merchant: Merchant) -> None:
    stranger = create_merchant(merchant.api.app).api
    body = {**member.ids, "points": 5, "reason": "x", "actor": "y"}

    with nothing_written():
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")
        assert_refused(adjust(member.other("nobody"), 5), 404, "MEMBERSHIP_NOT_FOUND")
