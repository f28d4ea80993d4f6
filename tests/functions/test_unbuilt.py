"""What is documented and not built; and the official client, method for method."""

from __future__ import annotations

import importlib
import inspect
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import beep
import beep.client
import pytest
from beep import BeepClient
from flask import Flask
from werkzeug.serving import make_server

from functions import unbuilt
from functions.beep import openapi
from functions.catalog import ENDPOINT_BY_NAME
from functions.deploy import NAMES
from tests.support.api import Api
from tests.support.merchants import RULES, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import watched
from tools.emulators import ROOT

STORE, PROGRAM, USER = "store_a", "lp_abc123", "user_xyz"
MEMBER = {"programId": PROGRAM, "userId": USER}
PRODUCT = {"ean": "4005500087861", "name": "Bio-Vollmilch 3,5%", "price": 1.49, "vat": 7}


def example(name: str) -> dict[str, Any]:
    """The first documented request of an endpoint."""
    module = importlib.import_module(ENDPOINT_BY_NAME[name].module)
    first: dict[str, Any] = next(iter(module.EXAMPLE_REQUESTS.values()))
    return first


Call = Callable[[BeepClient], dict[str, Any]]
WORKS: dict[str, Call] = {
    "stores.list": lambda beep: beep.stores.list(),
    "stores.get": lambda beep: beep.stores.get(STORE),
    "catalog.insert_product": lambda beep: beep.catalog.insert_product(storeId=STORE, **PRODUCT),
    "catalog.list_products": lambda beep: beep.catalog.list_products(storeId=STORE),
    "catalog.get_product": lambda beep: beep.catalog.get_product("p_1"),
    "catalog.register_to_store": lambda beep: beep.catalog.register_to_store("p_1", STORE),
    "catalog.bulk_import": lambda beep: beep.catalog.bulk_import(STORE, [PRODUCT]),
    "integrations.sync_pos": lambda beep: beep.integrations.sync_pos(**example("syncPOS")),
    "integrations.push_to_pos": lambda beep: beep.integrations.push_to_pos(**example("pushToPOS")),
    "integrations.sync_erp": lambda beep: beep.integrations.sync_erp(**example("syncERP")),
    "integrations.push_to_erp": lambda beep: beep.integrations.push_to_erp(**example("pushToERP")),
    "integrations.configure_psp": lambda beep: beep.integrations.configure_psp(
        **example("configurePSP")
    ),
    "integrations.process_payment": lambda beep: beep.integrations.process_payment(
        **example("processPayment")
    ),
    "integrations.refund_payment": lambda beep: beep.integrations.refund_payment(
        **example("refundPayment")
    ),
    "loyalty.create_program": lambda beep: beep.loyalty.create_program(
        storeId=STORE, programName="Punkte", programType="points", rules=RULES["points"]
    ),
    "loyalty.update_program": lambda beep: beep.loyalty.update_program(PROGRAM, isActive=True),
    "loyalty.get_program": lambda beep: beep.loyalty.get_program(PROGRAM),
    "loyalty.get_store_programs": lambda beep: beep.loyalty.get_store_programs(STORE),
    "loyalty.enroll": lambda beep: beep.loyalty.enroll(PROGRAM, USER),
    "loyalty.add_points": lambda beep: beep.loyalty.add_points(
        program_id=PROGRAM, user_id=USER, points=50, transaction_id="PB-TXN-9876"
    ),
    "loyalty.redeem_points": lambda beep: beep.loyalty.redeem_points(
        **MEMBER, points=20, rewardDescription="10% Rabatt"
    ),
    "loyalty.get_analytics": lambda beep: beep.loyalty.get_analytics(PROGRAM),
    "loyalty.get_customer_balance": lambda beep: beep.loyalty.get_customer_balance(PROGRAM, USER),
    "scan_and_go.check_in": lambda beep: beep.scan_and_go.check_in(storeId=STORE, userId=USER),
    "loyalty.sync_external": lambda beep: beep.loyalty.sync_external(
        **MEMBER, action="add", points=50, source="payback_system"
    ),
    "scan_and_go.start_checkout": lambda beep: beep.scan_and_go.start_checkout(
        **example("startCheckout")
    ),
    "scan_and_go.get_purchase": lambda beep: beep.scan_and_go.get_purchase("purchase_abc123"),
    "scan_and_go.get_purchase_history": lambda beep: beep.scan_and_go.get_purchase_history(
        storeId=STORE
    ),
    "click_collect.submit_order": lambda beep: beep.click_collect.submit_order(
        **example("submitClickCollectOrder")
    ),
    "click_collect.update_status": lambda beep: beep.click_collect.update_status(
        "cc_order_x1y2z3", "ready"
    ),
}
MISSING: dict[str, Call] = {
    "stores.register": lambda beep: beep.stores.register(name="Berlin Mitte"),
    "offers.create": lambda beep: beep.offers.create(storeId=STORE, title="Angebot"),
    "offers.update": lambda beep: beep.offers.update("offer_1", title="Angebot"),
    "offers.delete": lambda beep: beep.offers.delete("offer_1"),
    "offers.list": lambda beep: beep.offers.list(storeId=STORE),
    "scan_and_go.generate_receipt": lambda beep: beep.scan_and_go.generate_receipt(),
    "scan_and_go.get_receipt_from_token": lambda beep: beep.scan_and_go.get_receipt_from_token("t"),
    "scan_and_go.get_recommendations": lambda beep: beep.scan_and_go.get_recommendations(),
    "scan_and_go.configure_recommendations": lambda beep: (
        beep.scan_and_go.configure_recommendations()
    ),
    "analytics.get": lambda beep: beep.analytics.get(storeId=STORE),
    "analytics.export_sales": lambda beep: beep.analytics.export_sales(storeId=STORE),
    "analytics.export_receipts": lambda beep: beep.analytics.export_receipts(receiptId="r_1"),
}


