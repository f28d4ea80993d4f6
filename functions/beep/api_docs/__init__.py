"""The API's description: ``openapi.json``, and a page to browse it and try it out at ``/docs``.

``openapi-3.0.json`` says the same in OpenAPI 3.0.

This function serves all files, and the page loads nothing from elsewhere. ``page.html`` is written
by ``tools.docs`` from the same document, because describing the API takes a fresh instance seconds.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

from flask import Response, request

from functions.catalog import API_PREFIX

PLACE_OF_API = "API-ADDRESS/"
"""Stands in ``page.html`` for the API's address relative to the page's, which ends in a slash."""
_FOLDER = Path(__file__).parent
_TYPES = {
    "icon.svg": "image/svg+xml",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def find(path: str) -> Response | None:
    """Return the file of a path: the document, the page or one of its assets; ``None`` if none.

    The document ends in ``/openapi.json``, or ``/openapi-3.0.json`` for those who need that; the
    page in ``/docs``, its assets in ``/docs/<name>``.
    """
    if path.endswith(("/openapi.json", "/openapi-3.0.json")):
        found = _document(_is_in_api(path), is_older=path.endswith("/openapi-3.0.json"))
        return _response(found, "application/json")
    if path.endswith(("/docs", "/docs/")):
        response = _response(_page(_way_to_api(path)), "text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    folder, _, name = path.rpartition("/")
    if folder.endswith("/docs") and name in _TYPES:
        return _response(_asset(name), _TYPES[name])
    return None


def _is_in_api(path: str) -> bool:
    return API_PREFIX in path


@lru_cache
def _document(is_in_api: bool, *, is_older: bool) -> bytes:
    # Late: the page, which most ask for, does not need it.
    from functions.beep import openapi
    from functions.beep.openapi import older

    server_url = openapi.SERVER_BESIDE_DOCUMENT if is_in_api else API_PREFIX.strip("/")
    document = openapi.document(server_url)
    found = older.document(document) if is_older else document
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _way_to_api(path: str) -> str:
    """Return the API's address relative to a page's, as a function does not know its own."""
    up = "../" if path.endswith("/") else ""
    return (up or "./") if _is_in_api(path) else up + API_PREFIX.lstrip("/")


@lru_cache
def _page(way_to_api: str) -> bytes:
    return _asset("page.html").replace(PLACE_OF_API.encode(), way_to_api.encode())


@lru_cache
def _asset(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


@lru_cache
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _response(body: bytes, content_type: str) -> Response:
    """Return the file, or an answer that the browser's copy is still valid."""
    response = Response(body, content_type=content_type)
    if request.accept_encodings.quality("gzip"):
        response.set_data(_compressed(body))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache"  # the browser keeps it, and asks if it is valid
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.add_etag()
    response.make_conditional(request)
    return response
