"""What a cashier may take from a customer's balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.loyalty import ledger
from shared.domain.loyalty.counter_spending import require_allowed, shows_reward_code
from shared.domain.loyalty.holds import Hold
from shared.errors import OwnMembership, ReservationExists
from tests.support.strategies import NOW, make_cause, make_membership, make_program

PROGRAM = make_program()
OWN = "lp_1_uid_1"
HOLD = Hold("rv_1", "lp_1_user_1", (), NOW, NOW + timedelta(minutes=15), transaction_id="T-1")


def test_others_pay() -> None:
    require_allowed(make_membership(PROGRAM), OWN, "T-1")


@pytest.mark.parametrize("name", ["T-2", None])
def test_what_is_reserved_for_another_purchase_is_in_nobodys_way(name: str | None) -> None:
    holds = (HOLD, replace(HOLD, reservation_id="rv_2", transaction_id=None))

    require_allowed(replace(make_membership(PROGRAM), holds=holds), OWN, name)


def test_what_is_reserved_for_the_purchase_stays_reserved() -> None:
    membership = replace(make_membership(PROGRAM), holds=(HOLD,))

    with pytest.raises(ReservationExists) as refused:
        require_allowed(membership, OWN, "T-1")

    assert refused.value.details["reservationId"] == "rv_1"


def test_nobody_pays_for_themselves() -> None:
    membership = make_membership(PROGRAM)

    with pytest.raises(OwnMembership):
        require_allowed(membership, membership.membership_id, None)


@pytest.mark.parametrize(
    ("booked_by", "asked_by", "is_told"),
    [("uid_1", "uid_1", True), ("uid_1", "uid_2", False), (None, "uid_1", False)],
)
def test_who_has_taken_a_reward_knows_its_code(
    booked_by: str | None, asked_by: str, is_told: bool
) -> None:
    membership, _ = ledger.earn(make_membership(PROGRAM), PROGRAM, 50, make_cause())
    cause = make_cause("le_2", staff_id=booked_by)
    _, redeemed = ledger.redeem(membership, PROGRAM, 10, cause)

    assert shows_reward_code(redeemed, asked_by) is is_told
