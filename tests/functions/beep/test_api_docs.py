"""``openapi.json`` and ``/docs``: served by the gateway, whole, from nowhere else."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from functions.beep import api_docs, openapi
from functions.beep.openapi import older

# One worker makes the documents that are served.
pytestmark = pytest.mark.xdist_group("document")

PAGES = [
    "/apiGateway/docs",
    "/apiGateway/docs/",
    "/apiGateway/api/v1/docs",
    "/apiGateway/api/v1/docs/",
    "/docs",
    "/docs/",
    "/api/v1/docs",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Links(HTMLParser):
    """The addresses that a page names, by the attribute that names them."""

    def __init__(self, page: TestResponse) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"href", "src", "data-api"}
        self.found += [
            (name, value)
            for name, value in attrs
            if name in wanted and value and not value.startswith("#")
        ]


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=sent)


def error_of(answer: TestResponse) -> str:
    return str(json.loads(answer.data)["error"])


def test_serves_the_document_without_a_key(app: Flask) -> None:
    answer = get(app, "/apiGateway/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json == json.loads(json.dumps(openapi.document()))
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_serves_the_older_document_beside_it(app: Flask) -> None:
    answer = get(app, "/apiGateway/api/v1/openapi-3.0.json")

    assert answer.json == json.loads(json.dumps(older.document(openapi.document())))


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("/apiGateway/api/v1/openapi.json", "/apiGateway/api/v1"),
        ("/openapi-3.0.json", "/api/v1"),
        ("/api/v1/openapi.json", "/api/v1"),
        ("/apiGateway/openapi.json", "/apiGateway/api/v1"),
        ("/openapi.json", "/api/v1"),
    ],
)
def test_document_leads_to_the_api_it_came_from(app: Flask, path: str, base: str) -> None:
    document = get(app, path).json
    assert document is not None
    server = urljoin(path, document["servers"][0]["url"])

    assert server == base
    assert error_of(get(app, f"{server}/getLoyaltyProgram")) == "MISSING_AUTH_HEADER"


@pytest.mark.parametrize("path", PAGES)
def test_everything_on_the_page_is_there(app: Flask, path: str) -> None:
    page = get(app, path)
    links = [urljoin(path, link) for name, link in Links(page).found if name != "data-api"]
    answers = {link.rpartition("/")[2]: get(app, link) for link in links}

    assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
    assert {name: (each.status_code, each.content_type) for name, each in answers.items()} == {
        "icon.svg": (200, "image/svg+xml"),
        "page.css": (200, "text/css; charset=utf-8"),
        "page.js": (200, "text/javascript; charset=utf-8"),
        "openapi.json": (200, "application/json"),
        "openapi-3.0.json": (200, "application/json"),
    }


@pytest.mark.parametrize("path", PAGES)
def test_the_page_calls_the_api_it_came_from(app: Flask, path: str) -> None:
    page = get(app, path)
    [api] = [urljoin(path, link) for name, link in Links(page).found if name == "data-api"]

    assert api.removesuffix("apiGateway/api/v1/").removesuffix("api/v1/") == "/"
    assert error_of(get(app, f"{api}getLoyaltyProgram")) == "MISSING_AUTH_HEADER"
    assert api_docs.PLACE_OF_API not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_page_names_no_other_host(app: Flask, path: str) -> None:
    page = get(app, path)

    assert {urlsplit(link).netloc for _, link in Links(page).found} == {""}
    assert page.headers["Content-Security-Policy"] == POLICY
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_the_script_finds_what_it_looks_for(app: Flask) -> None:
    page, script = get(app, "/docs").text, get(app, "/docs/page.js").text
    ids = set(re.findall(r'getElementById\("(\w+)"\)', script))

    assert ids == {"filter", "form", "found", "here", "key", "live", "tools"}
    assert all(page.count(f'id="{each}"') == 1 for each in ids)


def test_the_script_indents_an_answer_and_leaves_its_values_as_they_are(app: Flask) -> None:
    text = json.dumps({'a "{': 'b, : \\"'})
    answer = f'{{"a":12.90,"b":[],"c":[1,{text}],"d":{{}},"e":12345678901234567890,"f":null}}'
    _, function, body = get(app, "/docs/page.js").text.partition("function indented")
    shown = f"{function}{body}\nconsole.log(indented({json.dumps(answer)}))"
    done = subprocess.run(["node", "-e", shown], capture_output=True, text=True, check=True)

    exact = {"parse_float": str, "parse_int": str}
    assert json.loads(done.stdout, **exact) == json.loads(answer, **exact)
    assert done.stdout.splitlines()[:5] == [
        "{",
        '  "a": 12.90,',
        '  "b": [],',
        '  "c": [',
        "    1,",
    ]


@pytest.mark.parametrize(
    "name", ["page.html", "index.html", "__init__.py", "..%2f__init__.py", "page.css/"]
)
def test_serves_no_other_file(app: Flask, name: str) -> None:
    answer = get(app, f"/apiGateway/api/v1/docs/{name}")

    assert answer.status_code == 404
    assert error_of(answer) == "UNKNOWN_ACTION"


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/docs", "/docs/page.css"])
def test_compresses_for_those_who_ask(app: Flask, path: str) -> None:
    plain, packed = get(app, path), get(app, path, Accept_Encoding="gzip, br")

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/docs", "/docs/page.js"])
def test_sends_nothing_twice_and_nothing_old(app: Flask, path: str) -> None:
    first = get(app, path)
    again = get(app, path, If_None_Match=first.headers["ETag"])

    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


def loaded_after(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after running some code."""
    code = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_costs_a_cold_start_nothing() -> None:
    loaded = loaded_after("import functions.api_gateway")

    assert "functions.api_gateway" in loaded
    assert not {"functions.beep.api_docs", "functions.beep.openapi"} & loaded


def test_the_page_comes_without_describing_the_api_first() -> None:
    loaded = loaded_after(
        "from flask import Flask\n"
        "from functions.beep import api_docs\n"
        "with Flask('page').test_request_context():\n"
        "    assert b'createLoyaltyProgram' in api_docs.find('/docs').data"
    )

    assert "functions.beep.api_docs" in loaded
    assert not {"functions.beep.openapi", "pydantic"} & loaded
