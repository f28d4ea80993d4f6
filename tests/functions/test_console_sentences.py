"""The console has German for whatever the API says of other systems by code."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.emulators import ROOT

GERMAN = ROOT / "web" / "console" / "src" / "developers" / "sentences.de.ts"
ENTRY = re.compile(r"^ {2}(\w+): '(.*)',$", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{(\w+)\}")
WHOLE = "text"
"""Not a parameter: the console puts the API's own sentence there."""
CONNECTORS = ROOT / "shared" / "connectors"
SPEAKING = {"Skipped", "Note", "ValueError"}
NOT_OF_STORES = {"wallets", "fcm.py"}
"""What these refuse is for the log."""


def sources(folder: Path) -> Iterator[tuple[Path, ast.Call, str]]:
    """Return the calls by name in a folder."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path, node, node.func.id


@functools.cache
def said() -> dict[str, list[set[str]]]:
    """Return the codes, with the parameters of each place that uses them."""
    found: dict[str, list[set[str]]] = {}
    for _, call, name in sources(ROOT / "shared"):
        if name == "say":
            code = call.args[0]
            assert isinstance(code, ast.Constant), "a code is written where it is used"
            found.setdefault(str(code.value), []).append({str(each.arg) for each in call.keywords})
    return found


def german() -> dict[str, str]:
    return dict(ENTRY.findall(GERMAN.read_text()))


def test_it_finds_codes() -> None:
    assert {"price_below_zero", "answered_words", "key_of_stripe"} <= said().keys()


def test_each_code_has_german_and_no_other_has() -> None:
    assert german().keys() == said().keys()


@pytest.mark.parametrize("code", sorted(said()))
def test_german_names_what_each_place_says(code: str) -> None:
    placeholders = set(PLACEHOLDER.findall(german()[code])) - {WHOLE}

    assert all(placeholders <= parameters for parameters in said()[code])


def test_no_connector_says_a_sentence_without_a_code() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call, name in sources(CONNECTORS)
        if not NOT_OF_STORES & set(path.relative_to(CONNECTORS).parts)
        and (name in SPEAKING or name.startswith("Connector"))
        and call.args
        and _is_sentence(call.args[-1])
    ]

    assert silent == []


def _is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and " " in str(node.value)
    )
