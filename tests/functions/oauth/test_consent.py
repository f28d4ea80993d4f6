"""POST /oauth/consent: an owner lets an app act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared import clock, config
from shared.auth.app_tokens import parse_code
from shared.domain.accounts.packages import Package
from shared.services.accounts import administration
from shared.store import client
from tests.support import oauth, sign_ins, staff
from tests.support.merchants import Merchant
from tests.support.oauth import OAuth
from tests.support.oauth_apps import OWNER, REDIRECT, App, query_of, registered
from tests.support.refusals import nothing_written
from tests.support.staff import Persons

persons = staff.persons


@pytest.fixture
def partner(merchant: Merchant, persons: Persons) -> App:
    return registered(merchant)


def test_the_page_is_told_where_to_go_with_the_code(partner: App) -> None:
    answer = partner.consent()

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body["redirect"].startswith(REDIRECT + "&")
    found = query_of(answer.body["redirect"])
    assert {*found} == {"tenant", "code", "state", "iss"}
    assert (found["state"], found["iss"]) == ("state-1", config.public_url())
    code = parse_code(found["code"])
    assert code is not None
    stored = client.get_one(f"oauthConsents/{code.consent_id}").data
    assert stored is not None
    assert stored["codeHash"] == code.hash
    assert found["code"] not in str(stored)
    assert stored["userId"] == OWNER
    assert stored["scopes"] == ["loyalty.write", "members.read"]
    assert stored["expiresAt"] - stored["createdAt"] == timedelta(seconds=60)


def test_only_an_owner_consents(
    partner: App, new_merchant: Callable[..., Merchant], persons: Persons
) -> None:
    for role in ("manager", "developer", "cashier"):
        staff.hired(partner.merchant, role)
    other = new_merchant()
    persons.set("uid_gone", disabled=True)
    partner.merchant.api.ok("addStaffMember", {"userId": "uid_gone", "role": "owner"})

    with nothing_written():
        answers = {
            "manager": partner.by("uid_manager").consent(),
            "developer": partner.by("uid_developer").consent(),
            "cashier": partner.by("uid_cashier").consent(),
            "customer": partner.by("user_1").consent(),
            "another account": partner.consent(account_id=other.account_id),
            "no account": partner.consent(account_id="../x"),
            "disabled": partner.by("uid_gone").consent(),
            "unverified": partner.consent(sign_in={"is_email_verified": False}),
        }

    assert {name: (each.status, each.body["error"]) for name, each in answers.items()} == {
        "manager": (403, "ENDPOINT_NOT_ALLOWED"),
        "developer": (403, "ENDPOINT_NOT_ALLOWED"),
        "cashier": (403, "ENDPOINT_NOT_ALLOWED"),
        "customer": (403, "NOT_STAFF"),
        "another account": (403, "NOT_STAFF"),
        "no account": (403, "NOT_STAFF"),
        "disabled": (401, "INVALID_ID_TOKEN"),
        "unverified": (403, "SIGN_IN_NOT_VERIFIED"),
    }


def test_only_who_has_just_signed_in_consents(partner: App) -> None:
    old_s = int(clock.utc_now().timestamp()) - 11 * 60
    key = {"Authorization": f"Bearer {partner.merchant.api.key}"}
    token = {"Authorization": f"Bearer {oauth.of(partner.merchant.api).token()}"}

    with nothing_written():
        assert partner.consent(sign_in={"auth_time": old_s}).body["error"] == "SIGN_IN_TOO_OLD"
        assert partner.consent(headers={}).body["error"] == "MISSING_AUTH_HEADER"
        assert partner.consent(headers=key).body["error"] == "INVALID_ID_TOKEN"
        assert partner.consent(headers=token).body["error"] == "INVALID_ID_TOKEN"


def test_who_was_owner_a_moment_ago_does_not_consent(partner: App) -> None:
    assert partner.consent().status == 200  # the role is cached
    path = f"accounts/{partner.merchant.account_id}/users/{OWNER}"
    read = client.get_one(path)
    assert read.data is not None
    client.commit([client.replacement(read, {**read.data, "role": "cashier"})])

    with nothing_written():
        assert partner.consent().body["error"] == "ENDPOINT_NOT_ALLOWED"


def test_nothing_is_allowed_beyond_the_package(partner: App) -> None:
    administration.set_package(partner.merchant.account_id, Package.DISCOVER)

    with nothing_written():
        answer = partner.consent()

    assert (answer.status, answer.body["error"]) == (400, "invalid_scope")


def test_sends_no_code_where_the_app_is_not(partner: App) -> None:
    other = registered(partner.merchant, redirect_uri="https://evil.example/callback")

    with nothing_written():
        answers = [
            partner.consent(redirect_uri="https://evil.example/callback"),
            partner.consent(redirect_uri=REDIRECT + "/x"),
            partner.consent(redirect_uri=None),
            partner.consent(client_id=other.client_id),
            partner.consent(client_id=None),
        ]

    for each in answers:
        assert (each.status, each.body["error"]) == (400, "invalid_request")
        assert "redirect" not in each.body


def test_takes_no_form_of_another_site(partner: App) -> None:
    form = {**partner.asked, "account_id": partner.merchant.account_id}
    api = OAuth(partner.flask, "")
    token = sign_ins.unsigned(OWNER)

    with nothing_written():
        assert api.send("consent", form).status == 400
        assert api.send("consent", "", "OPTIONS").status == 405  # no script of others, either
        cookie = {"Cookie": f"token={token}"}
        assert partner.consent(headers=cookie).body["error"] == "MISSING_AUTH_HEADER"
