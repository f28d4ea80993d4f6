"""The caller: named by an ``Authorization`` header, or we ourselves for an account."""

from __future__ import annotations

import hmac
from dataclasses import replace

from shared import clock, config
from shared.auth import access_tokens, keys
from shared.auth.caller import Caller
from shared.auth.keys import ApiKey, KeyKind, KeyMode
from shared.domain.accounts import origins
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.accounts.oauth import AccessToken
from shared.domain.accounts.packages import Package
from shared.domain.accounts.scopes import Scopes
from shared.errors import (
    EndpointNotAllowed,
    InsufficientScope,
    InvalidAccessToken,
    InvalidApiKey,
    MissingAuthHeader,
    SecretKeyInBrowser,
    SubscriptionInactive,
)
from shared.store.accounts import account_documents, oauth_documents

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
    """Return the caller of a secret key, or of an access token that stands for one.

    Test keys act as PRIME, whatever the account's package. Revoking a key, or a token, takes effect
    within 60 s.

    Args:
        token: The key or access token: see ``token_of``.
        origin: The header ``Origin``, which browsers send: the web page that calls.
        host: The host that the request was sent to: its own pages may call.

    Raises:
        InvalidApiKey, InvalidAccessToken, SubscriptionInactive,
        EndpointNotAllowed: The key is publishable: it only identifies an account.
        SecretKeyInBrowser: The key is live, and the page is neither ours nor allowed.
    """
    if access_tokens.is_meant(token):
        return _caller_of_token(token, origin, host)
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
    caller = _caller(account, key.mode, None, origin, host)
    return replace(caller, key_hash=record.key_hash)


def find_token(text: str) -> AccessToken | None:
    """Return the record of an access token that works, ``None`` if there is none.

    It works while its life has not ended, and while its key works.
    """
    token = access_tokens.parse_or_none(text)
    record = None if token is None else oauth_documents.find(token.hash)
    if record is None or token is None or record.is_over(clock.real_now()):
        return None
    if not hmac.compare_digest(record.token_hash, token.hash):
        return None
    key = account_documents.find_key(record.key_hash)
    return None if key is None or key.revoked_at is not None else record


def require_scope(caller: Caller, scope: str) -> None:
    """Refuse what an access token was not issued for; a key may do all that its account may.

    Raises:
        InsufficientScope: The token was issued for other scopes.
    """
    if caller.scopes is not None and scope not in caller.scopes:
        raise InsufficientScope(f"The access token is not for {scope}.", scope=scope)


def _caller_of_token(text: str, origin: str | None, host: str | None) -> Caller:
    record = find_token(text)
    account = None if record is None else account_documents.find_account(record.account_id)
    if record is None or account is None:
        raise InvalidAccessToken("The access token is malformed, unknown, revoked or over.")
    caller = _caller(account, KeyMode(record.mode), record.scopes, origin, host)
    return replace(caller, key_hash=record.key_hash, token_hash=record.token_hash)


def _caller(
    account: Account, mode: KeyMode, scopes: Scopes | None, origin: str | None, host: str | None
) -> Caller:
    if mode is KeyMode.TEST:
        return Caller(account.account_id, Package.PRIME, is_live=False, scopes=scopes)
    _require_allowed_origin(account, origin, host)
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return Caller(account.account_id, account.package, is_live=True, scopes=scopes)


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


def acting_for(account_id: str, *, staff_id: str | None = None) -> Caller:
    """Return the caller that carries out an earlier request of an account.

    What it books has the name of who has asked for it: ``staff_id``, if that was somebody of the
    staff. Their role counted at the time of the request, as the package.

    No package limits this caller. The package counts at the time of the request: an accepted
    request is finished, even if the account has another package by then. A member who has paid
    gets the points, even if the merchant's subscription has ended. So this function reads nothing.
    """
    return Caller(account_id, Package.PRIME, is_live=True, asked_by=staff_id)
