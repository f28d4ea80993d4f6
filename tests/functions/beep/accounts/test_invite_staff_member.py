"""inviteStaffMember: who invites whom to which role, and what is stored of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.accounts.staff import StaffRole
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import oauth, stored
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.staff import hired
from tests.support.traffic import first_answer_lost

ACTION = "inviteStaffMember"
LENA = {"email": "lena@example.com", "role": "cashier", "label": "Lena, Kasse 2"}


def invited(merchant: Merchant) -> dict[str, str]:
    found = merchant.api.ok("listStaffInvitations")["invitations"]
    return {each["email"]: each["role"] for each in found}


@pytest.mark.usefixtures("frozen_clock")
def test_invites_a_cashier_for_two_weeks(merchant: Merchant) -> None:
    answer = merchant.api.ok(ACTION, {**LENA, "storeIds": [merchant.store_id]})

    assert answer == {
        "success": True,
        "invitation": {
            **LENA,
            "storeIds": [merchant.store_id],
            "invitedBy": None,
            "isOpen": True,
            "createdAt": "2026-03-03T12:00:00.000Z",
            "expiresAt": "2026-03-17T12:00:00.000Z",
        },
    }
    assert invited(merchant) == {"lena@example.com": "cashier"}
    assert merchant.api.ok("listStaff")["count"] == 0


def test_the_address_is_stored_nowhere_in_clear(merchant: Merchant) -> None:
    merchant.api.ok(ACTION, LENA, idempotency_key="k")

    found = {
        path: each
        for path, each in stored.documents("staffInvitations").items()
        if each["accountId"] == merchant.account_id
    }
    assert len(found) == 1
    assert "lena@" not in str(found).lower()
    assert "lena@" not in str(stored.documents("idempotencyKeys")).lower()


@pytest.mark.parametrize("email", ["lena@example.com", "LENA@example.com", " Lena@EXAMPLE.com "])
def test_an_address_is_invited_once(email: str, merchant: Merchant) -> None:
    merchant.api.ok(ACTION, LENA)

    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "email": email, "role": "owner"})

    assert_refused(answer, 409, "STAFF_INVITATION_EXISTS")
    assert invited(merchant) == {"lena@example.com": "cashier"}


def test_an_address_is_invited_once_also_by_two_at_once(merchant: Merchant) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: merchant.api(ACTION, LENA), range(2)))

    assert sorted(each.status for each in answers) == [200, 409]
    assert len(invited(merchant)) == 1


def test_an_invitation_that_is_over_can_be_made_anew(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    merchant.api.ok(ACTION, LENA)
    frozen_clock.advance(days=14)
    assert invited(merchant) == {}

    merchant.api.ok(ACTION, {**LENA, "role": "manager"})

    assert invited(merchant) == {"lena@example.com": "manager"}


@pytest.mark.usefixtures("persons")
def test_one_that_its_inviter_may_not_give_any_more_can_be_made_anew(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.OWNER)
    hired(merchant, StaffRole.OWNER, "uid_2")
    api.ok(ACTION, {**LENA, "role": "owner"})
    merchant.api.ok("updateStaffMember", {"userId": "uid_owner", "role": "manager"})

    merchant.api.ok(ACTION, LENA)

    assert invited(merchant) == {"lena@example.com": "cashier"}


def test_other_accounts_may_invite_the_same_address(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    for each in (merchant, other):
        each.api.ok(ACTION, LENA)

    assert invited(merchant) == invited(other) == {"lena@example.com": "cashier"}


def test_a_repeated_request_gets_its_first_answer(merchant: Merchant) -> None:
    first = merchant.api(ACTION, LENA, idempotency_key="k")

    with nothing_written():
        again = merchant.api(ACTION, LENA, idempotency_key="k")
        other = merchant.api(ACTION, {**LENA, "role": "owner"}, idempotency_key="k")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


def test_a_lost_answer_is_found(merchant: Merchant) -> None:
    with first_answer_lost():
        merchant.api.ok(ACTION, LENA)

    assert len(invited(merchant)) == 1


@pytest.mark.parametrize("email", ["", "lena", "lena@", "@example.com", "a b@example.com", 5])
def test_it_must_be_an_address(email: object, merchant: Merchant) -> None:
    with nothing_written():
        answers = [
            each(ACTION, {**LENA, "email": email}) for each in (merchant.api, merchant.sandbox)
        ]

    for answer in answers:
        assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
        assert answer.body["details"]["fields"].keys() == {"email"}


@pytest.mark.parametrize("role", ["owner", "developer"])
def test_only_managers_and_cashiers_are_limited_to_stores(role: str, merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "role": role, "storeIds": [merchant.store_id]})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_a_store_is_named_once(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "storeIds": [merchant.store_id] * 2})

    assert_invalid(answer, storeIds="must name each store once")


def test_the_stores_are_the_accounts(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "storeIds": [other.store_id]})

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def refused(answer: Answer) -> bool:
    return (answer.status, answer.error) == (403, "STAFF_CHANGE_NOT_ALLOWED")


@pytest.mark.usefixtures("persons")
def test_a_manager_invites_cashiers_to_the_own_stores_and_nobody_else(merchant: Merchant) -> None:
    other = merchant.another_store()
    api = hired(merchant, StaffRole.MANAGER, storeIds=[merchant.store_id])
    named = {"storeId": merchant.store_id}

    with nothing_written():
        answers = [
            api(ACTION, {**LENA, **named, **fields})
            for fields in (
                {"role": "manager", "storeIds": [merchant.store_id]},
                {"role": "owner"},
                {"storeIds": [other.store_id]},
                {"storeIds": [merchant.store_id, other.store_id]},
                {},
            )
        ]

    assert all(refused(each) for each in answers)
    made = api.ok(ACTION, {**LENA, **named, "storeIds": [merchant.store_id]})
    assert made["invitation"]["invitedBy"] == "uid_manager"


@pytest.mark.usefixtures("persons")
def test_a_role_that_was_taken_a_moment_ago_invites_nobody(merchant: Merchant) -> None:
    """The edge may know an owner for 60 s; the commit looks again."""
    api = hired(merchant, StaffRole.OWNER)
    api.ok("getMyAccess")
    read = client.get_one(paths.staff_member(merchant.account_id, "uid_owner"))
    client.commit([client.Delete(read)])  # as another process does it

    with nothing_written():
        answer = api(ACTION, LENA)

    assert_refused(answer, 403, "NOT_STAFF")


def test_an_access_token_invites_nobody_whatever_its_scopes(merchant: Merchant) -> None:
    api = oauth.of(merchant.api).api()

    with nothing_written():
        answer = api(ACTION, {**LENA, "role": "owner"})

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")


def test_an_account_has_only_so_many_at_a_time(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.services.accounts.staff_invitations.INVITATIONS_MAX", 1)
    merchant.api.ok(ACTION, LENA)

    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "email": "max@example.com"})

    assert (answer.status, answer.error) == (400, "LIMIT_EXCEEDED")
    merchant.api.ok("withdrawStaffInvitation", {"email": "lena@example.com"})
    merchant.api.ok(ACTION, {**LENA, "email": "max@example.com"})
