"""Names of time zones: those of the pinned package, which every server has."""

from __future__ import annotations

from functools import cache

_PLACEHOLDERS = {"Factory"}
"""Of the list, but the time of no place."""


@cache
def names() -> frozenset[str]:
    """Return the names of IANA.

    A machine knows more of them, such as ``localtime`` or ``right/UTC``, whose times depend on it.
    """
    # Imported here: most calls name no time zone, and functions should start without it.
    from importlib import resources

    listed = resources.files("tzdata").joinpath("zones").read_text("ascii").split()
    return frozenset(listed) - _PLACEHOLDERS
