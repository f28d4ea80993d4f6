"""POST /api/v1/createApiKey: make an API key of the account, which is shown this once."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth import keys
from shared.auth.caller import Caller
from shared.domain.accounts.api_keys import require_may_change
from shared.errors import ApiKeyChangeNotAllowed, LimitExceeded, SignInTooOld
from shared.schemas.accounts.key_bodies import (
    KEY_EXAMPLE,
    TEXT_EXAMPLE,
    ApiKeyBody,
    ApiKeyKind,
    ApiKeyMode,
    KeyKindOf,
    KeyLabel,
    KeyModeOf,
    ShownKey,
    key_body,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.services.accounts import api_keys


class Request(RequestModel):
    """What the key is for. A live secret key is made by owners alone, others by developers too."""

    mode: KeyModeOf
    kind: KeyKindOf
    label: KeyLabel | None = None


class Response(ResponseModel):
    """The key, which is shown only now: nobody can look it up later."""

    success: Success = True
    api_key: ApiKeyBody = Field(description="What is known of the key from now on.")
    key: ShownKey


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "server": {"mode": "live", "kind": "secret", "label": "Web shop"},
    "app": {"mode": "live", "kind": "publishable", "label": "Customers' app"},
}

EXAMPLE: dict[str, Any] = {"success": True, "apiKey": KEY_EXAMPLE, "key": TEXT_EXAMPLE}

REFUSALS = (ApiKeyChangeNotAllowed, LimitExceeded, SignInTooOld)


def handle(body: Request, caller: Caller) -> Response:
    """Draw the key, and keep its SHA-256."""
    key = keys.generate(keys.KeyMode(body.mode), keys.KIND_BY_NAME[body.kind])
    saved = api_keys.issue(caller.account_id, key, label=body.label or "", by=caller)
    return Response(
        api_key=key_body(saved.record),
        key=None if saved.is_replay else key.text,
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Show the key that was described, if the role may make it."""
    is_live_secret = (body.mode, body.kind) == (ApiKeyMode.LIVE, ApiKeyKind.SECRET)
    if caller.staff is not None:
        require_may_change(caller.staff.role, is_live_secret=is_live_secret)
    prefix = f"bk_{body.mode}_{keys.KIND_BY_NAME[body.kind]}_"
    described = {"mode": body.mode, "kind": body.kind, "label": body.label or "", "prefix": prefix}
    return {
        "apiKey": {**KEY_EXAMPLE, **described},
        "key": prefix + TEXT_EXAMPLE[-keys.TAIL_CHARS :],
    }
