"""listOAuthConsents: what an account lets apps do, for its owners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.accounts.oauth_consents import REFRESH_LIFE_DAYS
from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import oauth_apps as apps
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.oauth_apps import OWNER, SCOPES, App, registered
from tests.support.refusals import assert_invalid, nothing_written
from tests.support.staff import Persons, hired, signed_in
from tests.support.traffic import watched

ACTION = "listOAuthConsents"


@pytest.fixture
def partner(merchant: Merchant, persons: Persons) -> App:
    return registered(merchant)


def listed(merchant: Merchant, **request: Any) -> list[dict[str, Any]]:
    return merchant.api.ok(ACTION, request)["consents"]


def test_says_who_allowed_which_app_what(frozen_clock: Clock, partner: App) -> None:
    tokens = partner.tokens()
    frozen_clock.advance(hours=1)
    partner.refresh(tokens["refresh_token"])
    owner = signed_in(partner.merchant, OWNER)

    with nothing_written(), watched() as asked:
        answer = owner.ok(ACTION)

    [consent] = answer["consents"]
    assert consent["appId"] == partner.client_id
    assert consent["appName"].startswith("Zap")
    assert consent["isAppDisabled"] is False
    assert (consent["userId"], consent["role"]) == (OWNER, "owner")
    assert consent["scopes"] == SCOPES.split(" ")
    assert consent["createdAt"] < consent["lastRefreshedAt"] < consent["expiresAt"]
    assert asked.cost[0] <= 4
    assert partner.merchant.api.ok(ACTION) == answer


def test_what_has_ended_is_left_out(frozen_clock: Clock, partner: App) -> None:
    partner.code()  # It was not used, so there are no tokens.
    revoked, lasting = partner.tokens(), partner.tokens()
    partner.post("revoke", token=revoked["refresh_token"])

    assert len(listed(partner.merchant)) == 1
    frozen_clock.advance(days=REFRESH_LIFE_DAYS)
    assert listed(partner.merchant) == []
    assert partner.refresh(lasting["refresh_token"]).status == 400


def test_whose_person_has_no_role_any_more_is_left_out(partner: App) -> None:
    partner.tokens()
    hired(partner.merchant, StaffRole.OWNER, "uid_second")

    partner.merchant.api.ok("updateStaffMember", {"userId": OWNER, "isDisabled": True})
    assert listed(partner.merchant) == []
    partner.merchant.api.ok("updateStaffMember", {"userId": OWNER, "isDisabled": False})
    assert len(listed(partner.merchant)) == 1
    partner.merchant.api.ok("removeStaffMember", {"userId": OWNER})
    assert listed(partner.merchant) == []


def test_a_disabled_app_is_marked(partner: App) -> None:
    partner.tokens()
    apps.set_disabled(partner.client_id, is_disabled=True)

    [consent] = listed(partner.merchant)

    assert consent["isAppDisabled"] is True


def test_another_account_has_its_own(partner: App, new_merchant: Callable[..., Merchant]) -> None:
    partner.tokens()

    assert listed(new_merchant()) == []


def test_goes_on_from_page_to_page(frozen_clock: Clock, partner: App) -> None:
    for _ in range(3):
        partner.tokens()
        frozen_clock.advance(seconds=1)

    first = partner.merchant.api.ok(ACTION, {"limit": 2})
    second = partner.merchant.api.ok(ACTION, {"limit": 2, "cursor": first["nextCursor"]})

    assert (first["count"], second["count"], second["nextCursor"]) == (2, 1, None)
    made = [each["createdAt"] for each in [*first["consents"], *second["consents"]]]
    assert made == sorted(made, reverse=True)
    problem = "must be a nextCursor of an earlier answer"
    assert_invalid(partner.merchant.api(ACTION, {"cursor": "x"}), cursor=problem)


@pytest.mark.parametrize("role", ["manager", "cashier", "developer"])
def test_is_for_owners_alone(role: str, partner: App) -> None:
    partner.tokens()
    api = hired(partner.merchant, role)

    answer = api(ACTION)

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")


def test_no_app_is_told_of_the_others(partner: App) -> None:
    api = partner.api(partner.tokens(scope="accounts.read accounts.write"))

    for action in (ACTION, "revokeOAuthConsent"):
        with nothing_written():
            answer = api(action, {})
        assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")
