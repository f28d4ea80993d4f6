"""Merchants with a store, keys and programs for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Flask

from shared import clock, ids
from shared.auth import keys
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.accounts.packages import Package
from shared.domain.accounts.test_clocks import PREFIX
from shared.domain.stores.stores import Store
from shared.store import client, paths
from shared.store.accounts import account_documents
from shared.store.loyalty import profile_documents
from shared.store.stores import store_documents
from tests.support import databases, sign_ins
from tests.support.api import Answer, Api

POINTS_RULES = {"pointsPerEuro": 10, "minimumPurchase": 5.0, "pointsPerCheckin": 5}
RULES = {
    "stamps": {"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
    "points": POINTS_RULES,
    "cashback": {"cashbackPercentage": 3, "maxCashbackPerTransaction": 5.0},
    "tier": {
        "pointsPerEuro": 10,
        "pointsPerCheckin": 5,
        "tiers": [
            {"name": "Bronze", "minPoints": 0},
            {"name": "Silber", "minPoints": 500},
            {"name": "Gold", "minPoints": 1500},
        ],
    },
}


@dataclass(frozen=True)
class Merchant:
    """An account with one store. ``api`` has its live key, ``sandbox`` its test key."""

    account_id: str
    store_id: str
    api: Api
    sandbox: Api

    def program(self, program_type: str = "points", **fields: Any) -> str:
        """Create an active program, by default without celebrations; return its id."""
        body = {
            "storeId": self.store_id,
            "programName": "Program",
            "programType": program_type,
            "rules": RULES[program_type],
            "isActive": True,
            "milestones": [],
            **fields,
        }
        program_id: str = self.api.ok("createLoyaltyProgram", body)["programId"]
        return program_id

    def member(self, program_type: str = "points", balance: int = 0, **fields: Any) -> Member:
        """Create a program with one member who has a balance."""
        member = Member(self, self.program(program_type, **fields), "user_1")
        member.enroll()
        if balance:
            member.earn(balance)
        return member

    def customer(
        self, user_id: str = "user_1", *, names_account: bool = False, **sign_in: Any
    ) -> Api:
        """Return the API as a customer calls it who has signed in: ``sign_ins.unsigned``.

        With ``names_account`` each call says by the publishable key which account it is for.
        """
        headers = {"X-Beep-Publishable-Key": self.publishable_key()} if names_account else {}
        return Api(self.api.app, sign_ins.unsigned(user_id, **sign_in), headers)

    def publishable_key(self, mode: KeyMode = KeyMode.LIVE) -> str:
        """Make a publishable key of the account, which the process knows from the start."""
        key = create_key(self.account_id, mode, KeyKind.PUBLISHABLE)
        assert account_documents.find_key(keys.parse(key).hash) is not None
        return key

    def another_store(self, currency: str = "EUR") -> Merchant:
        """Make another store of the account; return the merchant with that store."""
        store = Store(
            ids.new("store"), self.account_id, "Another", "Europe/Berlin", currency, clock.utc_now()
        )
        client.commit([store_documents.creation(store), profile_documents.of_store(store)])
        return replace(self, store_id=store.store_id)


@dataclass(frozen=True)
class Member:
    """A user in a program, with the calls that tills make for a user."""

    merchant: Merchant
    program_id: str
    user_id: str

    @property
    def api(self) -> Api:
        return self.merchant.api

    @property
    def ids(self) -> dict[str, str]:
        return {"programId": self.program_id, "userId": self.user_id}

    @property
    def membership_id(self) -> str:
        return paths.membership_id(self.program_id, self.user_id)

    def other(self, user_id: str) -> Member:
        """Return another user of the same program, not enrolled."""
        return replace(self, user_id=user_id)

    def enroll(self) -> dict[str, Any]:
        return self.api.ok("enrollInLoyaltyProgram", self.ids)

    def earn(self, points: float, **fields: Any) -> dict[str, Any]:
        return self.api.ok("addLoyaltyPoints", {**self.ids, "points": points, **fields})

    def add(self, idempotency_key: str | None = None, **fields: Any) -> Answer:
        body = {**self.ids, **fields}
        return self.api("addLoyaltyPoints", body, idempotency_key=idempotency_key)

    def redeem(self, points: float, idempotency_key: str | None = None, **fields: Any) -> Answer:
        body = {**self.ids, "points": points, "rewardDescription": "Test", **fields}
        return self.api("redeemLoyaltyPoints", body, idempotency_key=idempotency_key)

    def sync(self, action: str, points: float, **fields: Any) -> Answer:
        return self.api(
            "syncExternalLoyalty", {**self.ids, "action": action, "points": points, **fields}
        )

    def balance(self) -> dict[str, Any]:
        return self.api.ok("getCustomerBalance", self.ids)


def create_merchant(
    app: Flask,
    package: Package = Package.PRIME,
    *,
    is_active: bool = True,
    time_zone: str = "Europe/Berlin",
    currency: str = "EUR",
    is_test: bool = False,
) -> Merchant:
    now = clock.utc_now()
    account_id, store_id = ids.new(PREFIX if is_test else "acc"), ids.new("store")
    account = Account(account_id, "Merchant", package, is_active, now)
    store = Store(store_id, account_id, "Store", time_zone, currency, now)
    live, live_creation = _new_key(account_id, KeyMode.LIVE, KeyKind.SECRET)
    test, test_creation = _new_key(account_id, KeyMode.TEST, KeyKind.SECRET)
    databases.count_merchant()
    # A single commit, because nearly every test waits for it.
    client.commit(
        [
            account_documents.account_creation(account),
            store_documents.creation(store),
            profile_documents.of_store(store),
            live_creation,
            test_creation,
        ]
    )
    return Merchant(account_id, store_id, Api(app, live), Api(app, test))


def create_key(account_id: str, mode: KeyMode, kind: KeyKind = KeyKind.SECRET) -> str:
    text, creation = _new_key(account_id, mode, kind)
    client.commit([creation])
    return text


def _new_key(account_id: str, mode: KeyMode, kind: KeyKind) -> tuple[str, client.Write]:
    key = keys.generate(mode, kind)
    now = clock.utc_now()
    record = KeyRecord(key.hash, account_id, mode, kind, "test", key.prefix, key.last4, now)
    return key.text, account_documents.key_creation(record)
