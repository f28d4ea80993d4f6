"""The console has words for whatever the API may refuse: not only that it is not possible."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from functions.catalog import ENDPOINT_BY_NAME
from shared.webhooks.client import AttemptError
from tests.support.page_words import named_refusals, possible_refusals
from tools.emulators import ROOT

CONSOLE = ROOT / "web" / "console" / "src"
CALL = re.compile(r"api\.(?:POST|GET)\(\s*['`]/(\w+)['`]|'(sync(?:POS|ERP|Shop))'|'/(\w+Payment)'")
CODE = re.compile(r"^ {4}([A-Z_]+): '", re.MULTILINE)


def called() -> set[str]:
    """Return the actions that the console calls."""
    sources = [each.read_text() for each in CONSOLE.rglob("*.ts*")]
    return {name for each in sources for found in CALL.findall(each) for name in found if name}


def test_it_calls_actions_that_there_are() -> None:
    found = called()

    assert found <= ENDPOINT_BY_NAME.keys()
    assert {"refundPayment", "capturePayment", "syncShop", "createWebhookEndpoint"} <= found


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_refusal_has_words(language: str) -> None:
    known = set(CODE.findall((CONSOLE / "i18n" / language / "problem.ts").read_text()))
    known |= named_refusals(each.read_text() for each in CONSOLE.rglob("*.tsx"))

    assert possible_refusals(called()) - known == set()


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_reason_for_no_answer_to_an_event_has_words(language: str) -> None:
    words = (CONSOLE / "i18n" / language / "developers.ts").read_text()
    known = set(re.findall(r"^ {6}(\w+): '", block(words, "unanswered"), re.MULTILINE))

    # It is a union of two literals.
    possible = {code for each in get_args(AttemptError) for code in get_args(each) or (each,)}
    assert known == possible


def block(words: str, name: str) -> str:
    """Return what a group of words has."""
    return words.split(f"    {name}: {{\n")[1].split("\n    }", maxsplit=1)[0]
