"""syncPOS: the catalog of a till system, and what its receipts earn."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from shared.connectors.pos import korona
from shared.domain.accounts.packages import Package
from shared.domain.systems.syncs import SyncState
from shared.services import credentials
from shared.store import client, paths
from tests.support.branches import Branch
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import watched
from tools.korona_stand_in import COUPLING_ID, PASSWORD

MILK = "4006381333931"
NOTHING = {
    "created": 0,
    "changed": 0,
    "deleted": 0,
    "skipped": 0,
    "receiptsAwarded": 0,
    "receiptsTakenBack": 0,
}
CSV = "id;sku;ean;name;price;vatPercent\r\n1;A-1;4006381333931;Milch;1,49;7\r\n"


def fill(branch: Branch) -> None:
    branch.till.put_product("001", "Milk", "1.49", MILK)
    branch.till.put_product("002", "Butter", "2.29")


def everything_of(branch: Branch) -> str:
    """Return all documents of the merchant's account as text."""
    found: list[client.Snapshot] = []
    for collection in ("syncs", "connections", "events", "pushes", "products"):
        found += client.query(collection, ("storeId", "==", branch.store_id))
    found += client.query("idempotencyKeys")
    for name in ("products", "categories"):
        found += client.query(f"{paths.store(branch.store_id)}/{name}")
    return str([each.data for each in found])


def test_answers_what_was_read_and_what_became_of_it(branch: Branch) -> None:
    fill(branch)
    first = branch.synced()
    branch.till.put_product("001", "Milk", "1.59", MILK)
    second = branch.synced()

    assert first == {
        "success": True,
        "system": "korona",
        "synced": {"products": 2, "categories": 3, "priceUpdates": 0},
        "state": "succeeded",
        "syncId": first["syncId"],
        "changes": {**NOTHING, "created": 5},
        "remarks": [],
        "problem": None,
    }
    assert second["synced"] == {"products": 1, "categories": 0, "priceUpdates": 1}
    assert second["changes"] == {**NOTHING, "changed": 1}
    assert branch.prices() == {"Milk": 159, "Butter": 229}
    assert branch.history(MILK) == [149]
    assert branch.categories() == ["Getreide", "Getränke", "Milch"]


def test_what_was_synced_is_read_with_the_catalogs_own_endpoints(branch: Branch) -> None:
    fill(branch)
    branch.synced()

    found = branch.merchant.api.ok("fetchProducts", {"storeId": branch.store_id})["products"]

    assert {each["name"]: each["price"] for each in found} == {"Milk": 1.49, "Butter": 2.29}
    assert {each["source"] for each in found} == {"korona"}


def test_is_told_once(branch: Branch) -> None:
    fill(branch)
    answer = branch.synced()

    (event,) = branch.events("integration.pos.synced")
    assert event["data"] == {
        "system": "korona",
        "syncId": answer["syncId"],
        "synced": answer["synced"],
        "changes": answer["changes"],
    }


def test_a_repeated_request_is_answered_and_reads_nothing(branch: Branch) -> None:
    fill(branch)
    first = branch.sync(idempotency_key="k")
    calls = len(branch.till.calls)
    with nothing_written():
        again = branch.sync(idempotency_key="k")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)
    assert len(branch.till.calls) == calls
    other = branch.sync(idempotency_key="k", isFull=True)
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_reads_a_file(branch: Branch) -> None:
    answer = branch.merchant.api.ok(
        "syncPOS",
        {
            "system": "generic",
            "storeId": branch.store_id,
            "credentials": {"file": base64.b64encode(CSV.encode()).decode()},
        },
    )

    assert (answer["state"], answer["synced"]["products"]) == ("succeeded", 1)
    assert branch.prices() == {"Milch": 149}
    assert "MTtBLTE" not in everything_of(branch)


def test_needs_no_credentials_once_they_are_stored(branch: Branch) -> None:
    fill(branch)
    assert branch.configure().status == 200

    answer = branch.merchant.api.ok("syncPOS", {"system": "korona", "storeId": branch.store_id})

    assert answer["synced"]["products"] == 2


