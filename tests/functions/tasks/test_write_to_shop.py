"""writeToShop: the card of a shop's customer is what the member has, whatever tasks do."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.domain.systems.shop_writings import WritingState
from shared.services.systems import shop_writer
from shared.store import client
from tests.support.dying import dying_after
from tests.support.events import events_of
from tests.support.refusals import nothing_written
from tests.support.shops import SECRET
from tests.support.traffic import interfered, watched
from tests.support.written_shops import LOST, WrittenShop

CARD = {"balance": 0, "unit": "points", "tier": None, "code": None}


def test_a_linked_member_gets_a_card_that_follows_the_balance(card_shop: WrittenShop) -> None:
    assert card_shop.server.cards == {"17": CARD}

    card_shop.shop.anna.earn(40)
    card_shop.work()
    assert card_shop.server.cards["17"]["balance"] == 40
    card_shop.shop.anna.redeem(15)
    card_shop.work()
    assert card_shop.server.cards["17"]["balance"] == 25
    assert card_shop.server.calls == ["card.write 17"] * 2
    assert card_shop.writing().state is WritingState.WRITTEN


def test_a_shop_without_cards_gets_none(written_shop: WrittenShop) -> None:
    assert written_shop.shop.link(customerId="17").status == 200
    written_shop.shop.anna.earn(40)
    written_shop.work()
    assert written_shop.writings() == []
    assert written_shop.server.calls == []


def test_what_changes_nothing_is_not_written(card_shop: WrittenShop) -> None:
    card_shop.shop.anna.earn(40)
    card_shop.shop.anna.redeem(40)
    card_shop.work()
    card_shop.attempt()
    assert card_shop.server.calls == []


def test_the_code_of_the_card_is_shown(card_shop: WrittenShop) -> None:
    made = card_shop.merchant.api.ok("getMemberCode", {"userId": "user_1"})
    card_shop.work()
    assert card_shop.server.cards["17"]["code"] == made["code"]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_triggers_in_any_order_end_in_the_newest_card(
    card_shop: WrittenShop, order: tuple[int, ...]
) -> None:
    for points in (10, 20, 30):
        card_shop.shop.anna.earn(points)
    mine = ("accountId", "==", card_shop.merchant.account_id)
    entries = [each.path for each in client.query("entries", mine, group=True)]
    for number in order:
        card_shop.pipeline.trigger("onEntryCreated", entries[number])
        card_shop.attempt()
    assert card_shop.server.cards["17"]["balance"] == 60
    assert card_shop.server.calls == ["card.write 17"]


def test_what_changes_during_the_call_is_written_after_it(card_shop: WrittenShop) -> None:
    card_shop.shop.anna.earn(10)

    def earn_more() -> None:
        card_shop.shop.anna.earn(5)
        card_shop.pipeline.fire(card_shop.merchant)

    card_shop.server.meanwhile = earn_more
    card_shop.work()
    assert card_shop.server.cards["17"]["balance"] == 15
    assert card_shop.writing().state is WritingState.WRITTEN


def test_a_change_that_is_taken_back_during_the_call_is_written_too(
    card_shop: WrittenShop,
) -> None:
    card_shop.shop.anna.earn(10)

    def spend() -> None:
        card_shop.shop.anna.redeem(10)
        card_shop.pipeline.fire(card_shop.merchant)

    card_shop.server.meanwhile = spend
    card_shop.work()
    assert card_shop.server.cards["17"]["balance"] == 0


def test_two_never_write_at_once(card_shop: WrittenShop) -> None:
    card_shop.shop.anna.earn(10)
    card_shop.server.meanwhile = card_shop.attempt
    card_shop.work()
    assert card_shop.server.calls == ["card.write 17"]


@pytest.mark.parametrize("fault", [500, 503, 429, 409, LOST])
def test_a_failed_call_is_made_again(card_shop: WrittenShop, fault: int) -> None:
    card_shop.server.faults = [fault]
    card_shop.shop.anna.earn(10)
    card_shop.work()
    waiting = card_shop.writing()
    assert (waiting.state, waiting.attempts) == (WritingState.PENDING, 1)
    before = len(card_shop.server.calls)
    card_shop.attempt()
    assert len(card_shop.server.calls) == before

    card_shop.clock.advance(minutes=3)
    card_shop.attempt()
    assert card_shop.server.cards["17"]["balance"] == 10
    assert card_shop.writing().state is WritingState.WRITTEN


@pytest.mark.parametrize("fault", [400, 401, 404])
def test_what_a_shop_refuses_is_a_dead_letter_at_once(card_shop: WrittenShop, fault: int) -> None:
    card_shop.server.faults = [fault]
    card_shop.shop.anna.earn(10)
    card_shop.work()
    dead = card_shop.writing()
    assert (dead.state, dead.dead_reason) == (WritingState.DEAD, "refused")
    (told,) = (
        each
        for each in events_of(card_shop.merchant)
        if each["type"] == "integration.shop.write_failed"
    )
    assert told["userId"] == "user_1"

    card_shop.shop.anna.earn(10)
    card_shop.work()
    assert len(card_shop.server.calls) == 1

    card_shop.connect(writesCards=True)
    card_shop.work()
    assert card_shop.server.cards["17"]["balance"] == 20


def test_after_ten_attempts_it_is_a_dead_letter_until_something_changes(
    card_shop: WrittenShop,
) -> None:
    card_shop.shop.anna.earn(10)
    card_shop.pipeline.fire(card_shop.merchant)
    for _ in range(10):
        card_shop.server.faults = [500]
        card_shop.attempt()
        card_shop.clock.advance(days=2)
    dead = card_shop.writing()
    assert (dead.state, dead.dead_reason) == (WritingState.DEAD, "attempts_exhausted")

    card_shop.shop.anna.earn(10)
    card_shop.work()
    assert card_shop.server.cards["17"]["balance"] == 20


def test_turned_off_cards_stay_as_they_are(card_shop: WrittenShop) -> None:
    card_shop.connect(writesCards=False)
    card_shop.shop.anna.earn(10)
    card_shop.work()
    assert card_shop.server.cards == {"17": CARD}
    assert card_shop.server.calls == []


def test_who_joins_after_being_linked_gets_a_card(card_shop: WrittenShop) -> None:
    api, store_id = card_shop.merchant.api, card_shop.merchant.store_id
    api.ok(
        "createMember",
        {"userId": "user_2", "externalIds": {"generic_shop": f"{store_id}:18"}},
    )
    card_shop.work()
    assert "18" not in card_shop.server.cards
    card_shop.clock.advance(minutes=1)
    card_shop.shop.anna.other("user_2").enroll()
    card_shop.work()
    assert card_shop.server.cards["18"] == CARD


def test_who_leaves_has_no_card_until_coming_back(card_shop: WrittenShop) -> None:
    ids = card_shop.shop.anna.ids
    card_shop.merchant.api.ok("leaveLoyaltyProgram", ids)
    card_shop.work()
    assert card_shop.server.cards == {}
    assert card_shop.writings() == []

    card_shop.clock.advance(minutes=1)
    card_shop.shop.anna.enroll()
    card_shop.work()
    assert card_shop.server.cards == {"17": CARD}


def test_who_is_another_customer_now_has_only_that_card(card_shop: WrittenShop) -> None:
    store_id = card_shop.merchant.store_id
    changed: dict[str, Any] = {
        "userId": "user_1",
        "externalIds": {"generic_shop": f"{store_id}:18"},
    }
    card_shop.merchant.api.ok("updateMember", changed)
    card_shop.work()
    assert card_shop.server.cards == {"18": CARD}

    card_shop.merchant.api.ok("updateMember", {**changed, "externalIds": {"generic_shop": None}})
    card_shop.work()
    assert card_shop.server.cards == {}
    assert card_shop.writings() == []


def test_a_merged_member_s_card_shows_what_both_have(card_shop: WrittenShop) -> None:
    other = card_shop.shop.anna.other("user_2")
    other.enroll()
    other.earn(25)
    card_shop.shop.anna.earn(10)
    card_shop.work()
    card_shop.merchant.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})
    card_shop.work()
    assert card_shop.server.cards == {"17": {**CARD, "balance": 35}}
    other.earn(5)
    card_shop.work()
    assert card_shop.server.cards == {"17": {**CARD, "balance": 40}}
    assert card_shop.writing().user_id == "user_2"


def test_who_is_erased_is_taken_out_of_the_shop(card_shop: WrittenShop) -> None:
    card_shop.merchant.api.ok("eraseMember", {"userId": "user_1"})
    (left,) = card_shop.writings()
    assert left.user_id.startswith("erased_")
    card_shop.attempt()
    assert card_shop.server.cards == {}
    assert card_shop.writings() == []


def test_a_card_that_cannot_be_taken_out_waits_without_a_name(card_shop: WrittenShop) -> None:
    card_shop.server.faults = [401]
    card_shop.merchant.api.ok("eraseMember", {"userId": "user_1"})
    card_shop.attempt()
    assert card_shop.writing().state is WritingState.DEAD
    assert card_shop.writing().user_id.startswith("erased_")
    card_shop.clock.advance(minutes=1)
    card_shop.connect(writesCards=True)
    card_shop.work()
    assert card_shop.server.cards == {}
    assert card_shop.writings() == []


def test_an_export_names_the_card(card_shop: WrittenShop) -> None:
    exported = card_shop.merchant.api.ok("exportMember", {"userId": "user_1"})
    assert "17" in str(exported)


def test_a_notice_of_our_own_write_causes_nothing(card_shop: WrittenShop) -> None:
    card_shop.shop.anna.earn(10)
    card_shop.work()
    before = len(card_shop.server.calls)
    told = {"id": "17", "email": "anna@example.com", "isEmailVerified": True}
    assert card_shop.shop.notify("customer", customer=told) == 200
    card_shop.work()
    assert len(card_shop.server.calls) == before


def test_a_process_that_dies_anywhere_leaves_the_newest_card_to_the_next(
    card_shop: WrittenShop,
) -> None:
    for steps in range(12):
        card_shop.shop.anna.earn(1)
        card_shop.pipeline.fire(card_shop.merchant)
        with dying_after(steps) as life:
            shop_writer.attempt(card_shop.writing().write_id)
        card_shop.clock.advance(minutes=6)
        card_shop.attempt()
        assert card_shop.server.cards["17"]["balance"] == steps + 1
        if not life.has_ended:
            return
    raise AssertionError("it never came to its end")


def test_who_was_held_up_since_the_lease_began_calls_nobody(card_shop: WrittenShop) -> None:
    card_shop.shop.anna.earn(10)
    card_shop.pipeline.fire(card_shop.merchant)
    write_id = card_shop.writing().write_id
    is_held_up = []

    def hold_up() -> None:
        if not is_held_up and card_shop.writing().lease_id is not None:
            is_held_up.append(True)
            card_shop.clock.advance(minutes=4)

    with interfered(hold_up):
        card_shop.attempt(write_id)
    assert is_held_up
    assert card_shop.server.calls == []
    card_shop.clock.advance(minutes=2)
    card_shop.attempt(write_id)
    assert card_shop.server.cards["17"]["balance"] == 10


def test_what_it_costs(card_shop: WrittenShop) -> None:
    card_shop.shop.anna.earn(10)
    card_shop.pipeline.fire(card_shop.merchant)
    card_shop.attempt()
    card_shop.clock.advance(minutes=1)
    card_shop.shop.anna.earn(10)
    card_shop.pipeline.fire(card_shop.merchant)
    write_id = card_shop.writing().write_id
    with watched() as traffic:
        card_shop.attempt(write_id)
    assert len(traffic.rpcs) == 6


def test_an_entry_of_a_member_with_a_card_costs_one_query_more(
    written_shop: WrittenShop,
) -> None:
    assert written_shop.shop.link(customerId="17").status == 200

    def cost() -> list[str]:
        for _ in range(5):  # The first ones fill the caches, and the history that is looked at.
            before = entries_of(written_shop)
            written_shop.shop.anna.earn(5)
            (entry,) = entries_of(written_shop) - before
            with watched() as traffic:
                written_shop.pipeline.trigger("onEntryCreated", entry)
        return traffic.rpcs

    without = cost()
    written_shop.connect(writesCards=True)
    written_shop.run()
    assert sorted(cost()) == sorted([*without, "query"])


def entries_of(shop: WrittenShop) -> set[str]:
    mine = ("accountId", "==", shop.merchant.account_id)
    return {each.path for each in client.query("entries", mine, group=True)}


def test_an_overdue_card_is_found_by_the_sweep(own_database: None, card_shop: WrittenShop) -> None:
    card_shop.pipeline.tasks.is_losing = True
    card_shop.shop.anna.earn(10)
    card_shop.work()
    card_shop.pipeline.tasks.is_losing = False
    assert card_shop.server.cards["17"]["balance"] == 0
    card_shop.clock.now += timedelta(minutes=3)
    card_shop.sweep()
    assert card_shop.server.cards["17"]["balance"] == 10


def test_cards_are_refused_where_there_are_none(written_shop: WrittenShop) -> None:
    body = {
        "kind": "pos",
        "system": "generic",
        "storeId": written_shop.merchant.store_id,
        "credentials": {},
        "writesCards": True,
    }
    answer = written_shop.merchant.api("configureSync", body)
    assert answer.status == 400
    assert "writesCards" in answer.body["details"]["fields"]


def test_cards_are_refused_where_the_shop_cannot_take_them(written_shop: WrittenShop) -> None:
    body = {
        "kind": "shop",
        "system": "generic",
        "storeId": written_shop.merchant.store_id,
        "credentials": {"webhookSecret": SECRET},
        "awardPointsProgramId": written_shop.shop.anna.program_id,
        "writesCards": True,
    }
    with nothing_written():
        answer = written_shop.merchant.api("configureSync", body)
    assert (answer.status, answer.error) == (400, "CONNECTOR_UNSUPPORTED")
    assert answer.body["details"]["offers"] == ["writeUrl"]


def test_who_is_not_in_the_program_that_is_shown_now_has_no_card(card_shop: WrittenShop) -> None:
    other = card_shop.merchant.program("points")
    card_shop.connect(writesCards=True, awardPointsProgramId=other)
    card_shop.work()
    assert card_shop.server.cards == {}
    assert card_shop.writings() == []

    card_shop.clock.advance(minutes=1)
    card_shop.connect(writesCards=True)
    card_shop.work()
    assert card_shop.server.cards == {"17": CARD}
