"""getLoyaltyTransactions: the whole history, page by page, with what corrected what."""

from __future__ import annotations

from typing import Any

import pytest

from shared.clock import to_wire
from shared.services.members import history
from tests.conftest import Clock
from tests.support.checkouts import Market
from tests.support.merchants import Member, Merchant
from tests.support.redemptions import bought
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import with_reward
from tests.support.traffic import watched

ACTION = "getLoyaltyTransactions"


@pytest.fixture
def busy(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member with six transactions, a minute apart, of which two came at once."""
    member = merchant.member("points")
    member.earn(10, transactionId="order-1", description="Bread")
    frozen_clock.advance(minutes=1)
    member.earn(20, transactionId="order-2", description="Cheese", source="till")
    frozen_clock.advance(minutes=1)
    member.earn(30, description="Wine", source="till")
    member.redeem(25, rewardDescription="Coffee, on the house")
    frozen_clock.advance(minutes=1)
    member.earn(40, description="50% off_day")
    frozen_clock.advance(minutes=1)
    member.redeem(5)
    return member


def listed(member: Member, **fields: Any) -> dict[str, Any]:
    return member.api.ok(ACTION, {**member.ids, **fields})


def reverse(member: Member, entry_id: str, **fields: Any) -> None:
    body = {**member.ids, "entryId": entry_id, "refundId": f"back-{entry_id}", **fields}
    member.api.ok("reverseLoyaltyTransaction", body)


def points(member: Member, **fields: Any) -> list[int]:
    return [each["points"] for each in listed(member, **fields)["transactions"]]


def test_the_newest_come_first_with_the_balance_after_each(busy: Member) -> None:
    answer = listed(busy)

    assert [(each["points"], each["balanceAfter"]) for each in answer["transactions"]] == [
        (-5, 70),
        (40, 75),
        (-25, 35),
        (30, 60),
        (20, 30),
        (10, 10),
    ]
    assert (answer["count"], answer["total"]) == (6, None)
    assert (answer["nextCursor"], answer["hasMore"]) == (None, False)
    assert {each["memberId"] for each in answer["transactions"]} == {busy.membership_id}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sortDirection": "asc"}, [10, 20, 30, -25, 40, -5]),
        ({"type": "redeem"}, [-5, -25]),
        ({"type": "expire"}, []),
        ({"since": "2026-03-03T12:01:00Z", "until": "2026-03-03T12:03:00Z"}, [-25, 30, 20]),
        ({"minPoints": 20, "maxPoints": 30}, [-25, 30, 20]),
        ({"transactionId": "order-2"}, [20]),
        ({"source": "till"}, [30, 20]),
        ({"text": "CHEESE"}, [20]),
        ({"text": "order-"}, [20, 10]),
        ({"text": "50% off_"}, [40]),
        ({"text": "% off%"}, []),
        ({"reversed": True}, []),
        ({"reversed": False, "type": "earn"}, [40, 30, 20, 10]),
        ({"expired": True}, []),
        ({"sortBy": "points"}, [40, 30, 20, 10, -5, -25]),
        ({"sortBy": "points", "sortDirection": "asc", "type": "earn"}, [10, 20, 30, 40]),
        ({"sortBy": "points", "offset": 1, "limit": 2}, [30, 20]),
    ],
)
def test_filters_and_orders(busy: Member, fields: dict[str, Any], expected: list[int]) -> None:
    assert points(busy, **fields) == expected


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("wanted", [{}, {"minPoints": 6}, {"type": "earn"}])
def test_pages_by_cursor_have_each_once(
    busy: Member, direction: str, wanted: dict[str, Any]
) -> None:
    every = listed(busy, sortDirection=direction, **wanted)["transactions"]
    for limit in (1, 2, 3, 4, 6):
        seen: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}

        for _ in range(20):
            page = listed(busy, limit=limit, sortDirection=direction, **wanted, **cursor)
            seen += page["transactions"]
            assert page["hasMore"] is (page["nextCursor"] is not None), limit
            if page["nextCursor"] is None:
                break
            cursor = {"cursor": page["nextCursor"]}

        assert seen == every, limit


def test_what_is_booked_meanwhile_moves_no_page(busy: Member) -> None:
    first = listed(busy, limit=2)
    busy.earn(1000)

    assert points(busy, limit=2, cursor=first["nextCursor"]) == [-25, 30]


@pytest.mark.parametrize(
    ("fields", "expected", "total"),
    [
        ({"offset": 0, "limit": 2}, [-5, 40], 6),
        ({"offset": 4, "limit": 3}, [20, 10], 6),
        ({"offset": 6}, [], 6),
        ({"offset": 1, "type": "earn", "limit": 2}, [30, 20], 4),
        ({"offset": 0, "since": "2026-03-03T12:03:00Z"}, [-5, 40], 2),
    ],
)
def test_pages_by_offset_have_the_total(
    busy: Member, fields: dict[str, Any], expected: list[int], total: int
) -> None:
    answer = listed(busy, **fields)

    assert [each["points"] for each in answer["transactions"]] == expected
    assert answer["total"] == total
    more = fields["offset"] + len(expected) < total
    assert (answer["hasMore"], answer["nextCursor"]) == (more, None)


def test_a_page_looks_through_so_many_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, busy: Member
) -> None:
    monkeypatch.setattr(history, "SCANNED_MAX", 2)

    first = listed(busy, transactionId="order-1")
    second = listed(busy, transactionId="order-1", cursor=first["nextCursor"])
    third = listed(busy, transactionId="order-1", cursor=second["nextCursor"])

    assert [each["count"] for each in (first, second, third)] == [0, 0, 1]
    assert first["hasMore"]
    for fields in ({"offset": 0, "type": "earn"}, {"sortBy": "points"}):
        name = "offset" if "offset" in fields else "sortBy"
        problem = "works within 2 transactions: narrow `since` and `until`"
        assert_fields_refused(busy.api(ACTION, {**busy.ids, **fields}), {name: problem})
    assert listed(busy, offset=5)["total"] == 6


def test_says_of_earns_what_came_back_and_what_is_left(merchant: Merchant) -> None:
    """What the member had spent was asked for all the same: it cannot be asked for again."""
    member = merchant.member("points", rules={"pointsPerEuro": 1})
    earned = [member.earn(5)["entryId"] for _ in range(3)]
    reverse(member, earned[1], points=2)
    member.redeem(11)
    reverse(member, earned[0])
    reverse(member, earned[2])

    rows = {each["entryId"]: each for each in listed(member, includeCameBack=True)["transactions"]}

    assert [(rows[each]["reversedPoints"], rows[each]["cameBack"]) for each in earned] == [
        (2, {"askedPoints": 5, "leftPoints": 0}),
        (2, {"askedPoints": 2, "leftPoints": 3}),
        (0, {"askedPoints": 5, "leftPoints": 0}),
    ]
    assert {each["cameBack"] for each in rows.values() if each["entryId"] not in earned} == {None}
    assert {each["cameBack"] for each in listed(member)["transactions"]} == {None}


def test_says_what_became_of_redemptions(frozen_clock: Clock, merchant: Merchant) -> None:
    """One read for each line, all in one call, whatever became of how many."""
    member = with_reward(merchant, balance=200)
    codes, ids = [], []
    for _ in range(3):
        frozen_clock.advance(minutes=1)
        made = bought(member)
        ids.append(made["redemptionId"])
        codes.append(made["rewardCode"])
    use = {"storeId": merchant.store_id, "rewardCode": codes[1], "usedBy": "till_17"}
    merchant.api.ok("useRewardCode", use)
    merchant.api.ok("cancelRedemption", {**member.ids, "redemptionId": ids[2]})

    with watched() as traffic:
        answer = listed(member, includeRedemptions=True, limit=10)
    rows = {each["entryId"]: each["redemption"] for each in answer["transactions"]}

    nothing = {
        "usedAt": None,
        "usedInStoreId": None,
        "usedBy": None,
        "isForShop": False,
        "returnedBy": None,
    }
    assert [rows.pop(each) for each in ids] == [
        {**nothing, "status": "redeemed"},
        {
            "status": "used",
            "usedAt": to_wire(frozen_clock.now),
            "usedInStoreId": merchant.store_id,
            "usedBy": "till_17",
            "isForShop": False,
            "returnedBy": None,
        },
        {**nothing, "status": "cancelled"},
    ]
    assert set(rows.values()) == {None}
    assert {each["redemption"] for each in listed(member)["transactions"]} == {None}
    asked = listed(member, includeCameBack=True, includeRedemptions=True, limit=10)
    assert [bool(each["cameBack"]) for each in asked["transactions"]] == [
        each["type"] == "earn" for each in asked["transactions"]
    ]
    assert (traffic.rpcs.count("get"), traffic.reads) == (2, 10)


def test_says_of_what_has_paid_a_checkout_with_what_it_comes_back(market: Market) -> None:
    """Until it has come back; and a redemption that only names a checkout is as any other."""
    member = market.member
    program = {"programId": member.program_id, "pointValue": 0.05}
    member.api.ok("updateLoyaltyProgram", program)
    member.earn(200)
    payment = {"programId": member.program_id, "amount": 100}
    first, second = (market.started(loyaltyPayment=payment) for _ in range(2))
    assert market.complete(second).status == 200
    named = market.started()
    assert member.redeem(5, transactionId=named).status == 200

    def told() -> list[tuple[str, str, str | None]]:
        rows = listed(member, includeRedemptions=True, type="redeem")["transactions"]
        return [
            (each["transactionId"], each["redemption"]["status"], each["redemption"]["returnedBy"])
            for each in reversed(rows)
        ]

    before = told()
    assert market.cancel(first).status == 200

    assert before[:2] == [
        (first, "redeemed", "cancelCheckout"),
        (second, "redeemed", "refundCheckout"),
    ]
    assert before[2:] == [(named, "redeemed", None)]
    assert told()[0] == (first, "cancelled", None)


def test_what_came_back_of_pending_points_is_at_the_entry_that_granted_them(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 1}, pendingDays=14)
    granted = member.add(purchaseAmount=7).body["entryId"]
    frozen_clock.advance(days=15)
    member.earn(1)

    rows = listed(member, includeCameBack=True)["transactions"]
    activations = [each for each in rows if each["points"] == 7]

    assert {each["entryId"]: each["cameBack"] for each in rows}[granted] == {
        "askedPoints": 0,
        "leftPoints": 7,
    }
    assert [each["cameBack"] for each in activations] == [None]


def test_nothing_is_left_of_what_another_call_takes_back(market: Market) -> None:
    transaction_id = market.started()
    assert market.complete(transaction_id).status == 200
    market.refund(transaction_id, amount=333, refundReference="a")

    earn = listed(market.member, includeCameBack=True)["transactions"][-1]

    assert (earn["points"], earn["cameBack"]) == (100, {"askedPoints": 33, "leftPoints": 0})


def test_what_was_taken_back_is_told(market: Market) -> None:
    transaction_id = market.started()
    assert market.complete(transaction_id).status == 200
    market.member.earn(7)
    market.refund(transaction_id, amount=333, refundReference="a")
    market.refund(transaction_id, amount=100, refundReference="b")

    rows = listed(market.member)["transactions"]

    assert [(each["type"], each["points"], each["reversedPoints"]) for each in rows] == [
        ("reverse", -10, 0),
        ("reverse", -33, 0),
        ("earn", 7, 0),
        ("earn", 100, 43),
    ]
    assert [each["correctsEntryId"] for each in rows[:2]] == [rows[3]["entryId"]] * 2
    assert points(market.member, reversed=True) == [100]
    assert points(market.member, reversed=False, type="earn") == [7]


def test_expired_points_are_found(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", pointsExpiry={"afterDays": 30})
    member.earn(10)
    frozen_clock.advance(days=20)
    member.earn(20)
    frozen_clock.advance(days=20)
    member.earn(30)

    assert points(member) == [30, -10, 20, 10]
    assert points(member, expired=True) == [10]


def test_after_a_merge_it_has_both(frozen_clock: Clock, merchant: Merchant) -> None:
    old = merchant.member("points")
    new = old.other("user_2")
    new.enroll()
    old.earn(10, transactionId="t1")
    frozen_clock.advance(minutes=1)
    new.earn(20, transactionId="t1")
    frozen_clock.advance(minutes=1)
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})
    new.earn(5)

    answers = [listed(each) for each in (new, old)]

    for answer in answers:
        assert answer["userId"] == new.user_id
        rows = [(each["type"], each["points"], each["memberId"]) for each in answer["transactions"]]
        assert rows[0] == ("earn", 5, new.membership_id)
        # Both sides of the merge are booked in the same moment.
        assert set(rows[1:3]) == {
            ("merge", 10, new.membership_id),
            ("merge", -10, old.membership_id),
        }
        assert rows[3:] == [("earn", 20, new.membership_id), ("earn", 10, old.membership_id)]
    first = listed(new, limit=3)
    rest = listed(new, limit=3, cursor=first["nextCursor"])
    assert first["transactions"] + rest["transactions"] == answers[0]["transactions"]
    assert listed(new, offset=0)["total"] == 5


def test_a_customer_sees_only_the_own(merchant: Merchant) -> None:
    member = merchant.member("points", 10)
    customer = merchant.customer(member.user_id)

    own = customer.ok(ACTION, {"programId": member.program_id})
    with nothing_written():
        other = customer(ACTION, {"programId": member.program_id, "userId": "user_2"})

    assert [each["points"] for each in own["transactions"]] == [10]
    assert_refused(other, 403, "USER_NOT_ALLOWED")


def test_it_costs_what_it_shows(busy: Member) -> None:
    listed(busy)

    with watched() as traffic:
        listed(busy, limit=3)

    # The membership, one more row than is shown, and nothing that corrects them.
    assert traffic.cost == (3, 1 + 4 + 1, 0)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "WyJ4fGxlX2FiYyJd"}, "cursor"),
        ({"until": "2026-01-01T00:00:00Z", "since": "2026-01-02T00:00:00Z"}, "until"),
        ({"minPoints": 0.5}, "minPoints"),
        ({"minPoints": 5, "maxPoints": 4}, "maxPoints"),
        ({"type": "gift"}, "type"),
        ({"limit": 101}, "limit"),
        ({"offset": 1001}, "offset"),
    ],
)
def test_what_it_cannot_read_is_refused(busy: Member, fields: dict[str, Any], name: str) -> None:
    with nothing_written():
        answer = busy.api(ACTION, {**busy.ids, **fields})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert list(answer.body["details"]["fields"]) == [name]


def test_a_cursor_is_of_one_member_and_goes_with_no_offset(busy: Member) -> None:
    other = busy.other("user_2")
    other.enroll()
    other.earn(1)
    other.earn(2)
    cursor = listed(other, limit=1)["nextCursor"]

    foreign = busy.api(ACTION, {**busy.ids, "cursor": cursor})
    both = other.api(ACTION, {**other.ids, "cursor": cursor, "offset": 0})
    by_points = other.api(ACTION, {**other.ids, "cursor": cursor, "sortBy": "points"})

    assert_fields_refused(foreign, {"cursor": "must be a nextCursor of an earlier answer"})
    assert [each.error for each in (both, by_points)] == ["INVALID_PARAMETERS"] * 2


def test_shows_nothing_of_others(busy: Member, new_merchant: Any) -> None:
    stranger = new_merchant()
    with nothing_written():
        absent = busy.api(ACTION, busy.other("nobody").ids)
        foreign = stranger.api(ACTION, busy.ids)

    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
    assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
