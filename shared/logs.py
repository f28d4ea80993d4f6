"""Logs: one JSON object per line on standard output, as Cloud Logging reads it."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any


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
    _write("ERROR", message, {**fields, "exception": traceback.format_exc()})


def _write(severity: str, message: str, fields: dict[str, Any]) -> None:
    line = json.dumps({"severity": severity, "message": message, **fields}, default=str)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
