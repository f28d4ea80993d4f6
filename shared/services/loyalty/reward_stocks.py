"""The pieces of a reward's stock: take, reserve, release and give back one; set the stock anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.loyalty import reward_stock
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.reward_stock import FIRST, RewardStock
from shared.errors import InvalidParameters
from shared.schemas.base import invalid
from shared.services import commands
from shared.services.commands import Reads
from shared.store.client import Delete, Snapshot, Write
from shared.store.loyalty import stock_documents


@dataclass(frozen=True, slots=True)
class Taken:
    """The writes that take a piece, and the imported code that goes with it, if it has one."""

    writes: list[Write]
    code_id: str | None


@dataclass(frozen=True, slots=True)
class StockOfReward:
    """The stock of a reward, as one booking sees it.

    The booking reads the shard to which its ``key`` leads if the stock has ``guessed`` shards. The
    program may be 60 seconds old, so the documents themselves say how many there are.
    """

    program_id: str
    reward_id: str
    key: str
    guessed: int

    @classmethod
    def of(cls, program: Program, reward_id: str, key: str) -> StockOfReward:
        """Return the stock of a reward, for the key of a hold or a redemption."""
        reward = program.find_reward(reward_id)
        stock = reward.stock if reward else None
        return cls(program.program_id, reward_id, key, reward_stock.shards_of(stock or 0))

    @property
    def needs(self) -> list[str]:
        """What to read: more is wanted if that shard has nothing free."""
        return [self.path(reward_stock.shard_of(self.key, self.guessed))]

    def hold(self, reads: Reads, hold: Hold, now: datetime) -> list[Write]:
        """Return the writes that reserve a piece.

        Raises:
            RewardOutOfStock, Wanted.
        """
        seen = self._with_free_one(self._seen(reads), now)
        return seen.with_own(seen.stocks[seen.own].held(hold, now)).writes()

    def take(self, reads: Reads, now: datetime) -> Taken:
        """Take a piece which nobody has reserved.

        Raises:
            RewardOutOfStock, Wanted.
        """
        return self._taken(self._seen(reads), now)

    def take_held(self, reads: Reads, hold: Hold, now: datetime) -> Taken:
        """Take the piece of a hold.

        If the merchant has said since that fewer are left than are reserved, it needs a free one.

        Raises:
            RewardOutOfStock, Wanted.
        """
        seen = self._with_hold(reads, hold).changed(lambda each: each.released(hold))
        return self._taken(seen, now)

    def release(self, reads: Reads, hold: Hold) -> list[Write]:
        """Return the writes that make the piece of a hold free; none if it is not reserved.

        Raises:
            Wanted.
        """
        return self._with_hold(reads, hold).changed(lambda each: each.released(hold)).writes()

    def give_back(self, reads: Reads) -> list[Write]:
        """Return the writes that put a piece back; none if the reward has no stock any more.

        A code that somebody has had is not given to anybody else, so it does not come back.

        Raises:
            Wanted.
        """
        seen = self._seen(reads)
        if not seen.exists or seen.stocks[seen.own].code_ids is not None:
            return []
        return seen.with_own(seen.stocks[seen.own].returned()).writes()

    def _taken(self, seen: _Seen, now: datetime) -> Taken:
        found = self._with_free_one(seen, now)
        own = found.stocks[found.own]
        after = found.with_own(own.taken(self.reward_id, now))
        return Taken(after.writes(), own.next_code_id)

    def _with_free_one(self, seen: _Seen, now: datetime) -> _Seen:
        """Return it with a free piece in the own shard, if there is one anywhere."""
        if seen.stocks[seen.own].free(now) > 0:
            return seen
        every = seen.whole()
        return every.with_all(reward_stock.refilled(every.stocks, every.own, now))

    def _with_hold(self, reads: Reads, hold: Hold) -> _Seen:
        """Return what is seen, with the shard in which the piece of a hold is reserved."""
        seen = self._seen(reads)
        return seen if seen.stocks[seen.own].has(hold) else seen.whole()

    def _seen(self, reads: Reads) -> _Seen:
        own = reward_stock.shard_of(self.key, self.guessed)
        found = self.find(reads, own)
        shards = found.shards if found else 1
        if found is None and own != FIRST:
            first = self.find(reads, FIRST)
            shards = first.shards if first else 1
            if first is not None and shards == 1 and first.code_ids is None:
                # A large stock from before there were shards: this booking spreads it. Codes are
                # never so old: few are left of all that were imported.
                commands.want(reads, map(self.path, range(self.guessed)))
                every = reward_stock.spread(first.remaining, self.guessed, first.holds)
                return _Seen(self, reads, own, dict(enumerate(every)))
            own = reward_stock.shard_of(self.key, shards)
            found = self.find(reads, own)
        stocks = {own: found or RewardStock(0, shards=shards)}
        return _Seen(self, reads, own, stocks, exists=found is not None)

    def find(self, reads: Reads, shard: int) -> RewardStock | None:
        """Return a shard, ``None`` if it is not there.

        Raises:
            Wanted: It is not read yet.
        """
        path = self.path(shard)
        commands.want(reads, [path])
        return stock_documents.find(reads[path])

    def path(self, shard: int) -> str:
        """Return the path of a shard."""
        return stock_documents.path(self.program_id, self.reward_id, shard)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The shards that a booking has looked at, with its changes; ``own`` is the one it takes from.

    ``exists``: there is a document of the own one, or there will be.
    """

    stock: StockOfReward
    reads: Reads
    own: int
    stocks: Mapping[int, RewardStock]
    exists: bool = field(default=True)

    def whole(self) -> _Seen:
        """Return it with all shards.

        Raises:
            Wanted: They are not read yet.
        """
        count = self.stocks[self.own].shards
        missing = [each for each in range(count) if each not in self.stocks]
        commands.want(self.reads, map(self.stock.path, missing))
        others = {each: self.stock.find(self.reads, each) or RewardStock(0) for each in missing}
        return self.with_all({**others, **self.stocks})

    def changed(self, change: Callable[[RewardStock], RewardStock]) -> _Seen:
        """Return it with a change of each shard."""
        return self.with_all({each: change(stock) for each, stock in self.stocks.items()})

    def with_own(self, after: RewardStock) -> _Seen:
        """Return it with another own shard."""
        return self.with_all({**self.stocks, self.own: after})

    def with_all(self, stocks: Mapping[int, RewardStock]) -> _Seen:
        """Return it with other shards."""
        return _Seen(self.stock, self.reads, self.own, stocks, self.exists)

    def writes(self) -> list[Write]:
        """Return the writes of the shards that have changed."""
        pairs = [(self.reads[self.stock.path(each)], self.stocks[each]) for each in self.stocks]
        return [
            stock_documents.change(read, after)
            for read, after in pairs
            if stock_documents.decode(read) != after
        ]


