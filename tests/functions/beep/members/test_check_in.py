"""checkIn: a visit is proved, counts once, and earns what the store's programs promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.members import check_ins as rules
from shared.domain.stores import store_codes
from shared.domain.stores.stores import Coordinates
from shared.store import client, paths
from shared.store.stores import store_documents
from tests.conftest import Clock
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.traffic import watched

BERLIN = Coordinates(52.520008, 13.404954)
AT_THE_DOOR = {"latitude": 52.5205, "longitude": 13.4049, "accuracyM": 12}
FIVE_KM_AWAY = {"latitude": 52.565, "longitude": 13.404954, "accuracyM": 12}


def change(merchant: Merchant, **fields: Any) -> None:
    """Change the merchant's store, as an operator does."""
    read = client.get_one(paths.store(merchant.store_id))
    store = store_documents.decode(read)
    assert store is not None
    client.commit([store_documents.write(read, replace(store, **fields))])
    store_documents.forget(merchant.store_id)


def poster(merchant: Merchant) -> str:
    code: str = merchant.api.ok("getStoreQrCode", {"storeId": merchant.store_id})["code"]
    return code


def screen(merchant: Merchant) -> str:
    body = {"storeId": merchant.store_id, "kind": "rotating"}
    code: str = merchant.api.ok("getStoreQrCode", body)["code"]
    return code


def by_key(member: Member, **fields: Any) -> Answer:
    body = {"userId": member.user_id, "storeId": member.merchant.store_id, **fields}
    return member.api("checkIn", body)


def by_customer(member: Member, api: Api | None = None, **fields: Any) -> Answer:
    caller = api or member.merchant.customer(member.user_id)
    return caller("checkIn", {"storeId": member.merchant.store_id, **fields})


def earned(answer: Answer) -> list[tuple[float, str | None]]:
    """Return what each program granted, with the reason for nothing."""
    assert answer.status == 200, answer.body
    return [(each["points"], each["reason"]) for each in answer.body["earned"]]


def refusals(merchant: Merchant) -> dict[str, int]:
    """Return the refused check-ins that the merchant sees."""
    stats = merchant.api.ok("getCheckInStats", {"storeId": merchant.store_id})
    return {each["code"]: each["thisMonth"] for each in stats["refused"]}


@contextmanager
def only_counted(merchant: Merchant, code: str) -> Iterator[None]:
    """Assert that the block changes nothing but the counter of a refusal."""
    counted = refusals(merchant).get(code, 0)
    with watched() as traffic:
        yield
    (counter,) = traffic.written
    assert counter.startswith(paths.check_in_shards(merchant.store_id))
    assert refusals(merchant)[code] == counted + 1


@pytest.fixture
def guest(merchant: Merchant, frozen_clock: Clock) -> Member:
    """A member of a program with 5 points for a check-in, in a store with a position."""
    assert frozen_clock.now
    change(merchant, position=BERLIN)
    return merchant.member("points")


# A secret key vouches for the visit.


def test_a_key_checks_in_as_the_official_client_does(guest: Member) -> None:
    body = guest.api.ok("checkIn", {"userId": "user_1"}, X_Beep_Store_Id=guest.merchant.store_id)

    (granted,) = body["earned"]
    assert body == {
        "success": True,
        "sessionId": body["sessionId"],
        "storeId": guest.merchant.store_id,
        "userId": "user_1",
        "checkedInAt": "2026-03-03T12:00:00.000Z",
        "method": "qr",
        "earned": [
            {
                "programId": guest.program_id,
                "points": 5,
                "entryId": granted["entryId"],
                "newBalance": 5,
                "currentTier": None,
                "reason": None,
            }
        ],
    }
    assert guest.balance()["currentBalance"] == 5


def test_a_second_visit_of_the_day_is_a_visit_and_earns_nothing(guest: Member) -> None:
    first, second = by_key(guest), by_key(guest)

    assert (earned(first), earned(second)) == ([(5, None)], [(0, "per_day")])
    assert first.body["sessionId"] != second.body["sessionId"]
    assert guest.balance()["currentBalance"] == 5


