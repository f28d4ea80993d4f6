"""The script of the consent page: signs in, consents, and goes where the server says."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration
from tests.support import receivers, sign_ins, staff
from tests.support.merchants import Merchant
from tests.support.oauth_apps import App, query_of, registered
from tests.support.refusals import nothing_written
from tests.support.staff import Persons, hired
from tools.emulators import ROOT

persons = staff.persons
SCRIPT = ROOT / "functions/oauth/consent_page/page.js"
RUNNER = ROOT / "tests/functions/oauth/consent_page.cjs"


@pytest.fixture
def partner(merchant: Merchant, persons: Persons) -> App:
    return registered(merchant)


@pytest.fixture
def host(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()


@pytest.fixture
def owner(partner: App) -> App:
    """The app at the page of somebody who owns this account and, so far, no other one."""
    return owning(partner.merchant, partner.by(f"uid_of_{partner.merchant.account_id}"))


def owning(merchant: Merchant, partner: App) -> App:
    """Make who sits at the page an owner of one account more."""
    hired(merchant, StaffRole.OWNER, partner.user_id)
    return partner


def sent(partner: App, host: str, status: int, answer: dict[str, Any], account: str = "") -> Any:
    """Fill the page's form in and send it; Firebase Auth answers as told."""
    page = partner.flask.test_client().get(
        "/apiGateway/oauth/authorize", query_string=partner.asked
    )
    values = {"email": "a@example.com", "password": "right", "account": account}
    with receivers.receiving("/v1") as auth:
        auth.answer = receivers.answer(status, answer)
        ran = subprocess.run(
            ["node", RUNNER, SCRIPT, host + page.request.full_path, auth.url, json.dumps(values)],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        [asked] = auth.received
    assert json.loads(asked.body) == {
        "email": "a@example.com",
        "password": "right",
        "returnSecureToken": True,
    }
    return json.loads(ran.stdout)


def token_of(partner: App) -> dict[str, Any]:
    return {"idToken": sign_ins.unsigned(partner.user_id)}


def test_goes_back_to_the_app_with_a_code(owner: App, host: str) -> None:
    found = sent(owner, host, 200, token_of(owner))

    assert (found["problem"], found["offered"]) == (None, [])
    [url] = found["went"]
    assert owner.redeem(query_of(url)["code"]).status == 200


def test_an_owner_of_several_accounts_chooses_one(
    owner: App, host: str, new_merchant: Callable[..., Merchant]
) -> None:
    other, closed, till = new_merchant(), new_merchant(), new_merchant()
    for each in (other, closed):
        owning(each, owner)
    hired(till, StaffRole.MANAGER, owner.user_id)
    administration.set_active(closed.account_id, is_active=False)

    with nothing_written():
        waiting = sent(owner, host, 200, token_of(owner))
    found = sent(owner, host, 200, token_of(owner), account=other.account_id)

    assert (waiting["went"], waiting["problem"]) == ([], None)
    both = (owner.merchant.account_id, other.account_id)
    assert sorted(waiting["offered"]) == sorted(f"{name_of(each)} ({each})" for each in both)
    [url] = found["went"]
    answer = owner.redeem(query_of(url)["code"])
    told = owner.post("introspect", token=answer.body["access_token"]).body
    assert told["sub"] == other.account_id


def name_of(account_id: str) -> str:
    return administration.get_account(account_id).name


def test_shows_what_is_wrong_and_stays(owner: App, host: str) -> None:
    nobody = owner.by("uid_of_nobody")

    with nothing_written():
        wrong = sent(owner, host, 400, {"error": {"message": "INVALID_PASSWORD"}})
        second_step = sent(owner, host, 200, {"mfaPendingCredential": "x"})
        no_role = sent(nobody, host, 200, token_of(nobody))
        unverified = sign_ins.unsigned(owner.user_id, is_email_verified=False)
        not_verified = sent(owner, host, 200, {"idToken": unverified})

    every = (wrong, second_step, no_role, not_verified)
    assert [each["went"] for each in every] == [[]] * 4
    assert wrong["problem"].startswith("The e-mail address or the password is wrong")
    assert second_step["problem"] == wrong["problem"]
    assert no_role["problem"].startswith("Only an owner lets an app act.")
    assert not_verified["problem"].startswith("The sign-in has no verified e-mail address.")


def test_somebody_else_chooses_nothing_for_an_account(
    owner: App, host: str, new_merchant: Callable[..., Merchant]
) -> None:
    """What is chosen is asked anew by the server: the page alone guards nothing."""
    owning(new_merchant(), owner)
    strangers = new_merchant()

    with nothing_written():
        found = sent(owner, host, 200, token_of(owner), account=strangers.account_id)

    assert found["went"] == []
    assert found["problem"].startswith("The person has no role in the account.")
