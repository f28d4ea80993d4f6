"""A shop of our own contract that takes cards and codes, and fails as it is told.

It knows no customers, checks no signature and counts its calls: for tests of what we do. Tests of
what a shop does have ``tests.support.vendor_shops``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import pytest

from shared.domain.systems.shop_writings import ShopWriting
from shared.store import client
from shared.store.systems import shop_writing_documents
from tests.conftest import Clock
from tests.support import json_servers
from tests.support.events import Pipeline
from tests.support.json_servers import LostAnswer
from tests.support.merchants import Merchant
from tests.support.shops import SECRET, OnlineShop
from tests.support.tasks import Task

WRITE, FILL = "writeToShop", "continueShopCardFill"
LOST = 0
"""As a fault: the shop does what it is told, and nobody hears of it."""
Row = dict[str, Any]


@dataclass
class ShopServer:
    """What the shop has. Each call uses up one of ``faults``: a status, or ``LOST``.

    ``meanwhile`` is called once, while the next call is on its way: after it has taken effect.
    """

    url: str = ""
    cards: dict[str, Row] = field(default_factory=dict)
    codes: dict[str, Row] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    def answer(self, _method: str, _path: str, _headers: Message, data: bytes) -> tuple[int, Row]:
        """Do what a call says.

        Raises:
            LostAnswer: The fault was ``LOST``.
        """
        body = json.loads(data)
        action = body["action"]
        if action == "ping":
            return 200, {}
        code = body.get("code", {}).get("code", "")
        card = body.get("card", {})
        name = code or card.get("customerId") or body["customerId"]
        self.calls.append(f"{action} {name}")
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            return fault, {"message": "as told"}
        answer: Row = {}
        match action:
            case "card.write":
                self.cards[name] = {each: card[each] for each in card if each != "customerId"}
            case "card.clear":
                self.cards.pop(name, None)
            case "code.put":
                self.codes.setdefault(name, body["code"])
                answer = {"id": f"dc_{name}"}
            case "code.revoke":
                answer = {"used": name in self.used}
                if name not in self.used:
                    self.codes.pop(name, None)
        if (now := self.meanwhile) is not None:
            self.meanwhile = None
            now()
        if fault == LOST:
            raise LostAnswer
        return 200, answer


@contextmanager
def serving() -> Iterator[ShopServer]:
    """Run a shop on a free port of the loopback interface."""
    shop = ShopServer()
    with json_servers.serving(shop.answer) as shop.url:
        yield shop


def writings_of(merchant: Merchant) -> list[ShopWriting]:
    """Return what waits to be written into a store's shops, or was, the oldest first."""
    found = client.query("shopWritings", ("storeId", "==", merchant.store_id))
    every = [each for read in found if (each := shop_writing_documents.decode(read))]
    return sorted(every, key=lambda each: (each.created_at, each.write_id))


def attempt(pipeline: Pipeline, write_id: str) -> None:
    """Run a task as the queue does, also one that comes twice."""
    task = Task(WRITE, "again", {"data": {"writeId": write_id}}, None, {})
    assert pipeline.tasks.run(task) == 200


def run_tasks(pipeline: Pipeline, merchant: Merchant) -> int:
    """Run the tasks of a store's shops until none is left."""

    def is_own(task: Task) -> bool:
        data = task.body["data"]
        if task.queue == FILL:
            return bool(data["storeId"] == merchant.store_id)
        own = {each.write_id for each in writings_of(merchant)}
        return task.queue == WRITE and data["writeId"] in own

    ran = 0
    while more := pipeline.tasks.run_pending(is_own):
        ran += more
    return ran


@dataclass(frozen=True)
class WrittenShop:
    """A connected shop into which something is written, and the functions behind it."""

    shop: OnlineShop
    server: ShopServer
    pipeline: Pipeline
    clock: Clock

    @property
    def merchant(self) -> Merchant:
        return self.shop.merchant

    def connect(self, **fields: Any) -> Row:
        credentials = {
            "webhookSecret": SECRET,
            "ordersUrl": self.shop.lists.url,
            "writeUrl": self.server.url,
        }
        return self.shop.connect(credentials=credentials, **fields)

    def writings(self) -> list[ShopWriting]:
        """Return what waits or was written, the oldest first."""
        return writings_of(self.merchant)

    def writing(self) -> ShopWriting:
        (found,) = self.writings()
        return found

    def attempt(self, write_id: str | None = None) -> None:
        """Run a task as the queue does, also one that comes twice."""
        attempt(self.pipeline, write_id or self.writing().write_id)

    def run(self) -> int:
        """Run the tasks of this shop until none is left."""
        return run_tasks(self.pipeline, self.merchant)

    def reward(self, **fields: Any) -> Row:
        """Make a reward of the shop: 5 euros for 50 points; the member has 200."""
        body = {
            "programId": self.shop.anna.program_id,
            "rewardId": "rw_shop",
            "title": "5 Euro",
            "type": "discount_amount",
            "requiredPoints": 50,
            "amount": 5,
            "shop": {"system": "generic"},
        }
        return self.merchant.api.ok("createReward", {**body, **fields})

    def redeem(self, **fields: Any) -> Any:
        """Redeem the reward of the shop."""
        body = {"points": 50, "rewardId": "rw_shop", "rewardDescription": "5 Euro"}
        return self.merchant.api("redeemLoyaltyPoints", {**self.shop.anna.ids, **body, **fields})

    def cancel(self, redemption_id: str, **options: Any) -> Any:
        body = {**self.shop.anna.ids, "redemptionId": redemption_id}
        return self.merchant.api("cancelRedemption", body, **options)

    def redemption(self, redemption_id: str) -> Row:
        body = {**self.shop.anna.ids, "redemptionId": redemption_id}
        return self.merchant.api.ok("getRedemption", body)["redemption"]

    def code(self) -> ShopWriting:
        """Return the only code."""
        (found,) = (each for each in self.writings() if each.code is not None)
        return found

    def is_usable(self) -> bool:
        """Tell whether a customer could use a code now, or has used one."""
        return bool(self.server.codes)

    def work(self) -> None:
        """Call the triggers of all that is new, and run the tasks."""
        self.pipeline.fire(self.merchant)
        self.run()

    def sweep(self) -> None:
        """Call the scheduled function, and run what it enqueues."""
        self.pipeline.sweep()
        self.run()


@pytest.fixture
def written_shop(
    shop: OnlineShop, pipeline: Pipeline, frozen_clock: Clock
) -> Iterator[WrittenShop]:
    """A shop that takes cards and codes, connected without cards yet."""
    with serving() as server:
        made = WrittenShop(shop, server, pipeline, frozen_clock)
        made.connect()
        made.work()
        server.calls.clear()
        yield made


@pytest.fixture
def card_shop(written_shop: WrittenShop) -> WrittenShop:
    """A shop that shows cards; ``anna`` is its customer 17, with a card of 0 points."""
    written_shop.connect(writesCards=True)
    assert written_shop.shop.link(customerId="17").status == 200
    written_shop.work()
    written_shop.server.calls.clear()
    return written_shop


@pytest.fixture
def code_shop(written_shop: WrittenShop) -> WrittenShop:
    """A shop without cards that takes codes; ``anna`` is its customer 17, and has 200 points."""
    assert written_shop.shop.link(customerId="17").status == 200
    written_shop.shop.anna.earn(200)
    written_shop.reward()
    written_shop.work()
    written_shop.server.calls.clear()
    return written_shop
