"""The golden files of the loyalty API of a shop, replayed: what is answered, and what that costs.

``tests/golden/shopware/<module>.json`` has samples by name. Each ``needs`` a customer (options of
``bound``, and ``others``: how many members there are besides), is sent as ``request``, with an
``idempotencyKey`` if it has one, and has an ``answer`` and a ``budget``. ``0x*`` stands for any id
of ours, which are derived from ids that tests draw.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from functions.shopware import openapi
from functions.shopware.operations import BASE, DEFAULTS, Operation
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware import FOLDER, Shop, bound, path_of, samples_of, shop_of
from tests.support.traffic import watched

KEYS = ["why", "needs", "request", "idempotencyKey", "isRepeated", "status", "answer", "budget"]
SAMPLES = [
    pytest.param(operation, sample, id=f"{operation.name}-{name}")
    for operation in DEFAULTS
    for name, sample in samples_of(operation).items()
]


def same(found: Any, wanted: Any) -> Any:
    """Return what was found, with ``0x*`` where that is wanted and an id is there."""
    if wanted == "0x*" and re.fullmatch("0x[0-9a-f]{32}", str(found)):
        return wanted
    if isinstance(found, dict) and isinstance(wanted, dict):
        return {name: same(each, wanted.get(name)) for name, each in found.items()}
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return [same(*each) for each in zip(found, wanted, strict=True)]
    return found


def test_every_operation_has_a_golden_file_and_nothing_else_has() -> None:
    assert set(FOLDER.glob("*.json")) == {path_of(each) for each in DEFAULTS}
    for text in (text for each in DEFAULTS for text in samples_of(each).values()):
        assert list(text) == [key for key in KEYS if key in text]


def test_the_document_is_valid_and_its_examples_are_what_it_says() -> None:
    document = openapi.document()
    validate(document)  # type: ignore[arg-type]
    for each in DEFAULTS:
        operation = document["paths"][f"{BASE}{each.path}"][each.method.lower()]
        (content,) = operation["responses"]["200"]["content"].values()
        schema = {**content["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(content["example"])
        for sample in samples_of(each).values():
            if sample.get("status", 200) == 200:
                answer = json.dumps(sample["answer"]).replace("0x*", "0x" + "a" * 32)
                Draft202012Validator(schema).validate(json.loads(answer))


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize(("operation", "sample"), SAMPLES)
def test_is_answered_as_written_for_that_price(
    merchant: Merchant, operation: Operation, sample: Mapping[str, Any]
) -> None:
    needs = dict(sample["needs"])
    others = needs.pop("others", 0)
    member = bound(merchant, **needs)
    for number in range(others):
        member.other(f"other_{number}").enroll()
    shop = shop_of(merchant)
    shop("addPoints", {})  # Key and account are known from now on.
    shop("getCustomerProfile", {"customerId": "1" * 32})  # The program, too.
    key = sample.get("idempotencyKey")
    if sample.get("isRepeated"):
        assert shop(operation.name, sample["request"], key).status == 200

    with watched() as traffic:
        answer = shop(operation.name, sample["request"], key)

    assert (answer.status, same(answer.body, sample["answer"])) == (
        sample.get("status", 200),
        sample["answer"],
    )
    budget = sample["budget"]
    assert traffic.cost == (budget["rpcs"], budget["reads"], budget["writes"])
    assert answer.is_replay is bool(sample.get("isRepeated"))


@pytest.mark.parametrize("operation", DEFAULTS, ids=lambda each: each.name)
def test_a_test_key_is_answered_by_example_and_nothing_is_read_or_written(
    merchant: Merchant, operation: Operation
) -> None:
    sample = next(iter(samples_of(operation).values()))
    sandbox = Shop(merchant.api.app, merchant.sandbox.key)
    sandbox(operation.name, sample["request"])

    with nothing_written(), watched() as traffic:
        answer = sandbox(operation.name, sample["request"])

    assert traffic.cost == (0, 0, 0)
    assert answer.status == 200
    assert answer.body["_sandbox"] is True
    assert answer.body.keys() - {"_sandbox"} == sample["answer"].keys()
