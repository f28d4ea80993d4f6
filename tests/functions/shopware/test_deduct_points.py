"""deductPoints: the level falls at once; who is in no program or has too little is refused."""

from __future__ import annotations

from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware import CUSTOMER, bound, shop_of


def test_the_level_falls_at_once(merchant: Merchant) -> None:
    member, shop = bound(merchant, 1200), shop_of(merchant)

    deducted = shop.ok("deductPoints", customerId=CUSTOMER, points=1150)["data"]

    assert (deducted["value"], deducted["points"]) == (-1150, 50)
    assert deducted["level"]["name"] == "Bronze"
    assert shop.ok("getCustomerProfile", customerId=CUSTOMER)["data"]["previousLevel"] is None
    assert [each.description for each in stored.entries(member)][-1] == "Manuell abgezogen via API"


def test_equal_requests_are_two_bookings_until_there_is_too_little(merchant: Merchant) -> None:
    bound(merchant, 12)
    shop, asked = shop_of(merchant), {"customerId": CUSTOMER, "points": 5}

    statuses = [shop("deductPoints", asked).status for _ in range(2)]
    with nothing_written():
        refused = shop("deductPoints", asked)

    assert [*statuses, refused.status] == [200, 200, 400]
    assert shop.points() == 2


def test_who_is_in_no_program_is_not_found(merchant: Merchant) -> None:
    bound(merchant)
    other = {"userId": "ada", "externalIds": {"shopware": "1" * 32}}
    merchant.api.ok("createMember", other)

    with nothing_written():
        answer = shop_of(merchant)("deductPoints", {"customerId": "1" * 32, "points": 5})

    assert (answer.status, answer.body["status"]) == (404, "error")
