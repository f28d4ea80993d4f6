"""Scan & Go and Click & Collect: the calls of their pages, as they stand there, are taken."""

from __future__ import annotations

import json
import re

import pytest

from shared.errors import catalog
from tests.support.merchants import Merchant
from tools.emulators import ROOT

PAGES = {
    name: (ROOT / "docs" / name).read_text("utf-8")
    for name in ("scan-and-go.md", "click-and-collect.md")
}
CALLS = [
    (action, body)
    for page in PAGES.values()
    for action, body in re.findall(r"^call (\w+) '(.*?)'$", page, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize(("action", "body"), CALLS, ids=[action for action, _ in CALLS])
def test_a_call_of_the_page_is_taken(merchant: Merchant, action: str, body: str) -> None:
    # The page's time of the pick-up is over one day.
    sent = json.loads(body)
    sent.pop("pickupTime", None)

    answer = merchant.sandbox(action, sent)

    assert (answer.status, answer.body["success"]) == (200, True)


def test_the_pages_call_everything_that_they_tell_of() -> None:
    assert len(CALLS) == 9


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_refuses_is_a_refusal(name: str) -> None:
    known = {error.code for error in catalog()}

    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGES[name])) <= known
