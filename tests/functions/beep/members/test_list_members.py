"""listMembers: filters, order, and pages by cursor and by offset, which hide nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
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


@pytest.fixture
def people(merchant: Merchant) -> Merchant:
    """Persons of whom some have the same names."""
    names = {
        "u1": ("Anna", "Müller"),
        "u2": ("Anna Maria", "Mueller-Lüdenscheidt"),
        "u3": ("ANNA", "Adler"),
        "u4": ("Ben", "Muller"),
        "u5": (None, "O’Brien"),  # noqa: RUF001 - as people write it
    }
    for user_id, (first, last) in names.items():
        merchant.api.ok("createMember", {"userId": user_id, "firstName": first, "lastName": last})
    merchant.api.ok("createMember", {"userId": "u6", "email": "anna@example.com"})
    return merchant


def named(merchant: Merchant, name: str, **fields: Any) -> list[str]:
    found = merchant.api.ok(ACTION, {"name": name, **fields})["members"]
    return [each["userId"] for each in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anna", "u1 u2 u3"),
        ("An", "u1 u2 u3"),
        ("mü", "u1 u2 u4"),
        ("mueller", "u1 u2 u4"),
        ("MULLER ann", "u1 u2"),
        ("Müller, Anna", "u1 u2"),
        ("lüd", "u2"),
        ("mar mü", "u2"),
        ("a a", "u1 u2 u3"),
        ("o'b", "u5"),
        ("nna", ""),
        ("Annabel", ""),
        ("anna ben", ""),
    ],
)
def test_finds_by_beginnings_of_names(people: Merchant, name: str, expected: str) -> None:
    assert named(people, name) == expected.split()


def test_a_name_goes_with_status_and_newsletter(people: Merchant) -> None:
    people.api.ok("suspendMember", {"userId": "u1", "reason": "Card shared"})
    people.api.ok("updateMember", {"userId": "u3", "newsletter": {"subscribed": True}})

    assert named(people, "anna", status="suspended") == ["u1"]
    assert named(people, "anna", newsletter=True) == ["u3"]
    assert named(people, "anna", newsletter=True, status="suspended") == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_a_name_hide_nothing(people: Merchant, limit: int) -> None:
    found, fields = [], {"name": "anna", "limit": limit}
    while True:
        page = people.api.ok(ACTION, fields)
        found += [each["userId"] for each in page["members"]]
        if page["nextCursor"] is None:
            break
        fields["cursor"] = page["nextCursor"]

    assert (found, page["total"]) == (["u1", "u2", "u3"], None)


def test_a_changed_name_is_found_instead(people: Merchant) -> None:
    people.api.ok("updateMember", {"userId": "u1", "lastName": "Schmidt"})
    people.api.ok("updateMember", {"userId": "u3", "firstName": None, "lastName": None})

    assert named(people, "anna mü") == ["u2"]
    assert named(people, "schmidt") == ["u1"]
    assert named(people, "adler") == []


def test_who_was_merged_is_found_by_the_names_that_are_left(people: Merchant) -> None:
    people.api.ok("mergeMembers", {"fromUserId": "u1", "intoUserId": "u5"})

    # O'Brien had no first name.
    assert named(people, "anna") == ["u2", "u3", "u5"]
    assert named(people, "obrien") == ["u5"]


def test_who_was_imported_or_joins_is_found(people: Merchant) -> None:
    row = {"userId": "u7", "firstName": "Zoë", "email": "zoe@example.com"}
    people.api.ok("importMembers", {"rows": [row]})

    assert named(people, "zoe") == ["u7"]


def test_who_is_erased_is_found_no_more(people: Merchant) -> None:
    people.api.ok("eraseMember", {"userId": "u1"})

    assert named(people, "anna") == ["u2", "u3"]


def test_a_name_is_no_field_of_what_is_stored_or_exported(people: Merchant) -> None:
    document = stored.document(paths.account_member(people.account_id, "u1"))

    assert document is not None
    assert len(document["nameMarks"]) == len("anna") + len("muller")
    assert not re.search("anna|m[uü]", str(document["nameMarks"]), re.IGNORECASE)
    assert "nameMarks" not in str(people.api.ok("exportMember", {"userId": "u1"}))


def test_names_of_other_accounts_are_not_found(people: Merchant, new_merchant: Any) -> None:
    stranger = new_merchant()
    stranger.api.ok("createMember", {"userId": "u1", "firstName": "Anna"})

    assert named(stranger, "anna") == ["u1"]
    ours, theirs = (
        stored.document(paths.account_member(each.account_id, "u1")) for each in (people, stranger)
    )
    assert ours is not None
    assert theirs is not None
    assert ours["nameMarks"].keys() & theirs["nameMarks"].keys() == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": " .-! "},
        {"name": "a" * 101},
        {"name": "anna", "userIds": ["u1"]},
        {"name": "anna", "programId": "lp_1"},
        {"name": "anna", "offset": 0},
        {"name": "anna", "createdTo": "2026-03-03T12:00:00Z"},
        {"name": "anna", "cursor": "WyJhIl0"},
    ],
)
def test_refuses_names_that_cannot_be_asked_for(people: Merchant, fields: dict[str, Any]) -> None:
    with nothing_written():
        answer = people.api(ACTION, fields)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
