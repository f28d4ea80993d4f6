"""The caller: named by an ``Authorization`` header, or we ourselves for an account."""

from __future__ import annotations

import hmac

from shared.auth import keys
from shared.auth.caller import Caller
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.packages import Package
from shared.errors import EndpointNotAllowed, InvalidApiKey, MissingAuthHeader, SubscriptionInactive
from shared.store.accounts import account_documents


def authenticate(authorization: str | None) -> Caller:
    """Return the caller of a secret key.

    Test keys act as PRIME, whatever the account's package. Revoking a key takes effect within 60 s.

    Raises:
        MissingAuthHeader, InvalidApiKey, SubscriptionInactive,
        EndpointNotAllowed: The key is publishable: it only identifies an account.
    """
    try:
        key = keys.parse(keys.bearer(authorization))
    except keys.MissingHeaderError:
        raise MissingAuthHeader("The Authorization header is missing.") from None
    except ValueError:
        raise InvalidApiKey("The API key is malformed, unknown or revoked.") from None
    record = account_documents.find_key(key.hash)
    if (
        record is None
        or record.revoked_at is not None
        or not hmac.compare_digest(record.key_hash, key.hash)
    ):
        raise InvalidApiKey("The API key is malformed, unknown or revoked.")
    if key.kind is KeyKind.PUBLISHABLE:
        raise EndpointNotAllowed("A publishable key cannot be used here; use the secret key.")
    account = account_documents.find_account(record.account_id)
    if account is None:
        raise InvalidApiKey("The API key is malformed, unknown or revoked.")
    if key.mode is KeyMode.TEST:
        return Caller(account.account_id, Package.PRIME, is_live=False)
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return Caller(account.account_id, account.package, is_live=True)


def acting_for(account_id: str) -> Caller:
    """Return the caller that carries out an earlier request of an account.

    No package limits this caller. The package counts at the time of the request: an accepted
    request is finished, even if the account has another package by then. A member who has paid
    gets the points, even if the merchant's subscription has ended. So this function reads nothing.
    """
    return Caller(account_id, Package.PRIME, is_live=True)
