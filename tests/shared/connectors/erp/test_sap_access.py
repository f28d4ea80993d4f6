"""How a merchant lets us into SAP: settings that can be right, and OAuth tokens."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from shared import clock
from shared.connectors.erp import sap
from shared.connectors.erp.sap import Config
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorUnavailable,
)
from tests.support.receivers import Answer, Receiver, status
from tests.support.system_samples import CONFIGS

pytestmark = pytest.mark.usefixtures("no_pauses")

CONFIG = CONFIGS["erp", "sap"]
SECRET = "fake-client-secret"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def without_user(**settings: Any) -> dict[str, Any]:
    kept = {name: CONFIG[name] for name in CONFIG if name not in {"username", "password"}}
    return {**kept, **settings}


OAUTH = without_user(clientId="client_1", clientSecret=SECRET)


def answer(code: int, body: Any) -> Answer:
    return status(code, json.dumps(body), Content_Type="application/json")


def token(text: str, **fields: Any) -> Answer:
    return answer(200, {"access_token": text, "token_type": "Bearer", **fields})


LISTED = answer(200, {"d": {"results": []}})


def connected(url: str) -> sap.Connector:
    return sap.connect(Config.model_validate({**OAUTH, "baseUrl": url}), is_emulated=True)


# Settings.


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"host": "s4.example.com:8443"},
        {"host": "S4.Example.com:443"},
        {"sapClient": "000", "language": "DE", "timeZone": "Europe/Zurich"},
        {"plant": None, "soldToParty": None},
    ],
)
def test_takes_settings_that_can_be_right(settings: dict[str, Any]) -> None:
    config = Config.model_validate({**CONFIG, **settings})
    assert config.hosts() == {"host": f"https://{config.host}"}
    assert config.host == config.host.lower()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"host": "https://s4.example.com"}, "host"),
        ({"host": "s4.example.com/sap"}, "host"),
        ({"host": "user@s4.example.com"}, "host"),
        ({"host": "s4.example.com:44300"}, "host"),
        ({"host": "localhost"}, "host"),
        ({"host": "10.0.0.1"}, "host"),
        ({"host": "s4.example.com\n"}, "host"),
        ({"host": "s4.example.com?x=evil.example.com"}, "host"),
        ({"sapClient": "1"}, "sapClient"),
        ({"sapClient": "100&x=1"}, "sapClient"),
        ({"username": "a:b"}, "username"),
        ({"password": "short"}, "password"),
        ({"language": "English"}, "language"),
        ({"timeZone": "Berlin"}, "timeZone"),
        ({"timeZone": "localtime"}, "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"plant": "10100"}, "plant"),
        ({"storageLocation": "10'A"}, "storageLocation"),
        ({"soldToParty": "1 or 1"}, "soldToParty"),
        ({"tokenPath": "//evil.example.com/token"}, "tokenPath"),
        ({"tokenPath": "/sap/../token"}, "tokenPath"),
        ({"tokenPath": "@evil.example.com/token"}, "tokenPath"),
        ({"issueMovementType": "25"}, "issueMovementType"),
        ({"unknown": 1}, "unknown"),
        ({"password": None}, ""),
        ({"username": None}, ""),
        ({"clientId": "client_1"}, ""),
        ({"clientId": "client_1", "clientSecret": SECRET}, ""),
        ({"username": None, "password": None}, ""),
    ],
)
def test_refuses_settings_that_cannot_be_right(settings: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**CONFIG, **settings})
    errors = refused.value.errors(include_input=False, include_context=False)
    assert ".".join(map(str, errors[0]["loc"])) == name
    assert CONFIG["password"] not in json.dumps(errors)


def test_shows_no_secret() -> None:
    for settings, secret in ((CONFIG, CONFIG["password"]), (OAUTH, SECRET)):
        config = Config.model_validate(settings)
        assert secret not in f"{config!r}{config.visible()}"
        assert list(config.secrets()) == [secret]
        assert Config.restore(config.reveal()) == config


# Tokens.


def test_a_token_is_fetched_at_the_merchants_own_host(server: Receiver) -> None:
    server.answers = [token("t1", expires_in=3600), LISTED, LISTED]
    connector = connected(server.url)
    connector.verify()
    connector.verify()
    fetched, first, second = server.received
    assert fetched.path == "/sap/bc/sec/oauth2/token?sap-client=100"
    assert parse_qs(fetched.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client_1"],
    }
    basic = b64encode(f"client_1:{SECRET}".encode()).decode()
    assert fetched.headers["authorization"] == f"Basic {basic}"
    assert {each.headers["authorization"] for each in (first, second)} == {"Bearer t1"}


def test_a_token_is_renewed_before_it_ends(server: Receiver) -> None:
    server.answers = [token("t1", expires_in=600), LISTED, LISTED, token("t2"), LISTED]
    connector = connected(server.url)
    for minutes in (0, 8, 9):
        with clock.use(lambda minutes=minutes: NOON + timedelta(minutes=minutes)):
            connector.verify()
    sent = [each.headers["authorization"] for each in server.received if each.method == "GET"]
    assert sent == ["Bearer t1", "Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(400, {"error": "invalid_client"}), ConnectorCredentialsRefused),
        (answer(401, {"error": "invalid_client"}), ConnectorCredentialsRefused),
        (answer(500, {}), ConnectorUnavailable),
        (answer(200, {}), ConnectorAnswerInvalid),
        (answer(200, {"access_token": "a b"}), ConnectorAnswerInvalid),
        (answer(200, {"access_token": "a\r\nX: y"}), ConnectorAnswerInvalid),
        (answer(200, {"access_token": "t", "expires_in": -1}), ConnectorAnswerInvalid),
        (answer(200, {"access_token": "t", "expires_in": 10**20}), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
    ],
)
def test_without_a_token_nothing_is_called(
    server: Receiver, reply: Answer, kind: type[ConnectorError]
) -> None:
    server.answer = reply
    with pytest.raises(ConnectorError) as failed:
        connected(server.url).verify()
    assert type(failed.value) is kind
    assert {each.method for each in server.received} == {"POST"}
    assert SECRET not in f"{failed.value!r}{failed.value.details}"


def test_a_token_is_shown_to_nobody(server: Receiver) -> None:
    error = {"message": {"lang": "en", "value": f"Bearer t0k3n and {SECRET}"}}
    server.answers = [token("t0k3n"), answer(403, {"error": error})]
    with pytest.raises(ConnectorCredentialsRefused, match=r"403: Bearer \*\*\* and \*\*\*$"):
        connected(server.url).verify()
