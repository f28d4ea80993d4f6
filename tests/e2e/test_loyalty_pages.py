"""Pages on rewards, tiers, configurations and test accounts: their commands run as they stand."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from flask import Flask

from shared import config
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell
from tools.emulators import ROOT


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_redeeming_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    anna = merchant.member("points").other("anna")
    anna.enroll()
    anna.earn(129)
    commands = blocks(page("redeeming.md"), "sh")

    ran = run_in_shell(app, merchant, tmp_path, *commands, PROGRAM=anna.program_id)

    assert ran.stderr == ""
    answers = [json.loads(line) for line in ran.stdout.splitlines() if line]
    assert [each["success"] for each in answers] == [True] * 9
    coffee, rewards, _, quote, paid, earned, _, codes, cinema = answers
    assert coffee["reward"]["rewardId"] == "rw_coffee"
    [offer] = rewards["rewards"]
    assert offer["forMember"]["canRedeem"] is True
    assert (quote["points"], quote["amountPaid"]) == (129, 6.45)
    assert (paid["amountPaid"], earned["pointsAdded"]) == (5, 150)
    assert [each["outcome"] for each in codes["results"]] == ["imported", "imported"]
    assert (cinema["reward"]["stock"], cinema["piecesLeft"]) == (2, 2)
    assert stored.units(anna) == [129, -100, 150]


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_configuration_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    merchant.program("points", programName="Punkte")
    commands = page("configuration.md").replace(". .local/dev.env\n", "")

    ran = run_in_shell(app, merchant, tmp_path, *blocks(commands, "sh"))

    assert ran.stderr == ""
    plan, applied = (json.loads(line) for line in ran.stdout.splitlines())
    assert [each["action"] for each in plan["plan"]] == ["unchanged"]
    assert (applied["dryRun"], applied["plan"]) == (False, [])


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_tiers_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    ran = run_in_shell(app, merchant, tmp_path, *blocks(page("tiers.md"), "sh"))

    assert ran.stderr == ""
    dry, moved = (json.loads(line) for line in ran.stdout.splitlines())
    assert (dry["dryRun"], moved["success"]) == (True, True)


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_test_accounts_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    told = tmp_path / "dev.json"
    host = os.environ["FIRESTORE_EMULATOR_HOST"]
    told.write_text(json.dumps({"firestoreHost": host, "projectId": config.project_id()}))
    text = page("test-accounts.md").replace("URL=$(of baseUrl < .local/dev.json)\n", "")
    text = text.replace(".local/dev.json", str(told)).replace("venv/bin/python", sys.executable)

    ran = run_in_shell(app, merchant, ROOT, *blocks(text, "sh"))

    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    _, added, moved, balance, history, listed = answers
    assert (added["newBalance"], moved["status"], balance["currentBalance"]) == (100, "ready", 0)
    assert [each["type"] for each in history["transactions"]] == ["expire", "earn"]
    assert "loyalty.points_expiring" in {each["type"] for each in listed["events"]}
