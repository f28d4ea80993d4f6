"""acceptStaffInvitation: who proves to have the address gets the role, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask

from shared import config
from shared.auth.keys import KeyMode
from shared.domain.accounts import staff
from shared.domain.accounts.staff import StaffRole
from shared.store import client, paths
from shared.store.accounts import account_documents
from tests.conftest import Clock
from tests.support import oauth, oauth_apps, sign_ins, stored
from tests.support.api import Answer, Api
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import HEADER, Persons, hired, signed_in
from tests.support.traffic import first_answer_lost

ACTION = "acceptStaffInvitation"
LENA = "lena@example.com"
NOT_FOUND = (404, "STAFF_INVITATION_NOT_FOUND")
pytestmark = pytest.mark.usefixtures("persons")


def invite(merchant: Merchant, api: Api | None = None, **fields: object) -> None:
    (api or merchant.api).ok("inviteStaffMember", {"email": LENA, "role": "cashier", **fields})


def person(
    app: Flask, email: str | None = LENA, user_id: str = "uid_of_lena", **sign_in: object
) -> Api:
    """Return the API as somebody calls it who has signed in, and names no account."""
    return Api(app, sign_ins.unsigned(user_id, email=email, **sign_in))


def accept(merchant: Merchant, api: Api) -> Answer:
    return api(ACTION, {"accountId": merchant.account_id})


def refused(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.error


def people(merchant: Merchant) -> dict[str, str]:
    return {each["userId"]: each["role"] for each in merchant.api.ok("listStaff")["staff"]}


@pytest.mark.usefixtures("frozen_clock")
def test_takes_the_role_and_can_call(app: Flask, merchant: Merchant) -> None:
    owner = hired(merchant, StaffRole.OWNER)
    invite(merchant, owner, storeIds=[merchant.store_id], label="Lena, Kasse 2")
    assert signed_in(merchant, "uid_of_lena", email=LENA)("getMyAccess").error == "NOT_STAFF"

    answer = accept(merchant, person(app))

    at = "2026-03-03T12:00:00.000Z"
    assert answer.body == {
        "success": True,
        "accountId": merchant.account_id,
        "staffMember": {
            "userId": "uid_of_lena",
            "role": "cashier",
            "storeIds": [merchant.store_id],
            "isDisabled": False,
            "label": "Lena, Kasse 2",
            "addedBy": "uid_owner",
            "createdAt": at,
            "updatedAt": at,
        },
    }
    assert signed_in(merchant, "uid_of_lena", email=LENA).ok("getMyAccess")["role"] == "cashier"
    assert merchant.api.ok("listStaffInvitations")["count"] == 0


def test_the_address_is_forgotten_when_it_is_accepted(app: Flask, merchant: Merchant) -> None:
    invite(merchant)
    assert accept(merchant, person(app)).status == 200

    [kept] = [
        each
        for each in stored.documents("staffInvitations").values()
        if each["accountId"] == merchant.account_id
    ]
    assert (kept["email"], kept["acceptedBy"]) == (None, "uid_of_lena")


@pytest.mark.parametrize("email", ["LENA@example.com", "lena@EXAMPLE.COM"])
def test_upper_and_lower_case_do_not_matter(email: str, app: Flask, merchant: Merchant) -> None:
    invite(merchant, email="Lena@Example.com")

    assert accept(merchant, person(app, email)).status == 200


def test_nor_does_who_has_an_address_that_only_looks_like_it(
    app: Flask, merchant: Merchant
) -> None:
    invite(merchant, email="boss@strasse.example", role="owner")

    with nothing_written():
        answer = accept(merchant, person(app, "boss@straße.example"))

    assert refused(answer) == NOT_FOUND
    assert people(merchant) == {}


@pytest.mark.parametrize(
    ("sign_in", "expected"),
    [
        ({"email": "eve@example.com"}, NOT_FOUND),
        ({"email": "lena@example.com.evil.example"}, NOT_FOUND),
        ({"is_email_verified": False}, (403, "SIGN_IN_NOT_VERIFIED")),
        ({"email": None, "phone": "+491701234567"}, (403, "SIGN_IN_NOT_VERIFIED")),
        ({"email": None, "provider": "anonymous"}, (403, "SIGN_IN_NOT_VERIFIED")),
        ({"provider": "anonymous"}, (403, "SIGN_IN_NOT_VERIFIED")),
    ],
)
def test_nobody_else_takes_it(
    sign_in: dict[str, object], expected: tuple[int, str], app: Flask, merchant: Merchant
) -> None:
    invite(merchant, role="owner")

    with nothing_written():
        answer = accept(merchant, person(app, **{"email": LENA, **sign_in}))

    assert refused(answer) == expected
    assert people(merchant) == {}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"disabled": True}, (401, "INVALID_ID_TOKEN")),
        ({"validSince": "4102444800"}, (401, "INVALID_ID_TOKEN")),
        ({"emailVerified": False}, (403, "SIGN_IN_NOT_VERIFIED")),
        (None, (401, "INVALID_ID_TOKEN")),
    ],
    ids=["disabled", "signed out", "unverified", "deleted"],
)
def test_nor_does_somebody_whose_sign_in_has_ended(
    known: dict[str, object] | None,
    expected: tuple[int, str],
    app: Flask,
    persons: Persons,
    merchant: Merchant,
) -> None:
    invite(merchant)
    user_id = f"uid_of_{merchant.account_id}"
    persons.changed[user_id] = known

    with nothing_written():
        answer = accept(merchant, person(app, user_id=user_id))

    assert refused(answer) == expected
    assert people(merchant) == {}


@pytest.mark.parametrize("email", ["lena.meier@example.com", "", None])
def test_nor_does_a_token_with_an_address_that_is_theirs_no_more(
    email: str | None, app: Flask, persons: Persons, merchant: Merchant
) -> None:
    """What Firebase Auth has verified is the address of now: the token is from before."""
    invite(merchant)
    user_id = f"uid_of_{merchant.account_id}"
    persons.set(user_id, email=email)

    with nothing_written():
        answer = accept(merchant, person(app, user_id=user_id))

    assert refused(answer) == (403, "SIGN_IN_NOT_VERIFIED")
    assert people(merchant) == {}


def test_firebase_may_write_the_address_in_another_way(
    app: Flask, persons: Persons, merchant: Merchant
) -> None:
    invite(merchant)
    user_id = f"uid_of_{merchant.account_id}"
    persons.set(user_id, email="LENA@Example.com")

    assert accept(merchant, person(app, user_id=user_id)).status == 200


@pytest.mark.parametrize("mode", ["test", "TEST", ""])
def test_there_is_no_sandbox_of_it(mode: str, app: Flask, merchant: Merchant) -> None:
    invite(merchant)

    with nothing_written():
        answer = person(app)(ACTION, {"accountId": merchant.account_id}, X_Beep_Mode=mode)

    problem = "is `live` or `test`, and for others than staff that of their key"
    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["details"] == {"fields": {"X-Beep-Mode": problem}}
    assert people(merchant) == {}
    live = person(app)(ACTION, {"accountId": merchant.account_id}, X_Beep_Mode="live")
    assert live.status == 200


def test_a_test_key_does_not_make_it_a_test(app: Flask, merchant: Merchant) -> None:
    """Who sends one means that nothing happens."""
    invite(merchant)
    test, live = (merchant.publishable_key(each) for each in (KeyMode.TEST, KeyMode.LIVE))
    body = {"accountId": merchant.account_id}

    with nothing_written():
        answer = person(app)(ACTION, body, X_Beep_Publishable_Key=test)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["details"] == {"fields": {"X-Beep-Publishable-Key": "is no test key here"}}
    assert people(merchant) == {}
    assert person(app)(ACTION, body, X_Beep_Publishable_Key=live).status == 200


def test_an_invitation_is_for_its_account_alone(
    app: Flask, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    invite(merchant)
    other = new_merchant()

    with nothing_written():
        answers = [
            person(app)(ACTION, {"accountId": each})
            for each in (other.account_id, "acc_nobody", "a/b", "..", "x" * 100)
        ]

    assert [refused(each) for each in answers] == [NOT_FOUND] * 5
    assert len({each.body["message"] for each in answers}) == 1
    assert people(other) == {}


def test_repeated_it_answers_the_same(app: Flask, merchant: Merchant) -> None:
    invite(merchant)
    first = accept(merchant, person(app))

    with nothing_written():
        again = accept(merchant, person(app))
        other = accept(merchant, person(app, user_id="uid_of_another"))

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert refused(other) == NOT_FOUND
    assert people(merchant) == {"uid_of_lena": "cashier"}


def test_a_lost_answer_is_found(app: Flask, merchant: Merchant) -> None:
    invite(merchant)

    with first_answer_lost():
        assert accept(merchant, person(app)).status == 200

    assert people(merchant) == {"uid_of_lena": "cashier"}


def test_who_was_removed_does_not_come_back_by_the_old_invitation(
    app: Flask, merchant: Merchant
) -> None:
    invite(merchant)
    accept(merchant, person(app))
    merchant.api.ok("removeStaffMember", {"userId": "uid_of_lena"})

    with nothing_written():
        answer = accept(merchant, person(app))

    assert refused(answer) == NOT_FOUND
    assert people(merchant) == {}
    invite(merchant, role="manager")
    assert accept(merchant, person(app)).status == 200
    assert people(merchant) == {"uid_of_lena": "manager"}


@pytest.mark.parametrize("is_disabled", [False, True])
def test_who_works_there_already_gets_no_other_role(
    is_disabled: bool, app: Flask, merchant: Merchant
) -> None:
    hired(merchant, StaffRole.CASHIER, "uid_of_lena")
    merchant.api.ok("updateStaffMember", {"userId": "uid_of_lena", "isDisabled": is_disabled})
    invite(merchant, role="owner")

    with nothing_written():
        answer = accept(merchant, person(app))

    assert_refused(answer, 409, "STAFF_MEMBER_EXISTS", {"role": "cashier"})
    assert people(merchant) == {"uid_of_lena": "cashier"}


def test_it_ends_after_two_weeks(app: Flask, frozen_clock: Clock, merchant: Merchant) -> None:
    invite(merchant)
    frozen_clock.advance(days=14)

    with nothing_written():
        answer = accept(merchant, person(app))

    assert_refused(answer, 409, "STAFF_INVITATION_ENDED", {"reason": "expired"})
    assert people(merchant) == {}


@pytest.mark.parametrize(
    ("by", "change"),
    [
        ("owner", ("removeStaffMember", {})),
        ("owner", ("updateStaffMember", {"isDisabled": True})),
        ("owner", ("updateStaffMember", {"role": "developer"})),
        ("owner", ("updateStaffMember", {"role": "manager"})),
        ("manager", ("removeStaffMember", {})),
        ("manager", ("updateStaffMember", {"role": "cashier"})),
    ],
)
def test_it_ends_when_its_inviter_may_not_give_the_role_any_more(
    by: str, change: tuple[str, dict[str, object]], app: Flask, merchant: Merchant
) -> None:
    hired(merchant, StaffRole.OWNER, "uid_2")
    invite(merchant, hired(merchant, by), role="manager" if by == "owner" else "cashier")
    action, fields = change
    merchant.api.ok(action, {"userId": f"uid_{by}", **fields})

    with nothing_written():
        answer = accept(merchant, person(app))

    assert_refused(answer, 409, "STAFF_INVITATION_ENDED", {"reason": "inviter"})
    assert "uid_of_lena" not in people(merchant)


def test_who_comes_back_has_invited_nobody_yet(
    app: Flask, frozen_clock: Clock, merchant: Merchant
) -> None:
    hired(merchant, StaffRole.OWNER, "uid_2")
    invite(merchant, hired(merchant, StaffRole.OWNER))
    merchant.api.ok("removeStaffMember", {"userId": "uid_owner"})
    frozen_clock.advance(seconds=1)
    again = hired(merchant, StaffRole.OWNER)

    with nothing_written():
        answer = accept(merchant, person(app))

    assert_refused(answer, 409, "STAFF_INVITATION_ENDED", {"reason": "inviter"})
    assert people(merchant) == {"uid_2": "owner", "uid_owner": "owner"}
    (shown,) = merchant.api.ok("listStaffInvitations")["invitations"]
    assert shown["isOpen"] is False
    merchant.api.ok("withdrawStaffInvitation", {"email": LENA})
    invite(merchant, again)
    assert accept(merchant, person(app)).status == 200


def test_a_manager_invites_for_no_store_that_is_not_theirs_any_more(
    app: Flask, merchant: Merchant
) -> None:
    other = merchant.another_store()
    manager = hired(merchant, StaffRole.MANAGER)
    invite(merchant, manager, storeIds=[merchant.store_id])
    merchant.api.ok("updateStaffMember", {"userId": "uid_manager", "storeIds": [other.store_id]})

    with nothing_written():
        answer = accept(merchant, person(app))

    assert_refused(answer, 409, "STAFF_INVITATION_ENDED", {"reason": "inviter"})


def test_it_ends_with_the_secret_key_that_has_invited(app: Flask, merchant: Merchant) -> None:
    invite(merchant)
    for record in account_documents.list_keys(merchant.account_id):
        path = paths.api_key(record.key_hash)
        read = client.get_one(path)
        assert read.data is not None
        client.commit([client.replacement(read, {**read.data, "revokedAt": datetime.now(UTC)})])

    with nothing_written():
        answer = accept(merchant, person(app))

    assert_refused(answer, 409, "STAFF_INVITATION_ENDED", {"reason": "inviter"})


def test_an_account_has_only_so_many_people(
    app: Flask, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    hired(merchant, StaffRole.OWNER)
    invite(merchant)
    monkeypatch.setattr(staff, "STAFF_MAX", 1)

    with nothing_written():
        answer = accept(merchant, person(app))

    assert (answer.status, answer.error) == (400, "LIMIT_EXCEEDED")


def test_accepted_twice_at_once_there_is_one_person(app: Flask, merchant: Merchant) -> None:
    """By two sign-ins with one address, as an operator may allow them: one gets the role."""
    invite(merchant)
    apis = [person(app, user_id=each) for each in ("uid_1", "uid_2")]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda each: accept(merchant, each), apis))

    assert sorted(refused(each) for each in answers) == [(200, None), NOT_FOUND]
    assert len(people(merchant)) == 1


def test_accepted_twice_at_once_by_one_person_both_are_told_so(
    app: Flask, merchant: Merchant
) -> None:
    invite(merchant)

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: accept(merchant, person(app)), range(2)))

    assert [each.status for each in answers] == [200, 200]
    assert sorted(each.is_replay for each in answers) == [False, True]


def test_of_withdrawal_and_acceptance_at_once_one_holds(app: Flask, merchant: Merchant) -> None:
    invite(merchant)

    with ThreadPoolExecutor(2) as threads:
        accepting = threads.submit(accept, merchant, person(app))
        withdrawing = threads.submit(merchant.api, "withdrawStaffInvitation", {"email": LENA})
    accepted, withdrawn = accepting.result(), withdrawing.result()

    assert {refused(accepted), refused(withdrawn)} == {(200, None), NOT_FOUND}
    assert ("uid_of_lena" in people(merchant)) is (accepted.status == 200)


def test_an_owner_who_was_invited_is_one_of_those_who_can_act(
    app: Flask, merchant: Merchant
) -> None:
    hired(merchant, StaffRole.OWNER)
    invite(merchant, role="owner")
    accept(merchant, person(app))

    merchant.api.ok("removeStaffMember", {"userId": "uid_owner"})

    with nothing_written():
        last = merchant.api("removeStaffMember", {"userId": "uid_of_lena"})
    assert_refused(last, 409, "LAST_OWNER")


def test_no_key_accepts_and_no_token(merchant: Merchant) -> None:
    invite(merchant)
    token = oauth.of(merchant.api).api()

    with nothing_written():
        by_key = accept(merchant, merchant.api)
        by_token = accept(merchant, token)

    for answer in (by_key, by_token):
        assert refused(answer) == (403, "ENDPOINT_NOT_ALLOWED")
    assert people(merchant) == {}


def test_nor_does_an_app_or_who_says_to_call_as_staff(
    app: Flask, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    invite(merchant)
    other = new_merchant()
    hired(other, StaffRole.OWNER, "uid_of_lena")
    as_staff = Api(app, sign_ins.unsigned("uid_of_lena", email=LENA), {HEADER: other.account_id})
    registered = oauth_apps.registered(other)
    as_app = registered.api(registered.tokens(scope="accounts.read"))

    with nothing_written():
        answers = [accept(merchant, each) for each in (as_staff, as_app)]

    assert [refused(each) for each in answers] == [(403, "ENDPOINT_NOT_ALLOWED")] * 2
    assert "X-Beep-Staff-Account" in answers[0].body["fix"]
    assert people(merchant) == {}


@pytest.mark.usefixtures("frozen_clock")
def test_app_check_is_asked_for_where_it_is_switched_on(
    app: Flask, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(merchant)
    monkeypatch.setenv("PUNKTWERK_APP_CHECK", "required")
    assert config.requires_app_check()

    with nothing_written():
        answer = accept(merchant, person(app))

    assert (answer.status, answer.error) == (403, "APP_NOT_VERIFIED")
