"""Syncs: how they go on, wait and end, and when the next one is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.systems import sync_events, syncs
from shared.domain.systems.syncs import (
    FAILURES_MAX,
    PAUSES,
    REMARKS_MAX,
    Counts,
    Remark,
    Sync,
    SyncSchedule,
    SyncState,
    SystemKind,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
SYNC = Sync(
    sync_id="sync_1",
    account_id="acc_1",
    store_id="store_a",
    kind=SystemKind.POS,
    system="korona",
    state=SyncState.RUNNING,
    started_at=NOW,
    updated_at=NOW,
    streams=("categories", "products"),
    stream="categories",
    since={"categories": "5", "products": "7"},
    lease_id="lease_1",
    lease_until=NOW + timedelta(minutes=2),
    config_token="secret",
)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda m: NOW + timedelta(minutes=m))
numbers = st.integers(0, 1_000)
counts = st.builds(Counts, numbers, numbers, numbers, numbers, numbers, numbers, numbers)


@given(counts, counts, counts)
def test_counts_add_up_in_any_order(a: Counts, b: Counts, c: Counts) -> None:
    assert a.plus(b).plus(c) == c.plus(a.plus(b))
    assert a.plus(Counts()) == a


def test_what_was_found_is_counted_for_its_stream() -> None:
    once = syncs.with_findings(SYNC, Counts(read=2, created=1), (), LATER)
    twice = syncs.with_findings(
        once, Counts(read=1), (Remark("categories", "1", "no name"),), LATER
    )

    assert twice.counts == {"categories": Counts(read=3, created=1)}
    assert (twice.updated_at, len(twice.remarks)) == (LATER, 1)


def test_remarks_are_kept_up_to_a_number() -> None:
    remarks = tuple(Remark("products", str(number), "x") for number in range(REMARKS_MAX + 5))

    assert syncs.with_findings(SYNC, Counts(), remarks, LATER).remarks == remarks[:REMARKS_MAX]


def test_streams_are_read_in_their_order_and_then_it_has_succeeded() -> None:
    turned = syncs.page_done(replace(SYNC, failures=3, failure="X"), "p2", is_listing=False)
    assert (turned.position, turned.is_listing, turned.failures) == ("p2", False, 0)
    assert (turned.failure, turned.failure_message) == (None, None)

    second = syncs.stream_done(replace(turned, parts=3), "9")
    assert (second.stream, second.position, second.is_listing, second.parts) == (
        "products",
        None,
        True,
        0,
    )
    last = syncs.stream_done(second, None)
    assert (last.stream, last.next_since) == (None, {"categories": "9"})

    done = syncs.succeeded(last, LATER)
    # What a system does not say is not kept from before: it would be said of another time.
    assert done.since == {"categories": "9"}
    assert (done.state, done.finished_at) == (SyncState.SUCCEEDED, LATER)
    assert (done.config_token, done.lease_until) == (None, None)


@given(st.lists(st.integers(0, 7_200), min_size=FAILURES_MAX, max_size=FAILURES_MAX))
def test_waits_longer_each_time_and_gives_up(asked_s: list[int]) -> None:
    sync = SYNC
    for number, retry_after_s in enumerate(asked_s, start=1):
        assert sync.is_running
        sync = syncs.put_off(sync, "X", "It says no.", retry_after_s, NOW)
        if number < FAILURES_MAX:
            pause = max(PAUSES[number - 1], timedelta(seconds=retry_after_s))
            assert (sync.retry_at, sync.lease_until) == (NOW + pause, None)
            assert sync.config_token == "secret"

    assert (sync.state, sync.failure, sync.failure_message) == (
        SyncState.FAILED,
        "X",
        "It says no.",
    )
    assert (sync.config_token, sync.retry_at, sync.finished_at) == (None, None, NOW)
    # The next one begins where this one did.
    assert sync.since == SYNC.since


def test_the_death_of_workers_is_counted_until_somebody_comes_further() -> None:
    sync = SYNC
    for number in range(1, FAILURES_MAX):
        sync = syncs.resumed(sync, f"lease_{number}", LATER, NOW)
        assert (sync.is_running, sync.failures, sync.lease_id) == (True, number, f"lease_{number}")
    assert not syncs.resumed(sync, "lease_x", LATER, NOW).is_running
    further = syncs.page_done(sync, "p2", is_listing=True)
    assert syncs.resumed(further, "lease_x", LATER, NOW).is_running

    # Whoever left it to the next one has not died.
    released = replace(sync, lease_until=None)
    assert syncs.resumed(released, "lease_x", LATER, NOW).failures == sync.failures


def test_is_held_until_its_lease_has_run_out() -> None:
    assert SYNC.lease_until is not None
    assert SYNC.is_held(SYNC.lease_until - timedelta(seconds=1))
    assert not SYNC.is_held(SYNC.lease_until)
    assert not replace(SYNC, state=SyncState.FAILED).is_held(NOW)


def test_without_a_schedule_nothing_is_due() -> None:
    assert syncs.next_sync_at(SyncSchedule.NONE, "store_a", "UTC", NOW) is None


@given(moments, st.sampled_from(ZONES), st.sampled_from(["store_a", "store_b"]))
def test_each_hour_has_one_sync(now: datetime, zone: str, store_id: str) -> None:
    due = syncs.next_sync_at(SyncSchedule.HOURLY, store_id, zone, now)
    assert due is not None

    assert timedelta(0) < due - now <= timedelta(hours=1)
    assert syncs.next_sync_at(SyncSchedule.HOURLY, store_id, zone, due) == due + timedelta(hours=1)


@given(moments, st.sampled_from(ZONES), st.sampled_from(["store_a", "store_b"]))
def test_each_night_has_one_sync_after_three(now: datetime, zone: str, store_id: str) -> None:
    due = syncs.next_sync_at(SyncSchedule.NIGHTLY, store_id, zone, now)
    assert due is not None
    following = syncs.next_sync_at(SyncSchedule.NIGHTLY, store_id, zone, due)
    assert following is not None

    local, next_local = due.astimezone(ZoneInfo(zone)), following.astimezone(ZoneInfo(zone))
    assert timedelta(0) < due - now <= timedelta(hours=25)
    assert (local.hour, local.second) == (syncs.NIGHT_HOUR, 0)
    assert next_local.date() - local.date() == timedelta(days=1)
    assert next_local.time() == local.time()


@pytest.mark.parametrize(
    ("night", "hours"),
    [(datetime(2026, 3, 28, 12, tzinfo=UTC), 23), (datetime(2026, 10, 24, 12, tzinfo=UTC), 25)],
)
def test_nights_in_which_clocks_change_have_one_as_well(night: datetime, hours: int) -> None:
    before = syncs.next_sync_at(
        SyncSchedule.NIGHTLY, "store_a", "Europe/Berlin", night - timedelta(days=1)
    )
    after = syncs.next_sync_at(SyncSchedule.NIGHTLY, "store_a", "Europe/Berlin", night)

    assert before is not None
    assert after is not None
    assert after - before == timedelta(hours=hours)


def test_tells_what_was_synced() -> None:
    found = {
        "categories": Counts(read=5, changed=1),
        "products": Counts(read=42, created=3, changed=8, deleted=1, priced=8, skipped=2),
        "receipts": Counts(read=9, awarded=4, taken_back=2),
    }
    done = syncs.succeeded(replace(SYNC, counts=found), LATER)
    event = sync_events.from_sync(done, LATER)

    assert event.type == "integration.pos.synced"
    assert event.data == {
        "system": "korona",
        "syncId": "sync_1",
        "synced": {"products": 42, "categories": 5, "priceUpdates": 8},
        "changes": {
            "created": 3,
            "changed": 9,
            "deleted": 1,
            "skipped": 2,
            "receiptsAwarded": 4,
            "receiptsTakenBack": 2,
        },
    }
    assert event.event_id == sync_events.from_sync(done, LATER).event_id


def test_tells_what_was_synced_with_an_erp() -> None:
    found = {name: Counts(read=number) for number, name in enumerate(["stock", "orders"], 1)}
    done = syncs.succeeded(replace(SYNC, kind=SystemKind.ERP, system="sap", counts=found), LATER)
    event = sync_events.from_sync(done, LATER)

    assert event.type == "integration.erp.synced"
    assert event.data["synced"] == {"inventory": 1, "orders": 2, "suppliers": 0}


@pytest.mark.parametrize(
    ("kind", "name"),
    [(SystemKind.POS, "integration.pos.pushed"), (SystemKind.ERP, "integration.erp.pushed")],
)
def test_tells_what_was_pushed(kind: SystemKind, name: str) -> None:
    store = ("acc_1", "store_a")
    event = sync_events.from_push(store, kind, "sap", "receipt", ["b", "a"], NOW)
    again = sync_events.from_push(store, kind, "sap", "receipt", ["a", "b"], NOW)

    assert (event.type, event.source) == (name, "sap")
    assert event.data == {"system": "sap", "dataType": "receipt", "records": 2}
    assert event.event_id == again.event_id
