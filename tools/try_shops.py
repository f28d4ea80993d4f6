"""Sell in online shops to a running ``make run``: ``venv/bin/python -m tools.try_shops``.

A stand-in of each system's shop replaces a real one, and sends what that one would send; nothing
leaves this machine. An order earns, a reward is redeemed and used, and a refund takes back. The
shop shows the customer's card, and takes the code of a reward for an order. Names choose some
systems: ``... -m tools.try_shops woocommerce``.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from standardwebhooks import Webhook

from shared.connectors import shop as connectors
from shared.domain.systems.shop_writes import ShopWrite
from shared.store.cache import TTL_S
from tests.support import vendor_shops, vendors
from tests.support.shopify_shop import SPEC as SHOPIFY_SCHEMA
from tests.support.vendor_shops.base import Buyer, Notice, VendorShop, WrittenShop
from tools.try_payments import DEV_JSON, EVENT_TIMEOUT_S, listening

TIMEOUT_S = 60
POLL_S = 0.2
POINTS_PER_EURO = 10
ORDER, REFUND, ORDER_WITH_CODE = 20, 5, 10
"""Euros of an order, of what is paid back of it, and of one that a code was used for."""
AT_TILL, IN_SHOP = 100, 30
"""What the reward of a till costs, and that of the shop."""
EARNED, REDEEMED, REVERSED = (
    f"loyalty.points_{each}" for each in ("earned", "redeemed", "reversed")
)
CANCELLED = "loyalty.points_adjusted"
Json = dict[str, Any]


@dataclass
class Story:
    """What happens in one shop.

    ``number`` is a new one in each run: the running product remembers those of earlier ones.
    ``points`` and ``events`` are what there should be by now. ``is_as_expected`` is ``False`` once
    anything has differed.
    """

    system: str
    shop: VendorShop
    dev: Json
    number: int
    received: queue.Queue[tuple[dict[str, str], bytes]] = field(default_factory=queue.Queue)
    member: Json = field(default_factory=dict)
    points: int = 0
    events: list[str] = field(default_factory=list)
    is_as_expected: bool = True

    @property
    def store_id(self) -> str:
        """The demo merchant's store."""
        return str(self.dev["storeId"])

    @property
    def buyer(self) -> Buyer:
        """The shop's customer."""
        return Buyer(self.number, f"anna{self.number}@example.com")

    @property
    def writes(self) -> frozenset[ShopWrite]:
        """What can be written into the shop."""
        return connectors.module_of(self.system).WRITES

    def connect(self) -> None:
        """Connect the shop, and link its customer to a new member of a new program."""
        program_id = self.call(
            "createLoyaltyProgram",
            storeId=self.store_id,
            programName=f"Points for orders of {self.system}",
            programType="points",
            rules={"pointsPerEuro": POINTS_PER_EURO},
            isActive=True,
        )["programId"]
        self.member |= {"programId": program_id, "userId": f"buyer_{self.number}_{self.system}"}
        self.call("enrollInLoyaltyProgram", **self.member)
        named = {"storeId": self.store_id, "system": self.system}
        connected = self.call(
            "configureSync",
            kind="shop",
            **named,
            credentials=self.shop.credentials,
            awardPointsProgramId=program_id,
            writesCards=ShopWrite.CARD in self.writes,
        )
        self.check("is connected", connected["success"], True)
        customer_id = self.shop.id_of(self.buyer)
        if self.writes:
            self._written.join(self.buyer)
        linked = self.call(
            "linkShopCustomer", **named, userId=self.member["userId"], customerId=customer_id
        )
        self.check(f"has the customer {customer_id}, who is a member", linked["isLinked"], True)
        self.expect("knows who it is", 0)

    def tell(self) -> bool:
        """Tell it from the first order to the refund; return whether all was as expected."""
        with listening(self.received) as url:
            types = sorted({EARNED, REDEEMED, REVERSED})
            hook = self.call("createWebhookEndpoint", storeId=self.store_id, url=url, events=types)
            self._sell()
            self._redeem_at_till()
            if ShopWrite.CODE in self.writes:
                self._redeem_in_shop()
            refund = self.shop.refunded(self.number, REFUND)
            self.check("tells of a refund of 5.00 EUR", self.notify(refund))
            self.expect("takes points back", -REFUND * POINTS_PER_EURO, REVERSED)
            self._read_events(hook["secret"])
            # The receiver ends now, and the stand-in soon: nothing may be left that refers to it.
            self.call("deleteWebhookEndpoint", webhookId=hook["webhook"]["webhookId"])
        named = {"storeId": self.store_id, "system": self.system}
        self.call("deleteSyncConfiguration", kind="shop", **named)
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
        url = f"{root}/shopWebhook/{self.system}/{self.store_id}"
        try:
            with urlopen(Request(url, raw, headers), timeout=TIMEOUT_S) as answer:
                return int(answer.status)
        except HTTPError as refusal:
            return refusal.code

    def check(self, what: str, found: Any, expected: Any = HTTPStatus.OK) -> None:
        """Print a step, and what differs in it."""
        is_right = found == expected
        self.is_as_expected &= is_right
        end = "" if is_right else f", but it should be {expected}"
        print(f"{'ok' if is_right else 'DIFFERS':8}{self.system:12}{what}: {found}{end}")

    def expect(self, what: str, points: int, *events: str) -> None:
        """Check the balance after a change, and the card that the customer sees in the shop."""
        self.points += points
        self.events += events
        found = self.call("getCustomerBalance", **self.member)["currentBalance"]
        self.check(f"{what}, the balance is", found, self.points)
        if ShopWrite.CARD in self.writes:
            shown = eventually(lambda: self._written.card_of(self.buyer)[0], self.points)
            self.check("shows on the card", shown, self.points)

    @property
    def _written(self) -> WrittenShop:
        return cast("WrittenShop", self.shop)

    def _sell(self) -> None:
        headers, raw = paid = self.shop.paid(self.number, ORDER, self.buyer)
        forged = self.notify((headers, raw + b" "))
        self.check("is refused a forged notice", forged, HTTPStatus.UNAUTHORIZED)
        self.check("tells of an order of 20.00 EUR", self.notify(paid))
        self.expect("gives points", ORDER * POINTS_PER_EURO, EARNED)
        self.check("tells of it again", self.notify(paid))
        self.expect("gives nothing for that", 0)

    def _redeem_at_till(self) -> None:
        reward = {"title": "Coffee", "type": "voucher", "requiredPoints": AT_TILL}
        redeemed = self._redeem("rw_coffee", reward)
        used = self.call("useRewardCode", storeId=self.store_id, rewardCode=redeemed["rewardCode"])
        self.check("sees a reward handed out at a till", used["rewardId"], "rw_coffee")

    def _redeem_in_shop(self) -> None:
        """Use the code of a reward for an order, and cancel another one."""
        amount = {"type": "discount_amount", "amount": 2, "requiredPoints": IN_SHOP}
        reward = {**amount, "title": "2 EUR off", "shop": {"system": self.system}}
        redeemed = self._redeem("rw_off", reward)
        code = redeemed["rewardCode"]
        self._in_shop("has its code", redeemed, "active")
        self.check("takes the code for an order", self._written.uses(code, self.buyer), True)
        order = self.shop.paid(self.number + 1, ORDER_WITH_CODE, self.buyer, [code])
        self.check("tells of that order of 10.00 EUR", self.notify(order))
        self.expect("gives points for it", ORDER_WITH_CODE * POINTS_PER_EURO, EARNED)
        self._in_shop("has the code", redeemed, "used")
        cancelled = self._redeem("rw_off")
        self._in_shop("has another code", cancelled, "active")
        self.call("cancelRedemption", **self.member, redemptionId=cancelled["redemptionId"])
        taken = self._written.uses(cancelled["rewardCode"], self.buyer)
        self.check("takes that code once it is cancelled", taken, False)
        self.expect("gets its points back", IN_SHOP, REVERSED)

    def _redeem(self, reward_id: str, reward: Json | None = None) -> Json:
        """Redeem a reward, which is new if it is given."""
        if reward is not None:
            program = {"programId": self.member["programId"]}
            self.call("createReward", **program, rewardId=reward_id, **reward)
        cost = {"rw_coffee": AT_TILL, "rw_off": IN_SHOP}[reward_id]
        redeemed = self.call("redeemLoyaltyPoints", **self.member, points=cost, rewardId=reward_id)
        self.points -= cost
        self.events.append(REDEEMED)
        self.check(f"sees {cost} points redeemed, left are", redeemed["newBalance"], self.points)
        return redeemed

    def _in_shop(self, what: str, redeemed: Json, state: str) -> None:
        """Check how far the code of a redemption is in the shop."""
        asked = {**self.member, "redemptionId": redeemed["redemptionId"]}

        def look() -> Any:
            return self.call("getRedemption", **asked)["redemption"]["shop"]["state"]

        self.check(f"{what}, which is", eventually(look, state), state)

    def _read_events(self, secret: str) -> None:
        """Print the events of this story's member; others may book in the store meanwhile."""
        verifier, told = Webhook(secret), list[str]()
        until_s = time.monotonic() + EVENT_TIMEOUT_S
        while len(told) < len(self.events):
            try:
                left_s = max(until_s - time.monotonic(), 0)
                headers, body = self.received.get(timeout=left_s)
            except queue.Empty:
                break
            event = verifier.verify(body, headers)
            data = event["data"]
            if not self.member.items() <= data.items():
                continue
            told.append(event["type"])
            until_s = time.monotonic() + EVENT_TIMEOUT_S
            words = f"{event['type']}: {data['points']} points, then {data['newBalance']}"
            print(f"{'':8}{self.system:12}{words}")
        self.check("signed events have arrived", sorted(told), sorted(self.events))


