"""shopWebhook of every system: a notice whose process dies at any step counts once in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from shared.connectors import client as http
from shared.connectors import shop as connectors
from tests.conftest import Clock
from tests.support import vendor_shops
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.vendor_shops.base import ANNA, Buyer, Notice, VendorShop

STEPS_MAX = 40
TELL_OF_CUSTOMERS = ["generic", "shopify"]


@dataclass
class Connected:
    """A shop of some system; the program gives 10 points a euro, and Anna is ``anna`` there."""

    anna: Member
    app: Flask
    system: str
    shop: VendorShop

    @property
    def merchant(self) -> Merchant:
        return self.anna.merchant

    def post(self, notice: Notice) -> int:
        headers, raw = notice
        path = f"/apiGateway/shopWebhook/{self.system}/{self.merchant.store_id}"
        return self.app.test_client().post(path, data=raw, headers=headers).status_code

    def points(self, user_id: str = "user_1") -> float:
        asked = {"programId": self.anna.program_id, "userId": user_id}
        return float(self.merchant.api.ok("getCustomerBalance", asked)["currentBalance"])

    def dies_everywhere(self, prepare: Callable[[int], tuple[Notice, str, int]]) -> None:
        """Send a notice that dies after one step more each time, and send it again.

        ``prepare`` takes a number that is new each time, and returns the notice, whom it is
        about, and the points that they have in the end.
        """
        for steps in range(STEPS_MAX):
            notice, user_id, points = prepare(steps)
            with dying_after(steps) as life:
                self.post(notice)
            assert self.post(notice) == 200
            assert self.points(user_id) == points
            if not life.has_ended:
                with nothing_written():
                    assert self.post(notice) == 200
                return
        raise AssertionError("a notice has more steps than that")


@pytest.fixture(params=connectors.SYSTEMS)
def connected(
    request: pytest.FixtureRequest,
    merchant: Merchant,
    app: Flask,
    frozen_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Connected]:
    """Each system's shop, which no sweep asks."""
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with vendor_shops.running(request.param) as shop:
        named = {"system": request.param, "storeId": merchant.store_id}
        earning = {"credentials": shop.credentials, "awardPointsProgramId": anna.program_id}
        merchant.api.ok("configureSync", {**named, "kind": "shop", **earning})
        linked = {"userId": "user_1", "customerId": shop.id_of(ANNA)}
        merchant.api.ok("linkShopCustomer", {**named, **linked})
        frozen_clock.advance(minutes=1)  # What was bought before earns nothing.
        yield Connected(anna, app, request.param, shop)


def test_an_order_earns_once_wherever_the_process_dies(connected: Connected) -> None:
    connected.dies_everywhere(
        lambda number: (connected.shop.paid(1 + number, 10), "user_1", 100 * (1 + number))
    )


def test_a_refund_takes_back_once_wherever_the_process_dies(connected: Connected) -> None:
    def refunded(number: int) -> tuple[Notice, str, int]:
        assert connected.post(connected.shop.paid(1 + number, 10)) == 200
        return connected.shop.refunded(1 + number, 3), "user_1", 70 * (1 + number)

    connected.dies_everywhere(refunded)


def test_a_late_order_does_not_undo_its_refund_of_which_the_process_died(
    connected: Connected,
) -> None:
    paid = connected.shop.paid(1, 10)
    refunded = connected.shop.refunded(1, 3)
    for steps in (2, 5, 8):
        with dying_after(steps) as life:
            connected.post(refunded)
        assert life.has_ended
    assert [connected.post(each) for each in (paid, refunded, paid)] == [200] * 3
    assert connected.points() == 70


@pytest.mark.parametrize("connected", TELL_OF_CUSTOMERS, indirect=True)
def test_a_verified_customer_gets_what_has_waited_once_wherever_the_process_dies(
    connected: Connected,
) -> None:
    def verified(number: int) -> tuple[Notice, str, int]:
        user_id, email = f"joins_{number}", f"joins{number}@example.com"
        api, program = connected.merchant.api, {"programId": connected.anna.program_id}
        api.ok("createMember", {"userId": user_id, "email": email})
        api.ok("enrollInLoyaltyProgram", {**program, "userId": user_id})
        buyer = Buyer(1000 + number, email)
        assert connected.post(connected.shop.paid(1 + number, 10, buyer)) == 200
        assert connected.points(user_id) == 0
        told = connected.shop.customer(Buyer(1000 + number, email, is_verified=True))
        assert told is not None
        return told, user_id, 100

    connected.dies_everywhere(verified)


def test_no_other_system_tells_of_customers() -> None:
    topics = {each: connectors.module_of(each).NOTICE_TOPICS for each in connectors.SYSTEMS}
    telling = [each for each, told in topics.items() if {"customer", "customers/update"} & {*told}]
    assert sorted(telling) == TELL_OF_CUSTOMERS
