"""pushToERP: sales and changes of stock, by a call or as a file to import."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from shared.connectors import client as http
from shared.domain.accounts.packages import Package
from shared.store import client
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.receivers import receiving, status
from tests.support.refusals import assert_refused, nothing_written
from tests.support.system_samples import CONFIGS

SALE: dict[str, Any] = {
    "recordId": "sale_1",
    "soldAt": "2026-03-03T12:00:00.000Z",
    "total": 298,
    "lines": [{"name": "Milk", "quantity": 2, "unitPrice": 149, "vatPercent": 7, "number": "A-1"}],
    "payments": [{"paidBy": "card", "amount": 298}],
}
STOCK: dict[str, Any] = {"recordId": "stock_1", "change": -2, "number": "A-1"}


def push(
    merchant: Merchant, record: dict[str, Any], data_type: str = "sales_record", **fields: Any
) -> Answer:
    body = {
        "system": "generic",
        "storeId": merchant.store_id,
        "dataType": data_type,
        "records": [record],
        "credentials": CONFIGS["erp", "generic"],
    }
    return merchant.api("pushToERP", {**body, **fields})


def content_of(answer: Answer) -> str:
    return base64.b64decode(answer.body["file"]["content"]).decode("cp1252")


@pytest.mark.parametrize(
    ("record", "data_type", "name"),
    [
        (SALE, "sales_record", "sales.csv"),
        (SALE, "receipt", "sales.csv"),
        (STOCK, "inventory_update", "stock-changes.csv"),
    ],
)
def test_answers_with_a_file_to_import(
    merchant: Merchant, record: dict[str, Any], data_type: str, name: str
) -> None:
    with nothing_written():
        answer = push(merchant, record, data_type)

    assert (answer.status, answer.body["pushed"]) == (200, 1)
    assert answer.body["file"]["name"] == name
    assert record["recordId"] in content_of(answer)


def test_writes_booking_batches_for_datev(merchant: Merchant) -> None:
    config = {**CONFIGS["erp", "generic"], "exportFormat": "datev"}
    answer = push(merchant, SALE, credentials=config)

    assert answer.body["file"]["name"] == "EXTF_Buchungsstapel.csv"
    assert "2,98" in content_of(answer)


def test_what_cannot_be_written_is_refused(merchant: Merchant) -> None:
    config = {**CONFIGS["erp", "generic"], "exportFormat": "datev"}
    sale = {**SALE, "lines": [{**SALE["lines"][0], "vatPercent": 12}]}
    with nothing_written():
        answer = push(merchant, sale, credentials=config)

    assert (answer.status, answer.error) == (400, "CONNECTOR_REJECTED")


def test_an_erp_that_is_down_is_not_told_to_have_it(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    with receiving("") as server:
        server.answer = status(503)
        config = {**CONFIGS["erp", "sevdesk"], "baseUrl": server.url.rstrip("/")}
        answer = push(merchant, SALE, system="sevdesk", credentials=config)

    (row,) = answer.body["results"]
    assert (answer.body["pushed"], row["retryable"]) == (0, True)
    (pending,) = client.query("pushes", ("storeId", "==", merchant.store_id))
    assert pending.data is not None
    assert (pending.data["state"], pending.data["kind"]) == ("pending", "erp")


def test_refuses_what_a_system_does_not_take(merchant: Merchant) -> None:
    config = CONFIGS["erp", "lexoffice"]
    with nothing_written():
        answer = push(merchant, STOCK, "inventory_update", system="lexoffice", credentials=config)

    assert (answer.status, answer.error) == (400, "CONNECTOR_UNSUPPORTED")
    assert "inventory_update" not in answer.body["details"]["offers"]


def test_refuses_without_credentials(merchant: Merchant) -> None:
    with nothing_written():
        answer = push(merchant, SALE, system="sap", credentials=None)

    details = {"retryable": False, "kind": "erp", "system": "sap"}
    fix = "Send `credentials`, or store them with configureSync."
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details, fix=fix)


def test_refuses_records_of_another_kind(merchant: Merchant) -> None:
    with nothing_written():
        answer = push(merchant, STOCK)

    assert answer.error == "INVALID_PARAMETERS"
    assert "records that are sales" in answer.body["message"]


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("pushToERP", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
