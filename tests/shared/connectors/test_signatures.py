"""Signatures ``t=...,v1=...``: right and recent, or not believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from shared.connectors.signatures import TOLERANCE_S, is_valid
from tests.conftest import Clock

SECRET = "whsec_of_a_test"
BODY = b'{"id": "evt_1"}'
AT_S = 1_772_539_200
"""2026-03-03T12:00:00Z, where the clock stands."""


@pytest.fixture(autouse=True)
def _stopped(frozen_clock: Clock) -> None:
    assert frozen_clock.now.timestamp() == AT_S


def digest(signed: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def header(at_s: int = AT_S, secret: str = SECRET, body: bytes = BODY) -> str:
    return f"t={at_s},v1={digest(f'{at_s}.'.encode() + body, secret)}"


def test_a_vector_computed_elsewhere() -> None:
    """By ``printf '%s' '1772539200.{"id": "evt_1"}' | openssl dgst -sha256 -hmac ...``."""
    vector = "96a26bcf8de8f1f06af3d7b63aa505a5da3903b9871dad20b75d5c9f9353a3e0"
    assert is_valid(f"t={AT_S},v1={vector}", SECRET, BODY)


@pytest.mark.parametrize("age_s", [-TOLERANCE_S, -1, 0, 1, TOLERANCE_S])
def test_a_recent_one_is_believed(age_s: int) -> None:
    assert is_valid(header(AT_S - age_s), SECRET, BODY)


@pytest.mark.parametrize("age_s", [-TOLERANCE_S - 1, TOLERANCE_S + 1, 10**6, AT_S])
def test_an_old_one_or_one_of_the_future_is_not(age_s: int) -> None:
    assert not is_valid(header(AT_S - age_s), SECRET, BODY)


def test_time_passes(frozen_clock: Clock) -> None:
    signed = header()
    frozen_clock.advance(seconds=TOLERANCE_S)
    assert is_valid(signed, SECRET, BODY)
    frozen_clock.now += timedelta(milliseconds=1)
    assert not is_valid(signed, SECRET, BODY)


def test_one_of_several_is_enough() -> None:
    right = header()
    other = digest(b"other")
    assert is_valid(f"{right},v1={other}", SECRET, BODY)
    assert is_valid(f"v1={other},{right},v0=x,scheme", SECRET, BODY)
    assert is_valid(right.replace(",", " , "), SECRET, BODY)
    assert not is_valid(f"t={AT_S},v1={other},v1={other}", SECRET, BODY)


@pytest.mark.parametrize(
    "forged",
    [
        header(secret="another"),
        header(body=BODY + b" "),
        header().replace("v1=", "v0="),
        header().upper(),
        header()[:-1],
        header() + "0",
        header().replace(f"t={AT_S}", f"t={AT_S + 1}"),
    ],
)
def test_a_wrong_one_is_not_believed(forged: str) -> None:
    assert not is_valid(forged, SECRET, BODY)


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        ",",
        "t=,v1=",
        f"t={AT_S}",
        header().partition(",")[2],
        header() + f",t={AT_S}",
        header().replace(f"t={AT_S}", "t=soon"),
        header().replace(f"t={AT_S}", f"t=-{AT_S}"),
        header().replace(f"t={AT_S}", f"t={AT_S}.0"),
        header().replace(f"t={AT_S}", "t=" + "9" * 13),
        header().replace(f"t={AT_S}", "t=" + "".join(chr(0x660 + int(d)) for d in str(AT_S))),
        "t=1,v1=é\udcff",
        json.dumps({"t": AT_S}),
    ],
)
def test_a_malformed_one_is_not_believed(malformed: str) -> None:
    assert not is_valid(malformed, SECRET, BODY)


def test_what_is_signed_besides_counts() -> None:
    signed = digest(f"/hook\n{AT_S}\n".encode() + BODY)
    given = f"t={AT_S},v1={signed}"
    assert is_valid(given, SECRET, BODY, prefix="/hook\n", separator="\n")
    assert not is_valid(given, SECRET, BODY, prefix="/other\n", separator="\n")
    assert not is_valid(given, SECRET, BODY)
