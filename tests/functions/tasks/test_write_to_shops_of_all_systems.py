"""writeToShop in every system: cards, and codes from the redemption to their use or revocation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from flask import Flask

from shared.connectors import client as http
from shared.connectors import shop as connectors
from shared.domain.systems.shop_writes import ShopWrite
from tests.conftest import Clock
from tests.support import vendor_shops
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.merchants import Member
from tests.support.vendor_shops.base import ANNA, Notice, WrittenShop
from tests.support.written_shops import attempt, run_tasks, writings_of

BOTH = [each for each in connectors.SYSTEMS if set(ShopWrite) == connectors.module_of(each).WRITES]
STEPS_MAX = 40


@dataclass
class Written:
    """A shop of some system that shows cards, whose customer Anna is ``anna`` with 500 points."""

    anna: Member
    app: Flask
    system: str
    shop: WrittenShop
    pipeline: Pipeline

    def post(self, notice: Notice) -> int:
        headers, raw = notice
        path = f"/apiGateway/shopWebhook/{self.system}/{self.anna.merchant.store_id}"
        return self.app.test_client().post(path, data=raw, headers=headers).status_code

    def work(self) -> None:
        self.pipeline.fire(self.anna.merchant)
        run_tasks(self.pipeline, self.anna.merchant)

    def redeem(self) -> dict[str, Any]:
        terms = {"points": 50, "rewardId": "rw_shop", "rewardDescription": "5 Euro"}
        return self.anna.merchant.api.ok("redeemLoyaltyPoints", {**self.anna.ids, **terms})

    def found(self, redeemed: dict[str, Any]) -> dict[str, Any]:
        named = {**self.anna.ids, "redemptionId": redeemed["redemptionId"]}
        found: dict[str, Any] = self.anna.merchant.api.ok("getRedemption", named)["redemption"]
        return found

    def cancel(self, redeemed: dict[str, Any]) -> int:
        named = {**self.anna.ids, "redemptionId": redeemed["redemptionId"]}
        return self.anna.merchant.api("cancelRedemption", named).status

    def points(self) -> float:
        return float(self.anna.balance()["currentBalance"])


@pytest.fixture(params=BOTH)
def written(
    request: pytest.FixtureRequest,
    app: Flask,
    merchant: Any,
    pipeline: Pipeline,
    frozen_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Written]:
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with vendor_shops.running(request.param) as running:
        shop = cast("WrittenShop", running)
        shop.join(ANNA)
        named = {"system": request.param, "storeId": merchant.store_id}
        settings = {
            "kind": "shop",
            "credentials": shop.credentials,
            "awardPointsProgramId": anna.program_id,
            "writesCards": True,
        }
        merchant.api.ok("configureSync", {**named, **settings})
        linked = {"userId": "user_1", "customerId": shop.id_of(ANNA)}
        merchant.api.ok("linkShopCustomer", {**named, **linked})
        reward = {
            "programId": anna.program_id,
            "rewardId": "rw_shop",
            "title": "5 Euro",
            "type": "discount_amount",
            "requiredPoints": 50,
            "amount": 5,
            "shop": {"system": request.param},
        }
        merchant.api.ok("createReward", reward)
        anna.earn(500)
        made = Written(anna, app, request.param, shop, pipeline)
        made.work()
        frozen_clock.advance(minutes=1)
        yield made


def test_the_card_follows_the_member(written: Written) -> None:
    assert written.shop.card_of(ANNA)[:2] == (500, "points")
    written.anna.redeem(20)
    written.work()
    assert written.shop.card_of(ANNA)[:2] == (480, "points")
    written.anna.merchant.api.ok("leaveLoyaltyProgram", written.anna.ids)
    written.work()
    assert written.shop.card_of(ANNA) == (None, None, None, None)


def test_the_card_follows_the_orders(written: Written) -> None:
    assert written.post(written.shop.paid(1, 20)) == 200
    written.work()
    assert written.shop.card_of(ANNA)[:2] == (700, "points")
    assert written.post(written.shop.refunded(1, 5)) == 200
    written.work()
    assert written.shop.card_of(ANNA)[:2] == (650, "points")


def test_a_code_is_used_once_and_then_gives_nothing_back(written: Written) -> None:
    redeemed = written.redeem()
    written.work()
    assert written.found(redeemed)["shop"]["state"] == "active"
    assert written.post(written.shop.paid(1, 10, codes=[redeemed["rewardCode"]])) == 200
    found = written.found(redeemed)
    assert (found["status"], found["shop"]["state"]) == ("used", "used")
    assert written.cancel(redeemed) == 409


def test_a_cancelled_code_takes_nothing_off(written: Written) -> None:
    redeemed = written.redeem()
    written.work()
    assert written.cancel(redeemed) == 200
    assert written.points() == 500
    assert not written.shop.uses(redeemed["rewardCode"])


def test_a_code_that_the_shop_says_is_used_gives_nothing_back(written: Written) -> None:
    redeemed = written.redeem()
    written.work()
    assert written.shop.uses(redeemed["rewardCode"])
    assert written.cancel(redeemed) == 409
    assert written.points() == 450
    assert written.found(redeemed)["shop"]["state"] == "used"


def test_a_shop_that_is_not_found_keeps_the_points(written: Written) -> None:
    redeemed = written.redeem()
    written.work()
    before = written.points()
    for healthy in range(STEPS_MAX):
        written.shop.faults.coming = [*[None] * healthy, 404]
        if written.cancel(redeemed) == 200:
            break
        assert written.points() == before
    written.shop.faults.coming = []
    assert not written.shop.uses(redeemed["rewardCode"])


def test_a_process_that_dies_anywhere_never_leaves_code_and_points(
    written: Written, frozen_clock: Clock
) -> None:
    for steps in range(STEPS_MAX):
        redeemed = written.redeem()
        written.work()
        points = written.points()
        with dying_after(steps) as life:
            written.cancel(redeemed)
        if written.points() > points:
            assert not written.shop.uses(redeemed["rewardCode"])
        frozen_clock.advance(minutes=6)
        written.cancel(redeemed)
        assert written.points() == points + 50
        assert not written.shop.uses(redeemed["rewardCode"])
        if not life.has_ended:
            return
    raise AssertionError("it never came to its end")


def test_who_is_erased_is_out_of_the_shop(written: Written) -> None:
    redeemed = written.redeem()
    written.work()
    written.anna.merchant.api.ok("eraseMember", {"userId": "user_1"})
    for each in writings_of(written.anna.merchant):
        attempt(written.pipeline, each.write_id)
    assert written.shop.card_of(ANNA) == (None, None, None, None)
    assert not written.shop.uses(redeemed["rewardCode"])
    assert writings_of(written.anna.merchant) == []
