"""The text of an event after the person whom it is about was erased."""

from __future__ import annotations

import json
from typing import Any

from shared.domain import exact_json, pseudonyms
from shared.domain.pseudonyms import Pseudonyms

_NAMES = ("userId", "memberId", "UserId", "MemberId")
"""Ends of the fields that name a user or a membership."""
_TEXTS = frozenset(
    {"description", "rewardDescription", "reason", "statusReason", "comment", "note"}
)
_TRANSACTIONS = frozenset({"transactionId", "externalTransactionId"})
_CODES = frozenset({"rewardCode", "code"})


def erased(payload: str, names: Pseudonyms) -> str:
    """Return the text with pseudonyms, and without what others wrote."""
    envelope: dict[str, Any] = exact_json.loads(payload)
    envelope["data"] = _erased("", envelope["data"], names)
    return json.dumps(
        envelope, separators=(",", ":"), ensure_ascii=False, default=exact_json.default
    )


def _erased(name: str, value: Any, names: Pseudonyms) -> Any:
    if isinstance(value, dict):
        return {key: _erased(key, each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_erased(name.removesuffix("s"), each, names) for each in value]
    if not isinstance(value, str):
        return value
    return _erased_text(name, value, names)


def _erased_text(name: str, text: str, names: Pseudonyms) -> str | None:
    if name.endswith(_NAMES):
        return names.of(text)
    if name in _TEXTS:
        return ""
    if name in _TRANSACTIONS:
        return pseudonyms.transaction(text, names)
    if name in _CODES:
        return None
    return names.within(text) if len(text) >= pseudonyms.WITHIN_MIN else text
