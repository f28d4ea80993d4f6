"""identifyMember: who somebody is, by exactly one thing that only they have."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.members import member_codes
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
