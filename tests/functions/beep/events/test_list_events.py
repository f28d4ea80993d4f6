"""listEvents: a store's events, the newest first, by type, member and time, page by page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.clock import to_wire
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import watched

ACTION = "listEvents"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
EARNED, ENROLLED, REDEEMED = (
    f"loyalty.{name}" for name in ("points_earned", "enrollment", "points_redeemed")
)


def listed(merchant: Merchant, **fields: Any) -> list[dict[str, Any]]:
    """Return the one page that there is."""
    with nothing_written():
        body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, **fields})
    assert (body["success"], body["storeId"]) == (True, merchant.store_id)
    assert (body["count"], body["nextCursor"]) == (len(body["events"]), None)
    events: list[dict[str, Any]] = body["events"]
    return events


def pages(merchant: Merchant, **fields: Any) -> Iterator[list[dict[str, Any]]]:
    """Go through all pages."""
    cursor: dict[str, str] = {}
    while True:
        body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, **fields, **cursor})
        assert body["count"] == len(body["events"])
        yield body["events"]
        if body["nextCursor"] is None:
            return
        cursor = {"cursor": body["nextCursor"]}


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [event["id"] for event in events]


def told(merchant: Merchant) -> list[dict[str, Any]]:
    """Return what has been told, as it was sent, in the order of the list."""
    kept = sorted(
        events_of(merchant), key=lambda each: (each["createdAt"], each["eventId"]), reverse=True
    )
    return [json.loads(each["payload"]) for each in kept]


@pytest.fixture
def busy(frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant) -> Member:
    """A member who enrolled, earned twice and redeemed once, a minute apart; and others."""
    member = Member(merchant, merchant.program(), "user_1")
    elsewhere = Member(merchant, merchant.program(), "user_1")
    for act in (
        member.enroll,
        lambda: member.earn(50),
        member.other("user_2").enroll,
        lambda: member.other("user_2").earn(5),
        elsewhere.enroll,
        lambda: elsewhere.earn(7),
        lambda: member.earn(60),
        lambda: member.redeem(10),
    ):
        act()
        frozen_clock.advance(minutes=1)
    pipeline.fire(merchant)
    return member


def test_lists_what_was_sent_the_newest_first(busy: Member) -> None:
    found = listed(busy.merchant)

    assert found == told(busy.merchant)
    assert [each["createdAt"] for each in found] == [
        to_wire(NOW + timedelta(minutes=minute)) for minute in reversed(range(8))
    ]
    assert [each["type"] for each in found[:2]] == [REDEEMED, EARNED]


def test_a_store_where_nothing_happened_has_none(merchant: Merchant) -> None:
    assert listed(merchant) == []


def minutes(events: list[dict[str, Any]]) -> list[int]:
    """Return when events happened, in minutes after the first, in their order."""
    return [
        (datetime.fromisoformat(each["createdAt"]) - NOW) // timedelta(minutes=1) for each in events
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": EARNED}, [6, 5, 3, 1]),
        ({"type": "payment.paid"}, []),
        ({"userId": "user_1"}, [7, 6, 5, 4, 1, 0]),
        ({"userId": "user_3"}, []),
        ({"programId": "its"}, [7, 6, 3, 2, 1, 0]),
        ({"programId": "lp_absent"}, []),
        ({"type": EARNED, "userId": "user_1"}, [6, 5, 1]),
        ({"type": EARNED, "programId": "its"}, [6, 3, 1]),
        ({"programId": "its", "userId": "user_1"}, [7, 6, 1, 0]),
        ({"type": EARNED, "programId": "its", "userId": "user_1"}, [6, 1]),
        ({"since": 5}, [7, 6, 5]),
        ({"until": 2}, [1, 0]),
        ({"since": 1, "until": 3}, [2, 1]),
        ({"since": 8}, []),
        ({"since": 1, "until": 6, "type": EARNED, "programId": "its", "userId": "user_1"}, [1]),
        ({"type": None, "userId": None, "since": None, "cursor": None}, [7, 6, 5, 4, 3, 2, 1, 0]),
    ],
)
def test_lists_by(busy: Member, fields: dict[str, Any], expected: list[int]) -> None:
    wanted = {
        name: to_wire(NOW + timedelta(minutes=value)) if isinstance(value, int) else value
        for name, value in fields.items()
    }
    if wanted.get("programId") == "its":
        wanted["programId"] = busy.program_id
    body = {"storeId": busy.merchant.store_id, **wanted}
    api = busy.api

    given = {name: value for name, value in body.items() if value is not None}
    answers = {"GET": api.get(ACTION, {**given, "limit": "8"}), "POST": api(ACTION, body)}

    for method, answer in answers.items():
        assert answer.status == 200, method
        assert minutes(answer.body["events"]) == expected, method
        assert answer.body["nextCursor"] is None, method


def test_an_end_is_exclusive_and_a_beginning_inclusive_to_the_millisecond(busy: Member) -> None:
    at, just_after = NOW + timedelta(minutes=7), NOW + timedelta(minutes=7, milliseconds=1)

    assert minutes(listed(busy.merchant, since=to_wire(at))) == [7]
    assert listed(busy.merchant, since=to_wire(just_after)) == []
    assert minutes(listed(busy.merchant, since=to_wire(at), until=to_wire(just_after))) == [7]
    assert minutes(listed(busy.merchant, since="2026-03-03T13:07:00+01:00")) == [7]
    assert 7 not in minutes(listed(busy.merchant, until=to_wire(at)))


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("limit", [1, 3, 7, 8])
def test_pages_hold_each_event_of_one_millisecond_once(
    pipeline: Pipeline, merchant: Merchant, limit: int
) -> None:
    member = merchant.member()
    for amount in range(1, 7):
        member.earn(amount)
    pipeline.fire(merchant)

    found = list(pages(merchant, limit=limit))

    assert [len(each) for each in found[:-1]] == [limit] * (len(found) - 1)
    assert 1 <= len(found[-1]) <= limit
    assert [event for page in found for event in page] == told(merchant)


def test_pages_keep_to_what_is_asked_for(busy: Member) -> None:
    found = list(pages(busy.merchant, type=EARNED, userId="user_1", limit=2))

    assert [minutes(page) for page in found] == [[6, 5], [1]]


def test_a_full_last_page_says_that_it_is_the_last(busy: Member) -> None:
    assert [len(page) for page in pages(busy.merchant, limit=4)] == [4, 4]


@pytest.mark.parametrize("seconds", [0, 1])
def test_what_happens_between_pages_moves_none(
    frozen_clock: Clock, pipeline: Pipeline, busy: Member, seconds: int
) -> None:
    before = told(busy.merchant)
    found: list[dict[str, Any]] = []
    for page in pages(busy.merchant, limit=3):
        found += page
        frozen_clock.advance(seconds=seconds)
        busy.earn(1)
        pipeline.fire(busy.merchant)

    assert found == before
    assert len(told(busy.merchant)) == len(before) + 3


def test_a_page_has_20_events_unless_told(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member()
    for _ in range(21):
        member.earn(1)
    pipeline.fire(merchant)

    assert [len(page) for page in pages(merchant)] == [20, 2]
    assert len(listed(merchant, limit=100)) == 22


def test_a_page_costs_one_query_of_one_event_more(busy: Member) -> None:
    listed(busy.merchant)

    with watched() as traffic:
        busy.api.ok(ACTION, {"storeId": busy.merchant.store_id, "userId": "user_1", "limit": 3})

    assert traffic.cost == (1, 4, 0)


def test_an_event_is_listed_for_34_days(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    merchant.member("points")
    pipeline.fire(merchant)
    frozen_clock.advance(days=34, milliseconds=-1)
    (kept,) = listed(merchant)

    frozen_clock.advance(milliseconds=1)

    assert listed(merchant) == []
    assert listed(merchant, since=kept["createdAt"], until="2027-01-01T00:00:00Z") == []
    assert listed(merchant, type=ENROLLED, userId="user_1", since="2020-01-01T00:00:00Z") == []


def test_a_store_has_its_own_events(
    busy: Member, pipeline: Pipeline, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    theirs = other.member()
    pipeline.fire(other)

    assert [each["data"]["memberId"] for each in listed(other)] == [theirs.membership_id]
    assert {each["storeId"] for each in listed(busy.merchant)} == {busy.merchant.store_id}
    assert listed(other, programId=busy.program_id) == []


def test_a_cursor_of_another_store_shows_nothing_of_it(
    busy: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    cursor = busy.api.ok(ACTION, {"storeId": busy.merchant.store_id, "limit": 1})["nextCursor"]

    assert listed(other, cursor=cursor) == []


def test_a_store_of_another_account_does_not_exist(
    busy: Member, new_merchant: Callable[..., Merchant]
) -> None:
    store_id, stranger = busy.merchant.store_id, new_merchant()

    with nothing_written():
        answer = stranger.api(ACTION, {"storeId": store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND", message=f"There is no store {store_id}.")


def spelt(value: object) -> str:
    """Return what a cursor would be that holds a value."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


