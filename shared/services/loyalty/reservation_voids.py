"""Give up a reservation, in the commit of whoever asks for it, or returns or pays its purchase."""

from __future__ import annotations

from datetime import datetime

from shared.domain.loyalty import ledger
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.services import commands
from shared.services.commands import Reads
from shared.services.joint_commands import State
from shared.services.loyalty.reward_stocks import StockOfReward
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import reservation_documents


def void(
    reads: Reads, membership: Membership, program: Program, hold: Hold, now: datetime
) -> tuple[Membership, list[Write]]:
    """Return a membership without an open hold, and the writes of its record and of its stock.

    What was held may have reached its date meanwhile: the caller writes it off.

    Raises:
        Wanted: Something is not read yet.
    """
    path = paths.reservation(hold.membership_id, hold.reservation_id)
    commands.want(reads, [path])
    record = reservation_documents.decode(reads[path])
    assert record is not None, "a hold has a record, which is kept for longer"
    writes: list[Write] = [reservation_documents.write(reads[path], record.voided(now))]
    if hold.takes_stock and hold.reward_id is not None:
        stock = StockOfReward.of(program, hold.reward_id, hold.stock_key)
        writes += stock.release(reads, hold)
    return ledger.release(membership, program, hold, now), writes


def void_of_transaction(
    state: State,
    membership: Membership,
    program: Program,
    reserved_by: str,
    transaction_id: str | None,
    now: datetime,
) -> Membership:
    """Return a membership without what is reserved for a transaction that is redeemed at once.

    Args:
        state: Its writes are added to.
        membership: The membership. What it has held may have reached its date: it can be spent
            now, and the caller writes off what is left of it.
        program: Its program.
        reserved_by: The membership whose transaction it is: one that was merged since may have had
            another one of that name.
        transaction_id: The transaction; nothing is reserved for one without an id.
        now: UTC.

    Raises:
        Wanted: Something is not read yet.
    """
    if transaction_id is None:
        return membership
    for hold in membership.holds:
        if (hold.membership_id, hold.transaction_id) == (reserved_by, transaction_id):
            membership, writes = void(state.now, membership, program, hold, now)
            state.apply(writes)
    return membership
