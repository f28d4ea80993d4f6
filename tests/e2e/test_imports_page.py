"""docs/imports.md: its commands, as they stand there, against a running server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shared.services.imports import row_imports
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell

PAGE = page("imports.md")
MEMBERS = page("members.md")


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_the_page_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    member = merchant.member("points").other("anna")
    member.enroll()

    ran = run_in_shell(
        app, merchant, tmp_path, *blocks(PAGE), *blocks(MEMBERS), PROGRAM=member.program_id
    )

    assert ran.stderr == ""
    rows, lines, csv, status, dry, people, progress, other, offline, named, cleo = map(
        json.loads, ran.stdout.splitlines()
    )
    assert [each["outcome"] for each in rows["results"]] == ["booked", "booked", "refused"]
    assert (lines["isComplete"], csv["isComplete"]) == (False, False)
    assert (status["importId"], status["rows"]) == (csv["importId"], 1)
    assert [each["outcome"] for each in offline["results"]] == ["booked", "booked"]
    assert stored.units(member) == [120, 285, 129, -100]
    assert (progress["importId"], progress["kind"]) == (people["importId"], "members")
    assert named["success"] is True
    assert [each["outcome"] for each in cleo["results"]] == ["created"]
    other_rows = imported(merchant, other["importId"])
    assert other_rows["memberCounts"]["created"] == 1
    found = [imported(merchant, each["importId"]) for each in (dry, people)]
    assert [each["memberCounts"]["created"] for each in found] == [2, 2]
    assert [each["userId"] is None for each in found[0]["memberResults"]] == [True, True]
    ada, ben = (each["userId"] for each in found[1]["memberResults"])
    assert [stored.units(member.other(each)) for each in (ada, ben)] == [[120], [7]]
    profile = merchant.api.ok("getMember", {"userId": ada})["member"]
    assert (profile["birthday"], profile["newsletter"]["subscribed"]) == ("1990-12-31", True)
    assert profile["externalIds"] == {"square": "SQ-1"}


def imported(merchant: Merchant, import_id: str) -> dict[str, Any]:
    row_imports.resume(import_id)
    return merchant.api.ok("getImportStatus", {"importId": import_id})


@pytest.mark.parametrize("code", sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE))))
def test_what_the_page_names_is_there(code: str) -> None:
    assert f"`{code}`" in page("errors.md")
