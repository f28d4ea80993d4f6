"""Results of rows: what became of each booking of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class RowOutcome(StrEnum):
    """The outcome of a row.

    ``NOTHING``: the rules grant nothing for it. ``NOT_DONE``: the time was up, so it is not known
    yet what will become of it.
    """

    BOOKED = "booked"
    DUPLICATE = "duplicate"
    NOTHING = "nothing"
    REFUSED = "refused"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result of a row; ``index`` is its place in the request, from 0.

    ``points`` were earned or spent, and ``new_balance`` is the balance after them, of whatever the
    program counts; ``None`` if nothing was booked, or if the points had expired already, as
    ``expires_at`` tells. ``error`` is the code of a refusal.
    """

    index: int
    outcome: RowOutcome
    transaction_id: str | None = None
    entry_id: str | None = None
    points: Decimal = Decimal(0)
    new_balance: Decimal | None = None
    expires_at: datetime | None = None
    capped_by: str | None = None
    reason: str | None = None
    error: str | None = None
    message: str | None = None


def counted(rows: Iterable[RowResult]) -> Mapping[RowOutcome, int]:
    """Return the number of rows with each outcome."""
    found = Counter(row.outcome for row in rows)
    return {outcome: found[outcome] for outcome in RowOutcome}
