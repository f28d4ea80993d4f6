"""GET /oauth/authorize: the page on which an owner lets an app act."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared import config
from shared.services.accounts import oauth_apps as apps
from tests.support.merchants import Merchant
from tests.support.oauth_apps import REDIRECT, App, query_of, registered
from tests.support.refusals import nothing_written


@pytest.fixture
def partner(merchant: Merchant) -> App:
    return registered(merchant)


def test_shows_who_asks_for_what_and_runs_no_code_but_its_own(partner: App) -> None:
    with nothing_written():
        answer = partner.page()

    text = answer.text
    assert answer.status_code == 200
    # The name of an app is a text, whatever is in it.
    assert "Allow Zap &lt;b&gt;&#123;&#123;DENIED}} to act" in text
    everything = "Change loyalty programs with their rewards, campaigns and points."
    assert f"<li>{everything} <code>loyalty.write</code></li>" in text
    assert "<li>Read members. <code>members.read</code></li>" in text
    assert "You are sent back to https://app.example/callback" in text
    assert not re.search(r"\bon\w+=|style=|<script>|<style|javascript:", text)
    assert "{{" not in text
    headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"connect-src 'self' http://{config.auth_emulator()}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in headers
    refuse = re.search(r'<a href="([^"]+)">Refuse', text)
    assert refuse is not None
    assert query_of(refuse[1].replace("&amp;", "&")) == {
        "tenant": "1",
        "error": "access_denied",
        "error_description": "The owner has refused.",
        "state": "state-1",
        "iss": config.public_url(),
    }


def test_says_what_an_app_decides_that_connects_systems(partner: App) -> None:
    text = partner.page(scope="systems.read systems.write").text
    assert "<li>Read systems. <code>systems.read</code></li>" in text
    assert "<li>Connect tills, ERPs and shops, and so decide what they report: who earns" in text


@pytest.mark.parametrize(
    ("name", "kind"), [("page.js", "text/javascript"), ("page.css", "text/css")]
)
def test_serves_its_files(name: str, kind: str, partner: App) -> None:
    answer = partner.flask.test_client().get(f"/apiGateway/oauth/authorize/{name}")

    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": None},
        {"client_id": "app_unknown"},
        {"client_id": ["app_a", "app_b"]},
        {"redirect_uri": None},
        {"redirect_uri": REDIRECT + "/x"},
        {"redirect_uri": REDIRECT + "#x"},
        {"redirect_uri": REDIRECT.replace("https", "http")},
        {"redirect_uri": REDIRECT.replace("example", "example:8443")},
        {"redirect_uri": REDIRECT.replace("app.", "APP.")},
        {"redirect_uri": REDIRECT.partition("?")[0]},
        {"redirect_uri": REDIRECT.replace("//app.", "//app.example@evil.")},
        {"redirect_uri": [REDIRECT, "https://evil.example"]},
    ],
)
def test_sends_nobody_where_the_app_is_not(changed: dict[str, Any], partner: App) -> None:
    answer = partner.page(**changed)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "This link does not work" in answer.text
    assert "evil" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_disabled_app_is_none(partner: App) -> None:
    apps.set_disabled(partner.client_id, is_disabled=True)

    with nothing_written():
        assert partner.page().status_code == 400
        assert partner.consent().body["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "A" * 42}, "invalid_request"),
        ({"code_challenge": "A" * 42 + "="}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "members.read members.delete"}, "invalid_scope"),
        ({"scope": ["members.read", "loyalty.write"]}, "invalid_request"),
    ],
)
def test_tells_the_app_what_is_wrong(changed: dict[str, Any], error: str, partner: App) -> None:
    answer = partner.page(**changed)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECT + "&")
    found = query_of(answer.headers["Location"])
    assert (found["error"], found["state"]) == (error, "state-1")
    assert found["iss"] == config.public_url()
    assert answer.headers["Cache-Control"] == "no-store"
    with nothing_written():
        refused = partner.consent(**{name: value or None for name, value in changed.items()})
    assert (refused.status, "redirect" in refused.body) == (400, False)


def test_a_state_that_is_none_is_not_sent_back(partner: App) -> None:
    found = query_of(partner.page(state="ä").headers["Location"])

    assert found["error"] == "invalid_request"
    assert "state" not in found


def test_needs_the_projects_key_to_sign_in(partner: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    assert query_of(partner.page().headers["Location"])["error"] == "temporarily_unavailable"

    monkeypatch.setenv("PUNKTWERK_FIREBASE_API_KEY", "AIza&1")
    answer = partner.page()

    assert "connect-src 'self' https://identitytoolkit.googleapis.com;" in str(answer.headers)
    assert 'accounts:signInWithPassword?key=AIza&amp;1"' in answer.text


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_is_only_read(method: str, partner: App) -> None:
    answer = partner.flask.test_client().open("/apiGateway/oauth/authorize", method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, OPTIONS")
