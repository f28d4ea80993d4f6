"""The local web host: what firebase.json says of hosting, and nothing else of the disk."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared import errors
from tests.support.receivers import receiving
from tools.emulators import ROOT
from tools.web_host import INIT, Site, create_app, local_policy

HOSTING: dict[str, Any] = {
    "public": "dist",
    "rewrites": [
        {"source": "/api/v1/**", "function": {"functionId": "apiGateway"}},
        {"source": "/s/**", "destination": "/card.html"},
        {"source": "/cards", "destination": "/card.html"},
    ],
    "headers": [
        {"source": "/**", "headers": [{"key": "X-All", "value": "1"}]},
        {
            "source": "/s/**",
            "headers": [
                {"key": "Content-Security-Policy", "value": "connect-src 'self'; img-src https:"}
            ],
        },
        {"source": "/assets/*", "headers": [{"key": "Cache-Control", "value": "immutable"}]},
    ],
}
EMULATORS = {"auth": "127.0.0.1:1", "firestore": "127.0.0.1:2"}
INIT_FACTS = {"projectId": "p", "emulators": EMULATORS}


def client_of(folder: Path, gateway: str = "http://127.0.0.1:9/apiGateway") -> FlaskClient:
    dist = folder / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("index")
    (dist / "card.html").write_text("card")
    (dist / "assets" / "a.js").write_text("script")
    (dist / ".stamp").write_text("hidden")
    (folder / "secret.txt").write_text("secret")
    return create_app(Site(HOSTING, dist), INIT_FACTS, gateway).test_client()


@pytest.mark.parametrize(
    ("path", "text"),
    [("/", "index"), ("/assets/a.js", "script"), ("/s/store_1", "card"), ("/cards", "card")],
)
def test_serves_files_and_what_is_rewritten_to_them(tmp_path: Path, path: str, text: str) -> None:
    answer = client_of(tmp_path).get(path)

    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["X-All"] == "1"


@pytest.mark.parametrize(
    "path", ["/nothing", "/cards/more", "/../secret.txt", "/%2e%2e/secret.txt", "/.stamp"]
)
def test_serves_nothing_else(tmp_path: Path, path: str) -> None:
    assert client_of(tmp_path).get(path).status_code == 404


def test_sends_the_headers_of_the_path(tmp_path: Path) -> None:
    client = client_of(tmp_path)

    assert client.get("/assets/a.js").headers["Cache-Control"] == "immutable"
    policy = client.get("/s/x").headers["Content-Security-Policy"]
    assert policy == "connect-src 'self' http://127.0.0.1:1 http://127.0.0.1:2; img-src https:"


def test_compresses_texts_for_who_can_read_that(tmp_path: Path) -> None:
    client = client_of(tmp_path)

    plain = client.get("/assets/a.js")
    packed = client.get("/assets/a.js", headers={"Accept-Encoding": "br, gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == b"script"


def test_tells_the_apps_where_the_emulators_are(tmp_path: Path) -> None:
    assert client_of(tmp_path).get(INIT).json == INIT_FACTS


def test_passes_calls_on_to_the_gateway(tmp_path: Path) -> None:
    with receiving("") as receiver:
        client = client_of(tmp_path, receiver.url)
        answer = client.post(
            "/api/v1/do?a=1", data=b"{}", headers={"Authorization": "Bearer token"}
        )

    assert answer.status_code == 200
    [got] = receiver.received
    assert (got.method, got.path, got.body) == ("POST", "/api/v1/do?a=1", b"{}")
    assert {each.lower(): value for each, value in got.headers.items()}["authorization"] == (
        "Bearer token"
    )
    # The host says itself what time it is.
    assert not {"Date", "Server"} & set(answer.headers.keys())


def test_says_that_the_gateway_does_not_answer(tmp_path: Path) -> None:
    assert client_of(tmp_path).post("/api/v1/do", data=b"{}").status_code == 502


def test_only_what_is_named_is_written_to(tmp_path: Path) -> None:
    assert client_of(tmp_path).post("/cards", data=b"{}").status_code == 404


def test_every_page_of_the_apps_has_a_strict_policy() -> None:
    hosting = json.loads((ROOT / "firebase.json").read_text())["hosting"]
    site = Site(hosting, ROOT / hosting["public"])
    pages = [each["source"] for each in hosting["rewrites"] if "destination" in each]

    assert pages
    for source in pages:
        headers = site.headers(source.replace("/**", "/x"))
        policy = headers["Content-Security-Policy"]
        parts = dict(each.strip().partition(" ")[::2] for each in policy.split(";"))
        assert parts["default-src"] == parts["frame-ancestors"] == parts["base-uri"] == "'none'"
        assert parts["script-src"] == parts["style-src"] == "'self'"
        assert "unsafe" not in policy
        assert headers["Permissions-Policy"].startswith("camera=(self), ")
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "max-age" in headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/sw.js", "/console-sw.js"])
def test_a_service_worker_is_asked_for_anew(path: str) -> None:
    hosting = json.loads((ROOT / "firebase.json").read_text())["hosting"]

    assert Site(hosting, ROOT).headers(path)["Cache-Control"] == "no-cache"


def test_pages_may_call_google_for_what_they_need_alone() -> None:
    hosting = json.loads((ROOT / "firebase.json").read_text())["hosting"]
    policies = {
        each["source"]: header["value"]
        for each in hosting["headers"]
        for header in each["headers"]
        if header["key"] == "Content-Security-Policy"
    }
    called = {
        source: set(re.findall(r"https://(\w+)\.googleapis\.com", policy))
        for source, policy in policies.items()
    }

    everywhere = {"firestore", "identitytoolkit", "securetoken"}
    for source, names in called.items():
        is_console = source.startswith("/console")
        messages = set() if is_console else {"fcmregistrations", "firebaseinstallations"}
        assert names == everywhere | messages, source


def test_a_policy_without_calls_stays_as_it_is() -> None:
    assert local_policy("default-src 'none'", EMULATORS) == "default-src 'none'"


@pytest.mark.parametrize(
    "words", ["card/src/i18n/en-refusals.ts", "console/src/i18n/en/problem.ts"]
)
def test_words_are_for_codes_that_there_are(words: str) -> None:
    text = (ROOT / "web" / words).read_text()
    named = set(re.findall(r"^ +([A-Z][A-Z_]{5,}):", text, re.MULTILINE))

    assert named
    assert named <= {each.code for each in errors.catalog()}
