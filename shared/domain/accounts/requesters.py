"""Who has asked for something that happens later: it happens only if they still may ask then."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shared.domain.accounts.accounts import KeyRecord
from shared.domain.accounts.oauth import AccessToken
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import OAuthConsent
from shared.domain.accounts.staff import StaffMember, StaffRole


@dataclass(frozen=True, slots=True)
class Requester:
    """A key, perhaps by a token that stands for it; or a person, perhaps by an app.

    Attributes:
        key_hash: Of the secret key.
        token_hash: Of the access token that stood for it.
        staff_id: The uid of the person of the staff.
        app_id: The app that has asked in the person's name.
        consent_id: The consent by which the app may.
    """

    key_hash: str | None = None
    token_hash: str | None = None
    staff_id: str | None = None
    app_id: str | None = None
    consent_id: str | None = None


@dataclass(frozen=True, slots=True)
class RequesterRecords:
    """What there is now of a requester: its key, token, person, app and consent."""

    key: KeyRecord | None = None
    token: AccessToken | None = None
    member: StaffMember | None = None
    app: OAuthApp | None = None
    consent: OAuthConsent | None = None


def may_still_ask(
    requester: Requester,
    records: RequesterRecords,
    *,
    asked_at: datetime,
    roles: Collection[StaffRole],
    store_id: str,
) -> bool:
    """Tell whether who has asked for something of a store could ask for it now.

    A token that is over has been no wrong one, so it counts on; one that was revoked is not there
    any more. Whoever was removed from the staff and is added anew has asked for nothing yet.

    Args:
        requester: Who has asked.
        records: What there is of them.
        asked_at: When they have.
        roles: The roles that may ask for it.
        store_id: The store.
    """
    if requester.staff_id is None:
        key = records.key
        is_token_there = requester.token_hash is None or records.token is not None
        return key is not None and key.revoked_at is None and is_token_there
    if requester.app_id is not None:
        app, consent = records.app, records.consent
        if app is None or app.is_disabled or consent is None or consent.ended_at is not None:
            return False
    member = records.member
    return (
        member is not None
        and not member.is_disabled
        and member.created_at <= asked_at
        and member.role in roles
        and member.works_in(store_id)
    )
