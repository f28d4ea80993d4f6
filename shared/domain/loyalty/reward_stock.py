"""The stock of a reward: what is left, and what members have reserved of it.

A reserved piece is still among what is left, and nobody else gets it. It is free again from the end
of its hold on, whether or not anything has been written since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.loyalty.holds import Hold
from shared.errors import RewardOutOfStock


@dataclass(frozen=True, slots=True)
class StockHold:
    """A reserved piece; ``key`` is the ``stock_key`` of its hold."""

    key: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RewardStock:
    """What is left of a reward (>= 0), with what is reserved of it."""

    remaining: int
    holds: tuple[StockHold, ...] = ()

    def without_ended(self, now: datetime) -> RewardStock:
        """Return the stock without holds that have ended."""
        return replace(self, holds=tuple(each for each in self.holds if now < each.ends_at))

    def held(self, hold: Hold, now: datetime) -> RewardStock:
        """Return the stock with one piece more reserved.

        Raises:
            RewardOutOfStock: There is none that nobody has reserved.
        """
        then = self._with_free_one(hold.reward_id, now)
        return replace(then, holds=(*then.holds, StockHold(hold.stock_key, hold.ends_at)))

    def taken(self, reward_id: str | None, now: datetime) -> RewardStock:
        """Return the stock without a piece that nobody had reserved.

        Raises:
            RewardOutOfStock: There is none.
        """
        then = self._with_free_one(reward_id, now)
        return replace(then, remaining=then.remaining - 1)

    def taken_by(self, hold: Hold, now: datetime) -> RewardStock:
        """Return the stock without the piece that a hold has reserved.

        The merchant may have set the stock anew meanwhile, without it: then a free one is taken.

        Raises:
            RewardOutOfStock: There is none.
        """
        return self.released(hold).taken(hold.reward_id, now)

    def returned(self) -> RewardStock:
        """Return the stock with a piece that was given back."""
        return replace(self, remaining=self.remaining + 1)

    def released(self, hold: Hold) -> RewardStock:
        """Return the stock without the hold; its piece is free."""
        return replace(self, holds=tuple(each for each in self.holds if each.key != hold.stock_key))

    def _with_free_one(self, reward_id: str | None, now: datetime) -> RewardStock:
        then = self.without_ended(now)
        if then.remaining <= len(then.holds):
            raise RewardOutOfStock("Nothing is left of this reward.", rewardId=reward_id)
        return then
