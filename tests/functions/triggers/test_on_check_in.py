"""onCheckIn: a visit is told and counted once, and its points by the event of their own."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store import paths
from tests.conftest import Clock
from tests.support.events import CHECK_IN, Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving


def check_in(member: Member, method: str = "qr") -> str:
    body = {"userId": member.user_id, "storeId": member.merchant.store_id, "method": method}
    session_id: str = member.api.ok("checkIn", body)["sessionId"]
    return session_id


def counted(merchant: Merchant) -> dict[str, dict[str, int]]:
    stats = merchant.api.ok("getCheckInStats", {"storeId": merchant.store_id})
    return {name: stats[name] for name in ("checkIns", "qr", "gps", "earning")}


@pytest.mark.usefixtures("frozen_clock")
def test_tells_a_check_in(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "store.*")
        session_id = check_in(merchant.member())
        pipeline.run(merchant)

    (received,) = receiver.received
    event_id = received.headers["webhook-id"]
    assert re.fullmatch(r"evt_[0-9a-f]{40}", event_id)
    assert (
        received.body
        == (
            f'{{"id":"{event_id}","type":"store.checkin","createdAt":"2026-03-03T12:00:00.000Z",'
            f'"apiVersion":"v1","livemode":true,"storeId":"{merchant.store_id}",'
            f'"data":{{"checkinId":"{session_id}","userId":"user_1","method":"qr"}}}}'
        ).encode()
    )


@pytest.mark.parametrize(
    ("method", "name"), [("qr", "loyalty.qr_earned"), ("gps", "loyalty.checkin_earned")]
)
def test_points_of_a_check_in_are_told_once(
    pipeline: Pipeline, merchant: Merchant, method: str, name: str
) -> None:
    member = merchant.member()
    pipeline.run(merchant)
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "loyalty.*", "store.*")
        check_in(member, method)
        check_in(member, method)  # It earns nothing, and is a visit.
        pipeline.run(merchant)

    assert sorted(receiver.types) == [name, "store.checkin", "store.checkin"]
    (earned,) = receiver.of_type(name)
    method_named = {"qr": "qr_checkin", "gps": "store_checkin"}[method]
    assert (earned.event["data"]["points"], earned.event["data"]["earningMethod"]) == (
        5,
        method_named,
    )
    visits = {"total": 2, "thisMonth": 2}
    one, none = {"total": 1, "thisMonth": 1}, {"total": 0, "thisMonth": 0}
    by_method = {"qr": none, "gps": none, method: visits}
    assert counted(merchant) == {"checkIns": visits, **by_method, "earning": one}


def test_eight_runs_at_once_tell_and_count_it_once(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member()
    pipeline.run(merchant)
    path = paths.check_in(check_in(member))

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: pipeline.trigger(CHECK_IN, path), range(8)))

    assert statuses == [200] * 8
    assert [each["type"] for each in events_of(merchant)].count("store.checkin") == 1
    assert counted(merchant)["checkIns"] == {"total": 1, "thisMonth": 1}


def test_the_sweep_tells_what_a_lost_trigger_did_not(
    pipeline: Pipeline, merchant: Merchant, frozen_clock: Clock
) -> None:
    check_in(merchant.member())
    frozen_clock.advance(minutes=1)

    pipeline.sweep()

    assert [each["type"] for each in events_of(merchant)].count("store.checkin") == 1
    assert counted(merchant)["checkIns"] == {"total": 1, "thisMonth": 1}


def test_logs_a_check_in_that_is_not_there(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    path = paths.check_in("sess_absent")

    assert pipeline.trigger(CHECK_IN, path) == 200

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line == {"severity": "WARNING", "message": "check-in not found", "path": path}
