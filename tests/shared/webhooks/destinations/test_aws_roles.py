"""Sessions of roles: Google says who asks and for which store, AWS believes it for an hour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import clock
from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws_roles, aws_sqs
from shared.webhooks.destinations.aws_places import AwsPlace
from tests.support.aws import ROLE, ROLE_ARN, Aws
from tests.support.messages import new_message
from tests.support.receivers import Answer, Receiver, hang_up, receiving, status

TOKEN = "eyJhbGciOiJSUzI1NiJ9.of-google.signature"
IDENTITY = status(200, TOKEN, Metadata_Flavor="Google")
PATH = "/123456789012/events"
TAKEN = status(200, json.dumps({"MessageId": "m-1"}))
NO_ACCESS = status(403, json.dumps({"__type": "AccessDenied", "message": "No."}))


@pytest.fixture
def metadata(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """What stands in for Google's metadata server."""
    with receiving("") as receiver:
        receiver.answer = IDENTITY
        monkeypatch.setenv("GCE_METADATA_HOST", receiver.url.removeprefix("http://"))
        yield receiver


def send(url: str, *, timeout_s: float = 5) -> Attempt:
    return aws_sqs.send(
        new_message(),
        target=url,
        settings={},
        credentials=ROLE,
        timeout_s=timeout_s,
        is_emulated=True,
    )


