"""The caller: named by an ``Authorization`` header, or we ourselves for an account."""

from __future__ import annotations

import hmac

from shared import config
from shared.auth import keys
from shared.auth.caller import Caller
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts import origins
from shared.domain.accounts.accounts import Account
from shared.domain.accounts.packages import Package
from shared.errors import (
    EndpointNotAllowed,
    InvalidApiKey,
    MissingAuthHeader,
    SecretKeyInBrowser,
    SubscriptionInactive,
)
from shared.store.accounts import account_documents

_ORIGIN_SHOWN_CHARS = 100


def authenticate(
    authorization: str | None, *, origin: str | None = None, host: str | None = None
) -> Caller:
    """Return the caller of a secret key.

    Test keys act as PRIME, whatever the account's package. Revoking a key takes effect within 60 s.

    Args:
        authorization: The header of this name.
        origin: The header ``Origin``, which browsers send: the web page that calls.
        host: The host that the request was sent to: its own pages may call.

    Raises:
        MissingAuthHeader, InvalidApiKey, SubscriptionInactive,
        EndpointNotAllowed: The key is publishable: it only identifies an account.
        SecretKeyInBrowser: The key is live, and the page is neither ours nor allowed.
    """
    try:
        token = keys.bearer(authorization)
    except keys.MissingHeaderError:
        raise MissingAuthHeader("The Authorization header is missing.") from None
    except ValueError:
        raise InvalidApiKey(
            "The API key is malformed, unknown or revoked.",
            fix="Write the header as `Authorization: Bearer bk_live_sk_...`, with one key.",
        ) from None
    try:
        key = keys.parse(token)
    except ValueError:
        raise InvalidApiKey(
            "The API key is malformed, unknown or revoked.",
            fix="Copy the whole key: `bk_live_sk_` or `bk_test_sk_`, and 32 letters or digits.",
        ) from None
    record = account_documents.find_key(key.hash)
    if (
        record is None
        or record.revoked_at is not None
        or not hmac.compare_digest(record.key_hash, key.hash)
    ):
        raise InvalidApiKey("The API key is malformed, unknown or revoked.")
    if key.kind is KeyKind.PUBLISHABLE:
        raise EndpointNotAllowed(
            "A publishable key names the account, and can call nothing.",
            fix="Call from your server, with a secret key. Never put a secret key into a web page "
            "or an app: whoever has it can do everything that your account can.",
        )
    account = account_documents.find_account(record.account_id)
    if account is None:
        raise InvalidApiKey("The API key is malformed, unknown or revoked.")
    if key.mode is KeyMode.TEST:
        return Caller(account.account_id, Package.PRIME, is_live=False)
    _require_allowed_origin(account, origin, host)
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return Caller(account.account_id, account.package, is_live=True)


def _require_allowed_origin(account: Account, origin: str | None, host: str | None) -> None:
    """Refuse a page that is neither ours nor allowed: everybody who opens it would have the key."""
    if origin is None:
        return
    scheme = "http" if config.is_emulated() else "https"
    try:
        page = origins.canonical(origin)
    except ValueError:
        page = None
    if page in {*account.allowed_origins, *config.web_origins(), f"{scheme}://{host}"}:
        return
    raise SecretKeyInBrowser(
        "A live secret key was sent by a web page that may not use it.",
        origin=origin[:_ORIGIN_SHOWN_CHARS],
    )


def acting_for(account_id: str) -> Caller:
    """Return the caller that carries out an earlier request of an account.

    No package limits this caller. The package counts at the time of the request: an accepted
    request is finished, even if the account has another package by then. A member who has paid
    gets the points, even if the merchant's subscription has ended. So this function reads nothing.
    """
    return Caller(account_id, Package.PRIME, is_live=True)
