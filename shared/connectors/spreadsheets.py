"""Texts in files that people open in a spreadsheet, which runs some of them as formulas."""

from __future__ import annotations

import unicodedata

_FORMULA = set("=+-@\uff1d\uff0b\uff0d\uff20")
"""What begins a formula; the wide forms do in spreadsheets with Chinese or Japanese keyboards."""
_CONTROL = ("\t", "\r", "\n")
"""What some spreadsheets leave out, so that what comes after it begins the text."""
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}
"""Categories of Unicode of what cannot be seen: controls, marks such as U+FEFF, spaces."""


def shown(text: str | None) -> str:
    """Return a text that spreadsheets show as it is; put a quote before formula-like texts.

    The only place that knows them: every file that we write uses it.
    """
    text = text or ""
    first = next((sign for sign in text if unicodedata.category(sign) not in _UNSEEN), "")
    is_run = text.startswith(_CONTROL) or first in _FORMULA
    return f"'{text}" if is_run else text
