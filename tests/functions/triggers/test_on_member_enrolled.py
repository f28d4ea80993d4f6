"""onMemberEnrolled: a new membership is told and counted once."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared import logs
from shared.store import paths
from tests.conftest import Clock
from tests.support.events import MEMBER, Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving


def total_members(member: Member) -> int:
    return member.api.ok("getLoyaltyAnalytics", {"programId": member.program_id})["totalMembers"]


@pytest.mark.usefixtures("frozen_clock")
def test_tells_an_enrollment(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        member = merchant.member()
        pipeline.run(merchant)

    (received,) = receiver.received
    event_id = received.headers["webhook-id"]
    assert re.fullmatch(r"evt_[0-9a-f]{40}", event_id)
    assert (
        received.body
        == (
            f'{{"id":"{event_id}","type":"loyalty.enrollment","createdAt":"2026-03-03T12:00:00.000Z",'
            f'"apiVersion":"v1","livemode":true,"storeId":"{merchant.store_id}",'
            f'"data":{{"programId":"{member.program_id}","userId":"user_1",'
            f'"memberId":"{member.membership_id}"}}}}'
        ).encode()
    )


def test_eight_runs_at_once_tell_it_once(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        member = merchant.member()
        path = paths.member(member.membership_id)
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: pipeline.trigger(MEMBER, path), range(8)))
        pipeline.deliver(merchant)

    assert statuses == [200] * 8
    assert receiver.types == ["loyalty.enrollment"]
    assert len(events_of(merchant)) == 1
    assert len(deliveries_of(merchant)) == 1
    assert total_members(member) == 1


def test_enrolling_twice_is_told_once(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member()
    member.enroll()
    pipeline.fire(merchant)

    assert [event["type"] for event in events_of(merchant)] == ["loyalty.enrollment"]
    assert total_members(member) == 1


def test_a_sync_that_enrolls_is_told_as_both_but_not_to_its_cause(
    pipeline: Pipeline, merchant: Merchant
) -> None:
    member = Member(merchant, merchant.program(), "user_1")
    with receiving() as cause, receiving() as other:
        pipeline.register(merchant, cause.url, source="payback")
        pipeline.register(merchant, other.url)
        member.sync("add", 10, source="payback", externalTransactionId="t1")
        pipeline.run(merchant)

    assert cause.received == []
    assert sorted(other.types) == ["loyalty.enrollment", "loyalty.external_synced"]
    assert total_members(member) == 1


def test_leaves_history_untold(frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member()
    frozen_clock.advance(days=25, seconds=1)

    assert pipeline.trigger(MEMBER, paths.member(member.membership_id)) == 200

    assert events_of(merchant) == []
    assert total_members(member) == 0


def test_logs_a_membership_that_is_not_there(
    pipeline: Pipeline, merchant: Merchant, capsys: pytest.CaptureFixture[str]
) -> None:
    path = paths.member("lp_absent_user_1")

    assert pipeline.trigger(MEMBER, path) == 200

    assert events_of(merchant) == []
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line == {
        "severity": "WARNING",
        "message": "membership not found",
        "member": logs.digest("lp_absent_user_1"),
    }
