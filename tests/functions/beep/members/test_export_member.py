"""exportMember: everything that is held on a person, and nothing of others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.services.events import emission
from shared.services.members import erasures, exports
from shared.store import client
from shared.store.payments import payment_documents
from tests.support import hooks, stored
from tests.support.api import Api
from tests.support.checkouts import METHODS, RULES, Market
from tests.support.merchants import Member, Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.receipts import ReceiptTill, row
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.traffic import watched

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
    assert answer.body["nextCursor"] is None
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


def all_parts(api: Api, body: dict[str, Any]) -> list[dict[str, list[dict[str, Any]]]]:
    """Return the data of all answers, of which each but the last is full."""
    found: list[dict[str, list[dict[str, Any]]]] = []
    cursor: str | None = None
    while True:
        with watched() as traffic:
            answer = api.ok(ACTION, {**body, **({"cursor": cursor} if cursor else {})})
        found.append(answer["data"])
        cursor = answer["nextCursor"]
        shown = sum(map(len, found[-1].values()))
        assert shown < exports.FULL + client.PAGE
        # Each kind is asked for, of each user id; reads do not grow with what was shown before.
        assert traffic.cost[1] <= shown + 3 * len(erasures.personal_kinds())
        if cursor is None:
            return found
        assert shown >= exports.FULL


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    monkeypatch.setattr(exports, "FULL", 3)


@pytest.mark.usefixtures("small_pages")
def test_shows_all_in_parts_of_bounded_size(merchant: Merchant) -> None:
    for number in range(2):
        hooks.created(merchant, url=f"{hooks.URL}/{number}")
    old = Member(merchant, merchant.program("points"), "user_1")
    members = [old, Member(merchant, merchant.program("points"), "user_1"), old.other("user_2")]
    for nth, member in enumerate(members):
        member.enroll()
        emission.emit_enrollment(member.membership_id)
        for number in range(5):
            body = {**member.ids, "points": number + 1}
            member.api.ok("addLoyaltyPoints", body, idempotency_key=f"k{nth}{number}")
        emission.emit_rest(stored.membership(member), stored.entries(member))
    merchant.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})

    parts = all_parts(merchant.api, {"userId": "user_1"})

    with pytest.MonkeyPatch.context() as whole:
        whole.setattr(client, "PAGE", 200)
        whole.setattr(exports, "FULL", 1000)
        (every,) = all_parts(merchant.api, {"userId": "user_2"})
    assert len(parts) > 10
    names = list(dict.fromkeys(name for part in parts for name in part))
    together = {name: [row for part in parts for row in part.get(name, [])] for name in names}
    assert {"entries", "events", "deliveries", "memberships"} <= together.keys() == every.keys()
    for name, rows in every.items():
        as_texts = [sorted(map(json.dumps, each)) for each in (rows, together[name])]
        assert as_texts[0] == as_texts[1]


@pytest.mark.usefixtures("small_pages")
def test_a_cursor_is_of_one_person_of_one_account(
    maria: Member, new_merchant: Callable[..., Merchant]
) -> None:
    maria.earn(1, transactionId="t2")
    cursor = maria.api.ok(ACTION, {"userId": MAIL})["nextCursor"]
    assert cursor is not None
    other = Member(maria.merchant, maria.program_id, "other")
    other.enroll()
    elsewhere = new_merchant()
    same_name = Member(elsewhere, elsewhere.program("points"), MAIL)
    same_name.enroll()
    problem = "must be a nextCursor of an earlier answer"

    for api, user_id, sent in (
        (maria.api, other.user_id, cursor),
        (elsewhere.api, MAIL, cursor),
        (maria.api, MAIL, cursor[:-8] + "AAAAAAA="),
        (maria.api, MAIL, "e30"),
    ):
        assert_invalid(api(ACTION, {"userId": user_id, "cursor": sent}), cursor=problem)
    body = {"userId": MAIL, "cursor": cursor}
    assert maria.api.ok(ACTION, body)["data"]
    # After a merge there is more than the cursor knows of: one begins anew.
    maria.api.ok("mergeMembers", {"fromUserId": MAIL, "intoUserId": other.user_id})
    assert_invalid(maria.api(ACTION, body), cursor=problem)


@pytest.mark.usefixtures("small_pages")
def test_payments_of_checkouts_are_shown_in_parts_too(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_documents, "CHECKOUTS_PER_QUERY", 2)
    market = Market(till.merchant, till.merchant.member(rules=RULES, earningMethods=METHODS))
    paid = {
        till.process(key=f"k{number}", **market.member.ids).body["paymentId"] for number in (1, 2)
    }
    started = [market.started(returnUrl=RETURN_URL) for _ in range(5)]

    parts = all_parts(till.merchant.api, {"userId": market.member.user_id})

    shown = [each for part in parts for each in part.get("payments", [])]
    assert {each["paymentId"] for each in shown[:2]} == paid
    assert sorted(each["purchaseId"] for each in shown[2:]) == sorted(started)