def first_paths(program_id: str, reward_ids: list[str]) -> list[str]:
    """Return what ``set_anew`` needs first."""
    return [stock_documents.path(program_id, each) for each in reward_ids]


def free_pieces(
    reads: Reads, program_id: str, reward_ids: Sequence[str], now: datetime
) -> dict[str, int]:
    """Return what nobody has reserved of stocks, by reward: 0, or at least some of it.

    The first shard says enough if it has a free piece. If not, all are looked at.

    Raises:
        Wanted.
    """
    commands.want(reads, first_paths(program_id, list(reward_ids)))
    found = {
        each: stock_documents.decode(reads[stock_documents.path(program_id, each)])
        for each in reward_ids
    }
    others = {
        reward_id: _every_path(reads, program_id, reward_id)[1:]
        for reward_id, first in found.items()
        if first.free(now) <= 0
    }
    commands.want(reads, [path for every in others.values() for path in every])
    return {
        reward_id: max(first.free(now), 0)
        + sum(
            max(stock_documents.decode(reads[path]).free(now), 0)
            for path in others.get(reward_id, ())
        )
        for reward_id, first in found.items()
    }


def pieces_left(reads: Reads, program_id: str, reward_id: str, now: datetime) -> int:
    """Return how many pieces of a reward nobody has got or reserved, exactly: in all shards.

    Raises:
        Wanted.
    """
    every = _every_path(reads, program_id, reward_id)
    commands.want(reads, every)
    return sum(max(stock_documents.decode(reads[each]).free(now), 0) for each in every)


