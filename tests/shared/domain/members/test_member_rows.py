"""Rows of members: whom each means, and which of them name the same person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.members import member_rows
from shared.domain.members.member_rows import (
    IfMemberExists,
    MemberRowOutcome,
    MemberRowResult,
)
from shared.domain.members.profile import EMAIL, NUMBER, PHONE, Key
from shared.errors import MemberExists

KEYS = st.lists(
    st.tuples(st.sampled_from([EMAIL, PHONE, NUMBER]), st.sampled_from("abcd")),
    max_size=3,
    unique=True,
)
OWNERS = st.lists(
    st.tuples(st.sampled_from([member_rows.USER, EMAIL, PHONE]), st.sampled_from("ab")), max_size=3
)


@given(st.lists(KEYS, max_size=8))
def test_each_key_counts_once(rows: list[list[Key]]) -> None:
    found = member_rows.duplicates(rows)

    counting = [keys for keys, same in zip(rows, found, strict=True) if same is None]
    every = [key for keys in counting for key in keys]
    assert len(every) == len(set(every))
    for index, same in enumerate(found):
        if same is not None:
            first, key = same
            assert first < index
            assert found[first] is None
            assert key in rows[index]
            assert key in rows[first]


@given(st.lists(KEYS, max_size=8))
def test_those_that_count_count_alone_as_well(rows: list[list[Key]]) -> None:
    found = member_rows.duplicates(rows)
    counting = [keys for keys, same in zip(rows, found, strict=True) if same is None]

    assert member_rows.duplicates(counting) == [None] * len(counting)


@given(st.none() | st.sampled_from("ab"), OWNERS, st.sampled_from(IfMemberExists))
def test_meets_one_member_or_nobody(
    user_id: str | None, owners: list[tuple[str, str]], if_exists: IfMemberExists
) -> None:
    every = {owner for _, owner in owners}
    try:
        met = member_rows.met(user_id, owners, if_exists)
    except MemberExists:
        assert every
        return
    assert every == ({met} if met else set())
    assert if_exists is not IfMemberExists.FAIL or met is None
    assert if_exists is not IfMemberExists.UPDATE or met is None or user_id in {None, met}


@pytest.mark.parametrize(
    ("if_exists", "message"),
    [
        (IfMemberExists.FAIL, "There is a member with the same email."),
        (IfMemberExists.UPDATE, "A member with another userId has the same email."),
    ],
)
def test_says_what_is_the_same(if_exists: IfMemberExists, message: str) -> None:
    with pytest.raises(MemberExists) as refused:
        member_rows.met("other", [(EMAIL, "anna")], if_exists)

    assert refused.value.message == message


def test_counts_by_outcome() -> None:
    rows = [
        MemberRowResult(0, MemberRowOutcome.CREATED),
        MemberRowResult(1, MemberRowOutcome.FAILED),
    ]

    found = member_rows.counted(rows)

    assert (found[MemberRowOutcome.CREATED], found[MemberRowOutcome.SKIPPED]) == (1, 0)
    assert set(found) == set(MemberRowOutcome)