BAD_CURSOR = "must be a nextCursor of an earlier answer"
TIME = "2026-03-03T12:00:00.000Z"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "\u00e4",
        spelt(TIME),
        spelt([TIME]),
        spelt([TIME, "evt_1", 1]),
        spelt(["yesterday", "evt_1"]),
        spelt(["0001-01-01T00:00:00+23:59", "evt_1"]),
        spelt([1, "evt_1"]),
        spelt([TIME, 1]),
        spelt([TIME, ""]),
        *(spelt([TIME, each]) for each in ("a/b", ".", "..", "__id__", "evt_\x00", "evt_\ud800")),
        spelt([TIME, "evt_" + "x" * 701]),
        spelt({"at": TIME}),
        spelt(["0001-01-01T00:00:00Z", "evt_0"]),
        spelt(["9999-12-31T23:59:59.999999Z", "evt_0"]),
    ],
)
def test_refuses_a_cursor_that_none_of_ours_is(merchant: Merchant, cursor: str) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": merchant.store_id, "cursor": cursor})

    assert_fields_refused(answer, {"cursor": BAD_CURSOR})


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "9999-12-30T00:00:00Z", TIME])
def test_a_made_up_cursor_is_a_position_like_any_other(busy: Member, at: str) -> None:
    # No id of ours comes before this one.
    found = listed(busy.merchant, cursor=spelt([at, "evt_0"]))

    assert found == [event for event in told(busy.merchant) if event["createdAt"] < at]


