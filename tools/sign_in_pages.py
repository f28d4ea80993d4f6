"""Stand-ins of the pages at which people sign in with Google and Apple, for local runs.

They ask for what the real ones ask, refuse what those refuse, and answer in the same way: with an
ID token behind ``#``. It is unsigned, which only the Auth emulator takes.

Sources: OpenID Connect Core 1.0, 3.2; Apple, "Request an authorization to the Sign in with Apple
server".
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, request

ROOT = "/__/sign-in/"
TOKEN_SECONDS = 600


@dataclass(frozen=True)
class Provider:
    """A provider: what it wants to be asked, and what it says if somebody cancels."""

    name: str
    issuer: str
    asked: Mapping[str, str]
    tells_email: bool
    cancelled: str


PROVIDERS = {
    "google": Provider(
        "Google",
        "https://accounts.google.com",
        {"response_type": "id_token", "scope": "openid email"},
        tells_email=True,
        cancelled="access_denied",
    ),
    "apple": Provider(
        "Apple",
        "https://appleid.apple.com",
        {"response_type": "code id_token", "response_mode": "fragment"},
        tells_email=False,
        cancelled="user_cancelled_authorize",
    ),
}
FACTS = {
    name: {"clientId": f"{name}.of.this.machine", "authorizeUrl": ROOT + name} for name in PROVIDERS
}
"""What the card is told of them."""


def answer(name: str) -> Response:
    """Answer a request for the page of a provider: show it, or send the person back."""
    provider = PROVIDERS.get(name)
    if provider is None or request.method not in ("GET", "POST"):
        return Response("not found", 404)
    asked = request.args
    if problem := _problem(name, provider, asked):
        return Response(problem, 400)
    if request.method == "GET":
        return Response(_page(provider), mimetype="text/html")
    given = {"state": asked["state"]}
    if "cancel" in request.form:
        given["error"] = provider.cancelled
    else:
        given["id_token"] = _token(name, provider, asked, request.form["email"])
    # 303: the browser asks for our page by GET.
    return redirect(f"{asked['redirect_uri']}#{urlencode(given)}", 303)  # type: ignore[return-value]


def _problem(name: str, provider: Provider, asked: Mapping[str, str]) -> str | None:
    """Return what is wrong with a request; ``None`` if it is as the provider wants it."""
    wanted = {
        **provider.asked,
        "client_id": FACTS[name]["clientId"],
        "redirect_uri": f"{request.host_url}sign-in",
    }
    wrong = [each for each, value in wanted.items() if asked.get(each) != value]
    wrong += [each for each in ("state", "nonce") if not asked.get(each)]
    if not provider.tells_email and "scope" in asked:
        wrong.append("scope")  # Apple answers such a question by a form alone.
    return f"wrong: {', '.join(wrong)}" if wrong else None


def _page(provider: Provider) -> str:
    name = html.escape(provider.name)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}, as it is on this machine</title>
<main>
<h1>{name}, as it is on this machine</h1>
<p>A stand-in of make run: it believes whoever you say that you are.</p>
<form method="post">
<p><label>E-mail address <input type="email" name="email" value="guest@demo.example"></label></p>
<p><button>Continue</button> <button name="cancel" value="1">Cancel</button></p>
</form>
</main>
</html>
"""


def _token(name: str, provider: Provider, asked: Mapping[str, str], email: str) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "aud": FACTS[name]["clientId"],
        "sub": hashlib.sha256(f"{name} {email}".encode()).hexdigest()[:20],
        "nonce": asked["nonce"],
        "iat": now,
        "exp": now + TOKEN_SECONDS,
    }
    if provider.tells_email:
        claims |= {"email": email, "email_verified": True}
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(claims)}."


def _encoded(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
