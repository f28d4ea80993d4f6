"""The stock of a reward with what is reserved of it, in one document or spread over shards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import reward_stock
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.reward_stock import RewardStock, StockHold
from shared.errors import RewardOutOfStock
from tests.support.strategies import NOW

LATER = NOW + timedelta(minutes=15)
HOLD = Hold("rs_1", "lp_1_anna", (), NOW, LATER, reward_id="rw_1", takes_stock=True)
OTHER = replace(HOLD, membership_id="lp_1_ben")


def test_a_reserved_piece_is_there_and_not_to_be_had() -> None:
    stock = RewardStock(1).held(HOLD, NOW)

    assert stock.remaining == 1
    for now in (NOW, LATER - timedelta.resolution):
        with pytest.raises(RewardOutOfStock):
            stock.taken("rw_1", now)
        with pytest.raises(RewardOutOfStock):
            stock.held(OTHER, now)
    assert stock.has(HOLD)
    assert not stock.has(OTHER)
    assert stock.released(HOLD).taken("rw_1", NOW) == RewardStock(0)
    assert stock.released(HOLD) == RewardStock(1)


def test_its_end_gives_it_back_once() -> None:
    stock = RewardStock(1).held(HOLD, NOW)

    taken = stock.taken("rw_1", LATER)

    assert taken == RewardStock(0)
    assert taken.released(HOLD) == RewardStock(0)
    with pytest.raises(RewardOutOfStock):
        taken.released(HOLD).taken("rw_1", LATER)


def test_reservations_of_two_members_may_have_one_id() -> None:
    stock = RewardStock(2).held(HOLD, NOW).held(OTHER, NOW)

    assert len(stock.holds) == 2
    assert stock.released(OTHER).released(HOLD).taken("rw_1", NOW) == RewardStock(1)


def test_a_stock_that_was_set_anew_gives_a_free_one() -> None:
    assert RewardStock(3).released(HOLD).taken("rw_1", NOW) == RewardStock(2)
    assert RewardStock(3).taken("rw_1", NOW).returned() == RewardStock(3)


# Shards


@pytest.mark.parametrize(
    ("stock", "shards"), [(0, 1), (1, 1), (19, 1), (20, 2), (99, 9), (100, 10), (10_000, 10)]
)
def test_a_small_stock_is_one_document(stock: int, shards: int) -> None:
    assert reward_stock.shards_of(stock) == shards


holds = st.lists(
    st.builds(
        StockHold, st.integers(0, 10**6).map(str), st.sampled_from([LATER, NOW, NOW - timedelta(1)])
    ),
    max_size=30,
    unique_by=lambda each: each.key,
)


@given(st.integers(0, 300), st.integers(1, 10), holds)
def test_a_stock_is_spread_with_all_that_is_reserved(
    pieces: int, shards: int, reserved: list[StockHold]
) -> None:
    every = reward_stock.spread(pieces, shards, reserved)

    assert sum(each.remaining for each in every) == pieces
    assert all(each.shards == shards == len(every) for each in every)
    for number, each in enumerate(every):
        own = [hold for hold in reserved if reward_stock.shard_of(hold.key, shards) == number]
        assert list(each.holds) == own
        assert pieces < len(reserved) or each.remaining >= len(own)
    free = [each.remaining - len(each.holds) for each in every]
    assert pieces < len(reserved) or max(free) - min(free) <= 1


@given(st.integers(0, 60), st.integers(1, 5), holds)
def test_codes_go_with_their_pieces(pieces: int, shards: int, reserved: list[StockHold]) -> None:
    code_ids = [f"code_{n}" for n in range(pieces)]
    every = dict(enumerate(reward_stock.spread(pieces, shards, reserved, code_ids)))

    after = reward_stock.refilled(every, 0, NOW)

    for shard in (*every.values(), *after.values()):
        assert len(shard.code_ids or ()) == shard.remaining
    for shards_then in (every, after):
        found = [each for shard in shards_then.values() for each in shard.code_ids or ()]
        assert sorted(found) == sorted(code_ids)
    if after[0].free(NOW) > 0:
        taken = after[0].taken("rw_1", NOW)
        assert (after[0].next_code_id, *(taken.code_ids or ())) == after[0].code_ids


stocks = st.builds(
    RewardStock, st.integers(0, 9), holds.map(lambda each: tuple(each[:4])), st.just(3)
)


@given(st.tuples(stocks, stocks, stocks), st.integers(0, 2))
def test_the_last_piece_is_found_wherever_it_is(every: tuple[RewardStock, ...], own: int) -> None:
    before = dict(enumerate(every))
    to_be_had = before[own].free(NOW) + sum(
        max(each.free(NOW), 0) for number, each in before.items() if number != own
    )

    after = reward_stock.refilled(before, own, NOW)

    total = sum(each.remaining for each in every)
    assert sum(each.remaining for each in after.values()) == total
    assert min(each.remaining for each in after.values()) >= 0
    assert [each.holds for each in after.values()] == [each.holds for each in every]
    assert (after[own].free(NOW) > 0) is (to_be_had > 0)
    for number, each in after.items():
        assert each.free(NOW) >= min(before[number].free(NOW), 0)
    if before[own].free(NOW) > 0:
        assert after == before
