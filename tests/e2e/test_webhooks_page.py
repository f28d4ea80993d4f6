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

import pytest

from shared.domain import event_types
from shared.webhooks import schedule, signing
from tests.conftest import Clock
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
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


def test_the_table_of_types_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (`loyalty\..*?) \| (\w+) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    listed = {
        each: package for types, package, *_ in rows for each in re.findall(r"`(\S+?)`", types)
    }

    assert listed == {name: str(kind.package) for name, kind in event_types.BY_NAME.items()}


def test_the_table_of_types_names_every_field(pipeline: Pipeline, merchant: Merchant) -> None:
    reward = {"title": "Kaffee", "type": "free_product", "requiredPoints": 50}
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        member = merchant.member("tier", balance=500, rewards=[reward])
        member.redeem(10)
        member.sync("add", 1, source="erp", externalTransactionId="t1")
        pipeline.run(merchant)

    assert len(set(receiver.types)) == 6
    rows = dict(re.findall(r"^\| `(loyalty\.\w+)` \| \w+ \| .*? \| (.*?) \|$", PAGE, re.MULTILINE))
    for received in receiver.received:
        named = set(re.findall(r"`(\w+)`", rows[received.type]))
        fields = received.event["data"].keys() - {"programId", "userId"}
        assert fields <= named, received.type
        assert named - fields <= {"purchase", "api", "full_card", "set"}, received.type


def test_the_pauses_are_those_of_the_schedule() -> None:
    (sentence,) = re.findall(r"Attempts follow each other after (.*?), each give or take", PAGE)
    units = {"s": 1, "min": 60, "h": 3600}
    pauses = re.findall(r"(\d+) (s|min|h)\b", sentence)

    assert tuple(int(number) * units[unit] for number, unit in pauses) == schedule.DELAYS_S
