"""revokeOAuthConsent: an owner ends what an app may do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.accounts.staff import StaffRole
from tests.support.merchants import Merchant
from tests.support.oauth_apps import OWNER, App, registered
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import Persons, hired, signed_in

ACTION = "revokeOAuthConsent"


@pytest.fixture
def partner(merchant: Merchant, persons: Persons) -> App:
    return registered(merchant)


def consent_id(merchant: Merchant) -> str:
    """Return the id of the only consent."""
    [consent] = merchant.api.ok("listOAuthConsents")["consents"]
    found: str = consent["consentId"]
    return found


def test_ends_all_tokens_at_once(partner: App) -> None:
    tokens = partner.tokens()
    api, merchant = partner.api(tokens), partner.merchant
    assert api("listMembers").status == 200
    body = {"consentId": consent_id(merchant)}

    answer = signed_in(merchant, OWNER).ok(ACTION, body)

    assert (answer["consentId"], answer["appId"]) == (body["consentId"], partner.client_id)
    assert merchant.api.ok("listOAuthConsents")["consents"] == []
    with nothing_written():
        assert_refused(api("listMembers"), 401, "INVALID_ACCESS_TOKEN")
        refused = partner.refresh(tokens["refresh_token"])
        assert (refused.status, refused.body["error"]) == (400, "invalid_grant")
        told = partner.post("introspect", token=tokens["access_token"])
        assert told.body == {"active": False}


def test_other_consents_of_the_app_go_on(partner: App) -> None:
    partner.tokens()
    ended = consent_id(partner.merchant)
    lasting = partner.tokens()

    partner.merchant.api.ok(ACTION, {"consentId": ended})

    assert partner.api(lasting)("listMembers").status == 200
    assert partner.refresh(lasting["refresh_token"]).status == 200


def test_a_repetition_changes_nothing(partner: App) -> None:
    partner.tokens()
    api, body = partner.merchant.api, {"consentId": consent_id(partner.merchant)}
    first = api(ACTION, body, idempotency_key="k")

    with nothing_written():
        again = api(ACTION, body, idempotency_key="k")
        anew = api(ACTION, body)

    assert (again.body, again.is_replay) == (first.body, True)
    assert (anew.body, anew.is_replay) == (first.body, False)


@pytest.mark.parametrize("named", ["cons_unknown", "a/b", ".."])
def test_another_accounts_consent_does_not_exist(
    named: str, partner: App, new_merchant: Callable[..., Merchant]
) -> None:
    tokens = partner.tokens()
    other = new_merchant()

    with nothing_written():
        theirs = other.api(ACTION, {"consentId": consent_id(partner.merchant)})
        unknown = other.api(ACTION, {"consentId": named})

    assert_refused(theirs, 404, "OAUTH_CONSENT_NOT_FOUND")
    assert_refused(unknown, 404, "OAUTH_CONSENT_NOT_FOUND")
    assert partner.api(tokens)("listMembers").status == 200


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.CASHIER, StaffRole.DEVELOPER])
def test_is_for_owners_alone(role: StaffRole, partner: App) -> None:
    tokens = partner.tokens()
    api = hired(partner.merchant, role)

    with nothing_written():
        answer = api(ACTION, {"consentId": consent_id(partner.merchant)})

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")
    assert partner.api(tokens)("listMembers").status == 200
