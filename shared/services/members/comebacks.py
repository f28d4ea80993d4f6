"""Mark who is erased, and recognise them for a year: docs/privacy.md says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.domain.loyalty.programs import Program
from shared.domain.members import comebacks
from shared.domain.members.comebacks import REMEMBERED, ErasedMark
from shared.domain.members.member import Member
from shared.domain.members.profile import EMAIL, PHONE, Key
from shared.services import commands
from shared.services.commands import Reads
from shared.services.members import member_keys
from shared.store import paths
from shared.store.client import Write
from shared.store.members import erased_mark_documents

_KIND = "erased"
_OF_A_PERSON = frozenset({EMAIL, PHONE})
"""Keys that are the person's own. Numbers and ids of other systems are the merchant's."""


def needs(program: Program, user_id: str, keys: Iterable[Key] = ()) -> list[str]:
    """Return the paths that say whether who joins was erased: each for each key of the vault.

    There are none if the program gives newcomers nothing.

    Args:
        program: The program.
        user_id: Who joins.
        keys: What is known of them besides. Only e-mail and phone count.
    """
    return marks(program.account_id, user_id, keys) if comebacks.welcomes(program) else []


def marks(account_id: str, user_id: str | None, keys: Iterable[Key] = ()) -> list[str]:
    """Return the paths of the marks of a user id, an e-mail and a phone: one for each vault key."""
    names = [each for each in keys if each[0] in _OF_A_PERSON]
    if user_id is not None:
        names.insert(0, (_KIND, user_id))
    hashes = member_keys.hashes(account_id, names)
    return [paths.erased_mark(account_id, each) for each in hashes]


def is_erased_since(reads: Reads, mark_paths: Iterable[str], since: datetime) -> bool:
    """Tell whether one of these marks was made at a time or later."""
    found = (erased_mark_documents.decode(reads[each]) for each in mark_paths)
    return any(each is not None and each.erased_at >= since for each in found)


def comes_back(
    reads: Reads,
    program: Program,
    user_id: str,
    person: Member | None,
    now: datetime,
    *,
    keys: Iterable[Key] = (),
) -> bool:
    """Tell whether who joins was erased within the last year: the user id, an e-mail or a phone.

    Args:
        reads: What was read.
        program: The program.
        user_id: Who joins.
        person: The person; ``None`` if there is no document of them.
        now: UTC.
        keys: What is known of them besides, as for ``needs``.

    Raises:
        Wanted: The marks have to be read.
    """
    wanted = needs(program, user_id, keys)
    if wanted and person is not None:
        wanted += [
            paths.erased_mark(program.account_id, each) for each in _lookups_of_a_person(person)
        ]
    commands.want(reads, wanted)
    found = (erased_mark_documents.decode(reads[each]) for each in wanted)
    return any(each is not None and each.holds(now) for each in found)


def marked(reads: Reads, person: Member, now: datetime) -> list[Write]:
    """Return the writes that mark a person as erased: all user ids, the e-mail and the phone.

    Raises:
        Wanted: Earlier marks have to be read.
    """
    account_id = person.account_id
    hashes = [
        *(member_keys.hashes(account_id, [(_KIND, each)])[0] for each in person.every_user_id),
        *_lookups_of_a_person(person),
    ]
    commands.want(reads, [paths.erased_mark(account_id, each) for each in hashes])
    return [
        erased_mark_documents.write(
            reads[paths.erased_mark(account_id, each)],
            ErasedMark(account_id, each, now + REMEMBERED),
        )
        for each in hashes
    ]


def _lookups_of_a_person(person: Member) -> list[str]:
    return [each for each in person.lookups if each.partition("_")[0] in _OF_A_PERSON]
