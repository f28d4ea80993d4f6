"""Who calls: whoever an ``Authorization`` header names, or we ourselves for an account."""

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
    """Return the caller that carries out what an account has asked for earlier.

    No package limits it. The package counts when something is asked for: what was accepted is done
    to its end, also if the account has another package by then. A member who has paid gets the
    points, whatever became of the merchant's subscription. So nothing needs to be read here either.
    """
    return Caller(account_id, Package.PRIME, is_live=True)
