"""GET /.well-known/oauth-authorization-server: where everything is."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from functions.catalog import SCOPES
from tests.support.refusals import nothing_written
from tools.emulators import ROOT

WELL_KNOWN = "/.well-known/oauth-authorization-server"
PLACES = [f"/apiGateway{WELL_KNOWN}", f"{WELL_KNOWN}/apiGateway", WELL_KNOWN]


@pytest.mark.parametrize("place", PLACES)
def test_names_every_page(place: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNKTWERK_PUBLIC_URL", "https://api.example/")

    with nothing_written():
        answer = app.test_client().get(place)

    methods = ["client_secret_basic", "client_secret_post"]
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json == {
        "issuer": "https://api.example",
        "token_endpoint": "https://api.example/oauth/token",
        "revocation_endpoint": "https://api.example/oauth/revoke",
        "introspection_endpoint": "https://api.example/oauth/introspect",
        "authorization_endpoint": "https://api.example/oauth/authorize",
        "authorization_response_iss_parameter_supported": True,
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": [*methods, "none"],
        "revocation_endpoint_auth_methods_supported": [*methods, "none"],
        "introspection_endpoint_auth_methods_supported": methods,
    }


def test_the_issuer_is_the_gateway(app: Flask) -> None:
    answer = app.test_client().get(PLACES[0])

    assert answer.json is not None
    assert answer.json["issuer"].endswith(".cloudfunctions.net/apiGateway")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_is_only_read(method: str, app: Flask) -> None:
    answer = app.test_client().open(PLACES[0], method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, OPTIONS")


def test_hosting_passes_every_page_on() -> None:
    rewrites = json.loads((ROOT / "firebase.json").read_text())["hosting"]["rewrites"]

    sources = {each["source"] for each in rewrites}
    assert {"/oauth/**", WELL_KNOWN} <= sources
