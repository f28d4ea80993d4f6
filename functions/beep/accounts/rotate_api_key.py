"""POST /api/v1/rotateApiKey: revoke an API key, and make one like it, in one commit."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth import keys
from shared.auth.caller import Caller
from shared.errors import ApiKeyChangeNotAllowed, ApiKeyNotFound, ApiKeyRevoked, SignInTooOld
from shared.schemas.accounts.key_bodies import (
    KEY_EXAMPLE,
    TEXT_EXAMPLE,
    ApiKeyBody,
    KeyId,
    ShownKey,
    key_body,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.services.accounts import api_keys


class Request(RequestModel):
    """The old key ends at once, within 60 seconds everywhere, and its access tokens with it.

    To change it without a gap, make a new one, put it in place, then revoke the old one.
    """

    key_id: KeyId


class Response(ResponseModel):
    """The new key, with the same mode, kind and label. It is shown only now."""

    success: Success = True
    api_key: ApiKeyBody = Field(description="What is known of the new key from now on.")
    replaced_key_id: str = Field(description="Id of the key that was revoked.")
    key: ShownKey


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"leaked": {"keyId": "fedcba9876543210"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "apiKey": KEY_EXAMPLE,
    "replacedKeyId": "fedcba9876543210",
    "key": TEXT_EXAMPLE,
}

REFUSALS = (ApiKeyChangeNotAllowed, ApiKeyNotFound, ApiKeyRevoked, SignInTooOld)


def handle(body: Request, caller: Caller) -> Response:
    """Replace it."""
    found = api_keys.find(caller.account_id, body.key_id)
    key = keys.generate(keys.KeyMode(found.mode), keys.KeyKind(found.kind))
    saved = api_keys.rotate(found, key, by=caller)
    return Response(
        api_key=key_body(saved.record),
        replaced_key_id=body.key_id,
        key=None if saved.is_replay else key.text,
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the example as the key that replaces the named one."""
    return {"apiKey": KEY_EXAMPLE, "replacedKeyId": body.key_id}
