"""listCustomerProfiles: filters, order and parts; what it reads does not grow with the members."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.shopware import LEVELS, Shop, bound, shop_of
from tests.support.traffic import watched

NAME = "listCustomerProfiles"
IDS = {name: name * 32 for name in "abc"}


@pytest.fixture
def shop(frozen_clock: Clock, merchant: Merchant) -> Shop:
    """Customers a, b and c with 10, 150 and 1,100 points, and two members without any."""
    member, shop = bound(merchant), shop_of(merchant)
    member.other("till_1").enroll()
    for customer_id, points in zip(IDS.values(), (10, 150, 1100), strict=True):
        frozen_clock.advance(minutes=1)
        shop.ok("addPoints", customerId=customer_id, points=points)
    return shop


def named(answer: dict[str, Any]) -> str:
    """Return the letters of the customers, ``-`` for who is not one of the three."""
    letters = {f"0x{each}": name for name, each in IDS.items()}
    return "".join(letters.get(each["customerId"], "-") for each in answer["data"])


FOUND: list[tuple[dict[str, Any], str, int]] = [
    ({}, "cba--", 5),
    ({"limit": "2", "offset": "1"}, "ba", 5),
    ({"sortDirection": "asc", "offset": 2}, "abc", 5),
    ({"sortBy": "createdAt", "limit": 3}, "cba", 5),
    ({"minPoints": "10", "maxPoints": "150"}, "ba", 2),
    ({"levelId": "Silver"}, "b", 1),
    ({"levelId": "Silver", "minPoints": 151}, "", 0),
    ({"customerIds": "{a},{c},{a}"}, "ca", 2),
    ({"customerIds[]": ["{a}", "{b}"], "sortDirection": "ASC", "limit": 1}, "a", 2),
    ({"customerIds": "{a},{c}", "sortBy": "createdAt", "maxPoints": 20}, "a", 1),
]


def test_lists_what_fits_in_the_order_that_is_asked_for(
    shop: Shop,
) -> None:
    levels = {
        each["data"]["level"]["name"]: each["data"]["level"]["id"]
        for each in (shop.ok("getCustomerProfile", customerId=each) for each in IDS.values())
    }
    assert list(levels) == [each["name"] for each in LEVELS]

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(each) for each in value]
        return levels.get(value, str(value).format(**IDS))

    for parameters, expected, total in FOUND:
        sent = {name: filled(value) for name, value in parameters.items()}
        answer = shop.ok(NAME, **sent)

        assert (parameters, named(answer), answer["total"]) == (parameters, expected, total)


REFUSED = [
    {"sortBy": "email"},
    {"sortDirection": "up"},
    {"limit": "0"},
    {"limit": "101"},
    {"limit": "1e2"},
    {"offset": "-1"},
    {"offset": "10001"},
    {"minPoints": ""},
    {"sortBy": "createdAt", "minPoints": "1"},
    {"levelId": "Silver"},
    {"customerIds": ""},
    {"customerIds": "a"},
    {"customerIds": ",".join(f"{each:032x}" for each in range(51))},
    {"salesChannelId": "1" * 32},
]


def test_refuses_what_cannot_be_asked(merchant: Merchant) -> None:
    bound(merchant)

    for parameters in REFUSED:
        answer = shop_of(merchant)(NAME, parameters)

        assert (answer.status, answer.body.keys()) == (400, {"status", "message"})
        assert next(iter(parameters)) in answer.body["message"]


def test_reads_what_it_shows_and_leaves_out_however_many_there_are(shop: Shop) -> None:
    with watched() as traffic:
        shop.ok(NAME, limit=1, offset=2)

    # The membership and the person of the one that is shown; the count. The emulator leaves out
    # what Firestore bills: two memberships.
    assert traffic.cost == (3, 3, 0)
