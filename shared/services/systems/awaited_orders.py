"""Book orders of shops that wait for somebody who has just joined, or become known.

What belongs to shops is imported only for accounts that have one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from shared import logs
from shared.auth.caller import Caller
from shared.domain.loyalty.membership import Membership
from shared.errors import PunktwerkError
from shared.services.accounts import callers
from shared.store.accounts import account_documents


def book(caller: Caller, user_id: str) -> None:
    """Book what waits for a member; an account without a shop costs nothing.

    It is for the end of a request that has done its own work, so it refuses nothing: what fails
    here still waits, and is booked when the request is repeated, or by the next one.
    """
    try:
        book_or_raise(caller, user_id)
    except PunktwerkError as failure:
        logs.warning("orders of a shop still wait", error=failure.code)


def book_or_raise(caller: Caller, user_id: str) -> int:
    """Book what waits for a member, for somebody who tries again after a failure.

    Returns:
        The number of orders.

    Raises:
        PunktwerkError: The database is busy, or a shop's program cannot be booked in.
    """
    if not _has_shops(caller.account_id):
        return 0
    from shared.services.systems import shop_links

    return shop_links.book_for(caller, user_id)


def booking_for_joined() -> Callable[[Membership], int]:
    """Return what books for who has joined lately, one after the other, as ``book_or_raise`` does.

    Each account is asked once for whether it has shops. What was booked is not booked again.
    """
    has_shops = cache(_has_shops)

    def book_for(membership: Membership) -> int:
        if membership.erased_at is not None or not has_shops(membership.account_id):
            return 0
        return book_or_raise(callers.acting_for(membership.account_id), membership.user_id)

    return book_for


def _has_shops(account_id: str) -> bool:
    account = account_documents.find_account(account_id)
    return account is not None and account.has_shops
