"""Which scope each action needs."""

from __future__ import annotations

import pytest

from functions.catalog import ENDPOINTS, SCOPES, Endpoint
from shared.domain.accounts.packages import Package
from tests.support import oauth
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written

KEYED = [endpoint for endpoint in ENDPOINTS if endpoint.needs_key and not endpoint.refuses_tokens]


def keyed_of(scope: str) -> list[Endpoint]:
    return [endpoint for endpoint in KEYED if endpoint.scope == scope]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_action_needs_its_scope(scope: str, merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    without = client.api(scope=" ".join(SCOPES.keys() - {scope}))
    alone = client.api(scope=scope)

    for endpoint in keyed_of(scope):
        with nothing_written():
            answer = without(endpoint.name, {})
        assert_refused(answer, 403, "INSUFFICIENT_SCOPE", {"scope": scope})
        assert alone(endpoint.name, {}).error != "INSUFFICIENT_SCOPE"


def test_what_is_no_tokens_to_say_is_refused_to_all(merchant: Merchant) -> None:
    api = oauth.of(merchant.api).api()
    refusing = [each for each in ENDPOINTS if each.refuses_tokens and not each.for_persons]

    for each in refusing:
        with nothing_written():
            answer = api(each.name, {})
        fix = "Call with the secret key, or as an owner who has signed in."
        if each.refuses_keys:
            fix = "Sign in to the console as an owner."
        assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", fix=fix)
    assert [each.name for each in refusing] == [
        "addStaffMember",
        "updateStaffMember",
        "removeStaffMember",
        "inviteStaffMember",
        "withdrawStaffInvitation",
        "listOAuthConsents",
        "revokeOAuthConsent",
        "listApiKeys",
        "createApiKey",
        "rotateApiKey",
        "revokeApiKey",
    ]


def test_what_takes_get_reads_and_what_reads_by_post_alone_says_so() -> None:
    reading = {endpoint.name for endpoint in KEYED if endpoint.scope.endswith(".read")}
    by_get = {endpoint.name for endpoint in KEYED if endpoint.is_read}

    assert reading - by_get == {
        "calculateLoyaltyPoints",
        "getLoyaltyTransactions",
        "listMembers",
        "quoteLoyaltyPayment",
    }
    assert by_get <= reading


def test_each_scope_needs_the_lowest_package_of_its_actions() -> None:
    assert SCOPES.keys() == {endpoint.scope for endpoint in KEYED}
    for scope, package in SCOPES.items():
        packages = [endpoint.package for endpoint in keyed_of(scope)]
        assert package in packages
        assert all(each.includes(package) for each in packages)
    assert SCOPES["loyalty.write"] is Package.GO
    assert SCOPES["payments.read"] is Package.GROW
