"""Mark who is erased, and recognise them for a year: docs/privacy.md says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.programs import Program
from shared.domain.members import comebacks
from shared.domain.members.comebacks import REMEMBERED, Before, ErasedMark
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


def marks(account_id: str, user_id: str | None, keys: Iterable[Key] = ()) -> list[str]:
    """Return the paths of the marks of a user id, an e-mail and a phone: one for each vault key."""
    names = [each for each in keys if each[0] in _OF_A_PERSON]
    if user_id is not None:
        names.insert(0, (_KIND, user_id))
    hashes = member_keys.hashes(account_id, names)
    return [paths.erased_mark(account_id, each) for each in hashes]


def marks_of(
    account_id: str, user_id: str | None, person: Member | None, keys: Iterable[Key] = ()
) -> list[str]:
    """Return the paths of the marks of who joins: see ``before``, which reads them first."""
    found = [] if person is None else _lookups_of_a_person(person)
    return [
        *marks(account_id, user_id, keys),
        *(paths.erased_mark(account_id, each) for each in found),
    ]


def is_erased_since(reads: Reads, mark_paths: Iterable[str], since: datetime) -> bool:
    """Tell whether one of these marks was made at a time or later."""
    found = (erased_mark_documents.decode(reads[each]) for each in mark_paths)
    return any(each is not None and each.erased_at >= since for each in found)


def before(
    reads: Reads,
    program: Program,
    user_id: str | None,
    person: Member | None,
    now: datetime,
    *,
    keys: Iterable[Key] = (),
) -> Before | None:
    """Return what who joins had before they were erased within the last year; else ``None``.

    Whoever comes back by any of user id, e-mail and phone has it. If those know of several
    erasures, the last one counts: it began with what was before. The marks in the program are read
    only for somebody who comes back.

    Args:
        reads: What was read.
        program: The program.
        user_id: Who joins; ``None`` for an id that was made for them just now.
        person: The person; ``None`` if there is no document of them.
        now: UTC.
        keys: What is known of them besides. Only e-mail and phone count.

    Raises:
        Wanted: The marks have to be read.
    """
    account_id = program.account_id
    wanted = marks_of(account_id, user_id, person, keys)
    everywhere = _holding(reads, wanted, now)
    if not everywhere:
        return None
    in_program = [
        paths.erased_mark(account_id, comebacks.key_in(program.program_id, each.key))
        for each in everywhere
    ]
    found = _holding(reads, in_program, now)
    last = max(found, key=lambda each: each.expires_at, default=None)
    if last is None:
        return Before()
    return Before(last.counters or Counters(), last.owed_units)


def _holding(reads: Reads, mark_paths: Iterable[str], now: datetime) -> list[ErasedMark]:
    """Return the marks that still count."""
    wanted = [*mark_paths]
    commands.want(reads, wanted)
    found = (erased_mark_documents.decode(reads[each]) for each in wanted)
    return [each for each in found if each is not None and each.holds(now)]


def marked(reads: Reads, person: Member, now: datetime) -> list[Write]:
    """Return the writes that mark a person as erased: all user ids, the e-mail and the phone.

    Raises:
        Wanted: Earlier marks have to be read.
    """
    expires_at = now + REMEMBERED
    return _written(
        reads, [ErasedMark(person.account_id, each, expires_at) for each in _hashes(person)]
    )


def marked_in(
    reads: Reads, person: Member, program_id: str, left: Before, erased_at: datetime
) -> list[Write]:
    """Return the writes that remember, for as long, what a person has left in a program.

    Raises:
        Wanted: Earlier marks have to be read.
    """
    expires_at = erased_at + REMEMBERED
    keys = [comebacks.key_in(program_id, each) for each in _hashes(person)]
    return _written(
        reads,
        [
            ErasedMark(person.account_id, each, expires_at, left.counters, left.owed_units)
            for each in keys
        ],
    )


def marks_in(person: Member, program_id: str) -> list[str]:
    """Return the paths of the marks that a person has in a program."""
    keys = [comebacks.key_in(program_id, each) for each in _hashes(person)]
    return [paths.erased_mark(person.account_id, each) for each in keys]


def _hashes(person: Member) -> list[str]:
    """Return by what a person is known again."""
    account_id = person.account_id
    return [
        *(member_keys.hashes(account_id, [(_KIND, each)])[0] for each in person.every_user_id),
        *_lookups_of_a_person(person),
    ]


def _written(reads: Reads, marks: Sequence[ErasedMark]) -> list[Write]:
    by_path = {paths.erased_mark(each.account_id, each.key): each for each in marks}
    commands.want(reads, [*by_path])
    return [erased_mark_documents.write(reads[path], each) for path, each in by_path.items()]


def _lookups_of_a_person(person: Member) -> list[str]:
    return [each for each in person.lookups if each.partition("_")[0] in _OF_A_PERSON]
