"""mergeMembers: two members become one, whatever else happens, and the old id forwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.services.events import emission
from shared.services.loyalty import verification
from shared.store import client
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.receipts import ReceiptTill, row, void
from tests.support.refusals import assert_refused, nothing_written

ACTION = "mergeMembers"
TIERS = [{"name": "Bronze", "minPoints": 0}, {"name": "Silver", "minPoints": 500}]
TIERED = {"rules": {"pointsPerEuro": 10, "tiers": TIERS}}


def pair(merchant: Merchant, first: int = 100, second: int = 200, **fields: Any) -> list[Member]:
    """Return two members of a program with these balances: the old one, and the new one."""
    old = merchant.member("tier", balance=first, **TIERED, **fields)
    new = old.other("user_2")
    new.enroll()
    if second:
        new.earn(second)
    return [old, new]


def merge(old: Member, new: Member, key: str | None = None) -> Answer:
    body = {"fromUserId": old.user_id, "intoUserId": new.user_id}
    return old.api(ACTION, body, idempotency_key=key)


def assert_sound(*members: Member) -> None:
    """Assert that the whole program's books are right."""
    report = verification.verify(members[0].program_id)
    assert report is not None
    assert report.problems == ()


def test_the_new_one_has_it_all(merchant: Merchant) -> None:
    old, new = pair(merchant)
    old.earn(500)
    assert old.redeem(500).status == 200

    answer = merge(old, new)

    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            "fromUserId": "user_1",
            "intoUserId": "user_2",
            "memberships": [
                {
                    "programId": old.program_id,
                    "pointsMoved": 100,
                    "welcomeBonusTaken": 0,
                    "newBalance": 300,
                    "currentTier": "Silver",
                }
            ],
            "alreadyMerged": False,
        },
    )
    balance = new.balance()
    assert (balance["currentBalance"], balance["currentTier"]) == (300, "Silver")
    assert (balance["totalEarned"], balance["totalRedeemed"]) == (800, 500)
    assert stored.units(old)[-1] == -100
    assert stored.membership(old).balance_units == 0
    assert_sound(old, new)


def test_a_repetition_changes_nothing(merchant: Merchant) -> None:
    old, new = pair(merchant)
    first = merge(old, new, "k1")
    before = stored.of_member(old), stored.of_member(new)

    with nothing_written():
        again, replayed = merge(old, new), merge(old, new, "k1")

    assert (again.body["alreadyMerged"], again.body["memberships"]) == (True, [])
    assert (replayed.body, replayed.is_replay) == (first.body, True)
    assert (stored.of_member(old), stored.of_member(new)) == before


def test_the_old_id_forwards(merchant: Merchant) -> None:
    old, new = pair(merchant)
    merge(old, new)

    old.earn(50)
    assert old.redeem(30).status == 200
    assert old.sync("add", 5, externalTransactionId="x1").status == 200
    enrolled = old.enroll()
    shown = old.api.ok("getMember", {"userId": old.user_id})

    assert new.balance()["currentBalance"] == 325
    assert old.balance() == {**new.balance()}
    assert (enrolled["alreadyEnrolled"], enrolled["userId"]) == (True, new.user_id)
    assert shown["member"]["userId"] == new.user_id
    assert len(stored.entries(old)) == 2
    assert_sound(old, new)


def test_a_check_in_of_the_old_one_is_the_new_ones(merchant: Merchant) -> None:
    old = merchant.member("points", earningMethods=["qr_checkin"])
    new = old.other("user_2")
    new.enroll()
    merge(old, new)

    answer = merchant.api.ok("checkIn", {"userId": old.user_id, "storeId": merchant.store_id})

    assert answer["earned"][0]["points"] == 5
    assert new.balance()["currentBalance"] == 5


