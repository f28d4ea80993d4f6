"""listRedemptions: of a program, a store or a member, newest first, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from shared.schemas.paging import encode_key
from shared.services.rewards import redemptions
from tests.conftest import Clock
from tests.support.api import Api
from tests.support.merchants import Merchant, create_merchant
from tests.support.redemptions import bought, cancel, use
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import with_reward

ACTION = "listRedemptions"


def ids_of(api: Api, body: dict[str, Any]) -> list[str]:
    """Return the ids of all pages."""
    found: list[str] = []
    cursor = None
    while True:
        page = api.ok(ACTION, {**body, **({"cursor": cursor} if cursor else {})})
        assert page["count"] == len(page["redemptions"])
        found += [each["redemptionId"] for each in page["redemptions"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def test_newest_first_of_all_or_of_one(frozen_clock: Clock, merchant: Merchant) -> None:
    anna = with_reward(merchant, balance=200)
    ben = anna.other("ben")
    ben.enroll()
    ben.earn(100)
    made = []
    for member in (anna, ben, anna, anna):
        made.append(bought(member)["redemptionId"])
        frozen_clock.advance(seconds=1)
    every, own = made[::-1], [made[3], made[2], made[0]]

    with nothing_written():
        for body in ({"programId": anna.program_id}, {"storeId": merchant.store_id}):
            assert ids_of(merchant.api, {**body, "limit": 2}) == every
            assert ids_of(merchant.api, {**body, "userId": anna.user_id, "limit": 1}) == own
        customer = merchant.customer("ben")
        assert ids_of(customer, {"programId": anna.program_id}) == [made[1]]


def test_of_the_same_moment_none_is_lost(frozen_clock: Clock, merchant: Merchant) -> None:
    assert frozen_clock.now
    member = with_reward(merchant, balance=400)
    made = {bought(member)["redemptionId"] for _ in range(5)}

    found = ids_of(merchant.api, {"programId": member.program_id, "limit": 2})

    assert (len(found), set(found)) == (5, made)


def test_says_what_became_of_each(frozen_clock: Clock, merchant: Merchant) -> None:
    member = with_reward(merchant, balance=200)
    first, second, third = (bought(member) for _ in range(3))
    use(member, first["rewardCode"])
    cancel(member, second["redemptionId"])
    assert frozen_clock.now

    rows = merchant.api.ok(ACTION, {"programId": member.program_id})["redemptions"]

    assert {each["redemptionId"]: each["status"] for each in rows} == {
        first["redemptionId"]: "used",
        second["redemptionId"]: "cancelled",
        third["redemptionId"]: "redeemed",
    }


def test_those_of_a_status_are_found_wherever_they_are(
    frozen_clock: Clock, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redemptions, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(redemptions, "LOOKED_AT_MAX", 4)
    member = with_reward(merchant, balance=500)
    made = []
    for _ in range(10):
        made.append(bought(member))
        frozen_clock.advance(seconds=1)
    names = [each["redemptionId"] for each in made]
    use(member, made[1]["rewardCode"])
    use(member, made[8]["rewardCode"])
    cancel(member, names[0])

    of_all = {"programId": member.program_id}
    with nothing_written():
        for limit in (1, 3, 100):
            body = {**of_all, "limit": limit}
            assert ids_of(merchant.api, {**body, "status": "used"}) == [names[8], names[1]]
            assert ids_of(merchant.api, {**body, "status": "cancelled"}) == names[:1]
            assert ids_of(merchant.api, {**body, "status": "redeemed"}) == [
                names[9],
                *names[7:1:-1],
            ]
        # So few are looked at by one call that the first one finds none.
        first = merchant.api.ok(ACTION, {**of_all, "status": "cancelled"})
        assert (first["count"], first["nextCursor"] is None) == (0, False)
        own = merchant.customer(member.user_id)
        assert ids_of(own, {**of_all, "status": "used"}) == [names[8], names[1]]
        refused = merchant.api(ACTION, {**of_all, "status": "lost"})
        assert refused.error == "INVALID_PARAMETERS"


def test_who_was_merged_has_those_of_both(frozen_clock: Clock, merchant: Merchant) -> None:
    old = with_reward(merchant)
    first = bought(old)["redemptionId"]
    frozen_clock.advance(seconds=1)
    new = old.other("user_2")
    new.enroll()
    new.earn(100)
    second = bought(new)["redemptionId"]
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    for member in (old, new):
        assert ids_of(merchant.api, member.ids) == [second, first]


def test_says_of_what(merchant: Merchant) -> None:
    member = with_reward(merchant)
    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        for api in (merchant.api, merchant.sandbox):
            assert api(ACTION, {"userId": "user_1"}).error == "INVALID_PARAMETERS"
        foreign = stranger(ACTION, {"programId": member.program_id})
        assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
        foreign = stranger(ACTION, {"storeId": merchant.store_id})
        assert_refused(foreign, 404, "STORE_NOT_FOUND")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "2026-03-03T12:00:00.000Z",
        "2026-03-03T12:00:00.000Z accounts/acc_1",
        "2026-03-03T12:00:00.000Z loyaltyMembers/../entries/le_1",
        "2026-03-03T12:00:00.000Z loyaltyMembers/__x__/entries/le_1",
        "2026-03-03T12:00:00.000Z loyaltyMembers/a/entries/..",
        "9999-99-99 loyaltyMembers/a/entries/b",
        "0001-01-01T00:00:00.000+14:00 loyaltyMembers/a/entries/b",
    ],
)
def test_refuses_a_cursor_of_something_else(merchant: Merchant, key: str) -> None:
    with nothing_written():
        body = {"storeId": merchant.store_id, "cursor": encode_key(key)}
        answer = merchant.api(ACTION, body)

    assert_fields_refused(answer, {"cursor": "must be a nextCursor of an earlier answer"})
