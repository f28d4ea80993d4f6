"""extendExpiry: points expire later because somebody says so, never earlier, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.loyalty.entries import EntryKind, Extended
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved

ACTION = "extendExpiry"
IN_60_DAYS = {"pointsExpiry": {"afterDays": 60, "alertDays": 30}}
EXPIRES_AT = datetime(2026, 5, 2, 22, tzinfo=UTC)
MAY_2, NEW_YEAR = "2026-05-02T22:00:00.000Z", "2026-12-31T23:00:00.000Z"
NEW_YEAR_AT = datetime(2026, 12, 31, 23, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
NO_DAY = "must be a day like 2026-03-05, from 1970-01-08 to 9998-12-31"


@pytest.fixture
def holder(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member with 100 points, granted on 3 March, to be spent by the end of 2 May."""
    return merchant.member("points", balance=100, **IN_60_DAYS)


def extend(member: Member, key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "lastDay": "2026-12-31", "reason": "Umbau", "actor": "staff_7", **fields}
    return member.api(ACTION, body, idempotency_key=key)


def test_all_that_expires_before_expires_then(frozen_clock: Clock, holder: Member) -> None:
    answer = extend(holder, transactionId="x1")

    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            **holder.ids,
            "entryId": answer.body["entryId"],
            "pointsExtended": 100,
            "expiresAt": NEW_YEAR,
            "currentBalance": 100,
            "reason": "Umbau",
            "actor": "staff_7",
            "transactionId": "x1",
        },
    )
    entry = stored.entries(holder)[-1]
    assert (entry.kind, entry.units, entry.extended) == (EntryKind.EXTEND, 0, Extended(100, None))
    assert holder.balance()["nextExpiry"] == {"points": 100, "expiresAt": NEW_YEAR}
    frozen_clock.now = NEW_YEAR_AT - TICK
    assert holder.balance()["currentBalance"] == 100
    frozen_clock.now = NEW_YEAR_AT
    assert holder.balance()["currentBalance"] == 0
    stored.assert_sound(holder)


def test_only_what_expires_at_a_moment(frozen_clock: Clock, holder: Member) -> None:
    frozen_clock.advance(days=1)
    holder.earn(5)

    assert extend(holder, currentExpiresAt=MAY_2).body["pointsExtended"] == 100

    assert [(each.units, each.expires_at) for each in stored.membership(holder).lots] == [
        (5, EXPIRES_AT + timedelta(days=1)),
        (100, NEW_YEAR_AT),
    ]
    stored.assert_sound(holder)


def test_nothing_ever_expires_earlier(holder: Member) -> None:
    extend(holder)
    holder.sync("set", 130)

    with nothing_written():
        earlier = extend(holder, lastDay="2026-06-30")
        unknown = extend(holder, lastDay="2027-12-31", currentExpiresAt=MAY_2)

    for answer in (earlier, unknown):
        assert (answer.status, answer.body["pointsExtended"]) == (200, 0)
        assert (answer.body["entryId"], answer.body["currentBalance"]) == (None, 130)
        assert answer.body["expiresAt"] is None
    assert [each.expires_at for each in stored.membership(holder).lots] == [NEW_YEAR_AT, None]


def test_reserved_and_pending_points_too(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", balance=100, pendingDays=14, **IN_60_DAYS)
    member.add(purchaseAmount=10)
    reserved(member, 40)

    assert extend(member).body["pointsExtended"] == 200

    frozen_clock.now = NEW_YEAR_AT - TICK
    assert member.balance()["currentBalance"] == 200
    stored.assert_sound(member)


def test_what_has_expired_is_gone(frozen_clock: Clock, holder: Member) -> None:
    frozen_clock.now = EXPIRES_AT

    assert extend(holder).body["pointsExtended"] == 0

    assert holder.balance()["currentBalance"] == 0
    stored.assert_sound(holder)


def test_works_for_who_is_suspended_and_in_an_inactive_program(holder: Member) -> None:
    holder.api.ok("suspendMember", {**holder.ids, "reason": "Missbrauch"})
    holder.api.ok("updateLoyaltyProgram", {"programId": holder.program_id, "isActive": False})

    assert extend(holder).body["pointsExtended"] == 100


def test_is_done_once_for_its_transaction(frozen_clock: Clock, holder: Member) -> None:
    first = extend(holder, transactionId="x1")
    nothing = extend(holder, transactionId="x2")
    holder.earn(7)
    with nothing_written():
        still_nothing = extend(holder, transactionId="x2")
    frozen_clock.advance(days=400)

    with nothing_written():
        again = extend(holder, transactionId="x1", reason="anders gesagt")
        other = extend(holder, transactionId="x1", lastDay="2027-12-31")

    assert (again.body["entryId"], again.body["pointsExtended"]) == (first.body["entryId"], 100)
    assert again.is_replay
    assert (nothing.body["pointsExtended"], still_nothing.body["pointsExtended"]) == (0, 0)
    assert nothing.body["expiresAt"] is still_nothing.body["expiresAt"] is None
    details = {"entryId": first.body["entryId"], "transactionId": "x1", "bookedBy": ACTION}
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED", details)


def test_many_at_once_extend_once(holder: Member) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: extend(holder, transactionId=f"x{n}"), range(4)))

    assert sorted(each.body["pointsExtended"] for each in answers) == [0, 0, 0, 100]
    stored.assert_sound(holder)


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_it_is_done_once(holder: Member, steps: int) -> None:
    with dying_after(steps):
        extend(holder, transactionId="x1")

    assert extend(holder, transactionId="x1").body["pointsExtended"] == 100
    assert stored.units(holder) == [100, 0]
    stored.assert_sound(holder)


def test_is_in_the_history_and_told(holder: Member, pipeline: Pipeline) -> None:
    entry_id = extend(holder).body["entryId"]
    pipeline.run(holder.merchant)

    rows = holder.api.ok("getLoyaltyTransactions", {**holder.ids, "type": "extend"})["transactions"]
    assert [
        (each["entryId"], each["points"], each["expiresAt"], each["actor"]) for each in rows
    ] == [(entry_id, 0, NEW_YEAR, "staff_7")]
    types = [each["type"] for each in events_of(holder.merchant)]
    assert types.count("loyalty.expiry_extended") == 1


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"lastDay": "2026-03-02"}, {"lastDay": "must not be over"}),
        ({"lastDay": "2036-03-15"}, {"lastDay": "must be within ten years"}),
        ({"lastDay": "2026-02-30"}, {"lastDay": NO_DAY}),
        # There is no midnight after it.
        ({"lastDay": "9999-12-31"}, {"lastDay": NO_DAY}),
    ],
)
def test_refuses(holder: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        assert_fields_refused(extend(holder, **fields), problems)


def test_only_the_account_itself(holder: Member, merchant: Merchant) -> None:
    stranger = create_merchant(merchant.api.app).api
    body = {**holder.ids, "lastDay": "2026-12-31", "reason": "x", "actor": "y"}

    with nothing_written():
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")
        assert_refused(extend(holder.other("nobody")), 404, "MEMBERSHIP_NOT_FOUND")
