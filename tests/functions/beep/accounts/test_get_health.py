"""getHealth: what anybody may know of a server."""

from __future__ import annotations

import json
import re
import threading
import time
import tomllib
from typing import Any

import pytest

from shared import config
from shared.services.accounts import health
from shared.store import client, rpc
from shared.store.rpc import FirestoreConnection
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import watched
from tools.emulators import ROOT

WELL = {
    "success": True,
    "version": config.VERSION,
    "commit": "7294cd0",
    "firestore": True,
    "taskQueue": False,
    "encryptionKeys": True,
}


def test_needs_no_key(anonymous: Api) -> None:
    with nothing_written():
        assert (anonymous("getHealth").status, anonymous("getHealth").body) == (200, WELL)
        assert anonymous.get("getHealth").body == WELL


def test_a_key_that_is_given_must_work(merchant: Merchant, anonymous: Api) -> None:
    wrong = Api(anonymous.app, "bk_live_sk_" + "A" * 32)

    assert merchant.api.ok("getHealth") == WELL
    assert_refused(wrong("getHealth"), 401, "INVALID_API_KEY")


def test_asking_often_costs_one_read(anonymous: Api) -> None:
    with watched() as traffic:
        threads = [threading.Thread(target=anonymous, args=("getHealth",)) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        anonymous("getHealth")

    assert traffic.cost == (1, 1, 0)


def test_looks_again_after_some_seconds(anonymous: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anonymous("getHealth")
    monkeypatch.setattr(health, "KEPT_S", 0)
    with watched() as traffic:
        anonymous("getHealth")

    assert traffic.cost == (1, 1, 0)


def test_says_that_queues_are_configured(anonymous: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_TASKS_EMULATOR_HOST", "127.0.0.1:1")

    assert anonymous("getHealth").body == {**WELL, "taskQueue": True}


def test_a_commit_that_nobody_has_named_is_null(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUNKTWERK_COMMIT")

    assert anonymous("getHealth").body == {**WELL, "commit": None}


def test_a_database_that_does_not_answer_is_503_for_a_while(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
        patch.setattr(rpc, "_connection", None)
        patch.setattr(health, "LOOK_TIMEOUT_S", 0.2)
        first = anonymous("getHealth")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    second = anonymous("getHealth")  # it answers again, and the finding is told for 5 s
    health.forget()

    for answer in (first, second):
        details = {"firestore": False, "taskQueue": False, "encryptionKeys": True}
        message = "Something that this server needs does not work."
        assert_refused(answer, 503, "UNHEALTHY", details, message=message)
        assert not re.search(r"127\.0|demo|Firestore|grpc", json.dumps(answer.body))
    assert (line["severity"], line["works"]) == ("ERROR", details)
    assert anonymous("getHealth").body == WELL


def hang(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Let the database hang; return an event that tells it, and one that ends it."""
    asked, answers = threading.Event(), threading.Event()

    def send(*_: Any) -> list[Any]:
        asked.set()
        assert answers.wait(30)
        return []

    monkeypatch.setattr(rpc, "send", send)
    return asked, answers


def test_while_one_looks_at_a_database_that_hangs_the_others_are_told_the_last_finding(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anonymous("getHealth").status == 200
    monkeypatch.setattr(health, "KEPT_S", -1)
    asked, answers = hang(monkeypatch)
    looking = threading.Thread(target=anonymous, args=("getHealth",))
    looking.start()
    try:
        assert asked.wait(10)
        assert [anonymous("getHealth").status for _ in range(3)] == [200] * 3
        assert looking.is_alive()
    finally:
        answers.set()
        looking.join()


def test_without_a_finding_nobody_waits_longer_than_a_look(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LOOK_TIMEOUT_S", 0.05)
    asked, answers = hang(monkeypatch)
    looking = threading.Thread(target=anonymous, args=("getHealth",))
    looking.start()
    try:
        assert asked.wait(10)
        answer = anonymous("getHealth")
        assert looking.is_alive()
    finally:
        answers.set()
        looking.join()

    details = {"firestore": False, "taskQueue": False, "encryptionKeys": True}
    assert_refused(answer, 503, "UNHEALTHY", details)


def test_a_look_has_a_short_time(anonymous: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    left_s: list[float] = []
    real = FirestoreConnection.call

    def call(self: FirestoreConnection, name: str, request: Any, deadline_s: float) -> list[Any]:
        left_s.append(deadline_s - time.monotonic())
        return real(self, name, request, deadline_s)

    monkeypatch.setattr(FirestoreConnection, "call", call)
    anonymous("getHealth")
    client.get_one("sweeps/health")

    look_s, other_s = left_s
    assert look_s <= health.LOOK_TIMEOUT_S == 2
    assert other_s > health.LOOK_TIMEOUT_S


def test_the_version_is_that_of_the_project_and_has_its_section_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sections = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert project["version"] == config.VERSION
    assert sections[:2] == ["Unreleased", config.VERSION]
    assert all(re.fullmatch(r"0\.\d+\.\d+", each) for each in sections[1:])
