"""The demo data of a local run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from flask import Flask

from shared import vault
from shared.auth import keys
from shared.services.loyalty import verification
from shared.store import client
from tests.support.api import Api
from tools.emulators import ROOT, FirestoreEmulator

pytestmark = pytest.mark.xdist_group("seed")
# Another process makes all demo data once more.
seeds_again = pytest.mark.wide

PACKAGES = ["DISCOVER", "ASSIST", "GO", "GROW", "PRIME"]


def run_seed(**changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.seed"],
        cwd=ROOT,
        env={**os.environ, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def seeds(firestore_emulator: FirestoreEmulator) -> dict[str, Any]:
    done = run_seed()
    assert (done.returncode, done.stderr) == (0, "")
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


@pytest.fixture
def prime(app: Flask, seeds: dict[str, Any]) -> Api:
    return Api(app, seeds["keys"]["live"]["PRIME"])


def test_refuses_to_run_without_the_emulator() -> None:
    done = run_seed(FIRESTORE_EMULATOR_HOST="")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Demo data is for the emulator only: set FIRESTORE_EMULATOR_HOST, as `make run` does.\n"
    )


def test_tells_keys_stores_and_programs(seeds: dict[str, Any]) -> None:
    assert list(seeds) == [
        "keys",
        "publishableKey",
        "accountId",
        "storeId",
        "otherStoreId",
        "programs",
        "signIns",
    ]
    assert list(seeds["keys"]) == ["live", "test"]
    assert list(seeds["keys"]["live"]) == PACKAGES
    assert list(seeds["programs"]) == ["stamps", "points", "cashback", "tier"]
    assert all(key.startswith("bk_live_sk_") for key in seeds["keys"]["live"].values())
    assert seeds["keys"]["test"].startswith("bk_test_sk_")
    assert seeds["publishableKey"].startswith("bk_live_pk_")


def test_has_somebody_of_each_role(prime: Api, seeds: dict[str, Any]) -> None:
    people = prime.ok("listStaff")["staff"]

    assert {each["role"]: each["userId"] for each in people} == {
        role: each["userId"] for role, each in seeds["signIns"].items() if role != "customer"
    }
    limited = {each["role"] for each in people if each["storeIds"] == [seeds["storeId"]]}
    assert limited == {"manager", "cashier"}
    assert seeds["signIns"]["customer"]["userId"] == "user_demo_anna"


@pytest.mark.parametrize("package", PACKAGES)
def test_has_a_key_for_each_package(app: Flask, seeds: dict[str, Any], package: str) -> None:
    answer = Api(app, seeds["keys"]["live"][package])("getLoyaltyProgram", {"programId": "lp_x"})

    needs_more = package in {"DISCOVER", "ASSIST"}
    assert answer.error == ("ENDPOINT_NOT_ALLOWED" if needs_more else "PROGRAM_NOT_FOUND")
    assert answer.body.get("currentPackage") == (package if needs_more else None)


def test_has_a_test_key(app: Flask, seeds: dict[str, Any]) -> None:
    body = {"programId": "lp_x", "userId": "user_x"}

    assert Api(app, seeds["keys"]["test"]).ok("enrollInLoyaltyProgram", body)["_sandbox"] is True


def test_has_an_active_program_of_each_type(prime: Api, seeds: dict[str, Any]) -> None:
    programs = prime.ok("getLoyaltyPrograms", {"storeId": seeds["storeId"]})["programs"]

    found = {each["programType"]: each["programId"] for each in programs if each["isActive"]}
    assert found == seeds["programs"]


@pytest.mark.parametrize(("package", "count"), [("GO", 1), ("GROW", 1)])
def test_has_a_store_and_a_program_for_others(
    app: Flask, seeds: dict[str, Any], package: str, count: int
) -> None:
    store_id = {"GO": "store_demo_go", "GROW": seeds["otherStoreId"]}[package]
    api = Api(app, seeds["keys"]["live"][package])

    assert len(api.ok("getLoyaltyPrograms", {"storeId": store_id})["programs"]) == count


def test_keeps_the_stores_apart(prime: Api, seeds: dict[str, Any]) -> None:
    answer = prime("getLoyaltyPrograms", {"storeId": seeds["otherStoreId"]})

    assert answer.error == "STORE_NOT_FOUND"


def test_has_members_with_a_history(prime: Api, seeds: dict[str, Any]) -> None:
    body = {"programId": seeds["programs"]["points"], "userId": "user_demo_anna"}
    balance = prime.ok("getCustomerBalance", body)

    # 18.20 and 9.99 at 10 points a euro, less a reward for 100.
    assert balance["currentBalance"] == 182 + 99 - 100
    assert len(balance["recentTransactions"]) == 3


@pytest.mark.parametrize("program_type", ["stamps", "points", "cashback", "tier"])
def test_has_members_of_every_standing(
    prime: Api, seeds: dict[str, Any], program_type: str
) -> None:
    def standing(name: str) -> tuple[str, str]:
        ids = {"programId": seeds["programs"][program_type], "userId": f"user_demo_{name}"}
        balance = prime.ok("getCustomerBalance", ids)
        return balance["userId"], balance["status"]

    assert standing("anna") == ("user_demo_anna", "active")
    assert standing("dora") == ("user_demo_dora", "suspended")
    assert standing("emil") == ("user_demo_emil", "left")
    assert standing("card_4711") == standing("greta") == ("user_demo_greta", "active")


@pytest.mark.parametrize("program_type", ["stamps", "points", "cashback", "tier"])
def test_has_members_in_every_state(prime: Api, seeds: dict[str, Any], program_type: str) -> None:
    def ids(name: str) -> dict[str, str]:
        return {"programId": seeds["programs"][program_type], "userId": f"user_demo_{name}"}

    def balance(name: str) -> dict[str, Any]:
        return prime.ok("getCustomerBalance", ids(name))

    pending, reserved = balance("frida"), balance("heidi")
    assert pending["pendingBalance"] > 0 == pending["currentBalance"]
    assert reserved["heldBalance"] > 0
    assert reserved["availableBalance"] < reserved["currentBalance"]
    assert balance("ida")["nextExpiry"]["points"] == balance("ida")["currentBalance"] > 0
    assert balance("anna")["nextExpiry"] is None
    history = prime.ok("getLoyaltyTransactions", ids("klara"))
    assert [each["refundId"] for each in history["waitingReturns"]] == ["return_demo_1"]
    assert prime("getCustomerBalance", ids("leo")).error == "MEMBERSHIP_NOT_FOUND"
    if program_type == "tier":
        falling = balance("jonas")
        assert falling["currentTier"] == "Silber"
        assert falling["tierValidUntil"] is not None
        assert falling["pointsToKeepTier"] > 0


@pytest.mark.parametrize("program_type", ["stamps", "points", "cashback", "tier"])
def test_keeps_right_books(seeds: dict[str, Any], program_type: str) -> None:
    report = verification.verify(seeds["programs"][program_type])

    assert report is not None
    assert report.problems == ()
    assert report.entries > 0


def documents() -> dict[str, Any]:
    names = [("loyaltyPrograms", False), ("loyaltyMembers", False), ("entries", True)]
    found = [each for name, group in names for each in client.query(name, group=group)]
    found += client.query("apiKeys")
    return {
        each.path: each.data
        for each in found
        if str((each.data or {}).get("accountId")).startswith("acc_demo_")
    }


@seeds_again
def test_changes_nothing_when_run_again(seeds: dict[str, Any]) -> None:
    before = documents()
    again = json.loads(run_seed().stdout)

    assert documents() == before
    assert again == seeds


@seeds_again
def test_changes_nothing_of_what_somebody_has_changed(prime: Api, seeds: dict[str, Any]) -> None:
    stamps = {"programId": seeds["programs"]["stamps"], "isActive": False}
    prime.ok("updateLoyaltyProgram", stamps)
    before = documents()
    again = run_seed()
    after = documents()
    prime.ok("updateLoyaltyProgram", {**stamps, "isActive": True})

    assert (again.returncode, again.stderr) == (0, "")
    assert after == before


@seeds_again
def test_ids_and_keys_are_those_of_the_machine(seeds: dict[str, Any]) -> None:
    """So they stay the same when all data is deleted."""
    assert seeds["programs"] == {
        name: f"lp_demo-{name}" for name in ("stamps", "points", "cashback", "tier")
    }
    texts = [*seeds["keys"]["live"].values(), seeds["keys"]["test"], seeds["publishableKey"]]
    assert len(set(texts)) == len(texts)
    other = run_seed(PUNKTWERK_SECRET_KEYS=vault.new_key(), GOOGLE_CLOUD_PROJECT="demo-other")
    assert other.returncode == 0, other.stderr
    others = json.loads(other.stdout)
    assert others["keys"]["live"].keys() == seeds["keys"]["live"].keys()
    assert not set(others["keys"]["live"].values()) & set(texts)
    assert others["programs"] == seeds["programs"]


def test_memberships_are_where_apps_look_for_them(seeds: dict[str, Any]) -> None:
    program_id = seeds["programs"]["points"]

    member = client.get_one(f"loyaltyMembers/{program_id}_user_demo_anna")
    assert (member.data or {})["programId"] == program_id


@seeds_again
def test_a_key_that_was_revoked_is_replaced_for_good() -> None:
    project = {"GOOGLE_CLOUD_PROJECT": "demo-revoked"}  # the other tests need their keys

    def key() -> str:
        text: str = json.loads(run_seed(**project).stdout)["keys"]["live"]["ASSIST"]
        return text

    revoked = key()
    revoke = [sys.executable, "-m", "tools.admin", "key", "revoke", keys.parse(revoked).hash]
    subprocess.run(revoke, cwd=ROOT, env={**os.environ, **project}, check=True)

    assert key() == key() != revoked
