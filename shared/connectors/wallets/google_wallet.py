"""Google Wallet: classes and objects by its API, and links by which a person saves a card.

Source: Google Wallet API v1; OAuth 2.0 of service accounts (RFC 7523); "JWT for Google Wallet".
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import BaseModel, ConfigDict

from shared.connectors.client import JsonClient, parsed
from shared.errors import ConnectorCredentialsRefused, ConnectorNotFound

NAME = "Google Wallet"
API_URL = "https://walletobjects.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com"  # noqa: S105 - an address
SAVE_URL = "https://pay.google.com/gp/v/save"
SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ALGORITHM = "RS256"
_LIFE_S = 3_600
EARLY_S = 60.0
"""A token is renewed that long before it ends."""
TIMEOUT_S = 8.0
_kept: dict[tuple[str, str], tuple[float, str]] = {}
_lock = threading.Lock()


class GoogleKeyError(ValueError):
    """The key of the service account lacks something; the message says what, without its text."""


class _Token(BaseModel):
    model_config = ConfigDict(extra="ignore")

    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class GoogleIssuer:
    """Who issues cards: an issuer's id, and a service account that may act for it."""

    issuer_id: str
    email: str
    key: rsa.RSAPrivateKey

    def save_link(self, object_id: str, class_id: str, now_s: int, origins: Sequence[str]) -> str:
        """Return the page on which a person saves a card that Google has already."""
        claims = {
            "iss": self.email,
            "aud": "google",
            "typ": "savetowallet",
            "iat": now_s,
            "origins": [*origins],
            "payload": {"loyaltyObjects": [{"id": object_id, "classId": class_id}]},
        }
        return f"{SAVE_URL}/{jwt.encode(claims, self.key, algorithm=_ALGORITHM)}"


@lru_cache(maxsize=2)
def read(key: str, issuer_id: str) -> GoogleIssuer:
    """Read an issuer.

    Args:
        key: The JSON file of the service account's key.
        issuer_id: Digits.

    Raises:
        GoogleKeyError.
    """
    if not (issuer_id.isascii() and issuer_id.isdigit()):
        raise GoogleKeyError("The issuer's id must be digits.")
    try:
        found = json.loads(key)
        email, pem = str(found["client_email"]), str(found["private_key"])
        private = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, KeyError, TypeError):
        raise GoogleKeyError("The key must be the JSON of a service account's key.") from None
    if not isinstance(private, rsa.RSAPrivateKey):
        raise GoogleKeyError("The key must be RSA.")
    return GoogleIssuer(issuer_id, email, private)


@dataclass(frozen=True, slots=True)
class GoogleWallet:
    """The API in an issuer's name. ``test_url`` is a stand-in on this machine, for tests."""

    issuer: GoogleIssuer
    test_url: str | None = None

    def put_class(self, body: Mapping[str, Any]) -> None:
        """Make the class of a program, or replace it.

        Raises:
            ConnectorError.
        """
        self._put("loyaltyClass", body)

    def put_object(self, body: Mapping[str, Any]) -> None:
        """Make the object of a membership, or replace it. Its class must be there.

        Raises:
            ConnectorError.
        """
        self._put("loyaltyObject", body)

    def replace_object(self, body: Mapping[str, Any]) -> bool:
        """Replace the object of a membership; return false if there is none.

        Raises:
            ConnectorError.
        """
        try:
            self._replace("loyaltyObject", body)
        except ConnectorNotFound:
            return False
        return True

    def _put(self, kind: str, body: Mapping[str, Any]) -> None:
        try:
            self._replace(kind, body)
        except ConnectorNotFound:
            self._client().post(f"/walletobjects/v1/{kind}", body)

    def _replace(self, kind: str, body: Mapping[str, Any]) -> None:
        path = f"/walletobjects/v1/{kind}/{body['id']}"
        try:
            self._client().send("PUT", path, body, is_repeatable=True)
        except ConnectorCredentialsRefused:
            # The token may have been revoked before its time: another one tells.
            _forget(self._token_name)
            self._client().send("PUT", path, body, is_repeatable=True)

    def _client(self) -> JsonClient:
        return JsonClient(
            system=NAME,
            base_url=self.test_url or API_URL,
            authorize=lambda *_: {"Authorization": f"Bearer {self._token()}"},
            allow_loopback=self.test_url is not None,
            problem=lambda said: said["error"]["message"],
            timeout_s=TIMEOUT_S,
        )

    @property
    def _token_name(self) -> tuple[str, str]:
        return self.issuer.email, self.test_url or TOKEN_URL

    def _token(self) -> str:
        """Return an access token, asked for once an hour."""
        with _lock:
            until_s, token = _kept.get(self._token_name, (0.0, ""))
            if until_s > time.monotonic():
                return token
            asked_at_s = time.monotonic()
            found = self._new_token()
            _kept[self._token_name] = (asked_at_s + found.expires_in - EARLY_S, found.access_token)
            return found.access_token

    def _new_token(self) -> _Token:
        now_s = int(time.time())
        claims = {
            "iss": self.issuer.email,
            "scope": SCOPE,
            "aud": f"{TOKEN_URL}/token",
            "iat": now_s,
            "exp": now_s + _LIFE_S,
        }
        assertion = jwt.encode(claims, self.issuer.key, algorithm=_ALGORITHM)
        client = JsonClient(
            system=NAME,
            base_url=self.test_url or TOKEN_URL,
            authorize=lambda *_: {},
            secrets=(assertion,),
            allow_loopback=self.test_url is not None,
            problem=lambda said: said["error_description"],
            timeout_s=TIMEOUT_S,
        )
        reply = client.post_form(
            "/token", {"grant_type": _GRANT, "assertion": assertion}, is_repeatable=True
        )
        return parsed(_Token, reply.body, system=NAME)


def forget() -> None:
    """Ask for new tokens."""
    with _lock:
        _kept.clear()


def _forget(name: tuple[str, str]) -> None:
    with _lock:
        _kept.pop(name, None)
