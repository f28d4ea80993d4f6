"""The stand-in of KORONA.cloud keeps to the vendor's own definition, whatever it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from shared.connectors import systems
from shared.connectors.base import Stream
from shared.connectors.pos import korona
from shared.domain.systems.sales import DataType
from shared.domain.systems.syncs import SystemKind
from shared.schemas.systems.record_bodies import SaleBody, StockChangeBody
from tests.support.vendors import vendor_spec
from tools import korona_stand_in
from tools.korona_stand_in import ACCOUNT_ID, DEMO, PASSWORD, USERNAME, StandIn

MILK = DEMO[0][2]
SALE = {
    "recordId": "sale_1",
    "soldAt": "2026-03-03T12:00:00.000Z",
    "total": 298,
    "lines": [{"name": "Milk", "quantity": 2, "unitPrice": 149, "vatPercent": 7, "ean": MILK}],
    "payments": [{"paidBy": "card", "amount": 298}],
}


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    """The vendor's definition."""
    found: dict[str, Any] = json.loads(vendor_spec("korona/korona-v3.trim.json").read_text())
    return found


@pytest.fixture
def till() -> Iterator[StandIn]:
    with korona_stand_in.running() as running:
        yield running


@pytest.fixture
def connector(till: StandIn) -> korona.Connector:
    config = korona.Config.model_validate(till.credentials)
    return korona.connect(config, is_emulated=True)


def ask(till: StandIn, path: str, **query: Any) -> requests.Response:
    url = f"{till.url}/accounts/{ACCOUNT_ID}{path}"
    return requests.get(url, params=query, auth=(USERNAME, PASSWORD), timeout=10)


def schema_of(contract: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema of what a list answers with."""
    operation = contract["paths"][f"/accounts/{{koronaAccountId}}{path}"]["get"]
    answer = operation["responses"]["200"]
    schema: dict[str, Any] = next(iter(answer["content"].values()))["schema"]
    return {**schema, "components": contract["components"]}


@pytest.mark.parametrize(
    "path", ["/products", "/commodityGroups", "/receipts", "/sectors", "/salesTaxes"]
)
def test_lists_as_the_vendor_describes(till: StandIn, contract: dict[str, Any], path: str) -> None:
    till.put_receipt("R-1", "12.50", customer="user_1")
    answer = ask(till, path)

    assert answer.status_code == 200
    Draft202012Validator(schema_of(contract, path)).validate(answer.json())


def test_lists_in_the_order_of_revisions_and_from_one_on(till: StandIn) -> None:
    first = ask(till, "/products", size=2, page=1, sort="revision").json()
    assert (first["pagesTotal"], first["resultsOfPage"], len(first["results"])) == (3, 2, 2)
    last = first["results"][-1]["revision"]
    rest = ask(till, "/products", size=9, page=1, sort="revision", revision=last).json()

    revisions = [each["revision"] for each in first["results"] + rest["results"]]
    assert revisions == sorted(revisions)
    assert len(set(revisions)) == len(DEMO)
    changed = till.put_product("1001", "Milk", "1.59", MILK)
    assert changed["revision"] > max(revisions)
    newest = ask(till, "/products", revision=max(revisions)).json()["results"]
    assert [each["name"] for each in newest] == ["Milk"]


def test_says_nothing_where_there_is_nothing(till: StandIn) -> None:
    answer = ask(till, "/receipts")

    assert (answer.status_code, answer.content) == (204, b"")


def test_refuses_whom_it_does_not_know(till: StandIn) -> None:
    url = f"{till.url}/accounts/{ACCOUNT_ID}/products"
    wrong = requests.get(url, auth=(USERNAME, "another"), timeout=10)
    elsewhere = requests.get(f"{till.url}/accounts/x", auth=(USERNAME, PASSWORD), timeout=10)

    assert (wrong.status_code, elsewhere.status_code) == (401, 404)


def test_the_connector_reads_it(connector: korona.Connector, till: StandIn) -> None:
    connector.verify()
    till.put_receipt("R-1", "12.50", customer="user_1")
    read = {
        stream: systems.read(connector, stream, None, None).items
        for stream in Stream
        if stream in systems.module_of(SystemKind.POS, "korona").STREAMS
    }

    assert [(each.name, str(each.vat_percent)) for each in read[Stream.PRODUCTS]] == [
        (name, "7") for _, name, _, _ in DEMO
    ]
    assert len(read[Stream.CATEGORIES]) == 3
    (receipt,) = read[Stream.RECEIPTS]
    assert (receipt.number, receipt.customer_id) == ("R-1", "user_1")


def test_the_connector_writes_to_it(connector: korona.Connector, till: StandIn) -> None:
    sale = SaleBody.model_validate(SALE).to_record()
    change = {"recordId": "stock_1", "change": -2, "ean": MILK}
    stock = StockChangeBody.model_validate(change).to_record()

    assert connector.find_pushed(DataType.RECEIPT, sale) is None
    pushed = connector.push(DataType.RECEIPT, sale)
    assert connector.find_pushed(DataType.RECEIPT, sale) == pushed
    booked = connector.push(DataType.INVENTORY_UPDATE, stock)
    assert connector.find_pushed(DataType.INVENTORY_UPDATE, stock) == booked
    assert list(till.tables["receipts"]) == [pushed.external_id]


def test_answers_what_it_is_told_to_and_cuts_connections(till: StandIn) -> None:
    till.after = lambda *_: (429, b"{}", {"Retry-After": "7"})
    told = ask(till, "/products")
    assert (told.status_code, told.headers["Retry-After"]) == (429, "7")

    def cut(*_: object) -> None:
        raise ConnectionAbortedError

    till.after = cut
    with pytest.raises(requests.ConnectionError):
        ask(till, "/products")
