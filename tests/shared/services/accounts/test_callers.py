"""Who acts for an account when nobody calls: no key is needed, and no package limits it."""

from __future__ import annotations

from shared.domain.accounts.packages import Package
from shared.services import access
from shared.services.accounts import callers
from tests.support.merchants import Merchant
from tests.support.wire import Wire


def test_what_was_asked_for_is_carried_out_whatever_the_package(wire: Wire) -> None:
    caller = callers.acting_for("acc_1")

    assert all(caller.package.includes(each) for each in Package)
    assert (caller.account_id, caller.is_live, caller.claim) == ("acc_1", True, None)
    assert wire.calls == []


def test_it_reaches_what_is_the_accounts_own(merchant: Merchant) -> None:
    caller = callers.acting_for(merchant.account_id)

    assert access.store(caller, merchant.store_id).account_id == merchant.account_id
