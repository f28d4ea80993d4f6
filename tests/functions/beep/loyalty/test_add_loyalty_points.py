"""addLoyaltyPoints: as asked, or as the rules compute it; once for one transaction or key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.domain.accounts.packages import Package
from shared.store import client
from tests.conftest import Clock
from tests.support import amounts, stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "addLoyaltyPoints"
MANY = 10**12


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with nothing."""
    return merchant.member("points")


def expected(member: Member, answer: Answer, **fields: Any) -> dict[str, Any]:
    """Return the whole answer to an award of 50 to nobody special, but for these fields."""
    return {
        "success": True,
        **member.ids,
        "entryId": answer.body["entryId"],
        "pointsAdded": 50,
        "pointsPending": 0,
        "pendingUntil": None,
        "pointsRequested": 50,
        "cappedBy": None,
        "reason": None,
        "madeOf": None,
        "previousBalance": 0,
        "newBalance": 50,
        "currentTier": None,
        "transactionId": None,
        **fields,
    }


def purchase(member: Member, amount: object, **fields: Any) -> Answer:
    return member.add(purchaseAmount=amount, **fields)


def test_adds_points(member: Member) -> None:
    answer = member.add(points=50, transactionId="PB-TXN-9876")

    assert answer.status == 200
    assert answer.body == expected(member, answer, transactionId="PB-TXN-9876")
    assert not answer.is_replay
    assert member.balance()["currentBalance"] == 50
    assert stored.units(member) == [50]
    stored.assert_sound(member)


def test_takes_the_python_sample_in_snake_case(member: Member) -> None:
    body = {
        "program_id": member.program_id,
        "user_id": member.user_id,
        "points": 50,
        "transaction_id": "PB-TXN-9876",
    }

    answer = member.api(ACTION, body)

    assert answer.status == 200
    assert answer.body == expected(member, answer, transactionId="PB-TXN-9876")


def test_takes_the_dart_sample_with_a_source(member: Member) -> None:
    answer = member.add(points=50, source="external_pos")

    assert answer.status == 200
    assert answer.body == expected(member, answer)
    assert [entry.source for entry in stored.entries(member)] == ["external_pos"]


def test_a_field_in_both_spellings_is_refused(member: Member) -> None:
    with nothing_written():
        answer = member.add(points=50, program_id="lp_other", user_id="other")

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert answer.body["details"]["fields"].keys() == {"programId", "userId"}


def test_keeps_what_the_entry_is_about(member: Member) -> None:
    member.add(points=50, purchaseAmount=28.5, description="Brunch", transactionId="t1")

    (entry,) = stored.entries(member)
    assert (entry.units, entry.requested_units, entry.purchase_amount) == (50, 50, "28.5")
    assert (entry.description, entry.transaction_id) == ("Brunch", "t1")


def test_explicit_points_win_over_the_purchase(member: Member) -> None:
    assert member.add(points=1, purchaseAmount=28.5).body["pointsAdded"] == 1


def test_takes_a_whole_number_written_with_decimals(member: Member) -> None:
    answer = amounts.send(member.api, ACTION, member.ids, "10.0")

    assert answer.status == 200
    assert answer.body["pointsAdded"] == 10
    assert stored.units(member) == [10]


def test_takes_the_maximum(member: Member) -> None:
    assert member.add(points=1_000_000_000).body["newBalance"] == 1_000_000_000


@pytest.mark.parametrize(("points", "problem"), amounts.REFUSED)
def test_refuses_an_amount(member: Member, points: str, problem: str) -> None:
    with nothing_written():
        answer = amounts.send(member.api, ACTION, member.ids, points)

    amounts.assert_amount_refused(answer, problem)
    assert member.balance()["currentBalance"] == 0
    assert stored.entries(member) == []


@pytest.mark.parametrize("name", amounts.NO_NUMBERS)
def test_refuses_what_is_no_json_number(member: Member, name: str) -> None:
    with nothing_written():
        answer = amounts.send(member.api, ACTION, member.ids, name)

    amounts.assert_no_number(answer, name)
    assert stored.entries(member) == []


