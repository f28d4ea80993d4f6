"""The golden files: requests to each endpoint, with their answers and costs.

``tests/golden/<noun>/<module>.json`` has the name of the endpoint, the package that it needs, and
its samples by name. Every walk over the catalog sends the first sample. A sample has:

- ``source``: the place of its documentation, for samples with an ``answer``.
- ``alias``: the other name by which the endpoint is called.
- ``why``: the special thing about it, above all the reason for its cost.
- ``by``: ``customer`` if the member calls, with a sign-in; such a sample has no ``answer``.
  ``person`` if somebody calls who has signed in and names no account: ``uid_of_lena``, who has the
  address of the invitation. By default a secret key does, or an owner where keys are refused.
- ``method``: ``POST`` by default, or ``GET``.
- ``needs``: the objects that must exist before, by the names of ``tests/support/situations.py``.
  Without ``needs`` and ``request``, those of the first sample.
- ``request``: the exact request; ``{storeId}`` and the like are names of the situation.
- ``idempotencyKey``: sent with the request. ``isRepeated``: it is the second of two such requests.
- ``status``: 200 by default.
- ``answer``: the documented fields of the answer; ``additional`` names our further fields,
  ``varies`` has patterns for values that differ on live data, like ids, and ``mock`` has values
  that differ in the sandbox, which answers every request with the same data. Paths look like
  ``webhooks[0].events``; ``["..."]`` stands for any array.
- ``offers``: the wallets that the operator offers while the request is answered; none by default.
- ``budget``: RPCs to Firestore, documents read, and documents written, with warm caches.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from functions.catalog import ENDPOINTS, Endpoint
from tests.support import sign_ins, wallets
from tests.support.api import Answer, Api
from tests.support.situations import Needs, Situation, names_something
from tests.support.staff import caller_of

FOLDER = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True)
class Sample:
    """One request to an endpoint. ``text`` is its content in the file."""

    endpoint: Endpoint
    name: str
    text: Mapping[str, Any]
    first: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.endpoint.name}-{self.name}"

    @property
    def module(self) -> Any:
        return importlib.import_module(self.endpoint.module)

    @property
    def action(self) -> str:
        return str(self.text.get("alias", self.endpoint.name))

    @property
    def is_get(self) -> bool:
        return self.text.get("method") == "GET"

    @property
    def needs(self) -> Needs:
        needs: Needs = self.text.get("needs", self.first["needs"])
        return needs

    @property
    def request(self) -> dict[str, Any]:
        request: dict[str, Any] = self.text.get("request", self.first["request"])
        return request

    @property
    def idempotency_key(self) -> str | None:
        return self.text.get("idempotencyKey")

    @property
    def is_repeated(self) -> bool:
        return bool(self.text.get("isRepeated"))

    @property
    def status(self) -> int:
        return int(self.text.get("status", 200))

    @property
    def budget(self) -> tuple[int, int, int]:
        budget = self.text["budget"]
        return budget["rpcs"], budget["reads"], budget["writes"]

    @property
    def is_by_customer(self) -> bool:
        return self.text.get("by") == "customer"

    @property
    def is_by_person(self) -> bool:
        return self.text.get("by") == "person"

    def caller(self, situation: Situation) -> Api:
        """Return the API as it is called: by the merchant's key, by the member or a person."""
        if self.is_by_person:
            token = sign_ins.unsigned("uid_of_lena", email="lena@example.com")
            return Api(situation.api.app, token)
        if not self.is_by_customer:
            return caller_of(self.endpoint, situation.merchant)
        # With a program or a store, the account is theirs.
        is_named = self.request.keys() & {"programId", "storeId"}
        return situation.merchant.customer(situation.names["userId"], names_account=not is_named)

    def send(self, api: Api, request: dict[str, Any]) -> Answer:
        """Send the request with its names filled in."""
        if self.is_get:
            return api.get(self.action, request)
        with wallets.offering(*self.text.get("offers", [])):
            return api(self.action, request, idempotency_key=self.idempotency_key)


def path_of(endpoint: Endpoint) -> Path:
    """Return the path of the golden file of an endpoint."""
    *_, noun, module = endpoint.module.split(".")
    return FOLDER / noun / f"{module}.json"


@cache
def file_of(endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the content of an endpoint's golden file; nothing if there is none."""
    path = path_of(endpoint)
    text: Mapping[str, Any] = json.loads(path.read_text()) if path.exists() else {"samples": {}}
    return text


def samples_of(endpoint: Endpoint) -> list[Sample]:
    """Return all samples of an endpoint."""
    texts = file_of(endpoint)["samples"]
    return [
        Sample(endpoint, name, text, next(iter(texts.values()))) for name, text in texts.items()
    ]


def first_of(endpoint: Endpoint) -> Sample:
    """Return the sample that every walk sends."""
    samples = samples_of(endpoint)
    assert samples, f"{endpoint.name} has no sample: write {path_of(endpoint)}"
    return samples[0]


NAMELESS = frozenset({"listMyAccounts", "listOAuthConsents", "listApiKeys", "createApiKey"})
"""What names no object: it is about who calls, or about all of the account."""


def naming_of(endpoint: Endpoint) -> Sample:
    """Return the first sample with an id, which a test can replace by another merchant's."""
    if endpoint.name in NAMELESS:
        return first_of(endpoint)
    return next(each for each in samples_of(endpoint) if names_something(each.request))


KEYED = [
    endpoint
    for endpoint in ENDPOINTS
    if endpoint.needs_key and not (endpoint.refuses_keys and endpoint.for_persons)
]
"""What a secret key may call: not what is about a person alone, and not what anybody may ask."""
NAMING = [endpoint for endpoint in KEYED if endpoint.name not in NAMELESS]
SAMPLES = [sample for endpoint in ENDPOINTS for sample in samples_of(endpoint)]
ANSWERED = [sample for sample in SAMPLES if "answer" in sample.text]
BY_CUSTOMERS = [sample for sample in SAMPLES if sample.is_by_customer]
PRICED = [sample for sample in SAMPLES if "budget" in sample.text]
QUICKLY = {"addLoyaltyPoints", "getCustomerBalance", "processPayment"}
"""A booking, a read and a payment: long walks send these always, and the others if wide."""


def mostly_wide(endpoints: list[Endpoint]) -> pytest.MarkDecorator:
    """Let a test walk through endpoints, in ``make test`` through those of ``QUICKLY`` alone."""
    return pytest.mark.parametrize(
        "endpoint",
        [
            pytest.param(each, id=each.name, marks=() if each.name in QUICKLY else pytest.mark.wide)
            for each in endpoints
        ],
    )
