"""Stocks that are spread over shards: no piece is sold twice, and the last one is found."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.loyalty import reward_stock
from shared.domain.loyalty.reward_stock import SHARDS_MAX
from shared.store import client
from shared.store.loyalty import stock_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.reservations import REWARD, commit, reserve, reserved, void, with_reward

LARGE = 1_000
REWARD_ID = "rw_coffee"


def shards(member: Member) -> list[dict[str, Any]]:
    """Return the documents of the stock, without those that are not there."""
    paths = [
        stock_documents.path(member.program_id, REWARD_ID, shard) for shard in range(SHARDS_MAX)
    ]
    return [each.data for each in client.get(paths).values() if each.data is not None]


def left(member: Member) -> int:
    return sum(each["remaining"] for each in shards(member))


def leave(member: Member, pieces: dict[int, int]) -> None:
    """Let the shards of a stock have so many pieces, and none by default."""
    for shard in range(len(shards(member))):
        read = client.get_one(stock_documents.path(member.program_id, REWARD_ID, shard))
        client.commit([client.Update(read, {"remaining": pieces.get(shard, 0)})])


def set_stock(member: Member, stock: int | None) -> None:
    rewards = [{**REWARD, "stock": stock}]
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "rewards": rewards})


def buy(member: Member) -> str | None:
    return member.redeem(40, rewardId=REWARD_ID).error


def another(member: Member, user_id: str) -> Member:
    """Return another member of the program, with 100 points."""
    new = member.other(user_id)
    new.enroll()
    new.earn(100)
    return new


def test_a_large_stock_is_spread_evenly(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=LARGE + 5)

    assert shards(member) == [
        {"remaining": 101 if shard < 5 else 100, "shards": 10} for shard in range(10)
    ]
    assert buy(member) is None
    assert left(member) == LARGE + 4


def test_a_small_one_is_one_document(merchant: Merchant) -> None:
    assert shards(with_reward(merchant, stock=19)) == [{"remaining": 19}]


def test_the_last_pieces_are_found_in_whatever_shard(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=400, stock=LARGE)
    leave(member, {2: 1, 7: 2})

    assert [buy(member) for _ in range(3)] == [None, None, None]

    with nothing_written():
        assert buy(member) == "REWARD_OUT_OF_STOCK"
        assert reserve(member).error == "REWARD_OUT_OF_STOCK"
    assert left(member) == 0
    stored.assert_sound(member)


def test_what_is_reserved_is_found_again(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=400, stock=LARGE)
    leave(member, {4: 1})
    reservation_id = reserved(member)
    ben = another(member, "ben")

    assert buy(ben) == "REWARD_OUT_OF_STOCK"
    assert void(member, reservation_id).status == 200
    again = reserved(member)
    assert buy(ben) == "REWARD_OUT_OF_STOCK"
    spent = commit(member, again)
    assert spent.status == 200
    assert left(member) == 0
    cancelled = {**member.ids, "redemptionId": spent.body["redemptionId"]}
    member.api.ok("cancelRedemption", cancelled)
    assert left(member) == 1
    assert buy(ben) is None


@pytest.mark.parametrize(
    ("before", "after"), [(1, 1), (1, LARGE), (LARGE, 1), (LARGE, LARGE + 100)]
)
def test_what_is_reserved_stays_reserved_when_the_stock_is_set_anew(
    merchant: Merchant, before: int, after: int
) -> None:
    member = with_reward(merchant, stock=before)
    reservation_id = reserved(member)
    if before == after:
        set_stock(member, 2)

    set_stock(member, after)

    assert left(member) == after
    assert len(shards(member)) == reward_stock.shards_of(after)
    assert sum(len(each.get("holds", [])) for each in shards(member)) == 1
    if after == 1:
        assert buy(another(member, "ben")) == "REWARD_OUT_OF_STOCK"
    assert commit(member, reservation_id).status == 200
    assert left(member) == after - 1


def test_a_reservation_that_has_ended_is_not_kept(merchant: Merchant, frozen_clock: Clock) -> None:
    member = with_reward(merchant, stock=1)
    reserved(member)
    frozen_clock.advance(minutes=15)

    set_stock(member, 2)

    assert shards(member) == [{"remaining": 2, "holds": []}]


def test_a_stock_that_had_no_limit_meanwhile_keeps_what_is_reserved(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=LARGE)
    reservation_id = reserved(member)
    set_stock(member, None)

    set_stock(member, 1)

    assert buy(another(member, "ben")) == "REWARD_OUT_OF_STOCK"
    assert commit(member, reservation_id).status == 200
    assert shards(member) == [{"remaining": 0, "holds": [], "shards": 1}]


def test_a_large_stock_from_before_is_spread_by_the_first_who_comes(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=400, stock=LARGE)
    first, *others = client.get(
        [stock_documents.path(member.program_id, REWARD_ID, shard) for shard in range(10)]
    ).values()
    client.commit(
        [client.Put(first.path, {"remaining": 700}), *(client.Delete(each) for each in others)]
    )

    # Who comes to the first document spreads nothing.
    assert [buy(another(member, f"user_{n}")) for n in range(4)] == [None] * 4

    assert left(member) == 696
    assert len(shards(member)) == 10


def test_a_process_that_knows_an_older_stock_finds_the_pieces(merchant: Merchant) -> None:
    """Programs are cached for a minute: the documents say how many shards there are."""
    member = with_reward(merchant, balance=400, stock=1)
    # As another process would set it, whose caches are its own.
    path = stock_documents.path(member.program_id, REWARD_ID)
    every = reward_stock.spread(LARGE, 10, ())
    client.commit(
        [
            stock_documents.change(client.get_one(path), every[0]),
            *(
                stock_documents.creation(
                    stock_documents.path(member.program_id, REWARD_ID, shard), each
                )
                for shard, each in enumerate(every)
                if shard
            ),
        ]
    )
    leave(member, {9: 1})

    assert [buy(member), buy(member)] == [None, "REWARD_OUT_OF_STOCK"]


def _rush(merchant: Merchant, members: int) -> None:
    """Let many members at once want the last three pieces of a stock, in two shards."""
    first = with_reward(merchant, stock=LARGE)
    leave(first, {3: 2, 8: 1})
    everybody = [first, *(another(first, f"member_{n}") for n in range(members - 1))]

    with ThreadPoolExecutor(members) as pool:
        errors = list(pool.map(buy, everybody))

    assert Counter(errors) == {None: 3, "REWARD_OUT_OF_STOCK": members - 3}
    assert left(first) == 0
    for member, error in zip(everybody, errors, strict=True):
        assert stored.units(member) == ([100] if error else [100, -40])


def test_a_few_at_once_want_the_last_pieces(merchant: Merchant) -> None:
    _rush(merchant, 8)


@pytest.mark.wide
def test_a_hundred_at_once_want_the_last_pieces(merchant: Merchant) -> None:
    _rush(merchant, 100)


def test_a_return_that_revokes_two_rewards_gives_both_pieces_back(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=0, stock=5)
    member.add(purchaseAmount=10, transactionId="t1")
    assert [buy(member), buy(member)] == [None, None]
    assert left(member) == 3
    body = {**member.ids, "transactionId": "t1", "refundId": "r1", "amount": 10}

    member.api.ok("reverseLoyaltyTransaction", body)

    assert left(member) == 5
    assert member.balance()["currentBalance"] == 0
    stored.assert_sound(member)
