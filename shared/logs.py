"""Logs: one JSON object per line on standard output, as Cloud Logging reads it.

Nothing in them names a person: ids of users, and of memberships, are logged as digests.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
from typing import Any

from shared import ids

_NAMES = re.compile(
    r"(?P<path>(?:loyaltyMembers|members|memberKeys)/)[^\s'\"/]+"
    r"|(?P<user>\bUser )\S+"
    r"|[^\s'\"<>(),;:]+@[^\s'\"<>(),;:]+\.\w+"
)
"""What in the messages of exceptions names a person: paths, user ids, e-mail addresses."""


def info(message: str, **fields: Any) -> None:
    """Log a normal event."""
    _write("INFO", message, fields)


def warning(message: str, **fields: Any) -> None:
    """Log an event that an operator may want to know."""
    _write("WARNING", message, fields)


def error(message: str, **fields: Any) -> None:
    """Log an event that an operator must know."""
    _write("ERROR", message, fields)


def exception(message: str, **fields: Any) -> None:
    """Log the exception being handled, with its traceback."""
    _write("ERROR", message, {**fields, "exception": _without_names(traceback.format_exc())})


def digest(text: str) -> str:
    """Return what tells the same person in two lines of the log, and does not name anybody."""
    return ids.digest(text)[:16]


def _without_names(text: str) -> str:
    return _NAMES.sub(
        lambda found: f"{found['path'] or found['user'] or ''}[{digest(found[0])}]", text
    )


def _write(severity: str, message: str, fields: dict[str, Any]) -> None:
    line = json.dumps({"severity": severity, "message": message, **fields}, default=str)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
