"""listApiKeys: which keys an account has, without their texts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.auth import keys
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.staff import hired, owner_of

ACTION = "listApiKeys"
pytestmark = pytest.mark.usefixtures("persons")


def test_the_newest_first_and_none_of_another_account(
    frozen_clock: Clock, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    administration.issue_key(new_merchant().account_id, KeyMode.LIVE)
    frozen_clock.advance(days=1)
    api = owner_of(merchant)
    issued = administration.issue_key(
        merchant.account_id, KeyMode.LIVE, KeyKind.PUBLISHABLE, label="App"
    )

    answer = api.ok(ACTION)

    assert answer["apiKeys"][0] == {
        "keyId": issued.record.key_id,
        "mode": "live",
        "kind": "publishable",
        "label": "App",
        "prefix": "bk_live_pk_",
        "last4": issued.key.last4,
        "createdAt": "2026-03-04T12:00:00.000Z",
        "createdBy": None,
        "revokedAt": None,
        "revokedBy": None,
    }
    own = {keys.parse(str(each)).hash[:16] for each in (merchant.api.key, merchant.sandbox.key)}
    assert {each["keyId"] for each in answer["apiKeys"][1:]} == own
    assert answer["count"] == 3


def test_a_developer_sees_them_too(merchant: Merchant) -> None:
    assert hired(merchant, StaffRole.DEVELOPER).ok(ACTION)["count"] == 2


def test_revoked_ones_are_shown_to_who_asks_the_last_one_first(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    api, made = owner_of(merchant), []
    for label in ("first", "second"):
        frozen_clock.advance(minutes=1)
        fields = {"mode": "test", "kind": "secret", "label": label}
        made.append(api.ok("createApiKey", fields)["apiKey"]["keyId"])
    for key_id in reversed(made):
        frozen_clock.advance(minutes=1)
        api.ok("revokeApiKey", {"keyId": key_id})

    shown = api.ok(ACTION, {"includeRevoked": True})

    revoked = [each for each in shown["apiKeys"] if each["revokedAt"]]
    assert [each["label"] for each in revoked] == ["first", "second"]
    assert {each["revokedBy"] for each in revoked} == {"uid_owner"}
    assert shown["apiKeys"][-2:] == revoked
    assert api.get(ACTION).body == api.ok(ACTION)
    assert api.ok(ACTION)["count"] == 2
