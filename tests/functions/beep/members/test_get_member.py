"""getMember: a person's profile and how they stand in each program."""

from __future__ import annotations

from typing import Any

from shared.store import client, paths
from tests.conftest import Clock
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "getMember"


def test_shows_all_memberships_oldest_first(member: Member) -> None:
    second = Member(member.merchant, member.merchant.program("cashback"), member.user_id)
    second.enroll()
    member.other("somebody").enroll()

    found = member.api.ok(ACTION, {"userId": member.user_id})

    assert [each["programId"] for each in found["memberships"]] == [
        member.program_id,
        second.program_id,
    ]
    assert [each["currentBalance"] for each in found["memberships"]] == [100, 0]
    assert found["member"]["email"] is None


def test_shows_points_that_are_pending_no_more_before_that_is_booked(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    rules = {"tiers": [{"name": "Gold", "minPoints": 50}], "pointsPerEuro": 1}
    member = merchant.member("tier", rules=rules, pendingDays=14)
    member.add(purchaseAmount=60)
    pending = {"currentBalance": 0, "lifetimePoints": 0, "currentTier": None}
    spendable = {"currentBalance": 60, "lifetimePoints": 60, "currentTier": "Gold"}
    asked = {"programId": member.program_id}

    def shown() -> list[dict[str, Any]]:
        (of_person,) = member.api.ok(ACTION, {"userId": member.user_id})["memberships"]
        (listed,) = member.api.ok("listMembers", asked)["members"]
        both = of_person, listed["membership"]
        return [{name: each[name] for name in pending} for each in both]

    assert shown() == [pending] * 2
    frozen_clock.advance(days=15)
    with nothing_written():
        assert shown() == [spendable] * 2


def test_shows_a_profile_without_memberships(merchant: Merchant) -> None:
    merchant.api.ok("createMember", {"userId": "ada", "firstName": "Ada"})

    found = merchant.api.get(ACTION, {"userId": "ada"}).body

    assert (found["member"]["firstName"], found["memberships"]) == ("Ada", [])


def test_shows_who_joined_before_persons_were_written_down(member: Member) -> None:
    path = paths.account_member(member.merchant.account_id, member.user_id)
    client.commit([client.Delete(client.get_one(path))])

    found = member.api.ok(ACTION, {"userId": member.user_id})

    assert found["member"]["userId"] == member.user_id
    assert [each["programId"] for each in found["memberships"]] == [member.program_id]


def test_shows_customers_themselves_alone(merchant: Merchant) -> None:
    merchant.api.ok("createMember", {"userId": "ada", "firstName": "Ada"})

    own = merchant.customer("ada", names_account=True)(ACTION, {})
    other = merchant.customer("eve", names_account=True)(ACTION, {"userId": "ada"})

    assert (own.status, own.body["member"]["firstName"]) == (200, "Ada")
    assert (other.status, other.error) == (403, "USER_NOT_ALLOWED")


def test_refuses_who_is_nobody_here(member: Member, new_merchant: Any) -> None:
    stranger = new_merchant().api

    with nothing_written():
        absent = member.api(ACTION, {"userId": "absent"})
        foreign = stranger(ACTION, {"userId": member.user_id})

    assert_refused(absent, 404, "MEMBER_NOT_FOUND", message="There is no member absent.")
    assert_refused(foreign, 404, "MEMBER_NOT_FOUND")


def test_refuses_a_store_of_another_account(member: Member, new_merchant: Any) -> None:
    body = {"userId": member.user_id, "storeId": new_merchant().store_id}

    assert_refused(member.api(ACTION, body), 404, "STORE_NOT_FOUND")
