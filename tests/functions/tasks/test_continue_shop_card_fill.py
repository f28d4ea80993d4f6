"""continueShopCardFill: whoever is linked gets a card when a shop begins with cards."""

from __future__ import annotations

from shared.services.systems import shop_card_fills
from shared.store.systems import shop_writing_documents
from tests.support.dying import dying_after
from tests.support.written_shops import WrittenShop


def test_members_linked_before_get_cards_when_a_shop_begins_with_them(
    written_shop: WrittenShop,
) -> None:
    written_shop.shop.anna.earn(30)
    assert written_shop.shop.link(customerId="17").status == 200
    written_shop.shop.anna.other("user_2").enroll()
    written_shop.work()
    assert written_shop.server.cards == {}

    answer = written_shop.connect(writesCards=True)
    assert answer["writesCards"] is True
    written_shop.work()
    assert written_shop.server.cards == {
        "17": {"balance": 30, "unit": "points", "tier": None, "code": None}
    }
    (system,) = written_shop.merchant.api.ok(
        "getSyncStatus", {"storeId": written_shop.merchant.store_id}
    )["systems"]
    assert system["writesCards"] is True


def test_a_fill_that_dies_anywhere_is_gone_on_with(card_shop: WrittenShop) -> None:
    merchant = card_shop.merchant
    for number in (2, 3):
        other = card_shop.shop.anna.other(f"user_{number}")
        other.enroll()
        other.earn(number)
        linked = {"generic_shop": f"{merchant.store_id}:{16 + number}"}
        merchant.api.ok("updateMember", {"userId": other.user_id, "externalIds": linked})
    card_shop.work()
    for steps in range(20):
        card_shop.server.cards.clear()
        card_shop.clock.advance(minutes=6)
        card_shop.pipeline.tasks.is_losing = True
        card_shop.connect(writesCards=True)
        fill = shop_writing_documents.find_fill(merchant.store_id, "generic")
        assert fill is not None
        with dying_after(steps) as life:
            shop_card_fills.resume(merchant.store_id, "generic", fill.fill_id)
        card_shop.pipeline.tasks.is_losing = False
        shop_card_fills.resume(merchant.store_id, "generic", fill.fill_id)
        for each in card_shop.writings():
            card_shop.attempt(each.write_id)
        balances = {name: card["balance"] for name, card in card_shop.server.cards.items()}
        assert balances == {"17": 0, "18": 2, "19": 3}
        if not life.has_ended:
            return
    raise AssertionError("it never came to its end")
