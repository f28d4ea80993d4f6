"""Several commands in one commit: each as if those before it had been committed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared import clock
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.loyalty.earning_base import of_amount
from shared.errors import MembershipNotFound, MemberSuspended, PunktwerkError
from shared.services import joint_commands
from shared.services.loyalty import balances, row_bookings
from shared.services.loyalty.bookings import Booking, Prepared
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.traffic import first_answer_lost, interfered, watched


def earning(
    member: Member,
    points: int,
    transaction_id: str,
    *,
    occurred_at: datetime | None = None,
    source: str | None = None,
) -> Prepared:
    return balances.prepared_add(
        Caller(member.merchant.account_id, Package.PRIME, is_live=True),
        program_id=member.program_id,
        user_id=member.user_id,
        store_id=None,
        points=Decimal(points),
        purchase_lines=None,
        transaction_id=transaction_id,
        source=source,
        description="",
        occurred_at=occurred_at,
    )


def buying(member: Member, transaction_id: str) -> Prepared:
    return balances.prepared_add(
        Caller(member.merchant.account_id, Package.PRIME, is_live=True),
        program_id=member.program_id,
        user_id=member.user_id,
        store_id=None,
        points=None,
        purchase_lines=of_amount(Decimal(10)),
        transaction_id=transaction_id,
        source=None,
        description="",
    )


def balances_of(outcomes: list[Booking | PunktwerkError]) -> list[int]:
    return [each.new_units for each in outcomes if isinstance(each, Booking)]


def test_books_many_in_two_rpcs(merchant: Merchant) -> None:
    first = merchant.member("points", balance=10)
    second = first.other("user_2")
    second.enroll()
    asked = [
        earning(first, 1, "t1"),
        earning(second, 2, "t1"),
        earning(first, 3, "t2"),
        earning(first, 4, "t3"),
    ]

    with watched() as traffic:
        outcomes = joint_commands.run(asked)

    assert balances_of(outcomes) == [11, 2, 14, 18]
    assert traffic.rpcs == ["get", "commit"]
    # Two memberships with their mirrors, and four entries.
    assert len(traffic.written) == 8
    assert stored.units(first) == [10, 1, 3, 4]
    for each in (first, second):
        stored.assert_sound(each)


def test_what_is_asked_twice_is_booked_once(member: Member) -> None:
    outcomes = joint_commands.run([earning(member, 1, "t1"), earning(member, 1, "t1")])

    assert balances_of(outcomes) == [101, 101]
    assert [each.is_replay for each in outcomes if isinstance(each, Booking)] == [False, True]
    with nothing_written():
        again = joint_commands.run([earning(member, 1, "t1")])
    assert balances_of(again) == [101]
    stored.assert_sound(member)


def test_a_refused_one_does_not_stop_the_others(member: Member) -> None:
    stranger = member.other("stranger")

    outcomes = joint_commands.run(
        [earning(member, 1, "t1"), earning(stranger, 2, "t2"), earning(member, 3, "t3")]
    )

    assert isinstance(outcomes[1], MembershipNotFound)
    assert balances_of(outcomes) == [101, 104]
    assert stored.entries(stranger) == []
    stored.assert_sound(member)


def test_writes_nothing_if_all_are_refused(member: Member) -> None:
    with nothing_written():
        (outcome,) = joint_commands.run([earning(member.other("stranger"), 1, "t1")])

    assert isinstance(outcome, MembershipNotFound)


def test_is_decided_anew_if_somebody_was_faster(member: Member) -> None:
    first = member.other("user_2")
    first.enroll()
    others = iter([1])

    def interfere() -> None:
        if next(others, None):
            member.earn(1000, transactionId="other")

    with interfered(interfere):
        outcomes = joint_commands.run(
            [earning(first, 5, "t0"), earning(member, 1, "t1"), earning(member, 2, "t2")]
        )

    assert balances_of(outcomes) == [5, 1101, 1103]
    for each in (first, member):
        stored.assert_sound(each)


def test_what_was_not_committed_uses_no_campaign_up(merchant: Merchant) -> None:
    first = merchant.member("points", rules={"pointsPerEuro": 1})
    second, third = first.other("user_2"), first.other("user_3")
    second.enroll()
    third.enroll()
    body = {"programId": first.program_id, "name": "One of all", "bonus": 50, "limitTotal": 1}
    campaign_id = merchant.api.ok("createCampaign", body)["campaign"]["campaignId"]
    both = iter([first, second])

    def suspend() -> None:
        for each in both:
            each.api.ok("suspendMember", {**each.ids, "reason": "under review"})

    # Writers with the same first path take turns, so the first one is somebody else's.
    asked = [buying(first.other("stranger"), "t0"), buying(first, "t1"), buying(second, "t2")]

    with interfered(suspend):
        outcomes = joint_commands.run(asked)

    refused = [MembershipNotFound, MemberSuspended, MemberSuspended]
    assert [type(each) for each in outcomes] == refused
    assert [stored.units(each) for each in (first, second)] == [[], []]
    named = {"programId": first.program_id, "campaignId": campaign_id}
    assert merchant.api.ok("getCampaign", named)["timesUsed"] == 0
    assert third.add(purchaseAmount=10).body["pointsAdded"] == 60
    assert merchant.api.ok("getCampaign", named)["timesUsed"] == 1


def test_books_once_if_the_answer_is_lost(member: Member) -> None:
    with first_answer_lost():
        outcomes = joint_commands.run([earning(member, 1, "t1"), earning(member, 2, "t2")])

    assert balances_of(outcomes) == [101, 103]
    assert stored.units(member) == [100, 1, 2]
    stored.assert_sound(member)


def test_expires_from_the_day_it_happened(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", pointsExpiry={"afterDays": 10})
    now = clock.utc_now()

    joint_commands.run([earning(member, 5, "t1", occurred_at=now - timedelta(days=4))])

    (lot,) = stored.membership(member).lots
    assert lot.expires_at == datetime(2026, 3, 9, 23, tzinfo=UTC)
    (entry,) = stored.entries(member)
    assert entry.occurred_at == now - timedelta(days=4)
    assert entry.recorded_at == now
    frozen_clock.advance(days=7)
    assert member.balance()["currentBalance"] == 0


@pytest.mark.parametrize("before", [0, 7])
def test_writes_off_what_has_expired_already(
    frozen_clock: Clock, merchant: Merchant, before: int
) -> None:
    member = merchant.member("points", balance=before, pointsExpiry={"afterDays": 10})
    long_ago = frozen_clock.now - timedelta(days=30)

    (booking,) = joint_commands.run([earning(member, 500, "t1", occurred_at=long_ago)])

    assert isinstance(booking, Booking)
    assert booking.balance_units == before
    assert stored.units(member)[-2:] == [500, -500]
    now = stored.membership(member)
    assert (now.balance_units, now.earned_units) == (before, before + 500)
    assert now.lifetime_units == before + 500
    stored.assert_sound(member)
    with nothing_written():
        joint_commands.run([earning(member, 500, "t1", occurred_at=long_ago)])


def test_unlocks_no_reward_by_what_has_expired(frozen_clock: Clock, merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Coffee", "type": "voucher", "requiredPoints": 40}
    member = merchant.member("points", pointsExpiry={"afterDays": 10}, rewards=[reward])
    long_ago = frozen_clock.now - timedelta(days=30)

    joint_commands.run([earning(member, 500, "t1", occurred_at=long_ago)])
    joint_commands.run([earning(member, 50, "t2", occurred_at=frozen_clock.now)])

    unlocked = [each.unlocked_reward_ids for each in stored.entries(member)]
    assert unlocked == [(), (), ("rw_1",)]


def test_a_transaction_is_the_same_without_its_time(member: Member) -> None:
    member.earn(5, transactionId="t1")

    with nothing_written():
        (booking,) = joint_commands.run(
            [earning(member, 5, "t1", occurred_at=clock.utc_now() - timedelta(days=1))]
        )

    assert isinstance(booking, Booking)
    assert booking.is_replay


def test_takes_only_as_many_as_fit(member: Member) -> None:
    asked = [earning(member, 1, f"t{number}") for number in range(row_bookings.TOGETHER_MAX)]

    outcomes = joint_commands.run(asked)

    assert balances_of(outcomes)[-1] == 200
    stored.assert_sound(member)
    more = [earning(member, 1, f"u{number}") for number in range(joint_commands.WRITES_MAX)]
    with nothing_written(), pytest.raises(joint_commands.TooManyWrites):
        joint_commands.run(more)
