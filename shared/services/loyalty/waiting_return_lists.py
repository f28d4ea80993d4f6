"""Returns of all members of a program that wait for their purchase."""

from __future__ import annotations

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import waiting_returns
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.waiting_returns import WaitingReturn
from shared.schemas.paging import CursorPosition, Page
from shared.services import access
from shared.store.loyalty import membership_documents


def list_page(
    caller: Caller,
    *,
    program_id: str,
    store_id: str | None,
    after: CursorPosition | None,
    limit: int,
) -> Page[tuple[Membership, WaitingReturn]]:
    """Return some returns that wait, each with its member: one query.

    The member whose return waits the longest comes first, and all returns of a member are together:
    so a page may have ``WAITING_MAX - 1`` more than ``limit``.

    Raises:
        ProgramNotFound: The program is absent or not the caller's.
    """
    access.program(caller, program_id, store_id)
    now = clock.utc_now()
    found = membership_documents.list_waiting(
        program_id, now, after=(after.at, after.id) if after else None, limit=limit + 1
    )
    rows: list[tuple[Membership, WaitingReturn]] = []
    for number, membership in enumerate(found):
        # One that has waited for too long is dropped by the next run of the calendar.
        waiting, _ = waiting_returns.split(waiting_returns.untold(membership.waiting_returns), now)
        rows += [(membership, each) for each in waiting]
        is_full = len(rows) >= limit or number + 1 == limit
        since = waiting_returns.waits_since(membership.waiting_returns)
        if is_full and since is not None and number + 1 < len(found):
            return Page(rows, CursorPosition(since, membership.membership_id))
    return Page(rows, None)
