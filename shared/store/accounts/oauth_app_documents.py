"""Apps that act for merchants, what they were allowed, and their access tokens."""

from __future__ import annotations

from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import AppToken, OAuthConsent
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

APPS = Documents(
    OAuthApp,
    paths.oauth_app,
    collection="oauthApps",
    path_of=lambda app: paths.oauth_app(app.app_id),
    is_cached=True,
)
CONSENTS = Documents(
    OAuthConsent,
    paths.oauth_consent,
    collection="oauthConsents",
    path_of=lambda consent: paths.oauth_consent(consent.consent_id),
    is_cached=True,
    personal=NoPersonalData(
        "It names the uid of who consents for the merchant, who is no customer by that."
    ),
)
TOKENS = Documents(
    AppToken,
    paths.oauth_app_token,
    collection="oauthAppTokens",
    path_of=lambda token: paths.oauth_app_token(token.token_hash),
    is_cached=True,
)


def list_apps() -> list[OAuthApp]:
    """Return all apps, oldest first."""
    return sorted(APPS.query(), key=lambda app: (app.created_at, app.app_id))
