"""A time of a request is from 1970 to 9999, whichever field it is in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from functions.catalog import ENDPOINTS
from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, nothing_written

IMPOSSIBLE = [
    "0099-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:59:59+01:00",
    "9999-12-31T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
]
PROBLEM = "must be a time from 1970-01-01 to 9999-12-30"
PROGRAM = {"programName": "P", "programType": "stamps", "rules": {"requiredStamps": 10}}
REWARD = {"title": "T", "type": "voucher", "requiredPoints": 1}
SALE = {
    "recordId": "sale_1",
    "total": 149,
    "lines": [{"name": "Milk", "quantity": 1, "unitPrice": 149, "vatPercent": 7}],
}
PUSH = {"system": "korona", "dataType": "sales_record"}
STOCK = {"recordId": "stock_1", "change": -2, "number": "1001"}
NOW = "2026-03-03T12:00:00.000Z"

Body = dict[str, Any]
FIELDS: dict[tuple[str, str], Callable[[str], Body]] = {
    ("createLoyaltyProgram", "rewards[0].validFrom"): lambda time: {
        **PROGRAM,
        "rewards": [{**REWARD, "validFrom": time}],
    },
    ("createLoyaltyProgram", "rewards[0].validUntil"): lambda time: {
        **PROGRAM,
        "rewards": [{**REWARD, "validUntil": time}],
    },
    ("updateLoyaltyProgram", "rewards[0].validUntil"): lambda time: {
        "programId": "lp_1",
        "rewards": [{**REWARD, "validUntil": time}],
    },
    ("addLoyaltyPoints", "occurredAt"): lambda time: {
        "programId": "lp_1",
        "userId": "u1",
        "purchaseAmount": 1,
        "occurredAt": time,
    },
    ("identifyMember", "seenAt"): lambda time: {
        "memberCode": "S7K2M9QXT4HBCW3ZE",
        "seenAt": time,
    },
    ("listEvents", "since"): lambda time: {"since": time},
    ("listEvents", "until"): lambda time: {"until": time},
    ("listWebhookDeliveries", "since"): lambda time: {"since": time},
    ("listWebhookDeliveries", "until"): lambda time: {"until": time},
    ("getWebhookStats", "since"): lambda time: {"webhookId": "we_1", "since": time},
    ("recoverWebhookDeliveries", "since"): lambda time: {"webhookId": "we_1", "since": time},
    ("recoverWebhookDeliveries", "until"): lambda time: {
        "webhookId": "we_1",
        "since": NOW,
        "until": time,
    },
    ("syncPOS", "awardPoints.issuedSince"): lambda time: {
        "system": "korona",
        "awardPoints": {"programId": "lp_1", "issuedSince": time},
    },
    ("pushToPOS", "records[0].soldAt"): lambda time: {
        **PUSH,
        "records": [{**SALE, "soldAt": time}],
    },
    ("pushToERP", "records[0].soldAt"): lambda time: {
        **PUSH,
        "system": "sevdesk",
        "records": [{**SALE, "soldAt": time}],
    },
    ("pushToPOS", "records[0].changedAt"): lambda time: {
        **PUSH,
        "dataType": "inventory_update",
        "records": [{**STOCK, "changedAt": time}],
    },
    ("extendExpiry", "currentExpiresAt"): lambda time: {
        "programId": "lp_1",
        "userId": "user_1",
        "lastDay": "2027-12-31",
        "reason": "Goodwill",
        "actor": "staff_7",
        "currentExpiresAt": time,
    },
    ("advanceTestClock", "to"): lambda time: {"to": time},
}
KNOWN = {
    "consentedAt",
    "createdFrom",
    "createdTo",
    "currentExpiresAt",
    "endsAt",
    "occurredAt",
    "pickupTime",
    "seenAt",
    "startsAt",
    "changedAt",
    "issuedSince",
    "since",
    "soldAt",
    "to",
    "until",
    "validFrom",
    "validUntil",
}


@pytest.mark.parametrize(("action", "field"), FIELDS)
@pytest.mark.parametrize("time", IMPOSSIBLE)
def test_an_impossible_time_is_refused_by_its_field(
    merchant: Merchant, action: str, field: str, time: str
) -> None:
    body = {"storeId": merchant.store_id, **FIELDS[action, field](time)}

    with nothing_written():
        answers = [api(action, body) for api in (merchant.api, merchant.sandbox)]

    for answer in answers:
        assert_fields_refused(answer, {field: PROBLEM})


def test_the_last_time_of_all_comes_back_as_it_was_sent(merchant: Merchant) -> None:
    last = "9999-12-30T23:59:59.999Z"
    rewards = [{**REWARD, "validFrom": "1970-01-01T00:00:00.000Z", "validUntil": last}]

    program_id = merchant.program(rewards=rewards)

    (shown,) = merchant.api.ok("getLoyaltyProgram", {"programId": program_id})["rewards"]
    assert (shown["validFrom"], shown["validUntil"]) == (rewards[0]["validFrom"], last)


def fields(kind: object) -> Iterator[tuple[str, object]]:
    """Yield the names and types of all fields in a model, and in its fields' models."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for field in kind.model_fields.values():
            yield field.alias or "", field.annotation
            yield from fields(field.annotation)
    for inner in get_args(kind):
        yield from fields(inner)


def is_time(kind: object) -> bool:
    return kind is datetime or any(map(is_time, get_args(kind)))


def test_all_fields_that_hold_a_time_are_known_here() -> None:
    requests = [importlib.import_module(each.module).Request for each in ENDPOINTS]

    assert {name for root in requests for name, kind in fields(root) if is_time(kind)} == KNOWN