@pytest.mark.parametrize("of_new", [0, 1])
def test_check_ins_of_both_count_together(
    merchant: Merchant, frozen_clock: Clock, of_new: int
) -> None:
    limit = {"perDay": 2 + of_new, "minutesBetween": 0}
    old = merchant.member("points", earningMethods=["qr_checkin"], checkInLimit=limit)
    new = old.other("user_2")
    new.enroll()

    def check_in(member: Member) -> tuple[int, str | None]:
        body = {"userId": member.user_id, "storeId": merchant.store_id}
        (earned,) = merchant.api.ok("checkIn", body)["earned"]
        return earned["points"], earned["reason"]

    assert check_in(old) == (5, None)
    assert [check_in(new) for _ in range(of_new)] == [(5, None)] * of_new
    assert merge(old, new).status == 200

    assert check_in(new) == (5, None)
    assert check_in(new) == (0, "per_day")
    assert check_in(old) == (0, "per_day")
    assert new.balance()["currentBalance"] == 5 * (2 + of_new)
    frozen_clock.advance(days=1)
    assert check_in(old) == (5, None)
    assert_sound(old, new)


def test_what_was_booked_before_is_not_booked_again(merchant: Merchant) -> None:
    old, new = pair(merchant)
    booked = old.add(points=40, transactionId="T1").body
    merge(old, new)
    before = stored.of_member(new)

    with nothing_written():
        answers = [each.add(points=40, transactionId="T1") for each in (old, new)]

    for answer in answers:
        assert (answer.status, answer.body["entryId"]) == (200, booked["entryId"])
        assert answer.is_replay
    assert stored.of_member(new) == before


def test_a_request_that_was_forwarded_is_known_by_either_name(merchant: Merchant) -> None:
    old, new = pair(merchant)
    merge(old, new)
    first = old.add("k1", points=40, transactionId="T1")

    again = [
        old.add("k1", points=40, transactionId="T1"),
        old.add(points=40, transactionId="T1"),
        new.add(points=40, transactionId="T1"),
    ]

    assert {each.body["entryId"] for each in again} == {first.body["entryId"]}
    assert new.balance()["currentBalance"] == 340


def test_who_was_merged_before_is_pointed_on(merchant: Merchant) -> None:
    first, second = pair(merchant)
    third = first.other("user_3")
    third.enroll()
    merge(first, second)

    assert merge(second, third).status == 200

    first.earn(7)
    assert third.balance()["currentBalance"] == 307
    assert stored.membership(first).merged_into == third.membership_id
    person = stored.person(merchant, first.user_id)
    assert person is not None
    assert person.merged_into == third.user_id
    assert_sound(first)


def test_a_program_that_the_new_one_is_not_in_is_opened(merchant: Merchant) -> None:
    old = merchant.member("points", balance=70)
    merchant.api.ok("createMember", {"userId": "user_9"})
    new = old.other("user_9")

    assert merge(old, new).status == 200

    assert new.balance()["currentBalance"] == 70
    assert stored.events(merchant.store_id, "loyalty.enrollment") == []
    assert_sound(old, new)


def test_profile_keys_and_cards_go_along(merchant: Merchant) -> None:
    old, new = pair(merchant)
    api = merchant.api
    api.ok(
        "createMember",
        {
            "userId": old.user_id,
            "email": "old@example.com",
            "phone": "+4915112345678",
            "firstName": "Max",
            "externalIds": {"shop": "1"},
        },
    )
    api.ok(
        "createMember",
        {"userId": new.user_id, "email": "new@example.com", "externalIds": {"erp": "2"}},
    )
    cards = [api.ok("getMemberCode", {"userId": each.user_id})["code"] for each in (old, new)]
    secret = api.ok("getMemberCode", {"userId": old.user_id, "deviceId": "phone"})

    assert merge(old, new).status == 200

    def who(**key: Any) -> str | None:
        answer = api("identifyMember", key)
        return answer.body["member"]["userId"] if answer.status == 200 else answer.error

    assert [who(memberCode=each) for each in cards] == [new.user_id] * 2
    assert who(email="new@example.com") == who(phone="+4915112345678") == new.user_id
    assert who(externalId={"system": "shop", "id": "1"}) == new.user_id
    assert who(email="old@example.com") == "MEMBER_NOT_FOUND"
    profile = api.ok("getMember", {"userId": new.user_id})["member"]
    assert (profile["email"], profile["firstName"]) == ("new@example.com", "Max")
    assert profile["externalIds"] == {"shop": "1", "erp": "2"}
    person = stored.person(merchant, old.user_id)
    assert person is not None
    assert (person.profile, person.lookups, person.devices) == (None, (), ())
    assert api("createMember", {"userId": "user_3", "email": "old@example.com"}).status == 200
    assert api("createMember", {"userId": "user_4", "phone": "+4915112345678"}).status == 409
    assert secret["device"] is not None


