"""A member's balance: its history, and the next expiry."""

from __future__ import annotations

from itertools import islice

from pydantic import Field

from shared.domain.loyalty import lots
from shared.domain.loyalty.membership import Membership, RecentEntry
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Number, Timestamp, WireModel

LOTS_SHOWN = 100


class Transaction(WireModel):
    """A line of the history; ``points`` is negative for spent points."""

    entry_id: str = Field(description=f"The ledger entry that was booked. {answers.ENTRY_ID_SCOPE}")
    type: str = Field(
        description=(
            "`earn`, `redeem`, `adjust`, `reverse`, `expire`, `pending`, `merge`, `tier`, "
            "`transfer` or `extend`."
        )
    )
    points: Number = Field(description="What was booked; negative for what was spent.")
    pending_points: Number = Field(
        description="How it changed what is pending; not part of `points`."
    )
    balance_after: Number = Field(description="The balance after this transaction.")
    description: str = Field(description="What it was for.")
    transaction_id: answers.TransactionId
    reward_code: answers.RewardCode
    created_at: answers.CreatedAt


class NextExpiry(WireModel):
    """The points that expire next, and the time of their expiry."""

    points: Number = Field(description="How much of the balance expires then.")
    expires_at: Timestamp = Field(
        description="The moment from which it cannot be spent: a midnight of the store."
    )


class LotBody(WireModel):
    """Points that expire together, or are pending together."""

    points: Number = Field(description="How much of the balance or, if pending, beside it.")
    expires_at: Timestamp | None = Field(
        description="The moment from which it cannot be spent. Null if it never expires."
    )
    spendable_from: Timestamp | None = Field(
        description="When what is pending can be spent. Null for what can be spent now."
    )


def to_lots(membership: Membership) -> list[LotBody]:
    """Return what a balance and what is pending are made of: of each the first ``LOTS_SHOWN``."""
    pending = (each for each in membership.pending if each.units)
    rows = [
        *((each.units, each.expires_at, None) for each in membership.lots[:LOTS_SHOWN]),
        *((each.units, each.expires_at, each.activates_at) for each in islice(pending, LOTS_SHOWN)),
    ]
    return [
        LotBody(
            points=from_units(units, membership.scale), expires_at=expires, spendable_from=since
        )
        for units, expires, since in rows
    ]


def to_next_expiry(membership: Membership) -> NextExpiry | None:
    """Return the next expiry. Lots are sorted by expiry; lots that never expire come last."""
    expires_at = membership.lots[0].expires_at if membership.lots else None
    if expires_at is None:
        return None
    units = lots.total(each for each in membership.lots if each.expires_at == expires_at)
    return NextExpiry(points=from_units(units, membership.scale), expires_at=expires_at)


def to_transaction(entry: RecentEntry, scale: int) -> Transaction:
    """Return a line of the history; ``scale`` is the program's."""
    return Transaction(
        entry_id=entry.entry_id,
        type=entry.kind.value,
        points=from_units(entry.units, scale),
        pending_points=from_units(entry.pending_units or 0, scale),
        balance_after=from_units(entry.balance_after_units, scale),
        description=entry.description,
        transaction_id=entry.transaction_id,
        reward_code=entry.reward_code,
        created_at=entry.recorded_at,
    )