@pytest.mark.parametrize("fields", [{}, {"points": None}, {"purchaseAmount": None}])
def test_needs_to_know_how_much(member: Member, fields: dict[str, Any]) -> None:
    with nothing_written():
        answer = member.add(**fields)

    problem = "needs points, purchaseAmount, purchaseLines or purchaseCount"
    assert_fields_refused(answer, {"body": problem})


def test_refuses_an_amount_and_lines_together(member: Member) -> None:
    with nothing_written():
        answer = member.add(purchaseAmount=10, purchaseLines=[{"amount": 10}])

    problem = "takes one of purchaseAmount, purchaseLines and purchaseCount"
    assert_fields_refused(answer, {"body": problem})


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"programId": ""}, {"programId": "must have at least 1 characters"}),
        ({"programId": "  "}, {"programId": "must not be blank"}),
        ({"programId": 5}, {"programId": "must be a string"}),
        ({"userId": "u" * 129}, {"userId": "must have at most 128 characters"}),
        ({"transactionId": ""}, {"transactionId": "must have at least 1 characters"}),
        ({"source": ""}, {"source": "must have at least 1 characters"}),
        ({"description": "x" * 501}, {"description": "must have at most 500 characters"}),
        ({"purchaseAmount": -0.01}, {"purchaseAmount": "must be at least 0"}),
        ({"purchaseAmount": 10_000_001}, {"purchaseAmount": "must be at most 10000000"}),
        ({"purchaseLines": []}, {"purchaseLines": "must have at least 1 items"}),
        ({"purchaseLines": [{}]}, {"purchaseLines[0].amount": "is required"}),
        (
            {"purchaseLines": [{"amount": 1, "type": "gift"}]},
            {
                "purchaseLines[0].type": (
                    "must be one of 'item', 'discount', 'reward', 'voucher', 'gift_card', "
                    "'deposit', 'tip' or 'shipping'"
                )
            },
        ),
        ({"bonus": 1}, {"bonus": "is not a known field"}),
        (
            {"bonus": 1, "more": 2},
            {"bonus": "is not a known field", "more": "is not a known field"},
        ),
    ],
)
def test_refuses_a_field(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = member.add(**{"points": 50, **fields})

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize("missing", ["programId", "userId"])
def test_requires(member: Member, missing: str) -> None:
    body = {name: value for name, value in member.ids.items() if name != missing}

    with nothing_written():
        answer = member.api(ACTION, {**body, "points": 50})

    assert_fields_refused(answer, {missing: "is required"})


@pytest.mark.parametrize(
    ("amount", "points"),
    [(9.99, 99), (5, 50), (5.0, 50), (10.09, 100), (0.1 + 4.9, 50), (5.01, 50), (99.99, 999)],
)
def test_computes_points_rounded_down(member: Member, amount: float, points: int) -> None:
    answer = purchase(member, amount)

    made_of = answer.body["madeOf"]
    assert answer.body == expected(
        member,
        answer,
        pointsAdded=points,
        pointsRequested=points,
        newBalance=points,
        madeOf=made_of,
    )
    assert (made_of["rule"], made_of["tierMultiplier"]) == ("pointsPerEuro", 1)
    assert int(made_of["basePoints"]) == points


def test_a_purchase_below_the_minimum_earns_nothing(member: Member) -> None:
    with nothing_written():
        answer = purchase(member, 4.99)

    assert answer.status == 200
    assert answer.body == expected(
        member,
        answer,
        entryId=None,
        pointsAdded=0,
        pointsRequested=0,
        reason="minimum_purchase",
        newBalance=0,
    )
    assert member.balance()["currentBalance"] == 0


def test_only_what_the_program_counts_earns(merchant: Merchant) -> None:
    base = {"taxMode": "net", "vatPercent": 19, "excludedCategories": ["tobacco"]}
    member = merchant.member("points", earningBase=base)
    lines = [
        {"amount": 23.8, "category": "coffee"},
        {"amount": 10.7, "vatPercent": 7},
        {"amount": 34.5, "category": "tobacco"},
        {"amount": -6.9, "type": "discount"},
        {"amount": 50, "type": "gift_card"},
    ]

    answer = member.add(purchaseLines=lines, transactionId="t1")

    # A tenth is off; 21.42 less 19 % and 9.63 less 7 % are 18 and 9.
    assert answer.body["pointsAdded"] == 270
    (entry,) = stored.entries(member)
    assert (entry.units, entry.purchase_amount) == (270, "112.1")


def test_a_purchase_of_what_is_excluded_earns_nothing(member: Member) -> None:
    with nothing_written():
        answer = member.add(purchaseLines=[{"amount": 50, "type": "gift_card"}])

    assert answer.status == 200
    assert (answer.body["pointsAdded"], answer.body["reason"]) == (0, "nothing_that_earns")


def test_lines_that_say_something_else_are_another_purchase(member: Member) -> None:
    coffee, tea = {"amount": 10, "category": "coffee"}, {"amount": 10, "category": "tea"}
    member.add(purchaseLines=[coffee, tea], transactionId="t1")

    again = member.add(purchaseLines=[tea, coffee], transactionId="t1")
    with nothing_written():
        other = member.add(purchaseLines=[coffee, coffee], transactionId="t1")

    assert (again.status, again.body["pointsAdded"]) == (200, 200)
    assert again.is_replay
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert stored.units(member) == [200]


def test_a_purchase_of_nothing_earns_nothing(member: Member) -> None:
    with nothing_written():
        answer = purchase(member, 0)

    assert (answer.body["pointsAdded"], answer.body["reason"]) == (0, "nothing_paid")


def test_a_purchase_worth_less_than_a_point_earns_nothing(merchant: Merchant) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 0.5})

    with nothing_written():
        answer = purchase(member, 1.99)

    assert (answer.body["pointsAdded"], answer.body["reason"]) == (0, "below_one_unit")


