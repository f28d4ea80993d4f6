"""Apps that act for merchants, what they were allowed, and their access tokens."""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import AppToken, OAuthConsent
from shared.schemas.paging import CursorPosition
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


def find_apps(app_ids: Iterable[str]) -> dict[str, OAuthApp]:
    """Return those of some apps that there are, by their ids, at the cost of one call."""
    return {each.app_id: each for each in APPS.find_some(map(paths.oauth_app, app_ids))}


def list_of_account(
    account_id: str, *, after: CursorPosition | None, limit: int
) -> list[OAuthConsent]:
    """Return consents of an account whose code was used, the newest first, ended ones too."""
    return CONSENTS.query(
        ("accountId", "==", account_id),
        ("isCodeUsed", "==", True),
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after.at, "__name__": after.id} if after else None,
        limit=limit,
    )
