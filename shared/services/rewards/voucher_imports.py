"""Import the codes of a voucher: each is in an account once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import voucher_codes
from shared.domain.loyalty.rewards import require_codes
from shared.domain.loyalty.voucher_codes import CODES_LEFT_MAX, CodeOutcome, VoucherCode
from shared.errors import LimitExceeded
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.loyalty import reward_stocks
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import program_documents, voucher_documents


@dataclass(frozen=True, slots=True)
class CodeImport:
    """What became of the codes of a request, in their order; and how many nobody has got yet."""

    outcomes: tuple[CodeOutcome, ...]
    left: int
    is_replay: bool = False


def import_codes(
    caller: Caller, *, program_id: str, store_id: str | None, reward_id: str, codes: Sequence[str]
) -> CodeImport:
    """Add codes to a voucher, in one commit. Those that are there already stay as they are.

    Raises:
        ProgramNotFound, RewardNotFound, LimitExceeded, IdempotencyKeyReused, Busy.
        InvalidParameters: The reward is no voucher, is archived, or has a stock without codes.
    """
    access.program(caller, program_id, store_id)
    now = clock.utc_now()
    program_path = paths.program(program_id)
    code_ids = [voucher_codes.code_id(caller.account_id, each) for each in codes]
    code_paths = [paths.voucher_code(caller.account_id, each) for each in code_ids]

    def decide(reads: Reads) -> Effect[CodeImport]:
        found = program_documents.decode(reads[program_path])
        program = access.own_program(caller, found, program_id, store_id)
        reward = program.reward(reward_id)
        require_codes(reward)
        outcomes: list[CodeOutcome] = []
        writes: list[Write] = []
        added: list[str] = []
        for code, code_id, path in zip(codes, code_ids, code_paths, strict=True):
            known = voucher_documents.decode(reads[path])
            if known is not None and known.reward_key != (program_id, reward_id):
                outcomes.append(CodeOutcome.OF_ANOTHER_REWARD)
            elif known is not None or code_id in added:
                outcomes.append(CodeOutcome.DUPLICATE)
            else:
                outcomes.append(CodeOutcome.IMPORTED)
                added.append(code_id)
                made = VoucherCode(
                    account_id=caller.account_id,
                    program_id=program_id,
                    reward_id=reward_id,
                    imported_at=now,
                    code=vault().encrypt(code, path),
                )
                writes.append(voucher_documents.write(reads[path], made))
        stocked, left = reward_stocks.with_codes(reads, program_id, reward_id, added, now)
        if left > CODES_LEFT_MAX:
            raise LimitExceeded(
                f"A reward has at most {CODES_LEFT_MAX} codes that nobody has got yet.",
                fix="Import more when some of them are given.",
            )
        if added:
            stock = (reward.stock or 0) + len(added)
            after = replace(reward, has_codes=True, stock=stock)
            rewards = tuple(after if each is reward else each for each in program.rewards)
            changed = replace(program, rewards=rewards, updated_at=now)
            writes += [*program_documents.replacement(reads[program_path], changed), *stocked]
        made_of = CodeImport(tuple(outcomes), left)
        return Effect(made_of, writes, _kept(made_of))

    needs = [program_path, *dict.fromkeys(code_paths)]
    imported = commands.run(needs, decide, claim=caller.claim, replay=_replayed)
    program_documents.forget(program_id)
    return imported


def _kept(made: CodeImport) -> Document:
    return {"outcomes": [each.value for each in made.outcomes], "left": made.left}


def _replayed(kept: Document, _: Reads) -> CodeImport:
    outcomes = tuple(map(CodeOutcome, kept["outcomes"]))
    return CodeImport(outcomes, kept["left"], is_replay=True)
