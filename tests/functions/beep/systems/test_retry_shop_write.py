"""retryShopWrite: a dead letter begins anew; what is over stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.written_shops import WrittenShop


def test_tries_a_dead_card_again(card_shop: WrittenShop) -> None:
    card_shop.server.faults = [404]
    card_shop.shop.anna.earn(10)
    card_shop.work()
    body = {"writeId": card_shop.writing().write_id}
    card_shop.clock.advance(minutes=1)
    answer = card_shop.merchant.api("retryShopWrite", body, idempotency_key="k")
    assert answer.body["write"]["state"] == "pending"
    again = card_shop.merchant.api("retryShopWrite", body, idempotency_key="k")
    assert again.is_replay
    card_shop.run()
    assert card_shop.server.cards["17"]["balance"] == 10


def test_tries_a_code_that_failed_again(code_shop: WrittenShop) -> None:
    redeemed = code_shop.redeem().body
    code_shop.server.faults = [400]
    code_shop.work()
    code_shop.clock.advance(minutes=1)
    code_shop.merchant.api.ok("retryShopWrite", {"writeId": code_shop.code().write_id})
    code_shop.run()
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "active"


def test_writes_a_card_again_that_the_shop_may_have_lost(card_shop: WrittenShop) -> None:
    card_shop.server.cards.clear()
    card_shop.clock.advance(minutes=1)
    card_shop.merchant.api.ok("retryShopWrite", {"writeId": card_shop.writing().write_id})
    card_shop.run()
    assert [*card_shop.server.cards] == ["17"]


def test_leaves_codes_that_are_there_revoked_or_used(code_shop: WrittenShop) -> None:
    redeemed = code_shop.redeem().body
    code_shop.work()
    body = {"writeId": code_shop.code().write_id}
    with nothing_written():
        assert code_shop.merchant.api.ok("retryShopWrite", body)["write"]["state"] == "written"
    code_shop.cancel(redeemed["redemptionId"])
    with nothing_written():
        assert code_shop.merchant.api.ok("retryShopWrite", body)["write"]["state"] == "revoked"


def test_another_account_finds_nothing(
    card_shop: WrittenShop, new_merchant: Callable[..., Merchant]
) -> None:
    body = {"writeId": card_shop.writing().write_id}
    stranger = new_merchant()
    with nothing_written():
        for answer in (
            stranger.api("retryShopWrite", body),
            card_shop.merchant.api("retryShopWrite", {"writeId": "shw_absent"}),
        ):
            assert (answer.status, answer.error) == (404, "SHOP_WRITE_NOT_FOUND")
