"""bulkImportProducts: each row by itself, in as few commits as they fit into."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.money import Money
from shared.services.catalog import product_imports
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Merchant
from tests.support.products import EAN, MILK, ended_prices, inserted, kept, synced
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_invalid, nothing_written
from tests.support.traffic import first_answer_lost, interfered, watched

ACTION = "bulkImportProducts"
COUNTS = ("created", "updated", "unchanged", "failed")


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {"number": f"A{number:04}", "name": f"Article {number}", "price": 1.49, **fields}


def bring(
    merchant: Merchant, *rows: Any, idempotency_key: str | None = None, **fields: Any
) -> Answer:
    body = {"storeId": merchant.store_id, "products": rows, **fields}
    return merchant.api(ACTION, body, idempotency_key=idempotency_key)


def brought(merchant: Merchant, *rows: Any, **fields: Any) -> dict[str, Any]:
    answer = bring(merchant, *rows, **fields)
    assert answer.status == 200, answer.body
    counted = [each["outcome"] for each in answer.body["results"]]
    assert [each["index"] for each in answer.body["results"]] == list(range(len(rows)))
    assert {name: answer.body[name] for name in COUNTS} == {
        name: counted.count(name) for name in COUNTS
    }
    return answer.body


def outcomes(body: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in body["results"]]


def test_says_of_each_row_what_became_of_it(frozen_clock: Clock, merchant: Merchant) -> None:
    inserted(merchant)
    inserted(merchant, ean="40170725")
    frozen_clock.advance(seconds=1)

    body = brought(
        merchant, row(1), MILK, {**MILK, "ean": "40170725", "price": 2}, {**row(2, price=1.495)}
    )

    assert outcomes(body) == ["created", "unchanged", "updated", "failed"]
    assert body["results"][2] == {
        "index": 2,
        "outcome": "updated",
        "productId": f"{merchant.store_id}_40170725",
        "error": None,
        "message": None,
    }
    assert body["results"][3] == {
        "index": 3,
        "outcome": "failed",
        "productId": None,
        "error": "INVALID_PARAMETERS",
        "message": "price must be a number with at most 2 decimals.",
    }
    assert kept(merchant, "A0001").price == Money(149, "EUR")
    assert kept(merchant, "40170725").price == Money(200, "EUR")
    assert len(ended_prices(merchant, "40170725")) == 1


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {**MILK, "ean": "4006381333932"},
            "ean has a wrong check digit; article numbers of your own go into number.",
        ),
        ({"ean": EAN, "price": 1}, "name is required."),
        ({**MILK, "storeId": "store_a"}, "storeId is not a known field."),
        ({**MILK, "price": "1"}, "price must be a number."),
        ({"name": "x", "price": 1}, "number is required where there is no ean."),
        ({}, "name is required; price is required; number is required where there is no ean."),
    ],
)
def test_a_bad_row_does_not_spoil_the_others(
    merchant: Merchant, bad: dict[str, Any], message: str
) -> None:
    body = brought(merchant, row(1), bad, row(2))

    assert outcomes(body) == ["created", "failed", "created"]
    assert sorted(body["results"][1]["message"].rstrip(".").split("; ")) == sorted(
        message.rstrip(".").split("; ")
    )


def test_the_second_row_of_a_product_fails(merchant: Merchant) -> None:
    body = brought(merchant, row(1), MILK, {**MILK, "price": 2}, row(1, price=2))

    assert outcomes(body) == ["created", "created", "failed", "failed"]
    messages = [each["message"] for each in body["results"][2:]]
    assert messages == ["ean is that of products[1], too.", "number is that of products[0], too."]
    assert kept(merchant).price == Money(149, "EUR")


def test_what_a_system_says_stays_unless_it_is_taken_over(merchant: Merchant) -> None:
    product = synced(merchant)
    dear = {**MILK, "price": 2}

    body = brought(merchant, dear, row(1))

    assert outcomes(body) == ["failed", "created"]
    assert body["results"][0] == {
        "index": 0,
        "outcome": "failed",
        "productId": product.product_id,
        "error": "PRODUCT_MANAGED",
        "message": f"{product.product_id} comes from korona, with other values.",
    }
    assert kept(merchant) == product
    assert outcomes(brought(merchant, dear, ifExists="take_over")) == ["updated"]
    assert kept(merchant).source == "api"


def test_can_leave_alone_what_is_known(merchant: Merchant) -> None:
    inserted(merchant)

    body = brought(merchant, {**MILK, "price": 2}, row(1), ifExists="refuse")

    assert outcomes(body) == ["failed", "created"]
    assert body["results"][0]["error"] == "PRODUCT_EXISTS"


@pytest.mark.parametrize(
    ("products", "problems"),
    [
        ([], {"products": "must have at least 1 items"}),
        ([row(number) for number in range(501)], {"products": "must have at most 500 items"}),
        (
            [row(1), "milk"],
            {"products[1]": 'must be an object such as {"name": "...", "price": 1}'},
        ),
        ({}, {"products": "must be an array"}),
    ],
)
def test_refuses_what_are_no_rows(
    merchant: Merchant, products: Any, problems: dict[str, str]
) -> None:
    with nothing_written():
        body = {"storeId": merchant.store_id, "products": products}
        answer = merchant.api(ACTION, body)

    assert_fields_refused(answer, problems)


def test_refuses_to_do_something_else_with_what_is_known(merchant: Merchant) -> None:
    with nothing_written():
        answer = bring(merchant, MILK, ifExists="skip")

    assert_invalid(answer, ifExists="must be one of 'refuse', 'update' or 'take_over'")


def test_500_rows_take_few_commits_and_again_none(merchant: Merchant) -> None:
    rows = [row(number) for number in range(500)]

    with watched() as first:
        body = brought(merchant, *rows)
    with watched() as second:
        again = brought(merchant, *rows)

    assert (body["created"], again["unchanged"]) == (500, 500)
    assert first.rpcs.count("commit") == 5
    products = [path for path in first.written if not path.startswith("events/")]
    assert len(products) == 1000
    assert [path.partition("/")[0] for path in second.written] == ["events"]
    assert len(stored.documents(paths.store_products(merchant.store_id))) == 500


def test_is_told_when_it_has_ended(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "product.*")
        brought(merchant, MILK, MILK, row(1))
        pipeline.deliver(merchant)

    (received,) = receiver.received
    assert (received.type, received.event["data"]) == (
        "product.bulk_imported",
        {"records": 3, "created": 2, "updated": 0, "unchanged": 0, "failed": 1},
    )


def test_a_key_stands_for_one_request(merchant: Merchant) -> None:
    first = bring(merchant, MILK, {**MILK, "vat": 19.5}, idempotency_key="k1")
    inserted(merchant, price=1.59, ifExists="update")

    with nothing_written():
        again = bring(merchant, MILK, {**MILK, "vat": 19.5}, idempotency_key="k1")
        other = bring(merchant, MILK, {**MILK, "vat": 19.6}, idempotency_key="k1")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)
    assert other.error == "IDEMPOTENCY_KEY_REUSED"
    assert kept(merchant).price == Money(159, "EUR")


@pytest.mark.parametrize("steps", range(9))
def test_goes_on_where_a_process_died(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(product_imports, "ROWS_PER_COMMIT", 2)
    rows = [row(1), {}, row(2), row(3)]
    merchant.api.ok("fetchStore", {"storeId": merchant.store_id})  # It is in the process now.

    with dying_after(steps) as life:
        bring(merchant, *rows, idempotency_key="k1")
    answer = bring(merchant, *rows, idempotency_key="k1")

    assert life.has_ended
    assert answer.is_replay is (steps == 8)
    known = {0: 0, 1: 0, 2: 0, 3: 2, 4: 2, 8: 0}.get(steps, 3)
    assert [answer.body[name] for name in COUNTS] == [3 - known, 0, known, 1]
    assert len(stored.documents(paths.store_products(merchant.store_id))) == 3
    assert [each["type"] for each in events_of(merchant)] == ["product.bulk_imported"]


@pytest.mark.parametrize(("sent", "outcome"), [(MILK, "created"), ({}, "failed")])
def test_says_the_same_if_the_first_answer_was_lost(
    merchant: Merchant, sent: dict[str, Any], outcome: str
) -> None:
    with first_answer_lost():
        body = brought(merchant, sent)

    assert outcomes(body) == [outcome]
    assert len(events_of(merchant)) == 1


def test_of_two_at_once_with_one_key_one_is_the_others_replay(merchant: Merchant) -> None:
    merchant.api.ok("fetchStore", {"storeId": merchant.store_id})  # It is in the process now.
    waiting, others = ["k1"], []

    def meanwhile() -> None:
        while waiting:
            others.append(bring(merchant, MILK, idempotency_key=waiting.pop()))

    with interfered(meanwhile):
        answer = bring(merchant, MILK, idempotency_key="k1")

    (other,) = others
    assert (other.is_replay, answer.is_replay) == (False, True)
    assert answer.body == other.body
    assert answer.body["created"] == 1
    assert len(events_of(merchant)) == 1