def eventually(look: Callable[[], Any], expected: Any) -> Any:
    """Look until it is as expected, or for a while; return what was seen last."""
    deadline_s = time.monotonic() + EVENT_TIMEOUT_S
    while (found := look()) != expected and time.monotonic() < deadline_s:
        time.sleep(POLL_S)
    return found


def main(arguments: Sequence[str] | None = None, dev_json: Path = DEV_JSON) -> int:
    """Run the story of each system; return the exit status."""
    systems = _parser().parse_args(arguments).systems or connectors.SYSTEMS
    if not dev_json.exists():
        print("Start the product first, in another terminal: make run", file=sys.stderr)
        return 1
    dev, number = json.loads(dev_json.read_text()), int(time.time())
    with ExitStack() as running:
        stories = [
            Story(each, running.enter_context(vendor_shops.running(each)), dev, number)
            for each in systems
            if _has_stand_in(each)
        ]
        for each in stories:
            each.connect()
        if any(ShopWrite.CARD in each.writes for each in stories):
            print(f"Waiting {TTL_S:.0f} s: so long other processes do not know the new shops.")
            time.sleep(TTL_S)
        # What was bought before a shop was connected earns nothing, and some tell whole seconds.
        time.sleep(1)
        found = [each.tell() for each in stories]
    return 0 if all(found) else 1


def _has_stand_in(system: str) -> bool:
    if system == "shopify" and vendors.find_vendor_spec(SHOPIFY_SCHEMA) is None:
        print(f"left out: {system}, whose stand-in needs {SHOPIFY_SCHEMA} in VENDOR_SPECS_DIR")
        return False
    return True


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
