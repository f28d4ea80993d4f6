"""Receipts of tills earn by all that a program says: base, tiers, campaigns and limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.services.systems.receipt_points import ReceiptOutcome
from shared.store.loyalty import campaign_documents
from tests.support.branches import TickingClock
from tests.support.merchants import Merchant
from tests.support.receipts import ISSUED, ReceiptTill, book, exchange, receipt, row, void
from tests.support.stored import assert_sound, entries, membership, units

pytestmark = pytest.mark.usefixtures("ticking")

RULES = {"pointsPerEuro": 1}


def till_of(merchant: Merchant, **fields: Any) -> ReceiptTill:
    return ReceiptTill(merchant.member("points", **{"rules": RULES, **fields}))


def campaign(till: ReceiptTill, **fields: Any) -> str:
    body = {
        "programId": till.anna.program_id,
        "name": "Aktion",
        "startsAt": "2026-03-01T00:00:00Z",
        **fields,
    }
    return str(till.anna.api.ok("createCampaign", body)["campaign"]["campaignId"])


def line(amount: str, kind: str = "item", **fields: Any) -> PurchaseLine:
    return PurchaseLine(Decimal(amount), LineType(kind), **fields)


COFFEE_AND_TOBACCO = (
    line("30", category="coffee", vat_percent=Decimal(7)),
    line("10", category="tobacco", vat_percent=Decimal(19)),
)


def sold(amount: int = 4000, **fields: Any) -> Receipt:
    return receipt(amount, **{"lines": COFFEE_AND_TOBACCO, **fields})


def back(amount: int, *lines: PurchaseLine) -> Receipt:
    return exchange(1, amount, kind=ReceiptKind.VOID, lines=lines)


def test_excluded_lines_earn_nothing_and_take_nothing_when_they_come_back(
    merchant: Merchant,
) -> None:
    till = till_of(merchant, earningBase={"excludedCategories": ["tobacco"]})
    book(till, sold())
    assert units(till.anna) == [30]

    book(till, back(-1000, line("-10", category="tobacco")))
    assert units(till.anna) == [30]

    coffee = exchange(2, -1000, kind=ReceiptKind.VOID, lines=(line("-10", category="coffee"),))
    book(till, coffee)
    assert units(till.anna) == [30, -10]
    (earned, _) = entries(till.anna)
    assert earned.made_of is not None
    assert (earned.made_of.rule, earned.made_of.base) == ("pointsPerEuro", "30")
    assert_sound(till.anna)


def test_taxes_are_left_out_if_the_program_says_so(merchant: Merchant) -> None:
    base = {"taxMode": "net", "vatPercent": 19}
    till = till_of(merchant, earningBase=base)

    # Without lines it is the rate of the program, with lines that of each.
    book(till, receipt(1190))
    book(till, receipt(1070, external_id="R-2", lines=(line("10.70", vat_percent=Decimal(7)),)))
    assert units(till.anna) == [10, 10]

    book(till, exchange(1, -595, kind=ReceiptKind.VOID))
    assert units(till.anna) == [10, 10, -5]


def test_the_base_of_the_day_stays_and_all_the_money_takes_all_the_points(
    merchant: Merchant,
) -> None:
    till = till_of(merchant, earningBase={"excludedCategories": ["tobacco"]})
    book(till, sold())
    body = {"programId": till.anna.program_id, "earningBase": {"taxMode": "net", "vatPercent": 19}}
    till.anna.api.ok("updateLoyaltyProgram", body)
    before = entries(till.anna)

    book(till, sold(), sold(revision=7))
    assert entries(till.anna) == before

    book(till, back(-4000, *(line(f"-{each.amount}") for each in COFFEE_AND_TOBACCO)))
    assert sum(units(till.anna)) == 0


def test_vouchers_earn_if_the_program_says_so(merchant: Merchant) -> None:
    lines = (line("10"), line("25", "voucher"), line("2", "tip"))
    usual = till_of(merchant)
    book(usual, receipt(1000, lines=lines))
    till = till_of(merchant, earningBase={"excludedTypes": ["tip"]})
    book(till, receipt(1000, lines=lines))

    assert (units(usual.anna), units(till.anna)) == ([10], [35])


def test_lines_that_were_not_paid_in_full_grant_no_more_than_the_eligible_amount(
    merchant: Merchant,
) -> None:
    till = till_of(merchant, earningBase={"excludedCategories": ["tobacco"]})

    book(till, sold(2000))

    assert units(till.anna) == [15]


TIERS = [
    {"name": "Bronze", "minPoints": 0},
    {"name": "Gold", "minPoints": 100, "multiplier": 2},
]


def test_tiers_and_campaigns_multiply_and_the_entry_says_so(merchant: Merchant) -> None:
    till = ReceiptTill(merchant.member("tier", rules={**RULES, "tiers": TIERS}))
    campaign_id = campaign(till, multiplier=2, categories=["coffee"])

    book(till, receipt(10_000, external_id="R-0"), sold())

    _, entry = entries(till.anna)
    assert entry.made_of is not None
    assert (entry.units, entry.requested_units, entry.earning_method) == (140, 140, None)
    assert (entry.made_of.base, entry.made_of.tier_multiplier) == ("40", "2")
    assert [(each.campaign_id, each.points) for each in entry.made_of.campaigns] == [
        (campaign_id, "60")
    ]


def test_a_campaign_holds_for_what_was_sold_in_its_time_whenever_it_is_read(
    merchant: Merchant, ticking: TickingClock
) -> None:
    till = till_of(merchant)
    ends_at = (ISSUED + timedelta(hours=1)).isoformat()
    campaign(till, bonus=50, endsAt=ends_at)
    ticking.advance(timedelta(days=2))

    late = receipt(external_id="R-2", issued_at=ISSUED + timedelta(hours=2))
    book(till, receipt(), late)

    assert units(till.anna) == [60, 10]


@pytest.mark.parametrize(
    "fields", [{"multiplier": 2}, {"bonus": 7}, {"bonus": 7, "minimumSpend": 12}]
)
def test_a_purchase_has_a_campaign_once_in_any_order_of_its_receipts(
    merchant: Merchant, fields: dict[str, Any]
) -> None:
    till = till_of(merchant)
    campaign(till, **fields)
    expected = 30 if "multiplier" in fields else 22
    receipts = [receipt(1000), exchange(1, 500, customer_id="user_1"), exchange(2, -300)]

    for number, order in enumerate(permutations(receipts)):
        names = {"R-1": f"R-{number}"}
        renamed = [_renamed(each, f"{number}-", names) for each in order]
        book(till, *renamed)
        assert sum(units(till.anna)) == (expected - expected * 3 // 15) * (number + 1), order
        before = entries(till.anna)
        book(till, *renamed, *renamed)
        assert entries(till.anna) == before
    assert_sound(till.anna)


def _renamed(one: Receipt, prefix: str, names: dict[str, str]) -> Receipt:
    external_id = names.get(one.external_id, prefix + one.external_id)
    voids = names.get(one.voids or "", one.voids)
    return replace(one, external_id=external_id, voids=voids)


def test_the_uses_of_a_campaign_are_counted_once_a_purchase(merchant: Merchant) -> None:
    till = till_of(merchant)
    campaign_id = campaign(till, multiplier=3, limitPerMember=2, limitTotal=2)

    book(till, receipt(1000), exchange(1, 500))
    assert units(till.anna) == [30, 15]
    (use,) = membership(till.anna).counted.campaigns
    assert (use.times, membership(till.anna).counted.purchases) == (1, 1)
    assert campaign_documents.count_uses(till.anna.program_id, campaign_id) == 1

    book(till, receipt(1000, external_id="R-2"), receipt(1000, external_id="R-3"))
    assert units(till.anna) == [30, 15, 30, 10]


def test_a_campaign_for_the_first_purchase_is_for_its_additions_too(merchant: Merchant) -> None:
    till = till_of(merchant)
    campaign(till, multiplier=2, firstPurchaseOnly=True)

    book(till, receipt(1000), receipt(1000, external_id="R-2"), exchange(1, 500))

    assert units(till.anna) == [20, 10, 10]


def test_limits_are_those_of_the_day_of_the_sale_and_what_they_refuse_stays_refused(
    merchant: Merchant,
) -> None:
    till = till_of(merchant, earningLimits={"maxPerDay": 25})
    other_day = receipt(2000, external_id="R-3", issued_at=ISSUED + timedelta(hours=12))

    (first, second) = book(till, receipt(2000), receipt(2000, external_id="R-2"))
    book(till, other_day)
    assert [first.outcome, second.outcome] == [ReceiptOutcome.AWARDED] * 2
    assert units(till.anna) == [20, 5, 20]
    capped = entries(till.anna)[1]
    assert (capped.requested_units, capped.capped_by) == (20, "maxPerDay")

    # What comes back makes room for others, and not for what was refused.
    book(till, exchange(1, -1000, kind=ReceiptKind.VOID))
    book(till, receipt(2000, external_id="R-2"))
    assert units(till.anna) == [20, 5, 20, -10]
    book(till, receipt(3000, external_id="R-4"))
    assert units(till.anna)[-1] == 10
    assert_sound(till.anna)


@pytest.mark.parametrize("mode", ["truncate", "reject"])
def test_no_order_of_receipts_grants_more_than_the_limits_or_takes_what_was_granted(
    merchant: Merchant, mode: str
) -> None:
    till = till_of(merchant, earningLimits={"maxPerDay": 25, "whenExceeded": mode})
    addition = exchange(1, 1000, customer_id="user_1")

    book(till, addition)
    book(till, receipt(2000))

    expected = {"truncate": [10, 15], "reject": [10]}
    assert units(till.anna) == expected[mode]
    book(till, exchange(2, -3000, kind=ReceiptKind.VOID))
    assert sum(units(till.anna)) == 0
    assert membership(till.anna).counted.units_in("2026-03-03") == 0


def test_a_sale_that_turns_out_smaller_loses_first_what_was_refused(merchant: Merchant) -> None:
    till = till_of(merchant, earningLimits={"maxPerDay": 25})

    book(till, receipt(4000, revision=1), receipt(3000, revision=2))
    assert units(till.anna) == [25]
    book(till, receipt(2000, revision=3))
    assert units(till.anna) == [25, -5]


def test_a_file_tells_the_lines_on_which_the_program_decides(merchant: Merchant) -> None:
    till = till_of(merchant, earningBase={"excludedCategories": ["tobacco"]})
    tobacco = {"amount": 10, "category": "tobacco"}

    till.read(row("R-1", 40, lines=[{"amount": 30}, tobacco]), row("R-2", 40))
    till.read(void("V", -10, lines=[{**tobacco, "amount": -10}]))

    assert units(till.anna) == [30, 40]
