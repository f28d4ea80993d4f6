"""createMember: one profile for a person, whatever is sent at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.members import profile as profiles
from shared.domain.members.profile import Profile
from shared.services.vaults import vault
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.events import events_of
from tests.support.library import library
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "createMember"
ADA = {
    "userId": "ada",
    "email": " Ada@Example.COM ",
    "phone": "0151 / 12345678",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "customerNumber": "C-1.10023",
    "birthday": "1815-12-10".replace("18", "19"),
    "language": "EN-gb",
    "newsletter": {"subscribed": True, "consentedBy": "till 3"},
    "externalIds": {"shopware": "sw-1"},
}
KEYS = [
    ("email", {"email": "ADA@example.com"}),
    ("phone", {"phone": "+4915112345678"}),
    ("customerNumber", {"customerNumber": "C-1.10023"}),
    ("externalIds", {"externalIds": {"shopware": "sw-1"}}),
]


def create(merchant: Merchant, idempotency_key: str | None = None, **fields: Any) -> Answer:
    return merchant.api(ACTION, fields, idempotency_key=idempotency_key)


def profile(merchant: Merchant, user_id: str) -> Profile:
    """Return the personal data as it is stored."""
    member = stored.person(merchant, user_id)
    assert member is not None
    assert member.profile is not None
    path = paths.account_member(merchant.account_id, user_id)
    return profiles.from_text(vault().decrypt(member.profile, path))


def test_makes_a_profile(merchant: Merchant, frozen_clock: Clock) -> None:
    answer = create(merchant, **ADA)

    assert (answer.status, answer.is_replay) == (200, False)
    assert answer.body == {
        "success": True,
        "userId": "ada",
        "createdAt": "2026-03-03T12:00:00.000Z",
    }
    shown = merchant.api.ok("getMember", {"userId": "ada"})["member"]
    assert shown == {
        "userId": "ada",
        "status": "active",
        "email": "Ada@example.com",
        "phone": "+4915112345678",
        "firstName": "Ada",
        "lastName": "Lovelace",
        "customerNumber": "C-1.10023",
        "birthday": "1915-12-10",
        "language": "en-GB",
        "newsletter": {
            "subscribed": True,
            "consentedAt": "2026-03-03T12:00:00.000Z",
            "consentedBy": "till 3",
        },
        "customFields": {},
        "externalIds": {"shopware": "sw-1"},
        "isCustomer": False,
        "createdAt": "2026-03-03T12:00:00.000Z",
        "updatedAt": "2026-03-03T12:00:00.000Z",
    }
    assert profile(merchant, "ada").birthday_set_at == frozen_clock.now


def test_makes_an_id_if_none_is_given(merchant: Merchant) -> None:
    first, second = create(merchant, firstName="A"), create(merchant, firstName="A")

    assert first.body["userId"].startswith("mbr_")
    assert first.body["userId"] != second.body["userId"]


@pytest.mark.usefixtures("own_database")
def test_no_personal_data_is_stored_in_the_clear_or_told(
    new_merchant: Callable[..., Merchant], capsys: pytest.CaptureFixture[str]
) -> None:
    merchant = new_merchant()
    create(merchant, "k1", **ADA)
    create(merchant, userId="other", email="ada@example.com")

    said = capsys.readouterr().out
    found = [
        each.to_dict()
        for each in library().collection(f"accounts/{merchant.account_id}/members").stream()
    ]
    keys = library().collection(f"accounts/{merchant.account_id}/memberKeys").list_documents()
    texts = [
        json.dumps([found, [each.path for each in keys]], default=str),
        json.dumps(events_of(merchant), default=str),
        json.dumps([each.data for each in client.query("idempotencyKeys")], default=str),
        said,
    ]
    secrets = ("example.com", "15112345678", "Lovelace", "C-1.10023", "sw-1", "1915-", "till 3")
    assert [each for text in texts for each in secrets if each in text] == []


def test_tells_the_webhooks_of_the_store_which_fields_there_are(merchant: Merchant) -> None:
    create(merchant, **ADA, storeId=merchant.store_id)

    (event,) = events_of(merchant)
    assert (event["type"], event["userId"], event["programId"]) == ("member.created", "ada", None)
    assert json.loads(event["payload"])["data"] == {
        "userId": "ada",
        "fields": sorted({*ADA} - {"userId"}),
    }


def test_a_member_without_a_store_is_of_the_oldest_one(merchant: Merchant) -> None:
    merchant.another_store()
    create(merchant, userId="ada", firstName="Ada")

    (event,) = events_of(merchant)
    assert event["storeId"] == merchant.store_id


def test_who_joined_before_gets_the_profile(member: Member) -> None:
    answer = create(member.merchant, userId=member.user_id, firstName="Ada")

    assert answer.status == 200
    shown = member.api.ok("getMember", {"userId": member.user_id})
    assert shown["member"]["firstName"] == "Ada"
    assert [each["programId"] for each in shown["memberships"]] == [member.program_id]


@pytest.mark.parametrize(("field", "value"), KEYS)
def test_a_second_person_with_the_same_key_is_refused(
    merchant: Merchant, field: str, value: dict[str, Any]
) -> None:
    create(merchant, **ADA)

    with nothing_written():
        answer = create(merchant, userId="eve", firstName="Eve", **value)

    message = f"Another member has the same {field}."
    assert_refused(answer, 409, "MEMBER_EXISTS", {"fields": [field]}, message=message)
    assert stored.person(merchant, "eve") is None


def test_all_keys_that_are_taken_are_named(merchant: Merchant) -> None:
    create(merchant, **ADA)

    answer = create(merchant, **{**ADA, "userId": "eve"})

    assert answer.body["details"] == {"fields": [field for field, _ in KEYS]}


def test_a_second_profile_of_the_same_user_id_is_refused(merchant: Merchant) -> None:
    create(merchant, **ADA)

    with nothing_written():
        answer = create(merchant, userId="ada", firstName="Eve")

    assert_refused(answer, 409, "MEMBER_EXISTS", {"fields": ["userId"]})
    assert profile(merchant, "ada").first_name == "Ada"


def test_persons_of_other_accounts_may_have_the_same(merchant: Merchant, new_merchant: Any) -> None:
    other = new_merchant()

    assert [create(each, **ADA).status for each in (merchant, other)] == [200, 200]
    lookups = [stored.person(each, "ada") for each in (merchant, other)]
    assert lookups[0] is not None
    assert lookups[1] is not None
    assert set(lookups[0].lookups) & set(lookups[1].lookups) == set()


@pytest.mark.parametrize(("field", "value"), KEYS)
def test_of_many_at_once_one_gets_the_key(
    merchant: Merchant, field: str, value: dict[str, Any]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: create(merchant, userId=f"u{n}", **value), range(8)))

    assert sorted(each.status for each in answers) == [200] + [409] * 7
    (winner,) = (each.body["userId"] for each in answers if each.status == 200)
    found = [name for n in range(8) if stored.person(merchant, name := f"u{n}")]
    assert found == [winner]


def test_a_key_is_answered_as_at_first(merchant: Merchant) -> None:
    fields = {name: value for name, value in ADA.items() if name != "userId"}
    first = create(merchant, "k1", **fields)

    with nothing_written():
        again = create(merchant, "k1", **fields)
        other = create(merchant, "k1", **{**fields, "firstName": "Eve"})

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


def test_the_same_key_at_the_same_time_makes_one_person(merchant: Merchant) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: create(merchant, "k1", email="a@example.com"), range(5)))

    assert {each.status for each in answers} == {200}
    assert len({each.body["userId"] for each in answers}) == 1


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"email": "x"}, {"email": "must be an e-mail address, like ada@example.com"}),
        ({"phone": "x"}, {"phone": "must be a phone number, like +49 151 12345678"}),
        ({"birthday": "2027-01-01"}, {"birthday": "must not be in the future"}),
        ({"language": "german"}, {"language": "must be a language tag, like de or de-CH"}),
        ({"firstName": " "}, {"firstName": "must not be blank"}),
        ({"customFields": {"x": 1}}, {"customFields.x": "is not a known field"}),
        (
            {"newsletter": {"subscribed": True, "consentedAt": "2027-01-01T00:00:00Z"}},
            {"newsletter.consentedAt": "must not be in the future"},
        ),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, frozen_clock: Clock, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        assert_fields_refused(create(merchant, userId="ada", **fields), problems)

    assert stored.person(merchant, "ada") is None


def test_refuses_another_accounts_store(merchant: Merchant, new_merchant: Any) -> None:
    theirs = new_merchant().store_id

    with nothing_written():
        answer = create(merchant, userId="ada", storeId=theirs)

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_the_sandbox_writes_nothing(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, ADA)

    assert (answer.status, answer.body["userId"], answer.body["_sandbox"]) == (200, "ada", True)
