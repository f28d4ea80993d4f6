"""People who work for a merchant: roles, their calls, and the Firebase Auth that knows them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.catalog import Endpoint
from shared.domain.accounts.staff import StaffRole
from tests.support import receivers, sign_ins
from tests.support.api import Api
from tests.support.merchants import Merchant

HEADER = "X-Beep-Staff-Account"
MODE = "X-Beep-Mode"


@dataclass
class Persons:
    """The part of Firebase Auth that is asked for persons; it knows everybody, unless told.

    The address of a person is that of their last token.

    ``passwords``: the uid, by e-mail address and password, of who can sign in.
    """

    receiver: receivers.Receiver
    changed: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    passwords: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many times it was asked."""
        return len(self.receiver.received)

    def set(self, user_id: str, **fields: Any) -> None:
        """Change what is known of a person: ``disabled``, ``validSince``, ``email``."""
        self.changed[user_id] = fields

    def delete(self, user_id: str) -> None:
        """Know nothing of a person any more."""
        self.changed[user_id] = None

    def answer(self, connection: socket.socket) -> None:
        """Answer as ``projects.accounts.lookup`` and ``accounts.signInWithPassword`` do."""
        request = self.receiver.received[-1]
        body = json.loads(request.body)
        if "accounts:signInWithPassword" in request.path:
            self._sign_in(body["email"], body["password"])(connection)
            return
        asked = body["localId"]
        users = [
            {
                "localId": each,
                "email": sign_ins.addresses.get(each),
                "emailVerified": True,
                **fields,
            }
            for each in asked
            if (fields := self.changed.get(each, {})) is not None
        ]
        kind = {"kind": "identitytoolkit#GetAccountInfoResponse"}
        receivers.answer(200, {**kind, "users": users} if users else kind)(connection)

    def _sign_in(self, email: str, password: str) -> receivers.Answer:
        uid = self.passwords.get((email, password))
        if uid is None:
            return receivers.answer(400, {"error": {"code": 400, "message": "INVALID_PASSWORD"}})
        token = sign_ins.unsigned(uid, email=email)
        return receivers.answer(200, {"localId": uid, "email": email, "idToken": token})


@pytest.fixture
def persons(monkeypatch: pytest.MonkeyPatch) -> Iterator[Persons]:
    """A Firebase Auth that answers where the emulator would."""
    with receivers.receiving("") as receiver:
        service = Persons(receiver)
        receiver.answer = service.answer
        monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", receiver.url.removeprefix("http://"))
        yield service


def signed_in(merchant: Merchant, user_id: str, **sign_in: Any) -> Api:
    """Return the API as a person calls it who says that they are staff of the merchant."""
    token = sign_ins.unsigned(user_id, **sign_in)
    return Api(merchant.api.app, token, {HEADER: merchant.account_id})


def hired(
    merchant: Merchant, role: StaffRole | str, user_id: str | None = None, **fields: Any
) -> Api:
    """Give somebody a role; return the API as they call it."""
    uid = user_id or f"uid_{role}"
    merchant.api.ok("addStaffMember", {"userId": uid, "role": role, **fields})
    return signed_in(merchant, uid)


def owner_of(merchant: Merchant, mode: str = "live") -> Api:
    """Return the API as an owner of the merchant calls it, who is hired if need be."""
    uid = "uid_owner"
    hiring = merchant.api("addStaffMember", {"userId": uid, "role": "owner"})
    assert hiring.error in {None, "STAFF_MEMBER_EXISTS"}, hiring.body
    api = signed_in(merchant, uid)
    return Api(api.app, api.key, {**api.headers, MODE: mode})


def is_for_staff_alone(endpoint: Endpoint) -> bool:
    """Tell whether people of the staff may call it, and no key."""
    return endpoint.refuses_keys and not endpoint.for_persons


def caller_of(endpoint: Endpoint, merchant: Merchant) -> Api:
    """Return the API as somebody calls it who may: the merchant's key, or an owner."""
    return owner_of(merchant) if is_for_staff_alone(endpoint) else merchant.api


def sandbox_of(endpoint: Endpoint, merchant: Merchant) -> Api:
    """Return the API as somebody calls it for whom the sandbox answers."""
    return owner_of(merchant, "test") if is_for_staff_alone(endpoint) else merchant.sandbox


@pytest.fixture(autouse=True)
def _persons_where_keys_are_refused(request: pytest.FixtureRequest) -> None:
    """Have a Firebase Auth in walks, where they come to what only people may call."""
    parameters = getattr(getattr(request.node, "callspec", None), "params", {})
    sample = parameters.get("sample")
    endpoint = parameters.get("endpoint", getattr(sample, "endpoint", None))
    if isinstance(endpoint, Endpoint) and is_for_staff_alone(endpoint):
        request.getfixturevalue("persons")
