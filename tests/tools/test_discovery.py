"""What a deployment would deploy: every function with its options, and each starts alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from functions.catalog import (
    ENDPOINT_BY_NAME,
    GATEWAY,
    PSP_WEBHOOK,
    QUEUES,
    SCHEDULES,
    SHOP_WEBHOOK,
    TRIGGERS,
    WALLET_PASSES,
)
from shared.domain.loyalty import loyalty_events
from shared.store import client, paths
from tests.support.library import library
from tests.support.merchants import Member
from tests.tools.start_functions import LIBRARIES
from tools.emulators import LOOPBACK, ROOT, FirestoreEmulator, free_port, get
from tools.guard import Guarded

# Every function is started once for all of these tests, which takes a busy machine its time.
pytestmark = [pytest.mark.xdist_group("discovery"), pytest.mark.timeout(400)]

# A process of each function takes two minutes; two functions are served as in production always.
starts_each = pytest.mark.wide

HERE = Path(__file__).parent
START_TIMEOUT_S = 60
HTTP_NAMES = [GATEWAY, PSP_WEBHOOK, SHOP_WEBHOOK, WALLET_PASSES, *ENDPOINT_BY_NAME]
TRIGGER_BY_NAME = {each.name: each for each in TRIGGERS}
NAMES = [*HTTP_NAMES, *TRIGGER_BY_NAME, *(each.name for each in (*QUEUES, *SCHEDULES))]
SECRET = {
    "key": "PUNKTWERK_SECRET_KEYS",
    "secret": "PUNKTWERK_SECRET_KEYS",
    "projectId": "my-project",
}


@pytest.fixture(scope="module")
def deployment() -> dict[str, Any]:
    """What the Firebase CLI finds."""
    env = {name: value for name, value in os.environ.items() if name != "PUNKTWERK_REGION"}
    done = subprocess.run(
        ["node", str(HERE / "discover.cjs")],
        env={**env, "FUNCTIONS_DISCOVERY_TIMEOUT": "60"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def options(deployment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is set for each function, by its name."""
    return {
        each["id"]: {name: value for name, value in each.items() if value is not None}
        for each in deployment["endpoints"]
    }


