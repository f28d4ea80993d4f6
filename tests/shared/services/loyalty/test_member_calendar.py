"""The calendar when answers get lost and others are faster: everything once, on what is so now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions

from shared import clock, ids
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.services.loyalty import member_calendar
from shared.store import client, paths, rpc
from shared.store.loyalty import membership_documents, program_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.strategies import make_cause
from tests.support.wire import Wire, failed, first, lost

pytestmark = pytest.mark.usefixtures("own_database")

ALERT_AT = datetime(2026, 4, 2, 22, tzinfo=UTC)
EXPIRES_AT = datetime(2026, 5, 2, 22, tzinfo=UTC)


@pytest.fixture
def holder(
    frozen_clock: Clock, pipeline: Pipeline, new_merchant: Callable[..., Merchant]
) -> Member:
    """A member with 100 points to be announced and to expire, and an endpoint that is told."""
    policy = {"afterDays": 60, "alertDays": 30}
    holder = new_merchant().member(balance=100, pointsExpiry=policy)
    pipeline.register(holder.merchant, "https://example.com/hook", "loyalty.points_expiring")
    return holder


@pytest.fixture
def wire(own_database: None, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The RPCs to the test's own database."""
    wire = Wire()
    monkeypatch.setattr(rpc, "send", wire.through(rpc.send))
    return wire


Booking = Callable[[Membership, Program], tuple[Membership, Entry] | None]


def book_elsewhere(member: Member, book: Booking) -> None:
    """Book as another process does, which knows nothing of the turns in this one."""
    read = client.get_one(paths.member(member.membership_id))
    membership, program = (
        membership_documents.decode(read),
        program_documents.find(member.program_id),
    )
    assert membership is not None
    assert program is not None
    booked = book(membership, program)
    assert booked is not None
    client.commit(membership_documents.writes(read, *booked))


def spend(units: int) -> Booking:
    cause = make_cause(ids.new("le"), now=clock.utc_now())
    return lambda membership, program: ledger.redeem(membership, program, units, cause)


def write_off(membership: Membership, program: Program) -> tuple[Membership, Entry] | None:
    cause = ledger.expiry_cause(membership, clock.utc_now())
    return ledger.expire(membership, program, cause)


def announced(member: Member) -> list[Any]:
    return [each for each in events_of(member.merchant) if "expiring" in each["type"]]


@pytest.mark.parametrize("error", [exceptions.DeadlineExceeded, exceptions.ServiceUnavailable])
def test_an_answer_that_is_lost_does_nothing_twice(
    frozen_clock: Clock, holder: Member, wire: Wire, error: type[Exception]
) -> None:
    for now in (ALERT_AT, EXPIRES_AT):
        frozen_clock.now = now
        wire.commits, wire.calls = [lost(error)], []
        assert member_calendar.run() == 1
        assert wire.calls.count(rpc.COMMIT) == 1

    assert len(announced(holder)) == len(deliveries_of(holder.merchant)) == 1
    assert stored.units(holder) == [100, -100]
    stored.assert_sound(holder)


def test_a_commit_that_never_arrives_is_made_again(
    frozen_clock: Clock, holder: Member, wire: Wire
) -> None:
    frozen_clock.now = ALERT_AT
    wire.commits = [failed(exceptions.ServiceUnavailable)]

    assert member_calendar.run() == 1

    assert len(announced(holder)) == 1


def test_what_is_spent_meanwhile_is_not_announced(
    frozen_clock: Clock, holder: Member, wire: Wire
) -> None:
    frozen_clock.now = ALERT_AT
    wire.commits = [first(lambda: book_elsewhere(holder, spend(40)))]

    assert member_calendar.run() == 1

    (event,) = announced(holder)
    assert '"points":60,' in event["payload"]
    assert stored.units(holder) == [100, -40]
    stored.assert_sound(holder)


def test_what_is_written_off_meanwhile_is_not_written_off_again(
    frozen_clock: Clock, holder: Member, wire: Wire
) -> None:
    frozen_clock.now = EXPIRES_AT
    wire.commits = [first(lambda: book_elsewhere(holder, write_off))]

    assert member_calendar.run() == 1

    assert stored.units(holder) == [100, -100]
    stored.assert_sound(holder)
