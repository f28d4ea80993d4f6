"""verifyLedger: whatever is changed by hand in the store is named, and what is right is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.loyalty import loyalty_events
from shared.services.loyalty import ledger_checks
from shared.store import client, paths
from shared.store.client import Delete, Document, Put, Update
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved

ACTION = "verifyLedger"


def check(member: Member, **fields: Any) -> dict[str, Any]:
    with nothing_written():
        return member.api.ok(ACTION, {"programId": member.program_id, **fields})


def change(member: Member, **fields: Any) -> None:
    """Write fields of a membership and its mirror by hand."""
    path = paths.member(member.membership_id)
    read = client.get_one(path)
    body = {**(read.data or {}), **fields}
    mirror = paths.store_member(member.merchant.store_id, member.membership_id)
    client.commit([Update(read, body), Put(mirror, body)])


def change_entry(member: Member, seq: int, **fields: Any) -> None:
    entry = client.query(f"{paths.member(member.membership_id)}/entries", order_by=["seq"])[seq - 1]
    client.commit([Update(entry, {**(entry.data or {}), **fields})])


@pytest.fixture
def anna(frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline) -> Member:
    """A member with entries, a pending grant and a hold; all is told."""
    member = merchant.member("tier", balance=100, pendingDays=14)
    member.redeem(30)
    member.sync("set", 90, source="till", externalTransactionId="x1")
    member.add(purchaseAmount=10)
    reserved(member, 20)
    pipeline.fire(merchant)
    frozen_clock.advance(minutes=11)
    return member


def test_what_is_right_has_no_break(anna: Member) -> None:
    other = anna.other("user_2")
    other.enroll()

    assert check(anna) == {
        "success": True,
        "isIntact": True,
        "members": 2,
        "entries": 4,
        "firstBreak": None,
        "breaks": [],
        "nextCursor": None,
    }
    one = check(anna, userId="user_2")
    assert (one["isIntact"], one["members"], one["entries"]) == (True, 1, 0)


CHANGED_BY_HAND: list[tuple[Document, str, str | None, str | None]] = [
    ({"earnedUnits": 101}, "earned", "100", "101"),
    ({"redeemedUnits": 0}, "redeemed", "30", "0"),
    ({"expiredUnits": 1}, "expired", "0", "1"),
    ({"reversedUnits": 1}, "reversed", "0", "1"),
    ({"adjustedUnits": 0}, "adjusted", "20", "0"),
    ({"lifetimeUnits": 1000}, "lifetime", "100", "1000"),
    ({"tier": "Gold"}, "tier", "Bronze", "Gold"),
    ({"deficitUnits": 5}, "lots", "85", "90"),
    ({"heldUnits": 0}, "lots", "70", "90"),
    ({"holds": []}, "held", "0", "20"),
    ({"pendingUnits": 0}, "pending", "100", "0"),
    ({"pending": []}, "pendingGrants", None, "{}"),
    ({"recent": []}, "recent", None, "()"),
    ({"headHash": "0" * 64}, "chain", "0" * 64, None),
]


def test_names_what_was_changed_in_a_membership(anna: Member) -> None:
    right = stored.document(paths.member(anna.membership_id)) or {}
    for fields, invariant, expected, found in CHANGED_BY_HAND:
        change(anna, **{**right, **fields})

        first = check(anna, userId=anna.user_id)["firstBreak"]

        assert (first["programId"], first["userId"]) == (anna.program_id, anna.user_id)
        assert (first["invariant"], first["entrySequence"]) == (invariant, None)
        assert first["expected"] == expected or expected is None
        assert first["found"] == found or found is None
    change(anna, **right)
    assert check(anna)["isIntact"]


def test_names_the_balance_first(anna: Member) -> None:
    change(anna, balanceUnits=1000)

    answer = check(anna)

    assert [each["invariant"] for each in answer["breaks"]] == ["balance", "lots"]
    assert answer["firstBreak"]["message"] == "balance is 1000, and the entries give 90"


def test_names_the_oldest_entry_that_was_changed(anna: Member) -> None:
    change(anna, balanceUnits=1000)
    change_entry(anna, 3, description="Something else")
    change_entry(anna, 2, balanceAfterUnits=71)

    first = check(anna)["firstBreak"]

    entry = stored.entries(anna)[1]
    assert (first["invariant"], first["entrySequence"]) == ("entryBalance", 2)
    assert (first["entryId"], first["expected"], first["found"]) == (
        entry.entry_id,
        "100 to 70",
        "100 to 71",
    )


def test_names_an_entry_that_is_gone(anna: Member) -> None:
    entry = client.query(f"{paths.member(anna.membership_id)}/entries", order_by=["seq"])[0]
    client.commit([Delete(entry)])

    first = check(anna)["firstBreak"]

    assert (first["invariant"], first["entrySequence"]) == ("chain", 1)


def test_names_mirrors(anna: Member) -> None:
    mirror = paths.store_member(anna.merchant.store_id, anna.membership_id)
    client.commit([Put(mirror, {**(stored.document(mirror) or {}), "tier": "Gold"})])
    ghost = paths.store_member(anna.merchant.store_id, f"{anna.program_id}_ghost")
    client.commit([Put(ghost, {**(stored.document(mirror) or {}), "userId": "ghost"})])

    answer = check(anna)

    assert [(each["userId"], each["invariant"]) for each in answer["breaks"]] == [
        ("user_1", "mirror"),
        ("ghost", "mirror"),
    ]
    assert answer["breaks"][0]["message"].endswith(" in tier")


def test_names_an_entry_that_nobody_was_told_of(
    anna: Member, frozen_clock: Clock, pipeline: Pipeline
) -> None:
    anna.earn(5)
    assert check(anna)["isIntact"]  # Its trigger may still come.
    frozen_clock.advance(minutes=11)

    first = check(anna)["firstBreak"]

    assert (first["invariant"], first["entrySequence"]) == ("events", 5)
    pipeline.fire(anna.merchant)
    assert check(anna)["isIntact"]


def test_old_entries_need_no_event_any_more(anna: Member, frozen_clock: Clock) -> None:
    for each in stored.entries(anna):
        event_id = loyalty_events.booking_event_id(anna.membership_id, each.entry_id)
        client.commit([Delete(client.get_one(paths.event(event_id)))])
    assert check(anna)["firstBreak"]["invariant"] == "events"

    frozen_clock.advance(days=25)

    assert check(anna)["isIntact"]


def test_names_counters(anna: Member) -> None:
    shard = client.query(paths.stats_shards(anna.program_id))[0]
    counted = {name: value for name, value in (shard.data or {}).items() if name != "members"}
    client.commit([Update(shard, {**counted, "members": 7, "issuedUnits": 100})])
    others = client.query(paths.stats_shards(anna.program_id))
    members = sum((each.data or {}).get("members", 0) for each in others)

    first = check(anna)["firstBreak"]

    assert (first["userId"], first["invariant"]) == (None, "counters")
    assert (first["expected"], first["found"]) == ("1", str(members))


def test_goes_through_all_programs_page_by_page(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    for number in range(2):
        member = merchant.member("points", balance=10)
        for user in range(2, 4 + number):
            member.other(f"user_{user}").enroll()
    other = new_merchant().member("points", balance=10)
    change(other, balanceUnits=11)

    pages: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        pages.append(merchant.api.ok(ACTION, {"limit": 2, **cursor}))
        if pages[-1]["nextCursor"] is None:
            break
        cursor = {"cursor": pages[-1]["nextCursor"]}

    assert sum(each["members"] for each in pages) == 7
    assert sum(each["entries"] for each in pages) == 2
    assert all(each["members"] <= 2 and each["isIntact"] for each in pages)
    assert merchant.api.ok(ACTION, {"storeId": merchant.store_id})["members"] == 7


def test_ends_a_page_when_its_time_is_over(anna: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_checks, "REQUEST_S", -1.0)

    first = check(anna)
    second = check(anna, cursor=first["nextCursor"])

    assert (first["members"], second["members"], second["nextCursor"]) == (1, 0, None)


def test_an_erased_member_leaves_books_that_hold(
    anna: Member, frozen_clock: Clock, pipeline: Pipeline
) -> None:
    anna.api.ok("eraseMember", {"userId": anna.user_id})
    pipeline.fire(anna.merchant)
    frozen_clock.advance(minutes=11)

    answer = check(anna)

    assert (answer["isIntact"], answer["members"], answer["breaks"]) == (True, 1, [])


def test_refuses_what_is_not_the_callers(
    anna: Member, new_merchant: Callable[..., Merchant]
) -> None:
    stranger = new_merchant().api
    with nothing_written():
        for fields in ({}, {"userId": "user_1"}):
            answer = stranger(ACTION, {"programId": anna.program_id, **fields})
            assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
        assert_refused(
            anna.api(ACTION, {**anna.ids, "userId": "user_9"}), 404, "MEMBERSHIP_NOT_FOUND"
        )
        assert_refused(anna.api(ACTION, {"storeId": "store_x"}), 404, "STORE_NOT_FOUND")


def test_refuses_a_cursor_that_is_none_of_its_own(
    anna: Member, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_checks, "REQUEST_S", -1.0)
    cursor = check(anna)["nextCursor"]
    other = merchant.program()

    assert_refused(
        merchant.api(ACTION, {"programId": other, "cursor": cursor}), 404, "PROGRAM_NOT_FOUND"
    )
    assert_fields_refused(
        merchant.api(ACTION, {"cursor": "W10"}),
        {"cursor": "must be a nextCursor of an earlier answer"},
    )


def test_a_member_needs_its_program(merchant: Merchant) -> None:
    assert_fields_refused(
        merchant.api(ACTION, {"userId": "user_1"}), {"body": "needs programId with userId"}
    )
