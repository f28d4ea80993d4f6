"""Mark who is erased, and recognise them for a year: docs/privacy.md says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.domain.loyalty.programs import Program
from shared.domain.members import comebacks
from shared.domain.members.comebacks import REMEMBERED, ErasedMark
from shared.services import commands
from shared.services.commands import Reads
from shared.services.members import member_keys
from shared.store import paths
from shared.store.client import Write
from shared.store.members import erased_mark_documents

_KIND = "erased"


def needs(program: Program, user_id: str) -> list[str]:
    """Return the paths that say whether who joins was erased: one for each key of the vault.

    There are none if the program gives newcomers nothing.
    """
    if not comebacks.welcomes(program):
        return []
    hashes = member_keys.hashes(program.account_id, [(_KIND, user_id)])
    return [paths.erased_mark(program.account_id, each) for each in hashes]


def is_back(reads: Reads, marks: Iterable[str], now: datetime) -> bool:
    """Tell whether who joins was erased within the last year. ``marks`` are those of ``needs``."""
    found = (erased_mark_documents.decode(reads[each]) for each in marks)
    return any(each is not None and each.holds(now) for each in found)


def comes_back(reads: Reads, program: Program, user_id: str, now: datetime) -> bool:
    """Tell whether who joins was erased within the last year, for what decides that late.

    Raises:
        Wanted: The marks have to be read.
    """
    marks = needs(program, user_id)
    commands.want(reads, marks)
    return is_back(reads, marks, now)


def marked(reads: Reads, account_id: str, user_ids: Iterable[str], now: datetime) -> list[Write]:
    """Return the writes that mark persons as erased, under the newest key.

    Raises:
        Wanted: Earlier marks have to be read.
    """
    hashes = [member_keys.hashes(account_id, [(_KIND, each)])[0] for each in user_ids]
    commands.want(reads, [paths.erased_mark(account_id, each) for each in hashes])
    return [
        erased_mark_documents.write(
            reads[paths.erased_mark(account_id, each)],
            ErasedMark(account_id, each, now + REMEMBERED),
        )
        for each in hashes
    ]
