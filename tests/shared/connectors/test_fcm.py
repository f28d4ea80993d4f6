"""How a message is sent: as the service account, to Google alone, with nothing secret in errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared import config
from shared.connectors import fcm as messaging
from shared.connectors.fcm import TokenGoneError
from shared.errors import ConnectorCredentialsRefused, ConnectorRejected, ConnectorUnavailable
from shared.outgoing import google_metadata, session
from shared.outgoing.session import Answer, OutgoingError
from tests.support.fcm import DISCOVERY, Fcm, assert_valid, refused

DATA = {"title": "12 points at Store", "body": "You now have 120.", "tag": "t", "path": "/c/lp_1"}
HEADERS = {"TTL": "86400", "Urgency": "normal", "Topic": "t"}


def send(url: str) -> None:
    messaging.send(url, "abc", DATA, HEADERS)


@pytest.mark.usefixtures("firestore_emulator")
def test_sends_data_alone_as_the_discovery_document_says(fcm: Fcm) -> None:
    send(fcm.url)
    assert fcm.messages == [{"token": "abc", "webpush": {"headers": HEADERS, "data": DATA}}]


@pytest.mark.usefixtures("firestore_emulator")
@pytest.mark.parametrize(
    ("token", "target"),
    [("cIw_bmTsT-qX8N3yQ1eZ0a", "fid"), ("cIw_bmTsT-qX8N3yQ1eZ0a:APA91bH", "token")],
)
def test_names_the_device_by_installation_or_token(fcm: Fcm, token: str, target: str) -> None:
    messaging.send(fcm.url, token, DATA, HEADERS)
    assert [each[target] for each in fcm.messages] == [token]


@pytest.mark.usefixtures("firestore_emulator")
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(404, "UNREGISTERED"), TokenGoneError),
        (refused(403, "SENDER_ID_MISMATCH"), TokenGoneError),
        (refused(400, "INVALID_ARGUMENT", field_name="message.token"), TokenGoneError),
        (refused(400, "INVALID_ARGUMENT", field_name="message.fid"), TokenGoneError),
        (refused(400, "INVALID_ARGUMENT"), ConnectorRejected),
        (refused(403, "PERMISSION_DENIED"), ConnectorCredentialsRefused),
        (refused(503, "UNAVAILABLE"), ConnectorUnavailable),
        ((400, {"error": "text"}), ConnectorRejected),
        ((400, {"error": {"details": ["text", {"fieldViolations": ["x"]}]}}), ConnectorRejected),
    ],
)
def test_tells_tokens_that_have_ended_from_other_failures(
    fcm: Fcm, answer: Any, error: type[Exception]
) -> None:
    fcm.answers["abc"] = answer
    with pytest.raises(error) as found:
        send(fcm.url)
    assert "abc" not in str(found.value)
    assert "owner" not in str(found.value)


def test_calls_google_as_the_service_account_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "cafe-prod")
    monkeypatch.setenv("PUNKTWERK_FCM_URL", "https://evil.example")
    monkeypatch.setattr(google_metadata, "access_token", lambda: "ya29.token")
    calls: list[tuple[str, str, dict[str, Any]]] = []

    def request(method: str, url: str, **options: Any) -> Answer:
        calls.append((method, url, options))
        return Answer(200, {"Content-Type": "application/json"}, b'{"name": "x"}', True, 1)

    monkeypatch.setattr(session, "request", request)
    url = config.fcm_url()
    assert url is not None
    send(url)

    [(method, called, options)] = calls
    assert (method, called) == (
        "POST",
        f"{DISCOVERY['rootUrl']}v1/projects/cafe-prod/messages:send",
    )
    assert options["headers"]["Authorization"] == "Bearer ya29.token"
    assert options["allow_loopback"] is False
    assert_valid(json.loads(options["body"]), "SendMessageRequest")


def test_without_a_token_nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    monkeypatch.setattr(google_metadata, "access_token", lambda: None)

    def request(*_: Any, **__: Any) -> Answer:
        raise OutgoingError("url_refused", 0)

    monkeypatch.setattr(session, "request", request)
    with pytest.raises(ConnectorUnavailable, match="no token"):
        send("https://fcm.googleapis.com")


@pytest.mark.usefixtures("firestore_emulator")
def test_an_emulated_run_has_no_fcm_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNKTWERK_FCM_URL", raising=False)
    assert config.fcm_url() is None
