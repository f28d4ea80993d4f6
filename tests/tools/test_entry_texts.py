"""Texts that the product writes into entries: the web apps have words for each of them."""

from __future__ import annotations

import re

from shared.domain.loyalty import referrals
from tools.emulators import ROOT

WORDS = ROOT / "web" / "shared" / "card" / "entry-texts.ts"
MADE = re.compile(
    r'(?:\bdescription|\bDESCRIPTION|\bPURCHASE_RETURNED)\s*=\s*(?:reason or )?(f?)"([^"]+)"'
)
NAMES_OF_A_BRAND = {"Scan & Go", "Click & Collect"}
"""They are the same in each language."""


def written() -> set[str]:
    """Return the texts that domain and services give to entries; `…` stands for what varies."""
    found: set[str] = set()
    for folder in ("domain", "services"):
        for path in sorted((ROOT / "shared" / folder).rglob("*.py")):
            for _, text in MADE.findall(path.read_text()):
                found.add(re.sub(r"{[^}]+}", "…", text))
    return found - NAMES_OF_A_BRAND


def test_each_text_of_ours_has_words() -> None:
    source = WORDS.read_text()
    known = set(re.findall(r"^  '?([^':]+(?:: \w+)?)'?: '\w+',$", source, re.MULTILINE))
    variable = {"Receipt …": "^Receipt (.+)$", "External sync: …": "External sync: set"}

    texts = written()

    assert {"Opening balance", "Welcome bonus", "Receipt …"} <= texts
    assert {
        each for each in texts if each not in known and variable.get(each, "?") not in source
    } == set()


def test_the_web_apps_know_the_entry_of_who_was_invited() -> None:
    """Its text is the same as that of who has invited, and says something else to its reader."""
    assert f"INVITED = '{referrals.NEW_MEMBER_ENTRY_ID}'" in WORDS.read_text()
