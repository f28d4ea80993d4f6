"""``python -m tools.web_host PORT``: the web apps as Firebase Hosting serves them, for local runs.

What firebase.json says of hosting holds here, too: headers, rewrites to files, and rewrites to
``apiGateway``, which are passed on to the gateway of the run. ``/__/firebase/init.json`` tells the
apps where the emulators are, and the policy of the pages lets them call these.
"""

from __future__ import annotations

import gzip
import json
import logging
import mimetypes
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import requests
from flask import Flask, Response, request
from werkzeug.serving import run_simple

from tools import sign_in_pages
from tools.emulators import LOOPBACK, ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BODY_BYTES_MAX = 10_000_000
TIMEOUT_S = 60
METHODS = ("GET", "POST", "OPTIONS")
COMPRESSED = r"text/|image/svg|application/(json|javascript|manifest)"
INIT = "/__/firebase/init.json"
_OF_ONE_CONNECTION = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "host", "content-length", "content-encoding"}
)


class Site:
    """The hosting of one firebase.json."""

    def __init__(self, hosting: Mapping[str, Any], folder: Path) -> None:
        self._folder = folder.resolve()
        self._rewrites = [(_pattern(each["source"]), each) for each in hosting["rewrites"]]
        self._headers = [
            (_pattern(each["source"]), each["headers"]) for each in hosting.get("headers", ())
        ]

    def file(self, path: str) -> Path | None:
        """Return the file of a path, or the one that a rewrite names; ``None`` if there is none."""
        found = self._existing(path)
        if found is not None:
            return found
        destination = self._rewrite(path).get("destination")
        return self._existing(destination) if destination else None

    def is_function(self, path: str) -> bool:
        """Tell whether a function answers. Files go before rewrites, as in Hosting."""
        return self._existing(path) is None and "function" in self._rewrite(path)

    def headers(self, path: str) -> Mapping[str, str]:
        """Return the headers of an answer; if two rules name one, the last holds."""
        found: dict[str, str] = {}
        for pattern, headers in self._headers:
            if pattern.fullmatch(path):
                found.update((each["key"], each["value"]) for each in headers)
        return found

    def _rewrite(self, path: str) -> Mapping[str, Any]:
        return next((each for pattern, each in self._rewrites if pattern.fullmatch(path)), {})

    def _existing(self, path: str) -> Path | None:
        name = "index.html" if path == "/" else path.lstrip("/").replace("\0", "?")
        found = (self._folder / name).resolve()
        is_within = found.is_relative_to(self._folder) and not name.startswith(".")
        return found if is_within and found.is_file() else None


def _pattern(glob: str) -> re.Pattern[str]:
    """Return the expression of a glob: ``**`` is any path, ``*`` a part of one segment."""
    parts = re.split(r"(\*\*|\*|@\([^)]*\))", glob)
    return re.compile("".join(map(_expression, parts)))


def _expression(part: str) -> str:
    if part == "**":
        return ".*"
    if part == "*":
        return "[^/]*"
    if part.startswith("@("):
        return f"(?:{'|'.join(re.escape(each) for each in part[2:-1].split('|'))})"
    return re.escape(part)


def local_policy(policy: str, hosts: Mapping[str, str]) -> str:
    """Return a content security policy that lets pages call the emulators, too."""
    more = " ".join(f"http://{each}" for each in hosts.values())
    return re.sub(r"connect-src [^;]*", lambda found: f"{found[0]} {more}", policy)


def create_app(site: Site, init: Mapping[str, Any], gateway: str) -> Flask:
    """Return the server.

    Args:
        site: What is served.
        init: The content of ``INIT``.
        gateway: The URL of ``apiGateway``.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX

    @app.route("/", methods=METHODS)
    @app.route("/<path:_>", methods=METHODS)
    def answer(_: str = "") -> Response:
        path = request.path
        if path.startswith(sign_in_pages.ROOT):
            return sign_in_pages.answer(path.removeprefix(sign_in_pages.ROOT))
        if site.is_function(path):
            return _passed_on(gateway)
        found = site.file(path)
        if request.method != "GET" or (found is None and path != INIT):
            return Response("not found", 404)
        made = Response(json.dumps(init), 200, mimetype="application/json")
        if path != INIT and found is not None:
            made = _sent(found)
        for name, value in site.headers(path).items():
            is_policy = name == "Content-Security-Policy"
            made.headers[name] = local_policy(value, init["emulators"]) if is_policy else value
        return made

    return app


def _sent(file: Path) -> Response:
    """Return a file, compressed as Hosting does it for who can read that."""
    kind = mimetypes.guess_type(file.name)[0]
    made = Response(file.read_bytes(), 200, mimetype=kind)
    if not re.match(COMPRESSED, kind or ""):
        return made
    made.headers["Vary"] = "Accept-Encoding"
    if request.accept_encodings.quality("gzip") > 0:
        made.set_data(gzip.compress(made.get_data()))
        made.headers["Content-Encoding"] = "gzip"
    return made


def _passed_on(gateway: str) -> Response:
    """Return what the gateway answers to the request."""
    url = gateway + request.full_path.rstrip("?")
    sent = {each: value for each, value in request.headers if not _is_of_one_connection(each)}
    try:
        got = requests.request(
            request.method, url, data=request.get_data(), headers=sent, timeout=TIMEOUT_S
        )
    except requests.RequestException:
        return Response("The gateway does not answer.", 502)
    own = {"date", "server"}  # This host says them itself, and a page reads two times as none.
    headers = [
        (name, value)
        for name, value in got.headers.items()
        if name.lower() not in own and not _is_of_one_connection(name)
    ]
    return Response(got.content, got.status_code, headers)


def _is_of_one_connection(name: str) -> bool:
    return name.lower() in _OF_ONE_CONNECTION


def serve(port: int, environment: Mapping[str, str]) -> None:
    """Serve until the process ends."""
    # Addresses can hold what a mailed link proves: they are not logged.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    hosting = json.loads((ROOT / "firebase.json").read_text())["hosting"]
    init = {
        "projectId": environment["GCLOUD_PROJECT"],
        "apiKey": "emulated",
        "appId": "1:1:web:emulated",
        "messagingSenderId": "1",
        "emulators": {
            "auth": environment["FIREBASE_AUTH_EMULATOR_HOST"],
            "firestore": environment["FIRESTORE_EMULATOR_HOST"],
        },
        "signIn": sign_in_pages.FACTS,
    }
    site = Site(hosting, ROOT / hosting["public"])
    app = create_app(site, init, environment["PUNKTWERK_PUBLIC_URL"])
    run_simple(LOOPBACK, port, app, threaded=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]), os.environ)
