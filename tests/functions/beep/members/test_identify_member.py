"""identifyMember: who somebody is, by exactly one thing that only they have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.domain.members import member_codes
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "identifyMember"
ADA = {
    "userId": "ada",
    "email": "Ada@example.com",
    "phone": "+4915112345678",
    "customerNumber": "C-1",
    "externalIds": {"shopware": "sw-1", "crm": "sw-2"},
}
WAYS: list[dict[str, Any]] = [
    {"email": "ada@EXAMPLE.com"},
    {"email": "  ADA@example.com "},
    {"phone": "0151 12345678"},
    {"phone": "0049 151/12345678"},
    {"customerNumber": "C-1"},
    {"externalId": {"system": "shopware", "id": "sw-1"}},
    {"externalId": {"system": "crm", "id": "sw-2"}},
]
EXACTLY_ONE = "must have exactly one of email, phone, customerNumber, memberCode and externalId"


@pytest.mark.parametrize("way", WAYS)
def test_finds_the_person(merchant: Merchant, way: dict[str, Any]) -> None:
    merchant.api.ok("createMember", ADA)
    merchant.api.ok("createMember", {"userId": "eve", "email": "eve@example.com"})

    with nothing_written():
        answer = merchant.api.ok(ACTION, way)

    assert (answer["member"]["userId"], answer["codeKind"]) == ("ada", None)
    assert answer["member"]["email"] == "Ada@example.com"


@pytest.mark.parametrize(
    "way",
    [
        {"email": "ad@example.com"},
        {"phone": "+4915112345679"},
        {"customerNumber": "c-1"},
        {"externalId": {"system": "crm", "id": "sw-1"}},
        {"externalId": {"system": "shopware", "id": "SW-1"}},
    ],
)
def test_finds_nobody_by_something_else(merchant: Merchant, way: dict[str, Any]) -> None:
    merchant.api.ok("createMember", ADA)

    with nothing_written():
        answer = merchant.api(ACTION, way)

    assert_refused(answer, 404, "MEMBER_NOT_FOUND", message="No member has that.")


@pytest.mark.parametrize("way", WAYS)
def test_finds_nobody_of_another_account(
    merchant: Merchant, new_merchant: Any, way: dict[str, Any]
) -> None:
    merchant.api.ok("createMember", ADA)
    stranger = new_merchant().api

    with nothing_written():
        assert_refused(stranger(ACTION, way), 404, "MEMBER_NOT_FOUND")


def test_refuses_none_or_two_ways(merchant: Merchant) -> None:
    for body in ({}, {"email": "a@example.com", "customerNumber": "1"}):
        assert_fields_refused(merchant.api(ACTION, body), {"body": EXACTLY_ONE})


def test_refuses_a_phone_number_that_is_none(merchant: Merchant) -> None:
    answer = merchant.api(ACTION, {"phone": "x"})

    assert_fields_refused(answer, {"phone": "must be a phone number, like +49 151 12345678"})


def test_refuses_codes_that_are_damaged_or_nobodys(merchant: Merchant) -> None:
    code = member_codes.new_static()
    with nothing_written():
        unknown = merchant.api(ACTION, {"memberCode": code})
        damaged = merchant.api(ACTION, {"memberCode": code[:-1]})
        sandboxed = merchant.sandbox(ACTION, {"memberCode": code[:-1]})

    assert_refused(unknown, 404, "MEMBER_CODE_NOT_FOUND")
    assert_refused(damaged, 400, "MEMBER_CODE_DAMAGED")
    assert_refused(sandboxed, 400, "MEMBER_CODE_DAMAGED")


def test_customers_may_not_ask(merchant: Merchant) -> None:
    merchant.api.ok("createMember", ADA)

    answer = merchant.customer("ada", names_account=True)(ACTION, {"email": "ada@example.com"})

    assert answer.status == 403


def test_the_sandbox_says_what_kind_of_code_it_is(merchant: Merchant) -> None:
    answer = merchant.sandbox(ACTION, {"memberCode": member_codes.new_static()})

    assert answer.body["codeKind"] == "static"


class Shown:
    """A rotating code of ada, and the time at which a till without a connection has seen it."""

    def __init__(self, merchant: Merchant, now: Clock) -> None:
        merchant.api.ok("createMember", ADA)
        body = {"storeId": merchant.store_id, "userId": "ada", "deviceId": "phone"}
        self.device = merchant.api.ok("getMemberCode", body)["device"]
        self.at = now.now
        self.code = self.code_at(timedelta())

    def code_at(self, later: timedelta) -> str:
        """Return the code that the device shows at another time."""
        device = self.device
        return member_codes.rotating(device["codeId"], device["secret"], self.at + later)

    def body(self, **off: float) -> dict[str, Any]:
        return {"memberCode": self.code, "seenAt": clock.to_wire(self.at + timedelta(**off))}


@pytest.fixture
def shown(merchant: Merchant, frozen_clock: Clock) -> Shown:
    return Shown(merchant, frozen_clock)


def test_a_code_that_was_seen_before_says_who_it_was(
    merchant: Merchant, frozen_clock: Clock, shown: Shown
) -> None:
    frozen_clock.advance(hours=5)
    later = shown.code_at(timedelta(hours=5))
    assert merchant.api(ACTION, {"memberCode": later}).status == 200
    assert_refused(merchant.api(ACTION, {"memberCode": shown.code}), 400, "MEMBER_CODE_EXPIRED")

    with nothing_written():
        found = [merchant.api.ok(ACTION, shown.body()) for _ in range(2)]

    assert [each["member"]["userId"] for each in found] == ["ada", "ada"]
    assert {each["codeKind"] for each in found} == {"rotating"}


def test_a_code_that_is_seen_late_is_not_used_up(merchant: Merchant, shown: Shown) -> None:
    assert merchant.api(ACTION, shown.body()).status == 200
    assert merchant.api(ACTION, {"memberCode": shown.code}).status == 200


@pytest.mark.parametrize("off", [{"minutes": 2}, {"minutes": -2}, {"hours": -1}])
def test_a_code_is_of_the_minute_in_which_it_was_seen(
    merchant: Merchant, frozen_clock: Clock, shown: Shown, off: dict[str, float]
) -> None:
    frozen_clock.advance(hours=5)

    with nothing_written():
        answer = merchant.api(ACTION, shown.body(**off))

    assert_refused(answer, 400, "MEMBER_CODE_EXPIRED")


@pytest.mark.parametrize(
    ("later", "off", "problem"),
    [
        ({}, {"minutes": 6}, "must not be in the future"),
        ({"days": 7, "seconds": 1}, {}, "must be in the last 7 days"),
    ],
)
def test_a_code_was_seen_in_the_last_7_days(
    merchant: Merchant,
    frozen_clock: Clock,
    shown: Shown,
    later: dict[str, float],
    off: dict[str, float],
    problem: str,
) -> None:
    frozen_clock.advance(**later)

    with nothing_written():
        answers = [api(ACTION, shown.body(**off)) for api in (merchant.api, merchant.sandbox)]

    for answer in answers:
        assert_fields_refused(answer, {"seenAt": problem})


def test_a_forged_code_is_nobodys_whenever_it_was_seen(merchant: Merchant, shown: Shown) -> None:
    forged = member_codes.rotating(shown.device["codeId"], "00" * 32, shown.at)

    with nothing_written():
        answer = merchant.api(ACTION, {**shown.body(), "memberCode": forged})

    assert_refused(answer, 404, "MEMBER_CODE_NOT_FOUND")


def test_the_codes_of_a_lost_device_are_nobodys_whenever_they_were_seen(
    merchant: Merchant, shown: Shown
) -> None:
    lost = {"userId": "ada", "deviceId": "phone", "deviceAction": "withdraw"}
    merchant.api.ok("getMemberCode", {"storeId": merchant.store_id, **lost})

    with nothing_written():
        assert_refused(merchant.api(ACTION, shown.body()), 404, "MEMBER_CODE_NOT_FOUND")


def test_a_static_code_may_have_been_seen_before(merchant: Merchant) -> None:
    merchant.api.ok("createMember", ADA)
    body = {"storeId": merchant.store_id, "userId": "ada"}
    code = merchant.api.ok("getMemberCode", body)["code"]

    seen = {"memberCode": code, "seenAt": clock.to_wire(clock.utc_now() - timedelta(hours=1))}

    assert merchant.api.ok(ACTION, seen)["codeKind"] == "static"


def test_only_codes_are_seen(merchant: Merchant) -> None:
    body = {"customerNumber": "C-1", "seenAt": clock.to_wire(clock.utc_now())}

    assert_fields_refused(merchant.api(ACTION, body), {"body": "takes seenAt with memberCode only"})
