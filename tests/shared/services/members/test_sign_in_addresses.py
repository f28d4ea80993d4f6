"""Who joins by a verified sign-in is found by its address, which only one member can have."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.services.loyalty import verification
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.events import events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "enrollInLoyaltyProgram"
EMAIL = "max@example.com"
PHONE = "+4915112345678"


@pytest.fixture
def guest(frozen_clock: Clock, merchant: Merchant) -> Member:
    """Somebody with a sign-in, who is not a member yet."""
    return Member(merchant, merchant.program("points", allowsUnverified=True), "uid_1")


def join(member: Member, **sign_in: Any) -> Answer:
    customer = member.merchant.customer(member.user_id, **{"email": EMAIL, **sign_in})
    return customer(ACTION, {"programId": member.program_id})


def found(merchant: Merchant, **way: Any) -> str | None:
    answer = merchant.api("identifyMember", way)
    return answer.body["member"]["userId"] if answer.status == 200 else answer.error


def shown(member: Member) -> dict[str, Any]:
    profile: dict[str, Any] = member.api.ok("getMember", {"userId": member.user_id})["member"]
    return profile


@pytest.mark.parametrize(
    ("sign_in", "profile"),
    [
        ({}, (EMAIL, None)),
        ({"email": "Max@EXAMPLE.com"}, ("Max@example.com", None)),
        ({"email": None, "phone": PHONE}, (None, PHONE)),
        ({"phone": PHONE}, (EMAIL, PHONE)),
    ],
)
def test_who_joins_is_found_by_what_is_verified(
    guest: Member, sign_in: dict[str, Any], profile: tuple[str | None, str | None]
) -> None:
    assert join(guest, **sign_in).status == 200

    assert (shown(guest)["email"], shown(guest)["phone"]) == profile
    for name, value in zip(("email", "phone"), profile, strict=True):
        if value is not None:
            assert found(guest.merchant, **{name: value}) == guest.user_id
    with nothing_written():
        assert join(guest, **sign_in).body["alreadyEnrolled"] is True


@pytest.mark.parametrize(
    "sign_in",
    [
        {"is_email_verified": False},
        {"provider": "anonymous"},
        {"provider": "apple.com", "email": None},
        {"provider": "custom", "email": None},
    ],
)
def test_an_address_that_is_not_verified_is_never_written(
    guest: Member, sign_in: dict[str, Any]
) -> None:
    assert join(guest, **sign_in).status == 200

    person = stored.person(guest.merchant, guest.user_id)
    assert person is not None
    assert (person.profile, person.lookups) == (None, ())
    assert found(guest.merchant, email=EMAIL) == "MEMBER_NOT_FOUND"


def test_it_is_written_as_soon_as_it_is_verified(guest: Member) -> None:
    join(guest, is_email_verified=False)

    assert join(guest).body["alreadyEnrolled"] is True

    assert found(guest.merchant, email=EMAIL) == guest.user_id


def test_a_key_writes_no_address(guest: Member) -> None:
    guest.enroll()

    person = stored.person(guest.merchant, guest.user_id)
    assert person is not None
    assert (person.profile, person.is_customer) == (None, False)


def test_who_was_a_member_before_gets_it_at_the_next_joining(guest: Member) -> None:
    guest.enroll()

    other = Member(guest.merchant, guest.merchant.program("stamps"), guest.user_id)
    assert join(other).status == 200

    assert shown(guest)["email"] == EMAIL
    person = stored.person(guest.merchant, guest.user_id)
    assert person is not None
    # A sign-in stands behind the member now, so no other sign-in takes over by the address.
    assert person.is_customer


def test_what_the_member_has_already_stays(guest: Member) -> None:
    guest.api.ok("createMember", {"userId": guest.user_id, "email": "work@example.com"})

    assert join(guest).status == 200

    assert shown(guest)["email"] == "work@example.com"
    assert found(guest.merchant, email=EMAIL) == "MEMBER_NOT_FOUND"


def test_what_another_member_has_stays_theirs(guest: Member) -> None:
    till = Member(guest.merchant, guest.program_id, "till_17")
    guest.api.ok("createMember", {"userId": till.user_id, "email": EMAIL})
    till.enroll()
    till.earn(70)

    answer = join(guest)

    assert (answer.status, answer.body["currentBalance"]) == (200, 0)
    assert found(guest.merchant, email=EMAIL) == till.user_id
    assert shown(guest)["email"] is None
    assert till.balance()["currentBalance"] == 70


def test_by_link_member_it_is_one_member_and_one_welcome_bonus(merchant: Merchant) -> None:
    guest = Member(merchant, merchant.program("points", welcomeBonus=50), "uid_1")
    till = Member(merchant, guest.program_id, "till_17")
    merchant.api.ok("createMember", {"userId": till.user_id, "email": EMAIL})
    till.enroll()
    till.earn(70)
    customer = merchant.customer(guest.user_id, names_account=True, email=EMAIL)

    customer.ok("linkMember", {})
    answer = join(guest)

    assert (answer.body["alreadyEnrolled"], answer.body["welcomeBonus"]) == (True, 0)
    assert answer.body["currentBalance"] == 120
    assert found(merchant, email=EMAIL) == guest.user_id
    assert verification.verify(guest.program_id).problems == ()


def test_another_account_knows_nothing_of_it(
    guest: Member, new_merchant: Callable[..., Merchant]
) -> None:
    join(guest)

    assert found(new_merchant(), email=EMAIL) == "MEMBER_NOT_FOUND"


def test_a_later_member_or_row_of_the_address_is_the_same_person(guest: Member) -> None:
    join(guest)
    row = {"email": EMAIL.upper(), "firstName": "Max", "programId": guest.program_id}

    with nothing_written():
        made = guest.api("createMember", {"userId": "till_17", "email": EMAIL})
    rows = {"rows": [{**row, "points": 120}], "ifExists": "update"}
    imported = guest.api.ok("importMembers", rows)

    assert_refused(made, 409, "MEMBER_EXISTS", {"fields": ["email"]})
    assert [each["userId"] for each in imported["results"]] == [guest.user_id]
    assert shown(guest)["firstName"] == "Max"


def test_the_merchant_can_still_make_the_profile(guest: Member) -> None:
    join(guest)

    guest.api.ok("createMember", {"userId": guest.user_id, "firstName": "Max"})

    assert (shown(guest)["firstName"], shown(guest)["email"]) == ("Max", EMAIL)
    assert found(guest.merchant, email=EMAIL) == guest.user_id
    with nothing_written():
        again = guest.api("createMember", {"userId": guest.user_id, "firstName": "Moritz"})
    assert_refused(again, 409, "MEMBER_EXISTS", {"fields": ["userId"]})


def test_a_row_that_names_the_user_makes_the_profile(guest: Member) -> None:
    join(guest)
    row = {"userId": guest.user_id, "email": "new@example.com"}

    answer = guest.api.ok("importMembers", {"rows": [row], "ifExists": "skip"})

    assert [each["outcome"] for each in answer["results"]] == ["created"]
    assert found(guest.merchant, email="new@example.com") == guest.user_id
    assert found(guest.merchant, email=EMAIL) == "MEMBER_NOT_FOUND"


def test_says_that_the_address_changed_and_never_which_it_is(guest: Member) -> None:
    join(guest)

    (event,) = [each for each in events_of(guest.merchant) if each["type"] == "member.updated"]
    data = {"userId": guest.user_id, "fields": ["email"], "changedBy": "customer"}
    assert json.loads(event["payload"])["data"] == data
    assert EMAIL not in str(event)


def test_it_is_stored_encrypted_and_found_by_keyed_hashes(guest: Member) -> None:
    join(guest)

    assert EMAIL not in str(stored.documents(paths.account_members(guest.merchant.account_id)))
    assert EMAIL not in str(stored.of_member(guest))


def test_an_erasure_takes_it_away(guest: Member) -> None:
    join(guest)
    customer = guest.merchant.customer(guest.user_id, names_account=True, email=EMAIL)

    assert EMAIL in str(customer.ok("exportMember", {}))
    assert customer.ok("eraseMember", {})["state"] == "erased"

    assert found(guest.merchant, email=EMAIL) == "MEMBER_NOT_FOUND"
    assert stored.documents(f"{paths.account(guest.merchant.account_id)}/memberKeys") == {}


def test_who_is_suspended_everywhere_gets_none(guest: Member) -> None:
    guest.enroll()
    guest.api.ok("suspendMember", {"userId": guest.user_id, "reason": "Test"})

    with nothing_written():
        join(guest)

    assert found(guest.merchant, email=EMAIL) == "MEMBER_NOT_FOUND"


def test_of_many_who_join_at_once_by_one_address_one_has_it(guest: Member) -> None:
    guests = [guest.other(f"uid_{number}") for number in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(join, guests))

    assert {answer.status for answer in answers} == {200}
    having = [each.user_id for each in guests if shown(each)["email"] == EMAIL]
    assert having == [found(guest.merchant, email=EMAIL)]