def created(program_id: str, stocks: Mapping[str, int]) -> list[Write]:
    """Return the writes of the stocks of a new program, by reward."""
    return [
        stock_documents.creation(stock_documents.path(program_id, reward_id, shard), each)
        for reward_id, pieces in stocks.items()
        for shard, each in enumerate(
            reward_stock.spread(pieces, reward_stock.shards_of(pieces), ())
        )
    ]


def set_anew(
    reads: Reads, program_id: str, stocks: Mapping[str, int], now: datetime
) -> list[Write]:
    """Return the writes of stocks that the merchant sets. What is reserved stays reserved.

    Raises:
        InvalidParameters: The reward has imported codes, which are its stock.
        Wanted.
    """
    commands.want(reads, first_paths(program_id, list(stocks)))
    before = {each: _every_path(reads, program_id, each) for each in stocks}
    commands.want(reads, [path for every in before.values() for path in every])
    writes: list[Write] = []
    for reward_id, pieces in stocks.items():
        old = [reads[path] for path in before[reward_id]]
        if stock_documents.decode(old[0]).code_ids is not None:
            raise stock_of_codes()
        writes += _respread(program_id, reward_id, old, pieces, None, now)
    return writes


def with_codes(
    reads: Reads, program_id: str, reward_id: str, added: Sequence[str], now: datetime
) -> tuple[list[Write], int]:
    """Return the writes of a voucher's stock with more codes, and how many nobody has got then.

    Raises:
        Wanted.
    """
    every = _every_path(reads, program_id, reward_id)
    commands.want(reads, every)
    old = [reads[path] for path in every]
    code_ids = [
        *(code_id for read in old for code_id in stock_documents.decode(read).code_ids or ()),
        *added,
    ]
    return _respread(program_id, reward_id, old, len(code_ids), code_ids, now), len(code_ids)


def stock_of_codes() -> InvalidParameters:
    """Return the refusal to set the stock of a voucher that has imported codes."""
    return invalid({"stock": "is the number of its codes: add some with importVoucherCodes"})


def _every_path(reads: Reads, program_id: str, reward_id: str) -> list[str]:
    """Return the paths of all shards of a stock, the first one first.

    Raises:
        Wanted: The first one is not read yet: it says how many there are.
    """
    first = stock_documents.path(program_id, reward_id)
    commands.want(reads, [first])
    shards = range(stock_documents.decode(reads[first]).shards)
    return [stock_documents.path(program_id, reward_id, each) for each in shards]


def _respread(
    program_id: str,
    reward_id: str,
    old: Sequence[Snapshot],
    pieces: int,
    code_ids: Sequence[str] | None,
    now: datetime,
) -> list[Write]:
    """Return the writes that replace the shards of a stock, with all that is reserved."""
    holds = [hold for read in old for hold in stock_documents.decode(read).without_ended(now).holds]
    every = reward_stock.spread(pieces, reward_stock.shards_of(pieces), holds, code_ids)
    writes: list[Write] = []
    for shard, each in enumerate(every):
        if shard < len(old):
            writes.append(stock_documents.change(old[shard], each))
        else:
            path = stock_documents.path(program_id, reward_id, shard)
            writes.append(stock_documents.creation(path, each))
    return writes + [Delete(read) for read in old[len(every) :] if read.data is not None]