@pytest.fixture
def official(
    app: Flask, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BeepClient]:
    """The official client with a test key, and the product over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(
        beep.client, "API_BASE", f"http://127.0.0.1:{server.server_port}/apiGateway/api/v1"
    )
    yield BeepClient(merchant.sandbox.key)
    server.shutdown()
    thread.join()
    server.server_close()


def methods_of_the_client() -> set[str]:
    client = BeepClient("bk_test_sk_any")
    return {
        f"{name}.{method}"
        for name, resource in vars(client).items()
        if not name.startswith("_")
        for method, _ in inspect.getmembers(resource, inspect.ismethod)
        if not method.startswith("_")
    }


def table_of_the_readme() -> dict[str, str]:
    """Each method of the client and what the table says of it: `works` or `not yet`."""
    text = (ROOT / "README.md").read_text()
    said = {}
    for row in re.findall(r"^\| `(\w+)` \|(.*)\|(.*)\|$", text, re.MULTILINE):
        for column, verdict in enumerate(("works", "not yet"), start=1):
            for method in re.findall(r"`(\w+)`", row[column]):
                said[f"{row[0]}.{method}"] = verdict
    return said


def test_the_table_and_these_tests_name_every_method_of_the_client() -> None:
    names = methods_of_the_client()

    assert len(names) == 42
    assert WORKS.keys() | MISSING.keys() == names
    assert not WORKS.keys() & MISSING.keys()
    assert table_of_the_readme() == {
        **dict.fromkeys(WORKS, "works"),
        **dict.fromkeys(MISSING, "not yet"),
    }


def test_the_readme_counts_the_methods_that_work() -> None:
    counted = f"Of the {len(WORKS | MISSING)} methods of `beep-sdk` 1.0.0, {len(WORKS)} work,"

    assert counted in (ROOT / "README.md").read_text()


def test_the_readme_says_what_there_is_instead_of_each_missing_method() -> None:
    """The official client shows the code of a refusal only."""
    text = (ROOT / "README.md").read_text()
    table = text.partition("| instead of | there is |")[2].partition("\n\n")[0]
    named = set()
    for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE):
        resource, _, method = re.findall(r"`([\w.]+)`", row)[0].partition(".")
        methods = {method, *re.findall(r"`(\w+)`", row)} if method else None
        named |= {
            each
            for each in MISSING
            if each.partition(".")[0] == resource
            and (methods is None or each.partition(".")[2] in methods)
        }

    assert named == MISSING.keys()


def test_what_the_table_says_of_each_method_is_true(official: BeepClient) -> None:
    with nothing_written():
        for name, call in WORKS.items():
            assert call(official)["_sandbox"] is True, name
        for name, call in MISSING.items():
            with pytest.raises(beep.NotFoundError, match="NOT_IMPLEMENTED"):
                call(official)
            assert name not in WORKS


@pytest.mark.parametrize("name", unbuilt.INSTEAD)
def test_what_is_not_built_says_so_and_what_there_is_instead(
    merchant: Merchant, anonymous: Api, name: str
) -> None:
    with watched() as traffic:
        for api in (merchant.api, merchant.sandbox, anonymous):
            for answer in (api(name), api.get(name)):
                message = f"{name} is documented, but not built yet."
                fix = unbuilt.INSTEAD[name]
                assert_refused(answer, 404, "NOT_IMPLEMENTED", message=message, fix=fix)

    assert (traffic.rpcs, traffic.written) == ([], [])


def test_what_is_not_built_is_neither_described_nor_deployed() -> None:
    described = {path.rpartition("/")[2] for path in openapi.document()["paths"]}

    assert described & unbuilt.INSTEAD.keys() == set()
    assert ENDPOINT_BY_NAME.keys() & unbuilt.INSTEAD.keys() == set()
    assert {*NAMES} & unbuilt.INSTEAD.keys() == set()


def test_what_is_named_instead_is_there() -> None:
    for text in unbuilt.INSTEAD.values():
        named = re.findall(r"\b(?:[a-z]+[A-Z]\w+)\b", text)
        others = {"transactionId"}
        assert {each for each in named if each not in others} <= ENDPOINT_BY_NAME.keys(), text
