"""What time brings to one account: the work of the schedules, found for a test clock that moves.

The schedules find the same work of all accounts by the real time. A kind of work that is due at a
time belongs here, too, unless it goes by the real time: ``shared/clock.py`` says which does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from shared.domain.systems.purchases import WAITS
from shared.services.accounts.test_clock_moves import DueWork, FindWork
from shared.services.loyalty import member_calendar
from shared.services.members import birthdays
from shared.services.orders import order_settlement
from shared.services.payments import payment_settlement
from shared.services.systems import receipt_points
from shared.store.loyalty import membership_documents, receipt_documents
from shared.store.members import member_documents
from shared.store.orders import checkout_documents, collect_order_documents
from shared.store.payments import payment_documents
from shared.store.systems import purchase_documents

T = TypeVar("T")


def _kind(
    list_due: Callable[[str, datetime, int], Sequence[T]],
    at: Callable[[T], datetime | None],
    name: Callable[[T], str],
    do: Callable[[T], object],
) -> FindWork:
    def find(account_id: str, until: datetime, limit: int) -> list[DueWork]:
        found = ((at(each), each) for each in list_due(account_id, until, limit))
        return [
            DueWork(moment, name(each), partial(do, each))
            for moment, each in found
            if moment is not None
        ]

    return find


WORK: Sequence[FindWork] = (
    _kind(
        membership_documents.list_due_of_account,
        lambda each: each.next_due_at,
        lambda each: f"membership {each.membership_id}",
        member_calendar.move_on,
    ),
    _kind(
        member_documents.list_with_birthday_of_account,
        lambda each: each.birthday_due_at,
        lambda each: f"birthday {each.user_id}",
        birthdays.celebrate,
    ),
    _kind(
        payment_documents.list_to_check_of_account,
        lambda each: each.check_at,
        lambda each: f"payment {each.payment_id}",
        payment_settlement.settle_or_put_off,
    ),
    _kind(
        checkout_documents.list_to_check_of_account,
        lambda each: each.check_at,
        lambda each: f"checkout {each.checkout_id}",
        order_settlement.settle_checkout,
    ),
    _kind(
        collect_order_documents.list_to_check_of_account,
        lambda each: each.check_at,
        lambda each: f"order {each.order_id}",
        order_settlement.settle_order,
    ),
    _kind(
        receipt_documents.list_waiting_of_account,
        lambda each: each.waiting_until,
        lambda each: f"receipt {each.receipt_id}",
        lambda each: receipt_points.drop_waited_claims(each.receipt_id),
    ),
    _kind(
        lambda account_id, until, limit: purchase_documents.list_waiting_of_account(
            account_id, until - WAITS, limit
        ),
        lambda each: each.waiting_since and each.waiting_since + WAITS,
        lambda each: f"purchase {each.purchase_id}",
        lambda each: receipt_points.drop_waiting_returns(each.purchase_id),
    ),
)
