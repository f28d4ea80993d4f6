"""The page on OAuth: its commands run as they stand, and its tables are complete."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from functions.catalog import SCOPES
from shared.domain.accounts import oauth
from shared.domain.accounts.oauth import OAuthError
from shared.services.accounts import oauth_apps as services
from shared.services.accounts import oauth_limits
from tests.support import oauth_apps, staff
from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell
from tools.emulators import ROOT

PAGE = page("oauth.md")
persons = staff.persons


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_the_page_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    commands = PAGE.replace(". .local/dev.env\n", "")

    ran = run_in_shell(app, merchant, tmp_path, *blocks(commands, "sh"))

    assert ran.stderr == ""
    issued, stores, told, revoked, refused = map(json.loads, ran.stdout.splitlines())
    assert (issued["expires_in"], issued["scope"]) == (oauth.LIFE_S, "members.read stores.read")
    assert [each["storeId"] for each in stores["stores"]] == [merchant.store_id]
    assert (told["active"], told["sub"], revoked) == (True, merchant.account_id, {})
    assert refused["error"] == "INVALID_ACCESS_TOKEN"


@pytest.mark.usefixtures("persons")
def test_an_app_gets_tokens_as_the_page_says(
    app: Flask, merchant: Merchant, tmp_path: Path
) -> None:
    redirect = "http://127.0.0.1:4000/callback"
    partner = oauth_apps.registered(merchant, is_public=True, redirect_uri=redirect)
    ask, redeem = blocks(PAGE, "bash")
    by = {"CLIENT_ID": partner.client_id}

    ran = run_in_shell(app, merchant, tmp_path, ask, 'echo "$OAUTH $VERIFIER"', **by)

    url, variables = ran.stdout.splitlines()
    _, verifier = variables.split(" ")
    code = partner.code(**oauth_apps.query_of(url))
    setting = f"OAUTH=${{URL%/api/v1}}/oauth REDIRECT={redirect}"
    by = {**by, "CODE": code, "VERIFIER": verifier}
    ran = run_in_shell(app, merchant, tmp_path, setting, redeem, **by)
    first, second = map(json.loads, ran.stdout.splitlines())
    assert first["scope"] == second["scope"] == "members.read stores.read"
    assert first["refresh_token"] != second["refresh_token"]


@pytest.mark.usefixtures("firestore_emulator")
def test_an_app_is_registered_as_the_page_says(
    app: Flask, merchant: Merchant, tmp_path: Path
) -> None:
    facts = {
        "firestoreHost": os.environ["FIRESTORE_EMULATOR_HOST"],
        "projectId": os.environ["GOOGLE_CLOUD_PROJECT"],
    }
    dev_json = tmp_path / "dev.json"
    dev_json.write_text(json.dumps(facts))
    [register] = blocks(PAGE)
    register = register.replace(".local/dev.json", str(dev_json))

    ran = run_in_shell(app, merchant, ROOT, register, "echo $CLIENT_ID")

    assert ran.returncode == 0, ran.stderr
    registered = {each.app_id: each for each in services.list_all()}[ran.stdout.strip()]
    assert registered.redirect_uris == ("http://127.0.0.1:4000/callback",)
    assert registered.is_public


def test_its_scopes_are_those_of_the_catalog() -> None:
    rows = re.findall(r"^\| (\w+) \| ([A-Z]+|none) \| ([A-Z]+|none) \|$", PAGE, re.MULTILINE)

    named = {
        f"{noun}.{kind}": package
        for noun, *packages in rows
        for kind, package in zip(("read", "write"), packages, strict=True)
        if package != "none"
    }
    assert named == {scope: str(package) for scope, package in SCOPES.items()}


def test_its_refusals_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", PAGE, re.MULTILINE)

    assert {code for _, code in rows} == {each.value for each in OAuthError}
    assert f"more than {oauth_limits.ISSUED_PER_CLIENT_MAX} tokens in a minute" in PAGE
    assert f"failed more than {oauth_limits.FAILED_PER_CLIENT_MAX} times" in PAGE
