"""deleteSyncConfiguration: the credentials are gone; what was synced stays."""

from __future__ import annotations

import pytest

from shared.connectors import erp
from shared.domain.accounts.packages import Package
from shared.domain.systems.syncs import SystemKind
from shared.store import client, paths
from tests.support.api import Answer
from tests.support.branches import BUSY, Branch, always, nth
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written


def delete(branch: Branch, *, key: str | None = None, **fields: str) -> Answer:
    body = {"kind": "pos", "system": "korona", "storeId": branch.store_id, **fields}
    return branch.merchant.api("deleteSyncConfiguration", body, idempotency_key=key)


@pytest.fixture(autouse=True)
def _configured(branch: Branch) -> None:
    branch.till.put_product("001", "Milk", "1.49")
    assert branch.configure(schedule="hourly").status == 200


def test_forgets_the_credentials_and_keeps_what_was_synced(branch: Branch) -> None:
    branch.synced(credentials=None)
    answer = delete(branch)

    assert answer.body == {
        "success": True,
        "kind": "pos",
        "system": "korona",
        "storeId": branch.store_id,
        "deleted": True,
    }
    assert client.get_one(paths.connection(branch.store_id, SystemKind.POS, "korona")).data is None
    status = branch.status()
    assert (status["isConfigured"], status["config"], status["nextSyncAt"]) == (False, {}, None)
    assert status["lastSync"]["state"] == "succeeded"
    assert branch.prices() == {"Milk": 149}
    with nothing_written():
        assert branch.sync(credentials=None).error == "CONNECTOR_NOT_CONFIGURED"


def test_a_sync_that_is_under_way_comes_to_its_end(branch: Branch) -> None:
    """It has credentials of its own, which go with its end."""
    for number in range(5):
        branch.till.put_product(f"1{number}", f"Product {number}", "1.00")
    with branch.failing(nth(2, always(BUSY))):
        assert branch.sync(credentials=None).body["state"] == "running"
    delete(branch)

    sync = branch.end()

    assert (sync.state.value, sync.config_token) == ("succeeded", None)
    assert len(branch.sold()) == 6


def test_a_repeated_request_deletes_once(branch: Branch) -> None:
    first = delete(branch, key="k")
    with nothing_written():
        again = delete(branch, key="k")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)


def test_refuses_what_is_not_there(branch: Branch) -> None:
    delete(branch)
    with nothing_written():
        answer = delete(branch)

    details = {"retryable": False, "kind": "pos", "system": "korona"}
    fix = "There is nothing to delete; getSyncStatus lists what is stored."
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details, fix=fix)


def test_refuses_a_system_of_another_kind(branch: Branch) -> None:
    with nothing_written():
        answer = delete(branch, kind="erp")

    problem = f"must be one of {', '.join(erp.SYSTEMS)}"
    assert_fields_refused(answer, {"system": problem})


def test_refuses_a_store_of_somebody_else(branch: Branch, new_merchant) -> None:
    stranger = branch.of(new_merchant())
    with nothing_written():
        answer = delete(stranger, storeId=branch.store_id)

    assert_refused(answer, 404, "STORE_NOT_FOUND")
    assert branch.status()["isConfigured"] is True


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("deleteSyncConfiguration", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
