"""linkMember: a verified sign-in takes over the member that a till or shop has made."""

from __future__ import annotations

from typing import Any

import pytest

from shared import clock
from shared.domain.members import member_codes
from shared.services.loyalty import verification
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "linkMember"
EMAIL = "max@example.com"
PHONE = "+4915112345678"


@pytest.fixture
def till_made(merchant: Merchant) -> Member:
    """A member of a till with an e-mail address and 70 points."""
    member = Member(merchant, merchant.program(), "till_17")
    merchant.api.ok("createMember", {"userId": member.user_id, "email": EMAIL, "phone": PHONE})
    member.enroll()
    member.earn(70)
    return member


def app(member: Member, user_id: str = "uid_1", **sign_in: Any) -> Any:
    return member.merchant.customer(user_id, names_account=True, **sign_in)


@pytest.mark.parametrize(
    "sign_in", [{"email": EMAIL}, {"email": "MAX@Example.com"}, {"email": None, "phone": PHONE}]
)
def test_a_verified_sign_in_takes_over(till_made: Member, sign_in: dict[str, Any]) -> None:
    customer = app(till_made, **sign_in)

    answer = customer.ok(ACTION, {})

    linked = {"success": True, "userId": "uid_1", "linkedUserIds": ["till_17"]}
    assert answer == {**linked, "newlyLinkedUserIds": ["till_17"]}
    balance = customer.ok("getCustomerBalance", {"programId": till_made.program_id})
    assert balance["currentBalance"] == 70
    shown = customer.ok("getMember", {})["member"]
    assert (shown["email"], shown["phone"], shown["isCustomer"]) == (EMAIL, PHONE, True)
    with nothing_written():
        again = customer.ok(ACTION, {})
    assert again == {**linked, "newlyLinkedUserIds": []}
    assert verification.verify(till_made.program_id).problems == ()


@pytest.mark.parametrize(
    "sign_in",
    [
        {"email": EMAIL, "is_email_verified": False},
        {"email": None, "provider": "anonymous"},
        {"email": None, "provider": "custom"},
    ],
)
def test_an_unverified_one_never_does(till_made: Member, sign_in: dict[str, Any]) -> None:
    customer = app(till_made, **sign_in)

    with nothing_written():
        answer = customer(ACTION, {})

    assert_refused(answer, 403, "SIGN_IN_NOT_VERIFIED")
    assert till_made.balance()["currentBalance"] == 70


def test_an_address_that_only_looks_like_it_takes_nothing_over(merchant: Merchant) -> None:
    member = Member(merchant, merchant.program(), "till_17")
    merchant.api.ok("createMember", {"userId": "till_17", "email": "max@strasse.example"})
    member.enroll()
    member.earn(70)
    customer = app(member, email="max@straße.example")

    with nothing_written():
        answer = customer(ACTION, {})

    assert answer.body["newlyLinkedUserIds"] == []
    assert member.balance()["currentBalance"] == 70


def test_a_phone_that_somebody_else_has_added_shows_no_codes_any_more(till_made: Member) -> None:
    """Whoever gave the address at a till may have added one."""
    api = till_made.merchant.api
    body = {"userId": "till_17", "deviceId": "phone"}
    device = api.ok("getMemberCode", body)["device"]
    now = clock.utc_now()
    code = member_codes.rotating(device["codeId"], device["secret"], now)

    app(till_made, email=EMAIL).ok(ACTION, {})

    with nothing_written():
        answer = api("identifyMember", {"memberCode": code})
    assert_refused(answer, 404, "MEMBER_CODE_NOT_FOUND")


def test_the_body_cannot_say_whose_address_it_is(till_made: Member) -> None:
    customer = app(till_made, email="somebody@example.com")

    with nothing_written():
        answer = customer(ACTION, {"email": EMAIL})

    assert_invalid(answer, email="is taken from the sign-in: leave it out")


def test_another_sign_in_is_never_taken_over(till_made: Member) -> None:
    app(till_made, "uid_1", email=EMAIL).ok(ACTION, {})
    other = app(till_made, "uid_2", email=EMAIL)

    with nothing_written():
        answer = other.ok(ACTION, {})

    assert answer["linkedUserIds"] == []
    assert app(till_made, "uid_1").ok("getMember", {})["member"]["email"] == EMAIL


def test_e_mail_and_phone_may_be_of_two_members(merchant: Merchant) -> None:
    first = merchant.member("points", balance=10)
    second = first.other("user_2")
    second.enroll()
    second.earn(20)
    merchant.api.ok("createMember", {"userId": first.user_id, "email": EMAIL})
    merchant.api.ok("createMember", {"userId": second.user_id, "phone": PHONE})
    customer = app(first, email=EMAIL, phone=PHONE)

    answer = customer("linkMember", {}, idempotency_key="k1")
    again = customer("linkMember", {}, idempotency_key="k1")

    assert answer.body["linkedUserIds"] == ["user_1", "user_2"]
    assert (again.body, again.is_replay) == (answer.body, True)
    balance = customer.ok("getCustomerBalance", {"programId": first.program_id})
    assert balance["currentBalance"] == 30


def test_a_key_vouches(till_made: Member) -> None:
    api = till_made.api

    answer = api.ok(ACTION, {"userId": "shop_5", "email": EMAIL})

    assert answer["linkedUserIds"] == ["till_17"]
    person = stored.person(till_made.merchant, "shop_5")
    assert person is not None
    assert not person.is_customer
    with nothing_written():
        refused = api(ACTION, {"userId": "shop_5"})
    assert_invalid(refused, email="is required unless phone is given")
