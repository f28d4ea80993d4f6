"""Create, change, archive and show the rewards of a program."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger, reward_rules
from shared.domain.loyalty.programs import Program, require_reward
from shared.domain.loyalty.reward_rules import Offer
from shared.domain.loyalty.rewards import (
    ARCHIVED_MAX,
    REWARDS_MAX,
    VALUE_OF_TYPE,
    Reward,
    require_value,
)
from shared.errors import LimitExceeded, RewardExists
from shared.schemas.base import invalid
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.loyalty import programs, reward_stocks, shop_rewards
from shared.store import codec, paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents, program_documents


@dataclass(frozen=True, slots=True)
class SavedReward:
    """A reward as it was written; ``is_replay`` if an earlier request with the same key did."""

    reward: Reward
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class FoundReward:
    """A reward, and how many are left of it; ``None`` if that has no end, or is not told."""

    offer: Offer
    pieces_left: int | None


def create(caller: Caller, program_id: str, store_id: str | None, reward: Reward) -> SavedReward:
    """Add a reward to a program and its mirror, with its stock, in one commit.

    Raises:
        ProgramNotFound, RewardExists, LimitExceeded, InvalidParameters, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package has no custom rewards.
    """
    known = access.program(caller, program_id, store_id)
    programs.require_reward_allowed(caller, reward)
    shop_rewards.require_shop(caller, known, reward)
    program_path, now = paths.program(program_id), clock.utc_now()
    stocked = [] if reward.stock is None else [reward.reward_id]

    def decide(reads: Reads) -> Effect[SavedReward]:
        program = _program(caller, reads, program_id, store_id)
        there = program.find_reward(reward.reward_id)
        if there is not None and there.archived_at is not None:
            raise RewardExists(
                f"The program has archived a reward {reward.reward_id}.",
                fix="Choose another `rewardId`: an archived reward cannot come back.",
            )
        if there is not None:
            raise RewardExists(f"The program has a reward {reward.reward_id} already.")
        if len(program.rewards) >= REWARDS_MAX:
            raise LimitExceeded(
                f"A program has at most {REWARDS_MAX} rewards.",
                fix="Archive one of them with archiveReward.",
            )
        require_reward(program, reward)
        after = replace(program, rewards=(*program.rewards, reward))
        writes: list[Write] = [*program_documents.replacement(reads[program_path], after)]
        if reward.stock is not None:
            stocks = {reward.reward_id: reward.stock}
            writes += reward_stocks.set_anew(reads, program_id, stocks, now)
        return _saved(reward, writes)

    needs = [program_path, *reward_stocks.first_paths(program_id, stocked)]
    saved = commands.run(needs, decide, claim=caller.claim, replay=_replayed)
    program_documents.forget(program_id)
    return saved


def change(
    caller: Caller,
    program_id: str,
    store_id: str | None,
    reward_id: str,
    changes: Mapping[str, Any],
) -> SavedReward:
    """Change a reward that is not archived; ``changes`` are fields of it.

    A ``stock`` that is named is what is left from now on, reserved pieces included.

    Raises:
        ProgramNotFound, RewardNotFound, InvalidParameters, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package has no custom rewards.
    """
    known = access.program(caller, program_id, store_id)
    wanted = replace(known.reward(reward_id), **changes)
    programs.require_reward_allowed(caller, wanted)
    if "shop" in changes:
        shop_rewards.require_shop(caller, known, wanted)
    now, stock = clock.utc_now(), changes.get("stock")
    stocks = {} if stock is None else {reward_id: stock}

    def changed(program: Program, before: Reward, reads: Reads) -> tuple[Program, list[Write]]:
        if before.archived_at is not None:
            raise invalid({"rewardId": "names an archived reward; create another one"})
        if before.has_codes and "stock" in changes:
            raise reward_stocks.stock_of_codes()
        after = replace(before, **changes)
        _require_fitting(program, after, changes)
        writes = reward_stocks.set_anew(reads, program_id, stocks, now)
        every = [after if each.reward_id == reward_id else each for each in program.rewards]
        return replace(program, rewards=tuple(every)), writes

    needs = reward_stocks.first_paths(program_id, list(stocks))
    return _write(caller, program_id, store_id, reward_id, changed, needs)


def archive(caller: Caller, program_id: str, store_id: str | None, reward_id: str) -> SavedReward:
    """Take a reward out of the program's list; its codes still can be used. Again: nothing.

    Raises:
        ProgramNotFound, RewardNotFound, IdempotencyKeyReused, Busy.
    """
    access.program(caller, program_id, store_id)
    now = clock.utc_now()

    def archived(program: Program, before: Reward, _: Reads) -> tuple[Program, list[Write]]:
        if before.archived_at is not None:
            return program, []
        after = replace(before, archived_at=now)
        others = tuple(each for each in program.rewards if each.reward_id != reward_id)
        kept = (*program.archived_rewards, after)[-ARCHIVED_MAX:]
        return replace(program, rewards=others, archived_rewards=kept), []

    return _write(caller, program_id, store_id, reward_id, archived)


@forwarding.following
def find(
    caller: Caller,
    *,
    program_id: str,
    store_id: str | None,
    reward_id: str,
    user_id: str | None,
) -> FoundReward:
    """Return a reward of a program, also one that is archived, and whether a member can have it.

    How many of it are left is the merchant's to know: customers are not told.

    Raises:
        ProgramNotFound, RewardNotFound.
    """
    program = access.program(caller, program_id, store_id)
    reward, now = program.reward(reward_id), clock.utc_now()
    is_counted = reward.is_counted and caller.customer is None

    def show(reads: Reads) -> Effect[FoundReward]:
        (offer,) = _offers(reads, program, [reward], user_id, now)
        left = reward_stocks.pieces_left(reads, program_id, reward_id, now) if is_counted else None
        return Effect(FoundReward(offer, left))

    if user_id is None and not is_counted:
        return show({}).result
    return commands.run(_needs(program, [reward], user_id), show)


@forwarding.following
def list_all(
    caller: Caller,
    *,
    program_id: str,
    store_id: str | None,
    user_id: str | None,
    with_archived: bool,
) -> list[Offer]:
    """Return the rewards of a program, and whether a member can have each.

    One read of the member, and one of each reward that has a stock, in one RPC. If the first shard
    of a stock has nothing free, the others are read, too.

    Raises:
        ProgramNotFound.
    """
    program = access.program(caller, program_id, store_id)
    rewards = program.every_reward if with_archived else program.rewards
    now = clock.utc_now()
    if user_id is None:
        return _offers({}, program, rewards, None, now)
    return commands.run(
        _needs(program, rewards, user_id),
        lambda reads: Effect(_offers(reads, program, rewards, user_id, now)),
    )


def _needs(program: Program, rewards: Sequence[Reward], user_id: str | None) -> list[str]:
    """Return what is read at once for offers: a member, and the stocks of the rewards."""
    members = []
    if user_id is not None:
        persons = (shop_rewards.needs(program, each, user_id) for each in rewards)
        every = chain.from_iterable(persons)
        members = [_member_path(program, user_id), *dict.fromkeys(every)]
    return [*members, *reward_stocks.first_paths(program.program_id, _stocked(rewards))]


def _offers(
    reads: Reads, program: Program, rewards: Sequence[Reward], user_id: str | None, now: datetime
) -> list[Offer]:
    """Return rewards, and whether a member can have each, if one is named.

    Raises:
        MovedTo: The member was merged into another one.
        Wanted: Something is not read yet.
    """
    if user_id is None:
        return [Offer(each, program.scale) for each in rewards]
    found = membership_documents.decode(reads[_member_path(program, user_id)])
    forwarding.require_current(found)
    if found is None:
        return [reward_rules.offer_to_nobody(program, each, user_id) for each in rewards]
    member = ledger.current(found, program, now)
    free = reward_stocks.free_pieces(reads, program.program_id, _stocked(rewards), now)
    offers = (
        reward_rules.offer(program, each, member, now, free_pieces=free.get(each.reward_id))
        for each in rewards
    )
    return [_in_shop(reads, program, each, user_id) for each in offers]


def _in_shop(reads: Reads, program: Program, offer: Offer, user_id: str) -> Offer:
    """Return an offer that says as well if the member is no customer of the reward's shop."""
    refusal = shop_rewards.why_not(reads, program, offer.reward, user_id)
    if refusal is None or offer.for_member is None:
        return offer
    why_not = (*offer.for_member.why_not, refusal)
    return replace(offer, for_member=replace(offer.for_member, why_not=why_not))


