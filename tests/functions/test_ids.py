"""Whatever an id from outside is, it names nothing of ours: 4xx, nothing written, never a 500."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog import Endpoint
from tests.support.refusals import nothing_written
from tests.support.samples import KEYED, mostly_wide, naming_of
from tests.support.situations import Needs, Situation
from tests.support.staff import caller_of
from tests.support.traffic import watched

BAD_IDS = [
    "a/b",
    "/",
    "//",
    ".",
    "..",
    "__x__",
    "__",
    "a/b_c/d",
    "../../accounts/acc_1",
    "%2F",
    "%2E%2E",
    "\x00",
    "a\x00b",
    "\ud800",
    "x\udfffy",
    "a" * 1_500,
    "a" * 1_501,
    "a_" * 800,
    "ä" * 128,
    "ä" * 750,
    "\U0001f381" * 128,
    "\U0001f381" * 400,
    "pay_" + "\U0010ffff" * 124,
    "a\r\nX-Injected: 1",
    "' OR 1=1 --",
    "{storeId}",
    " ",
]
LOOKED_UP = {
    "storeId",
    "programId",
    "paymentId",
    "webhookId",
    "deliveryId",
    "eventId",
    "productId",
    "reservationId",
    "redemptionId",
    "writeId",
    "keyId",
}
"""Names of something that must be there; other ids are the caller's, and only kept."""
FILTERS = {
    ("listEvents", "programId"),
    ("listWebhookDeliveries", "eventId"),
    ("listWebhookDeliveries", "webhookId"),
    ("trackLoyaltyEvent", "eventId"),
}
"""What only narrows a list down, which may be empty; or is the caller's own id, only kept."""

OF_NO_STORE = frozenset(
    {
        "listMyAccounts",
        "listOAuthConsents",
        "revokeOAuthConsent",
        "listApiKeys",
        "createApiKey",
        "rotateApiKey",
        "revokeApiKey",
    }
)
"""Of the account, or of who calls: they take no store, and look at none."""
every_endpoint = mostly_wide(
    KEYED
)  # Each id is sent to each field of each, which is 10,000 requests.


def id_fields(endpoint: Endpoint) -> list[str]:
    """Return the fields of a request that hold an id or the position in a list."""
    fields = importlib.import_module(endpoint.module).Request.model_fields.values()
    return [
        field.alias
        for field in fields
        if field.alias
        and (field.alias.endswith("Id") or field.alias in {"cursor", "ean", "number"})
    ]


@pytest.fixture
def situation(situate: Callable[[Needs], Situation], endpoint: Endpoint) -> Situation:
    return situate(naming_of(endpoint).needs)


@pytest.fixture
def request_body(situation: Situation, endpoint: Endpoint) -> dict[str, Any]:
    body: dict[str, Any] = situation.fill(naming_of(endpoint).request)
    return body


@every_endpoint
def test_a_bad_id_in_the_body_is_like_an_unknown_one(
    endpoint: Endpoint, situation: Situation, request_body: dict[str, Any]
) -> None:
    api = caller_of(endpoint, situation.merchant)
    for name in id_fields(endpoint):
        for bad in BAD_IDS:
            with watched() as traffic:
                answer = api(endpoint.name, {**request_body, name: bad})

            assert answer.status < 500, (name, bad, answer.body)
            if name in LOOKED_UP and (endpoint.name, name) not in FILTERS:
                assert answer.status in {400, 404}, (name, bad, answer.body)
            if answer.status != 200:
                # The merchant is told how many check-ins were refused, and why.
                is_counted = endpoint.name == "checkIn" and answer.status == 429
                counters = [each for each in traffic.written if "/checkInCounters/" in each]
                expected = counters if is_counted else []
                assert traffic.written == expected, (name, bad)


@every_endpoint
def test_a_bad_id_in_the_query_is_like_an_unknown_one(
    endpoint: Endpoint, situation: Situation, request_body: dict[str, Any]
) -> None:
    if not endpoint.is_read:
        return
    for name in id_fields(endpoint):
        for bad in BAD_IDS:
            sent = {**request_body, name: bad.encode("utf-8", "surrogatepass")}
            with nothing_written():
                answer = situation.api.get(endpoint.name, sent)

            assert answer.status < 500, (name, bad, answer.body)
            if name in LOOKED_UP and (endpoint.name, name) not in FILTERS:
                assert answer.status in {400, 404}, (name, bad, answer.body)


@mostly_wide([each for each in KEYED if each.name not in OF_NO_STORE])
def test_a_bad_id_in_the_header_is_like_an_unknown_one(
    endpoint: Endpoint, situation: Situation, request_body: dict[str, Any]
) -> None:
    body = {name: value for name, value in request_body.items() if name != "storeId"}
    for bad in BAD_IDS:
        try:
            sent = bad.encode().decode("latin-1")  # as a server hands over what it was sent
        except UnicodeEncodeError:
            continue
        if "\r" in sent or "\x00" in sent:
            continue  # No server takes such a header.
        with nothing_written():
            answer = situation.api(endpoint.name, body, X_Beep_Store_Id=sent)
        assert answer.status in {400, 404} or not sent.strip(), (bad, answer.body)
        assert answer.status < 500, (bad, answer.body)
