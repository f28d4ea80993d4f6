"""POST /oauth/consent: an owner lets an app act; only the consent page calls it.

The ID token stands in ``Authorization``, where no other site's form or link can put it, and there
is no preflight for scripts of others. All that the page was asked with is checked anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions import http
from functions.catalog import SCOPES_OF_OWNERS
from functions.oauth import authorization_requests
from shared.auth import keys
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.errors import InvalidIdToken
from shared.services.accounts import callers, oauth_consents

if TYPE_CHECKING:
    from flask import Request

BODY_BYTES_MAX = 16 * 1024


def handle(request: Request, log: dict[str, Any]) -> dict[str, Any]:
    """Write the consent; say where the page must go, with the code.

    Raises:
        OAuthRefused: The request is none that the page could have been asked with.
        PunktwerkError: The person may not consent: see ``oauth_consents.allow``.
    """
    body = http.parsed(http.raw_body(request, BODY_BYTES_MAX))
    if not all(isinstance(each, str) for each in body.values()):
        raise OAuthRefused(OAuthError.INVALID_REQUEST, "All values must be texts.")
    parameters = {name: [value] for name, value in body.items()}
    client = authorization_requests.client_of(parameters)
    asked = authorization_requests.asked(parameters)
    token = callers.token_of(request.headers.get("Authorization"))
    if not keys.is_signed_token(token):
        raise InvalidIdToken("Only somebody who has signed in can consent: send an ID token.")
    code, caller = oauth_consents.allow(
        client.app,
        id_token=token,
        account_id=body.get("account_id", ""),
        app_check_token=request.headers.get("X-Firebase-AppCheck"),
        asked=asked.scopes,
        needed=SCOPES_OF_OWNERS,
        redirect_uri=client.redirect_uri,
        challenge=asked.challenge,
    )
    log |= {"accountId": caller.account_id, "staffId": caller.staff_id, "appId": client.app.app_id}
    return {"redirect": client.answer({"code": code})}
