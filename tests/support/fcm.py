"""What stands in for Firebase Cloud Messaging: takes messages as its discovery document says.

``fcm_v1.json`` is the part of that document which is about messages to browsers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from shared.schemas.members.push_bodies import EXAMPLE_KEY
from tests.support.json_servers import serving

DISCOVERY: Mapping[str, Any] = json.loads(Path(__file__).with_name("fcm_v1.json").read_text())
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""RFC 8030, 5.4."""
_RESERVED = re.compile(r"from|message_type|(google|gcm\.notification)\..*")
_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


@dataclass
class Fcm:
    """``messages`` are those that were taken; ``answers`` say otherwise for some tokens."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        """Target, title and body of each message."""
        return [
            (target_of(each), each["webpush"]["data"]["title"], each["webpush"]["data"]["body"])
            for each in self.messages
        ]

    def answer(self, method: str, path: str, headers: Message, body: bytes) -> tuple[int, Any]:
        """Take a message, or refuse it; ``GET /sent`` tells a browser's flow what was taken."""
        if (method, path) == ("GET", "/sent"):
            return 200, self.messages
        send = DISCOVERY["send"]
        wanted = "/" + re.sub(r"\{\w+\}", "[^/]+", send["flatPath"])
        assert (method, bool(re.fullmatch(wanted, path))) == (send["httpMethod"], True), path
        assert headers["Authorization"] == "Bearer owner"
        told = json.loads(body)
        assert_valid(told, "SendMessageRequest")
        message = told["message"]
        assert_deliverable(message)
        if target_of(message) in self.answers:
            return self.answers[target_of(message)]
        self.messages.append(message)
        return 200, {"name": f"projects/demo-test/messages/{len(self.messages)}"}


def target_of(message: Mapping[str, Any]) -> str:
    """Return the installation id or token of a message."""
    return str(message.get("fid") or message["token"])


def refused(status: int, code: str, *, field_name: str | None = None) -> tuple[int, Any]:
    """Return a refusal as FCM's documentation has it."""
    details: list[dict[str, Any]] = [{"@type": _FCM_ERROR, "errorCode": code}]
    if field_name is not None:
        violation = {"field": field_name, "description": "Invalid registration token"}
        details.append({"@type": _BAD_REQUEST, "fieldViolations": [violation]})
    error = {"code": status, "message": "As told.", "status": code, "details": details}
    return status, {"error": error}


def assert_valid(value: Any, schema: str | Mapping[str, Any], path: str = "") -> None:
    """Assert that a value is as a schema of the discovery document says; it must not have more."""
    told = DISCOVERY["schemas"][schema] if isinstance(schema, str) else schema
    if "$ref" in told:
        assert_valid(value, str(told["$ref"]), path)
        return
    kinds: Mapping[str, type] = {"string": str, "boolean": bool, "object": dict, "any": object}
    assert isinstance(value, kinds[told["type"]]), f"{path} is no {told['type']}"
    if not isinstance(value, dict) or told["type"] != "object":
        return
    for name, each in value.items():
        inner = told.get("properties", {}).get(name, told.get("additionalProperties"))
        assert inner is not None, f"{path}.{name} is not known"
        assert_valid(each, inner, f"{path}.{name}")


def assert_deliverable(message: Mapping[str, Any]) -> None:
    """Assert what the descriptions say besides: one target, free names, headers of Web Push."""
    assert len({"token", "fid", "topic", "condition"} & message.keys()) == 1
    data, headers = message["webpush"]["data"], message["webpush"]["headers"]
    assert not [each for each in data if _RESERVED.fullmatch(each)]
    assert len(json.dumps(data).encode()) < 4096
    assert headers.keys() <= {"TTL", "Urgency", "Topic"}
    assert headers["TTL"].isdigit()
    assert headers["Urgency"] in {"very-low", "low", "normal", "high"}
    assert TOPIC.fullmatch(headers["Topic"])


@pytest.fixture
def push_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Switch push on."""
    monkeypatch.setenv("PUNKTWERK_PUSH_KEY", EXAMPLE_KEY)
    return EXAMPLE_KEY


@pytest.fixture
def fcm(push_key: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fcm]:
    """Switch push on, and send it to a stand-in."""
    made = Fcm()
    with serving(made.answer) as url:
        made.url = url
        monkeypatch.setenv("PUNKTWERK_FCM_URL", url)
        yield made