def problems(**fields: str) -> dict[str, str]:
    return fields


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"storeId": None}, problems(storeId="must be a string")),
        ({"type": "loyalty.*"}, problems(type="is not an event type; docs/events.md lists them")),
        ({"type": "x"}, problems(type="is not an event type; docs/events.md lists them")),
        ({"limit": 0}, problems(limit="must be at least 1")),
        ({"limit": 101}, problems(limit="must be at most 100")),
        ({"limit": 2.5}, problems(limit="must be a whole number")),
        ({"limit": "2"}, problems(limit="must be a whole number")),
        ({"since": "2026-03-03"}, {"since": "must have a time zone, like " + TIME}),
        ({"until": 5}, problems(until="must be an ISO 8601 time")),
        ({"since": TIME, "until": TIME}, problems(until="must be after since")),
        (
            {"since": TIME, "until": "2026-03-03T13:00:00.000+01:00"},
            problems(until="must be after since"),
        ),
        ({"since": TIME, "until": "2026-03-03T11:59:59Z"}, problems(until="must be after since")),
        ({"cursor": ""}, problems(cursor="must have at least 1 characters")),
        ({"cursor": "x" * 1001}, problems(cursor="must have at most 1000 characters")),
        ({"userId": ""}, problems(userId="must have at least 1 characters")),
        ({"offset": 5}, problems(offset="is not a known field")),
    ],
)
def test_refuses_a_field(merchant: Merchant, fields: dict[str, Any], found: dict[str, str]) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": merchant.store_id, **fields})

    assert_fields_refused(answer, found)


def test_refuses_a_query_that_is_no_number(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api.get(ACTION, {"storeId": merchant.store_id, "limit": "many"})

    assert_fields_refused(answer, {"limit": "must be a whole number"})


def test_the_sandbox_lists_an_example(merchant: Merchant) -> None:
    with nothing_written():
        answer: Answer = merchant.sandbox(ACTION, {"storeId": "store_a", "type": ENROLLED})

    assert answer.status == 200
    assert [each["type"] for each in answer.body["events"]] == [ENROLLED]
    assert answer.body["_sandbox"] is True
