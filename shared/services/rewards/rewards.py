"""Create and read the rewards of a program."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty.programs import Program, require_reward
from shared.domain.loyalty.rewards import REWARDS_MAX, Reward
from shared.errors import LimitExceeded, RewardExists
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.loyalty import programs, reward_stocks
from shared.store import codec, paths
from shared.store.client import Document, Write
from shared.store.loyalty import program_documents


@dataclass(frozen=True, slots=True)
class SavedReward:
    """A reward as it was written; ``is_replay`` if an earlier request with the same key did."""

    reward: Reward
    is_replay: bool = False


def create(caller: Caller, program_id: str, store_id: str | None, reward: Reward) -> SavedReward:
    """Add a reward to a program and its mirror, with its stock, in one commit.

    Raises:
        ProgramNotFound, RewardExists, LimitExceeded, InvalidParameters, IdempotencyKeyReused, Busy,
        EndpointNotAllowed: The package has no custom rewards.
    """
    access.program(caller, program_id, store_id)
    programs.require_reward_allowed(caller, reward)
    program_path, now = paths.program(program_id), clock.utc_now()
    stocked = [] if reward.stock is None else [reward.reward_id]

    def decide(reads: Reads) -> Effect[SavedReward]:
        program = _program(caller, reads, program_id, store_id)
        if program.find_reward(reward.reward_id) is not None:
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


def find(caller: Caller, program_id: str, store_id: str | None, reward_id: str) -> Reward:
    """Return a reward of a program, also one that is archived.

    Raises:
        ProgramNotFound, RewardNotFound.
    """
    return access.program(caller, program_id, store_id).reward(reward_id)


def _program(caller: Caller, reads: Reads, program_id: str, store_id: str | None) -> Program:
    found = program_documents.decode(reads[paths.program(program_id)])
    return access.own_program(caller, found, program_id, store_id)


def _saved(reward: Reward, writes: list[Write]) -> Effect[SavedReward]:
    return Effect(SavedReward(reward), writes, codec.to_document(reward))


def _replayed(kept: Document, _: Reads) -> SavedReward:
    return SavedReward(codec.from_document(Reward, kept), is_replay=True)