def test_keeps_no_secret(
    branch: Branch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(branch)
    encrypted = credentials.encrypted
    tokens = []

    def remember(settings: Any, path: str) -> str:
        tokens.append(encrypted(settings, path))
        return tokens[-1]

    monkeypatch.setattr(credentials, "encrypted", remember)
    branch.configure()
    branch.sync(idempotency_key="k")
    printed = capsys.readouterr()
    kept = everything_of(branch)

    for text in (kept, printed.out, printed.err, str(branch.status())):
        assert PASSWORD not in text
        assert COUPLING_ID not in text
    # That of the connection stays, encrypted; that of the sync goes with its end.
    assert [token in kept for token in tokens] == [True, False]


def test_refuses_a_store_of_somebody_else(branch: Branch, new_merchant) -> None:
    stranger = branch.of(new_merchant())
    with nothing_written():
        answer = stranger.sync(storeId=branch.store_id)

    assert_refused(answer, 404, "STORE_NOT_FOUND")
    assert branch.till.calls == []


def test_refuses_a_program_of_another_store(branch: Branch, new_merchant) -> None:
    program_id = new_merchant().program()
    with nothing_written():
        answer = branch.sync(awardPoints={"programId": program_id})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert branch.till.calls == []


def test_refuses_without_credentials(branch: Branch) -> None:
    with nothing_written():
        answer = branch.sync(credentials=None)

    details = {"retryable": False, "kind": "pos", "system": "korona"}
    fix = "Send `credentials`, or store them with configureSync."
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details, fix=fix)


def test_a_system_that_lives_on_files_wants_its_file(branch: Branch) -> None:
    with nothing_written():
        answer = branch.sync(system="generic", credentials=None)

    details = {"retryable": False, "kind": "pos", "system": "generic"}
    fix = "Send the file in `credentials.file`, in base64; it is never stored."
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details, fix=fix)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"username": None}, {"credentials.username": "must be a string"}),
        ({"colour": "red"}, {"credentials.colour": "is not a known field"}),
        (
            {"baseUrl": "https://example.com"},
            {"credentials.baseUrl": "must be on this machine, like http://127.0.0.1:4010"},
        ),
    ],
)
def test_refuses_credentials_by_what_is_wrong_with_them(
    branch: Branch, changes: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = branch.sync(credentials={**branch.till.credentials, **changes})

    assert_fields_refused(answer, problems)


def test_refuses_a_system_that_there_is_not(branch: Branch) -> None:
    with nothing_written():
        answer = branch.sync(system="sap")

    assert answer.error == "INVALID_PARAMETERS"
    assert list(answer.body["details"]["fields"]) == ["system"]


def test_wrong_credentials_are_told_and_nothing_is_kept_of_them(branch: Branch) -> None:
    answer = branch.sync(credentials={**branch.till.credentials, "password": "another-word"})

    assert (answer.status, answer.error) == (400, "CONNECTOR_CREDENTIALS_REFUSED")
    assert "another-word" not in str(answer.body)
    sync = branch.stored()
    assert answer.body["details"]["syncId"] == sync.sync_id
    assert (sync.state, sync.config_token) == (SyncState.FAILED, None)
    assert branch.products() == {}
    assert branch.events("integration.pos.synced") == []


def test_is_told_to_webhooks(branch: Branch, pipeline) -> None:
    fill(branch)
    with receiving() as receiver:
        pipeline.register(branch.merchant, receiver.url, "integration.pos.*")
        branch.synced()
        pipeline.deliver(branch.merchant)

    assert receiver.types == ["integration.pos.synced"]


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        # Three pages of a read, a note and how far it has come; a count at the end of each list.
        ({"isFull": True}, (21, 319, 14)),
        ({}, (12, 8, 5)),
    ],
)
def test_an_unchanged_catalog_is_read_and_not_written(
    branch: Branch,
    monkeypatch: pytest.MonkeyPatch,
    fields: dict[str, Any],
    cost: tuple[int, int, int],
) -> None:
    products = 300
    monkeypatch.undo()  # pages and commits as large as they are
    monkeypatch.setattr(korona, "OVERLAP_REVISIONS", 0)
    for number in range(products):
        branch.till.put_product(f"{number:03}", f"Product {number}", "1.00")
    with watched() as first:
        branch.synced()
    with watched() as second:
        branch.synced(**fields)

    of_products = [path for path in first.written if "products/" in path]
    assert len(of_products) == 2 * products
    assert first.cost == (26, 322, 2 * products + 19)
    assert not [path for path in second.written if "products/" in path]
    assert second.cost == cost


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("syncPOS", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
