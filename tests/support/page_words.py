"""What a web app has to have words for."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable

from functions.catalog import ENDPOINT_BY_NAME
from shared.errors import PunktwerkError

_NAMED = re.compile(r"'([A-Z]+(?:_[A-Z]+)+)'")


def possible_refusals(
    actions: Iterable[str], never: tuple[type[PunktwerkError], ...] = ()
) -> set[str]:
    """Return the codes of what actions may refuse; whatever is not there has one sentence."""
    return {
        each.code
        for action in actions
        for each in _refusals_of(action)
        if each.status != 404 and each not in never
    }


def named_refusals(sources: Iterable[str]) -> set[str]:
    """Return the codes that parts of an app wait for: they have a form of their own there."""
    return {name for each in sources for name in _NAMED.findall(each)}


def _refusals_of(action: str) -> tuple[type[PunktwerkError], ...]:
    refusals: tuple[type[PunktwerkError], ...] = importlib.import_module(
        ENDPOINT_BY_NAME[action].module
    ).REFUSALS
    return refusals
