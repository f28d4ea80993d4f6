"""What waits to be written into a shop: marks, leases, failures, and what a cancellation may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared.domain.pseudonyms import Pseudonyms
from shared.domain.systems import shop_writings
from shared.domain.systems.shop_writes import ShopCard, ShopWrite
from shared.domain.systems.shop_writings import (
    LEASE,
    SETTLES,
    BeforeCancel,
    CodeTerms,
    Failure,
    ShopWriting,
    WritingState,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
CARD = ShopWriting(
    write_id="shw_1",
    account_id="acc_1",
    store_id="store_1",
    system="generic",
    kind=ShopWrite.CARD,
    program_id="lp_1",
    user_id="user_1",
    customer_id="17",
    state=WritingState.PENDING,
    created_at=NOW,
    updated_at=NOW,
    next_attempt_at=NOW,
)
CODE = replace(
    CARD,
    kind=ShopWrite.CODE,
    code="RW-1",
    terms=CodeTerms("lp_1_user_1", "le_1", "5 Euro", None, Decimal(5), "EUR", NOW),
)
NAMES = Pseudonyms({"lp_1_user_1": "lp_1_erased_1", "user_1": "erased_1"})
LOST = Failure("CONNECTOR_TIMEOUT", "no answer", is_retryable=True, is_unknown=True)
BUSY = Failure("CONNECTOR_RATE_LIMITED", "wait", is_retryable=True, is_unknown=False)
REFUSED = Failure("CONNECTOR_REJECTED", "no", is_retryable=False, is_unknown=False)


def begun(writing: ShopWriting) -> ShopWriting:
    return shop_writings.begun(writing, "run_1", writing.user_id, NOW, called="shop.example")


def test_only_one_may_write_until_the_lease_ends() -> None:
    held = begun(CARD)
    assert CARD.is_due(NOW)
    assert not held.is_due(NOW + LEASE - timedelta(seconds=1))
    assert held.is_due(NOW + LEASE)
    assert not shop_writings.written(held, LATER).is_due(NOW + timedelta(days=1))


def test_a_mark_changes_the_version_unless_it_is_read_later_anyway() -> None:
    assert shop_writings.marked(CARD, LATER) is CARD
    held = begun(CARD)
    assert shop_writings.marked(held, LATER).version == held.version + 1
    assert shop_writings.marked(held, LATER).lease_id == held.lease_id
    there = shop_writings.written(held, NOW)
    again = shop_writings.marked(there, LATER)
    assert (again.state, again.next_attempt_at) == (WritingState.PENDING, LATER)


def test_a_mark_does_not_hurry_what_has_failed() -> None:
    waiting = shop_writings.failed(begun(CARD), BUSY, 300, NOW)
    assert shop_writings.marked(waiting, LATER).next_attempt_at == NOW + timedelta(seconds=300)


@pytest.mark.parametrize(("failure", "lives"), [(BUSY, True), (LOST, True), (REFUSED, False)])
def test_a_mark_awakens_what_was_not_refused(failure: Failure, *, lives: bool) -> None:
    dead = shop_writings.failed(begun(CARD), failure, None, NOW)
    assert dead.state is WritingState.DEAD
    state = WritingState.PENDING if lives else WritingState.DEAD
    assert shop_writings.marked(dead, NOW + SETTLES).state is state


def test_an_older_card_never_comes_after_a_newer_one() -> None:
    failed = shop_writings.failed(begun(CARD), LOST, 5, NOW)
    assert failed.next_attempt_at == NOW + SETTLES
    assert shop_writings.failed(begun(CODE), LOST, 5, NOW).next_attempt_at == NOW + timedelta(
        seconds=5
    )


@pytest.mark.parametrize(
    ("code", "now", "wanted"),
    [
        (CODE, NOW, BeforeCancel.NOTHING),
        (begun(CODE), NOW, BeforeCancel.WAIT),
        (begun(CODE), NOW + LEASE, BeforeCancel.REVOKE),
        (shop_writings.written(begun(CODE), NOW), NOW, BeforeCancel.REVOKE),
        (shop_writings.failed(begun(CODE), LOST, 5, NOW), NOW, BeforeCancel.WAIT),
        (shop_writings.failed(begun(CODE), LOST, 5, NOW), NOW + SETTLES, BeforeCancel.REVOKE),
        (shop_writings.failed(begun(CODE), BUSY, 5, NOW), NOW, BeforeCancel.REVOKE),
        (shop_writings.failed(begun(CODE), REFUSED, None, NOW), NOW, BeforeCancel.REVOKE),
        (shop_writings.revoked(begun(CODE), NOW), NOW, BeforeCancel.NOTHING),
    ],
    ids=["new", "in flight", "died", "active", "lost", "lost long ago", "busy", "dead", "revoked"],
)
def test_points_come_back_only_when_the_shop_cannot_have_the_code(
    code: ShopWriting, now: datetime, wanted: BeforeCancel
) -> None:
    assert shop_writings.before_cancel(code, now) is wanted


def test_who_is_erased_is_named_no_more_and_taken_out() -> None:
    assert shop_writings.erased(CARD, NAMES) is None
    there = shop_writings.written(begun(CODE), NOW)
    ending = shop_writings.erased(there, NAMES)
    assert ending is not None
    assert "user_1" not in str(ending)
    assert (ending.state, ending.is_ending) == (WritingState.PENDING, True)
    assert shop_writings.erased(ending, NAMES) == ending
    assert shop_writings.erased(shop_writings.used(there, "o_1", NOW), NAMES) is None


def test_who_is_erased_during_a_call_is_seen_by_its_caller() -> None:
    held = begun(CODE)
    ending = shop_writings.erased(held, NAMES)
    assert ending is not None
    assert (ending.lease_id, ending.version) == (held.lease_id, held.version + 1)


def test_a_person_can_try_again_what_is_not_over() -> None:
    dead = shop_writings.failed(begun(CODE), REFUSED, None, NOW)
    assert shop_writings.retried(dead, LATER).state is WritingState.PENDING
    there = shop_writings.written(begun(CODE), NOW)
    for over in (there, shop_writings.revoked(there, NOW), shop_writings.used(there, None, NOW)):
        assert shop_writings.retried(over, LATER) is over
    assert shop_writings.retried(begun(CODE), NOW).lease_id is not None
    card = replace(shop_writings.written(begun(CARD), NOW), digest="x")
    assert shop_writings.retried(card, LATER).digest is None


def test_the_digest_tells_cards_apart_and_hides_them() -> None:
    card = ShopCard("17", Decimal("12.50"), "EUR", "Gold", "PW-1")
    same = replace(card, balance=Decimal("12.5"))
    assert shop_writings.digest_of(card) == shop_writings.digest_of(same)
    others = [
        replace(card, customer_id="18"),
        replace(card, balance=Decimal(12)),
        replace(card, unit="points"),
        replace(card, tier=None),
        replace(card, code=None),
    ]
    every = {shop_writings.digest_of(each) for each in (card, *others)}
    assert len(every) == 1 + len(others)
    assert "Gold" not in "".join(every)
