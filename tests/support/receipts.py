"""A till whose files of receipts are imported, and receipts as its reader gives them."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.loyalty.earning import Award
from shared.domain.money import Money
from shared.domain.systems import receipt_parts
from shared.domain.systems.purchases import Grown, Growth, Purchase
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.syncs import Sync, SyncState, SystemKind
from shared.services.systems import receipt_points
from shared.services.systems.receipt_points import ReceiptResult
from tests.support.merchants import Member, Merchant

ISSUED = datetime(2026, 3, 3, 13, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class ReceiptTill:
    """A till whose files are imported. Members have 10 points a euro, from the first cent on."""

    anna: Member

    @property
    def ben(self) -> Member:
        return self.anna.other("user_2")

    def read(self, *rows: Row, **fields: Any) -> dict[str, Any]:
        """Import a file with these receipts."""
        content = base64.b64encode(json.dumps({"receipts": rows}).encode()).decode()
        body = {
            "system": "generic",
            "storeId": self.anna.merchant.store_id,
            "credentials": {"file": content},
            "awardPoints": {"programId": self.anna.program_id},
            **fields,
        }
        return self.anna.api.ok("syncPOS", body)

    def status(self) -> dict[str, Any]:
        body = {"storeId": self.anna.merchant.store_id, "kind": "pos", "system": "generic"}
        (found,) = self.anna.api.ok("getSyncStatus", body)["systems"]
        return dict(found)

    def remarks(self) -> list[str]:
        return [each["reason"] for each in self.status()["lastSync"]["remarks"]]

    def sync(self) -> Sync:
        """Return a sync as its worker has it."""
        merchant = self.anna.merchant
        return Sync(
            sync_id="sync_1",
            account_id=merchant.account_id,
            store_id=merchant.store_id,
            kind=SystemKind.POS,
            system="generic",
            state=SyncState.RUNNING,
            started_at=ISSUED,
            updated_at=ISSUED,
            streams=("receipts",),
            stream="receipts",
            program_id=self.anna.program_id,
        )


@pytest.fixture
def receipt_till(merchant: Merchant) -> ReceiptTill:
    rules = {"pointsPerEuro": 10}
    anna = merchant.member("points", rules=rules)
    anna.other("user_2").enroll()
    return ReceiptTill(anna)


def row(receipt_id: str, amount: float, **fields: Any) -> Row:
    minutes = fields.pop("at", 0)
    return {
        "id": receipt_id,
        "issuedAt": (ISSUED + timedelta(minutes=minutes)).isoformat(),
        "total": amount,
        "eligible": amount,
        "customerId": "user_1",
        **fields,
    }


def void(receipt_id: str, amount: float, of: str = "R-1", **fields: Any) -> Row:
    return row(receipt_id, amount, kind="void", voids=of, customerId="", at=1, **fields)


def book(till: ReceiptTill, *receipts: Receipt) -> list[ReceiptResult]:
    """Book receipts one after the other, as a sync does."""
    return [receipt_points.book(till.sync(), each, lambda _: False) for each in receipts]


def receipt(amount: int = 1000, **fields: Any) -> Receipt:
    values = {
        "external_id": "R-1",
        "number": "1",
        "issued_at": ISSUED,
        "kind": ReceiptKind.SALE,
        "customer_id": "user_1",
        **fields,
    }
    return Receipt(total=Money(amount, "EUR"), eligible=Money(amount, "EUR"), **values)


def exchange(number: int, amount: int, **fields: Any) -> Receipt:
    """Return a receipt that takes goods of receipt ``R-1`` back, or sells more, net."""
    issued_at = ISSUED + timedelta(minutes=number)
    named = {"external_id": f"X-{number}", "voids": "R-1", "customer_id": None}
    return receipt(amount, **{**named, "issued_at": issued_at, **fields})


def purchase_of(receipt_id: str) -> Purchase:
    """Return a purchase that knows nothing yet."""
    return Purchase("pur_1", "acc_1", "store_1", "lp_1", "generic", receipt_id)


def award(minor: int) -> int:
    """Ten points a euro, from five euros on."""
    return minor // 10 if minor >= 500 else 0


def decide(growth: Growth) -> Grown:
    """Decide what a growth earns as ``award`` says, without limits."""
    before = receipt_parts.total(growth.before.earning_parts) if growth.before else 0
    units = award(math.floor(receipt_parts.total(growth.after))) - award(math.floor(before))
    return Grown(Award(units, units))
