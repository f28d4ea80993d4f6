"""POST /api/v1/revokeOAuthConsent: end what an app of somebody else may do for the account."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import OAuthConsentNotFound
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp
from shared.services.accounts import granted_consents


class Request(RequestModel):
    """The app gets no new token from now on, and within 60 seconds it can call nothing any more.

    What it has booked stays. To let it act again, an owner consents anew on the app's page. A
    consent that has ended already stays ended.
    """

    consent_id: Id = Field(description="Id of the consent: listOAuthConsents lists them.")


class Response(ResponseModel):
    """What has ended, with all its tokens."""

    success: Success = True
    consent_id: str = Field(description="Id of the consent.")
    app_id: str = Field(description="Id of the app.")
    ended_at: Timestamp = Field(description="When it ended.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"app": {"consentId": "cons_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "consentId": "cons_abc123",
    "appId": "app_abc123",
    "endedAt": "2026-03-03T14:00:00.000Z",
}

REFUSALS = (OAuthConsentNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """End it."""
    ended = granted_consents.end(caller, body.consent_id)
    assert ended.consent.ended_at is not None
    return Response(
        consent_id=ended.consent.consent_id,
        app_id=ended.consent.app_id,
        ended_at=ended.consent.ended_at,
        is_replay=ended.is_replay,
    )
