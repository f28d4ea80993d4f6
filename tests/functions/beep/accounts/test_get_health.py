"""getHealth: what anybody may know of a server."""

from __future__ import annotations

import json
import re
import threading
import tomllib

import pytest

from shared import config
from shared.services.accounts import health
from shared.store import rpc
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
    anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
        patch.setattr(rpc, "_connection", None)
        patch.setattr(rpc, "RPC_TIMEOUT_S", 0.2)
        first = anonymous("getHealth")
    second = anonymous("getHealth")  # it answers again, and the finding is told for 5 s
    health.forget()

    for answer in (first, second):
        details = {"firestore": False, "taskQueue": False, "encryptionKeys": True}
        message = "Something that this server needs does not work."
        assert_refused(answer, 503, "UNHEALTHY", details, message=message)
        assert not re.search(r"127\.0|demo|Firestore|grpc", json.dumps(answer.body))
    assert anonymous("getHealth").body == WELL


def test_the_version_is_that_of_the_project_and_has_its_section_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sections = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert project["version"] == config.VERSION
    assert sections[:2] == ["Unreleased", config.VERSION]
    assert all(re.fullmatch(r"0\.\d+\.\d+", each) for each in sections[1:])
