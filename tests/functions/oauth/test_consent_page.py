"""The script of the consent page: signs in, consents, and goes where the server says."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support import receivers, sign_ins, staff
from tests.support.merchants import Merchant
from tests.support.oauth_apps import OWNER, App, query_of, registered
from tests.support.refusals import nothing_written
from tests.support.staff import Persons
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


def sent(partner: App, host: str, status: int, answer: dict[str, Any], account: str) -> Any:
    """Fill the page's form in and send it; Firebase Auth answers as told."""
    page = partner.flask.test_client().get(
        "/apiGateway/oauth/authorize", query_string=partner.asked
    )
    values = {"email": "a@example.com", "password": "right", "account": f" {account} "}
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


def test_goes_back_to_the_app_with_a_code(partner: App, host: str) -> None:
    token = {"idToken": sign_ins.unsigned(OWNER)}

    found = sent(partner, host, 200, token, partner.merchant.account_id)

    assert found["problem"] is None
    [url] = found["went"]
    assert partner.redeem(query_of(url)["code"]).status == 200


def test_shows_what_is_wrong_and_stays(partner: App, host: str) -> None:
    token = {"idToken": sign_ins.unsigned(OWNER)}

    with nothing_written():
        wrong = sent(partner, host, 400, {"error": {"message": "INVALID_PASSWORD"}}, "acc_x")
        second_step = sent(partner, host, 200, {"mfaPendingCredential": "x"}, "acc_x")
        no_role = sent(partner, host, 200, token, "acc_x")

    assert [each["went"] for each in (wrong, second_step, no_role)] == [[], [], []]
    assert wrong["problem"].startswith("The e-mail address or the password is wrong")
    assert second_step["problem"] == wrong["problem"]
    assert no_role["problem"].startswith("The person has no role in the account.")
