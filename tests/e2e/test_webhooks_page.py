"""docs/webhooks.md tells the truth: its snippets verify, and its tables are those of the code."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from collections.abc import Callable
from email.parser import Parser
from email.policy import HTTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from shared.domain.events import event_types
from shared.webhooks import schedule, signing
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving
from tests.support.receivers import verify as verify_both

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
LONG_AGO = "2026-01-01T00:00:00Z"
SECRETS = (
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDAA",  # without the padding
    "a-secret-of-ones-own",
    signing.new_secret(),
)
BODY = '{"type":"loyalty.points_earned","data":{"rewardDescription":"Käffchen ☕"}}'.encode()

Verify = Callable[[str, dict[str, str], bytes], bool]

RUN_IN_NODE = """
import { readFileSync } from "node:fs";
import { verify } from "./verify.mjs";
const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try { verify(secret, headers, Buffer.from(body, "base64")); console.log("verified"); }
catch (error) { console.log(error.message); }
"""


def block(language: str, holding: str) -> str:
    """Return the page's code block in a language that holds a text."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (wanted,) = [each for each in found if holding in each]
    return wanted


def in_python(secret: str, headers: dict[str, str], body: bytes) -> bool:
    scope: dict[str, Any] = {}
    exec(block("python", "def verify"), scope)
    try:
        scope["verify"](secret, headers, body)
    except ValueError:
        return False
    return True


@pytest.fixture
def in_node(tmp_path: Path) -> Verify:
    (tmp_path / "verify.mjs").write_text(block("js", "function verify"))
    (tmp_path / "run.mjs").write_text(RUN_IN_NODE)

    def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
        message = {"secret": secret, "headers": headers, "body": base64.b64encode(body).decode()}
        done = subprocess.run(
            ["node", "run.mjs"],
            cwd=tmp_path,
            input=json.dumps(message),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip() == "verified"

    return verify


@pytest.fixture(params=["python", "node"])
def verify(request: pytest.FixtureRequest, in_node: Verify) -> Verify:
    return in_python if request.param == "python" else in_node


def signed(secrets: list[str], *, age_s: int = 0) -> dict[str, str]:
    now_s = int(time.time())
    headers = signing.sign(secrets, message_id="evt_1", timestamp_s=now_s - age_s, body=BODY)
    return {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_the_snippets_accept_what_is_signed(verify: Verify, secret: str) -> None:
    assert verify(secret, signed([secret]), BODY)
    assert verify(secret, signed([secret], age_s=280), BODY)


def test_the_snippets_accept_either_secret_while_one_is_rotated(verify: Verify) -> None:
    headers = signed([SECRETS[0], SECRETS[3]])

    assert verify(SECRETS[0], headers, BODY)
    assert verify(SECRETS[3], headers, BODY)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": str(int(time.time()) - 5)},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
    ],
    ids=["id", "timestamp", "signature", "no signature"],
)
def test_the_snippets_refuse_what_was_changed(verify: Verify, change: dict[str, str]) -> None:
    assert not verify(SECRETS[0], {**signed([SECRETS[0]], age_s=1), **change}, BODY)


def test_the_snippets_refuse_another_body_another_secret_and_old_messages(verify: Verify) -> None:
    headers = signed([SECRETS[0]])

    assert not verify(SECRETS[0], headers, BODY + b" ")
    assert not verify(SECRETS[3], headers, BODY)
    assert not verify(SECRETS[0], signed([SECRETS[0]], age_s=330), BODY)
    assert not verify(SECRETS[0], signed([SECRETS[0]], age_s=-330), BODY)


