"""A shop as a client of its loyalty API sees it, and what its golden files need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from functions.shopware.operations import BASE, DEFAULTS, Operation
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant

ROOT = "/apiGateway"
FOLDER = Path(__file__).parents[1] / "golden" / "shopware"
CUSTOMER = "0189c1a4b7e87b3a9d2f4e6c8a0b1c2d"
OTHER_CUSTOMER = "0189c1a4b7e87b3a9d2f4e6c8a0b1c2e"
CHANNEL = "98432def39fc4624b33213a56b8c944d"
ORDER = "aa11bb22cc33dd44ee55ff6600771188"
LEVELS = [
    {"name": "Bronze", "minPoints": 0, "color": "#C0C0C0"},
    {"name": "Silver", "minPoints": 100, "multiplier": 1.5, "color": "#FF5733"},
    {"name": "Gold", "minPoints": 1000, "multiplier": 2, "color": "#FFD700"},
]
PROGRAM: Mapping[str, Any] = {
    "rules": {"pointsPerEuro": 1, "tiers": LEVELS},
    "tierPolicy": {"basis": "balance", "downgrade": "all"},
}
_BY_NAME = {each.name: each for each in DEFAULTS}


@dataclass(frozen=True)
class Shop:
    """Calls the loyalty API of a shop with a key or a token."""

    app: Flask
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> Answer:
        sent = {**self.headers, **(headers or {})}
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        response = self.app.test_client().open(ROOT + path, method=method, headers=sent, **options)
        text = response.get_data(as_text=True)
        body = json.loads(text) if text else {}
        return Answer(response.status_code, body, dict(response.headers))

    def __call__(
        self, name: str, parameters: Mapping[str, Any], idempotency_key: str | None = None
    ) -> Answer:
        """Call an operation by its name; what the path does not take goes on as it should."""
        operation, left = _BY_NAME[name], dict(parameters)
        path = BASE + operation.path
        if operation.has_customer:
            path = path.replace("{customerId}", left.pop("customerId"))
        keys = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        if operation.is_read:
            return self.send("GET", path, query_string=left, headers=keys)
        return self.send("POST", path, data=json.dumps(left), headers=keys)

    def ok(self, name: str, **parameters: Any) -> dict[str, Any]:
        answer = self(name, parameters)
        assert answer.status == 200, answer.body
        return answer.body

    def points(self, customer_id: str = CUSTOMER) -> int:
        points: int = self.ok("getCustomerProfile", customerId=customer_id)["data"]["points"]
        return points


def shop_of(merchant: Merchant) -> Shop:
    return Shop(merchant.api.app, merchant.api.key)


def bind(api: Api, program_id: str, channel: str | None = CHANNEL) -> None:
    api.ok("bindSalesChannel", {"programId": program_id, "salesChannelId": channel})


def bound(
    merchant: Merchant,
    balance: int = 0,
    spent: int = 0,
    program: Mapping[str, Any] | None = None,
) -> Member:
    """Make a program with levels that the shop has, and a member who is ``CUSTOMER`` there."""
    fields = {**PROGRAM, **(program or {})}
    member = Member(merchant, merchant.program("tier", **fields), "user_1")
    bind(merchant.api, member.program_id)
    body = {"userId": member.user_id, "externalIds": {"shopware": CUSTOMER}}
    profile = {"email": "max@example.com", "firstName": "Max", "lastName": "Mustermann"}
    merchant.api.ok("createMember", {**body, **profile, "customerNumber": "CUST-001"})
    member.enroll()
    if balance:
        member.earn(balance)
    if spent:
        assert member.redeem(spent).status == 200
    return member


def path_of(operation: Operation) -> Path:
    return FOLDER / f"{operation.module.rpartition('.')[2]}.json"


@cache
def samples_of(operation: Operation) -> Mapping[str, Any]:
    """Return the samples of an operation by name: see ``tests/functions/shopware/test_golden``."""
    samples: Mapping[str, Any] = json.loads(path_of(operation).read_text())["samples"]
    return samples
