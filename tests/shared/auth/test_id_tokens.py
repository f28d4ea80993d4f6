"""ID tokens: what Google signs is taken, everything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest

from shared import clock
from shared.auth import google_keys, id_tokens
from shared.auth.caller import SignedInCustomer
from tests.support import receivers, sign_ins
from tests.support.sign_ins import KeyService, claims_of, signed

pytestmark = pytest.mark.usefixtures("firestore_emulator")
HOUR = timedelta(hours=1)


@pytest.fixture
def google() -> Iterator[KeyService]:
    """Google, which signs with ``key-1``."""
    with sign_ins.key_service(id_tokens.KEYS, "key-1") as service:
        yield service


@pytest.fixture
def _in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST")


def verified(token: str) -> SignedInCustomer:
    return id_tokens.verify(token, clock.utc_now())


@pytest.mark.usefixtures("_in_production", "google")
@pytest.mark.parametrize(
    ("sign_in", "customer"),
    [
        ({}, SignedInCustomer("u1", True, email="someone@example.com")),
        ({"is_email_verified": False}, SignedInCustomer("u1", False)),
        (
            {"email": None, "phone": "+491701234567"},
            SignedInCustomer("u1", True, phone="+491701234567"),
        ),
        ({"email": None, "provider": "anonymous"}, SignedInCustomer("u1", False)),
        ({"email": None, "provider": "custom"}, SignedInCustomer("u1", True)),
        ({"email": None, "provider": "apple.com"}, SignedInCustomer("u1", True)),
        ({"email_verified": "true"}, SignedInCustomer("u1", False)),
        ({"firebase": None}, SignedInCustomer("u1", True, email="someone@example.com")),
    ],
)
def test_a_sign_in_says_who_it_is(sign_in: dict[str, Any], customer: SignedInCustomer) -> None:
    assert verified(signed(claims_of("u1", **sign_in))) == customer


@pytest.mark.usefixtures("_in_production", "google")
@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-project"},
        {"aud": None},
        {"iss": "https://securetoken.google.com/another-project"},
        {"iss": None},
        {"sub": ""},
        {"sub": "u" * 129},
        {"sub": None},
        {"exp": None},
        {"iat": None},
        {"auth_time": None},
        {"exp": True},
        {"exp": "9999999999"},
        {"iat": 9999999999},
        {"auth_time": 9999999999},
    ],
)
def test_claims_that_are_not_right_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(id_tokens.IdTokenError):
        verified(signed(claims_of("u1", **changed)))


BAD = {
    "unsigned": sign_ins.unsigned("u1"),
    "of an unknown key": signed(claims_of("u1"), "key-2"),
    "of another's key": signed(claims_of("u1"), "key-1", key=sign_ins.private_key("key-2")),
    # Signed with what everybody knows, as if it were a shared secret.
    "of another algorithm": jwt.encode(
        claims_of("u1"), "x" * 32, algorithm="HS256", headers={"kid": "key-1"}
    ),
    "changed": signed(claims_of("u1"))[:-4] + "AAAA",
    "cut": signed(claims_of("u1")).rpartition(".")[0] + ".",
    "no token": "eyJ.eyJ.x",
    "too long": "ey" + "x" * 9000 + ".e.e",
}


@pytest.mark.usefixtures("_in_production", "google")
@pytest.mark.parametrize("name", BAD)
def test_a_token_that_google_has_not_signed_is_refused(name: str) -> None:
    with pytest.raises(id_tokens.IdTokenError):
        verified(BAD[name])


@pytest.mark.usefixtures("_in_production", "google")
def test_a_token_is_over_after_its_hour() -> None:
    token, now = signed(claims_of("u1")), clock.utc_now()

    assert id_tokens.verify(token, now + HOUR - timedelta(seconds=61)).user_id == "u1"
    assert id_tokens.verify(token, now + HOUR - timedelta(seconds=2)).user_id == "u1"
    with pytest.raises(id_tokens.ExpiredIdTokenError):
        id_tokens.verify(token, now + HOUR + timedelta(seconds=1))


@pytest.mark.usefixtures("google")
def test_an_unsigned_token_needs_both_emulators(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verified(sign_ins.unsigned("u1")).user_id == "u1"

    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
    with pytest.raises(id_tokens.IdTokenError):
        verified(sign_ins.unsigned("u1"))


@pytest.mark.usefixtures("_in_production")
def test_keys_are_kept_as_long_as_google_says(google: KeyService) -> None:
    google.serve("key-1", Cache_Control="public, max-age=600")

    for _ in range(3):
        verified(signed(claims_of("u1")))

    assert google.asked == 1


@pytest.mark.usefixtures("_in_production")
def test_a_new_key_is_fetched_and_an_unknown_one_not_at_once_again(
    google: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified(signed(claims_of("u1")))
    google.serve("key-1", "key-2")
    for _ in range(3):
        with pytest.raises(id_tokens.IdTokenError):
            verified(signed(claims_of("u1"), "key-2"))
    assert google.asked == 1

    monkeypatch.setattr(google_keys, "AGAIN_AFTER_S", 0.0)
    assert verified(signed(claims_of("u1"), "key-2")).user_id == "u1"


@pytest.mark.usefixtures("_in_production")
@pytest.mark.parametrize(
    "bad", [receivers.status(500), receivers.status(200, "no JSON"), receivers.answer(200, [])]
)
def test_keys_of_before_are_used_while_google_does_not_answer(
    google: KeyService, monkeypatch: pytest.MonkeyPatch, bad: receivers.Answer
) -> None:
    monkeypatch.setattr(google_keys, "AGAIN_AFTER_S", 0.0)
    google.serve("key-1", Cache_Control="max-age=0")
    verified(signed(claims_of("u1")))

    google.receiver.answer = bad

    assert verified(signed(claims_of("u1"))).user_id == "u1"
    assert google.asked == 2


@pytest.mark.usefixtures("_in_production")
def test_without_any_keys_nobody_is_let_in(google: KeyService) -> None:
    google.receiver.answer = receivers.status(500)

    with pytest.raises(google_keys.KeysUnavailableError):
        verified(signed(claims_of("u1")))
