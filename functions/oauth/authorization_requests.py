"""Reads what an app asks for: at the consent page, and again when somebody consents.

Source: RFC 6749, 4.1.1; RFC 7636, 4.3; RFC 9700, 2.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.catalog import SCOPES_OF_OWNERS
from shared import config
from shared.domain.accounts import oauth_apps
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import CHALLENGE
from shared.services.accounts import oauth_apps as apps

Parameters = Mapping[str, Sequence[str]]
"""Each with all its values; one that is empty counts as left out."""
SCOPE_CHARS_MAX = 2000
_STATE = re.compile(r"[\x20-\x7e]{1,2000}")
_NAMES = (
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
)


@dataclass(frozen=True, slots=True)
class AskingApp:
    """An app, and one of its redirect URIs: only there may anything be sent."""

    app: OAuthApp
    redirect_uri: str
    state: str | None

    def answer(self, parameters: dict[str, str]) -> str:
        """Return the redirect URI with an answer. It names the issuer, by RFC 9207."""
        state = {} if self.state is None else {"state": self.state}
        return oauth_apps.redirected(
            self.redirect_uri, {**parameters, **state, "iss": config.public_url()}
        )

    def refusal(self, error: OAuthError, description: str) -> str:
        """Return the redirect URI with a refusal. Source: RFC 6749, 4.1.2.1."""
        return self.answer({"error": error, "error_description": description})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks for. ``scopes``: with spaces between them, each known, none twice."""

    scopes: str
    challenge: str


def client_of(parameters: Parameters) -> AskingApp:
    """Return who asks. What this refuses must be shown, and sent nowhere.

    Raises:
        OAuthRefused: ``invalid_request``: there is no such app that works, or the redirect URI is
            none of its own, character by character.
    """
    app_id, uri = _one(parameters, "client_id"), _one(parameters, "redirect_uri")
    app = apps.find(app_id)
    if app is None:
        raise _invalid("client_id is no app that works.")
    if uri is None or uri not in app.redirect_uris:
        raise _invalid("redirect_uri is none that the app has registered.")
    states = parameters.get("state", ())
    has_state = len(states) == 1 and _STATE.fullmatch(states[0])
    return AskingApp(app, uri, states[0] if has_state else None)


def asked(parameters: Parameters) -> Asked:
    """Return what is asked for. What this refuses is told to the app.

    Raises:
        OAuthRefused: ``unsupported_response_type``, ``invalid_scope``, ``invalid_request``.
    """
    found = {name: _one(parameters, name) for name in _NAMES}
    if found["response_type"] is None:
        raise _invalid("response_type is missing.")
    if found["response_type"] != "code":
        raise OAuthRefused(
            OAuthError.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code: there is no other."
        )
    if found["response_mode"] not in {None, "query"}:
        raise _invalid("response_mode must be query: there is no other.")
    if found["state"] is not None and not _STATE.fullmatch(found["state"]):
        raise _invalid("state must be up to 2000 printable characters of ASCII.")
    challenge = found["code_challenge"]
    if challenge is None or found["code_challenge_method"] != "S256":
        raise _invalid("PKCE is needed: code_challenge, and code_challenge_method S256.")
    if not CHALLENGE.fullmatch(challenge):
        raise _invalid("code_challenge must be the SHA-256 of the verifier, as 43 of base64url.")
    return Asked(_scopes(found["scope"]), challenge)


def _scopes(text: str | None) -> str:
    names = sorted({name for name in (text or "").split(" ") if name})
    if not names:
        raise OAuthRefused(OAuthError.INVALID_SCOPE, "scope is missing: name what the app needs.")
    if len(text or "") > SCOPE_CHARS_MAX or any(name not in SCOPES_OF_OWNERS for name in names):
        raise OAuthRefused(
            OAuthError.INVALID_SCOPE, "A scope is unknown; the metadata lists all of them."
        )
    return " ".join(names)


def _one(parameters: Parameters, name: str) -> str | None:
    values = parameters.get(name, ())
    if len(values) > 1:
        raise _invalid(f"{name} is given twice.")
    return (values[0] or None) if values else None


def _invalid(description: str) -> OAuthRefused:
    return OAuthRefused(OAuthError.INVALID_REQUEST, description)
