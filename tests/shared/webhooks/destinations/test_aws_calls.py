"""Calls of AWS: what its refusals and silences mean, and what does not decide about them."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws_calls, aws_sqs
from shared.webhooks.destinations.aws_calls import CallFailed, Keys
from shared.webhooks.destinations.aws_places import AwsPlace
from tests.support.aws import ACCESS_KEY, Aws
from tests.support.certificates import self_signed
from tests.support.messages import new_message
from tests.support.receivers import Receiver, hang_up, raw, receiving, status

PATH = "/123456789012/events"
KEY_ID, SECRET_KEY = ACCESS_KEY["accessKeyId"], ACCESS_KEY["secretAccessKey"]


def send(url: str, *, credentials: Any = ACCESS_KEY, timeout_s: float = 5) -> Attempt:
    return aws_sqs.send(
        new_message(),
        target=url,
        settings={},
        credentials=credentials,
        timeout_s=timeout_s,
        is_emulated=True,
    )


def outcome(attempt: Attempt) -> tuple[int | None, str | None]:
    return attempt.status, attempt.error


def refusal(code: str, message: str, http_status: int) -> Any:
    body = {"__type": f"com.amazonaws.sqs#{code}", "message": message}
    return status(http_status, json.dumps(body), Content_Type="application/x-amz-json-1.0")


@pytest.mark.parametrize(
    ("code", "http_status", "expected"),
    [
        ("ThrottlingException", 400, 429),
        ("RequestThrottled", 400, 429),
        ("KmsThrottled", 400, 429),
        ("TooManyRequestsException", 400, 429),
        ("UnrecognizedClientException", 400, 403),
        ("InvalidClientTokenId", 403, 403),
        ("InvalidSignatureException", 400, 403),
        ("SignatureDoesNotMatch", 403, 403),
        ("ExpiredTokenException", 400, 403),
        ("AccessDeniedException", 400, 403),
        ("AccessDenied", 403, 403),
        ("KmsAccessDenied", 400, 403),
        ("QueueDoesNotExist", 400, 400),
        ("InvalidMessageContents", 400, 400),
        ("InternalFailure", 500, 500),
        ("ServiceUnavailable", 503, 503),
    ],
)
def test_a_refusal_has_the_status_that_it_means_and_is_tried_once(
    code: str, http_status: int, expected: int
) -> None:
    with receiving(PATH) as receiver:
        receiver.answer = refusal(code, "Not today.", http_status)
        attempt = send(receiver.url)
    assert outcome(attempt) == (expected, None)
    assert attempt.response_text == f"SendMessage: {code}: Not today."
    assert len(receiver.received) == 1


@pytest.mark.parametrize("http_status", [500, 502, 503])
def test_a_refusal_that_is_not_awss_own_has_a_status_too(http_status: int) -> None:
    with receiving(PATH) as receiver:
        receiver.answer = status(http_status, "<html>Bad</html>")
        attempt = send(receiver.url)
    assert outcome(attempt) == (http_status, None)
    assert len(receiver.received) == 1


def test_the_old_names_of_sqss_errors_are_the_ones_that_are_told() -> None:
    with receiving(PATH) as receiver:
        body = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "No such queue."}
        query_error = "AWS.SimpleQueueService.NonExistentQueue;Sender"
        receiver.answer = status(400, json.dumps(body), x_amzn_query_error=query_error)
        attempt = send(receiver.url)
    assert attempt.response_text == (
        "SendMessage: AWS.SimpleQueueService.NonExistentQueue: No such queue."
    )


def test_what_aws_says_is_kept_without_anything_secret_and_not_all_of_it() -> None:
    with receiving(PATH) as receiver:
        message = f"The canonical string is POST {KEY_ID} {SECRET_KEY} {'x' * 5000}"
        receiver.answer = refusal("InvalidSignatureException", message, 400)
        attempt = send(receiver.url)
    assert len(attempt.response_text) == 2048
    assert "POST [...] [...] xxx" in attempt.response_text
    assert SECRET_KEY not in repr(attempt)
    assert KEY_ID not in repr(attempt)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (hang_up, "connection_failed"),
        (raw(b"220 smtp.example.com ESMTP\r\n\r\n"), "invalid_response"),
        (status(200, "{}"), "invalid_response"),
        (status(200, "<html>Welcome to the hotel</html>"), "invalid_response"),
        (status(200, "[1]"), "invalid_response"),
        (status(200, ""), "invalid_response"),
    ],
    ids=["hang_up", "not_http", "empty_object", "html", "array", "nothing"],
)
def test_what_is_not_an_answer_of_aws_has_an_error(answer: Any, error: str) -> None:
    with receiving(PATH) as receiver:
        receiver.answer = answer
        attempt = send(receiver.url)
    assert outcome(attempt) == (None, error)
    assert len(receiver.received) == 1


def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    with receiving(PATH) as receiver:
        receiver.answer = lambda _: receiver.closing.wait()
        attempt = send(receiver.url, timeout_s=0.3)
        assert not receiver.closing.is_set()
    assert outcome(attempt) == (None, "timeout")
    assert attempt.duration_ms >= 200


def test_a_port_that_nobody_listens_on_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert outcome(send(f"http://127.0.0.1:{port}{PATH}")) == (None, "connection_failed")


def test_what_does_not_speak_tls_is_told_of() -> None:
    def greet() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"220 smtp.example.com ESMTP\r\n")
            # To the end: closing with unread bytes resets the connection.
            while connection.recv(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(CallFailed) as caught:
            call(AwsPlace("eu-central-1", f"https://127.0.0.1:{listener.getsockname()[1]}"))
    assert (caught.value.status, caught.value.error) == (None, "tls_failed")


def test_the_environment_names_nobody_who_vouches_for_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tls, certificate = self_signed("localhost", tmp_path)
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, certificate)
    arrived = []

    def serve() -> None:
        connection, _ = listener.accept()
        with suppress(OSError), tls.wrap_socket(connection, server_side=True) as secured:
            arrived.append(secured.recv(65536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        with pytest.raises(CallFailed) as caught:
            call(AwsPlace("eu-central-1", f"https://localhost:{listener.getsockname()[1]}"))
        server.join()
    assert (caught.value.status, caught.value.error) == (None, "tls_failed")
    assert arrived in ([], [b""])


def test_connecting_and_reading_share_the_time() -> None:
    client = aws_calls._client("sqs", AwsPlace("eu-central-1"), None, 15.0)
    settings = client.meta.config
    assert (settings.connect_timeout, settings.read_timeout) == (5, 10)


def call(where: AwsPlace) -> Any:
    return aws_calls.call(
        "sqs",
        "send_message",
        {"QueueUrl": "q", "MessageBody": "{}"},
        where=where,
        keys=Keys(KEY_ID, SECRET_KEY),
        timeout_s=3,
    )


def test_the_host_is_awss_whatever_the_environment_says(
    hostile_environment: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> None:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(CallFailed) as caught:
        call(AwsPlace("eu-central-1"))
    assert (caught.value.status, caught.value.error) == (None, "name_not_resolved")
    assert asked == ["sqs.eu-central-1.amazonaws.com"]
    assert hostile_environment.received == []


def test_keys_and_tries_are_ours_whatever_the_environment_says(
    hostile_environment: Receiver,
) -> None:
    with receiving(PATH) as receiver:
        receiver.answer = status(503, "{}")
        assert send(receiver.url).status == 503
    (request,) = receiver.received
    assert f"Credential={KEY_ID}/" in request.headers["authorization"]
    assert "/us-east-1/sqs/aws4_request" in request.headers["authorization"]
    assert request.headers["user-agent"] == "Punktwerk-Webhooks/1"
    assert "x-amz-security-token" not in request.headers
    assert hostile_environment.received == []


def test_who_signs_nothing_is_not_signed_for_by_the_environment(
    hostile_environment: Receiver,
) -> None:
    with receiving("") as receiver:
        receiver.answer = status(503, "")
        where = AwsPlace("eu-central-1", receiver.url)
        with pytest.raises(CallFailed):
            aws_calls.call("sts", "get_caller_identity", {}, where=where, keys=None, timeout_s=3)
    (request,) = receiver.received
    assert "authorization" not in request.headers
    assert hostile_environment.received == []


@pytest.fixture
def hostile_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """An environment and files that would have botocore do something else; and a server for it."""
    with receiving("") as elsewhere:
        url, ran = elsewhere.url, tmp_path / "ran"
        config = tmp_path / "config"
        config.write_text(
            f"[default]\nregion = eu-west-3\nendpoint_url = {url}\nmax_attempts = 5\n"
            f"credential_process = touch {ran}\n[profile other]\nendpoint_url = {url}\n"
        )
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIAOFTHEENVIRONMENT",
            "AWS_SECRET_ACCESS_KEY": "of the environment",
            "AWS_SESSION_TOKEN": "of the environment",
            "AWS_CA_BUNDLE": "/missing",
            "REQUESTS_CA_BUNDLE": "/missing",
            "AWS_CONFIG_FILE": str(config),
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
            "AWS_DEFAULT_REGION": "eu-west-3",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
            "AWS_ENDPOINT_URL": url,
            "AWS_ENDPOINT_URL_SQS": url,
            "AWS_ENDPOINT_URL_STS": url,
            "AWS_MAX_ATTEMPTS": "5",
            "AWS_PROFILE": "missing",
            "AWS_SHARED_CREDENTIALS_FILE": str(config),
            "AWS_USE_DUALSTACK_ENDPOINT": "true",
            "AWS_USE_FIPS_ENDPOINT": "true",
            "HTTPS_PROXY": url,
            "HTTP_PROXY": url,
            "ALL_PROXY": url,
            "https_proxy": url,
            "http_proxy": url,
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        (tmp_path / ".aws").mkdir()
        (tmp_path / ".aws" / "config").write_text("[what does not end")
        monkeypatch.setenv("HOME", str(tmp_path))
        aws_calls._session.cache_clear()
        yield elsewhere
        aws_calls._session.cache_clear()
        assert not ran.exists()


def test_connections_are_kept_for_the_same_keys_only(aws: Aws) -> None:
    url = aws.queue("events")
    other = {**ACCESS_KEY, "accessKeyId": "AKIAIOSFODNN7ANOTHER"}
    for credentials in (ACCESS_KEY, ACCESS_KEY, other):
        assert send(url, credentials=credentials).status == 200
    assert aws_calls._client.cache_info().currsize == 2
    assert aws_calls._client.cache_info().maxsize == aws_calls.CLIENTS_MAX


def test_keys_are_not_shown() -> None:
    shown = repr(Keys(KEY_ID, SECRET_KEY, "a token"))
    assert SECRET_KEY not in shown
    assert "a token" not in shown
