"""listMyAccounts: for whom who has signed in works; of nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration, workplaces
from tests.support import oauth, oauth_apps, sign_ins
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.staff import HEADER, Persons, hired
from tests.support.traffic import watched

ACTION = "listMyAccounts"


@pytest.fixture
def lena(merchant: Merchant) -> str:
    """The uid of somebody whom no other test knows: the database is that of many tests."""
    return f"uid_of_{merchant.account_id}"


def alone(app: Flask, user_id: str, **sign_in: object) -> Api:
    """Return the API as somebody calls it who has signed in, and names no account."""
    return Api(app, sign_ins.unsigned(user_id, **sign_in))


def ids(answer: dict[str, list[dict[str, str]]]) -> set[str]:
    return {each["accountId"] for each in answer["accounts"]}


@pytest.mark.usefixtures("persons")
def test_lists_each_account_with_the_role_that_the_person_has_there(
    app: Flask, merchant: Merchant, new_merchant: Callable[..., Merchant], lena: str
) -> None:
    other, third = new_merchant(), new_merchant()
    hired(merchant, StaffRole.CASHIER, lena, storeIds=[merchant.store_id])
    hired(other, StaffRole.OWNER, lena)
    hired(third, StaffRole.OWNER, "uid_max")

    with nothing_written():
        answer = alone(app, lena).ok(ACTION)

    assert answer["count"] == 2
    found = {each["accountId"]: each for each in answer["accounts"]}
    assert found.keys() == {merchant.account_id, other.account_id}
    mine = found[merchant.account_id]
    assert (mine["role"], mine["storeIds"], mine["isActive"]) == (
        "cashier",
        [merchant.store_id],
        True,
    )
    assert found[other.account_id]["role"] == "owner"
    assert alone(app, lena).get(ACTION).body == answer
    named = Api(app, sign_ins.unsigned(lena), {HEADER: other.account_id})
    assert named.ok(ACTION) == answer


def test_a_customer_has_none_and_firebase_is_not_asked(
    app: Flask, persons: Persons, merchant: Merchant
) -> None:
    hired(merchant, StaffRole.OWNER)

    with watched() as asked:
        answer = alone(app, f"user_of_{merchant.account_id}").ok(ACTION)

    assert (answer["accounts"], answer["count"], persons.asked) == ([], 0, 0)
    assert asked.cost[0] == 2


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("change", ["removed", "disabled"])
def test_a_role_that_was_taken_is_not_listed(
    app: Flask, change: str, merchant: Merchant, lena: str
) -> None:
    hired(merchant, StaffRole.CASHIER, lena)
    assert ids(alone(app, lena).ok(ACTION)) == {merchant.account_id}

    if change == "removed":
        merchant.api.ok("removeStaffMember", {"userId": lena})
    else:
        merchant.api.ok("updateStaffMember", {"userId": lena, "isDisabled": True})

    assert alone(app, lena).ok(ACTION)["accounts"] == []


@pytest.mark.parametrize(
    ("known", "status", "error"),
    [
        ({"disabled": True}, 401, "INVALID_ID_TOKEN"),
        ({"emailVerified": False}, 403, "SIGN_IN_NOT_VERIFIED"),
        (None, 401, "INVALID_ID_TOKEN"),
    ],
)
def test_who_cannot_act_is_told_nothing(
    app: Flask,
    known: dict[str, object] | None,
    status: int,
    error: str,
    persons: Persons,
    merchant: Merchant,
    lena: str,
) -> None:
    hired(merchant, StaffRole.OWNER, lena)
    persons.changed[lena] = known

    answer = alone(app, lena)(ACTION)

    assert (answer.status, answer.error) == (status, error)
    assert "accounts" not in answer.body


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("sign_in", [{"is_email_verified": False}, {"email": None}])
def test_the_email_must_be_verified(
    app: Flask, sign_in: dict[str, object], merchant: Merchant, lena: str
) -> None:
    hired(merchant, StaffRole.OWNER, lena)

    answer = alone(app, lena, **sign_in)(ACTION)

    assert (answer.status, answer.error) == (403, "SIGN_IN_NOT_VERIFIED")


@pytest.mark.usefixtures("persons")
def test_there_is_no_sandbox_of_a_person(app: Flask, merchant: Merchant, lena: str) -> None:
    hired(merchant, StaffRole.OWNER, lena)

    with nothing_written(), watched() as asked:
        answer = alone(app, lena)(ACTION, X_Beep_Mode="test")

    problem = "is `live` or `test`, and for others than staff that of their key"
    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["details"] == {"fields": {"X-Beep-Mode": problem}}
    assert "accounts" not in answer.body
    assert asked.cost[0] == 0
    assert ids(alone(app, lena)(ACTION, X_Beep_Mode="live").body) == {merchant.account_id}


def test_a_key_and_its_token_are_told_of_their_own(merchant: Merchant) -> None:
    of_key = merchant.api.ok(ACTION)
    of_token = oauth.of(merchant.api).api(scope="accounts.read").ok(ACTION)

    assert of_key == of_token
    [mine] = of_key["accounts"]
    assert (mine["accountId"], mine["role"]) == (merchant.account_id, None)


@pytest.mark.usefixtures("persons")
def test_an_app_is_told_of_the_account_alone_that_allowed_it(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    app = oauth_apps.registered(merchant)
    hired(new_merchant(), StaffRole.OWNER, oauth_apps.OWNER)

    api = app.api(app.tokens(scope="accounts.read"))

    [mine] = api.ok(ACTION)["accounts"]
    assert (mine["accountId"], mine["role"]) == (merchant.account_id, "owner")


@pytest.mark.usefixtures("persons")
def test_no_more_are_looked_at_than_are_listed(
    app: Flask,
    merchant: Merchant,
    new_merchant: Callable[..., Merchant],
    monkeypatch: pytest.MonkeyPatch,
    lena: str,
) -> None:
    for each in (merchant, new_merchant(), new_merchant()):
        hired(each, StaffRole.OWNER, lena)
    monkeypatch.setattr(workplaces, "WORKPLACES_MAX", 2)

    with watched() as asked:
        assert alone(app, lena).ok(ACTION)["count"] == 2
    assert asked.cost == (3, 5, 0)


@pytest.mark.usefixtures("persons")
def test_an_account_without_subscription_is_listed_as_such(
    app: Flask, new_merchant: Callable[..., Merchant], lena: str
) -> None:
    merchant = new_merchant()
    hired(merchant, StaffRole.OWNER, lena)
    administration.set_active(merchant.account_id, is_active=False)

    [mine] = alone(app, lena).ok(ACTION)["accounts"]
    assert mine["isActive"] is False


def invited(app: Flask, user_id: str, email: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = alone(app, user_id, email=email).ok(ACTION)["invitations"]
    return found


@pytest.mark.usefixtures("persons", "frozen_clock")
def test_lists_to_which_accounts_the_address_is_invited(
    app: Flask, merchant: Merchant, new_merchant: Callable[..., Merchant], lena: str
) -> None:
    email = f"{lena}@example.com".lower()
    other = new_merchant()
    body = {"email": email, "role": "cashier", "storeIds": [merchant.store_id]}
    merchant.api.ok("inviteStaffMember", body)
    other.api.ok("inviteStaffMember", {"email": "somebody@example.com", "role": "owner"})

    with nothing_written():
        [mine] = invited(app, lena, email.upper())

    assert mine == {
        "accountId": merchant.account_id,
        "name": mine["name"],
        "role": "cashier",
        "storeIds": [merchant.store_id],
        "expiresAt": "2026-03-17T12:00:00.000Z",
    }


@pytest.mark.usefixtures("persons")
def test_who_works_there_already_is_not_told_of_an_invitation(
    app: Flask, merchant: Merchant, lena: str
) -> None:
    email = f"{lena}@example.com".lower()
    merchant.api.ok("inviteStaffMember", {"email": email, "role": "owner"})
    hired(merchant, StaffRole.CASHIER, lena)

    assert invited(app, lena, email) == []
    merchant.api.ok("updateStaffMember", {"userId": lena, "isDisabled": True})
    assert invited(app, lena, email) == []


@pytest.mark.usefixtures("persons")
def test_what_its_inviter_may_not_give_any_more_is_not_listed(
    app: Flask, merchant: Merchant, lena: str
) -> None:
    email = f"{lena}@example.com".lower()
    manager = hired(merchant, StaffRole.MANAGER)
    manager.ok("inviteStaffMember", {"email": email, "role": "cashier"})
    assert len(invited(app, lena, email)) == 1

    merchant.api.ok("removeStaffMember", {"userId": "uid_manager"})

    assert invited(app, lena, email) == []


@pytest.mark.parametrize("known", [{"disabled": True}, None])
def test_who_cannot_act_is_told_of_no_invitation(
    app: Flask,
    known: dict[str, object] | None,
    persons: Persons,
    merchant: Merchant,
    lena: str,
) -> None:
    email = f"{lena}@example.com".lower()
    merchant.api.ok("inviteStaffMember", {"email": email, "role": "cashier"})
    persons.changed[lena] = known

    answer = alone(app, lena, email=email)(ACTION)

    assert (answer.status, answer.error) == (401, "INVALID_ID_TOKEN")
    assert "invitations" not in answer.body
