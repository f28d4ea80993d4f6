"""The stock of a reward with what is reserved of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.reward_stock import RewardStock
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
    assert stock.taken_by(HOLD, NOW) == RewardStock(0)
    assert stock.released(HOLD) == RewardStock(1)


def test_its_end_gives_it_back_once() -> None:
    stock = RewardStock(1).held(HOLD, NOW)

    taken = stock.taken("rw_1", LATER)

    assert taken == RewardStock(0)
    assert taken.released(HOLD) == RewardStock(0)
    with pytest.raises(RewardOutOfStock):
        taken.taken_by(HOLD, LATER)


def test_reservations_of_two_members_may_have_one_id() -> None:
    stock = RewardStock(2).held(HOLD, NOW).held(OTHER, NOW)

    assert len(stock.holds) == 2
    assert stock.released(OTHER).taken_by(HOLD, NOW) == RewardStock(1)


def test_a_stock_that_was_set_anew_gives_a_free_one() -> None:
    assert RewardStock(3).taken_by(HOLD, NOW) == RewardStock(2)
    assert RewardStock(3).taken_by(HOLD, NOW).returned() == RewardStock(3)
