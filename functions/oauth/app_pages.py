"""The token, revocation and introspection pages, as apps call them: for codes and refresh tokens.

Source: RFC 6749, 4.1.3 and 6; RFC 7009; RFC 7662.
"""

from __future__ import annotations

from typing import Any

from functions.oauth import introspect as introspection
from functions.oauth.token_requests import TokenRequest
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.errors import InvalidAccessToken, SignInNotVerified, SubscriptionInactive
from shared.services.accounts import app_callers, oauth_consents
from shared.services.accounts.oauth_consents import IssuedAppTokens

CODE, REFRESH = "authorization_code", "refresh_token"


def token(asked: TokenRequest, app: OAuthApp) -> dict[str, Any]:
    """Issue an access and a refresh token.

    Raises:
        OAuthRefused: See ``oauth_consents.redeem`` and ``refresh``; ``unauthorized_client`` for the
            grant of keys, ``unsupported_grant_type`` for others.
    """
    grant = asked.required("grant_type")
    if grant == CODE:
        return _answer(
            oauth_consents.redeem(
                app,
                asked.required("code"),
                redirect_uri=asked.required("redirect_uri"),
                verifier=asked.required("code_verifier"),
            )
        )
    if grant == REFRESH:
        found = oauth_consents.refresh(app, asked.required("refresh_token"), asked.text("scope"))
        return _answer(found)
    if grant == "client_credentials":
        raise OAuthRefused(
            OAuthError.UNAUTHORIZED_CLIENT, "An app acts for who has consented: it is no key."
        )
    raise OAuthRefused(
        OAuthError.UNSUPPORTED_GRANT_TYPE, f"grant_type must be {CODE} or {REFRESH} for an app."
    )


def revoke(asked: TokenRequest, app: OAuthApp) -> dict[str, Any]:
    """End a consent by its refresh token, or an access token alone. Always the same answer.

    Raises:
        OAuthRefused: No token is named.
    """
    oauth_consents.revoke(app, asked.required("token"))
    return {}


def introspect(asked: TokenRequest, app: OAuthApp) -> dict[str, Any]:
    """Say what an access token of the app is for; of all others only that they do not work.

    It works if a call with it would be let in: also its person, role and account count.

    Raises:
        OAuthRefused: No token is named.
        Busy: Firebase Auth does not answer.
    """
    token = asked.required("token")
    found = oauth_consents.find_active(token)
    if found is None or found[0].app_id != app.app_id:
        return {"active": False}
    try:
        app_callers.authenticate(token)
    except (InvalidAccessToken, SignInNotVerified, SubscriptionInactive):
        return {"active": False}
    record, _ = found
    return introspection.described(record, record.app_id)


def _answer(issued: IssuedAppTokens) -> dict[str, Any]:
    """Return what the app is told. Source: RFC 6749, 5.1."""
    return {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": issued.life_s,
        "refresh_token": issued.refresh,
        "scope": " ".join(issued.scopes),
    }
