"""What does not hold in the books, as an answer says it, and the cursor of a walk through them."""

from __future__ import annotations

import re

from pydantic import Field

from shared.domain.loyalty import proof_events
from shared.domain.loyalty.proof import Break, Invariant, Place, Position, Tally
from shared.schemas import answers, paging
from shared.schemas.base import WireModel

_MEMBERSHIP = re.compile(r"(?!\.+$|__)[\w.~%-]{1,1300}", re.ASCII)
_NUMBERS = 6
_NO_CURSOR = "must be a nextCursor of an earlier answer to the same question"


class BreakBody(WireModel):
    """One thing that does not hold."""

    program_id: answers.ProgramId
    user_id: str | None = Field(description="The member. Null if it is about the program itself.")
    invariant: Invariant = Field(description="Which rule does not hold.")
    entry_sequence: int | None = Field(
        description="The number of the member's entry. Null if it is about no entry."
    )
    entry_id: str | None = Field(
        description=f"That entry. {answers.ENTRY_ID_SCOPE} Null if it is about no entry."
    )
    expected: str | None = Field(
        description="What it should be, in the program's smallest units. Null if it is no value."
    )
    found: str | None = Field(
        description="What it is, in the program's smallest units. Null if it is no value."
    )
    message: str = Field(description="The same in words.")


def to_break_body(program_id: str, user_id: str | None, broken: Break) -> BreakBody:
    """Return the body of a break."""
    return BreakBody(
        program_id=program_id,
        user_id=user_id,
        invariant=broken.invariant,
        entry_sequence=broken.seq,
        entry_id=broken.entry_id,
        expected=proof_events.shown(broken.expected),
        found=proof_events.shown(broken.found),
        message=broken.message,
    )


def encode(place: Place) -> str:
    """Return the cursor of what comes next."""
    position, tally = place.position, place.position.tally
    numbers = (*tally.before, tally.members, tally.issued_units, tally.redemptions) if tally else ()
    phase = "mirrors" if position.is_in_mirrors else "members"
    words = (place.program_id, phase, position.after or "-", *map(str, numbers))
    return paging.encode_key(" ".join(words))


def decode(cursor: str) -> Place:
    """Read a place back.

    Raises:
        ValueError: ``encode`` does not make such a text; the message is for the caller.
    """
    match paging.decode_key(cursor).split(" "):
        case [program_id, ("members" | "mirrors") as phase, after, *numbers] if (
            _MEMBERSHIP.fullmatch(after) and len(numbers) in {0, _NUMBERS}
        ):
            pass
        case _:
            raise ValueError(_NO_CURSOR)
    if not all(re.fullmatch(r"-?[0-9]{1,18}", each) for each in numbers):
        raise ValueError(_NO_CURSOR)
    last = None if after == "-" else after
    is_begin = last is None and phase == "members"
    if is_begin is not (not numbers):
        raise ValueError(_NO_CURSOR)
    tally = Tally(*map(int, numbers)) if numbers else None
    return Place(program_id, Position(phase == "mirrors", last, tally))
