"""listMembers: filters, order, and pages by cursor and by offset, which hide nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "listMembers"


@pytest.fixture
def many(frozen_clock: Clock, merchant: Merchant) -> Member:
    """Five members of a program with 0, 10, 20, 20 and 40 points; two want newsletters."""
    member = Member(merchant, merchant.program("points"), "u0")
    for number, points in enumerate((0, 10, 20, 20, 40)):
        each = member.other(f"u{number}")
        body = {"userId": each.user_id, "newsletter": {"subscribed": number % 2 == 1}}
        merchant.api.ok("createMember", body)
        each.enroll()
        if points:
            each.earn(points)
        frozen_clock.advance(minutes=1)
    return member


def listed(member: Member, **fields: Any) -> list[str]:
    return [each["userId"] for each in member.api.ok(ACTION, fields)["members"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "u4 u3 u2 u1 u0"),
        ({"sortDirection": "asc"}, "u0 u1 u2 u3 u4"),
        ({"newsletter": True}, "u3 u1"),
        ({"status": "suspended"}, ""),
        ({"createdFrom": "2026-03-03T12:02:00Z", "createdTo": "2026-03-03T12:04:00Z"}, "u3 u2"),
        ({"userIds": ["u3", "absent", "u1", "u3"]}, "u3 u1"),
    ],
)
def test_lists_members_of_the_account(many: Member, fields: dict[str, Any], expected: str) -> None:
    assert listed(many, **fields) == expected.split()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "u4 u3 u2 u1 u0"),
        ({"sortBy": "points"}, "u4 u3 u2 u1 u0"),
        ({"sortBy": "points", "sortDirection": "asc"}, "u0 u1 u2 u3 u4"),
        ({"sortBy": "points", "minPoints": 10, "maxPoints": 20}, "u3 u2 u1"),
        ({"createdTo": "2026-03-03T12:02:00Z"}, "u1 u0"),
    ],
)
def test_lists_members_of_a_program(many: Member, fields: dict[str, Any], expected: str) -> None:
    assert listed(many, programId=many.program_id, **fields) == expected.split()


@pytest.mark.parametrize("of_program", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_hide_nothing(many: Member, limit: int, *, of_program: bool) -> None:
    fields: dict[str, Any] = {"limit": limit}
    if of_program:
        fields |= {"programId": many.program_id, "sortBy": "points"}
    found, cursor = [], None
    while True:
        page = many.api.ok(ACTION, fields | ({"cursor": cursor} if cursor else {}))
        found += [each["userId"] for each in page["members"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break

    assert found == ["u4", "u3", "u2", "u1", "u0"]
    assert page["total"] is None


def test_an_offset_gives_the_total(many: Member) -> None:
    page = many.api.ok(ACTION, {"programId": many.program_id, "offset": 3, "limit": 1})

    assert ([each["userId"] for each in page["members"]], page["total"]) == (["u1"], 5)
    assert page["members"][0]["membership"]["currentBalance"] == 10
    assert many.api.ok(ACTION, {"offset": 9})["members"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"tier": "Gold"},
        {"minPoints": 1},
        {"sortBy": "points"},
        {"programId": "{p}", "newsletter": True},
        {"programId": "{p}", "minPoints": 1},
        {"programId": "{p}", "sortBy": "points", "createdFrom": "2026-03-03T12:00:00Z"},
        {"programId": "{p}", "sortBy": "points", "minPoints": 5, "maxPoints": 4},
        {"createdFrom": "2026-03-03T12:00:00Z", "createdTo": "2026-03-03T12:00:00Z"},
        {"offset": 1001},
        {"offset": 1, "cursor": "WyJhIl0"},
        {"cursor": "WyJhIl0"},
    ],
)
def test_refuses_what_cannot_be_asked(many: Member, body: dict[str, Any]) -> None:
    filled = {name: many.program_id if value == "{p}" else value for name, value in body.items()}

    answer = many.api(ACTION, filled)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"minPoints": 1}, "must be points with minPoints or maxPoints"),
        (
            {"sortBy": "points", "createdTo": "2026-03-03T12:00:00Z"},
            "must be createdAt with createdFrom or createdTo",
        ),
    ],
)
def test_says_how_to_sort_for_a_filter(many: Member, body: dict[str, Any], problem: str) -> None:
    with nothing_written():
        answer = many.api(ACTION, {"programId": many.program_id, **body})

    assert_fields_refused(answer, {"sortBy": problem})


def test_shows_nothing_of_other_accounts(many: Member, new_merchant: Any) -> None:
    stranger = new_merchant()
    with nothing_written():
        foreign = stranger.api(ACTION, {"programId": many.program_id})
        store = stranger.api(ACTION, {"storeId": many.merchant.store_id})

    assert stranger.api.ok(ACTION, {})["members"] == []
    assert stranger.api.ok(ACTION, {"userIds": ["u1"]})["members"] == []
    assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
    assert_refused(store, 404, "STORE_NOT_FOUND")
