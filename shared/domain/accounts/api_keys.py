"""An account's API keys: who of its people may make and revoke which, and how many there are."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.accounts.accounts import Account
from shared.domain.accounts.staff import StaffRole
from shared.errors import ApiKeyChangeNotAllowed, LimitExceeded

KEYS_MAX = 50
"""The most keys that work at a time in one account."""


def require_may_change(role: StaffRole, *, is_live_secret: bool) -> None:
    """Refuse to make, replace or revoke a key that is not in the power of a role.

    A live secret key may do all that an owner may, and give that to others; so it is the owners'.

    Raises:
        ApiKeyChangeNotAllowed: It is not.
    """
    if role is StaffRole.OWNER:
        return
    if role is not StaffRole.DEVELOPER:
        raise ApiKeyChangeNotAllowed(f"The role {role} changes no keys.", role=role)
    if is_live_secret:
        raise ApiKeyChangeNotAllowed(
            "A live secret key may do everything: owners alone make, replace and revoke it.",
            role=role,
        )


def with_one_more(account: Account, counted: int) -> Account:
    """Return an account with a key more.

    Args:
        account: The account.
        counted: How many work, for an account that has not counted them yet.

    Raises:
        LimitExceeded: It has as many as it can have.
    """
    before = counted if account.working_keys is None else account.working_keys
    if before >= KEYS_MAX:
        raise LimitExceeded(
            f"An account has at most {KEYS_MAX} keys that work.",
            fix="Revoke those that nobody uses.",
        )
    return replace(account, working_keys=before + 1)


def with_one_less(account: Account) -> Account:
    """Return an account with a key less; one that has not counted them goes on not to."""
    if account.working_keys is None:
        return account
    return replace(account, working_keys=max(account.working_keys - 1, 0))
