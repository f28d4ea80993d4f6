"""Book orders of shops that wait for somebody who has just joined, or become known.

What belongs to shops is imported only for accounts that have one.
"""

from __future__ import annotations

from shared import logs
from shared.auth.caller import Caller
from shared.errors import PunktwerkError
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


def book_or_raise(caller: Caller, user_id: str) -> None:
    """Book what waits for a member, for somebody who tries again after a failure.

    Raises:
        PunktwerkError: The database is busy, or a shop's program cannot be booked in.
    """
    account = account_documents.find_account(caller.account_id)
    if account is None or not account.has_shops:
        return
    from shared.services.systems import shop_links

    shop_links.book_for(caller, user_id)