def test_binary_fractions_do_not_cost_a_point(merchant: Merchant) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 100})

    # In binary, 0.29 * 100 is 28.999999999999996.
    assert purchase(member, 0.29).body["pointsAdded"] == 29
    assert purchase(member, 1.15).body["pointsAdded"] == 115


# JavaScript's 0.1 + 0.2, 1.1 * 3 and 4.35 * 100 / 100.
NOISY = [(0.30000000000000004, 0.3), (3.3000000000000003, 3.3), (4.3500000000000005, 4.35)]


@pytest.mark.parametrize(("sent", "read"), NOISY)
def test_an_amount_that_javascript_computed_is_read_as_its_cents(
    merchant: Merchant, sent: float, read: float
) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 100})

    first = purchase(member, sent, transactionId="t1")
    with nothing_written():
        again = purchase(member, read, transactionId="t1")

    assert (first.status, first.body["pointsAdded"]) == (200, int(read * 100 + 0.5))
    assert (again.body, again.is_replay) == (first.body, True)
    (entry,) = stored.entries(member)
    assert entry.purchase_amount == str(read)


@pytest.mark.parametrize("fields", [{}, {"points": 5}])
@pytest.mark.parametrize("amount", [12.994, 4.995, 0.001])
def test_an_amount_that_nobody_can_pay_is_refused(
    merchant: Merchant, amount: float, fields: dict[str, Any]
) -> None:
    member = merchant.member("points")

    with nothing_written():
        answer = purchase(member, amount, **fields)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    problem = "must be an amount in EUR, with at most 2 decimals"
    assert answer.body["details"]["fields"] == {"purchaseAmount": problem}


def test_lines_may_be_finer_than_a_cent_if_their_sum_is_not(merchant: Merchant) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 100})

    halves = member.add(purchaseLines=[{"amount": 1.005}, {"amount": 2.005}])
    with nothing_written():
        fine = member.add(purchaseLines=[{"amount": 1.005}])

    assert (halves.body["pointsAdded"], fine.status) == (301, 400)