def test_a_repeated_request_gets_the_first_answer(guest: Member) -> None:
    body = {"userId": "user_1", "storeId": guest.merchant.store_id}
    first = guest.api("checkIn", body, idempotency_key="k1")

    with nothing_written():
        second = guest.api("checkIn", body, idempotency_key="k1")

    assert (second.body, second.is_replay) == (first.body, True)
    assert guest.balance()["currentBalance"] == 5


def test_what_is_missing_with_a_live_key_is_named(guest: Member) -> None:
    with nothing_written():
        answer = guest.api("checkIn")

    assert_invalid(answer, userId="is required", storeId="is required")


def test_half_a_position_is_refused(guest: Member) -> None:
    with nothing_written():
        answer = by_key(guest, latitude=52.5)

    assert_invalid(answer, longitude="is required with a position")


def test_another_accounts_store_is_not_found(
    guest: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = guest.api("checkIn", {"userId": "user_1", "storeId": other.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_a_key_needs_grow_and_a_customer_only_go(
    new_merchant: Callable[..., Merchant], frozen_clock: Clock
) -> None:
    assert frozen_clock.now
    merchant = new_merchant(Package.GO)
    member = merchant.member("points")

    with nothing_written():
        refused = by_key(member)

    assert_refused(
        refused,
        403,
        "ENDPOINT_NOT_ALLOWED",
        requiredUpgrade="GROW",
        currentPackage="GO",
    )
    assert earned(by_customer(member, code=poster(merchant))) == [(5, None)]


# What a check-in earns.


@pytest.mark.parametrize(
    ("program_type", "changed", "points"),
    [
        ("points", {"pointsPerCheckin": 5}, 5),
        ("points", {}, 1),
        ("stamps", {"pointsPerCheckin": 2, "stampsPerPurchase": 3}, 2),
        ("stamps", {"stampsPerPurchase": 3}, 3),
        ("stamps", {}, 1),
        ("tier", {}, 1),
        ("cashback", {}, 0),
        ("cashback", {"pointsPerCheckin": 0.25}, 0.25),
        ("points", {"pointsPerCheckin": 0}, 0),
    ],
)
def test_earns_by_the_documented_rule(
    merchant: Merchant, program_type: str, changed: dict[str, float], points: float
) -> None:
    base: dict[str, Any] = {
        "points": {"pointsPerEuro": 10},
        "stamps": {"requiredStamps": 10},
        "tier": {"pointsPerEuro": 1, "tiers": [{"name": "Bronze", "minPoints": 0}]},
        "cashback": {"cashbackPercentage": 3},
    }[program_type]
    member = merchant.member(program_type, rules={**base, **changed})

    answer = by_key(member)

    reason = None if points else "no_points_for_check_ins"
    assert earned(answer) == [(points, reason)]
    assert member.balance()["currentBalance"] == points


def test_earns_in_each_program_that_takes_the_method_and_has_the_member(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    assert frozen_clock.now
    change(merchant, position=BERLIN)
    both = merchant.member("points")
    by_code = merchant.member("stamps", earningMethods=["qr_checkin"])
    by_position = merchant.member("tier", earningMethods=["store_checkin", "scan_and_go"])
    merchant.program("points")  # not a member
    merchant.member("points", isActive=True, earningMethods=["click_collect"])
    paused = merchant.member("points")
    merchant.api.ok("updateLoyaltyProgram", {"programId": paused.program_id, "isActive": False})

    code = by_key(both, method="qr")
    frozen_clock.advance(days=1)
    gps = by_key(both, **AT_THE_DOOR)

    assert {each["programId"] for each in code.body["earned"]} == {
        both.program_id,
        by_code.program_id,
    }
    assert gps.body["method"] == "gps"
    assert {each["programId"] for each in gps.body["earned"]} == {
        both.program_id,
        by_position.program_id,
    }
    balances = [each.balance()["currentBalance"] for each in (both, by_code, by_position, paused)]
    assert balances == [10, 1, 5, 0]


def test_points_that_are_due_to_expire_do_so_in_the_same_commit(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    member = merchant.member("points", balance=100, pointsExpiry={"afterDays": 30})
    frozen_clock.advance(days=40)

    answer = by_key(member)

    assert (earned(answer), member.balance()["currentBalance"]) == ([(5, None)], 5)


def test_a_full_balance_is_one_programs_matter(merchant: Merchant) -> None:
    full, other = merchant.member("points"), merchant.member("points")
    full.sync("set", 1_000_000_000)
    read = client.get_one(paths.member(full.membership_id))
    assert read.data is not None
    most = 10**15
    lots = [{**read.data["lots"][0], "units": most}]
    changed = {**read.data, "balanceUnits": most, "adjustedUnits": most, "lots": lots}
    client.commit([client.Update(read, changed)])

    answer = by_key(other)

    assert sorted(earned(answer), key=str) == [(0, "balance_limit_exceeded"), (5, None)]


def test_who_is_suspended_is_there_and_earns_nothing(merchant: Merchant) -> None:
    suspended, other = merchant.member("points"), merchant.member("points")
    merchant.api.ok("suspendMember", {**suspended.ids, "reason": "Test"})

    answer = by_key(other)

    granted = {each["programId"]: each["reason"] for each in answer.body["earned"]}
    assert granted == {suspended.program_id: "member_suspended", other.program_id: None}
    assert suspended.other("user_1").balance()["currentBalance"] == 0


def test_the_limits_of_a_program_hold_for_check_ins(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    assert frozen_clock.now
    member = merchant.member("points", checkInLimit={"perDay": 3}, earningLimits={"maxPerDay": 7})

    assert [earned(by_key(member)) for _ in range(3)] == [
        [(5, None)],
        [(2, None)],
        [(0, "limit_reached")],
    ]


def test_what_has_expired_is_not_shown_as_the_balance(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    member = merchant.member("points", balance=100, pointsExpiry={"afterDays": 30})
    code = poster(merchant)
    frozen_clock.advance(days=40)

    answer = by_customer(member, merchant.customer(is_email_verified=False), code=code)

    assert earned(answer) == [(0, "unverified")]
    assert answer.body["earned"][0]["newBalance"] == 0


def test_what_is_pending_no_more_is_shown_as_the_balance(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 1}, pendingDays=14)
    member.add(purchaseAmount=60)
    code = poster(merchant)
    frozen_clock.advance(days=15)

    answer = by_customer(member, merchant.customer(is_email_verified=False), code=code)

    assert earned(answer) == [(0, "unverified")]
    assert answer.body["earned"][0]["newBalance"] == 60


# How often.


def test_a_day_is_the_stores_day(merchant: Merchant, frozen_clock: Clock) -> None:
    member = merchant.member("points")  # Berlin: UTC+1
    results = []
    for minute in (22 * 60 + 59, 23 * 60 + 1, 23 * 60 + 2):
        frozen_clock.now = datetime(2026, 3, 3, minute // 60, minute % 60, tzinfo=UTC)
        results += earned(by_key(member))

    assert results == [(5, None), (5, None), (0, "per_day")]


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_a_day_with_a_change_of_the_clock_is_one_day(
    merchant: Merchant, frozen_clock: Clock, day: datetime
) -> None:
    frozen_clock.now = day.replace(hour=10)
    member = merchant.member("points")
    results = []
    for hour in (0, 1, 2, 21):  # before, around and after the change, all on the local day
        frozen_clock.now = day.replace(hour=hour, minute=30)
        results += earned(by_key(member))

    assert results == [(5, None), *[(0, "per_day")] * 3]


def test_a_program_says_how_often(merchant: Merchant, frozen_clock: Clock) -> None:
    limit = {"perDay": 2, "minutesBetween": 60}
    member = merchant.member("points", checkInLimit=limit)
    results = []
    for minutes in (0, 59, 1, 120, 1200):
        frozen_clock.advance(minutes=minutes)
        results += earned(by_key(member))

    assert results == [
        (5, None),
        (0, "minutes_between"),
        (5, None),
        (0, "per_day"),
        (5, None),
    ]


def test_a_changed_limit_holds_at_once_and_keeps_what_it_does_not_name(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", checkInLimit={"perDay": 2, "minutesBetween": 60})

    merchant.api.ok(
        "updateLoyaltyProgram",
        {"programId": member.program_id, "checkInLimit": {"minutesBetween": 0}},
    )

    program = merchant.api.ok("getLoyaltyProgram", {"programId": member.program_id})
    assert program["checkInLimit"] == {"perDay": 2, "minutesBetween": 0}
    assert [earned(by_key(member)) for _ in range(3)] == [
        [(5, None)],
        [(5, None)],
        [(0, "per_day")],
    ]


@pytest.mark.parametrize("limit", [{"perDay": 0}, {"perDay": 101}, {"minutesBetween": 1441}])
def test_a_limit_out_of_bounds_is_refused(merchant: Merchant, limit: dict[str, int]) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "P",
        "programType": "points",
        "rules": {"pointsPerEuro": 1},
        "checkInLimit": limit,
    }
    with nothing_written():
        answer = merchant.api("createLoyaltyProgram", body)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


@pytest.mark.parametrize("wanted", [1, 3])
def test_check_ins_at_once_earn_as_often_as_they_may(merchant: Merchant, wanted: int) -> None:
    member = merchant.member("points", checkInLimit={"perDay": wanted})

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: by_key(member), range(5)))

    assert sum(points for each in answers for points, _ in earned(each)) == 5 * wanted
    assert member.balance()["currentBalance"] == 5 * wanted


def test_one_code_at_once_counts_once(guest: Member) -> None:
    code = screen(guest.merchant)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: by_customer(guest, code=code), range(4)))

    assert sorted(each.status for each in answers) == [200, 409, 409, 409]
    assert guest.balance()["currentBalance"] == 5


# Codes.


def test_a_customer_checks_in_with_the_posters_code_once_a_day(
    guest: Member, frozen_clock: Clock
) -> None:
    code = poster(guest.merchant)
    first = by_customer(guest, code=code)
    frozen_clock.advance(hours=2)

    with only_counted(guest.merchant, "STORE_CODE_USED"):
        again = by_customer(guest, code=code)

    assert earned(first) == [(5, None)]
    assert_refused(
        again,
        409,
        "STORE_CODE_USED",
        {
            "sessionId": first.body["sessionId"],
            "checkedInAt": "2026-03-03T12:00:00.000Z",
        },
    )
    frozen_clock.advance(days=1)
    assert earned(by_customer(guest, code=code)) == [(5, None)]


def test_a_visit_that_earns_nothing_uses_up_no_poster(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    without = merchant.member("cashback")
    visits = Member(merchant, merchant.program("points"), "user_1")
    code = poster(merchant)

    before = by_customer(without, code=code)
    frozen_clock.advance(hours=1)
    visits.enroll()
    after = by_customer(visits, code=code)
    frozen_clock.advance(hours=1)
    with only_counted(merchant, "STORE_CODE_USED"):
        again = by_customer(visits, code=code)

    assert earned(before) == [(0, "no_points_for_check_ins")]
    assert sorted(points for points, _ in earned(after)) == [0, 5]
    assert again.body["details"]["sessionId"] == after.body["sessionId"]
    assert (visits.balance()["currentBalance"], without.balance()["currentBalance"]) == (5, 0)


def test_who_earns_again_later_has_not_used_up_the_poster_before(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    guest = merchant.member("points", checkInLimit={"perDay": 2, "minutesBetween": 60})
    code = poster(merchant)
    assert earned(by_customer(guest, code=screen(merchant))) == [(5, None)]

    assert earned(by_customer(guest, code=code)) == [(0, "minutes_between")]
    frozen_clock.advance(hours=1)
    assert earned(by_customer(guest, code=code)) == [(5, None)]
    assert guest.balance()["currentBalance"] == 10


def test_a_screens_code_counts_once_for_each_member(guest: Member, frozen_clock: Clock) -> None:
    code, other = screen(guest.merchant), guest.other("user_2")
    other.enroll()

    assert earned(by_customer(guest, code=code)) == [(5, None)]
    assert earned(by_customer(other, code=code)) == [(5, None)]
    with only_counted(guest.merchant, "STORE_CODE_USED"):
        again = by_customer(guest, code=code)
    assert again.error == "STORE_CODE_USED"

    frozen_clock.advance(seconds=59)
    with only_counted(guest.merchant, "STORE_CODE_USED"):
        assert by_customer(guest, code=code).error == "STORE_CODE_USED"
    frozen_clock.advance(seconds=1)
    with only_counted(guest.merchant, "STORE_CODE_EXPIRED"):
        late = by_customer(guest.other("user_3"), code=code)
    assert_refused(late, 409, "STORE_CODE_EXPIRED")


@pytest.mark.parametrize("by", [by_key, by_customer])
def test_each_wrong_code_has_its_refusal(
    guest: Member, new_merchant: Callable[..., Merchant], by: Callable[..., Answer]
) -> None:
    own, foreign = poster(guest.merchant), poster(new_merchant())
    head, signature, _ = own.rsplit(":", 2)
    forged = f"{head}:{signature[::-1]}"
    wrong = {
        "STORE_CODE_DAMAGED": own[:-1],
        "STORE_CODE_UNKNOWN": f"{forged}:{store_codes._checksum(forged)}",
        "STORE_CODE_FOREIGN": foreign,
    }
    for code, text in wrong.items():
        with only_counted(guest.merchant, code):
            answer = by(guest, code=text)
        assert_refused(answer, 400, code)
    assert guest.balance()["currentBalance"] == 0


def test_a_withdrawn_poster_is_refused_and_the_new_one_taken(guest: Member) -> None:
    old = poster(guest.merchant)
    change(guest.merchant, poster_version=2)

    with only_counted(guest.merchant, "STORE_CODE_EXPIRED"):
        answer = by_customer(guest, code=old)

    assert_refused(answer, 409, "STORE_CODE_EXPIRED")
    assert earned(by_customer(guest, code=poster(guest.merchant))) == [(5, None)]


@pytest.mark.parametrize(
    ("sent", "problems"),
    [
        ({}, {"code": "is required: the store's code, or else a position"}),
        (
            {"method": "qr", **AT_THE_DOOR},
            {"code": "is required: the store's code, or else a position"},
        ),
        ({"method": "gps"}, {"latitude": "is required with the method gps"}),
        (
            {"latitude": 52.5205, "longitude": 13.4049},
            {"accuracyM": "is required with a position"},
        ),
    ],
)
def test_a_customer_proves_the_visit(
    guest: Member, sent: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = by_customer(guest, **sent)

    assert_invalid(answer, **problems)


# Positions.


def test_a_customer_checks_in_by_position(guest: Member) -> None:
    answer = by_customer(guest, **AT_THE_DOOR)

    assert (earned(answer), answer.body["method"]) == ([(5, None)], "gps")


def test_five_kilometres_away_is_out_of_range(guest: Member) -> None:
    with only_counted(guest.merchant, "OUT_OF_RANGE"):
        answer = by_customer(guest, **FIVE_KM_AWAY)

    assert_refused(answer, 400, "OUT_OF_RANGE", {"radiusM": 150})
    change(guest.merchant, check_in_radius_m=6_000)
    assert earned(by_customer(guest, **FIVE_KM_AWAY)) == [(5, None)]


def test_a_right_code_does_not_excuse_a_wrong_position(guest: Member) -> None:
    with only_counted(guest.merchant, "OUT_OF_RANGE"):
        answer = by_customer(guest, code=poster(guest.merchant), **FIVE_KM_AWAY)

    assert_refused(answer, 400, "OUT_OF_RANGE", {"radiusM": 150})


def test_a_position_that_may_be_far_off_proves_nothing(guest: Member) -> None:
    with only_counted(guest.merchant, "POSITION_INACCURATE"):
        answer = by_customer(guest, **{**AT_THE_DOOR, "accuracyM": 101})

    assert_refused(answer, 400, "POSITION_INACCURATE", {"accuracyMaxM": 100})


def test_a_store_without_a_position_takes_codes_alone(guest: Member) -> None:
    change(guest.merchant, position=None)

    with only_counted(guest.merchant, "STORE_POSITION_UNKNOWN"):
        answer = by_customer(guest, **AT_THE_DOOR)

    assert_refused(answer, 400, "STORE_POSITION_UNKNOWN")


def test_a_closed_store_takes_nobody(guest: Member) -> None:
    change(guest.merchant, is_closed=True)

    with only_counted(guest.merchant, "STORE_CLOSED"):
        answer = by_key(guest)

    assert_refused(answer, 400, "STORE_CLOSED")


# Who is not verified, and who is too fast.


def test_an_unverified_customer_earns_after_verifying_and_then_once(guest: Member) -> None:
    code = poster(guest.merchant)
    unverified = guest.merchant.customer(is_email_verified=False)
    verified = guest.merchant.customer()

    before = by_customer(guest, unverified, code=code)
    after = by_customer(guest, verified, code=code)
    again = by_customer(guest, verified, **AT_THE_DOOR)

    assert [earned(each) for each in (before, after, again)] == [
        [(0, "unverified")],
        [(5, None)],
        [(0, "per_day")],
    ]


def test_the_eleventh_check_in_of_a_device_in_a_minute_is_refused(
    guest: Member, frozen_clock: Clock
) -> None:
    code = screen(guest.merchant)
    for number in range(rules.DEVICE_MAX):
        other = guest.other(f"user_{number}")
        assert by_customer(other, code=code, deviceId="phone_1").status == 200
    next_one = guest.other("user_10")
    next_one.enroll()

    with only_counted(guest.merchant, "CHECK_IN_TOO_FAST"):
        answer = by_customer(next_one, code=code, deviceId="phone_1")

    assert answer.headers["Retry-After"] == "60"
    assert (answer.status, answer.body["retryAfter"]) == (429, 60)
    assert answer.body["details"] == {"of": "device"}
    assert next_one.balance()["currentBalance"] == 0
    assert by_customer(next_one, code=code, deviceId="phone_2").status == 200
    frozen_clock.advance(seconds=61)
    late = by_customer(guest.other("user_11"), code=screen(guest.merchant), deviceId="phone_1")
    assert late.status == 200


def test_a_member_cannot_check_in_again_and_again(guest: Member, frozen_clock: Clock) -> None:
    for _ in range(rules.MEMBER_MAX):
        assert by_key(guest).status == 200
    frozen_clock.advance(seconds=20)

    with only_counted(guest.merchant, "CHECK_IN_TOO_FAST"):
        answer = by_key(guest)

    assert (answer.status, answer.body["retryAfter"]) == (429, 40)
    assert answer.body["details"] == {"of": "member"}
    frozen_clock.advance(seconds=40)
    assert by_key(guest).status == 200


def test_a_store_has_a_bound_for_customers(guest: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "STORE_MAX", 2)
    for number in (2, 3):
        assert by_key(guest.other(f"user_{number}")).status == 200

    with only_counted(guest.merchant, "CHECK_IN_TOO_FAST"):
        answer = by_customer(guest, code=poster(guest.merchant))

    assert answer.body["details"] == {"of": "store"}
    assert by_key(guest).status == 200  # A key vouches for whom it lets in.


# The sandbox.


@pytest.mark.parametrize("body", [{}, {"storeId": "store_001"}, {"userId": "usr_42"}])
def test_the_sandbox_answers_as_documented(merchant: Merchant, body: dict[str, str]) -> None:
    with nothing_written():
        answer = merchant.sandbox.ok("checkIn", body)

    assert answer["sessionId"].startswith("sess_sandbox_")
    assert answer["sessionId"].removeprefix("sess_sandbox_").isdigit()
    assert answer["storeId"] == body.get("storeId", "sandbox_store_001")
    assert answer["userId"] == body.get("userId", "sandbox_user_001")
    assert answer["_sandbox"] is True
