"""importMembers: each row by itself and once: a profile, a membership, an opening balance."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.services.loyalty import verification
from shared.services.members import member_imports
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost, interfered, watched

ACTION = "importMembers"


def send(merchant: Merchant, *rows: Any, key: str | None = None, **fields: Any) -> Answer:
    return merchant.api(ACTION, {"rows": rows, **fields}, idempotency_key=key)


def sent(merchant: Merchant, *rows: Any, key: str | None = None, **fields: Any) -> dict[str, Any]:
    answer = send(merchant, *rows, key=key, **fields)
    assert answer.status == 200, answer.body
    assert [each["index"] for each in answer.body["results"]] == list(range(len(rows)))
    return answer.body


def outcomes(body: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in body["results"]]


def only(body: dict[str, Any]) -> dict[str, Any]:
    (row,) = body["results"]
    return row


def of(merchant: Merchant, program_id: str, user_id: str) -> Member:
    return Member(merchant, program_id, user_id)


def test_makes_profile_membership_and_opening_balance(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    program_id = merchant.program("tier", pointsExpiry={"afterDays": 365})
    body = sent(
        merchant,
        {
            "userId": "anna",
            "email": "Anna@Example.com",
            "phone": "0151 12345678",
            "firstName": "Anna",
            "customerNumber": "C1",
            "birthday": "1990-12-31",
            "newsletter": {"subscribed": True, "consentedAt": "2020-01-01T00:00:00Z"},
            "externalIds": {"square": "s1"},
            "enrolledAt": "2019-05-04T12:00:00Z",
            "points": 120,
            "totalEarned": 600,
            "pointsEarnedAt": "2025-12-01T12:00:00Z",
        },
        {"email": "ben@example.com"},
        programId=program_id,
    )

    anna, ben = body["results"]
    assert outcomes(body) == ["created", "created"]
    assert (anna["userId"], anna["isEnrolled"], anna["newBalance"]) == ("anna", True, 120)
    assert anna["expiresAt"] == "2026-12-01T23:00:00.000Z"
    assert (ben["isEnrolled"], ben["entryId"], ben["newBalance"]) == (True, None, None)
    profile = merchant.api.ok("getMember", {"userId": "anna"})["member"]
    assert profile["phone"] == "+4915112345678"
    assert profile["newsletter"] == {
        "subscribed": True,
        "consentedAt": "2020-01-01T00:00:00.000Z",
        "consentedBy": "import",
    }
    member = of(merchant, program_id, "anna")
    balance = member.balance()
    assert (balance["currentBalance"], balance["currentTier"]) == (120, "Silber")
    assert (balance["totalAdjusted"], balance["totalEarned"]) == (120, 0)
    assert balance["enrolledAt"] == "2019-05-04T12:00:00.000Z"
    (entry,) = stored.entries(member)
    assert (entry.kind, entry.description) == ("adjust", "Opening balance")
    assert entry.entry_id == anna["entryId"]
    stored.assert_sound(member)
    report = verification.verify(program_id)
    assert report is not None
    assert report.problems == ()
    named = merchant.api.ok("identifyMember", {"email": "ben@example.com"})
    assert named["member"]["userId"] == ben["userId"]


def test_has_no_anniversary_of_the_past_and_has_purchased_before(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    program_id = merchant.program("points")
    joined_at = clock.to_wire(frozen_clock.now - timedelta(days=3 * 365 + 10))
    sent(
        merchant,
        {"userId": "anna", "enrolledAt": joined_at, "points": 1},
        programId=program_id,
    )

    membership = stored.membership(of(merchant, program_id, "anna"))
    assert membership.anniversary_years == 3
    assert membership.next_due_at is not None
    assert membership.next_due_at > frozen_clock.now
    assert membership.counters is not None
    assert membership.counters.purchases == 1


@pytest.mark.parametrize(("grants", "expected"), [(False, 5), (True, 105)])
def test_gives_a_welcome_bonus_only_if_it_is_said(
    merchant: Merchant, grants: bool, expected: int
) -> None:
    program_id = merchant.program("points", welcomeBonus=100)
    row = {"userId": "anna", "points": 5}

    sent(merchant, row, programId=program_id, grantsWelcomeBonus=grants)

    member = of(merchant, program_id, "anna")
    assert member.balance()["currentBalance"] == expected
    member.api.ok("leaveLoyaltyProgram", member.ids)
    member.enroll()
    assert member.balance()["currentBalance"] == expected


def test_what_has_expired_is_written_off_at_once(frozen_clock: Clock, merchant: Merchant) -> None:
    program_id = merchant.program("tier", pointsExpiry={"afterDays": 10})
    row = {"userId": "anna", "points": 600, "pointsEarnedAt": "2025-01-01T12:00:00Z"}

    found = only(sent(merchant, row, programId=program_id))

    assert (found["newBalance"], found["expiresAt"]) == (None, "2025-01-11T23:00:00.000Z")
    member = of(merchant, program_id, "anna")
    assert stored.units(member) == [600, -600]
    balance = member.balance()
    assert (balance["currentBalance"], balance["currentTier"]) == (0, "Silber")
    stored.assert_sound(member)


def test_the_same_again_doubles_nothing(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    rows = [
        {"email": "anna@example.com", "points": 5, "totalEarned": 50},
        {"userId": "ben", "points": 7},
    ]
    first = sent(merchant, *rows, programId=program_id)

    with nothing_written():
        failed = sent(merchant, *rows, programId=program_id)
        skipped = sent(merchant, *rows, programId=program_id, ifExists="skip")
        updated = sent(merchant, *rows, programId=program_id, ifExists="update")

    assert outcomes(failed) == ["failed", "failed"]
    assert [each["error"] for each in failed["results"]] == ["MEMBER_EXISTS"] * 2
    assert [each["fields"] for each in failed["results"]] == [["email"], ["userId"]]
    assert outcomes(skipped) == outcomes(updated) == ["skipped", "skipped"]
    ids = [each["userId"] for each in first["results"]]
    assert [each["userId"] for each in skipped["results"]] == ids
    assert [each["userId"] for each in updated["results"]] == ids


def test_a_corrected_file_changes_profiles_and_books_what_is_missing(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    sent(
        merchant,
        {"userId": "anna", "points": 5},
        {"userId": "ben", "email": "ben@example.com"},
        {"userId": "cleo", "points": 9},
        programId=program_id,
    )

    body = sent(
        merchant,
        {"userId": "anna", "points": 5, "firstName": "Anna"},
        {"userId": "ben", "email": "new@example.com", "points": 7},
        {"userId": "cleo", "points": 90, "firstName": "Cleo"},
        programId=program_id,
        ifExists="update",
    )

    assert outcomes(body) == ["updated", "updated", "failed"]
    assert body["results"][2]["error"] == "OPENING_BALANCE_BOOKED"
    balances = {
        each: stored.units(of(merchant, program_id, each)) for each in ("anna", "ben", "cleo")
    }
    assert balances == {"anna": [5], "ben": [7], "cleo": [9]}
    assert merchant.api.ok("getMember", {"userId": "cleo"})["member"]["firstName"] is None
    # The old address is free again, and the new one is taken.
    assert outcomes(sent(merchant, {"email": "ben@example.com"})) == ["created"]
    taken = only(sent(merchant, {"email": "NEW@example.com"}))
    assert (taken["error"], taken["fields"]) == ("MEMBER_EXISTS", ["email"])


def test_is_added_to_what_a_member_has_here(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100)

    found = only(sent(merchant, {"userId": "user_1", "points": 5}, programId=member.program_id))

    assert (found["outcome"], found["isEnrolled"], found["newBalance"]) == ("created", False, 105)
    assert stored.units(member) == [100, 5]
    stored.assert_sound(member)


def test_names_rows_of_the_same_person(merchant: Merchant) -> None:
    body = sent(
        merchant,
        {"email": "anna@example.com", "firstName": "Anna"},
        {"email": "ANNA@example.com", "phone": "+4915112345678"},
        {"phone": "0151 12345678"},
        {"phone": "+49 151 12345678", "customerNumber": "1"},
        {"userId": "ben"},
        {"userId": "ben", "email": "ben@example.com"},
        {"externalIds": {"square": "1"}},
        {"externalIds": {"square": "1", "shopify": "2"}},
        {"email": "no address"},
    )

    assert outcomes(body) == [
        "created",
        "duplicate",
        "created",
        "duplicate",
        "created",
        "duplicate",
        "created",
        "duplicate",
        "failed",
    ]
    assert [each["duplicateOf"] for each in body["results"]] == [
        None,
        0,
        None,
        2,
        None,
        4,
        None,
        6,
        None,
    ]
    assert body["results"][3]["message"] == "Row 2 has the same phone."
    assert body["counts"] == {
        "created": 4,
        "updated": 0,
        "skipped": 0,
        "duplicates": 4,
        "failed": 1,
        "notDone": 0,
    }


def test_what_one_row_frees_is_the_next_ones(merchant: Merchant) -> None:
    sent(merchant, {"userId": "anna", "email": "old@example.com", "phone": "+4915112345678"})

    body = sent(
        merchant,
        {"userId": "anna", "email": "new@example.com", "phone": None},
        {"email": "old@example.com"},
        {"phone": "+4915112345678"},
        ifExists="update",
    )

    assert outcomes(body) == ["updated", "created", "created"]
    ids = {
        key: merchant.api.ok("identifyMember", {key: value})["member"]["userId"]
        for key, value in (("email", "old@example.com"), ("phone", "+4915112345678"))
    }
    assert list(ids.values()) == [each["userId"] for each in body["results"][1:]]


def test_somebody_who_came_meanwhile_is_there(merchant: Merchant) -> None:
    program_id = merchant.program("points")

    once = iter(["first"])

    def come() -> None:
        for user_id in once:
            merchant.api.ok("createMember", {"userId": user_id, "email": "anna@example.com"})

    with interfered(come):
        body = sent(
            merchant,
            {"userId": "ben", "points": 5},
            {"email": "Anna@example.com", "points": 7},
            programId=program_id,
        )

    assert outcomes(body) == ["created", "failed"]
    assert (body["results"][1]["error"], body["results"][1]["fields"]) == (
        "MEMBER_EXISTS",
        ["email"],
    )
    assert stored.units(of(merchant, program_id, "ben")) == [5]


@pytest.mark.parametrize("if_exists", ["fail", "skip", "update"])
def test_a_row_that_names_two_members_fails(merchant: Merchant, if_exists: str) -> None:
    sent(
        merchant,
        {"userId": "anna", "email": "a@example.com"},
        {"userId": "ben", "phone": "+4915112345678"},
    )

    with nothing_written():
        body = sent(
            merchant,
            {"userId": "anna", "phone": "+4915112345678"},
            ifExists=if_exists,
        )

    found = only(body)
    assert (found["outcome"], found["error"]) == ("failed", "MEMBER_EXISTS")
    assert found["fields"] == ["userId", "phone"]


def test_updates_nobody_under_another_user_id(merchant: Merchant) -> None:
    sent(merchant, {"userId": "anna", "email": "a@example.com"})

    with nothing_written():
        updated = sent(merchant, {"userId": "other", "email": "a@example.com"}, ifExists="update")
        skipped = sent(merchant, {"userId": "other", "email": "a@example.com"}, ifExists="skip")

    assert (only(updated)["error"], only(updated)["fields"]) == ("MEMBER_EXISTS", ["email"])
    assert (only(skipped)["outcome"], only(skipped)["userId"]) == ("skipped", "anna")


@pytest.mark.parametrize(
    ("bad", "fields", "message"),
    [
        ({"firstName": "A"}, ["body"], "needs userId, email, phone, customerNumber or externalIds"),
        ({"email": "a"}, ["email"], "must be an e-mail address"),
        ({"phone": "none"}, ["phone"], "phone number"),
        ({"userId": "x", "age": 3}, ["age"], "is not a known field"),
        ({"userId": "x", "anna@example.com": 3}, ["a field"], "a field is not a known field."),
        ({"userId": "x", "customFields": {"size": 3}}, ["customFields.size"], "is not a known"),
        ({"userId": "x", "points": 0.5}, ["points"], "must be a whole number"),
        ({"userId": "x", "points": -1}, ["points"], "must be at least 0"),
        ({"userId": "x", "points": 5, "totalEarned": 4}, ["totalEarned"], "at least points"),
        ({"userId": "x", "enrolledAt": "2099-01-01T00:00:00Z"}, ["enrolledAt"], "in the future"),
        ({"userId": "x", "pointsEarnedAt": "1970-01-01T00:00:00Z"}, ["pointsEarnedAt"], "1980"),
        ({"userId": "x", "newsletter": {"subscribed": True}}, ["body"], "newsletter.consentedAt"),
    ],
)
def test_a_bad_row_does_not_spoil_the_others(
    merchant: Merchant, bad: dict[str, Any], fields: list[str], message: str
) -> None:
    program_id = merchant.program("points")

    body = sent(merchant, {"userId": "a"}, bad, {"userId": "b"}, programId=program_id)

    assert outcomes(body) == ["created", "failed", "created"]
    found = body["results"][1]
    assert (found["error"], found["fields"]) == ("INVALID_PARAMETERS", fields)
    assert message in found["message"]
    assert "anna@example.com" not in json.dumps(found)
    assert merchant.api("getMember", {"userId": "x"}).status == 404


@pytest.mark.parametrize("wrong", [{"points": "many"}, {"customFields": {"unknown": 1}}], ids=str)
def test_a_row_that_fails_says_whom_it_names(merchant: Merchant, wrong: dict[str, Any]) -> None:
    with nothing_written():
        found = only(sent(merchant, {"userId": "anna", **wrong}))

    assert (found["outcome"], found["userId"]) == ("failed", "anna")


def test_points_need_a_program(merchant: Merchant, new_merchant: Any) -> None:
    foreign = new_merchant().program("points")

    with nothing_written():
        body = sent(
            merchant,
            {"userId": "a", "points": 1},
            {"userId": "b", "programId": foreign},
            {"userId": "c", "programId": "lp_unknown"},
        )
        whole = send(merchant, {"userId": "a"}, programId=foreign)
        store = send(merchant, {"userId": "a"}, storeId="store_unknown")

    assert [each["error"] for each in body["results"]] == [
        "INVALID_PARAMETERS",
        "PROGRAM_NOT_FOUND",
        "PROGRAM_NOT_FOUND",
    ]
    assert_refused(whole, 404, "PROGRAM_NOT_FOUND")
    assert_refused(store, 404, "STORE_NOT_FOUND")


def test_suspended_inactive_and_left_members_get_nothing(merchant: Merchant) -> None:
    member = merchant.member("points", balance=3)
    member.api.ok("suspendMember", {**member.ids, "reason": "under review"})
    gone = member.other("gone")
    gone.enroll()
    gone.api.ok("leaveLoyaltyProgram", gone.ids)
    closed = merchant.program("points", isActive=False)

    with nothing_written():
        body = sent(
            merchant,
            {"userId": "user_1", "points": 5},
            {"userId": "gone", "points": 5},
            {"userId": "new", "programId": closed},
            programId=member.program_id,
        )

    assert [each["error"] for each in body["results"]] == [
        "MEMBER_SUSPENDED",
        "MEMBERSHIP_CLOSED",
        "PROGRAM_INACTIVE",
    ]
    assert "user_1" not in body["results"][0]["message"]


def test_a_merged_members_row_is_the_new_members(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    rows = [
        {"userId": "old", "email": "old@example.com", "points": 5},
        {"userId": "new", "email": "new@example.com", "points": 7},
    ]
    sent(merchant, *rows, programId=program_id)
    merchant.api.ok("mergeMembers", {"fromUserId": "old", "intoUserId": "new"})

    with nothing_written():
        body = sent(merchant, rows[0], programId=program_id, ifExists="skip")
    assert (only(body)["outcome"], only(body)["userId"]) == ("skipped", "new")
    again = sent(
        merchant,
        {"userId": "old", "points": 5, "firstName": "Anna"},
        programId=program_id,
        ifExists="update",
    )

    assert (only(again)["outcome"], only(again)["userId"]) == ("updated", "new")
    assert of(merchant, program_id, "new").balance()["currentBalance"] == 12


def test_an_erased_member_is_new(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    row = {"userId": "anna", "email": "anna@example.com", "points": 5}
    first = send(merchant, row, programId=program_id, key="k")
    merchant.api.ok("eraseMember", {"userId": "anna"})

    with nothing_written():
        again = send(merchant, row, programId=program_id, key="k")

    assert first.status == 200
    assert_refused(again, 409, "IDEMPOTENCY_KEY_REUSED")
    assert outcomes(sent(merchant, row, programId=program_id)) == ["created"]
    assert of(merchant, program_id, "anna").balance()["currentBalance"] == 5


def test_whoever_is_erased_is_in_no_kept_result(merchant: Merchant) -> None:
    rows = [{"email": "anna@example.com"}, {"userId": "ben"}]
    first = send(merchant, *rows, key="k")
    made_id = first.body["results"][0]["userId"]
    assert made_id in json.dumps(stored.documents("idempotencyKeys"), default=str)

    merchant.api.ok("eraseMember", {"userId": made_id})

    assert made_id not in json.dumps(stored.documents("idempotencyKeys"), default=str)
    with nothing_written():
        assert_refused(send(merchant, *rows, key="k"), 409, "IDEMPOTENCY_KEY_REUSED")


def test_tells_of_each_member(merchant: Merchant, pipeline: Pipeline) -> None:
    program_id = merchant.program("points")
    old = {"userId": "anna", "enrolledAt": "2019-05-04T12:00:00Z", "points": 5}
    sent(merchant, old, {"userId": "ben"}, programId=program_id)
    sent(merchant, {"userId": "anna", "firstName": "Ann"}, {"userId": "ben"}, ifExists="update")
    pipeline.fire(merchant)

    told = sorted((each["type"], each["userId"]) for each in events_of(merchant))
    assert told == [
        ("loyalty.enrollment", "anna"),
        ("loyalty.enrollment", "ben"),
        ("loyalty.points_adjusted", "anna"),
        ("member.created", "anna"),
        ("member.created", "ben"),
        ("member.updated", "anna"),
    ]
    figures = merchant.api.ok("getLoyaltyAnalytics", {"programId": program_id})
    assert figures["totalMembers"] == 2


def test_a_dry_run_says_all_and_writes_nothing(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    sent(merchant, {"userId": "there", "email": "there@example.com"})
    rows = [
        {"email": "anna@example.com", "points": 5},
        {"userId": "ben", "points": 7},
        {"userId": "there", "firstName": "T"},
        {"email": "no"},
        {"userId": "ben"},
    ]

    with nothing_written():
        dry = sent(merchant, *rows, programId=program_id, ifExists="update", dryRun=True, key="k")

    assert outcomes(dry) == ["created", "created", "updated", "failed", "duplicate"]
    assert [each["userId"] for each in dry["results"]] == [None, "ben", "there", None, None]
    assert [each["newBalance"] for each in dry["results"]] == [5, 7, None, None, None]
    real = sent(merchant, *rows, programId=program_id, ifExists="update")
    assert outcomes(real) == outcomes(dry)
    assert real["counts"] == dry["counts"]


def test_the_same_key_gets_the_same_answer(merchant: Merchant) -> None:
    rows = [{"userId": "anna"}, {"email": "b@example.com"}, {"email": "no"}]
    first = send(merchant, *rows, key="k")

    with nothing_written():
        again = send(merchant, *rows, key="k")
        other = send(merchant, {"userId": "cleo"}, key="k")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.wide  # Up to 30 imports, each with a death of its own.
def test_killed_at_any_step_it_is_as_if_it_had_not_been(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_imports, "WRITES_MAX", 100)  # Two rows in each commit.
    for steps in range(30):
        program_id = merchant.program("points")
        rows = [
            {"email": f"m{number}@{program_id.replace('_', '-')}.example", "points": number}
            for number in range(1, 6)
        ]
        with dying_after(steps) as life:
            send(merchant, *rows, programId=program_id, key=program_id)
        body = sent(merchant, *rows, programId=program_id, key=program_id)
        assert outcomes(body) == ["created"] * 5
        assert [each["newBalance"] for each in body["results"]] == [1, 2, 3, 4, 5]
        for number, each in enumerate(body["results"], start=1):
            member = of(merchant, program_id, each["userId"])
            assert stored.units(member) == [number]
        if not life.has_ended:
            break
    assert not life.has_ended


def test_a_lost_answer_imports_nobody_twice(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    with first_answer_lost():
        body = sent(merchant, {"userId": "anna", "points": 5}, programId=program_id)

    assert outcomes(body) == ["created"]
    assert stored.units(of(merchant, program_id, "anna")) == [5]


def test_500_rows_take_few_commits(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    rows = [{"email": f"m{number}@example.com", "points": 1} for number in range(500)]

    with watched() as seen:
        body = sent(merchant, *rows, programId=program_id)

    assert body["counts"]["created"] == 500
    assert seen.rpcs.count("commit") <= 36
    assert len(seen.rpcs) <= 2 * 36 + 2


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([], {"rows": "must have at least 1 items"}),
        ([{}] * 501, {"rows": "must have at most 500 items"}),
        ([{}, "row"], {"rows[1]": 'must be an object such as {"email": "..."}'}),
    ],
)
def test_refuses_what_are_no_rows(merchant: Merchant, rows: Any, problems: dict[str, str]) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"rows": rows})

    assert_fields_refused(answer, problems)


def test_tells_the_sandbox_what_each_row_would_be(merchant: Merchant) -> None:
    rows = [
        {"userId": "user_1", "points": 8},
        {"email": "a@example.com"},
        {"email": "A@example.com"},
        {"email": "no"},
    ]

    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "lp_abc123", "rows": rows})

    assert outcomes(answer.body) == ["created", "created", "duplicate", "failed"]
    assert answer.body["results"][0]["newBalance"] == 8


def test_tells_the_sandbox_how_a_file_is_written(merchant: Merchant) -> None:
    with nothing_written():
        good = merchant.sandbox(ACTION, {"file": b64encode(b"email\na@example.com\n").decode()})
        bad = merchant.sandbox(ACTION, {"file": b64encode(b"mail\na@example.com\n").decode()})

    assert (good.status, good.body["isComplete"]) == (200, False)
    assert_fields_refused(bad, {"file": "has headings that are no fields: mail"})
