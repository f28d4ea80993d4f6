"""Sell in online shops to a running ``make run``: ``venv/bin/python -m tools.try_shops``.

A stand-in of each system's shop replaces a real one, and sends what that one would send; nothing
leaves this machine. An order earns, a reward is redeemed and used, and a refund takes back. Names
choose some systems: ``... -m tools.try_shops woocommerce``.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from standardwebhooks import Webhook

from shared.connectors import shop as connectors
from tests.support import vendor_shops, vendors
from tests.support.shopify_shop import SPEC as SHOPIFY_SCHEMA
from tests.support.vendor_shops.base import Buyer, Notice, VendorShop
from tools.try_payments import DEV_JSON, EVENT_TIMEOUT_S, listening

TIMEOUT_S = 60
ORDER, REFUND, COST = 20, 5, 100
"""Euros of an order and of what is paid back of it, and the points that a reward costs."""
POINTS_PER_EURO = 10
EARNED = ORDER * POINTS_PER_EURO
LEFT = EARNED - COST - REFUND * POINTS_PER_EURO
EVENTS = ("loyalty.points_earned", "loyalty.points_redeemed", "loyalty.points_reversed")
REWARD = {
    "rewardId": "rw_coffee",
    "title": "Coffee",
    "type": "voucher",
    "requiredPoints": COST,
}
Json = dict[str, Any]


@dataclass
class Story:
    """What happens in one shop. ``is_as_expected`` is ``False`` once anything has differed."""

    system: str
    shop: VendorShop
    dev: Json
    received: queue.Queue[tuple[dict[str, str], bytes]]
    is_as_expected: bool = True

    def tell(self, url: str) -> bool:
        """Tell it from the connection to the refund; return whether all was as expected."""
        # Numbers are new in each run: the running product remembers those of earlier ones.
        number = int(time.time())
        buyer = Buyer(number, f"anna{number}@example.com")
        named = {"storeId": self.dev["storeId"], "system": self.system}
        webhook = self.call(
            "createWebhookEndpoint", storeId=named["storeId"], url=url, events=EVENTS
        )
        member = self._connect(named, buyer)
        self._sell(number, buyer, member)
        self._redeem(named["storeId"], member)
        refund = self.shop.refunded(number, REFUND)
        self.check("is told of a refund of 5.00 EUR", self.notify(refund), HTTPStatus.OK)
        self.check("has taken 50 points back", self.balance(member), LEFT)
        self._read_events(webhook["secret"])
        # The stand-in ends now, so nothing may be left that refers to it.
        self.call("deleteSyncConfiguration", kind="shop", **named)
        self.call("deleteWebhookEndpoint", webhookId=webhook["webhook"]["webhookId"])
        return self.is_as_expected

    def call(self, action: str, **body: Any) -> Json:
        """Call an action that must succeed, with the demo merchant's key."""
        url, key = self.dev["baseUrl"], self.dev["keys"]["live"]["PRIME"]
        headers = {"Authorization": f"Bearer {key}"}
        request = Request(f"{url}/{action}", json.dumps(body).encode(), headers)
        with urlopen(request, timeout=TIMEOUT_S) as answer:
            found: Json = json.load(answer)
        return found

    def notify(self, notice: Notice) -> int:
        """Send a notice as the shop does; return the status of the answer."""
        headers, raw = notice
        root = self.dev["baseUrl"].removesuffix("/api/v1")
        url = f"{root}/shopWebhook/{self.system}/{self.dev['storeId']}"
        try:
            with urlopen(Request(url, raw, headers), timeout=TIMEOUT_S) as answer:
                return int(answer.status)
        except HTTPError as refusal:
            return refusal.code

    def balance(self, member: Json) -> Any:
        """Return the points of a member."""
        return self.call("getCustomerBalance", **member)["currentBalance"]

    def check(self, what: str, found: Any, expected: Any) -> None:
        """Print a step, and what differs in it."""
        is_right = found == expected
        self.is_as_expected &= is_right
        end = "" if is_right else f", but it should be {expected}"
        print(f"{'ok' if is_right else 'DIFFERS':8}{self.system:12}{what}: {found}{end}")

    def _connect(self, named: Json, buyer: Buyer) -> Json:
        """Connect the shop, and link its customer to a new member of a new program."""
        program_id = self.call(
            "createLoyaltyProgram",
            storeId=named["storeId"],
            programName=f"Points for orders of {self.system}",
            programType="points",
            rules={"pointsPerEuro": POINTS_PER_EURO},
            rewards=[REWARD],
            isActive=True,
        )["programId"]
        member = {"programId": program_id, "userId": f"buyer_{buyer.number}_{self.system}"}
        self.call("enrollInLoyaltyProgram", **member)
        credentials = self.shop.credentials
        earning = {"credentials": credentials, "awardPointsProgramId": program_id}
        connected = self.call("configureSync", kind="shop", **named, **earning)
        self.check("is connected", connected["success"], True)
        customer_id = self.shop.id_of(buyer)
        linked = self.call(
            "linkShopCustomer", **named, userId=member["userId"], customerId=customer_id
        )
        self.check(f"has the customer {customer_id}, who is a member", linked["isLinked"], True)
        # What was bought before it was connected earns nothing, and some tell whole seconds.
        time.sleep(1)
        return member

    def _sell(self, number: int, buyer: Buyer, member: Json) -> None:
        paid = self.shop.paid(number, ORDER, buyer)
        headers, raw = paid
        forged = (headers, raw.replace(b"EUR", b"CHF") + b" ")
        self.check("is refused a forged notice", self.notify(forged), HTTPStatus.UNAUTHORIZED)
        self.check("tells of an order of 20.00 EUR", self.notify(paid), HTTPStatus.OK)
        self.check("has given points for it", self.balance(member), EARNED)
        self.check("tells of it again", self.notify(paid), HTTPStatus.OK)
        self.check("has given nothing for that", self.balance(member), EARNED)

    def _redeem(self, store_id: str, member: Json) -> None:
        redeemed = self.call(
            "redeemLoyaltyPoints", **member, points=COST, rewardId=REWARD["rewardId"]
        )
        self.check("sees a reward redeemed", redeemed["newBalance"], EARNED - COST)
        used = self.call("useRewardCode", storeId=store_id, rewardCode=redeemed["rewardCode"])
        self.check("sees its code used for", used["rewardId"], REWARD["rewardId"])

    def _read_events(self, secret: str) -> None:
        verifier, told = Webhook(secret), []
        try:
            for _ in EVENTS:
                headers, body = self.received.get(timeout=EVENT_TIMEOUT_S)
                event = verifier.verify(body, headers)
                told.append(event["type"])
                data = event["data"]
                words = f"{event['type']}: {data['points']} points, then {data['newBalance']}"
                print(f"{'':8}{self.system:12}{words}")
        except queue.Empty:
            pass
        self.check("signed events have arrived", sorted(told), sorted(EVENTS))


