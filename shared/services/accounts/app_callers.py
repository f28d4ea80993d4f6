"""Apps as callers: they act for an account as the person who has allowed it, and never beyond."""

from __future__ import annotations

from shared.auth.caller import Caller
from shared.errors import InvalidAccessToken, InvalidIdToken, SubscriptionInactive
from shared.services.accounts import oauth_apps, oauth_consents, staff_callers
from shared.store.accounts import account_documents, staff_documents


def authenticate(token: str) -> Caller:
    """Return the caller that an app is: the person who has consented, within the token's scopes.

    What is kept for 60 s ends within that time: the token, its consent, its app, the person's role,
    and what Firebase Auth knows of the person.

    Raises:
        InvalidAccessToken: It is unknown, over or revoked, or its app, consent, role or person is.
        SignInNotVerified, SubscriptionInactive.
        Busy: Google does not answer.
    """
    found = oauth_consents.find_active(token)
    if found is None:
        raise _invalid()
    record, consent = found
    member = staff_documents.find(consent.account_id, consent.user_id)
    account = account_documents.find_account(consent.account_id)
    if oauth_apps.find(record.app_id) is None or account is None:
        raise _invalid()
    if not consent.is_backed_by(member):
        raise _invalid()
    try:
        staff_callers.require_present(consent.user_id, consent.signed_in_at)
    except InvalidIdToken:
        raise _invalid() from None
    if not account.is_active:
        raise SubscriptionInactive("The account has no active subscription.")
    return Caller(
        account.account_id,
        account.package,
        is_live=True,
        scopes=record.scopes,
        staff=member,
        app_id=record.app_id,
        consent_id=consent.consent_id,
    )


def _invalid() -> InvalidAccessToken:
    return InvalidAccessToken("The access token is malformed, unknown, revoked or over.")
