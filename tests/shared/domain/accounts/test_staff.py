"""Who may give which role, and that an account keeps an owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.accounts.staff import (
    STAFF_MAX,
    StaffMember,
    StaffRole,
    StaffRoster,
    may_be_limited,
    require_may_change,
)
from shared.errors import LastOwner, LimitExceeded, StaffChangeNotAllowed

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
OWNER, MANAGER, CASHIER, DEVELOPER = StaffRole


def member(
    user_id: str, role: StaffRole, *store_ids: str, is_disabled: bool = False
) -> StaffMember:
    return StaffMember("acc_1", user_id, role, NOW, NOW, store_ids, is_disabled)


def may(by: StaffMember | None, before: StaffMember | None, after: StaffMember | None) -> bool:
    try:
        require_may_change(by, before, after)
    except StaffChangeNotAllowed:
        return False
    return True


@pytest.mark.parametrize(
    ("by", "given_role", "is_allowed"),
    [
        (None, OWNER, True),
        (OWNER, OWNER, True),
        (OWNER, CASHIER, True),
        (MANAGER, CASHIER, True),
        (MANAGER, MANAGER, False),
        (MANAGER, DEVELOPER, False),
        (MANAGER, OWNER, False),
        (DEVELOPER, CASHIER, False),
        (CASHIER, CASHIER, False),
    ],
)
def test_who_gives_and_takes_which_role(
    by: StaffRole | None, given_role: StaffRole, is_allowed: bool
) -> None:
    giver = None if by is None else member("giver", by)
    person = member("person", given_role)

    assert may(giver, None, person) is is_allowed
    assert may(giver, person, None) is is_allowed


@pytest.mark.parametrize("role", StaffRole)
def test_nobody_changes_themselves(role: StaffRole) -> None:
    own = member("me", role)

    assert not may(own, own, replace(own, role=OWNER))
    assert not may(own, own, None)
    assert not may(own, None, own)


def test_a_manager_makes_nobody_more_than_a_cashier() -> None:
    cashier = member("person", CASHIER)

    assert not may(member("m", MANAGER), cashier, replace(cashier, role=MANAGER))
    assert not may(member("m", MANAGER), replace(cashier, role=OWNER), cashier)


@pytest.mark.parametrize(
    ("of_cashier", "is_allowed"),
    [(("s1",), True), (("s1", "s2"), True), (("s3",), False), (("s1", "s3"), False), ((), False)],
)
def test_a_manager_of_stores_keeps_to_them(of_cashier: tuple[str, ...], is_allowed: bool) -> None:
    by, cashier = member("m", MANAGER, "s1", "s2"), member("c", CASHIER, *of_cashier)

    assert may(by, None, cashier) is is_allowed
    assert may(by, member("c", CASHIER, "s1"), cashier) is is_allowed
    assert may(by, cashier, member("c", CASHIER, "s1")) is is_allowed


@pytest.mark.parametrize("role", StaffRole)
def test_stores_limit_who_works_in_stores(role: StaffRole) -> None:
    assert may_be_limited(role, [])
    assert may_be_limited(role, ["s1"]) is (role in {MANAGER, CASHIER})


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([*StaffRole, None]), st.booleans()),
        max_size=12,
    )
)
def test_a_roster_is_what_its_people_are(steps: list[tuple[str, StaffRole | None, bool]]) -> None:
    roster, people = StaffRoster("acc_1"), dict[str, StaffMember]()
    for user_id, role, is_disabled in steps:
        before = people.get(user_id)
        after = None if role is None else member(user_id, role, is_disabled=is_disabled)
        if before is None and after is None:
            continue
        left = {each for each in people.values() if each.is_active_owner and each != before}
        would_be_last = (
            bool(roster.owner_ids) and not left and not (after and after.is_active_owner)
        )
        try:
            changed = roster.after(before, after)
        except LastOwner:
            assert would_be_last
            continue
        assert not would_be_last
        people.pop(user_id, None)
        if after is not None:
            people[user_id] = after
        owners = {each.user_id for each in people.values() if each.is_active_owner}
        assert {*changed.owner_ids} == owners
        assert (changed.size, changed.changes) == (len(people), roster.changes + 1)
        roster = changed


def test_an_account_has_a_most_of_people() -> None:
    full = StaffRoster("acc_1", ("o",), STAFF_MAX)
    person = member("p", CASHIER)

    with pytest.raises(LimitExceeded):
        full.after(None, person)
    assert full.after(person, replace(person, is_disabled=True)).size == STAFF_MAX
    assert full.after(person, None).size == STAFF_MAX - 1
