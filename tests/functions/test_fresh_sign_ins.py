"""Who has signed in long ago, or by an account that anybody could link, gives no lasting power."""

from __future__ import annotations

from typing import Any

import pytest

from shared import clock
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import owner_of, signed_in

EMAIL = "max@example.com"
MAX = {"userId": "uid_of_max", "role": "owner"}
LIVE_SECRET = {"mode": "live", "kind": "secret"}
pytestmark = pytest.mark.usefixtures("persons")


def long_ago(merchant: Merchant) -> Api:
    """Return the API as the owner calls it, with a new token of a sign-in of this morning."""
    owner_of(merchant)
    return signed_in(merchant, "uid_owner", auth_time=int(clock.utc_now().timestamp()) - 11 * 60)


def test_old_sign_ins_make_nothing_that_lasts(merchant: Merchant) -> None:
    new, old = owner_of(merchant), long_ago(merchant)
    key_id = new.ok("createApiKey", LIVE_SECRET)["apiKey"]["keyId"]
    new.ok("addStaffMember", {"userId": "uid_of_lena", "role": "manager"})
    new.ok("addStaffMember", {"userId": "uid_of_kim", "role": "owner"})
    new.ok("updateStaffMember", {"userId": "uid_of_kim", "isDisabled": True})
    new.ok("addStaffMember", MAX)
    new.ok("addStaffMember", {"userId": "uid_of_ben", "role": "owner"})
    asked: list[tuple[str, dict[str, Any]]] = [
        ("createApiKey", LIVE_SECRET),
        ("rotateApiKey", {"keyId": key_id}),
        ("addStaffMember", {"userId": "uid_of_ada", "role": "owner"}),
        ("addStaffMember", {"userId": "uid_of_eve", "role": "developer"}),
        ("inviteStaffMember", {"email": EMAIL, "role": "owner"}),
        ("inviteStaffMember", {"email": "eve@example.com", "role": "manager"}),
        ("updateStaffMember", {"userId": "uid_of_lena", "role": "owner"}),
        ("updateStaffMember", {"userId": "uid_of_kim", "isDisabled": False}),
        ("updateStaffMember", {"userId": "uid_of_max", "role": "cashier"}),
        ("removeStaffMember", {"userId": "uid_of_ben"}),
    ]

    with nothing_written():
        answers = [old(action, body) for action, body in asked]

    for answer in answers:
        assert_refused(answer, 403, "SIGN_IN_TOO_OLD")
    for action, body in asked:
        new.ok(action, body)


def test_old_sign_ins_do_what_gives_nobody_everything(merchant: Merchant) -> None:
    new, old = owner_of(merchant), long_ago(merchant)
    key_id = new.ok("createApiKey", LIVE_SECRET)["apiKey"]["keyId"]
    new.ok("addStaffMember", MAX)

    old.ok("createApiKey", {"mode": "test", "kind": "secret"})
    old.ok("createApiKey", {"mode": "live", "kind": "publishable"})
    old.ok("revokeApiKey", {"keyId": key_id})
    old.ok("addStaffMember", {"userId": "uid_of_lena", "role": "cashier"})
    old.ok("updateStaffMember", {"userId": "uid_of_max", "label": "Max"})
    old.ok("inviteStaffMember", {"email": EMAIL, "role": "cashier"})
    old.ok("updateStaffMember", {"userId": "uid_of_lena", "isDisabled": True})
    old.ok("updateStaffMember", {"userId": "uid_of_lena", "isDisabled": False})
    new.ok("addStaffMember", {"userId": "uid_of_kim", "role": "developer"})
    old.ok("removeStaffMember", {"userId": "uid_of_kim"})
    old.ok("removeStaffMember", {"userId": "uid_of_lena"})


@pytest.mark.parametrize("provider", ["google.com", "apple.com", "phone"])
def test_a_linked_account_proves_nothing(provider: str, merchant: Merchant) -> None:
    """Whoever finds the browser open can link an own one, and sign in with it."""
    owner_of(merchant)
    linked = signed_in(merchant, "uid_owner", provider=provider)

    with nothing_written():
        answers = [linked("createApiKey", LIVE_SECRET), linked("addStaffMember", MAX)]

    for answer in answers:
        assert_refused(answer, 403, "SIGN_IN_TOO_OLD")
    assert linked.ok("getMyAccess")["role"] == "owner"


def test_a_request_that_was_answered_is_answered_again(merchant: Merchant) -> None:
    first = owner_of(merchant).ok("createApiKey", LIVE_SECRET, idempotency_key="k")

    again = long_ago(merchant).ok("createApiKey", LIVE_SECRET, idempotency_key="k")

    assert (again["apiKey"], again["key"]) == (first["apiKey"], None)


def test_a_key_needs_no_sign_in(merchant: Merchant) -> None:
    merchant.api.ok("addStaffMember", MAX)
