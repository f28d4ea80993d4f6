"""The stock of a reward: what is left, and what members have reserved of it.

A reserved piece is still among what is left, and nobody else gets it. It is free again from the end
of its hold on, whether or not anything has been written since.

A large stock is spread over shards, so that many members at once do not wait for one document. A
booking looks at one shard, and at all of them only if that one has nothing free: then it moves
pieces over from those that have most. So the last piece is found, and every piece is in one shard.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import ids
from shared.domain.loyalty.holds import Hold
from shared.errors import RewardOutOfStock

FIRST = 0
"""The shard that every stock has, and the only one of a small stock."""
SHARDS_MAX = 10
PIECES_A_SHARD = 10


def shards_of(stock: int) -> int:
    """Return the number of shards of a stock when it is set: one for each ten pieces."""
    return min(max(stock // PIECES_A_SHARD, 1), SHARDS_MAX)


def shard_of(key: str, shards: int) -> int:
    """Return the shard to which the key of a hold or of a redemption leads."""
    return zlib.crc32(key.encode()) % shards


def redemption_key(membership_id: str, entry_id: str) -> str:
    """Return what leads a redemption to its shard."""
    return ids.digest(membership_id, entry_id)


@dataclass(frozen=True, slots=True)
class StockHold:
    """A reserved piece; ``key`` is the ``stock_key`` of its hold."""

    key: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RewardStock:
    """What is left of a reward (>= 0), with what is reserved of it; or one shard of that.

    ``shards`` is how many the whole stock has; each of them says it. ``code_ids`` names a code of
    the voucher for each piece, in the order in which they are given; ``None`` if it has no own.
    """

    remaining: int
    holds: tuple[StockHold, ...] = ()
    shards: int = 1
    code_ids: tuple[str, ...] | None = None

    @property
    def next_code_id(self) -> str | None:
        """The code that the next one who takes a piece gets."""
        return self.code_ids[0] if self.code_ids else None

    def free(self, now: datetime) -> int:
        """Return how many pieces nobody has reserved; negative if fewer are left than reserved."""
        return self.remaining - sum(now < each.ends_at for each in self.holds)

    def has(self, hold: Hold) -> bool:
        """Tell whether the piece of a hold is reserved here."""
        return any(each.key == hold.stock_key for each in self.holds)

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
        code_ids = None if then.code_ids is None else then.code_ids[1:]
        return replace(then, remaining=then.remaining - 1, code_ids=code_ids)

    def returned(self) -> RewardStock:
        """Return the stock with a piece that was given back."""
        return replace(self, remaining=self.remaining + 1)

    def released(self, hold: Hold) -> RewardStock:
        """Return the stock without the hold; its piece is free."""
        return replace(self, holds=tuple(each for each in self.holds if each.key != hold.stock_key))

    def _with_free_one(self, reward_id: str | None, now: datetime) -> RewardStock:
        then = self.without_ended(now)
        if then.free(now) <= 0:
            raise RewardOutOfStock("Nothing is left of this reward.", rewardId=reward_id)
        return then


def spread(
    pieces: int,
    shards: int,
    holds: Sequence[StockHold],
    code_ids: Sequence[str] | None = None,
) -> tuple[RewardStock, ...]:
    """Return the shards of a stock that is set to so many pieces, reserved ones included.

    What is reserved stays reserved: each shard has the pieces for its holds, as far as they go.
    ``code_ids`` are as many as there are pieces, if these are codes.
    """
    own = [tuple(each for each in holds if shard_of(each.key, shards) == n) for n in range(shards)]
    left, covered = pieces, []
    for each in own:
        covered.append(min(len(each), left))
        left -= covered[-1]
    share, more = divmod(left, shards)
    remaining = [covered[n] + share + (n < more) for n in range(shards)]
    every = [RewardStock(remaining[n], own[n], shards) for n in range(shards)]
    if code_ids is None:
        return tuple(every)
    assert len(code_ids) == pieces
    rest = iter(code_ids)
    return tuple(
        replace(each, code_ids=tuple(itertools.islice(rest, each.remaining))) for each in every
    )


def _moved(donor: RewardStock, own: RewardStock, pieces: int) -> tuple[RewardStock, RewardStock]:
    """Return both after pieces were moved from one to the other, with their codes."""
    kept = replace(donor, remaining=donor.remaining - pieces)
    filled = replace(own, remaining=own.remaining + pieces)
    if donor.code_ids is None:
        return kept, filled
    return (
        replace(kept, code_ids=donor.code_ids[pieces:]),
        replace(filled, code_ids=(*(own.code_ids or ()), *donor.code_ids[:pieces])),
    )


def refilled(
    stocks: Mapping[int, RewardStock], own: int, now: datetime
) -> Mapping[int, RewardStock]:
    """Return all shards with a free piece in the own one, if there is one anywhere.

    Half of what another shard has free is moved, so that the next booking finds some here.
    """
    after = dict(stocks)
    while (missing := 1 - after[own].free(now)) > 0:
        donor = max(after, key=lambda n: -1 if n == own else after[n].free(now))
        free = after[donor].free(now)
        if donor == own or free <= 0:
            break
        moved = min(free, max(missing, (free + 1) // 2))
        after[donor], after[own] = _moved(after[donor], after[own], moved)
    return after
