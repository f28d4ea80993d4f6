"""Reward what a member's profile says, in the commit that lets it say so, or in an enrolment's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.loyalty import profile_rewards
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.members.member import Member
from shared.services import commands, sealed_profiles
from shared.services.commands import Reads
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, program_documents

WRITES_MAX = 300
"""Of the 500 that a commit takes. What is left out is granted at the next occasion."""


def writes(reads: Reads, member: Member, events: frozenset[str], now: datetime) -> Sequence[Write]:
    """Return the writes that grant a member what all programs give for what the profile says.

    Programs are cached, and memberships are read only of those that reward one of the events: a
    change of a profile that nobody rewards costs nothing more.

    Args:
        reads: What was read so far.
        member: The member, with the programs that they are in.
        events: What the profile says, as far as the request named it.
        now: UTC.

    Raises:
        Wanted: The memberships have to be read.
        Busy: The person is being erased.
    """
    if not events:
        return []
    found = (program_documents.find(each) for each in member.program_ids)
    programs = {
        paths.member(paths.membership_id(each.program_id, member.user_id)): each
        for each in found
        if each is not None and not events.isdisjoint(each.profile_events)
    }
    commands.want(reads, programs)
    made: list[Write] = []
    for path, program in programs.items():
        membership = membership_documents.decode(reads[path])
        if membership is None or len(made) > WRITES_MAX:
            continue
        after, entries = profile_rewards.granted(membership, program, events, now)
        if entries:
            made += membership_documents.writes(reads[path], after, *entries)
    return made


def on_enrolment(
    membership: Membership, program: Program, person: Member | None, now: datetime
) -> tuple[Membership, tuple[Entry, ...]]:
    """Grant what the profile of somebody who enrols says already.

    Args:
        membership: The membership, which may be new.
        program: Its program.
        person: The person; ``None`` if there is no document of them.
        now: UTC.
    """
    if person is None or not program.profile_events:
        return membership, ()
    events = sealed_profiles.profile_of(person).events
    return profile_rewards.granted(membership, program, events, now)