def test_suspended_stays_suspended(merchant: Merchant) -> None:
    old, new = pair(merchant)
    merchant.api.ok("suspendMember", {**old.ids, "reason": "fraud"})

    assert merge(old, new).status == 200

    assert_refused(new.redeem(5), 403, "MEMBER_SUSPENDED", new.ids)


@pytest.mark.usefixtures("ticking")
def test_receipts_of_before_are_taken_back_from_the_new_one(receipt_till: ReceiptTill) -> None:
    anna, ben = receipt_till.anna, receipt_till.ben
    receipt_till.read(row("R-1", 10))
    assert stored.units(anna) == [100]
    assert merge(anna, ben).status == 200

    again = receipt_till.read(row("R-1", 10))
    receipt_till.read(row("R-2", 20))
    receipt_till.read(void("V", -4))

    assert again["changes"]["receiptsAwarded"] == 0
    assert stored.units(ben) == [100, 200, -40]
    assert stored.units(anna) == [100, -100]
    assert_sound(anna)


def test_points_are_conserved_while_both_redeem(merchant: Merchant) -> None:
    old, new = pair(merchant, 200, 200)

    def act(number: int) -> Answer:
        if number == 3:
            return merge(old, new)
        return (old, new)[number % 2].redeem(10)

    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(act, range(17))]

    assert {each.status for each in answers} <= {200, 503}
    spent = sum(each.status == 200 for each in answers) - 1
    assert new.balance()["currentBalance"] == 400 - 10 * spent
    assert_sound(old, new)


def test_enrolments_and_merges_at_once_lose_nobody(merchant: Merchant) -> None:
    old, new = pair(merchant)
    programs = [merchant.program() for _ in range(4)]

    def act(number: int) -> Answer:
        if number == 1:
            return merge(old, new)
        ids = {"programId": programs[number % 4], "userId": old.user_id}
        return old.api("enrollInLoyaltyProgram", ids)

    with ThreadPoolExecutor(6) as pool:
        answers = [*pool.map(act, range(8))]

    assert {each.status for each in answers} == {200}
    found = merchant.api.ok("getMember", {"userId": new.user_id})["memberships"]
    assert {each["programId"] for each in found} == {old.program_id, *programs}
    for program_id in programs:
        assert verification.verify(program_id).problems == ()


@pytest.mark.parametrize("steps", range(1, 5))
def test_a_process_that_dies_leaves_nothing_or_all(merchant: Merchant, steps: int) -> None:
    old, new = pair(merchant)

    with dying_after(steps):
        merge(old, new)

    assert_sound(old, new)
    merge(old, new)
    assert new.balance()["currentBalance"] == 300
    assert_sound(old, new)


def test_nobody_is_merged_with_nobody_or_with_themselves(merchant: Merchant) -> None:
    old, new = pair(merchant)
    third = old.other("user_3")
    third.enroll()
    merge(old, new)
    names = {"userId": old.user_id, "intoUserId": new.user_id}

    with nothing_written():
        refusals = [merge(old.other("nobody"), new), merge(new, old.other("nobody"))]
        again = [merge(old, third), merge(third, old)]
        same = merge(new, new)

    for refused in refusals:
        assert_refused(refused, 404, "MEMBER_NOT_FOUND")
    for refused in again:
        assert_refused(refused, 409, "MEMBER_MERGED", names)
    assert (same.status, same.error) == (400, "INVALID_PARAMETERS")


def test_who_signs_in_stays(merchant: Merchant) -> None:
    """A customer reads the cards of the own user id: merged into another one, there are none."""
    till, own = pair(merchant)
    customer = merchant.customer(own.user_id, names_account=True)
    customer.ok("enrollInLoyaltyProgram", own.ids)

    with nothing_written():
        answer = merge(own, till)

    assert_refused(answer, 409, "MERGE_LOSES_SIGN_IN", {"userId": own.user_id})
    assert merge(till, own).status == 200
    assert own.balance()["currentBalance"] == 300
    assert_sound(own)


