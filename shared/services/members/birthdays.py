"""Grant what programs give on a birthday: the calendar looks at those whose day has come.

The date of birth is encrypted, so each person holds the time at which to look next. The commit that
grants moves it on, so a birthday is granted once, whoever runs the calendar and how often.
"""

from __future__ import annotations

from dataclasses import replace

from shared import clock
from shared.domain.loyalty import birthdays
from shared.domain.loyalty.birthdays import FIRST_ZONE, Birthday
from shared.domain.loyalty.event_rules import BIRTHDAY
from shared.domain.loyalty.programs import Program
from shared.domain.members.member import Member
from shared.services import commands, due_runs, sealed_profiles
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, program_documents
from shared.store.members import member_documents

PAGE = 300
RUN_S_MAX = 100.0
"""The schedule's function may take 540 s, and the calendar of memberships 400 s of them."""


def run(page_size: int = PAGE) -> int:
    """Grant what is due, for one person after the other. If one fails, the others go on.

    Returns:
        The number of persons who were due and are done.
    """
    started_at = clock.utc_now()
    return due_runs.run(
        lambda last: member_documents.list_with_birthday(started_at, page_size, after=last),
        _celebrate_in_its_time,
        page_size=page_size,
        run_s_max=RUN_S_MAX,
        name="birthday",
        id_of=lambda person: person.user_id,
    )


def _celebrate_in_its_time(person: Member) -> None:
    with test_clocks.time_of(person.account_id):
        celebrate(person)


def celebrate(listed: Member) -> None:
    """Grant in all programs of a person, and move on to the next birthday, in one commit."""
    path, now = paths.account_member(listed.account_id, listed.user_id), clock.utc_now()

    def decide(reads: Reads) -> Effect[None]:
        person = member_documents.decode(reads[path])
        if person is None or person.erasure_id is not None:
            return Effect(None)
        if person.birthday_due_at is None or person.birthday_due_at > now:
            return Effect(None)  # Another process was faster, or the birthday was changed.
        profile = sealed_profiles.profile_of(person)
        if profile.birthday is None or profile.birthday_set_at is None:
            moved = replace(person, birthday_due_at=None)
            return Effect(None, [member_documents.write(reads[path], moved)])
        programs = _programs(person)
        writes: list[Write] = []
        if person.is_congratulated:
            birthday = Birthday(profile.birthday, profile.birthday_set_at)
            writes += _grants(reads, person, programs, birthday)
        zones = (FIRST_ZONE, *(each.time_zone for each in programs))
        next_at = min(birthdays.next_at(profile.birthday, now, each) for each in zones)
        moved = replace(person, birthday_due_at=next_at)
        return Effect(None, [member_documents.write(reads[path], moved), *writes])

    def _grants(
        reads: Reads, person: Member, programs: list[Program], birthday: Birthday
    ) -> list[Write]:
        found = {
            paths.member(paths.membership_id(each.program_id, person.user_id)): each
            for each in programs
        }
        commands.want(reads, found)
        writes: list[Write] = []
        for member_path, program in found.items():
            membership = membership_documents.decode(reads[member_path])
            if membership is None:
                continue
            after, entries = birthdays.granted(membership, program, birthday, now)
            if entries:
                writes += membership_documents.writes(reads[member_path], after, *entries)
        return writes

    commands.run([path], decide)


def _programs(person: Member) -> list[Program]:
    """Return the programs of a person that give something on a birthday."""
    found = (program_documents.find(each) for each in person.program_ids)
    return [each for each in found if each is not None and each.event_rule(BIRTHDAY) is not None]
