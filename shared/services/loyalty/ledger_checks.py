"""Prove to a merchant that the books of a member, a program or all programs are right."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from shared.auth.caller import Caller
from shared.domain.loyalty import proof
from shared.domain.loyalty.proof import Place, Position
from shared.errors import MembershipNotFound, ProgramNotFound
from shared.services import access
from shared.services.loyalty import verification
from shared.services.loyalty.verification import Problem
from shared.store import paths
from shared.store.stores import store_documents

REQUEST_S = 20.0
"""After this time no further piece is begun, and the answer has a cursor."""
SHOWN_MAX = 100
"""A page names so many breaks at most."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and what does not hold; ``next`` is ``None`` at the end."""

    memberships: int
    entries: int
    problems: Sequence[Problem]
    next: Place | None

    @property
    def first(self) -> Problem | None:
        """The problem that comes first: of the first member who has one, the oldest entry's."""
        if not self.problems:
            return None
        leading = self.problems[0]
        same = [
            each
            for each in self.problems
            if (each.program_id, each.user_id) == (leading.program_id, leading.user_id)
        ]
        broken = proof.first(each.broken for each in same)
        return next(each for each in same if each.broken is broken)


def check_member(caller: Caller, program_id: str, user_id: str, store_id: str | None) -> Checked:
    """Check one membership.

    Raises:
        ProgramNotFound: The program is absent or not the caller's.
        MembershipNotFound: The user is not enrolled in it.
    """
    program = access.program(caller, program_id, store_id)
    piece = verification.verify_member(program, paths.membership_id(program_id, user_id))
    if piece is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    return Checked(piece.memberships, piece.entries, piece.problems, None)


def check_page(
    caller: Caller, program_id: str | None, store_id: str | None, place: Place | None, limit: int
) -> Checked:
    """Check a page of the memberships of a program, or of all programs of an account or store.

    Args:
        caller: Who asks.
        program_id: The program; ``None`` for all.
        store_id: The store whose programs are meant; ``None`` for all.
        place: Where to begin; ``None`` for the begin.
        limit: The most memberships to check, from 1.

    Raises:
        ProgramNotFound: The program, or that of the place, is absent or not the caller's.
        StoreNotFound: The store is absent or not the caller's.
    """
    program_ids = _program_ids(caller, program_id, store_id)
    if place is None:
        place = Place(program_ids[0], Position()) if program_ids else None
    elif place.program_id not in program_ids:
        raise ProgramNotFound(f"There is no program {place.program_id}.")
    stop_at_s = time.monotonic() + REQUEST_S
    memberships = entries = 0
    problems: list[Problem] = []
    while place is not None:
        program = access.program(caller, place.program_id, None)
        piece = verification.verify_piece(program, place.position, limit - memberships)
        memberships += piece.memberships
        entries += piece.entries
        problems += piece.problems
        place = _following(place, piece.next, program_ids)
        if memberships == limit or len(problems) >= SHOWN_MAX or time.monotonic() > stop_at_s:
            break
    return Checked(memberships, entries, problems[:SHOWN_MAX], place)


def _program_ids(caller: Caller, program_id: str | None, store_id: str | None) -> list[str]:
    """Return the programs to check, in their order. Each is read when its turn comes."""
    if program_id is not None:
        return [access.program(caller, program_id, store_id).program_id]
    stores = (
        [access.store(caller, store_id)]
        if store_id is not None
        else store_documents.list_of_account(caller.account_id)
    )
    return sorted({each for store in stores for each in store.program_ids})


def _following(place: Place, position: Position | None, program_ids: Sequence[str]) -> Place | None:
    if position is not None:
        return Place(place.program_id, position)
    left = [each for each in program_ids if each > place.program_id]
    return Place(left[0], Position()) if left else None