def test_of_two_who_sign_in_either_stays(merchant: Merchant) -> None:
    """One person with two sign-ins: staff say which of them it is from now on."""
    old, new = pair(merchant)
    for each in (old, new):
        merchant.customer(each.user_id, names_account=True).ok("enrollInLoyaltyProgram", each.ids)

    assert merge(old, new).status == 200

    assert merchant.api.ok("getMember", {"userId": new.user_id})["member"]["isCustomer"]
    assert_sound(new)


def test_another_accounts_members_do_not_exist(merchant: Merchant, new_merchant: Any) -> None:
    old, new = pair(merchant)
    stranger = new_merchant().member()
    ids = {"fromUserId": old.user_id, "intoUserId": new.user_id}

    with nothing_written():
        answer = stranger.api(ACTION, ids)

    assert answer.status == 404
    assert new.balance()["currentBalance"] == 200


@pytest.mark.usefixtures("ticking")
def test_an_erasure_after_a_merge_leaves_no_name_at_the_tills_receipts(
    receipt_till: ReceiptTill,
) -> None:
    anna, ben = receipt_till.anna, receipt_till.ben
    receipt_till.read(row("R-1", 10))
    merge(anna, ben)
    receipt_till.read(row("R-2", 20), void("V", -4))

    anna.api.ok("eraseMember", {"userId": ben.user_id})

    own = ("storeId", "==", anna.merchant.store_id)
    kept = [each.data or {} for each in client.query("purchases", own)]
    assert not [each for each in kept if {anna.user_id, ben.user_id} & {*texts_in(each)}]
    receipt_till.read(void("V-2", -6))
    assert_sound(anna)
    grants = [grant for each in kept for grant in each["grants"]]
    assert {grant["takenUnits"] for grant in grants} == {0, 40}


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("addLoyaltyPoints", {"points": 10}),
        ("redeemLoyaltyPoints", {"points": 10, "rewardDescription": "Coffee"}),
        ("reserveLoyaltyPoints", {"points": 10}),
        ("activateLoyaltyPoints", {}),
        ("suspendMember", {"reason": "Fraud"}),
        ("leaveLoyaltyProgram", {}),
    ],
)
def test_answers_name_the_new_one_the_second_time_too(
    merchant: Merchant, action: str, fields: dict[str, Any]
) -> None:
    old, new = pair(merchant)
    assert merge(old, new).status == 200

    first = old.api(action, {**old.ids, **fields}, idempotency_key="k")
    with nothing_written():
        second = old.api(action, {**old.ids, **fields}, idempotency_key="k")

    assert (first.status, first.body["userId"]) == (200, new.user_id)
    assert (second.body, second.is_replay) == (first.body, True)


def test_what_was_booked_before_is_told_of_the_new_one(merchant: Merchant) -> None:
    old, new = pair(merchant)
    body = {**old.ids, "points": 10, "transactionId": "bon-1"}
    assert old.api.ok("addLoyaltyPoints", body)["userId"] == old.user_id
    assert merge(old, new).status == 200

    with nothing_written():
        again = old.api("addLoyaltyPoints", body)

    assert (again.status, again.body["userId"]) == (200, new.user_id)


def test_an_enrolment_of_the_same_minute_is_told_and_counted_on_its_day(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    old = merchant.member("tier", balance=100, **TIERED)
    emission.emit_enrollment(old.membership_id)
    frozen_clock.advance(days=40)
    new = old.other("user_2")
    new.enroll()

    assert merge(old, new).status == 200

    emission.emit_enrollment(new.membership_id)  # The trigger comes late.
    told = stored.events(merchant.store_id, "loyalty.enrollment")
    assert len(told) == 2
    answer = old.api.ok("getLoyaltyAnalytics", {"programId": old.program_id})
    assert answer["totalMembers"] == 2


def test_a_code_that_is_used_after_it_is_the_new_ones(merchant: Merchant) -> None:
    rewards = [{"rewardId": "rw_1", "title": "Coffee", "type": "coffee", "requiredPoints": 10}]
    old, new = pair(merchant, rewards=rewards)
    redeemed = old.api.ok("redeemLoyaltyPoints", {**old.ids, "points": 10, "rewardId": "rw_1"})
    assert merge(old, new).status == 200

    body = {"storeId": old.merchant.store_id, "rewardCode": redeemed["rewardCode"]}
    assert old.api.ok("useRewardCode", body)["userId"] == new.user_id
