"""The card has words for whatever the API may refuse: not only that it is not possible."""

from __future__ import annotations

import importlib
import re

import pytest

from functions.catalog import ENDPOINT_BY_NAME
from shared.errors import (
    ChangingCodeRequired,
    MemberCodeDamaged,
    MemberCodeExpired,
    MemberDeviceKnown,
    OwnMembership,
    PointsHaveNoValue,
    PunktwerkError,
    RedemptionCancelled,
)
from tools.emulators import ROOT

CARD = ROOT / "web" / "card" / "src"
CALL = re.compile(r"api\s*\.(?:POST|GET)\(\s*['`]/(\w+)['`]")
NAMED = re.compile(r"'([A-Z]+(?:_[A-Z]+)+)'")
CODE = re.compile(r"^ {2}([A-Z_]+): '", re.MULTILINE)
NEVER: tuple[type[PunktwerkError], ...] = (
    # Of the code that a cashier reads.
    MemberCodeDamaged,
    MemberCodeExpired,
    ChangingCodeRequired,
    OwnMembership,
    # Of an amount of a purchase, and of a till's transaction.
    PointsHaveNoValue,
    RedemptionCancelled,
    # A device that has a secret asks for another one.
    MemberDeviceKnown,
)
"""What is refused only to who sends something that the card does not send."""


def called() -> set[str]:
    """Return the actions that the card calls."""
    folders = (CARD, ROOT / "web" / "shared")
    sources = [each.read_text() for folder in folders for each in folder.rglob("*.ts*")]
    return {name for each in sources for name in CALL.findall(each)}


def refusals_of(action: str) -> tuple[type[PunktwerkError], ...]:
    refusals: tuple[type[PunktwerkError], ...] = importlib.import_module(
        ENDPOINT_BY_NAME[action].module
    ).REFUSALS
    return refusals


def test_it_calls_actions_that_there_are() -> None:
    found = called()

    assert found <= ENDPOINT_BY_NAME.keys()
    assert {"reserveLoyaltyPoints", "redeemLoyaltyPoints", "checkIn", "claimReceipt"} <= found


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_refusal_has_words(language: str) -> None:
    known = set(CODE.findall((CARD / "i18n" / f"{language}-refusals.ts").read_text()))
    # A refusal that a part waits for has a form of its own there.
    known |= {name for each in CARD.rglob("*.ts*") for name in NAMED.findall(each.read_text())}

    # Whatever is not there any more has one sentence.
    possible = {
        each.code
        for action in called()
        for each in refusals_of(action)
        if each.status != 404 and each not in NEVER
    }
    assert possible - known == set()
