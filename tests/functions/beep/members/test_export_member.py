"""exportMember: everything that is held on a person, and nothing of others."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from shared.services.events import emission
from shared.store import client
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.receipts import ReceiptTill, row
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "exportMember"
MAIL = "maria.muster@example.com"


@pytest.fixture
def maria(merchant: Merchant) -> Member:
    member = Member(merchant, merchant.program("points"), MAIL)
    member.enroll()
    member.earn(100, description="Brunch", transactionId="t1")
    emission.emit_enrollment(member.membership_id)
    return member


def export(member: Member) -> dict[str, list[dict[str, object]]]:
    answer = member.api.get(ACTION, {"userId": member.user_id})
    assert answer.status == 200
    assert answer.body["userId"] == member.user_id
    data: dict[str, list[dict[str, object]]] = answer.body["data"]
    return data


def test_shows_what_is_held(maria: Member) -> None:
    with nothing_written():
        data = export(maria)

    assert {name: len(each) for name, each in data.items()} == {
        "member": 1,
        "memberships": 1,
        "entries": 1,
        "events": 1,
    }
    (entry,) = data["entries"]
    (membership,) = data["memberships"]
    assert (entry["description"], entry["transactionId"], entry["units"]) == ("Brunch", "t1", 100)
    assert membership["balanceUnits"] == 100
    assert MAIL in str(data["events"][0]["payload"])


def test_shows_no_secrets_and_no_hashes(maria: Member) -> None:
    text = json.dumps(export(maria))

    for name in ("hash", "Hash", "fingerprint", "leaseId", "accountId", "Token"):
        assert f'"{name}"' not in text


@pytest.mark.usefixtures("frozen_clock")
def test_shows_of_receipts_what_is_of_the_person(receipt_till: ReceiptTill) -> None:
    anna, ben = receipt_till.anna, receipt_till.ben
    exchange = row("R-2", 5, customerId="user_2", voids="R-1", at=1)
    assert receipt_till.read(row("R-1", 10), exchange)["state"] == "succeeded"

    (of_anna,), (of_ben,) = export(anna)["purchases"], export(ben)["purchases"]

    assert "user_2" not in json.dumps(of_anna)
    assert "user_1" not in json.dumps(of_ben)


def test_a_customer_gets_their_own(maria: Member) -> None:
    customer = maria.merchant.customer(MAIL, names_account=True)
    other = maria.merchant.customer("somebody", names_account=True)

    assert customer.ok(ACTION)["data"].keys() == export(maria).keys()
    assert other(ACTION, {"userId": MAIL}).error == "USER_NOT_ALLOWED"
    assert_refused(other(ACTION), 404, "MEMBER_NOT_FOUND")


def test_nobody_is_found_in_another_account(
    maria: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    assert_refused(other.api(ACTION, {"userId": MAIL}), 404, "MEMBER_NOT_FOUND")
    assert_invalid(other.api(ACTION), userId="is required")


def test_a_pseudonym_is_nobody(maria: Member) -> None:
    maria.api.ok("eraseMember", {"userId": MAIL})
    mine = ("accountId", "==", maria.merchant.account_id)
    (copy,) = client.query("loyaltyMembers", mine)
    assert copy.data is not None

    for action in (ACTION, "eraseMember"):
        body = {"userId": copy.data["userId"]}
        assert_refused(maria.api(action, body), 404, "MEMBER_NOT_FOUND")
    assert stored.document(copy.path) == copy.data
