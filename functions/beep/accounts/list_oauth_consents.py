"""GET or POST /api/v1/listOAuthConsents: list what the account lets apps of others do."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.accounts.staff import StaffRole
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.schemas.paging import Cursor, Limit
from shared.services.accounts import granted_consents
from shared.services.accounts.granted_consents import GrantedConsent


class Request(RequestModel):
    """A page of the consents that last. revokeOAuthConsent ends one."""

    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None


class OAuthConsentBody(WireModel):
    """What somebody has allowed an app to do for the account."""

    consent_id: str = Field(description="Id of the consent.")
    app_id: str = Field(description="Id of the app: its `client_id`.")
    app_name: str = Field(description="What the operator calls the app.")
    is_app_disabled: bool = Field(
        description="True: the operator has stopped the app. It can do nothing meanwhile."
    )
    user_id: str = Field(description="Who has consented: the uid of Firebase Auth.")
    label: str = Field(description="What you call the person.")
    role: StaffRole = Field(description="The person's role now, which bounds what the app may do.")
    scopes: list[str] = Field(description="What the app may do within that.")
    created_at: Timestamp = Field(description="When the person consented.")
    last_refreshed_at: Timestamp | None = Field(
        description="When the app last got a new token, which works for an hour. Null: not yet."
    )
    expires_at: Timestamp = Field(
        description="When the consent ends if the app gets no new token until then."
    )


class Response(ResponseModel):
    """The newest first. Those that have ended are left out, so a page may have fewer than asked."""

    success: Success = True
    consents: list[OAuthConsentBody] = Field(description="The consents, the newest first.")
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"all": {}, "page": {"limit": 50}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "consents": [
        {
            "consentId": "cons_abc123",
            "appId": "app_abc123",
            "appName": "Newsletter Helper",
            "isAppDisabled": False,
            "userId": "uid_of_max",
            "label": "Max",
            "role": "owner",
            "scopes": ["members.read", "stores.read"],
            "createdAt": "2026-03-03T12:00:00.000Z",
            "lastRefreshedAt": "2026-03-03T13:00:00.000Z",
            "expiresAt": "2026-06-01T13:00:00.000Z",
        }
    ],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = ()


def handle(body: Request, caller: Caller) -> Response:
    """Return a page."""
    after = paging.decode(body.cursor) if body.cursor else None
    page = granted_consents.list_page(caller, after=after, limit=body.limit)
    return Response(
        consents=[_body(each) for each in page.items],
        count=len(page.items),
        next_cursor=page.next_cursor,
    )


def _body(granted: GrantedConsent) -> OAuthConsentBody:
    consent = granted.consent
    return OAuthConsentBody(
        consent_id=consent.consent_id,
        app_id=consent.app_id,
        app_name=granted.app.name,
        is_app_disabled=granted.app.is_disabled,
        user_id=consent.user_id,
        label=granted.member.label,
        role=granted.member.role,
        scopes=list(consent.scopes),
        created_at=consent.created_at,
        last_refreshed_at=consent.rotated_at,
        expires_at=consent.expires_at,
    )
