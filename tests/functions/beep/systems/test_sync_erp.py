"""syncERP: stock, orders and suppliers, kept as the ERP lists them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.catalog.goods import StockLevel
from shared.store import client, paths
from shared.store.systems import goods_documents
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

STOCK = "Artikelnummer;Bestand\r\n" + "".join(f"{number};{number}\r\n" for number in range(1, 15))
SUPPLIERS = "id;name\r\n7;Rösterei\r\n8;Molkerei\r\n"
ORDERS = "id;status;sku;quantity\r\n9;open;1;3\r\n9;open;2;1\r\n"


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def sync(merchant: Merchant, *, key: str | None = None, **files: Any) -> Answer:
    credentials = {
        name: base64_of(each) if name.endswith("File") else each for name, each in files.items()
    }
    body = {"system": "generic", "storeId": merchant.store_id, "credentials": credentials}
    return merchant.api("syncERP", body, idempotency_key=key)


def stock_of(merchant: Merchant) -> dict[str, str]:
    """Return how much lies there of what has not gone, by article number."""
    found = client.query(paths.store_records(merchant.store_id, "stock"))
    levels = [level for each in found if (level := goods_documents.decode(StockLevel, each))]
    return {each.number or "": str(each.quantity) for each in levels if not each.is_deleted}


def test_answers_what_was_read_and_what_became_of_it(merchant: Merchant) -> None:
    files = {"stockFile": STOCK, "suppliersFile": SUPPLIERS, "ordersFile": ORDERS}
    first = sync(merchant, **files)
    second = sync(merchant, **files, isComplete=True)

    assert first.body == {
        "success": True,
        "system": "generic",
        "synced": {"inventory": 14, "orders": 1, "suppliers": 2},
        "state": "succeeded",
        "syncId": first.body["syncId"],
        "changes": {
            "created": 17,
            "changed": 0,
            "deleted": 0,
            "skipped": 0,
            "receiptsAwarded": 0,
            "receiptsTakenBack": 0,
        },
        "remarks": [],
        "problem": None,
    }
    assert second.body["synced"] == first.body["synced"]
    assert set(second.body["changes"].values()) == {0}


def test_what_a_full_list_does_not_show_is_marked(merchant: Merchant) -> None:
    sync(merchant, stockFile=STOCK)
    changed = STOCK.replace("3;3\r\n", "").replace("5;5\r\n", "5;6,5\r\n")
    part = sync(merchant, stockFile=changed)
    whole = sync(merchant, stockFile=changed, isComplete=True)

    assert (part.body["changes"]["changed"], part.body["changes"]["deleted"]) == (1, 0)
    assert (whole.body["changes"]["changed"], whole.body["changes"]["deleted"]) == (0, 1)
    stock = stock_of(merchant)
    assert ("3" in stock, stock["5"], len(stock)) == (False, "6.5", 13)
    back = sync(merchant, stockFile=STOCK)
    assert back.body["changes"]["changed"] == 2


def test_a_list_that_is_suddenly_short_deletes_nothing(merchant: Merchant) -> None:
    sync(merchant, stockFile=STOCK)
    answer = sync(merchant, stockFile="Artikelnummer;Bestand\r\n1;1\r\n", isComplete=True)

    assert answer.body["problem"] == "too_many_gone"
    assert len(stock_of(merchant)) == 14
    body = {"system": "generic", "storeId": merchant.store_id, "allowMassDeletion": True}
    file = {"stockFile": base64_of("Artikelnummer;Bestand\r\n1;1\r\n"), "isComplete": True}
    assert merchant.api.ok("syncERP", {**body, "credentials": file})["changes"]["deleted"] == 13
    assert list(stock_of(merchant)) == ["1"]


def test_is_told_once(merchant: Merchant, pipeline) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "integration.erp.*")
        answer = sync(merchant, suppliersFile=SUPPLIERS)
        pipeline.deliver(merchant)

    (received,) = receiver.received
    assert received.type == "integration.erp.synced"
    assert received.event["data"]["synced"] == answer.body["synced"]


def test_a_repeated_request_is_answered_and_reads_nothing(merchant: Merchant) -> None:
    first = sync(merchant, key="k", suppliersFile=SUPPLIERS)
    with nothing_written():
        again = sync(merchant, key="k", suppliersFile=SUPPLIERS)

    assert (again.body, again.is_replay) == (first.body, True)


def test_a_till_and_an_erp_of_one_name_are_two_systems(merchant: Merchant) -> None:
    sync(merchant, suppliersFile=SUPPLIERS)
    file = {"file": base64_of("id;name\r\n1;Tea\r\n")}
    body = {"system": "generic", "storeId": merchant.store_id, "credentials": file}
    merchant.api.ok("syncPOS", body)

    systems = merchant.api.ok("getSyncStatus", {"storeId": merchant.store_id})["systems"]
    assert [(each["kind"], each["system"]) for each in systems] == [
        ("pos", "generic"),
        ("erp", "generic"),
    ]


def test_refuses_a_file_that_cannot_be_read(merchant: Merchant) -> None:
    answer = sync(merchant, stockFile="what;is;this\r\n1;2;3\r\n")

    assert (answer.status, answer.error) == (400, "CONNECTOR_REJECTED")
    assert stock_of(merchant) == {}


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"stockFile": 1}, {"credentials.stockFile": "must be a string"}),
        ({"colour": "red"}, {"credentials.colour": "is not a known field"}),
    ],
)
def test_refuses_credentials_by_what_is_wrong_with_them(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    body = {"system": "generic", "storeId": merchant.store_id, "credentials": fields}
    with nothing_written():
        answer = merchant.api("syncERP", body)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    ("system", "fix"),
    [
        ("sap", "Send `credentials`, or store them with configureSync."),
        ("generic", "Send the file in `credentials.file`, in base64; it is never stored."),
    ],
)
def test_refuses_without_credentials(merchant: Merchant, system: str, fix: str) -> None:
    with nothing_written():
        answer = merchant.api("syncERP", {"system": system, "storeId": merchant.store_id})

    details = {"retryable": False, "kind": "erp", "system": system}
    assert_refused(answer, 400, "CONNECTOR_NOT_CONFIGURED", details, fix=fix)


def test_refuses_a_store_of_somebody_else(merchant: Merchant, new_merchant) -> None:
    stranger: Merchant = new_merchant()
    body = {"system": "generic", "storeId": merchant.store_id, "credentials": {}}
    with nothing_written():
        answer = stranger.api("syncERP", body)

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_needs_grow(new_merchant) -> None:
    answer = new_merchant(Package.GO).api("syncERP", {})

    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", requiredUpgrade="GROW", currentPackage="GO")
