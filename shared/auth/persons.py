"""What Firebase Auth knows of a person now. An ID token does not say it: it lives for an hour.

Source: Identity Toolkit API, ``projects.accounts.lookup``; the Auth emulator serves it, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared import config
from shared.outgoing import google_metadata, session
from shared.outgoing.session import OutgoingError

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 256 * 1024
_HOST = "identitytoolkit.googleapis.com"
_EMULATORS_TOKEN = "owner"  # noqa: S105 - what the emulator takes for an administrator's


class PersonsUnavailableError(Exception):
    """Firebase Auth does not answer, or does not let us ask."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account of Firebase Auth.

    ``email``: the address of now, of which ``is_email_verified`` tells.
    ``valid_since``: sign-ins from before were ended, by the person or an administrator.
    """

    user_id: str
    is_disabled: bool
    is_email_verified: bool
    valid_since: datetime | None
    email: str | None = field(default=None, repr=False)


def find(user_id: str) -> Person | None:
    """Return the person with this uid, ``None`` if there is none.

    Raises:
        PersonsUnavailableError: Firebase Auth does not answer, or does not let us ask.
    """
    emulator = config.auth_emulator()
    root = f"https://{_HOST}" if emulator is None else f"http://{emulator}/{_HOST}"
    token = google_metadata.access_token() if emulator is None else _EMULATORS_TOKEN
    if token is None:
        raise PersonsUnavailableError("no token of the service account")
    try:
        answer = session.request(
            "POST",
            f"{root}/v1/projects/{config.project_id()}/accounts:lookup",
            body=json.dumps({"localId": [user_id]}).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout_s=TIMEOUT_S,
            answer_bytes_max=ANSWER_BYTES_MAX,
            allow_loopback=emulator is not None,
            user_agent="Punktwerk",
        )
        if answer.status != 200 or not answer.is_complete:  # noqa: PLR2004 - OK
            raise PersonsUnavailableError(f"status {answer.status}")
        found: list[dict[str, Any]] = json.loads(answer.data).get("users") or []
        return next((_person(each) for each in found if each.get("localId") == user_id), None)
    except (OutgoingError, ValueError, TypeError, AttributeError, OverflowError) as problem:
        raise PersonsUnavailableError("no answer that can be read") from problem


def _person(found: dict[str, Any]) -> Person:
    since, email = found.get("validSince"), found.get("email")
    return Person(
        user_id=str(found["localId"]),
        is_disabled=found.get("disabled") is True,
        is_email_verified=found.get("emailVerified") is True,
        valid_since=None if since is None else datetime.fromtimestamp(int(since), UTC),
        email=email if isinstance(email, str) else None,
    )
