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
        "version": 2,
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


def set_to(
    member: Member, points: float, version: int, key: str | None = None, **fields: Any
) -> Answer:
    body = {**member.ids, "setTo": points, "ifVersion": version, "reason": "Kasse", "actor": "till"}
    return member.api(ACTION, {**body, **fields}, idempotency_key=key)


def test_sets_what_nobody_has_changed_since(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=100)

    down = set_to(member, 80, member.balance()["version"])
    up = set_to(member, 600, down.body["version"])

    assert [down.body["pointsAdjusted"], up.body["pointsAdjusted"]] == [-20, 520]
    assert (up.body["newBalance"], up.body["currentTier"], up.body["version"]) == (600, "Bronze", 3)
    balance = member.balance()
    assert (balance["totalEarned"], balance["totalAdjusted"], balance["version"]) == (100, 500, 3)
    listed = member.api.ok("listMembers", {"programId": member.program_id})["members"]
    read = member.api.ok("getMember", {"userId": member.user_id})["memberships"]
    assert [listed[0]["membership"]["version"], read[0]["version"]] == [3, 3]
    stored.assert_sound(member)


def test_never_overwrites_what_was_booked_since(merchant: Merchant, member: Member) -> None:
    version = member.balance()["version"]
    member.earn(20)
    before = stored.entries(member)

    answers = [set_to(member, 80, version, transactionId="c1") for _ in range(3)]
    unnamed = [set_to(member, 70, version) for _ in range(2)]

    for answer in (*answers, *unnamed):
        details = {"userId": member.user_id, "version": 2, "currentBalance": 120}
        assert_refused(answer, 409, "VERSION_MISMATCH", details)
    assert stored.entries(member) == before
    told = [each["data"] for each in stored.events(merchant.store_id, "loyalty.sync_conflict")]
    data = {**member.ids, "source": None, "currentBalance": 120, "expectedVersion": 1, "version": 2}
    assert sorted(told, key=lambda each: -each["points"]) == [
        {**data, "externalTransactionId": "c1", "points": 80},
        {**data, "externalTransactionId": None, "points": 70},
    ]
    assert set_to(member, 80, 2, transactionId="c1").body["pointsAdjusted"] == -40
    stored.assert_sound(member)


def test_who_looks_again_after_a_lost_answer_gets_it(member: Member) -> None:
    first = set_to(member, 80, 1, transactionId="c1")

    again = set_to(member, 80, 2, transactionId="c1")

    assert (again.body, again.is_replay) == (first.body, True)
    assert stored.units(member) == [100, -20]


def test_what_is_so_already_is_booked_neither_now_nor_later(member: Member) -> None:
    first = set_to(member, 100, 1, transactionId="c1")
    member.earn(20)

    again = set_to(member, 100, 2, transactionId="c1")

    assert (first.body["entryId"], first.body["pointsAdjusted"], first.body["version"]) == (
        None,
        0,
        None,
    )
    assert (again.body, again.is_replay) == (first.body, True)
    assert stored.units(member) == [100, 20]


def test_what_is_so_already_and_has_no_name_writes_nothing(member: Member) -> None:
    with nothing_written():
        answer = set_to(member, 100, 1)

    assert (answer.body["entryId"], answer.body["newBalance"]) == (None, 100)


def test_what_time_has_brought_is_a_change_before_it_is_booked(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=20, pointsExpiry={"afterDays": 10})
    version = member.balance()["version"]
    frozen_clock.advance(days=11)

    assert set_to(member, 15, version).body["error"] == "VERSION_MISMATCH"
    read = member.api.ok("getMember", {"userId": member.user_id})["memberships"][0]["version"]
    assert read == member.balance()["version"]
    assert set_to(member, 15, read).body["previousBalance"] == 0
    stored.assert_sound(member)


def test_of_many_who_know_the_same_version_one_books(merchant: Merchant, member: Member) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: set_to(member, 50 + n, 1, f"k{n}"), range(4)))

    assert sorted(each.status for each in answers) == [200, 409, 409, 409]
    assert len(stored.entries(member)) == 2
    assert len(stored.events(merchant.store_id, "loyalty.sync_conflict")) == 3
    stored.assert_sound(member)


def test_a_change_may_name_the_version_too(merchant: Merchant, member: Member) -> None:
    assert adjust(member, 5, ifVersion=1).status == 200
    assert adjust(member, 5, ifVersion=1).body["error"] == "VERSION_MISMATCH"

    (told,) = stored.events(merchant.store_id, "loyalty.sync_conflict")
    assert told["data"]["points"] is None
    assert stored.units(member) == [100, 5]


def test_what_time_brings_twice_is_two_changes_however_late_they_are_booked(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=20, pointsExpiry={"afterDays": 10})
    frozen_clock.advance(days=1)
    member.earn(30)
    frozen_clock.advance(days=10)
    between = member.balance()
    assert (between["currentBalance"], between["version"]) == (30, 3)
    frozen_clock.advance(days=1)

    # Who has looked in between does not know of the second expiry.
    assert set_to(member, 40, between["version"]).body["error"] == "VERSION_MISMATCH"
    assert set_to(member, 40, member.balance()["version"]).body["pointsAdjusted"] == 40
    assert stored.units(member) == [20, 30, -20, -30, 40]
    stored.assert_sound(member)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"points": 5, "setTo": 5, "ifVersion": 1}, "must have exactly one of points and setTo"),
        ({}, "must have exactly one of points and setTo"),
        ({"setTo": 5}, "must have ifVersion with setTo"),
    ],
)
def test_one_of_both_and_what_is_set_with_its_version(
    member: Member, fields: dict[str, Any], problem: str
) -> None:
    with nothing_written():
        answer = member.api(ACTION, {**member.ids, "reason": "x", "actor": "y", **fields})

    assert_fields_refused(answer, {"body": problem})


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
