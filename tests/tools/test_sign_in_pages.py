"""Stand-ins of Google and Apple: they ask and refuse as those do, and answer with a token."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.tools.test_web_host import client_of
from tools.sign_in_pages import FACTS, PROVIDERS

HERE = "http://localhost/sign-in"


def asked(name: str, **changes: str | None) -> str:
    """Return the path of a provider's page with what it wants to be asked, but for changes."""
    query = {
        **PROVIDERS[name].asked,
        "client_id": FACTS[name]["clientId"],
        "redirect_uri": HERE,
        "state": "s1",
        "nonce": "n1",
        **changes,
    }
    given = {field: value for field, value in query.items() if value is not None}
    return f"{FACTS[name]['authorizeUrl']}?{urlencode(given)}"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return client_of(tmp_path)


def fragment(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 303
    where = urlsplit(answer.headers["Location"])
    assert where._replace(fragment="").geturl() == HERE
    return parse_qs(where.fragment)


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@pytest.mark.parametrize("name", PROVIDERS)
def test_sends_the_person_back_with_a_token(client: FlaskClient, name: str) -> None:
    shown = client.get(asked(name))
    assert (shown.status_code, shown.mimetype) == (200, "text/html")

    given = fragment(client.post(asked(name), data={"email": "a@b.example"}))

    assert given["state"] == ["s1"]
    claims = claims_of(given["id_token"][0])
    assert (claims["aud"], claims["nonce"]) == (FACTS[name]["clientId"], "n1")
    assert claims.get("email") == ("a@b.example" if name == "google" else None)


@pytest.mark.parametrize("name", PROVIDERS)
def test_who_cancels_comes_back_without_one(client: FlaskClient, name: str) -> None:
    given = fragment(client.post(asked(name), data={"email": "", "cancel": "1"}))

    assert given == {"state": ["s1"], "error": [PROVIDERS[name].cancelled]}


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/sign-in"},
        {"client_id": "another"},
        {"response_type": "token"},
        {"state": None},
        {"nonce": None},
    ],
)
def test_refuses_what_the_real_one_refuses(
    client: FlaskClient, name: str, changes: dict[str, str | None]
) -> None:
    for send in (client.get, client.post):
        answer = send(asked(name, **changes))
        assert (answer.status_code, answer.text) == (400, f"wrong: {next(iter(changes))}")


def test_apple_tells_no_address_behind_a_fragment(client: FlaskClient) -> None:
    answer = client.get(asked("apple", scope="email"))

    assert (answer.status_code, answer.text) == (400, "wrong: scope")


def test_there_are_no_others(client: FlaskClient) -> None:
    assert client.get("/__/sign-in/another").status_code == 404
    assert client.put(asked("google")).status_code == 405
