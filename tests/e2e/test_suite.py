"""The running product, as an integrator meets it: the official client, and webhooks that arrive."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import beep.client
import pytest
import requests
from beep import BeepClient

from tests.e2e.conftest import STOP_TIMEOUT_S, Run, eventually, running, stop
from tests.support.receivers import Received, Receiver, receiving, status, verify

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]

RULES = {"pointsPerEuro": 10, "minimumPurchase": 5.0, "pointsPerCheckin": 5}
METADATA = "/.well-known/oauth-authorization-server"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture
def live(run: Run, monkeypatch: pytest.MonkeyPatch) -> BeepClient:
    """The official client with a live key."""
    monkeypatch.setattr(beep.client, "API_BASE", run.base_url)
    return BeepClient(run.key)


@pytest.fixture
def sandbox(run: Run, monkeypatch: pytest.MonkeyPatch) -> BeepClient:
    """The official client with a test key."""
    monkeypatch.setattr(beep.client, "API_BASE", run.base_url)
    return BeepClient(run.facts["keys"]["test"])


def create_program(run: Run, **fields: Any) -> str:
    body = {
        "storeId": run.store_id,
        "programName": "Punkte",
        "programType": "points",
        "rules": RULES,
        "isActive": True,
        **fields,
    }
    return run.post("createLoyaltyProgram", body)["programId"]


def register(run: Run, receiver: Receiver, **fields: Any) -> str:
    """Register a receiver for all loyalty events; return the secret."""
    body = {"storeId": run.store_id, "url": receiver.url, "events": ["loyalty.*"], **fields}
    return run.post("getLoyaltyWebhookEvents", body)["secret"]


def of_program(receiver: Receiver, program_id: str) -> list[Received]:
    return [each for each in receiver.received if each.event["data"]["programId"] == program_id]


def test_all_ten_methods_of_the_official_client_work_live(run: Run, live: BeepClient) -> None:
    loyalty = live.loyalty
    created = loyalty.create_program(
        storeId=run.store_id, programName="Punkte", programType="points", rules=RULES, isActive=True
    )
    program_id = created["programId"]
    assert created.keys() == {"success", "programId", "storeId", "createdAt"}
    assert re.fullmatch(TIME, created["createdAt"])
    updated = loyalty.update_program(program_id, programName="Neue Punkte")
    assert updated["success"] is True
    assert loyalty.get_program(program_id)["program"]["programName"] == "Neue Punkte"
    listed = loyalty.get_store_programs(run.store_id)["programs"]
    assert program_id in [each["programId"] for each in listed]

    enrolled = loyalty.enroll(program_id, "user_xyz")
    assert (enrolled["currentBalance"], enrolled["alreadyEnrolled"]) == (0, False)
    added = loyalty.add_points(
        program_id=program_id, user_id="user_xyz", points=50, transaction_id="PB-TXN-9876"
    )
    assert (added["pointsAdded"], added["newBalance"]) == (50, 50)
    again = loyalty.add_points(
        program_id=program_id, user_id="user_xyz", points=50, transaction_id="PB-TXN-9876"
    )
    assert (again["entryId"], again["newBalance"]) == (added["entryId"], 50)
    redeemed = loyalty.redeem_points(
        programId=program_id, userId="user_xyz", points=20, rewardDescription="10% Rabatt"
    )
    assert (redeemed["pointsRedeemed"], redeemed["newBalance"]) == (20, 30)
    synced = loyalty.sync_external(
        programId=program_id,
        userId="user_xyz",
        action="add",
        points=50,
        source="payback_system",
        externalTransactionId="PB-TXN-9877",
    )
    assert synced["message"] == "External sync: add successful"
    assert (synced["previousBalance"], synced["newBalance"]) == (30, 80)
    balance = loyalty.get_customer_balance(program_id, "user_xyz")
    figures = ("currentBalance", "totalEarned", "totalRedeemed", "isActive")
    assert [balance[name] for name in figures] == [80, 100, 20, True]
    assert loyalty.get_analytics(program_id)["success"] is True


def test_the_official_clients_methods_for_catalog_and_stores_work_live(
    run: Run, live: BeepClient
) -> None:
    catalog, store_id = live.catalog, run.store_id
    milk = {"ean": "4005500087861", "name": "Bio-Vollmilch 3,5%", "brand": "BioHof", "vat": 7}

    inserted = catalog.insert_product(storeId=store_id, price=1.49, **milk)
    product_id = inserted["productId"]
    assert (inserted["outcome"], inserted["product"]["price"]) == ("created", 1.49)
    imported = catalog.bulk_import(store_id, [{**milk, "price": 1.59}, {"name": "Nothing"}])
    assert (imported["updated"], imported["failed"]) == (1, 1)
    listed = catalog.list_products(storeId=store_id, limit=100)["products"]
    assert product_id in [each["productId"] for each in listed]
    product = catalog.get_product(product_id)["product"]
    assert (product["price"], product["priceHistory"][0]["price"]) == (1.59, 1.49)
    assert catalog.register_to_store(product_id, store_id)["outcome"] == "unchanged"

    stores = live.stores.list()["stores"]
    assert live.stores.get(store_id)["store"] in stores


def test_all_ten_methods_of_the_official_client_work_in_the_sandbox(
    run: Run, live: BeepClient, sandbox: BeepClient
) -> None:
    loyalty = sandbox.loyalty
    before = live.loyalty.get_store_programs(run.store_id)["count"]
    program = {"programId": "lp_abc123"}
    member = {**program, "userId": "user_xyz"}
    answers = [
        loyalty.create_program(
            storeId=run.store_id, programName="Punkte", programType="points", rules=RULES
        ),
        loyalty.update_program("lp_abc123", programName="Neue Punkte"),
        loyalty.get_program("lp_abc123"),
        loyalty.get_store_programs(run.store_id),
        loyalty.enroll("lp_abc123", "user_xyz"),
        loyalty.add_points(
            program_id="lp_abc123", user_id="user_xyz", points=50, transaction_id="PB-TXN-9876"
        ),
        loyalty.redeem_points(**member, points=20, rewardDescription="10% Rabatt"),
        loyalty.get_analytics("lp_abc123"),
        loyalty.get_customer_balance("lp_abc123", "user_xyz"),
        loyalty.sync_external(**member, action="add", points=50, source="payback_system"),
    ]

    assert [answer["_sandbox"] for answer in answers] == [True] * 10
    assert live.loyalty.get_store_programs(run.store_id)["count"] == before


def test_a_webhook_arrives_for_each_event_and_the_analytics_become_exact(run: Run) -> None:
    reward = {"title": "Kaffee", "type": "free_product", "requiredPoints": 100}
    user_id = "anna+käse/1%@example.com"  # an id that must be encoded to be part of a path
    with receiving() as receiver:
        secret = register(run, receiver)
        program_id = create_program(run, rewards=[reward])
        member = {"programId": program_id, "userId": user_id}
        run.post("enrollInLoyaltyProgram", member)
        run.post("addLoyaltyPoints", {**member, "purchaseAmount": 12.9, "transactionId": "r1"})
        run.post("redeemLoyaltyPoints", {**member, "points": 100, "rewardDescription": "Kaffee"})
        arrived = eventually(lambda: len(of_program(receiver, program_id)) >= 5)

        received = of_program(receiver, program_id)
        assert arrived, f"only {[each.type for each in received]}"

    by_type = {each.type: each for each in received}
    assert sorted(each.type for each in received) == [
        "loyalty.enrollment",
        "loyalty.milestone_reached",
        "loyalty.points_earned",
        "loyalty.points_redeemed",
        "loyalty.reward_unlocked",
    ]
    for each in received:
        verify(each, secret)
        assert each.headers["x-beep-event"] == each.type
        assert each.event["data"]["userId"] == user_id
    earned = by_type["loyalty.points_earned"].event["data"]
    assert (earned["points"], earned["newBalance"], earned["transactionId"]) == (129, 129, "r1")
    assert by_type["loyalty.points_redeemed"].event["data"]["newBalance"] == 29
    exact = {
        "success": True,
        "totalMembers": 1,
        "totalPointsIssued": 129,
        "totalRedemptions": 1,
        "redemptionRate": 100,
        "earnedThisMonth": 129,
        "redeemedThisMonth": 100,
    }
    assert eventually(lambda: run.get("getLoyaltyAnalytics", programId=program_id) == exact)


def attempts_at_first(receiver: Receiver) -> list[Received]:
    """What came of the event that came first: others of the store may come in between."""
    received = list(receiver.received)
    return [
        each for each in received if each.headers["webhook-id"] == received[0].headers["webhook-id"]
    ]


def test_a_failed_webhook_is_sent_again(run: Run) -> None:
    with receiving() as receiver:
        receiver.answers = [status(500, "not yet")]
        secret = register(run, receiver, events=["loyalty.enrollment"])
        program_id = create_program(run)
        run.post("enrollInLoyaltyProgram", {"programId": program_id, "userId": "anna"})
        assert eventually(lambda: len(attempts_at_first(receiver)) >= 2)

    first, second = attempts_at_first(receiver)
    assert second.body == first.body
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    verify(second, secret)


def test_reads_answer_get(run: Run) -> None:
    program_id = create_program(run)
    member = {"programId": program_id, "userId": "user_xyz"}
    run.post("enrollInLoyaltyProgram", member)

    assert run.get("getLoyaltyProgram", programId=program_id)["program"]["rules"] == RULES
    for action in ("getLoyaltyPrograms", "getStoreLoyaltyPrograms"):
        listed = run.get(action, storeId=run.store_id)["programs"]
        assert program_id in [each["programId"] for each in listed]
    assert run.get("getCustomerBalance", **member)["currentBalance"] == 0
    assert run.get("getLoyaltyAnalytics", programId=program_id)["totalPointsIssued"] == 0


def test_an_action_is_a_function_of_its_own_too(run: Run) -> None:
    program_id = create_program(run)
    response = requests.post(
        f"{run.facts['urls']['functions']}/getLoyaltyProgram",
        json={"programId": program_id},
        headers={"Authorization": f"Bearer {run.key}"},
        timeout=60,
    )

    assert response.status_code == 200
    assert response.json()["program"]["programId"] == program_id


def test_another_accounts_store_is_not_found(run: Run) -> None:
    response = requests.post(
        f"{run.base_url}/getLoyaltyPrograms",
        json={"storeId": run.store_id},
        headers={"Authorization": f"Bearer {run.facts['keys']['live']['GROW']}"},
        timeout=30,
    )

    assert (response.status_code, response.json()["error"]) == (404, "STORE_NOT_FOUND")


def test_the_api_describes_itself(run: Run) -> None:
    document = requests.get(run.facts["urls"]["openapi"], timeout=30).json()
    page = requests.get(run.facts["urls"]["docs"], timeout=30)

    assert document["openapi"].startswith("3.1")
    assert any(path.endswith("/addLoyaltyPoints") for path in document["paths"])
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")


def test_the_issuer_leads_to_a_token(run: Run) -> None:
    issuer = run.facts["urls"]["oauth"]
    url = urlsplit(issuer)
    below = requests.get(f"{issuer}{METADATA}", timeout=30).json()
    before = requests.get(f"{url.scheme}://{url.netloc}{METADATA}{url.path}", timeout=30).json()
    asked = {"grant_type": "client_credentials", "scope": "stores.read"}
    by = (hashlib.sha256(run.key.encode()).hexdigest()[:16], run.key)

    answer = requests.post(below["token_endpoint"], data=asked, auth=by, timeout=30).json()

    assert below == before
    assert below["issuer"] == issuer
    assert answer["scope"] == "stores.read"
    assert run.post("fetchStores", {}, key=answer["access_token"])["success"] is True


def test_sigterm_leaves_no_process_and_no_port(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        addresses = [
            re.sub(r"^https?://|/.*$", "", each)
            for each in (
                *(started.facts[name] for name in ("baseUrl", "firestoreHost", "authHost")),
                *started.facts["urls"].values(),
            )
        ]
        family = descendants(started.process.pid)
        assert len(family) > 4
        assert all(is_listening(address) for address in addresses)

        assert stop(started.process) == 0

        left = family & set(processes())
        assert eventually(lambda: not family & set(processes()), STOP_TIMEOUT_S), left
    assert not [address for address in addresses if is_listening(address)]
    assert not started_in(tmp_path)
    assert not (tmp_path / "dev.json").exists()


def test_the_next_run_has_the_data_and_the_death_of_firestore_ends_it(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        member = {"programId": "lp_demo-points", "userId": "user_demo_anna"}
        first.post("addLoyaltyPoints", {**member, "points": 7, "transactionId": "kept"})
        balance = first.post("getCustomerBalance", member)
    with running(tmp_path) as second:
        assert second.facts["keys"] == first.facts["keys"]
        assert second.post("getCustomerBalance", member) == balance

        family = descendants(second.process.pid)
        [firestore] = [pid for pid in family if is_firestore(pid)]
        os.kill(firestore, signal.SIGKILL)

        assert second.process.wait(STOP_TIMEOUT_S) == 1
        assert eventually(lambda: not family & set(processes()), STOP_TIMEOUT_S)
    said = (tmp_path / "run.log").read_text()
    assert said.startswith("Going on with the data of ")
    assert "the emulator of firestore has ended, so everything was stopped" in said


def is_firestore(pid: int) -> bool:
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return " -jar " in found and "cloud-firestore-emulator" in found


def processes() -> dict[int, int]:
    """The parent of every process that is not a zombie."""
    rows = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,state="], capture_output=True, text=True, check=True
    ).stdout
    found = (row.split() for row in rows.splitlines())
    return {int(pid): int(parent) for pid, parent, state in found if not state.startswith("Z")}


def descendants(root: int) -> set[int]:
    table = processes()
    family = {root}
    while more := {pid for pid, parent in table.items() if parent in family} - family:
        family |= more
    return family


def started_in(local: Path) -> list[str]:
    """Processes whose environment names the folder, on systems that show it."""
    wanted = f"PUNKTWERK_LOCAL={local}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if int(environment.parent.name) != os.getpid() and wanted in environment.read_bytes():
                found.append(environment.parent.name)
        except OSError:  # it has ended meanwhile, or is not ours
            continue
    return found


def is_listening(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, int(port))) == 0
