"""POST /api/v1/rotateWebhookSecret: sign with a new secret, and for a while with the old one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.webhooks.secret_format import weakness
from shared.errors import WebhookNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Whole
from shared.schemas.fields import StoreId, WebhookId
from shared.schemas.webhooks.endpoint_bodies import (
    SECRET_EXAMPLE,
    PreviousSecretsExpireAt,
    Secret,
    SecretWarning,
    ShownSecret,
)
from shared.services.webhooks import webhook_changes

OVERLAP_HOURS_MAX = 24


class Request(RequestModel):
    """The request names the endpoint.

    While both secrets sign, ``webhook-signature`` has a signature of each, and a receiver with
    either secret accepts the message. ``X-Beep-Signature`` is made with the new secret alone.
    """

    webhook_id: WebhookId
    store_id: StoreId | None = None
    secret: Secret | None = None
    overlap_hours: Annotated[Whole, Field(ge=0, le=OVERLAP_HOURS_MAX)] = Field(
        default=OVERLAP_HOURS_MAX,
        description="How many hours the secrets before it go on signing too; 0 if one has leaked.",
    )


class Response(ResponseModel):
    """The new secret, which is shown only now."""

    success: Success = True
    webhook_id: answers.WebhookId
    secret: ShownSecret
    previous_secrets_expire_at: PreviousSecretsExpireAt
    warning: SecretWarning = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "rotate": {"webhookId": "we_abc123"},
    "leaked": {"webhookId": "we_abc123", "overlapHours": 0},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "webhookId": "we_abc123",
    "secret": SECRET_EXAMPLE,
    "previousSecretsExpireAt": "2026-03-04T12:00:00.000Z",
    "warning": None,
}

REFUSALS = (WebhookNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Put a new secret in use."""
    rotation = webhook_changes.rotate(
        caller,
        body.webhook_id,
        body.store_id,
        secret=body.secret,
        overlap=timedelta(hours=body.overlap_hours),
    )
    return Response(
        webhook_id=body.webhook_id,
        secret=rotation.secret,
        previous_secrets_expire_at=rotation.previous_expire_at,
        warning=weakness(rotation.secret),
        is_replay=rotation.is_replay,
    )
