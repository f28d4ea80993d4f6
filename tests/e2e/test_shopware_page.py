"""The page on the loyalty API of a Shopware shop: its commands run in order, as they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell

ENV = ". .local/dev.env\n"
FIRST, *LATER = blocks(page("shopware-loyalty-api.md"))


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_the_page_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    assert FIRST.startswith(ENV)
    program_id = merchant.program("points")

    ran = run_in_shell(app, merchant, tmp_path, FIRST.removeprefix(ENV), *LATER, PROGRAM=program_id)

    assert ran.stderr == ""
    bound, nobody, *answers = map(json.loads, ran.stdout.splitlines())
    assert (bound["success"], nobody["total"]) == (True, 0)
    assert [each["status"] for each in answers] == ["success"] * 6
    added, profile, deducted, profiles, transactions, _ = answers
    assert [each["data"]["points"] for each in (added, profile, deducted)] == [100, 100, 70]
    assert (profiles["total"], transactions["total"]) == (1, 1)


@pytest.mark.usefixtures("firestore_emulator")
def test_a_connected_shop_that_does_not_answer_is_a_503_as_the_page_says(
    app: Flask, merchant: Merchant, tmp_path: Path
) -> None:
    named = {"kind": "shop", "system": "shopware", "storeId": merchant.store_id}
    credentials = {"shopUrl": "https://shop.example.com", "appSecret": "0" * 32}
    merchant.api.ok("configureSync", {**named, "credentials": credentials})
    commands = [FIRST.removeprefix(ENV), *LATER]
    program_id = merchant.program("points")

    refused = run_in_shell(app, merchant, tmp_path, *commands, PROGRAM=program_id)
    merchant.api.ok("deleteSyncConfiguration", named)
    done = run_in_shell(app, merchant, tmp_path, *commands, PROGRAM=program_id)

    first = json.loads(refused.stdout.splitlines()[2])
    message = "The shop cannot be asked for the customer now."
    assert first == {"status": "error", "message": message}
    assert json.loads(done.stdout.splitlines()[2])["status"] == "success"
