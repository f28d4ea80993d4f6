"""Scan & Go and Click & Collect: the calls of their pages, as they stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from shared.errors import catalog
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.pages import blocks, page, run_in_shell

PAGES = {name: page(name) for name in ("scan-and-go.md", "click-and-collect.md")}


@pytest.fixture
def anna(merchant: Merchant) -> Member:
    """A member of a program that rewards both."""
    methods = ["scan_and_go", "click_collect"]
    anna = merchant.member(rules={"pointsPerEuro": 10}, earningMethods=methods).other("anna")
    anna.enroll()
    return anna


@pytest.mark.parametrize(
    ("name", "calls", "units"),
    [("scan-and-go.md", 7, [29, -14, -10]), ("click-and-collect.md", 5, [])],
    ids=list(PAGES),
)
def test_the_calls_of_a_page_can_be_pasted(
    app: Flask, anna: Member, tmp_path: Path, name: str, calls: int, units: list[int]
) -> None:
    every = blocks(PAGES[name], "sh")
    commands = "\n".join(every)

    ran = run_in_shell(app, anna.merchant, tmp_path, *every, PROGRAM=anna.program_id)

    # `field` shows an answer as an error, as its output is the field.
    answers = [json.loads(line) for line in (ran.stdout + ran.stderr).splitlines() if line]
    assert [each["success"] for each in answers] == [True] * calls
    assert commands.count("\ncall ") + commands.count("$(call ") == calls
    assert stored.units(anna) == units


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_refuses_is_a_refusal(name: str) -> None:
    known = {error.code for error in catalog()}

    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGES[name])) <= known
