"""What Firebase Auth says of a person, and what if it does not answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.auth import persons
from shared.auth.persons import Person, PersonsUnavailableError
from tests.support import receivers
from tests.support.receivers import Receiver


@pytest.fixture
def firebase(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """What stands in for the Auth emulator."""
    with receivers.receiving("") as receiver:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9")
        monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", receiver.url.removeprefix("http://"))
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "demo-test")
        yield receiver


def test_asks_as_an_administrator(firebase: Receiver) -> None:
    firebase.answer = receivers.answer(
        200,
        {"users": [{"localId": "uid_1", "emailVerified": True, "validSince": "1700000000"}]},
    )

    found = persons.find("uid_1")

    since = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert found == Person("uid_1", False, True, since)
    (asked,) = firebase.received
    root = "/identitytoolkit.googleapis.com/v1/projects/demo-test"
    assert (asked.method, asked.path) == ("POST", f"{root}/accounts:lookup")
    assert json.loads(asked.body) == {"localId": ["uid_1"]}
    assert asked.headers["authorization"] == "Bearer owner"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"users": [{"localId": "uid_1", "disabled": True}]}, Person("uid_1", True, False, None)),
        (
            {"users": [{"localId": "uid_1", "email": "Lena@example.com", "emailVerified": True}]},
            Person("uid_1", False, True, None, "Lena@example.com"),
        ),
        ({"users": [{"localId": "uid_1", "email": 5}]}, Person("uid_1", False, False, None)),
        ({"users": [{"localId": "uid_2"}]}, None),
        ({"kind": "identitytoolkit#GetAccountInfoResponse"}, None),
    ],
)
def test_reads_what_is_said(said: dict[str, Any], found: Person | None, firebase: Receiver) -> None:
    firebase.answer = receivers.answer(200, said)

    assert persons.find("uid_1") == found
    assert "example.com" not in repr(found)


@pytest.mark.parametrize(
    "answer",
    [
        receivers.answer(403, {"error": {"status": "PERMISSION_DENIED"}}),
        receivers.status(200, "no JSON"),
        receivers.answer(200, ["a list"]),
        receivers.answer(200, {"users": ["nobody"]}),
        receivers.answer(200, {"users": [{"localId": "uid_1", "validSince": "soon"}]}),
        receivers.hang_up,
    ],
)
def test_what_cannot_be_read_is_no_answer(answer: receivers.Answer, firebase: Receiver) -> None:
    firebase.answer = answer

    with pytest.raises(PersonsUnavailableError):
        persons.find("uid_1")


def test_without_a_token_of_ones_own_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")

    with pytest.raises(PersonsUnavailableError):
        persons.find("uid_1")
