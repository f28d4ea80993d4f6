"""The golden answers, replayed: what was written about us is what we take and answer.

``tests/support/samples.py`` says what is in the files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from functions import http
from functions.catalog import ENDPOINTS
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from tests.support import situations
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.samples import ANSWERED, FOLDER, SAMPLES, Sample, file_of, path_of
from tests.support.situations import Situation, Systems, documented, filled
from tests.support.staff import sandbox_of

ANY_ARRAY = ["..."]
KEYS = [
    "source",
    "alias",
    "why",
    "by",
    "method",
    "offers",
    "needs",
    "request",
    "idempotencyKey",
    "isRepeated",
    "status",
    "answer",
    "additional",
    "varies",
    "mock",
    "budget",
]
OF_ANSWERS = {
    "source",
    "method",
    "needs",
    "request",
    "status",
    "answer",
    "additional",
    "varies",
    "mock",
}

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)
every_answer = pytest.mark.parametrize("sample", ANSWERED, ids=str)


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of a JSON value by their paths; empty containers are leaves."""
    if isinstance(value, dict) and value:
        parts = {f"{path}.{name}".removeprefix("."): each for name, each in value.items()}
    elif isinstance(value, list) and value and value != ANY_ARRAY:
        parts = {f"{path}[{index}]": each for index, each in enumerate(value)}
    else:
        return {path: value}
    return {
        deeper: leaf for name, each in parts.items() for deeper, leaf in flat(each, name).items()
    }


def assert_matches(
    found: dict[str, Any], documented: dict[str, Any], varies: dict[str, str]
) -> None:
    """Assert that the documented fields are there, to the type of each number."""
    wanted = flat(documented)
    arrays = [path for path, leaf in wanted.items() if leaf == ANY_ARRAY]
    for path in arrays:
        assert isinstance(found[path], list)
        del wanted[path]
    leaves = flat({name: each for name, each in found.items() if name in documented})
    leaves = {
        path: leaf for path, leaf in leaves.items() if not path.startswith(tuple(arrays) or " ")
    }
    for path, pattern in varies.items():
        assert re.fullmatch(pattern, leaves.pop(path))
        del wanted[path]
    assert leaves == wanted
    assert {path: type(leaf) for path, leaf in leaves.items()} == {
        path: type(leaf) for path, leaf in wanted.items()
    }


def with_mock(documented: dict[str, Any], mock: dict[str, Any]) -> dict[str, Any]:
    """Return the documented response with what the sandbox says instead."""
    text: dict[str, Any] = json.loads(json.dumps(documented))
    for path, value in mock.items():
        *parents, last = re.findall(r"\w+", path)
        target: Any = text
        for part in parents:
            target = target[int(part) if part.isdigit() else part]
        target[last] = value
    return text


def answer_of(sample: Sample) -> dict[str, Any]:
    """Return the documented answer, with the names of the documentation."""
    answer: dict[str, Any] = filled(sample.text["answer"], documented())
    return answer


def answer_of_sandbox(sample: Sample) -> dict[str, Any]:
    return with_mock(answer_of(sample), sample.text["mock"])


def test_every_endpoint_has_a_golden_file_and_nothing_else_has() -> None:
    paths = {path_of(endpoint): endpoint.name for endpoint in ENDPOINTS}

    assert set(FOLDER.rglob("*.json")) - set((FOLDER / "shopware").glob("*")) == paths.keys()
    for endpoint in ENDPOINTS:
        assert list(file_of(endpoint)) == ["action", "package", "samples"]
        assert file_of(endpoint)["action"] == endpoint.name


def test_every_endpoint_has_a_sample() -> None:
    sampled = {sample.endpoint.name for sample in ANSWERED}

    assert sampled == {endpoint.name for endpoint in ENDPOINTS}


def test_what_is_known_by_another_name_has_a_sample_of_that() -> None:
    sampled = {sample.action for sample in ANSWERED if sample.action != sample.endpoint.name}

    assert sampled == {alias for endpoint in ENDPOINTS for alias in endpoint.aliases}


@pytest.mark.usefixtures("own_database", "frozen_clock", "persons")
@every_answer
def test_a_live_key_is_answered_as_documented(app: Flask, systems: Systems, sample: Sample) -> None:
    names = {**documented(), **systems.names, **situations.signed("store_a")}
    situation = Situation(situations.documented_merchant(app), names, systems)
    situation.make(sample.needs)

    answer = sample.send(sample.caller(situation), situation.fill(sample.request))

    assert answer.status == sample.status
    assert answer.body.keys() == {*sample.text["answer"], *sample.text["additional"]}
    assert_matches(answer.body, answer_of(sample), sample.text["varies"])


@every_answer
def test_a_test_key_is_answered_as_documented(merchant: Merchant, sample: Sample) -> None:
    sandbox = sandbox_of(sample.endpoint, merchant)

    with nothing_written():
        answer = sample.send(sandbox, filled(sample.request, documented()))

    assert answer.status == sample.status
    expected = {*sample.text["answer"], *sample.text["additional"], "_sandbox"}
    assert answer.body.keys() == expected
    assert answer.body["_sandbox"] is True
    assert_matches(answer.body, answer_of_sandbox(sample), {})


@every_answer
def test_the_example_is_the_documented_response(sample: Sample) -> None:
    module = sample.module
    text = json.dumps(filled(sample.request, documented()))
    request = http.validated(module, json.loads(text, parse_float=Decimal))
    # Of the example, and of what follows from the request.
    answered = http.sandbox_answer(module, request, Caller("acc_1", Package.PRIME, is_live=False))

    assert module.EXAMPLE.keys() == {*sample.text["answer"], *sample.text["additional"]}
    written = json.loads(http.to_response(answered).get_data())
    assert_matches(written, answer_of_sandbox(sample), {})


@every_answer
def test_a_sample_says_where_it_is_from(sample: Sample) -> None:
    assert sample.text.keys() >= OF_ANSWERS
    apis = "Loyalty API, |External Sync API, |POS API, |Scan & Go API, |Click & Collect API, "
    sources = f"{apis}|Loyalty quick start: |Our own; "
    assert re.match(sources, sample.text["source"])


@every_sample
def test_a_sample_says_nothing_that_nobody_reads(sample: Sample) -> None:
    assert list(sample.text) == [key for key in KEYS if key in sample.text]
    assert "answer" in sample.text or sample.text.keys().isdisjoint(
        {"source", "additional", "varies", "mock"}
    )


def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"{shopId} is no name of .* one of storeId, "):
        filled({"lines": [{"shop": "of {shopId}"}]}, documented())


def test_a_need_that_nothing_makes_is_refused(situate: Callable[..., Situation]) -> None:
    with pytest.raises(AssertionError, match=r"nothing makes 'kiosk': .* makes .*program, member"):
        situate({"kiosk": {}})


def test_names_stand_for_texts_within_texts_and_for_objects() -> None:
    names = {"storeId": "s", "key": {"a": 1}}

    value = {"id": ["{storeId}_1", "{storeId}"], "key": "{key}", "points": 5}
    assert filled(value, names) == {"id": ["s_1", "s"], "key": {"a": 1}, "points": 5}