@pytest.fixture(scope="module")
def upload(deployment: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the files that would be uploaded, and no others."""
    folder = tmp_path_factory.mktemp("upload")
    for name in deployment["files"]:
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy)
    return folder


@pytest.fixture(scope="module")
def started(upload: Path, firestore_emulator: FirestoreEmulator) -> dict[str, dict[str, Any]]:
    """Every function, each started in a process of its own, with its answers."""
    done = subprocess.run(
        [sys.executable, str(HERE / "start_functions.py")],
        cwd=upload,
        env=environment("demo-alone"),
        input=json.dumps({name: requests_for(name) for name in NAMES}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return facts


def environment(project: str) -> dict[str, str]:
    return {**os.environ, "GOOGLE_CLOUD_PROJECT": project, "PYTHONPATH": "."}


def requests_for(name: str) -> list[dict[str, Any]]:
    if name == GATEWAY:
        return [
            {"method": "POST", "path": "/api/v1/addLoyaltyPoints"},
            {"method": "POST", "path": "/api/v1/nothing"},
        ]
    if name in {PSP_WEBHOOK, SHOP_WEBHOOK}:
        # Cloud Functions cuts off the function's own name, and functions-framework does not.
        system = "custom" if name == PSP_WEBHOOK else "generic"
        paths = (f"/{system}/store_1", f"/{name}/{system}/store_1", "/nobody/store_1")
        return [{"method": "POST", "path": path, "body": "{}"} for path in paths]
    if name == WALLET_PASSES:
        paths = ("/apple/v1/passes/p/s", f"/{name}/apple/v1/passes/p/s", "/nobody")
        return [{"method": "GET", "path": path} for path in paths]
    if name in ENDPOINT_BY_NAME:
        return [{"method": "POST"}, {"method": "PUT"}]
    if name in TRIGGER_BY_NAME:
        document = re.sub(r"{\w+}", "absent", TRIGGER_BY_NAME[name].document)
        return [{"method": "POST", "headers": cloud_event(document)}]
    sync = {"storeId": "absent", "kind": "pos", "system": "korona", "syncId": "absent"}
    data = {
        "continueSync": sync,
        "continueErasure": {"erasureId": "absent"},
        "continueImport": {"importId": "absent"},
        "continueTierRecalculation": {"recalculationId": "absent"},
        "continueTestClock": {"accountId": "acc_test_absent"},
        "writeToShop": {"writeId": "absent"},
        "updateWalletPass": {"passId": "absent"},
        "sendPush": {"membershipId": "absent", "kind": "earned", "cause": "absent"},
        "continueShopCardFill": {"storeId": "absent", "system": "generic", "fillId": "absent"},
    }.get(name, {"deliveryId": "absent"})
    return [{"method": "POST", "body": json.dumps({"data": data})}]


def cloud_event(document: str) -> dict[str, str]:
    """Return the headers of what Eventarc sends when a document is created."""
    database = "projects/demo-alone/databases/(default)"
    return {
        "ce-id": "1",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.firestore.document.v1.created",
        "ce-source": f"//firestore.googleapis.com/{database}",
        "ce-subject": f"documents/{document}",
        "ce-document": document,
        "Content-Type": "application/protobuf",
    }


def test_lists_every_function_of_the_catalog(options: dict[str, dict[str, Any]]) -> None:
    assert sorted(options) == sorted(NAMES)


def test_deploys_with_a_whole_cpu_in_the_region(options: dict[str, dict[str, Any]]) -> None:
    common = {
        "platform": "gcfv2",
        "runtime": "python311",
        "region": "europe-west6",
        "availableMemoryMb": 512,
        "cpu": 1,
        "concurrency": 32,
    }

    for name in NAMES:
        found = {each: options[name][each] for each in (*common, "entryPoint")}
        assert found == {**common, "entryPoint": name}


def test_lets_everybody_call_endpoints(options: dict[str, dict[str, Any]]) -> None:
    # The API's own keys decide; without this Cloud Run would ask for an identity first.
    for name in HTTP_NAMES:
        assert options[name]["httpsTrigger"] == {"invoker": ["public"]}, name


def test_hands_secrets_to_what_needs_them(options: dict[str, dict[str, Any]]) -> None:
    schedules = (
        "settlePayments",
        "settleOrders",
        "runSyncs",
        "runMemberCalendar",
        "finishErasures",
    )
    for name in (*HTTP_NAMES, *(each.name for each in QUEUES), *schedules, "onMemberEnrolled"):
        assert options[name]["secretEnvironmentVariables"] == [SECRET], name


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.name)
def test_retries_triggers(options: dict[str, dict[str, Any]], trigger: Any) -> None:
    assert options[trigger.name]["eventTrigger"] == {
        "eventType": "google.cloud.firestore.document.v1.created",
        "retry": True,
        "eventFilters": {"database": "(default)", "namespace": "(default)"},
        "eventFilterPathPatterns": {"document": trigger.document},
    }


@pytest.mark.parametrize(
    ("name", "concurrent_max", "per_s_max"),
    [("deliverWebhook", 500, 500), ("deliverWebhookSlowly", 200, 100)],
)
def test_limits_the_queues(
    options: dict[str, dict[str, Any]], name: str, concurrent_max: int, per_s_max: int
) -> None:
    # Nobody but the queue may call it: no invoker is named.
    assert options[name]["taskQueueTrigger"] == {
        "rateLimits": {
            "maxConcurrentDispatches": concurrent_max,
            "maxDispatchesPerSecond": per_s_max,
        },
        "retryConfig": {"maxAttempts": 5, "minBackoffSeconds": 5},
    }


def test_sweeps_every_two_minutes(options: dict[str, dict[str, Any]]) -> None:
    assert options["sweepOutbox"]["scheduleTrigger"] == {
        "schedule": "every 2 minutes",
        "timeZone": None,
        "retryConfig": {},
    }
    assert options["sweepOutbox"]["maxInstances"] == 1
    assert options["sweepOutbox"]["timeoutSeconds"] == 540


def test_goes_on_with_syncs_for_minutes(options: dict[str, dict[str, Any]]) -> None:
    assert options["continueSync"]["timeoutSeconds"] == 540
    assert options["syncPOS"]["timeoutSeconds"] == options[GATEWAY]["timeoutSeconds"] == 300
    assert options["addLoyaltyPoints"]["timeoutSeconds"] == 60
    assert options["runSyncs"]["scheduleTrigger"]["schedule"] == "every 5 minutes"


def test_settles_payments_every_five_minutes(options: dict[str, dict[str, Any]]) -> None:
    assert options["settlePayments"]["scheduleTrigger"]["schedule"] == "every 5 minutes"


@pytest.mark.parametrize("name", ["verifyLedgers", "onEntryCreated", "onCheckIn"])
def test_keeps_secrets_from_what_needs_none(options: dict[str, dict[str, Any]], name: str) -> None:
    assert options[name].get("secretEnvironmentVariables", []) == []


def test_asks_for_the_apis_that_it_needs(deployment: dict[str, Any]) -> None:
    assert sorted(deployment["apis"]) == [
        "cloudscheduler.googleapis.com",
        "cloudtasks.googleapis.com",
    ]


def test_takes_the_region_from_the_environment(tmp_path: Path) -> None:
    port = free_port()
    module = "firebase_functions.private.serving"
    env = {**os.environ, "ADMIN_PORT": str(port), "PUNKTWERK_REGION": "us-central1"}
    log = tmp_path / "serving.log"
    server = Guarded([sys.executable, "-m", module], log=log, env=env, cwd=ROOT)
    try:
        text = wait_for(port, "/__/functions.yaml").decode()
    finally:
        server.stop()

    assert text.count("us-central1") == len(NAMES)
    assert "europe-west6" not in text


def test_uploads_the_product_alone(deployment: dict[str, Any]) -> None:
    files = deployment["files"]

    assert {Path(name).parts[0] for name in files} == {
        "functions",
        "main.py",
        "requirements.txt",
        "shared",
    }
    assert [name for name in files if "__pycache__" in name or Path(name).name[0] == "."] == []


def _is_handler(module: str, edges: tuple[str, ...]) -> bool:
    """Tell whether it is a module of the edge, and not a package: ``beep`` has one more level."""
    depth = module.count(".") - module.startswith("functions.beep.")
    return depth > 1 and module.split(".")[1] in edges


@starts_each
@pytest.mark.parametrize("name", NAMES)
def test_imports_its_own_module_alone(started: dict[str, dict[str, Any]], name: str) -> None:
    edges = ("beep", "notifications", "triggers", "tasks", "schedules")
    imported = [
        each
        for each in started[name]["modules"]
        if each.startswith("firebase_") or _is_handler(each, edges)
    ]

    tasks = {each.name: each.module for each in (*TRIGGERS, *QUEUES, *SCHEDULES)}
    modules = tasks | {each: found.module for each, found in ENDPOINT_BY_NAME.items()}
    modules[PSP_WEBHOOK] = "functions.notifications.psp_webhook"
    modules[SHOP_WEBHOOK] = "functions.notifications.shop_webhook"
    modules[WALLET_PASSES] = "functions.notifications.wallet_passes"
    assert imported == ([modules[name]] if name in modules else [])


@starts_each
@pytest.mark.parametrize("name", NAMES)
def test_starts_without_the_libraries_that_some_calls_need(
    started: dict[str, dict[str, Any]], name: str
) -> None:
    assert [each for each in started[name]["modules"] if each in LIBRARIES] == []


@starts_each
@pytest.mark.parametrize("name", list(ENDPOINT_BY_NAME))
def test_endpoints_start_alone(started: dict[str, dict[str, Any]], name: str) -> None:
    without_key, wrong_method = started[name]["answers"]

    if ENDPOINT_BY_NAME[name].needs_key:
        assert without_key["status"] == 401
        assert json.loads(without_key["text"])["error"] == "MISSING_AUTH_HEADER"
    else:
        assert (without_key["status"], json.loads(without_key["text"])["success"]) == (200, True)
    assert wrong_method["status"] == 405
    assert wrong_method["allow"] == ", ".join([*ENDPOINT_BY_NAME[name].methods, "OPTIONS"])


@starts_each
def test_the_gateway_starts_alone(started: dict[str, dict[str, Any]]) -> None:
    without_key, unknown = started[GATEWAY]["answers"]

    assert without_key["status"] == 401
    assert json.loads(without_key["text"])["error"] == "MISSING_AUTH_HEADER"
    assert unknown["status"] == 404
    assert json.loads(unknown["text"])["error"] == "UNKNOWN_ACTION"


@starts_each
@pytest.mark.parametrize("name", list(TRIGGER_BY_NAME))
def test_triggers_start_alone(started: dict[str, dict[str, Any]], name: str) -> None:
    # What was created is gone: there is nothing to tell, and no reason to try again.
    assert [answer["status"] for answer in started[name]["answers"]] == [200]


@starts_each
@pytest.mark.parametrize("name", [each.name for each in QUEUES])
def test_queues_start_alone(started: dict[str, dict[str, Any]], name: str) -> None:
    (answer,) = started[name]["answers"]

    assert (answer["status"], json.loads(answer["text"])) == (200, {"result": None})


@starts_each
@pytest.mark.parametrize("name", [PSP_WEBHOOK, SHOP_WEBHOOK, WALLET_PASSES])
def test_what_others_call_starts_alone(started: dict[str, dict[str, Any]], name: str) -> None:
    answers = started[name]["answers"]

    assert [each["status"] for each in answers] == [401, 401, 401]
    assert {json.loads(each["text"])["error"] for each in answers} == {"NOTIFICATION_REFUSED"}


@starts_each
@pytest.mark.parametrize("name", [each.name for each in SCHEDULES])
def test_schedules_start_alone(started: dict[str, dict[str, Any]], name: str) -> None:
    (answer,) = started[name]["answers"]

    assert (answer["status"], answer["text"]) == (200, "OK")


@pytest.fixture
def serve(upload: Path, tmp_path: Path) -> Any:
    """Serve a function with the command that production runs; returns its port."""
    servers: list[Guarded] = []

    def run(name: str) -> int:
        port = free_port()
        command = ["functions-framework", "--target", name, "--host", LOOPBACK, "--port", str(port)]
        script = str(Path(sys.executable).with_name(command[0]))
        log = tmp_path / f"{name}.log"
        env = environment(library().project)
        servers.append(Guarded([script, *command[1:]], log=log, env=env, cwd=upload))
        wait_for(port, "/")
        return port

    yield run
    for server in servers:
        server.stop()


def wait_for(port: int, path: str) -> bytes:
    """Return what a server answers once it does."""
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline_s:
        answer = get(port, path)
        if answer is not None:
            return answer
        time.sleep(0.05)
    raise TimeoutError(f"port {port} does not answer")


def test_serves_an_endpoint(serve: Any, member: Member) -> None:
    port = serve("getCustomerBalance")

    answer = requests.post(
        f"http://{LOOPBACK}:{port}/",
        json=member.ids,
        headers={"Authorization": f"Bearer {member.api.key}"},
        timeout=30,
    )

    assert answer.status_code == 200
    assert answer.json()["currentBalance"] == 100


def test_serves_a_trigger(serve: Any, member: Member) -> None:
    port = serve("onEntryCreated")
    entry = client.query(f"{paths.member(member.membership_id)}/entries")[0]
    event = paths.event(loyalty_events.booking_event_id(member.membership_id, entry.id))
    assert client.get_one(event).data is None

    answer = requests.post(
        f"http://{LOOPBACK}:{port}/", headers=cloud_event(entry.path), timeout=30
    )

    assert answer.status_code == 200
    assert (client.get_one(event).data or {})["type"] == "loyalty.points_earned"
