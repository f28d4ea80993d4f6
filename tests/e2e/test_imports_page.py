"""docs/imports.md: its commands, as they stand there, against a running server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell

PAGE = page("imports.md")


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_the_page_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    member = merchant.member("points").other("anna")
    member.enroll()

    ran = run_in_shell(app, merchant, tmp_path, *blocks(PAGE), PROGRAM=member.program_id)

    assert ran.stderr == ""
    rows, lines, csv, status, offline = map(json.loads, ran.stdout.splitlines())
    assert [each["outcome"] for each in rows["results"]] == ["booked", "booked", "refused"]
    assert (lines["isComplete"], csv["isComplete"]) == (False, False)
    assert (status["importId"], status["rows"]) == (csv["importId"], 1)
    assert [each["outcome"] for each in offline["results"]] == ["booked", "booked"]
    assert stored.units(member) == [120, 285, 129, -100]


@pytest.mark.parametrize("code", sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE))))
def test_what_the_page_names_is_there(code: str) -> None:
    assert f"`{code}`" in page("errors.md")