def _member_path(program: Program, user_id: str) -> str:
    return paths.member(paths.membership_id(program.program_id, user_id))


def _stocked(rewards: Sequence[Reward]) -> list[str]:
    return [each.reward_id for each in rewards if each.is_counted]


def _write(
    caller: Caller,
    program_id: str,
    store_id: str | None,
    reward_id: str,
    changed: Callable[[Program, Reward, Reads], tuple[Program, list[Write]]],
    more_paths: Sequence[str] = (),
) -> SavedReward:
    program_path = paths.program(program_id)

    def decide(reads: Reads) -> Effect[SavedReward]:
        before = _program(caller, reads, program_id, store_id)
        after, writes = changed(before, before.reward(reward_id), reads)
        if after != before:
            writes += program_documents.replacement(reads[program_path], after)
        return _saved(after.reward(reward_id), writes)

    needs = [program_path, *more_paths]
    saved = commands.run(needs, decide, claim=caller.claim, replay=_replayed)
    program_documents.forget(program_id)
    return saved


def _require_fitting(program: Program, reward: Reward, named: Collection[str]) -> None:
    """Refuse what a changed reward cannot be.

    Raises:
        InvalidParameters: The fields are named.
    """
    require_reward(program, reward)
    if VALUE_OF_TYPE.get(reward.type) in named:
        # Those of the short form need not say what they are worth, and stay as they are.
        require_value(reward)
    begin, end = reward.valid_from, reward.valid_until
    if begin is not None and end is not None and begin >= end:
        raise invalid({"validUntil": "must be after validFrom"})


def _program(caller: Caller, reads: Reads, program_id: str, store_id: str | None) -> Program:
    found = program_documents.decode(reads[paths.program(program_id)])
    return access.own_program(caller, found, program_id, store_id)


def _saved(reward: Reward, writes: list[Write]) -> Effect[SavedReward]:
    return Effect(SavedReward(reward), writes, codec.to_document(reward))


def _replayed(kept: Document, _: Reads) -> SavedReward:
    return SavedReward(codec.from_document(Reward, kept), is_replay=True)
