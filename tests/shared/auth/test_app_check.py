"""App Check tokens: only of this project, signed and in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import config
from shared.auth import app_check
from tests.support import sign_ins

pytestmark = pytest.mark.usefixtures("firestore_emulator", "_google")
NOW_S = int(datetime.now(UTC).timestamp())


@pytest.fixture
def _google() -> Iterator[None]:
    with sign_ins.key_service(app_check.KEYS, "key-1"):
        yield


def token(key_id: str = "key-1", **changed: Any) -> str:
    claims = {
        "iss": "https://firebaseappcheck.googleapis.com/123456",
        "aud": ["projects/123456", f"projects/{config.project_id()}"],
        "sub": "1:123456:web:abc",
        "iat": NOW_S,
        "exp": NOW_S + 3600,
        **changed,
    }
    found = {name: value for name, value in claims.items() if value is not None}
    return sign_ins.signed(found, key_id)


def test_a_token_names_the_app() -> None:
    assert app_check.verify(token()) == "1:123456:web:abc"


BAD = {
    "none": None,
    "empty": "",
    "no token": "x",
    "too long": "x" * 9000,
    "of an unknown key": token("key-2"),
    "of another project": token(aud=["projects/another"]),
    "of another issuer": token(iss="https://example.com/123456"),
    "over": token(exp=NOW_S - 3600),
    "of no app": token(sub=None),
    "changed": token()[:-4] + "AAAA",
}


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(app_check.AppCheckError):
        app_check.verify(BAD[name])
