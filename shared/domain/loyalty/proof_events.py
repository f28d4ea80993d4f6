"""The event of a break in the books of a program."""

from __future__ import annotations

from datetime import datetime

from shared import ids
from shared.domain.events.event import Event
from shared.domain.events.event_types import LEDGER_BROKEN
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.proof import Break

SHOWN_CHARS_MAX = 200
"""Of a value that was expected or found: some are long lists."""


def from_break(program: Program, user_id: str | None, broken: Break, now: datetime) -> Event:
    """Return the event of what does not hold; ``user_id`` is ``None`` if it is the program's."""
    return Event(
        event_id=_event_id(program, user_id, broken),
        type=LEDGER_BROKEN,
        account_id=program.account_id,
        store_id=program.store_id,
        program_id=program.program_id,
        user_id=user_id,
        source=None,
        created_at=now,
        data={
            "programId": program.program_id,
            "userId": user_id,
            "invariant": broken.invariant.value,
            "entrySequence": broken.seq,
            "expected": shown(broken.expected),
            "found": shown(broken.found),
        },
    )


def shown(value: str | None) -> str | None:
    """Return a value, cut if it is too long to read."""
    if value is None or len(value) <= SHOWN_CHARS_MAX:
        return value
    return f"{value[:SHOWN_CHARS_MAX]}..."


def _event_id(program: Program, user_id: str | None, broken: Break) -> str:
    """Return the id of a break's event: the same every night, so that it is told once."""
    where = (user_id or "", broken.invariant.value, str(broken.seq or 0))
    return ids.derived("evt", "proof", program.program_id, *where)
