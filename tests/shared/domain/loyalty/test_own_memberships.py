"""A cashier's own membership."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.loyalty.own_memberships import require_others
from shared.errors import OwnMembership
from tests.support.strategies import make_membership, make_program

PROGRAM = make_program()


def test_others_earn() -> None:
    require_others(make_membership(PROGRAM), "lp_1_uid_1")


def test_the_own_membership_earns_nothing_by_the_own_booking() -> None:
    membership = make_membership(PROGRAM)

    with pytest.raises(OwnMembership):
        require_others(membership, membership.membership_id)


def test_neither_does_one_into_which_it_was_merged() -> None:
    membership = replace(make_membership(PROGRAM), merged_from=("lp_1_uid_1",))

    with pytest.raises(OwnMembership):
        require_others(membership, "lp_1_uid_1")