def test_the_shells_line_computes_the_simple_signature(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(BODY)
    done = subprocess.run(
        ["sh", "-c", block("sh", "openssl")],
        cwd=tmp_path,
        env={"SECRET": SECRETS[0], "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == signed([SECRETS[0]])["x-beep-signature"]


def test_the_example_is_signed_with_the_secret_it_names() -> None:
    head, _, body = block("http", "POST /beep").partition("\n\n")
    (secret,) = re.findall(r"\(The secret of this example is `(\S+)`\.\)", PAGE)
    headers = Parser(policy=HTTP).parsestr(head.partition("\n")[2])

    expected = signing.sign(
        [secret],
        message_id=headers["webhook-id"],
        timestamp_s=int(headers["webhook-timestamp"]),
        body=body.strip().encode(),
    )
    assert {name: headers[name] for name in expected} == expected
    assert json.loads(body)["id"] == headers["webhook-id"]
    assert json.loads(body)["type"] == headers["X-Beep-Event"]


def test_the_example_has_the_fields_and_headers_of_what_is_sent(
    frozen_clock: Clock, pipeline: Pipeline, member: Member
) -> None:
    pipeline.run(member.merchant)
    with receiving() as receiver:
        pipeline.register(member.merchant, receiver.url)
        member.earn(50, transactionId="PB-TXN-9876")
        pipeline.run(member.merchant)

    (received,) = receiver.received
    head, _, body = block("http", "POST /beep").partition("\n\n")
    example = json.loads(body)
    assert list(received.event) == list(example)
    assert list(received.event["data"]) == list(example["data"])
    assert {**received.event["data"], **example["data"]} == example["data"]
    transport = {"accept", "accept-encoding", "connection", "content-length", "host"}
    shown = {line.partition(":")[0].lower() for line in head.splitlines()[1:]}
    assert received.headers.keys() - transport == shown


def test_every_type_and_wildcard_that_the_page_names_can_be_subscribed_to() -> None:
    named = set(re.findall(r"`((?:loyalty|integration)\.[\w.*]+|\*)`", PAGE))

    assert {"*", "loyalty.*", "integration.pos.*", "integration.*"} <= named
    assert named <= set(event_types.PATTERNS)


def test_events_can_be_looked_up_as_the_page_says(pipeline: Pipeline, member: Member) -> None:
    pipeline.fire(member.merchant)
    queries = dict(re.findall(r'"\$URL/(listEvents|getEvent)\?(\S+)"', PAGE))
    asked = dict(parse_qsl(queries["listEvents"]))
    mine = {"storeId": member.merchant.store_id, "userId": member.user_id, "since": LONG_AGO}

    listed = member.api.get("listEvents", {**asked, **mine})
    (event,) = listed.body["events"]
    assert event["type"] == asked["type"]
    assert list(dict(parse_qsl(queries["getEvent"]))) == ["eventId"]
    assert member.api.get("getEvent", {"eventId": event["id"]}).body["event"] == event


def test_the_pauses_are_those_of_the_schedule() -> None:
    (sentence,) = re.findall(r"Attempts follow each other after (.*?), each give or take", PAGE)
    units = {"s": 1, "min": 60, "h": 3600}
    pauses = re.findall(r"(\d+) (s|min|h)\b", sentence)

    assert tuple(int(number) * units[unit] for number, unit in pauses) == schedule.DELAYS_S


def test_endpoints_are_managed_as_the_page_says(pipeline: Pipeline, merchant: Merchant) -> None:
    url = "https://hooks.example.com/beep"
    with receiving() as receiver:
        real = {"store_a": merchant.store_id, url: receiver.url}
        calls = re.findall(r"-d '(\{.*\})' \$URL/(\w+)$", section("Register"), re.MULTILINE)
        ((body, action),) = calls
        made = merchant.api.ok(action, json.loads(with_real(body, real)))
        real["we_abc123"] = made["webhook"]["webhookId"]
        for title in ("Send a test event", "Rotate the secret", "Statistics", "Manage"):
            for line in section(title).splitlines():
                if line.startswith("curl "):
                    answer = call_as_typed(merchant, with_real(line, real))
                    assert answer.status == 200, answer.body
            pipeline.deliver(merchant)

        (received,) = receiver.received
    assert (received.event["livemode"], received.event["test"]) == (False, True)
    verify_both(received, made["secret"])
    listed = merchant.api.ok("listWebhookEndpoints", {"storeId": merchant.store_id})
    assert listed["webhooks"] == []


def section(title: str) -> str:
    """Return the page's section under a title."""
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    return found


def with_real(text: str, names: dict[str, str]) -> str:
    """Put what there is in the place of the page's names."""
    for name, real in names.items():
        text = text.replace(name, real)
    return text


def call_as_typed(merchant: Merchant, line: str) -> Answer:
    """Make the call of a line with curl."""
    posted = re.search(r"-d '(\{.*\})' \$URL/(\w+)$", line)
    if posted is not None:
        return merchant.api(posted[2], json.loads(posted[1]))
    (got,) = re.findall(r'"\$URL/(\w+)\?(\S+)"$', line)
    return merchant.api.get(got[0], dict(parse_qsl(got[1])))
