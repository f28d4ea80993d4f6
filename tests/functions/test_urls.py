"""Whatever field of a request holds a URL or a host: a hostile one is refused, nothing written."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from functions.catalog import ENDPOINTS
from shared.connectors.psp import PROVIDERS
from shared.connectors.psp import module_of as provider_of
from shared.connectors.systems import module_of, names
from shared.domain.systems.syncs import SystemKind
from tests.support import psp_samples, system_samples
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written

HOSTILE = [
    'https://x.example.com/"><script>alert(1)</script>',
    "https://x.example.com/\r\nX-Injected: 1",
    "https://x.example.com/\x00",
    "https://x.example.com/ x",
    "https://user:password@x.example.com/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:127.0.0.1]/",
    "https://metadata.google.internal/",
    "https://2130706433/",
    "https://intranet/",
    "https://",
    "https:///x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "gopher://x.example.com/",
    "//x.example.com/",
    "https://x.example.com/" + "a" * 2_100,
]
WEBHOOK = {"events": ["loyalty.points_earned"]}
PROGRAM = {"programName": "P", "programType": "stamps", "rules": {"requiredStamps": 10}}
PAYMENT = {"amount": 1, "currency": "EUR", "purchaseId": "order_1"}
SAP = system_samples.CONFIGS["erp", "sap"]
SHOP = system_samples.CONFIGS["shop", "generic"]
WOO = system_samples.CONFIGS["shop", "woocommerce"]
SHOPWARE = system_samples.CONFIGS["shop", "shopware"]
PAYABL = {**psp_samples.CONFIGS["payabl"], "mode": "live"}
CUSTOM = psp_samples.CONFIGS["custom"]

REQUESTS: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "branding.logo": lambda url: ("createLoyaltyProgram", {**PROGRAM, "branding": {"logo": url}}),
    "returnUrl": lambda url: ("processPayment", {**PAYMENT, "returnUrl": url}),
    "appUrl": lambda url: ("configureMembers", {"appUrl": url}),
    "url": lambda url: ("createWebhookEndpoint", {**WEBHOOK, "url": url}),
    "url of the older action": lambda url: ("getLoyaltyWebhookEvents", {**WEBHOOK, "url": url}),
    "destination.queueUrl": lambda url: (
        "createWebhookEndpoint",
        {**WEBHOOK, "destination": {"type": "aws_sqs", "queueUrl": url}},
    ),
    "config.apiUrl": lambda url: (
        "configurePSP",
        {"provider": "custom", "config": {**CUSTOM, "apiUrl": url}},
    ),
    "config.baseUrl": lambda url: (
        "configurePSP",
        {"provider": "custom", "config": {**CUSTOM, "baseUrl": url}},
    ),
    "config.liveHost": lambda url: (
        "configurePSP",
        {"provider": "payabl", "config": {**PAYABL, "liveHost": url.removeprefix("https://")}},
    ),
    "credentials.host": lambda url: (
        "configureSync",
        {
            "kind": "erp",
            "system": "sap",
            "credentials": {**SAP, "host": url.removeprefix("https://")},
        },
    ),
    "credentials.baseUrl": lambda url: (
        "configureSync",
        {"kind": "erp", "system": "sap", "credentials": {**SAP, "baseUrl": url}},
    ),
    "credentials.ordersUrl": lambda url: (
        "configureSync",
        {"kind": "shop", "system": "generic", "credentials": {**SHOP, "ordersUrl": url}},
    ),
    "credentials.writeUrl": lambda url: (
        "configureSync",
        {"kind": "shop", "system": "generic", "credentials": {**SHOP, "writeUrl": url}},
    ),
    "credentials.shopUrl": lambda url: (
        "configureSync",
        {"kind": "shop", "system": "woocommerce", "credentials": {**WOO, "shopUrl": url}},
    ),
    "credentials.shopUrl of Shopware": lambda url: (
        "configureSync",
        {"kind": "shop", "system": "shopware", "credentials": {**SHOPWARE, "shopUrl": url}},
    ),
}
KNOWN = {
    "apiUrl",
    "appUrl",
    "baseUrl",
    "host",
    "liveHost",
    "liveUrlPrefix",  # letters, digits and hyphens only
    "logo",
    "ordersUrl",
    "queueUrl",
    "returnUrl",
    "shopUrl",
    "url",
    "writeUrl",
}


@pytest.mark.parametrize("field", REQUESTS)
@pytest.mark.parametrize("url", HOSTILE, ids=lambda url: ascii(url)[:50])
def test_a_hostile_url_is_refused_by_its_field(merchant: Merchant, field: str, url: str) -> None:
    action, body = REQUESTS[field](url)

    with nothing_written():
        answers = [
            api(action, {"storeId": merchant.store_id, **body})
            for api in (merchant.api, merchant.sandbox)
        ]

    for answer in answers:
        assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS"), answer.body
        assert ":password" not in answer.body["message"]


def models(kind: object) -> Iterator[type[BaseModel]]:
    """Yield the models in a type, and in their fields."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(kind):
        yield from models(inner)


def test_all_fields_that_hold_a_url_are_known_here() -> None:
    """A new one is added above, and so is refused what is hostile."""
    requests = [importlib.import_module(each.module).Request for each in ENDPOINTS]
    configs = [
        *(provider_of(each).Config for each in PROVIDERS),
        *(module_of(kind, each).Config for kind in SystemKind for each in names(kind)),
    ]
    found = {
        field.alias
        for root in (*requests, *configs)
        for model in models(root)
        for field in model.model_fields.values()
        if field.alias and field.alias.lower().endswith(("url", "host", "logo", "uri", "urlprefix"))
    }

    assert found == KNOWN
