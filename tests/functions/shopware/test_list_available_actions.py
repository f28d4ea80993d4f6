"""listAvailableActions: what is done or rewarded is gone, except fields without a reward yet."""

from __future__ import annotations

from tests.support.merchants import Merchant
from tests.support.shopware import CUSTOMER, Shop, bound, shop_of

RULES = [
    {"event": "newsletter", "points": 50},
    {"event": "field:shoe", "points": 20},
    {"event": "birthday", "points": 100, "period": "year"},
]


def actions(shop: Shop) -> dict[str, tuple[bool, bool | None]]:
    rows = shop.ok("listAvailableActions", customerId=CUSTOMER)["data"]
    return {each["type"]: (each["completed"], each.get("fieldFilled")) for each in rows}


def test_what_is_done_is_offered_no_more(merchant: Merchant) -> None:
    field = {"name": "shoe", "type": "number", "label": "Schuhgröße"}
    merchant.api.ok("configureMembers", {"customFields": [field]})
    member = bound(merchant, program={"eventRules": RULES[:1]})
    shop, whose = shop_of(merchant), {"userId": member.user_id}
    # Filled while no rule rewards it: it is left to be rewarded.
    merchant.api.ok("updateMember", {**whose, "customFields": {"shoe": 43}})
    merchant.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "eventRules": RULES})

    before = actions(shop)
    labelled = shop.ok("listAvailableActions", customerId=CUSTOMER)["data"][1]
    said = {"newsletter": {"subscribed": True}, "birthday": "1990-12-31"}
    merchant.api.ok("updateMember", {**whose, **said, "customFields": {"shoe": 44}})
    profile = shop.ok("getCustomerProfile", customerId=CUSTOMER)["data"]

    assert before == {
        "newsletter": (False, None),
        "customField": (True, True),
        "birthday": (False, None),
    }
    assert labelled["name"] == "Schuhgröße"
    assert actions(shop) == {}
    assert (profile["points"], profile["customFieldRewards"]) == (70, ["shoe"])
    assert (profile["newsletter"], profile["setBirthday"]) == (True, True)
