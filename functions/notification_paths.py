"""Paths to which others send notifications: what they name behind the function's name."""

from __future__ import annotations

from urllib.parse import unquote


def parts_of(path: str, name: str) -> list[str]:
    """Return the parts of a path; only those after the function's name count.

    Cloud Functions removes the name from the path of a separate function.
    """
    parts = [unquote(part) for part in path.partition(f"/{name}/")[2].split("/")]
    if len(parts) == 1:
        parts = [unquote(part) for part in path.strip("/").split("/")]
    return parts
