"""Whom the demo data lets sign in: a customer, and one of the staff for each role.

They are accounts of the Auth emulator, with verified addresses. Who is there already is left as
they are, so that a sign-in of a run before goes on.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools import suite
from tools.emulators import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterable

HOST = "identitytoolkit.googleapis.com"
PASSWORD = "punktwerk"  # noqa: S105 - of the emulator, which takes no connection from elsewhere
TIMEOUT_S = 30
_IS_THERE = ("DUPLICATE_LOCAL_ID", "EMAIL_EXISTS")


class SignInError(Exception):
    """The Auth emulator does not take somebody; the message has its answer."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who can sign in. ``user_id`` is the uid."""

    user_id: str
    email: str
    password: str = PASSWORD

    def facts(self) -> dict[str, str]:
        """Return it as ``dev.json`` has it."""
        return {"userId": self.user_id, "email": self.email, "password": self.password}


def of_role(role: str) -> SignIn:
    """Return the sign-in of the demo account's only person of a role."""
    return SignIn(f"uid_demo_{role}", f"{role}@demo.example")


def of_customer(user_id: str) -> SignIn:
    """Return the sign-in of the demo customer, who is a member."""
    return SignIn(user_id, "customer@demo.example")


def make(auth_port: int, facts: Iterable[dict[str, str]]) -> None:
    """Make the accounts of the Auth emulator that are missing.

    Raises:
        SignInError: It refuses one.
    """
    for each in facts:
        answer = _post(
            auth_port,
            f"/{HOST}/v1/projects/{suite.PROJECT}/accounts",
            {
                "localId": each["userId"],
                "email": each["email"],
                "password": each["password"],
                "emailVerified": True,
            },
        )
        error = answer.get("error", {}).get("message", "")
        if error and not error.startswith(_IS_THERE):
            raise SignInError(f"The Auth emulator refuses {each['email']}: {error}")


def _post(port: int, path: str, body: dict[str, Any]) -> dict[str, Any]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_S)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer owner"}
    try:
        connection.request("POST", path, json.dumps(body), headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SignInError(f"The Auth emulator does not answer: {error!r}") from None
    finally:
        connection.close()
    return answer
