"""All memberships of a person: those that the person's document names, and older ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.domain.loyalty.membership import Membership
from shared.services.commands import Reads
from shared.store import paths
from shared.store.loyalty import membership_documents


def known_paths(account_id: str, user_id: str) -> list[str]:
    """Return where memberships of a person are: one query, before a decision.

    The document of the person may lack those that are older than it.
    """
    found = membership_documents.list_of_user(account_id, user_id)
    return [paths.member(each.membership_id) for each in found]


def every_path(user_id: str, program_ids: Iterable[str], known: Sequence[str]) -> list[str]:
    """Return where all memberships of a person are, also of an enrolment since the query.

    Args:
        user_id: The person.
        program_ids: The programs that the document of the person names.
        known: What ``known_paths`` has found.
    """
    named = [paths.member(paths.membership_id(each, user_id)) for each in program_ids]
    return sorted({*known, *named})


def decoded(reads: Reads, member_paths: Iterable[str]) -> list[Membership]:
    """Return the memberships that there are of those that were read."""
    found = (membership_documents.decode(reads[path]) for path in member_paths)
    return [each for each in found if each is not None]
