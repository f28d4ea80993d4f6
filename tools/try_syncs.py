"""Sync a store through a running ``make run``: ``venv/bin/python -m tools.try_syncs``.

A stand-in of KORONA.cloud replaces a real till system, and a DSFinV-K file replaces a till without
an API; nothing leaves this machine. All calls go through the official client.
"""

from __future__ import annotations

import base64
import json
import queue
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import beep.client
from beep import BeepClient
from standardwebhooks import Webhook

from tools import korona_stand_in
from tools.emulators import ROOT
from tools.korona_stand_in import StandIn
from tools.try_payments import DEV_JSON, EVENT_TIMEOUT_S, listening

EXPORT = ROOT / "examples" / "till" / "dsfinvk.zip"
EVENTS = ("integration.pos.pushed", *["integration.pos.synced"] * 5)
POINTS = 125
"""The points for 12.50 EUR at 10 points a euro."""
Json = dict[str, Any]


class Shop:
    """The demo merchant's store, through the official client."""

    def __init__(self, dev: Json) -> None:
        beep.client.API_BASE = dev["baseUrl"]
        self.client = BeepClient(dev["keys"]["live"]["PRIME"])
        self.store_id: str = dev["storeId"]

    def call(self, action: str, **body: Any) -> Json:
        """Call an action that the client has no method for."""
        return _said(action, self.client._request(action, {"storeId": self.store_id, **body}))  # noqa: SLF001 - all of its methods go this way

    def sync(self, system: str, credentials: Json | None = None, **fields: Any) -> Json:
        """Read a till system."""
        given = {"credentials": credentials} if credentials else {}
        answer = self.client.integrations.sync_pos(
            system=system, storeId=self.store_id, **given, **fields
        )
        return _said("syncPOS", answer)

    def prices(self) -> Json:
        """Return all prices."""
        found = self.client.catalog.list_products(storeId=self.store_id, limit=100)["products"]
        return {each["name"]: each["price"] for each in found}


def main(dev_json: Path = DEV_JSON) -> int:
    """Run the whole story; return the exit status."""
    if not dev_json.exists():
        print("Start the product first, in another terminal: make run", file=sys.stderr)
        return 1
    shop = Shop(json.loads(dev_json.read_text()))
    received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
    with korona_stand_in.running() as till, listening(received) as url:
        webhook = shop.call("createWebhookEndpoint", url=url, events=["integration.pos.*"])
        found = [
            _reads_a_catalog(shop, till),
            _pushes_once(shop, till),
            _earns_once(shop, till),
            _reads_a_file(shop),
        ]
        verifier = Webhook(webhook["secret"])
        print("\nEvents, verified:")
        told = []
        for _ in EVENTS:
            headers, body = received.get(timeout=EVENT_TIMEOUT_S)
            event = verifier.verify(body, headers)
            told.append(event["type"])
            print(f"  {event['type']}  {json.dumps(event['data'])}")
        # The stand-in ends now, so nothing may be left that refers to it.
        shop.call("deleteSyncConfiguration", kind="pos", system="korona")
        shop.call("deleteWebhookEndpoint", webhookId=webhook["webhook"]["webhookId"])
    return 0 if all(found) and sorted(told) == sorted(EVENTS) else 1


def _reads_a_catalog(shop: Shop, till: StandIn) -> bool:
    """Sync twice; one price changes in between, and the second sync reports only this change."""
    shop.sync("korona", till.credentials)
    before = shop.prices()
    till.put_product("1001", "Bio-Vollmilch 1 l", "1.59", "4006381333931")
    again = shop.sync("korona", till.credentials)
    print(f"\nPrices\n  {json.dumps(shop.prices(), ensure_ascii=False)}")
    changed = [name for name, price in shop.prices().items() if before[name] != price]
    return changed == ["Bio-Vollmilch 1 l"] and again["synced"]["priceUpdates"] == len(changed)


def _pushes_once(shop: Shop, till: StandIn) -> bool:
    """Push one sale twice, and check that the till has it once."""
    line = {"name": "Bio-Vollmilch", "quantity": 2, "unitPrice": 159, "vatPercent": 7}
    sale = {
        "recordId": f"sale-{till.url.rpartition(':')[2]}",
        "soldAt": "2026-03-03T12:00:00.000Z",
        "total": 318,
        "lines": [{**line, "ean": "4006381333931"}],
        "payments": [{"paidBy": "card", "amount": 318}],
    }
    for _ in range(2):
        answer = shop.client.integrations.push_to_pos(
            system="korona",
            storeId=shop.store_id,
            dataType="receipt",
            records=[sale],
            credentials=till.credentials,
        )
        _said("pushToPOS", answer)
    is_known: bool = answer["results"][0]["isDuplicate"]
    return is_known and len(till.tables["receipts"]) == 1


def _earns_once(shop: Shop, till: StandIn) -> bool:
    """Check that a receipt earns points only once, however often it is read."""
    program_id = shop.client.loyalty.create_program(
        storeId=shop.store_id,
        programName="Points for receipts",
        programType="points",
        rules={"pointsPerEuro": 10},
        isActive=True,
    )["programId"]
    shop.client.loyalty.enroll(program_id, "anna")
    shop.call(
        "configureSync",
        kind="pos",
        system="korona",
        credentials=till.credentials,
        awardPointsProgramId=program_id,
    )
    later = (datetime.now(UTC) + timedelta(seconds=1)).isoformat(timespec="seconds")
    till.put_receipt("R-1", "12.50", customer="anna", bookingTime=later)
    for _ in range(2):
        shop.sync("korona", isFull=True)
    balance = shop.client.loyalty.get_customer_balance(program_id, "anna")
    return bool(_said("getCustomerBalance", balance)["currentBalance"] == POINTS)


def _reads_a_file(shop: Shop) -> bool:
    """Read the export of a till without an API."""
    file = base64.b64encode(EXPORT.read_bytes()).decode()
    answer = shop.sync("generic", {"file": file})
    return bool(answer["synced"]["products"])


def _said(action: str, answer: Json) -> Json:
    print(f"\n{action}\n  {json.dumps(answer, ensure_ascii=False)}")
    return answer


if __name__ == "__main__":
    sys.exit(main())
