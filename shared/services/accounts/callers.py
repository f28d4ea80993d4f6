"""The caller: named by an ``Authorization`` header, or we ourselves for an account."""

from __future__ import annotations

import hmac

from shared import config
from shared.auth import keys
from shared.auth.caller import Caller
from shared.auth.keys import ApiKey, KeyKind, KeyMode
from shared.domain.accounts import origins
from shared.domain.accounts.accounts import Account, KeyRecord
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
_NO_KEY = "The API key is malformed, unknown or revoked."


def token_of(authorization: str | None) -> str:
    """Return the token of an ``Authorization`` header: an API key, or a customer's ID token.

    Raises:
        MissingAuthHeader: There is no header, or an empty one.
        InvalidApiKey: It is not ``Bearer`` and one token.
    """
    try:
        return keys.bearer(authorization)
    except keys.MissingHeaderError:
        raise MissingAuthHeader("The Authorization header is missing.") from None
    except ValueError:
        raise InvalidApiKey(
            _NO_KEY, fix="Write the header as `Authorization: Bearer bk_live_sk_...`, with one key."
        ) from None


def authenticate(token: str, *, origin: str | None = None, host: str | None = None) -> Caller:
    """Return the caller of a secret key.

    Test keys act as PRIME, whatever the account's package. Revoking a key takes effect within 60 s.

    Args:
        token: The key: see ``token_of``.
        origin: The header ``Origin``, which browsers send: the web page that calls.
        host: The host that the request was sent to: its own pages may call.

    Raises:
        InvalidApiKey, SubscriptionInactive,
        EndpointNotAllowed: The key is publishable: it only identifies an account.
        SecretKeyInBrowser: The key is live, and the page is neither ours nor allowed.
    """
    key = keys.parse_or_none(token)
    if key is None:
        raise InvalidApiKey(
            _NO_KEY,
            fix="Copy the whole key: `bk_live_sk_` or `bk_test_sk_`, and 32 letters or digits.",
        )
    record = find_record(key, key.kind)
    if record is None:
        raise InvalidApiKey(_NO_KEY)
    if key.kind is KeyKind.PUBLISHABLE:
        raise EndpointNotAllowed(
            "A publishable key names the account, and can call nothing.",
            fix="Call from your server, with a secret key. Never put a secret key into a web page "
            "or an app: whoever has it can do everything that your account can.",
        )
    account = account_documents.find_account(record.account_id)
    if account is None:
        raise InvalidApiKey(_NO_KEY)
    if key.mode is KeyMode.TEST:
        return Caller(account.account_id, Package.PRIME, is_live=False)
    _require_allowed_origin(account, origin, host)
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return Caller(account.account_id, account.package, is_live=True)


def find_record(key: ApiKey | None, kind: KeyKind) -> KeyRecord | None:
    """Return the record of a key that works and is of this kind, ``None`` if there is none."""
    record = None if key is None or key.kind is not kind else account_documents.find_key(key.hash)
    if record is None or key is None or record.revoked_at is not None:
        return None
    return record if hmac.compare_digest(record.key_hash, key.hash) else None


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
