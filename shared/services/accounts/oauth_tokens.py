"""Access tokens that stand for a key: issued to who has the key, and given up again.

A client is a key: ``client_id`` is the key's id, ``client_secret`` the key itself. A key is found
by its hash, so an unknown client costs the same work, and gets the same answer, as a wrong secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared import clock
from shared.auth import access_tokens, keys
from shared.auth.caller import Caller
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts import oauth, scopes
from shared.domain.accounts.accounts import KeyRecord
from shared.domain.accounts.oauth import AccessToken, OAuthError, OAuthRefused
from shared.domain.accounts.packages import Package
from shared.domain.accounts.scopes import ScopeRefusedError
from shared.errors import InvalidApiKey, SecretKeyInBrowser, SubscriptionInactive
from shared.services import commands
from shared.services.accounts import callers, oauth_limits
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import oauth_documents
from shared.store.client import Snapshot


@dataclass(frozen=True, slots=True)
class Client:
    """A key whose secret was given, and the caller that it is."""

    key: KeyRecord
    caller: Caller

    @property
    def client_id(self) -> str:
        """Its public name: the key's id."""
        return self.key.key_id


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; its text is known only now."""

    text: str = field(repr=False)
    record: AccessToken = field()

    @property
    def life_s(self) -> int:
        """How long it lives, in seconds."""
        return round((self.record.expires_at - self.record.issued_at).total_seconds())


def authenticate_client(
    client_id: str | None,
    client_secret: str | None,
    *,
    origin: str | None = None,
    host: str | None = None,
) -> Client:
    """Return the client of an id and a secret: the same rules as for calls with a key.

    Args:
        client_id: The id of a key.
        client_secret: The key.
        origin: The header ``Origin``: the web page that asks.
        host: The host that the request was sent to.

    Raises:
        OAuthRefused: ``invalid_client``: the two are no working secret key and its id.
            ``unauthorized_client``: they are, but the account has no active subscription, or a web
            page asks that may not use the key. ``slow_down``: too many have failed.
    """
    record = None
    if client_id and client_secret:
        record = callers.find_record(keys.parse_or_none(client_secret), KeyKind.SECRET)
    named = (client_id or "").encode()
    if record is None or not hmac.compare_digest(record.key_id.encode(), named):
        raise _unknown_client(client_id)
    try:
        caller = callers.authenticate(client_secret or "", origin=origin, host=host)
    except InvalidApiKey:
        raise _unknown_client(client_id) from None
    except (SubscriptionInactive, SecretKeyInBrowser) as error:
        raise OAuthRefused(OAuthError.UNAUTHORIZED_CLIENT, error.message) from None
    return Client(record, caller)


def issue(
    client: Client,
    asked: str | None,
    needed: Mapping[str, Package],
    *,
    life_s: int = oauth.LIFE_S,
) -> IssuedToken:
    """Issue a token: one commit.

    Args:
        client: Who has authenticated.
        asked: The scopes that are asked for, with spaces between them; none: all that it may have.
        needed: All scopes, each with the lowest package that can do something with it.
        life_s: How long the token lives, in seconds.

    Raises:
        OAuthRefused: ``invalid_scope``: a scope is unknown, or the package does not include it.
            ``slow_down``: the client has had too many tokens in this minute.
    """
    try:
        granted = scopes.granted(asked, needed, client.caller.package)
    except ScopeRefusedError as error:
        raise OAuthRefused(OAuthError.INVALID_SCOPE, str(error)) from None
    oauth_limits.count_issued(client.client_id)
    text, now = access_tokens.generate(), clock.real_now()
    record = AccessToken(
        token_hash=text.hash,
        account_id=client.caller.account_id,
        key_hash=client.key.key_hash,
        client_id=client.client_id,
        mode=KeyMode(client.key.mode),
        scopes=granted,
        issued_at=now,
        expires_at=now + timedelta(seconds=life_s),
    )
    path, creation = oauth_documents.path_of(record), oauth_documents.creation(record)
    nothing = Snapshot(path, None, None)  # Nobody can have made a token like it: it is not read.
    commands.run([path], lambda _: Effect(None, [creation]), known={path: nothing})
    return IssuedToken(text.text, record)


def revoke(client: Client, token: str) -> None:
    """Revoke a token of the client's; it stops working within 60 s. Others are left as they are.

    Whoever revokes a token learns nothing of it. Source: RFC 7009, 2.2.
    """
    text = access_tokens.parse_or_none(token)
    if text is None:
        return
    path = paths.oauth_token(text.hash)

    def decide(reads: Reads) -> Effect[None]:
        record = oauth_documents.decode(reads[path])
        if record is None or record.key_hash != client.key.key_hash:
            return Effect(None)
        return Effect(None, [oauth_documents.deletion(reads[path])])

    commands.run([path], decide)
    oauth_documents.forget(text.hash)


def find_active(client: Client, token: str) -> AccessToken | None:
    """Return a token of the client's account that works, and of the same mode; else ``None``.

    Source: RFC 7662, 2.2, and 4: who asks may not try tokens of others.
    """
    record = callers.find_token(token)
    if record is None or record.account_id != client.caller.account_id:
        return None
    return record if record.mode == client.key.mode else None


def _unknown_client(client_id: str | None) -> OAuthRefused:
    oauth_limits.count_failed(client_id)
    return OAuthRefused(
        OAuthError.INVALID_CLIENT,
        "client_id and client_secret are no working key: the id of a secret key, and the key.",
        status=401,
    )
