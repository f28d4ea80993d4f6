"""updateMember: what is sent changes, and nothing else; customers change what is theirs."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer, Api
from tests.support.events import events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "updateMember"
ADA = {
    "userId": "ada",
    "email": "ada@example.com",
    "phone": "+4915112345678",
    "firstName": "Ada",
    "externalIds": {"shopware": "sw-1", "crm": "7"},
}


@pytest.fixture
def ada(frozen_clock: Clock, merchant: Merchant) -> Merchant:
    """A merchant with the member Ada, an hour ago."""
    merchant.api.ok("createMember", {**ADA, "storeId": merchant.store_id})
    frozen_clock.advance(hours=1)
    return merchant


def update(api: Api, idempotency_key: str | None = None, **fields: Any) -> Answer:
    return api(ACTION, {"userId": "ada", **fields}, idempotency_key=idempotency_key)


def shown(merchant: Merchant, user_id: str = "ada") -> dict[str, Any]:
    found: dict[str, Any] = merchant.api.ok("getMember", {"userId": user_id})["member"]
    return found


def identified(merchant: Merchant, **way: Any) -> str | None:
    answer = merchant.api("identifyMember", way)
    return answer.body["member"]["userId"] if answer.status == 200 else answer.error


def as_customer(merchant: Merchant, **sign_in: Any) -> Api:
    return merchant.customer("ada", names_account=True, **sign_in)


def test_changes_what_is_sent(ada: Merchant, frozen_clock: Clock) -> None:
    before = shown(ada)

    answer = update(ada.api, email="new@example.com", phone=None, lastName="Lovelace")

    assert answer.body == {
        "success": True,
        "userId": "ada",
        "updatedFields": ["email", "phone", "lastName"],
        "updatedAt": "2026-03-03T13:00:00.000Z",
    }
    assert shown(ada) == {
        **before,
        "email": "new@example.com",
        "phone": None,
        "lastName": "Lovelace",
        "updatedAt": "2026-03-03T13:00:00.000Z",
    }


def test_keys_are_found_and_free_again(ada: Merchant) -> None:
    update(ada.api, email="new@example.com", phone=None, externalIds={"crm": None, "till": "1"})

    assert identified(ada, email="new@example.com") == "ada"
    assert identified(ada, externalId={"system": "shopware", "id": "sw-1"}) == "ada"
    assert identified(ada, externalId={"system": "till", "id": "1"}) == "ada"
    for gone in (
        {"email": ADA["email"]},
        {"phone": ADA["phone"]},
        {"externalId": {"system": "crm", "id": "7"}},
    ):
        assert identified(ada, **gone) == "MEMBER_NOT_FOUND"
    second = {**ADA, "userId": "eve", "externalIds": {"crm": "7"}}
    assert ada.api("createMember", second).status == 200
    assert len(stored.documents(f"{paths.account(ada.account_id)}/memberKeys")) == 3 + 3


def test_says_which_fields_changed(ada: Merchant) -> None:
    update(ada.api, email="new@example.com", customerNumber="5")

    event = events_of(ada)[-1]
    assert event["type"] == "member.updated"
    assert json.loads(event["payload"])["data"] == {
        "userId": "ada",
        "fields": ["customerNumber", "email"],
        "changedBy": "merchant",
    }
    assert "new@example.com" not in str(event)


def test_what_is_so_already_is_not_written(ada: Merchant) -> None:
    with nothing_written():
        answer = update(ada.api, email="ADA@example.com".lower(), firstName=" Ada ")

    assert answer.body["updatedFields"] == []
    assert answer.body["updatedAt"] == "2026-03-03T12:00:00.000Z"


def test_another_persons_key_is_refused(ada: Merchant) -> None:
    ada.api.ok("createMember", {"userId": "eve", "email": "eve@example.com"})

    with nothing_written():
        answer = update(ada.api, email="EVE@example.com", firstName="X")

    assert_refused(answer, 409, "MEMBER_EXISTS", {"fields": ["email"]})
    assert (shown(ada)["email"], shown(ada)["firstName"]) == ("ada@example.com", "Ada")


def test_of_two_who_want_one_address_at_once_one_gets_it(ada: Merchant) -> None:
    for number in range(6):
        ada.api.ok("createMember", {"userId": f"u{number}", "firstName": "x"})

    def take(number: int) -> int:
        body = {"userId": f"u{number}", "email": "one@example.com"}
        return ada.api(ACTION, body).status

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(take, range(6)))

    assert sorted(statuses) == [200] + [409] * 5
    assert [n for n in range(6) if shown(ada, f"u{n}")["email"]] == [statuses.index(200)]


def test_changes_of_different_fields_at_once_are_all_there(ada: Merchant) -> None:
    changes = [{"firstName": "A"}, {"lastName": "B"}, {"language": "fr"}, {"customerNumber": "9"}]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda fields: update(ada.api, **fields), changes))

    found = shown(ada)
    assert {name: found[name] for each in changes for name in each} == {
        name: value for each in changes for name, value in each.items()
    }


def test_a_key_is_answered_as_at_first(ada: Merchant) -> None:
    first = update(ada.api, "k1", email="new@example.com")
    update(ada.api, email="newer@example.com")

    with nothing_written():
        again = update(ada.api, "k1", email="new@example.com")

    assert (again.body, again.is_replay) == (first.body, True)
    assert shown(ada)["email"] == "newer@example.com"


def test_refuses_who_is_nobody(ada: Merchant) -> None:
    with nothing_written():
        answer = update(ada.api, userId="eve", firstName="Eve")

    assert_refused(answer, 404, "MEMBER_NOT_FOUND", message="There is no member eve.")


def test_another_accounts_member_is_nobody(ada: Merchant, new_merchant: Any) -> None:
    stranger = new_merchant().api

    with nothing_written():
        answer = update(stranger, firstName="Eve")

    assert_refused(answer, 404, "MEMBER_NOT_FOUND")
    assert shown(ada)["firstName"] == "Ada"


def test_who_joined_before_persons_were_written_down_gets_a_profile(member: Member) -> None:
    path = paths.account_member(member.merchant.account_id, member.user_id)
    client.commit([client.Delete(client.get_one(path))])

    answer = member.api(ACTION, {"userId": member.user_id, "firstName": "Ada"})

    assert answer.body["updatedFields"] == ["firstName"]
    person = stored.person(member.merchant, member.user_id)
    assert person is not None
    assert person.program_ids == (member.program_id,)
    assert person.store_id == member.merchant.store_id


def test_a_customer_changes_what_is_theirs(ada: Merchant) -> None:
    ada.api.ok(
        "configureMembers",
        {
            "customFields": [
                {"name": "size", "type": "number", "editableBy": "customer"},
                {"name": "rank", "type": "text"},
            ]
        },
    )
    fields = {
        "firstName": "Augusta",
        "language": "fr",
        "birthday": "1990-12-10",
        "newsletter": {"subscribed": True},
        "customFields": {"size": 38},
    }

    answer = as_customer(ada, email=None, provider="custom")(ACTION, fields)

    assert answer.status == 200
    found = shown(ada)
    assert {name: found[name] for name in ("firstName", "language", "birthday")} == {
        name: fields[name] for name in ("firstName", "language", "birthday")
    }
    assert found["customFields"] == {"size": 38}
    assert found["isCustomer"] is True
    assert found["newsletter"] == {
        "subscribed": True,
        "consentedAt": "2026-03-03T13:00:00.000Z",
        "consentedBy": "customer",
    }
    assert json.loads(events_of(ada)[-1]["payload"])["data"]["changedBy"] == "customer"


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"email": "x@example.com"}, {"email": "is taken from the sign-in: leave it out"}),
        ({"email": None}, {"email": "is taken from the sign-in: leave it out"}),
        ({"phone": "+4915112345679"}, {"phone": "is taken from the sign-in: leave it out"}),
        ({"customerNumber": "1"}, {"customerNumber": "can only be changed by the merchant"}),
        (
            {"externalIds": {"crm": "8"}},
            {"externalIds": "can only be changed by the merchant"},
        ),
        (
            {"customFields": {"rank": "boss"}},
            {"customFields.rank": "can only be changed by the merchant"},
        ),
        (
            {"newsletter": {"subscribed": True, "consentedAt": "2020-01-01T00:00:00Z"}},
            {"newsletter.consentedAt": "is filled in for customers: leave it out"},
        ),
    ],
)
def test_a_customer_changes_nothing_else(
    ada: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    ada.api.ok("configureMembers", {"customFields": [{"name": "rank", "type": "text"}]})
    before, customer = shown(ada), as_customer(ada)

    with nothing_written():
        assert_fields_refused(customer(ACTION, fields), problems)

    assert shown(ada) == before


def test_what_a_sign_in_has_verified_is_taken_over(ada: Merchant) -> None:
    signed_in = as_customer(ada, email="Ada.New@example.com", phone="+436641234567")

    answer = signed_in(ACTION, {"language": "fr"})

    assert answer.body["updatedFields"] == ["email", "phone", "language"]
    assert identified(ada, phone="+436641234567") == "ada"
    assert identified(ada, email="ada@example.com") == "MEMBER_NOT_FOUND"


def test_what_a_sign_in_has_not_verified_is_not_taken_over(ada: Merchant) -> None:
    signed_in = as_customer(ada, email="eve@example.com", is_email_verified=False)

    answer = signed_in(ACTION, {"language": "fr"})

    assert answer.body["updatedFields"] == ["language"]
    assert shown(ada)["email"] == "ada@example.com"


def test_an_address_of_somebody_else_stays_with_them(ada: Merchant) -> None:
    ada.api.ok("createMember", {"userId": "till_5", "email": "real@example.com"})
    signed_in = as_customer(ada, email="real@example.com")

    answer = signed_in(ACTION, {"language": "fr"})

    assert answer.body["updatedFields"] == ["language"]
    assert identified(ada, email="real@example.com") == "till_5"
    assert shown(ada)["email"] == "ada@example.com"


def test_a_customer_reaches_nobody_else(ada: Merchant) -> None:
    eve = ada.customer("eve", names_account=True)

    with nothing_written():
        answer = eve(ACTION, {"userId": "ada", "firstName": "E"})

    assert (answer.status, answer.error) == (403, "USER_NOT_ALLOWED")