def test_lines_and_cashback_that_javascript_computed_are_read_as_their_cents(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 10})
    saver = merchant.member("cashback")

    by_lines = member.add(
        purchaseLines=[{"amount": 0.1 + 0.2}, {"amount": -(0.1 + 0.2), "type": "discount"}]
    )
    first = saver.add("k1", points=0.1 + 0.2)
    again = saver.add("k1", points=0.3)

    assert (by_lines.status, by_lines.body["reason"]) == (200, "nothing_paid")
    assert (first.status, first.body["newBalance"]) == (200, 0.3)
    assert (again.body, again.is_replay) == (first.body, True)
    assert stored.units(saver) == [30]


@pytest.mark.parametrize("points", [12.994, 4.995, 0.3000001])
def test_what_is_finer_than_a_cent_is_not_rounded(merchant: Merchant, points: float) -> None:
    saver = merchant.member("cashback")

    with nothing_written():
        answer = saver.add(points=points)

    assert_fields_refused(answer, {"points": "must be a number with at most 2 decimals"})
    assert stored.units(saver) == []


def test_lines_are_added_exactly(merchant: Merchant) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 10})

    # In binary, 0.1 + 0.2 is more than 0.3.
    answer = member.add(purchaseLines=[{"amount": 0.1}, {"amount": 0.2}])

    assert (answer.body["pointsAdded"], answer.body["newBalance"]) == (3, 3)


@pytest.mark.parametrize(
    ("lines", "points"),
    [
        ([{"amount": 20}, {"amount": -5, "type": "discount"}], 150),
        ([{"amount": 20}, {"amount": -20, "type": "reward"}], 0),
        ([{"amount": 20}, {"amount": 20, "type": "reward"}], 200),
        ([{"amount": 20}, {"amount": -50, "type": "discount"}], 0),
        ([{"amount": 20}, {"amount": -4, "type": "item"}], 160),
    ],
)
def test_discounts_and_rewards_do_not_earn(
    member: Member, lines: list[dict[str, Any]], points: int
) -> None:
    assert member.add(purchaseLines=lines).body["pointsAdded"] == points


def test_a_purchase_gives_its_stamps(merchant: Merchant) -> None:
    member = merchant.member("stamps", rules={"requiredStamps": 10, "stampsPerPurchase": 2})

    assert purchase(member, 0.5).body["newBalance"] == 2
    assert purchase(member, 500).body["newBalance"] == 4


def test_cashback_is_capped_and_says_so(merchant: Merchant) -> None:
    member = merchant.member("cashback")

    answer = purchase(member, 200.0)

    assert answer.body == expected(
        member,
        answer,
        pointsAdded=5,
        pointsRequested=6,
        cappedBy="maxCashbackPerTransaction",
        newBalance=5,
        madeOf={
            "rule": "cashbackPercentage",
            "base": 200,
            "basePoints": 6,
            "tierMultiplier": 1,
            "campaigns": [],
        },
    )
    assert stored.units(member) == [500]


def test_cashback_is_rounded_down_to_cents(merchant: Merchant) -> None:
    member = merchant.member("cashback")

    # 3 % of 9.99 are 0.2997.
    assert purchase(member, 9.99).body["newBalance"] == 0.29
    assert stored.units(member) == [29]


def test_cashback_takes_cents_and_nothing_finer(merchant: Merchant) -> None:
    member = merchant.member("cashback")

    assert member.add(points=1.5).body["newBalance"] == 1.5
    with nothing_written():
        answer = member.add(points=1.005)

    assert_fields_refused(answer, {"points": "must be a number with at most 2 decimals"})
    assert stored.units(member) == [150]


def test_cashback_follows_the_currency_of_the_store(
    new_merchant: Callable[..., Merchant],
) -> None:
    yen = new_merchant(Package.PRIME, currency="JPY").member("cashback")
    dinar = new_merchant(Package.PRIME, currency="KWD").member("cashback")

    assert yen.add(points=15).body["newBalance"] == 15
    assert_fields_refused(yen.add(points=1.5), {"points": "must be a whole number"})
    assert dinar.add(points=1.005).body["newBalance"] == 1.005