def main(arguments: Sequence[str] | None = None, dev_json: Path = DEV_JSON) -> int:
    """Run the story of each system; return the exit status."""
    systems = _parser().parse_args(arguments).systems or connectors.SYSTEMS
    if not dev_json.exists():
        print("Start the product first, in another terminal: make run", file=sys.stderr)
        return 1
    dev = json.loads(dev_json.read_text())
    found = [_is_as_expected(each, dev) for each in systems]
    return 0 if all(found) else 1


def _is_as_expected(system: str, dev: Json) -> bool:
    if system == "shopify" and vendors.find_vendor_spec(SHOPIFY_SCHEMA) is None:
        print(f"left out: {system}, whose stand-in needs {SHOPIFY_SCHEMA} in VENDOR_SPECS_DIR")
        return True
    received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
    with vendor_shops.running(system) as shop, listening(received) as url:
        return Story(system, shop, dev, received).tell(url)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.try_shops", description=__doc__)
    names = ", ".join(connectors.SYSTEMS)
    parser.add_argument("systems", nargs="*", type=_system, help=f"{names}; all by default")
    return parser


def _system(name: str) -> str:
    if name not in connectors.SYSTEMS:
        raise argparse.ArgumentTypeError(
            f"there is no {name}; there are {', '.join(connectors.SYSTEMS)}"
        )
    return name


if __name__ == "__main__":
    sys.exit(main())
