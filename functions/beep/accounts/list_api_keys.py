"""GET or POST /api/v1/listApiKeys: list the API keys of the account, without their texts."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.schemas import answers
from shared.schemas.accounts.key_bodies import KEY_EXAMPLE, ApiKeyBody, key_body
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.services.accounts import api_keys


class Request(RequestModel):
    """The keys that work, or those that were revoked last as well."""

    include_revoked: bool = Field(
        default=False, description="True: after them the 50 keys that were revoked last."
    )


class Response(ResponseModel):
    """The keys that work, the newest first; an account has at most 50."""

    success: Success = True
    api_keys: list[ApiKeyBody] = Field(description="The keys.")
    count: answers.Count


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"working": {}, "all": {"includeRevoked": True}}

EXAMPLE: dict[str, Any] = {"success": True, "apiKeys": [KEY_EXAMPLE], "count": 1}

REFUSALS = ()


def handle(body: Request, caller: Caller) -> Response:
    """List them."""
    found = api_keys.list_all(caller.account_id, with_revoked=body.include_revoked)
    return Response(api_keys=[key_body(each) for each in found], count=len(found))
