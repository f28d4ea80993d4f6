"""The catalog as Cloud Functions: what is deployed, and what a cold start imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Request

from functions import deploy
from functions.catalog import (
    ENDPOINT_BY_NAME,
    ENDPOINTS,
    GATEWAY,
    PSP_WEBHOOK,
    QUEUES,
    SCHEDULES,
    SHOP_WEBHOOK,
    TRIGGERS,
    WALLET_PASSES,
    Queue,
)
from tests.support.refusals import nothing_written

pytestmark = pytest.mark.xdist_group("deploy")

ROOT = Path(__file__).parents[2]
MODULE_BY_NAME = {name: endpoint.module for name, endpoint in ENDPOINT_BY_NAME.items()} | {
    each.name: each.module for each in (*TRIGGERS, *QUEUES, *SCHEDULES)
}
MODULE_BY_NAME[PSP_WEBHOOK] = "functions.notifications.psp_webhook"
MODULE_BY_NAME[SHOP_WEBHOOK] = "functions.notifications.shop_webhook"
MODULE_BY_NAME[WALLET_PASSES] = "functions.notifications.wallet_passes"

# A process for each function, as in production. What they share is imported once: a module that is
# there too early can only be one too many. tests/tools/test_discovery.py starts each from nothing.
BUILD_EACH_ALONE = """
import importlib, json, os, pkgutil, sys
import flask, functions_framework, pydantic
from google.cloud import firestore
from functions import deploy, http
for layer in ("domain", "schemas", "store", "services"):
    package = importlib.import_module(f"shared.{layer}")
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(each.name)
for name in deploy.NAMES:
    sys.stdout.flush()
    if os.fork() == 0:
        function = deploy.build(name)
        mine = [each for each in sys.modules if each.startswith(("functions.", "firebase_"))]
        print(json.dumps([name, function.__name__, sorted(mine)]), flush=True)
        os._exit(0)
    os.wait()
"""
DESCRIBE_EACH = """
import json
from functions import deploy
for name in deploy.NAMES:
    function = deploy.build(name)
    endpoint = function.__firebase_endpoint__
    print(json.dumps([name, function.__name__, vars(endpoint)], default=str))
"""


def run(code: str, **environment: str) -> list[Any]:
    """Run Python in a process of its own; return the JSON lines that it prints."""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_every_function_has_a_name_of_its_own() -> None:
    names = [GATEWAY, *MODULE_BY_NAME]

    assert sorted(deploy.NAMES) == sorted(names)
    assert len(set(deploy.NAMES)) == len(deploy.NAMES)


def test_there_is_no_other_function() -> None:
    with pytest.raises(AttributeError):
        deploy.build("noSuchFunction")


def test_a_function_imports_its_own_module_and_neither_others_nor_the_sdk() -> None:
    loaded = {name: (called, modules) for name, called, modules in run(BUILD_EACH_ALONE)}

    assert loaded.keys() == set(deploy.NAMES)
    own = {endpoint.module for endpoint in ENDPOINTS} | set(MODULE_BY_NAME.values())
    for name, (called, modules) in loaded.items():
        assert called == name
        assert [each for each in modules if each in own] == [
            MODULE_BY_NAME[name] for _ in range(name != GATEWAY)
        ]
        assert [each for each in modules if each.startswith("firebase_")] == []


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """What the CLI is told of each function."""
    return {name: about for name, _, about in run(DESCRIBE_EACH, ADMIN_PORT="1")}


def test_tells_the_cli_what_to_deploy(described: dict[str, Any]) -> None:
    assert described.keys() == set(deploy.NAMES)
    for name, about in described.items():
        assert about["entryPoint"] == name
        assert about["region"] == ["europe-west6"]
        assert (about["availableMemoryMb"], about["cpu"], about["concurrency"]) == (512, 1, 32)


def test_tells_the_cli_what_starts_a_function(described: dict[str, Any]) -> None:
    assert described[GATEWAY]["httpsTrigger"] == {"invoker": ["public"]}
    assert described["addLoyaltyPoints"]["httpsTrigger"] == {"invoker": ["public"]}
    assert described["addLoyaltyPoints"]["secretEnvironmentVariables"] == [
        {"key": "PUNKTWERK_SECRET_KEYS"}
    ]
    trigger = described["onEntryCreated"]["eventTrigger"]
    assert trigger["eventType"] == "google.cloud.firestore.document.v1.created"
    assert trigger["eventFilterPathPatterns"] == {
        "document": "loyaltyMembers/{membershipId}/entries/{entryId}"
    }
    assert trigger["retry"] is True
    assert described["onMemberEnrolled"]["eventTrigger"]["retry"] is True
    queue = described["deliverWebhook"]["taskQueueTrigger"]
    assert queue["retryConfig"]["maxAttempts"] == 5
    assert queue["rateLimits"]["maxConcurrentDispatches"] == 500
    slow_queue = described["deliverWebhookSlowly"]["taskQueueTrigger"]
    assert slow_queue["rateLimits"]["maxConcurrentDispatches"] == 200
    schedule = described["sweepOutbox"]["scheduleTrigger"]
    assert schedule["schedule"] == "every 2 minutes"
    assert described["settlePayments"]["scheduleTrigger"]["schedule"] == "every 5 minutes"
    for name in (PSP_WEBHOOK, SHOP_WEBHOOK, WALLET_PASSES):
        assert described[name]["httpsTrigger"] == {"invoker": ["public"]}


@pytest.mark.parametrize("queue", QUEUES, ids=lambda each: each.name)
@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"data": null}', '{"data": {}}'])
def test_what_is_no_task_is_refused(queue: Queue, body: str) -> None:
    function = deploy.build(queue.name)

    with nothing_written():
        answer, status = function(Request.from_values(data=body))

    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_gives_secrets_to_what_decrypts(described: dict[str, Any]) -> None:
    given = {name for name, about in described.items() if about.get("secretEnvironmentVariables")}

    without = {"onEntryCreated", "onCheckIn", "verifyLedgers"}
    assert given == set(deploy.NAMES) - without


@pytest.mark.parametrize(
    ("offered", "secrets"),
    [
        ("", []),
        ("apple", ["PUNKTWERK_APPLE_PASS_PEM"]),
        ("google, Apple", ["PUNKTWERK_APPLE_PASS_PEM", "PUNKTWERK_GOOGLE_WALLET_KEY"]),
    ],
)
def test_only_what_speaks_to_wallets_gets_their_credentials(
    monkeypatch: pytest.MonkeyPatch, offered: str, secrets: list[str]
) -> None:
    monkeypatch.setenv("PUNKTWERK_WALLETS", offered)
    found = run(DESCRIBE_EACH, ADMIN_PORT="1")

    given = {
        name: [each["key"] for each in about.get("secretEnvironmentVariables") or ()]
        for name, _, about in found
    }
    common = "PUNKTWERK_SECRET_KEYS"
    told = {"apiGateway", "walletPasses", "addToWallet", "updateWalletPass"}
    assert all(given[name] == [common, *secrets] for name in told)
    assert {tuple(each) for name, each in given.items() if name not in told} <= {(), (common,)}


@pytest.mark.parametrize(
    "module",
    [each.module for each in (*TRIGGERS, *SCHEDULES) if not each.needs_secrets],
)
def test_what_gets_no_secret_cannot_reach_the_vault(module: str) -> None:
    """What loads the vault may need its keys, if only for what is rare."""
    code = f"import sys, {module}; sys.exit('shared.services.vaults' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
