"""Let members who were stored before names could be looked for be found by theirs."""

from __future__ import annotations

from dataclasses import replace

from shared.services import name_marks, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.every_document import change_each, in_place
from shared.store.members import member_documents


def note_names() -> int:
    """Write the marks of all members who lack them, and return how many there were.

    Each is a commit of its own, so whoever is interrupted begins again. Who cannot be decrypted,
    or is being erased, is left alone.
    """
    count, _ = change_each(member_documents.MEMBERS, in_place(_noted))
    return count


def _noted(path: str, reads: Reads) -> Effect[bool]:
    member = member_documents.decode(reads[path])
    if member is None or member.profile is None or member.erasure_id is not None:
        return Effect(result=False)
    marks = name_marks.of_profile(member.account_id, sealed_profiles.profile_of(member))
    if marks == member.name_marks:
        return Effect(result=False)
    after = replace(member, name_marks=marks)
    return Effect(result=True, writes=[member_documents.write(reads[path], after)])