def test_cashback_has_its_own_maximum(merchant: Merchant) -> None:
    member = merchant.member("cashback")

    assert member.add(points=10_000_000).body["newBalance"] == 10_000_000
    with nothing_written():
        answer = member.add(points=10_000_000.01)

    assert_fields_refused(answer, {"points": "must be from 0 to 10000000.00"})


@pytest.mark.parametrize(
    ("points", "tier"), [(499, "Bronze"), (500, "Silber"), (1499, "Silber"), (1500, "Gold")]
)
def test_a_tier_is_reached_exactly_at_its_threshold(
    merchant: Merchant, points: int, tier: str
) -> None:
    member = merchant.member("tier")

    assert member.add(points=points).body["currentTier"] == tier
    assert member.balance()["currentTier"] == tier


def test_a_balance_has_a_limit(member: Member) -> None:
    # What 10 ** 6 of the largest awards would have booked.
    snapshot = client.get_one(f"loyaltyMembers/{member.membership_id}")
    full = {
        "balanceUnits": 10**15 - 10,
        "earnedUnits": 10**15 - 10,
        "lifetimeUnits": 10**15 - 10,
        "lots": [{"units": 10**15 - 10, "expiresAt": None}],
    }
    client.commit([client.Update(snapshot, full)])

    with nothing_written():
        answer = member.add(points=11)

    message = "The membership would hold more than it may."
    assert_refused(answer, 400, "BALANCE_LIMIT_EXCEEDED", message=message)
    assert member.add(points=10).body["newBalance"] == 10**15


# Refusals


def test_refuses_an_unknown_program(member: Member) -> None:
    with nothing_written():
        answer = member.api(ACTION, {**member.ids, "programId": "lp_absent", "points": 50})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_refuses_who_is_not_enrolled(member: Member) -> None:
    with nothing_written():
        answer = member.other("user_2").add(points=50)

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND", message="User user_2 is not enrolled.")


@pytest.mark.parametrize("amount", [{"points": 50}, {"purchaseAmount": 1}])
def test_an_inactive_program_grants_nothing(member: Member, amount: dict[str, int]) -> None:
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    with nothing_written():
        answer = member.add(**amount)

    details = {"programId": member.program_id}
    assert_refused(answer, 400, "PROGRAM_INACTIVE", details, message="The program is not active.")
    assert stored.entries(member) == []


def test_the_store_that_is_named_must_be_the_programs(member: Member) -> None:
    own = {"storeId": member.merchant.store_id}

    assert member.add(points=50, **own).status == 200
    with nothing_written():
        answer = member.add(points=50, storeId="store_other")
        by_header = member.api(ACTION, {**member.ids, "points": 50}, X_Beep_Store_Id="store_other")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert_refused(by_header, 404, "PROGRAM_NOT_FOUND")
    assert member.balance()["currentBalance"] == 50


# Idempotency


def test_a_transaction_is_booked_once(member: Member) -> None:
    first = member.add(points=50, transactionId="t1")
    with nothing_written():
        second = member.add(points=50, transactionId="t1")

    assert (second.status, second.body) == (200, first.body)
    assert (first.is_replay, second.is_replay) == (False, True)
    assert stored.units(member) == [50]
    stored.assert_sound(member)


def test_a_key_is_booked_once(member: Member) -> None:
    first = member.add("k1", points=50)
    with nothing_written():
        second = member.add("k1", points=50)

    assert (second.status, second.body) == (200, first.body)
    assert (first.is_replay, second.is_replay) == (False, True)
    assert stored.units(member) == [50]


def test_a_repeated_request_is_answered_as_at_first_whatever_happened_since(
    member: Member,
) -> None:
    first = member.add("k1", points=50)
    member.earn(30)
    member.redeem(70)
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    assert member.add("k1", points=50).body == first.body
    assert stored.units(member) == [50, 30, -70]


def test_a_repeated_request_may_spell_its_amount_differently(member: Member) -> None:
    first = member.add("k1", points=50, transactionId="t1")
    body = {**member.ids, "transactionId": "t1"}

    again = amounts.send(member.api, ACTION, body, "50.0")

    assert again.body == {**first.body, "duplicate": True}
    assert stored.units(member) == [50]


