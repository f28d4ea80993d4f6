"""HTML pages: files with places for texts, which are escaped, and headers that let them do little.

A page loads nothing from elsewhere, runs no code but its own file, and can stand in no frame.
"""

from __future__ import annotations

import html
from functools import lru_cache
from pathlib import Path

from flask import Response


def answered(text: str, status: int, *, script: str = "", connect: str = "") -> Response:
    """Return a page that nobody keeps.

    Args:
        text: The page.
        status: The HTTP status.
        script: Whose scripts it may run, as a Content-Security-Policy says it; empty for none.
        connect: Where its script may send to, in the same way.
    """
    response = Response(text, status, content_type="text/html; charset=utf-8")
    may = {
        "default-src": "'none'",
        "script-src": script,
        "style-src": "'self'",
        "connect-src": connect,
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    policy = "; ".join(f"{name} {value}" for name, value in may.items() if value)
    response.headers["Content-Security-Policy"] = policy
    return guarded(response)


def guarded(response: Response) -> Response:
    """Return a response whose address nobody is told, and that stays out of frames and caches."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response


def filled(file: Path, texts: dict[str, str]) -> str:
    """Return a page with its texts, escaped: each place is ``{{NAME}}``, in text or quotes."""
    page = content(file).decode()
    for place, text in texts.items():
        # Braces are escaped, too: a text that has the name of a place stays a text.
        safe = html.escape(text).replace("{", "&#123;")
        page = page.replace(f"{{{{{place}}}}}", safe)
    return page


@lru_cache
def content(file: Path) -> bytes:
    """Return a file of a page."""
    return file.read_bytes()
