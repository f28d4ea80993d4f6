"""Apps that act for a merchant, and the browser of an owner who lets them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask

from shared.services.accounts import oauth_apps
from tests.support import sign_ins
from tests.support.api import Answer, Api
from tests.support.merchants import Merchant
from tests.support.oauth import OAuth

REDIRECT = "https://app.example/callback?tenant=1"
SCOPES = "loyalty.write members.read"
VERIFIER = "verifier-of-43-characters-or-more-0123456789"
OWNER = "uid_owner"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge, as RFC 7636 says it."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True)
class App:
    """An app that was registered. ``user_id`` is who signs in on its page."""

    flask: Flask
    merchant: Merchant
    client_id: str
    secret: str | None
    user_id: str = OWNER

    @property
    def asked(self) -> dict[str, str]:
        """What it asks the consent page with."""
        return {
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": SCOPES,
            "state": "state-1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }

    def by(self, user_id: str) -> App:
        """Return the app with somebody else at its page."""
        return replace(self, user_id=user_id)

    def page(self, **changed: Any) -> Any:
        """Open the consent page; ``None`` leaves a parameter out."""
        asked = {k: v for k, v in {**self.asked, **changed}.items() if v is not None}
        return self.flask.test_client().get("/apiGateway/oauth/authorize", query_string=asked)

    def consent(
        self, headers: dict[str, str] | None = None, *, sign_in: Any = None, **changed: Any
    ) -> Answer:
        """Consent as the page does."""
        token = sign_ins.unsigned(self.user_id, **(sign_in or {}))
        body = {**self.asked, "account_id": self.merchant.account_id, **changed}
        return OAuth(self.flask, "").send(
            "consent",
            json.dumps({k: v for k, v in body.items() if v is not None}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"} if headers is None else headers,
        )

    def code(self, **changed: Any) -> str:
        """Return a new code."""
        answer = self.consent(**changed)
        assert answer.status == 200, answer.body
        return query_of(answer.body["redirect"])["code"]

    def post(self, page: str, **parameters: str) -> Answer:
        """Send a form with the app's credentials."""
        secret = {} if self.secret is None else {"client_secret": self.secret}
        form = {"client_id": self.client_id, **secret, **parameters}
        return OAuth(self.flask, "").send(page, {k: v for k, v in form.items() if v})

    def redeem(self, code: str, **changed: str) -> Answer:
        """Ask for the tokens of a code; an empty text leaves a parameter out."""
        form = {"redirect_uri": REDIRECT, "code_verifier": VERIFIER, **changed}
        return self.post("token", grant_type="authorization_code", code=code, **form)

    def refresh(self, token: str, **changed: str) -> Answer:
        """Ask for the next tokens."""
        return self.post("token", grant_type="refresh_token", refresh_token=token, **changed)

    def tokens(self, **changed: Any) -> dict[str, Any]:
        """Consent, and get the first tokens."""
        answer = self.redeem(self.code(**changed))
        assert answer.status == 200, answer.body
        return answer.body

    def api(self, tokens: dict[str, Any]) -> Api:
        """Return the API as the app calls it."""
        return Api(self.flask, tokens["access_token"])


def registered(merchant: Merchant, *, is_public: bool = False, redirect_uri: str = REDIRECT) -> App:
    """Register an app, and give the merchant an owner, once."""
    found = oauth_apps.create("Zap <b>{{DENIED}}", [redirect_uri], is_public=is_public)
    api = merchant.api("addStaffMember", {"userId": OWNER, "role": "owner"})
    assert api.status in {200, 409}, api.body
    return App(merchant.api.app, merchant, found.app.app_id, found.secret)


def query_of(url: str) -> dict[str, str]:
    """Return the parameters of a URL, each of which is there once."""
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
