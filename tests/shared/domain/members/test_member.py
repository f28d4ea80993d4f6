"""Members: one for a person, who joins programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.members import member as members
from shared.domain.members.member import Member, MemberStatus
from shared.errors import MemberSuspended

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def joined(
    member: Member | None, program_id: str, now: datetime = NOW, *, is_customer: bool = False
) -> Member:
    return members.enroll(
        member,
        account_id="acc",
        user_id="u",
        program_id=program_id,
        store_id="s",
        is_customer=is_customer,
        now=now,
    )


def test_who_joins_first_becomes_a_member() -> None:
    assert joined(None, "lp_1") == Member("u", "acc", NOW, NOW, "s", program_ids=("lp_1",))


def test_each_program_is_there_once() -> None:
    first = joined(None, "lp_1")
    both = joined(first, "lp_2", LATER)

    assert (both.program_ids, both.created_at, both.updated_at) == (("lp_1", "lp_2"), NOW, LATER)
    assert joined(both, "lp_1", LATER) is both


def test_who_is_suspended_everywhere_joins_nothing() -> None:
    suspended = replace(joined(None, "lp_1"), status=MemberStatus.SUSPENDED)

    with pytest.raises(MemberSuspended):
        joined(suspended, "lp_2")


def test_who_joins_by_a_sign_in_stays_a_customer() -> None:
    first = joined(None, "lp_1")
    customer = joined(first, "lp_1", LATER, is_customer=True)

    assert (first.is_customer, customer.is_customer) == (False, True)
    assert customer.updated_at == LATER
    assert joined(customer, "lp_2").is_customer
