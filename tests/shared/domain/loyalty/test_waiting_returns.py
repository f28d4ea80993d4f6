"""Returns that wait for their purchase: which one that is, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.loyalty import due, ledger, waiting_returns
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.returns import Returned
from shared.domain.loyalty.waiting_returns import (
    REMEMBERED_MAX,
    WAITING_MAX,
    WAITS,
    WaitingReturn,
)
from shared.errors import IdempotencyKeyReused, TooManyWaitingReturns
from tests.support.strategies import NOW, make_cause, make_membership, make_program

PROGRAM = make_program()
ONE = WaitingReturn("r1", "t1", Returned("digest", "f"), NOW)


def earned(transaction_id: str | None, source: str | None = None) -> Entry:
    cause = make_cause(transaction_id=transaction_id, source=source, purchase_amount="10")
    return ledger.earn(make_membership(PROGRAM), PROGRAM, 100, cause)[1]


def test_waits_for_the_purchase_unless_another_system_numbers_it() -> None:
    of_crm = replace(ONE, source="crm")

    assert ONE.is_of(earned("t1"))
    assert ONE.is_of(earned("t1", "crm"))
    assert of_crm.is_of(earned("t1"))
    assert of_crm.is_of(earned("t1", "crm"))
    assert not of_crm.is_of(earned("t1", "till"))
    assert not ONE.is_of(earned("t2"))
    assert not ONE.is_of(earned(None))
    redeemed = ledger.redeem(
        ledger.earn(make_membership(PROGRAM), PROGRAM, 9, make_cause())[0],
        PROGRAM,
        5,
        make_cause("le_2", transaction_id="t1"),
    )
    assert not ONE.is_of(redeemed[1])


def test_a_purchase_that_earned_nothing_is_found_as_one_that_earned() -> None:
    of_crm = replace(ONE, source="crm")

    def told(transaction_id: str | None, source: str | None = None) -> Cause:
        return make_cause(transaction_id=transaction_id, source=source)

    assert ONE.is_of_purchase(told("t1"))
    assert ONE.is_of_purchase(told("t1", "crm"))
    assert of_crm.is_of_purchase(told("t1"))
    assert of_crm.is_of_purchase(told("t1", "crm"))
    assert not of_crm.is_of_purchase(told("t1", "till"))
    assert not ONE.is_of_purchase(told("t2"))
    assert not ONE.is_of_purchase(told(None))


def test_an_activation_is_no_purchase() -> None:
    assert not ONE.is_of(replace(earned("t1"), activates_entry_id="le_0"))


def test_is_due_when_it_is_dropped() -> None:
    member = ledger.await_purchase(make_membership(PROGRAM), PROGRAM, ONE)
    assert member.next_due_at == NOW + WAITS

    before = due.tell(member, PROGRAM.time_zone, NOW + WAITS - timedelta(milliseconds=1))
    passed = due.tell(member, PROGRAM.time_zone, NOW + WAITS)

    assert (before.dropped, before.membership.waiting_returns) == ((), (ONE,))
    assert (passed.dropped, passed.membership.waiting_returns) == ((ONE,), ())
    assert passed.membership == replace(make_membership(PROGRAM), updated_at=NOW + WAITS)


def test_one_id_is_one_return() -> None:
    assert waiting_returns.find((ONE,), Returned("digest", "f")) == ONE
    assert waiting_returns.find((ONE,), Returned("other", "f")) is None
    with pytest.raises(IdempotencyKeyReused):
        waiting_returns.find((ONE,), Returned("digest", "g"))


def test_only_so_many_wait() -> None:
    member = make_membership(PROGRAM)
    for index in range(WAITING_MAX):
        member = ledger.await_purchase(member, PROGRAM, replace(ONE, refund_id=str(index)))
    with pytest.raises(TooManyWaitingReturns):
        ledger.await_purchase(member, PROGRAM, ONE)


def test_what_is_told_takes_no_place_and_the_latest_are_remembered_for_as_long() -> None:
    every = [
        replace(ONE, refund_id=f"r{number}", returned=Returned(f"digest {number}", "f"))
        for number in range(2 * REMEMBERED_MAX)
    ]
    waiting = waiting_returns.remembered((ONE, *every[:REMEMBERED_MAX]), every)

    told = [each for each in waiting if each.is_told]
    assert waiting_returns.untold(waiting) == (ONE,)
    assert [each.refund_id for each in told] == [each.refund_id for each in every[REMEMBERED_MAX:]]
    assert waiting_returns.added(waiting, ONE) == (*waiting, ONE)
    assert waiting_returns.split(waiting, NOW + WAITS) == ((), (ONE,))
    assert waiting_returns.waits_since(tuple(told)) is None
    assert waiting_returns.waits_since(waiting) == NOW
