"""The API's description: ``openapi.json``, and a page to browse it and try it out at ``/docs``.

``openapi-3.0.json`` says the same in OpenAPI 3.0.

This function serves all files, and the page loads nothing from elsewhere.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from importlib import resources

from flask import Response, request

from functions.beep import openapi
from functions.beep.openapi import older
from functions.catalog import API_PREFIX

_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Punktwerk API</title>
    <link rel="icon" type="image/png" href="{api}docs/favicon-32x32.png">
    <link rel="stylesheet" href="{api}docs/swagger-ui.css">
    <link rel="stylesheet" href="{api}docs/page.css">
  </head>
  <body>
    <div id="docs" data-document="{api}openapi.json"></div>
    <script src="{api}docs/swagger-ui-bundle.js"></script>
    <script src="{api}docs/page.js"></script>
  </body>
</html>
"""
_STYLE = """\
body { margin: 0; background: #fff; }
.swagger-ui .info { margin: 2rem 0; }
.swagger-ui .scheme-container { box-shadow: none; border-bottom: 1px solid #ddd; }
"""
_SCRIPT = """\
const container = document.getElementById("docs");
const url = new URL(container.dataset.document, location.href).href;

// Show the server by its whole address, which the document itself cannot know.
function withWholeAddress(response) {
  if (response.url !== url) return response;
  const description = JSON.parse(response.text);
  for (const server of description.servers) server.url = new URL(server.url, url).href;
  response.text = JSON.stringify(description);
  return response;
}

SwaggerUIBundle({
  url,
  domNode: container,
  responseInterceptor: withWholeAddress,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_OWN = {"page.css": _STYLE, "page.js": _SCRIPT}
_TYPES = {
    "favicon-32x32.png": "image/png",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_REVALIDATED = "no-cache"
_KEPT_FOR_A_DAY = "public, max-age=86400"


def find(path: str) -> Response | None:
    """Return the file of a path: the document, the page or one of its assets; ``None`` if none.

    The document ends in ``/openapi.json``, or ``/openapi-3.0.json`` for those who need that; the
    page in ``/docs``, its assets in ``/docs/<name>``.
    """
    if path.endswith(("/openapi.json", "/openapi-3.0.json")):
        found = _document(_is_in_api(path), is_older=path.endswith("/openapi-3.0.json"))
        return _response(found, "application/json", _REVALIDATED)
    if path.endswith(("/docs", "/docs/")):
        response = _response(_page(path), "text/html; charset=utf-8", _REVALIDATED)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    folder, _, name = path.rpartition("/")
    if folder.endswith("/docs") and name in _TYPES:
        return _response(_asset(name), _TYPES[name], _KEPT_FOR_A_DAY)
    return None


def _is_in_api(path: str) -> bool:
    return API_PREFIX in path


@lru_cache
def _document(is_in_api: bool, *, is_older: bool) -> bytes:
    server_url = openapi.SERVER_BESIDE_DOCUMENT if is_in_api else API_PREFIX.strip("/")
    document = openapi.document(server_url)
    found = older.document(document) if is_older else document
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _page(path: str) -> bytes:
    """Return the page with relative links, because a function does not know its own address."""
    up = "../" if path.endswith("/") else ""
    here = up or "./"
    api = here if _is_in_api(path) else up + API_PREFIX.lstrip("/")
    return _PAGE.format(api=api).encode()


@lru_cache
def _asset(name: str) -> bytes:
    if name in _OWN:
        return _OWN[name].encode()
    return resources.files("flask_swagger_ui").joinpath("dist", name).read_bytes()


@lru_cache
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _response(body: bytes, content_type: str, cache_control: str) -> Response:
    """Return the file, or an answer that the browser's copy is still valid."""
    response = Response(body, content_type=content_type)
    if request.accept_encodings.quality("gzip"):
        response.set_data(_compressed(body))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache_control
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.add_etag()
    response.make_conditional(request)
    return response
