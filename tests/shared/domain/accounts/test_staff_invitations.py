"""Until when an invitation can be accepted, and by whose right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.accounts.staff import StaffMember, StaffRole
from shared.domain.accounts.staff_invitations import LIFE, StaffInvitation, is_given
from shared.encrypted import Encrypted

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
OWNER, MANAGER, CASHIER, DEVELOPER = StaffRole
LENA = StaffInvitation(
    "acc_1",
    "a1b2",
    Encrypted("token"),
    CASHIER,
    created_at=NOW,
    expires_at=NOW + LIFE,
    store_ids=("store_a",),
    label="Lena",
    invited_by="uid_max",
)


def inviter(role: StaffRole, *store_ids: str, is_disabled: bool = False) -> StaffMember:
    return StaffMember("acc_1", "uid_max", role, NOW, NOW, store_ids, is_disabled)


@pytest.mark.parametrize(
    ("after", "is_waiting"),
    [(timedelta(), True), (LIFE - timedelta(seconds=1), True), (LIFE, False)],
)
def test_waits_for_two_weeks(after: timedelta, is_waiting: bool) -> None:
    assert LENA.is_waiting(NOW + after) is is_waiting
    assert not LENA.accepted("uid_lena").is_waiting(NOW + after)


def test_who_accepts_becomes_what_was_said() -> None:
    assert LENA.member("uid_lena", NOW + LIFE) == StaffMember(
        "acc_1", "uid_lena", CASHIER, NOW + LIFE, NOW + LIFE, ("store_a",), False, "Lena", "uid_max"
    )
    assert LENA.accepted("uid_lena") == replace(LENA, email=None, accepted_by="uid_lena")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (None, True),
        (inviter(OWNER), True),
        (inviter(MANAGER), True),
        (inviter(MANAGER, "store_a", "store_b"), True),
        (inviter(MANAGER, "store_b"), False),
        (inviter(OWNER, is_disabled=True), False),
        (inviter(DEVELOPER), False),
        (inviter(CASHIER), False),
    ],
)
def test_lasts_while_who_has_invited_may_give_the_role(
    by: StaffMember | None, expected: bool
) -> None:
    assert is_given(LENA, by) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [(timedelta(days=-9), True), (timedelta(), True), (timedelta(milliseconds=1), False)],
)
def test_who_was_added_anew_has_invited_nobody_yet(after: timedelta, expected: bool) -> None:
    assert is_given(LENA, replace(inviter(OWNER), created_at=NOW + after)) is expected


def test_a_manager_gives_no_owner() -> None:
    assert not is_given(replace(LENA, role=OWNER, store_ids=()), inviter(MANAGER))
    assert is_given(replace(LENA, role=OWNER, store_ids=()), inviter(OWNER))


def test_is_for_its_stores() -> None:
    assert (LENA.is_for("store_a"), LENA.is_for("store_b")) == (True, False)
    assert replace(LENA, store_ids=()).is_for("store_b")