def session(key_id: str = "ASIAIOSFODNN7EXAMPLE", **changed: str) -> Answer:
    """Return what AWS's token service answers, for an hour from now."""
    fields = {
        "AccessKeyId": key_id,
        "SecretAccessKey": "of-the-session",
        "SessionToken": "token-of-the-session",
        "Expiration": (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **changed,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return status(
        200,
        '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<AssumeRoleWithWebIdentityResult><Credentials>{inner}</Credentials>"
        "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
        Content_Type="text/xml",
    )


def test_a_role_is_assumed_once_and_its_session_sends(aws: Aws, metadata: Receiver) -> None:
    url = aws.queue("events")
    assert [send(url).status for _ in range(3)] == [200, 200, 200]
    assert len(aws.messages(url)) == 3
    (asked,) = metadata.received
    address = urlsplit(asked.path)
    assert asked.method == "GET"
    assert address.path == "/computeMetadata/v1/instance/service-accounts/default/identity"
    assert parse_qs(address.query) == {"audience": ["punktwerk:store_a"]}
    assert asked.headers["metadata-flavor"] == "Google"


def test_aws_sees_the_token_and_then_the_session(metadata: Receiver) -> None:
    with receiving(PATH) as receiver:
        receiver.answers = [session(), TAKEN]
        assert send(receiver.url).status == 200
    asked, sent = receiver.received
    assert parse_qs(asked.body.decode()) == {
        "Action": ["AssumeRoleWithWebIdentity"],
        "Version": ["2011-06-15"],
        "RoleArn": [ROLE_ARN],
        "RoleSessionName": ["punktwerk"],
        "WebIdentityToken": [TOKEN],
        "DurationSeconds": ["3600"],
    }
    assert "authorization" not in asked.headers
    assert "Credential=ASIAIOSFODNN7EXAMPLE/" in sent.headers["authorization"]
    assert sent.headers["x-amz-security-token"] == "token-of-the-session"
    assert TOKEN not in str(sent)


def assume(store_id: str, where: AwsPlace, role_arn: str = ROLE_ARN) -> str:
    keys = aws_roles.assume(role_arn, store_id, where, timeout_s=5)
    return keys.access_key_id


def test_a_session_is_for_one_role_store_and_region(metadata: Receiver) -> None:
    with receiving("") as receiver:
        receiver.answers = [session(f"ASIA{number}") for number in range(4)]
        here, there = (AwsPlace(region, receiver.url) for region in ("eu-central-1", "us-east-1"))
        for _ in range(2):
            assert assume("store_a", here) == "ASIA0"
            assert assume("store_b", here) == "ASIA1"
            assert assume("store_a", there) == "ASIA2"
            assert assume("store_a", here, "arn:aws:iam::123456789012:role/b") == "ASIA3"
    audiences = [parse_qs(urlsplit(each.path).query)["audience"] for each in metadata.received]
    assert audiences == [
        [f"punktwerk:{store}"] for store in ("store_a", "store_b", *["store_a"] * 2)
    ]


def test_a_session_is_renewed_five_minutes_before_its_end(metadata: Receiver) -> None:
    now = datetime.now(UTC)
    with receiving("") as receiver:
        receiver.answers = [session("ASIA0"), session("ASIA1")]
        where = AwsPlace("eu-central-1", receiver.url)
        for minutes, expected in ((0, "ASIA0"), (54, "ASIA0"), (56, "ASIA1")):
            with clock.use(lambda minutes=minutes: now + timedelta(minutes=minutes)):
                assert assume("store_a", where) == expected


def test_sessions_do_not_pile_up(metadata: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_roles, "SESSIONS_MAX", 3)
    with receiving("") as receiver:
        receiver.answer = session()
        for number in range(10):
            assume(f"store_{number}", AwsPlace("eu-central-1", receiver.url))
            assert len(aws_roles._sessions) <= 3


def test_a_session_that_is_refused_is_not_used_again(metadata: Receiver) -> None:
    with receiving(PATH) as receiver:
        receiver.answers = [session("ASIA0"), NO_ACCESS, session("ASIA1"), TAKEN]
        assert [send(receiver.url).status for _ in range(2)] == [403, 200]
    assert "Credential=ASIA1/" in receiver.received[-1].headers["authorization"]


def test_a_role_that_does_not_trust_us_is_told_of_without_the_token(metadata: Receiver) -> None:
    with receiving(PATH) as receiver:
        receiver.answer = status(
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized to perform "
            f"sts:AssumeRoleWithWebIdentity by {TOKEN}</Message></Error></ErrorResponse>",
        )
        attempt = send(receiver.url)
    assert (attempt.status, attempt.error) == (403, None)
    assert attempt.response_text == (
        "AssumeRoleWithWebIdentity: AccessDenied: "
        "Not authorized to perform sts:AssumeRoleWithWebIdentity by [...]"
    )
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "answer",
    [
        status(404, "not found", Metadata_Flavor="Google"),
        status(200, TOKEN),
        status(200, TOKEN, Metadata_Flavor="Other"),
        hang_up,
    ],
    ids=["404", "not_google", "not_google_either", "hang_up"],
)
def test_without_googles_token_aws_is_not_asked(metadata: Receiver, answer: Answer) -> None:
    metadata.answer = answer
    with receiving(PATH) as receiver:
        attempt = send(receiver.url)
    assert (attempt.status, attempt.error) == (None, "credentials_unavailable")
    assert receiver.received == []
    assert len(metadata.received) == 1


def test_nobody_else_is_believed_to_be_google(metadata: Receiver) -> None:
    with receiving("") as elsewhere, receiving(PATH) as receiver:
        elsewhere.answer = IDENTITY
        metadata.answer = status(302, "", Location=elsewhere.url, Metadata_Flavor="Google")
        attempt = send(receiver.url)
    assert (attempt.status, attempt.error) == (None, "credentials_unavailable")
    assert elsewhere.received == receiver.received == []


def test_where_there_is_no_metadata_server_aws_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
    with receiving(PATH) as receiver:
        attempt = send(receiver.url)
    assert (attempt.status, attempt.error) == (None, "credentials_unavailable")
    assert receiver.received == []


@pytest.mark.parametrize("silent", ["metadata", "sts", "sqs"])
def test_nobodys_silence_is_waited_for(metadata: Receiver, silent: str) -> None:
    with receiving(PATH) as receiver:

        def wait(_: Any) -> None:
            receiver.closing.wait()

        metadata.answer = wait if silent == "metadata" else IDENTITY
        receiver.answers = [wait if silent == "sts" else session(), wait]
        attempt = send(receiver.url, timeout_s=1.2)
        assert not receiver.closing.is_set()
    expected = "credentials_unavailable" if silent == "metadata" else "timeout"
    assert (attempt.status, attempt.error) == (None, expected)


def test_an_answer_without_a_session_is_not_awss(metadata: Receiver) -> None:
    with receiving(PATH) as receiver:
        receiver.answer = status(200, "<html></html>")
        attempt = send(receiver.url)
    assert (attempt.status, attempt.error) == (None, "invalid_response")


def test_no_proxy_gets_to_see_the_token(
    metadata: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving("") as proxy, receiving(PATH) as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        receiver.answers = [session(), TAKEN]
        assert send(receiver.url).status == 200
        assert proxy.received == []
