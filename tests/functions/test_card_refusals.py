"""The card has words for whatever the API may refuse: not only that it is not possible."""

from __future__ import annotations

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
from tests.support.page_words import named_refusals, possible_refusals
from tools.emulators import ROOT

CARD = ROOT / "web" / "card" / "src"
CALL = re.compile(r"api\s*\.(?:POST|GET)\(\s*['`]/(\w+)['`]")
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


def test_it_calls_actions_that_there_are() -> None:
    found = called()

    assert found <= ENDPOINT_BY_NAME.keys()
    assert {"reserveLoyaltyPoints", "redeemLoyaltyPoints", "checkIn", "claimReceipt"} <= found


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_refusal_has_words(language: str) -> None:
    known = set(CODE.findall((CARD / "i18n" / f"{language}-refusals.ts").read_text()))
    known |= named_refusals(each.read_text() for each in CARD.rglob("*.ts*"))

    assert possible_refusals(called(), NEVER) - known == set()
