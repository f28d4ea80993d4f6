"""The page on staff: its commands run in order, as they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from flask import Flask

from tests.e2e.conftest import Run
from tests.e2e.test_syncs_page import paste
from tests.support import staff
from tests.support.merchants import Merchant
from tests.support.pages import blocks, page, run_in_shell
from tools import sign_ins

COMMANDS = blocks(page("staff.md").replace(". .local/dev.env\n", ""), "sh")
persons = staff.persons


def test_the_commands_of_the_page_run(
    app: Flask, merchant: Merchant, persons: staff.Persons, tmp_path: Path
) -> None:
    for role in ("owner", "cashier"):
        person = sign_ins.of_role(role)
        staff.hired(merchant, role, person.user_id)
        persons.passwords[person.email, person.password] = person.user_id
    kim = sign_ins.of_customer("user_demo_anna")
    persons.passwords[kim.email, kim.password] = kim.user_id
    program = merchant.program("points")
    merchant.api.ok("enrollInLoyaltyProgram", {"programId": program, "userId": "user_demo_anna"})
    by = {"AUTH": persons.receiver.url, "ACCOUNT": merchant.account_id, "PROGRAM": program}

    ran = run_in_shell(app, merchant, tmp_path, *COMMANDS, **by)

    assert ran.stderr == ""
    require_answers(ran.stdout)


@pytest.mark.wide
@pytest.mark.xdist_group("suite")
@pytest.mark.timeout(400)
def test_the_commands_run_on_the_demo_data(run: Run) -> None:
    require_answers(paste(run, "".join(COMMANDS)))


@pytest.mark.wide
@pytest.mark.xdist_group("suite")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", ["owner", "manager", "cashier", "developer"])
def test_who_has_a_role_in_the_demo_can_sign_in(run: Run, role: str) -> None:
    headers = {**signed_in(run, role), staff.HEADER: run.facts["accountId"]}
    told = requests.get(f"{run.base_url}/getMyAccess", headers=headers, timeout=30).json()

    limited = [run.store_id] if role in {"manager", "cashier"} else []
    assert (told["role"], told["storeIds"]) == (role, limited)


@pytest.mark.wide
@pytest.mark.xdist_group("suite")
@pytest.mark.timeout(400)
def test_the_customer_of_the_demo_can_sign_in(run: Run) -> None:
    url = f"{run.base_url}/getCustomerBalance?programId=lp_demo-points"
    told = requests.get(url, headers=signed_in(run, "customer"), timeout=30).json()

    assert (told["userId"], told["success"]) == ("user_demo_anna", True)


def signed_in(run: Run, name: str) -> dict[str, str]:
    """Sign in as an app does; return the header of the call."""
    url = f"http://{run.facts['authHost']}/{sign_ins.HOST}/v1/accounts:signInWithPassword?key=any"
    who = {**run.facts["signIns"][name], "returnSecureToken": True}
    del who["userId"]
    return {"Authorization": f"Bearer {requests.post(url, json=who, timeout=30).json()['idToken']}"}


def require_answers(shown: str) -> None:
    """Compare what the commands of the page show with what it promises."""
    answers = [*map(json.loads, shown.splitlines())]
    first, mine, added, access, booked, undone, *removed, invited, accepted, left = answers
    assert (first["staffMember"]["role"], added["staffMember"]["role"]) == ("owner", "cashier")
    assert [each["role"] for each in mine["accounts"]] == ["owner"]
    assert added["staffMember"]["addedBy"] == "uid_demo_owner"
    assert (access["userId"], access["role"]) == ("uid_demo_cashier", "cashier")
    assert booked["pointsAdded"] > 0
    assert undone["newBalance"] == booked["previousBalance"]
    assert [each["success"] for each in removed] == [True, True]
    assert invited["invitation"]["email"] == "customer@demo.example"
    assert (accepted["staffMember"]["role"], left["userId"]) == ("cashier", "user_demo_anna")
