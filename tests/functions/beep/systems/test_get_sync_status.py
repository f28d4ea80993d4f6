"""getSyncStatus: a store's systems, and how far their latest syncs have come."""

from __future__ import annotations

import base64

import pytest

from shared.domain.accounts.packages import Package
from tests.support.branches import BUSY, Branch, always, nth
from tests.support.refusals import assert_refused, nothing_written

NOTHING = {
    "created": 0,
    "changed": 0,
    "deleted": 0,
    "priced": 0,
    "skipped": 0,
    "awarded": 0,
    "takenBack": 0,
}


def fill(branch: Branch) -> None:
    for number in range(5):
        branch.till.put_product(f"{number:03}", f"Product {number}", "1.00")


def test_shows_a_sync_that_has_ended(branch: Branch) -> None:
    fill(branch)
    branch.till.put_product("x", "Too fine", "1.001")
    answer = branch.synced()

    status = branch.status()

    assert (status["isConfigured"], status["schedule"], status["config"]) == (False, "none", {})
    sync = status["lastSync"]
    assert sync["syncId"] == answer["syncId"]
    assert (sync["state"], sync["stream"], sync["retryAt"]) == ("succeeded", None, None)
    assert sync["startedAt"] < sync["finishedAt"] == sync["updatedAt"]
    assert sync["counts"] == {
        "categories": {**NOTHING, "read": 3, "created": 3},
        "products": {**NOTHING, "read": 5, "created": 5, "skipped": 1},
    }
    (remark,) = sync["remarks"]
    assert remark["stream"] == "products"
    assert (remark["reason"], remark["meaning"]) == (
        "1.001 EUR is finer than a minor unit",
        {"code": "too_fine", "parameters": {"amount": "1.001 EUR"}},
    )
    assert set(sync) == {
        "syncId",
        "state",
        "stream",
        "counts",
        "remarks",
        "problem",
        "failure",
        "failureMessage",
        "failureMeaning",
        "startedAt",
        "updatedAt",
        "finishedAt",
        "retryAt",
    }


def test_shows_how_far_a_sync_has_come_and_what_it_waits_for(branch: Branch) -> None:
    fill(branch)
    with branch.failing(nth(2, always(BUSY))):
        branch.sync()

    sync = branch.status()["lastSync"]

    assert (sync["state"], sync["stream"]) == ("running", "products")
    assert sync["counts"]["products"]["read"] == 3
    assert (sync["failure"], sync["finishedAt"]) == ("CONNECTOR_RATE_LIMITED", None)
    assert sync["failureMessage"].startswith("korona answered 429")
    meaning = sync["failureMeaning"]
    assert meaning["code"] in {"answered", "answered_words"}
    assert (meaning["parameters"]["system"], meaning["parameters"]["status"]) == ("korona", "429")
    assert sync["retryAt"] > sync["updatedAt"]


def test_shows_what_is_configured_and_was_never_synced(branch: Branch) -> None:
    branch.configure(schedule="nightly")

    status = branch.status()

    assert (status["isConfigured"], status["lastSync"]) == (True, None)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, [("pos", "korona"), ("erp", "generic")]),
        ({"kind": "erp"}, [("erp", "generic")]),
        ({"system": "korona"}, [("pos", "korona")]),
        ({"kind": "erp", "system": "korona"}, []),
    ],
)
def test_shows_those_that_were_asked_for(
    branch: Branch, chosen: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    branch.synced()
    file = {"suppliersFile": base64.b64encode(b"id;name\r\n7;Tea Ltd\r\n").decode()}
    body = {"system": "generic", "storeId": branch.store_id, "credentials": file}
    branch.merchant.api.ok("syncERP", body)

    query = {"storeId": branch.store_id, **chosen}
    with nothing_written():
        posted = branch.merchant.api.ok("getSyncStatus", query)
        got = branch.merchant.api.get("getSyncStatus", query)

    assert [(each["kind"], each["system"]) for each in posted["systems"]] == expected
    assert got.body == posted


def test_another_store_has_its_own(branch: Branch) -> None:
    branch.synced()
    another = branch.merchant.another_store()

    body = {"storeId": another.store_id}
    assert branch.merchant.api.ok("getSyncStatus", body)["systems"] == []


def test_refuses_a_store_of_somebody_else(branch: Branch, new_merchant) -> None:
    stranger = new_merchant()
    with nothing_written():
        answer = stranger.api("getSyncStatus", {"storeId": branch.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("getSyncStatus", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