def test_a_key_with_another_amount_is_refused(member: Member) -> None:
    member.add("k1", points=50)

    with nothing_written():
        answer = member.add("k1", points=60)

    message = "The Idempotency-Key was used for a different request."
    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", message=message)
    assert member.balance()["currentBalance"] == 50
    assert stored.units(member) == [50]


def test_a_key_of_one_user_is_refused_for_another(member: Member) -> None:
    other = member.other("user_2")
    other.enroll()
    member.add("k1", points=50)

    with nothing_written():
        answer = other.add("k1", points=50)

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert other.balance()["currentBalance"] == 0


def test_a_transaction_under_another_key_is_a_duplicate(member: Member) -> None:
    first = member.add("k1", points=50, transactionId="t1")

    second = member.add("k2", points=50, transactionId="t1")
    with nothing_written():
        again = member.add("k2", points=50, transactionId="t1")
        without_key = member.add(points=50, transactionId="t1")

    assert (second.status, second.body) == (200, {**first.body, "duplicate": True})
    assert again.body == without_key.body == second.body
    assert stored.units(member) == [50]


def test_the_key_of_a_duplicate_serves_for_nothing_else(member: Member) -> None:
    member.add("k1", points=50, transactionId="t1")
    member.add("k2", points=50, transactionId="t1")

    with nothing_written():
        answer = member.add("k2", points=70, transactionId="t2")

    assert (answer.status, answer.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert stored.units(member) == [50]


def test_a_transaction_with_another_amount_is_refused(member: Member) -> None:
    first = member.add("k1", points=50, transactionId="t1")

    with nothing_written():
        answer = member.add("k2", points=60, transactionId="t1")

    details = {
        "entryId": first.body["entryId"],
        "transactionId": "t1",
        "bookedBy": "addLoyaltyPoints",
    }
    message = "The transaction was booked before with other values."
    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", details, message=message)
    assert member.balance()["currentBalance"] == 50


def test_a_transaction_with_another_purchase_is_refused(member: Member) -> None:
    purchase(member, 10, transactionId="t1")

    with nothing_written():
        answer = purchase(member, 10.01, transactionId="t1")

    assert answer.error == "IDEMPOTENCY_KEY_REUSED"
    assert stored.units(member) == [100]


def test_a_transaction_counts_in_each_program(member: Member, merchant: Merchant) -> None:
    other = merchant.member("points")

    member.add(points=50, transactionId="t1")
    answer = other.add(points=50, transactionId="t1")

    assert answer.body == expected(other, answer, transactionId="t1")
    assert (stored.units(member), stored.units(other)) == ([50], [50])


def test_a_transaction_counts_for_each_user(member: Member) -> None:
    other = member.other("user_2")
    other.enroll()

    member.add(points=50, transactionId="t1")

    assert other.add(points=50, transactionId="t1").body["newBalance"] == 50


def test_a_key_counts_for_each_action(member: Member) -> None:
    member.add("k1", points=50)

    assert member.redeem(50, "k1").body["newBalance"] == 0


def test_a_key_counts_for_each_account(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant().member("points")
    member.add("k1", points=50)

    assert other.add("k1", points=50).body["newBalance"] == 50


def test_a_key_that_was_refused_may_be_used_again(member: Member) -> None:
    assert member.add("k1", points=-5).status == 400
    assert member.other("user_2").add("k1", points=5).status == 404

    answer = member.add("k1", points=5)

    assert (answer.status, answer.is_replay, answer.body["newBalance"]) == (200, False, 5)


def test_a_test_key_and_a_live_key_do_not_share_idempotency_keys(member: Member) -> None:
    body = {**member.ids, "points": 50}
    sandbox = member.merchant.sandbox

    assert sandbox(ACTION, {**body, "points": 60}, idempotency_key="k1").status == 200
    answer = member.api(ACTION, body, idempotency_key="k1")
    assert sandbox(ACTION, {**body, "points": 70}, idempotency_key="k1").status == 200

    assert (answer.status, answer.is_replay) == (200, False)
    assert member.balance()["currentBalance"] == 50


@pytest.mark.usefixtures("frozen_clock")
def test_an_answer_that_was_lost_is_given_again_20_minutes_later(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points")
    first = member.add("k1", points=50)
    frozen_clock.advance(minutes=20)

    with nothing_written():
        again = member.add("k1", points=50)

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert stored.units(member) == [50]


def test_a_key_is_kept_for_30_days(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points")
    first = purchase(member, 1, idempotency_key="k1")
    frozen_clock.advance(days=30, seconds=-1)
    within = purchase(member, 1, idempotency_key="k1")
    frozen_clock.advance(seconds=1)

    after = purchase(member, 10, idempotency_key="k1")

    assert (within.body, within.is_replay) == (first.body, True)
    assert (after.body["newBalance"], after.is_replay) == (100, False)


def test_a_transaction_is_never_forgotten(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points")
    first = member.add("k1", points=50, transactionId="t1")
    frozen_clock.advance(days=4000)

    assert member.add("k2", points=50, transactionId="t1").body == {**first.body, "duplicate": True}
    assert stored.units(member) == [50]


def test_nothing_awarded_is_remembered_too(member: Member) -> None:
    first = purchase(member, 4.99, idempotency_key="k1")
    member.api.ok(
        "updateLoyaltyProgram",
        {"programId": member.program_id, "rules": {"pointsPerEuro": 10}},
    )
    member.earn(7)

    with nothing_written():
        again = purchase(member, 4.99, idempotency_key="k1")

    assert (again.body, again.is_replay) == (first.body, True)
    assert stored.units(member) == [7]


def test_ids_from_outside_are_taken_as_they_are(merchant: Merchant) -> None:
    member = merchant.member("points")
    odd = member.other("../ä/__x__ %2F")
    odd.enroll()

    answer = odd.add(points=50, transactionId="a/b")

    assert answer.body == expected(odd, answer, transactionId="a/b")
    assert odd.add(points=50, transactionId="a%2Fb").body["newBalance"] == 100
    assert odd.balance()["userId"] == odd.user_id
    stored.assert_sound(odd)


# Sandbox


def test_the_sandbox_answers_with_mock_data_and_writes_nothing(merchant: Merchant) -> None:
    body = {"programId": "lp_1", "userId": "u1", "points": 30, "transactionId": "t1"}

    with nothing_written():
        answer = merchant.sandbox(ACTION, body, idempotency_key="k1")

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": "lp_1",
        "userId": "u1",
        "entryId": "le_abc123",
        "pointsAdded": 30,
        "pointsPending": 0,
        "pendingUntil": None,
        "pointsRequested": 30,
        "cappedBy": None,
        "reason": None,
        "madeOf": None,
        "previousBalance": 142,
        "newBalance": 172,
        "currentTier": "Silber",
        "transactionId": "t1",
        "_sandbox": True,
    }


def test_the_sandbox_validates(merchant: Merchant) -> None:
    body = {"programId": "lp_1", "userId": "u1"}

    for points, problem in (("-5", amounts.POSITIVE), ("1000000001", amounts.TOO_MUCH)):
        with nothing_written():
            answer = amounts.send(merchant.sandbox, ACTION, body, points)
        amounts.assert_amount_refused(answer, problem)


@pytest.mark.usefixtures("persons")
def test_a_cashier_earns_nothing_by_the_own_booking(member: Member) -> None:
    cashier = hired(member.merchant, "cashier", member.user_id)
    manager = hired(member.merchant, "manager", "uid_manager")
    other, purchase = member.other("user_2"), {"purchaseAmount": 10}
    other.enroll()
    body = {**member.ids, **purchase}

    with nothing_written():
        refused = cashier("addLoyaltyPoints", body)
    assert_refused(refused, 403, "OWN_MEMBERSHIP")

    assert cashier("addLoyaltyPoints", {**other.ids, **purchase}).status == 200
    assert manager("addLoyaltyPoints", body).status == 200


@pytest.mark.usefixtures("persons")
def test_neither_for_the_member_into_whom_a_cashier_was_merged(member: Member) -> None:
    card = member.other("uid_lena")
    card.enroll()
    merged = {"fromUserId": "uid_lena", "intoUserId": member.user_id}
    member.api.ok("mergeMembers", merged)
    cashier = hired(member.merchant, "cashier", "uid_lena")

    for each in (member, card):
        with nothing_written():
            refused = cashier("addLoyaltyPoints", {**each.ids, "purchaseAmount": 10})
        assert_refused(refused, 403, "OWN_MEMBERSHIP")


def ago(**before: float) -> str:
    return clock.to_wire(clock.utc_now() - timedelta(**before))


def test_what_a_till_tells_late_counts_on_its_day(merchant: Merchant, frozen_clock: Clock) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 1}, pointsExpiry={"afterDays": 10})
    campaign = {"programId": member.program_id, "name": "Double", "multiplier": 2}
    member.api.ok("createCampaign", {**campaign, "endsAt": ago(hours=-1)})
    frozen_clock.advance(days=1)

    before = purchase(member, 10, transactionId="t1", occurredAt=ago(days=1)).body
    now = purchase(member, 10, transactionId="t2").body

    assert [each["pointsAdded"] for each in (before, now)] == [20, 10]
    first, second = stored.entries(member)
    assert (first.occurred_at, second.occurred_at) == (
        frozen_clock.now - timedelta(days=1),
        None,
    )
    assert first.lot_expires_at is not None
    assert second.lot_expires_at is not None
    assert second.lot_expires_at - first.lot_expires_at == timedelta(days=1)
    stored.assert_sound(member)


def test_a_till_that_got_no_answer_tells_the_time_later(member: Member) -> None:
    body = {**member.ids, "purchaseAmount": 10, "transactionId": "t1"}
    first = member.api(ACTION, body, idempotency_key="t1").body
    again = member.api(ACTION, {**body, "occurredAt": ago(hours=3)}).body

    assert (again["entryId"], again["duplicate"]) == (first["entryId"], True)
    assert member.balance()["currentBalance"] == first["newBalance"]


def test_a_limit_counts_the_day_of_the_purchase(merchant: Merchant) -> None:
    limits = {"maxPerDay": 10}
    member = merchant.member("points", rules={"pointsPerEuro": 1}, earningLimits=limits)

    now = purchase(member, 10).body["pointsAdded"]
    full = purchase(member, 10).body["pointsAdded"]
    before = purchase(member, 10, transactionId="t1", occurredAt=ago(days=1)).body["pointsAdded"]

    assert (now, full, before) == (10, 0, 10)


def test_clocks_may_be_ahead_but_nothing_is_bought_tomorrow(
    frozen_clock: Clock, member: Member
) -> None:
    assert purchase(member, 10, transactionId="t1", occurredAt=ago(minutes=-4)).status == 200
    assert stored.entries(member)[-1].occurred_at == frozen_clock.now

    body = {**member.ids, "purchaseAmount": 10, "occurredAt": ago(minutes=-6)}
    with nothing_written():
        answers = [api(ACTION, body) for api in (member.api, member.merchant.sandbox)]
    for answer in answers:
        assert_fields_refused(answer, {"occurredAt": "must not be in the future"})


@pytest.mark.usefixtures("persons")
def test_a_cashier_tells_of_the_last_7_days(member: Member) -> None:
    cashier = hired(member.merchant, "cashier", "uid_cashier")
    body = {**member.ids, "purchaseAmount": 10}

    with nothing_written():
        refused = cashier(ACTION, {**body, "occurredAt": ago(days=7, seconds=1)})
    problem = "must be in the last 7 days for cashiers"
    assert_fields_refused(refused, {"occurredAt": problem})

    assert cashier(ACTION, {**body, "occurredAt": ago(days=6, hours=23)}).status == 200
    assert member.api(ACTION, {**body, "occurredAt": ago(days=8)}).status == 200
