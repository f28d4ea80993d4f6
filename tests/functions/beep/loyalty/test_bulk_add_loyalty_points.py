"""bulkAddLoyaltyPoints: each row by itself and once, in as few commits as they fit into."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.services.loyalty import row_bookings
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost, watched

ACTION = "bulkAddLoyaltyPoints"


def row(member: Member, number: int, points: float = 1, **fields: Any) -> dict[str, Any]:
    return {"userId": member.user_id, "points": points, "transactionId": f"t{number}", **fields}


def send(member: Member, *rows: Any, key: str | None = None, **fields: Any) -> Answer:
    body = {"programId": member.program_id, "rows": rows, **fields}
    return member.api(ACTION, body, idempotency_key=key)


def sent(member: Member, *rows: Any, key: str | None = None, **fields: Any) -> dict[str, Any]:
    answer = send(member, *rows, key=key, **fields)
    assert answer.status == 200, answer.body
    assert [each["index"] for each in answer.body["results"]] == list(range(len(rows)))
    named = {"booked": "booked", "duplicate": "duplicates", "nothing": "nothing"}
    named |= {"refused": "refused", "not_done": "notDone"}
    found = outcomes(answer.body)
    assert answer.body["counts"] == {name: found.count(outcome) for outcome, name in named.items()}
    return answer.body


def outcomes(body: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in body["results"]]


def test_says_of_each_row_what_became_of_it(member: Member) -> None:
    body = sent(
        member,
        row(member, 1, 50),
        {"userId": member.user_id, "purchaseAmount": 28.5, "transactionId": "t2"},
        {"userId": member.user_id, "purchaseAmount": 1, "transactionId": "t3"},
        row(member.other("stranger"), 4),
        row(member, 1, 50),
        row(member, 1, 51),
    )

    assert outcomes(body) == ["booked", "booked", "nothing", "refused", "duplicate", "refused"]
    assert [each["points"] for each in body["results"]] == [50, 285, 0, 0, 50, 0]
    assert [each["newBalance"] for each in body["results"]] == [150, 435, None, None, 150, None]
    assert body["results"][2]["reason"] == "minimum_purchase"
    assert body["results"][3]["error"] == "MEMBERSHIP_NOT_FOUND"
    assert body["results"][4]["entryId"] == body["results"][0]["entryId"]
    assert body["results"][5]["error"] == "IDEMPOTENCY_KEY_REUSED"
    assert stored.units(member) == [100, 50, 285]
    stored.assert_sound(member)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"userId": "user_1", "points": 1}, "transactionId is required."),
        ({"userId": "user_1", "points": "1", "transactionId": "b"}, "points must be a number."),
        (
            {"userId": "user_1", "transactionId": "b"},
            "body needs points, purchaseAmount or purchaseLines.",
        ),
        (
            {"userId": "user_1", "points": 0.5, "transactionId": "b"},
            "points must be a whole number.",
        ),
        (
            {"userId": "user_1", "points": 1, "transactionId": "b", "storeId": "s"},
            "storeId is not a known field.",
        ),
        (
            {"userId": "user_1", "points": 1, "transactionId": "b", "occurredAt": "2026-03-03"},
            "occurredAt must have a time zone, like 2026-03-03T12:00:00.000Z.",
        ),
        (
            {
                "userId": "user_1",
                "points": 1,
                "transactionId": "b",
                "occurredAt": "1969-12-31T23:59:59Z",
            },
            "occurredAt must be a time from 1970-01-01 to 9999-12-30.",
        ),
    ],
)
def test_a_bad_row_does_not_spoil_the_others(
    member: Member, bad: dict[str, Any], message: str
) -> None:
    body = sent(member, row(member, 1), bad, row(member, 2))

    assert outcomes(body) == ["booked", "refused", "booked"]
    refused = body["results"][1]
    assert (refused["error"], refused["message"]) == ("INVALID_PARAMETERS", message)
    assert refused["transactionId"] == bad.get("transactionId")
    assert stored.units(member) == [100, 1, 1]


def test_a_row_may_name_its_program(merchant: Merchant) -> None:
    first, second = merchant.member("points"), merchant.member("stamps")
    rows = [row(first, 1), row(second, 1, 2, programId=second.program_id)]

    assert outcomes(sent(first, *rows)) == ["booked", "booked"]

    assert (stored.units(first), stored.units(second)) == ([1], [2])
    answer = merchant.api(ACTION, {"rows": rows})
    assert outcomes(answer.body) == ["refused", "duplicate"]
    assert answer.body["results"][0]["message"] == "programId is required."


def test_another_accounts_program_is_absent(member: Member, new_merchant: Any) -> None:
    other = new_merchant().member("points")

    with nothing_written():
        body = sent(
            member, row(other, 1, programId=other.program_id), row(member, 2, programId="x")
        )

    assert [each["error"] for each in body["results"]] == ["PROGRAM_NOT_FOUND"] * 2
    assert stored.entries(other) == []


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([], {"rows": "must have at least 1 items"}),
        ([{}] * 501, {"rows": "must have at most 500 items"}),
        (
            [{}, "row"],
            {"rows[1]": 'must be an object such as {"userId": "...", "transactionId": "..."}'},
        ),
        ({}, {"rows": "must be an array"}),
    ],
)
def test_refuses_what_are_no_rows(member: Member, rows: Any, problems: dict[str, str]) -> None:
    with nothing_written():
        answer = member.api(ACTION, {"programId": member.program_id, "rows": rows})

    assert_fields_refused(answer, problems)


def test_500_rows_take_few_commits_and_again_none(member: Member) -> None:
    others = [member.other(f"user_{number}") for number in range(2, 12)]
    for other in others:
        other.enroll()
    rows = [row(others[number % 10], number) for number in range(500)]

    with watched() as first:
        body = sent(member, *rows)
    with watched() as second:
        again = sent(member, *rows)

    assert (body["counts"]["booked"], again["counts"]["duplicates"]) == (500, 500)
    assert first.rpcs == ["get", "commit"] * 5
    # In each commit ten memberships with their mirrors, and the entries.
    assert len(first.written) == 5 * 20 + 500
    assert second.written == []
    for other in others:
        assert len(stored.entries(other)) == 50
        stored.assert_sound(other)


def test_the_same_key_gets_the_same_answer(member: Member) -> None:
    rows = [row(member, 1), row(member, 2, 0.5), row(member, 1)]
    first = send(member, *rows, key="k")
    member.earn(7)

    with nothing_written():
        again = send(member, *rows, key="k")
        other = send(member, row(member, 9), key="k")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")
    assert outcomes(first.body) == ["booked", "refused", "duplicate"]


def test_shares_its_transactions_with_single_calls(member: Member) -> None:
    member.earn(5, transactionId="t1")

    with nothing_written():
        body = sent(member, row(member, 1, 5))

    assert outcomes(body) == ["duplicate"]
    sent(member, row(member, 2, 6))
    with nothing_written():
        assert member.earn(6, transactionId="t2")["newBalance"] == 111
        assert member.sync("add", 6, externalTransactionId="t2").body["duplicate"] is True


def test_what_is_told_late_expires_from_its_day(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", pointsExpiry={"afterDays": 10})
    at = {days: clock.to_wire(frozen_clock.now - timedelta(days=days)) for days in (4, 30)}

    body = sent(
        member,
        row(member, 1, 5, occurredAt=at[4]),
        row(member, 2, 500, occurredAt=at[30]),
        row(member, 3, 1),
    )

    assert outcomes(body) == ["booked"] * 3
    assert [each["newBalance"] for each in body["results"]] == [5, None, 6]
    assert [each["expiresAt"] for each in body["results"]] == [
        "2026-03-09T23:00:00.000Z",
        "2026-02-11T23:00:00.000Z",
        "2026-03-13T23:00:00.000Z",
    ]
    assert stored.units(member) == [5, 500, -500, 1]
    balance = member.balance()
    assert (balance["currentBalance"], balance["totalEarned"]) == (6, 506)
    stored.assert_sound(member)
    again = sent(member, row(member, 2, 500, occurredAt=at[30]))
    assert again["results"][0] == {**body["results"][1], "index": 0, "outcome": "duplicate"}


def test_takes_clocks_that_are_ahead_but_not_the_future(
    frozen_clock: Clock, member: Member
) -> None:
    soon = clock.to_wire(frozen_clock.now + timedelta(minutes=4))
    later = clock.to_wire(frozen_clock.now + timedelta(minutes=6))

    body = sent(member, row(member, 1, occurredAt=soon), row(member, 2, occurredAt=later))

    assert outcomes(body) == ["booked", "refused"]
    assert body["results"][1]["message"] == "occurredAt must not be in the future."
    assert stored.entries(member)[-1].occurred_at == frozen_clock.now


def test_what_is_left_is_said_and_done_by_the_same_request(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(member, number) for number in range(150)]
    ticks = iter([0, 1, 21])
    with monkeypatch.context() as patch:
        patch.setattr(row_bookings, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        first = sent(member, *rows, key="k")

    assert outcomes(first) == ["booked"] * 100 + ["not_done"] * 50
    assert not first["isComplete"]
    assert "again" in first["results"][100]["message"]
    assert len(stored.entries(member)) == 101
    second = sent(member, *rows, key="k")
    assert outcomes(second) == ["booked"] * 150
    assert second["isComplete"]
    with nothing_written():
        assert send(member, *rows, key="k").body == second
    assert member.balance()["currentBalance"] == 250


def test_killed_at_any_step_it_is_as_if_it_had_not_been(merchant: Merchant) -> None:
    for steps in range(7):
        member = merchant.member("points", balance=100)
        rows = [row(member, 1), row(member, 2, 2), row(member, 1), row(member, 3, 0.5)]
        with dying_after(steps) as life:
            send(member, *rows, key=f"k{member.program_id}")
        answer = sent(member, *rows, key=f"k{member.program_id}")
        assert outcomes(answer) == ["booked", "booked", "duplicate", "refused"]
        assert stored.units(member) == [100, 1, 2]
        stored.assert_sound(member)
    assert not life.has_ended


def test_a_lost_answer_books_nothing_twice(member: Member) -> None:
    with first_answer_lost():
        body = sent(member, row(member, 1), row(member, 2))

    assert outcomes(body) == ["booked", "booked"]
    assert stored.units(member) == [100, 1, 1]


_PIECES = st.lists(st.integers(1, 7), min_size=1, max_size=6)


@pytest.mark.wide  # Each example books its rows twice and thrice.
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sizes=_PIECES, repeated=st.lists(st.integers(0, 6), max_size=4), data=st.data())
def test_any_split_and_repetition_is_as_one_call(
    merchant: Merchant, sizes: list[int], repeated: list[int], data: st.DataObject
) -> None:
    count = sum(sizes)
    shapes = data.draw(
        st.lists(st.tuples(st.integers(1, 2), st.integers(1, 9)), min_size=count, max_size=count)
    )
    whole, split = merchant.member("points"), merchant.member("points")
    for member in (whole, split):
        member.other("user_2").enroll()

    def rows(member: Member) -> list[dict[str, Any]]:
        return [
            row(member.other(f"user_{user}"), number, points)
            for number, (user, points) in enumerate(shapes)
        ]

    sent(whole, *rows(whole))
    left, parts = rows(split), []
    for size in sizes:
        parts.append(left[:size])
        left = left[size:]
    for number, part in enumerate(parts):
        sent(split, *part)
        for again in repeated:
            if again <= number:
                assert set(outcomes(sent(split, *reversed(parts[again])))) == {"duplicate"}

    for user in ("user_1", "user_2"):
        one, many = whole.other(user), split.other(user)
        stored.assert_sound(many)
        assert [(each.entry_id, each.units) for each in stored.entries(many)] == [
            (each.entry_id, each.units) for each in stored.entries(one)
        ]


def test_needs_no_more_than_the_rows_for_what_is_kept(merchant: Merchant) -> None:
    member = merchant.member("points")
    rows = [row(member, number, 0.5, description="x" * 500) for number in range(500)]

    answer = send(member, *rows, key="k")

    assert answer.body["counts"]["refused"] == 500
    assert stored.documents(f"{paths.member(member.membership_id)}/entries") == {}
    assert send(member, *rows, key="k").is_replay


def test_tells_the_sandbox_what_each_row_would_be(merchant: Merchant) -> None:
    rows = [
        {"userId": "user_1", "points": 8, "transactionId": "a"},
        {"userId": "user_not_enrolled", "points": 8, "transactionId": "b"},
        {"userId": "user_1", "purchaseAmount": 1, "transactionId": "c"},
        {"userId": "user_1", "points": 8},
    ]

    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "lp_abc123", "rows": rows})

    assert outcomes(answer.body) == ["booked", "refused", "nothing", "refused"]
    assert answer.body["results"][0]["newBalance"] == 150
