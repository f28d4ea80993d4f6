"""Whom the demo lets sign in; with the real Auth emulator: ``tests/e2e/test_staff_page.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import receivers
from tests.support.receivers import Receiver
from tools import sign_ins
from tools.emulators import free_port

OWNER = sign_ins.of_role("owner").facts()


@pytest.fixture
def auth() -> Iterator[Receiver]:
    with receivers.receiving("") as receiver:
        receiver.answer = receivers.answer(200, {"localId": OWNER["userId"]})
        yield receiver


def port(auth: Receiver) -> int:
    return int(auth.url.rpartition(":")[2])


def refusal(message: str) -> receivers.Answer:
    return receivers.answer(400, {"error": {"code": 400, "message": message}})


def test_makes_somebody_with_a_verified_address(auth: Receiver) -> None:
    sign_ins.make(port(auth), [OWNER])

    [asked] = auth.received
    assert asked.path == "/identitytoolkit.googleapis.com/v1/projects/demo-punktwerk/accounts"
    assert asked.headers["authorization"] == "Bearer owner"
    assert asked.event == {
        "localId": "uid_demo_owner",
        "email": "owner@demo.example",
        "password": "punktwerk",
        "emailVerified": True,
    }


@pytest.mark.parametrize("message", ["DUPLICATE_LOCAL_ID", "EMAIL_EXISTS"])
def test_leaves_who_is_there(auth: Receiver, message: str) -> None:
    auth.answers = [refusal(message)]
    sign_ins.make(port(auth), [OWNER, sign_ins.of_customer("user_1").facts()])

    assert [each.event["localId"] for each in auth.received] == ["uid_demo_owner", "user_1"]


def test_says_whom_the_emulator_refuses(auth: Receiver) -> None:
    auth.answer = refusal("WEAK_PASSWORD : too short")

    with pytest.raises(sign_ins.SignInError, match=r"owner@demo\.example: WEAK_PASSWORD"):
        sign_ins.make(port(auth), [OWNER])


def test_says_that_the_emulator_does_not_answer() -> None:
    with pytest.raises(sign_ins.SignInError, match="does not answer"):
        sign_ins.make(free_port(), [OWNER])
