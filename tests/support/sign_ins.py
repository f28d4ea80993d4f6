"""Sign-ins of customers: Firebase ID tokens, as the Auth emulator and as Google make them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from shared import clock, config
from shared.auth import google_keys
from tests.support import receivers

addresses: dict[str, str] = {}
"""The e-mail address of each person's last token of the Auth emulator."""


def claims_of(
    user_id: str,
    *,
    email: str | None = "someone@example.com",
    is_email_verified: bool = True,
    phone: str | None = None,
    provider: str = "password",
    **changed: Any,
) -> dict[str, Any]:
    """Return the claims of a sign-in a minute ago; ``changed`` with ``None`` takes one away."""
    now_s = int(clock.utc_now().timestamp())
    emailed = {} if email is None else {"email": email, "email_verified": is_email_verified}
    called = {} if phone is None else {"phone_number": phone}
    claims = {
        "iss": f"https://securetoken.google.com/{config.project_id()}",
        "aud": config.project_id(),
        "auth_time": now_s - 60,
        "iat": now_s - 60,
        "exp": now_s + 3540,
        "sub": user_id,
        "user_id": user_id,
        "firebase": {"sign_in_provider": provider, "identities": {}},
        **emailed,
        **called,
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not None}


def unsigned(user_id: str, **sign_in: Any) -> str:
    """Return a token as the Auth emulator makes it."""
    claims = claims_of(user_id, **sign_in)
    if "email" in claims:
        addresses[user_id] = claims["email"]
    return jwt.encode(claims, key=None, algorithm="none")


def anonymous(user_id: str) -> str:
    """Return the token of an anonymous sign-in."""
    return unsigned(user_id, email=None, provider="anonymous")


@cache
def private_key(name: str) -> RSAPrivateKey:
    """Return a key of a token service, by its id."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(claims: dict[str, Any], key_id: str = "key-1", **options: Any) -> str:
    """Return a token as Google makes it."""
    headers = {"kid": key_id, **options.pop("headers", {})}
    options = {"key": private_key(key_id), "algorithm": "RS256", **options}
    return jwt.encode(claims, headers=headers, **options)


def key_set(*key_ids: str) -> dict[str, Any]:
    """Return what a token service serves of its public keys."""
    algorithm = jwt.algorithms.RSAAlgorithm
    found = [
        {
            **json.loads(algorithm.to_jwk(private_key(each).public_key())),
            "kid": each,
            "alg": "RS256",
        }
        for each in key_ids
    ]
    return {"keys": found}


@dataclass
class KeyService:
    """A token service on this machine."""

    receiver: receivers.Receiver

    def serve(self, *key_ids: str, **headers: str) -> None:
        """Serve these keys from now on."""
        self.receiver.answer = receivers.answer(200, key_set(*key_ids), **headers)

    @property
    def asked(self) -> int:
        """How many times it was asked."""
        return len(self.receiver.received)


@contextmanager
def key_service(keys: google_keys.KeySet, *key_ids: str) -> Iterator[KeyService]:
    """Have a token service serve ``keys``, which the product fetches from there."""
    with receivers.receiving("/keys") as receiver, pytest.MonkeyPatch.context() as patch:
        service = KeyService(receiver)
        service.serve(*key_ids)
        patch.setattr(keys, "url", receiver.url)
        keys.forget()
        try:
            yield service
        finally:
            keys.forget()
