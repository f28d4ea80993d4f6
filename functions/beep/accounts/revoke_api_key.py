"""POST /api/v1/revokeApiKey: end an API key."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ApiKeyChangeNotAllowed, ApiKeyNotFound
from shared.schemas.accounts.key_bodies import KEY_EXAMPLE, ApiKeyBody, KeyId, key_body
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.services.accounts import api_keys


class Request(RequestModel):
    """The key stops working at once, within 60 seconds everywhere, and its access tokens with it.

    A key that is revoked already stays as it is. It cannot be brought back.
    """

    key_id: KeyId


class Response(ResponseModel):
    """The key as it is now."""

    success: Success = True
    api_key: ApiKeyBody = Field(description="The revoked key.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"unused": {"keyId": "0123456789abcdef"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "apiKey": {**KEY_EXAMPLE, "revokedAt": "2026-03-04T12:00:00.000Z", "revokedBy": "uid_of_max"},
}

REFUSALS = (ApiKeyChangeNotAllowed, ApiKeyNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Revoke it."""
    saved = api_keys.revoke(api_keys.find(caller.account_id, body.key_id), by=caller)
    return Response(api_key=key_body(saved.record), is_replay=saved.is_replay)
