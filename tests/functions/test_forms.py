"""Whatever stands where an object, a list or a text belongs: it is refused by name, never a 500.

``test_sandbox.py`` sends the same to the endpoints, with a live key and with a test key.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from functions import http
from shared.errors import PunktwerkError
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.samples import SAMPLES, Sample
from tests.support.situations import documented, filled

ODD: list[Any] = [None, 1, True, [], [[]], [None], {}, {"x": None}, "x", "", "\x00", "ä" * 5_000]


def places(value: Any, *within: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every field and item in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in inner:
        yield (*within, name)
        if isinstance(each, dict | list):
            yield from places(each, *within, name)


def changed(body: dict[str, Any], place: tuple[str | int, ...], odd: Any) -> dict[str, Any]:
    """Return a copy of a request with another value at a place."""
    made = copy.deepcopy(body)
    inner: Any = made
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = odd
    return made


def variants(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the request with every odd value at every place, and beside the items of lists."""
    for place in places(body):
        for odd in ODD:
            yield f"{place} = {odd!r:.40}", changed(body, place, odd)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_model_takes_or_refuses_anything(sample: Sample) -> None:
    module = sample.module
    requests = [filled(sample.request, documented()), *module.EXAMPLE_REQUESTS.values()]
    for request in requests:
        for what, body in variants(request):
            try:
                http.validated(module, body)
            except PunktwerkError as refusal:
                assert refusal.status == 400, what  # noqa: PT017 - it may be accepted as well


@pytest.mark.parametrize("record", [None, 1, True, "x", [], [[]]])
@pytest.mark.parametrize("action", ["pushToPOS", "pushToERP"])
def test_a_record_that_is_no_object_is_refused_by_its_name(
    merchant: Merchant, action: str, record: object
) -> None:
    system = {"pushToPOS": "korona", "pushToERP": "sevdesk"}[action]
    body = {"storeId": merchant.store_id, "system": system, "dataType": "sales_record"}

    def refused(api: Api) -> None:
        with nothing_written():
            answer = api(action, {**body, "records": [record]})
        fields = answer.body["details"]["fields"]
        assert_refused(answer, 400, "INVALID_PARAMETERS", {"fields": fields})
        [(name, problem)] = fields.items()
        assert name == "records[0]"
        assert problem.startswith("must be an object such as {")

    refused(merchant.api)
    refused(merchant.sandbox)
