"""Firebase Cloud Messaging: one message to one device, as the functions' own service account.

Source: the FCM API, HTTP v1, ``projects.messages.send``, and its error codes
(``google.firebase.fcm.v1.FcmError``); revision 20261023 of its discovery document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shared import config
from shared.connectors.client import JsonClient
from shared.errors import ConnectorError, ConnectorUnavailable
from shared.outgoing import google_metadata

SYSTEM = "FCM"
TIMEOUT_S = 5.0
_GONE = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})
"""The token has ended, or is of another project."""
_INSTALLATION = re.compile(r"[A-Za-z0-9_-]{22}")
"""A Firebase installation id. Registration tokens, which came before these, are longer."""
_STAND_INS_TOKEN = "owner"  # noqa: S105 - what stands in for FCM on this machine takes any


class TokenGoneError(Exception):
    """FCM will never deliver to this token again."""


def send(url: str, token: str, data: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """Send a message to a device.

    It has data alone, and no notification: the card's own service worker shows it, so no code of
    Google's is needed there.

    Args:
        url: Where FCM is.
        token: The installation id or the registration token of the device.
        data: What the device's service worker gets.
        headers: Those of the Web Push protocol, such as ``TTL``.

    Raises:
        TokenGoneError: See there.
        ConnectorError: It was not sent, or perhaps.
    """
    codes: set[str] = set()

    def note(said: Any) -> str:
        codes.update(_codes_of(said["error"]))
        return str(said["error"].get("status") or "")

    own = google_metadata.access_token() if not config.is_emulated() else _STAND_INS_TOKEN
    if own is None:
        raise ConnectorUnavailable("There is no token of the service account.")
    client = JsonClient(
        system=SYSTEM,
        base_url=f"{url}/v1/projects/{config.project_id()}",
        authorize=lambda *_: {"Authorization": f"Bearer {own}"},
        secrets=(own, token),
        allow_loopback=config.is_emulated(),
        problem=note,
        timeout_s=TIMEOUT_S,
    )
    target = "fid" if _INSTALLATION.fullmatch(token) else "token"
    message = {target: token, "webpush": {"headers": {**headers}, "data": {**data}}}
    try:
        client.post("/messages:send", {"message": message})
    except ConnectorError as failure:
        if codes & _GONE or "token" in codes:
            raise TokenGoneError from failure
        raise


def _codes_of(error: Mapping[str, Any]) -> set[str]:
    """Return FCM's codes of a refusal, and ``token`` if that is the field which it refuses."""
    details = [each for each in error.get("details") or () if isinstance(each, dict)]
    codes = {str(each["errorCode"]) for each in details if "errorCode" in each}
    refused = [
        str(field.get("field"))
        for each in details
        for field in each.get("fieldViolations") or ()
        if isinstance(field, dict)
    ]
    is_token = bool(
        {"message.token", "message.fid"} & {*refused}
    ) or "not a valid FCM registration token" in str(error.get("message"))
    return {*codes, "token"} if is_token else codes
