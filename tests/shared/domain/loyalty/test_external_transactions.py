"""External transactions: which booking is that of a request, whoever has told of it first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction, booked_by
from tests.support.strategies import make_cause, make_membership, make_program

PROGRAM = make_program()
HELD = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, make_cause("le_0"))[0]
SOURCES = st.sampled_from([None, "payback", "deutschlandcard", "a", "a:t"])


def told(
    source: str | None, units: int = 50, direction: Direction = Direction.EARN, **fields: object
) -> ExternalTransaction:
    transaction_id = str(fields.pop("transaction_id", "t1"))
    return ExternalTransaction(direction, transaction_id, source, units, **fields)  # type: ignore[arg-type]


def booked(transaction: ExternalTransaction, entry_id: str | None = None) -> Entry:
    """Return the entry of a transaction, as its endpoint books it."""
    cause = make_cause(
        entry_id or transaction.first_id,
        fingerprint=str(transaction),
        source=transaction.source,
        transaction_id=transaction.transaction_id,
        action=transaction.direction if transaction.is_sync else None,
        reward_id=transaction.reward_id,
    )
    if transaction.direction is Direction.EARN:
        return ledger.earn(HELD, PROGRAM, transaction.units, cause)[1]
    if transaction.direction is Direction.REDEEM:
        return ledger.redeem(HELD, PROGRAM, transaction.units, cause)[1]
    adjusted = ledger.set_balance(HELD, PROGRAM, transaction.units, cause)
    assert adjusted is not None
    return adjusted[1]


@given(st.lists(st.tuples(SOURCES, st.sampled_from(Direction), st.sampled_from(["t1", "t"]))))
def test_who_may_be_meant_is_never_booked_twice(
    requests: list[tuple[str | None, Direction, str]],
) -> None:
    entries: dict[str, tuple[ExternalTransaction, Entry]] = {}
    for source, direction, transaction_id in requests:
        transaction = told(source, direction=direction, transaction_id=transaction_id)
        known = [entries[each][1] for each in transaction.entry_ids if each in entries]
        found = transaction.find(known, str(transaction))
        meant = [
            entry
            for other, entry in entries.values()
            if (other.direction, other.transaction_id) == (direction, transaction_id)
            and (
                other.source == source
                or (direction is not Direction.SET and None in {other.source, source})
            )
        ]
        assert (found is None) == (not meant)
        if found is None:
            entry_id = next(each for each in transaction.entry_ids if each not in entries)
            assert entry_id != transaction.former_id
            entries[entry_id] = (transaction, booked(transaction, entry_id))
        else:
            assert found in meant


@pytest.mark.parametrize("direction", list(Direction))
def test_each_direction_has_an_id_of_its_own(direction: Direction) -> None:
    others = [told("payback", direction=each) for each in Direction if each is not direction]
    own = set(told("payback", direction=direction).entry_ids)
    assert all(own & set(each.entry_ids) == {each.former_id} for each in others)


@pytest.mark.parametrize("direction", list(Direction))
def test_an_entry_of_another_direction_is_not_meant(direction: Direction) -> None:
    transaction = told("payback", direction=direction)
    for each in Direction:
        entry = booked(told("payback", direction=each, is_sync=True))
        found = transaction.find([entry], "other")
        assert found == (entry if each is direction else None)


def test_the_same_request_comes_before_one_that_may_be_meant() -> None:
    by_till, by_sync = told(None), told("payback", 60, is_sync=True)
    entries = [booked(by_till), booked(by_sync, by_sync.former_id)]
    for transaction, entry in zip((by_till, by_sync), entries, strict=True):
        assert transaction.find(entries, str(transaction)) == entry
        assert transaction.find(entries[::-1], str(transaction)) == entry


@pytest.mark.parametrize(
    ("request_", "earlier", "is_repeated"),
    [
        (told(None), told("payback", is_sync=True), True),
        (told("payback", is_sync=True), told(None), True),
        (told(None), told("payback", 51, is_sync=True), False),
        (told("payback", 51, is_sync=True), told(None), False),
        # One endpoint says the same thing in the same way.
        (told(None), told("payback"), False),
        (told(None, is_sync=True), told("payback", is_sync=True), False),
    ],
)
def test_another_endpoint_must_name_the_same_points(
    request_: ExternalTransaction, earlier: ExternalTransaction, is_repeated: bool
) -> None:
    assert request_.is_repeated(booked(earlier), "mine") == is_repeated
    assert request_.is_repeated(booked(earlier), str(earlier))


def test_a_reward_is_not_bought_by_a_redemption_without_it() -> None:
    plain = told("payback", direction=Direction.REDEEM, is_sync=True)
    reward = told(None, direction=Direction.REDEEM, reward_id="rw_1")

    assert not reward.is_repeated(booked(plain), "mine")
    assert plain.is_repeated(booked(reward), "mine")


def test_an_entry_tells_its_endpoint() -> None:
    redemption = told(None, direction=Direction.REDEEM)
    assert booked_by(booked(told(None))) == "addLoyaltyPoints"
    assert booked_by(booked(redemption)) == "redeemLoyaltyPoints"
    for direction in Direction:
        entry = booked(told(None, direction=direction, is_sync=True))
        assert booked_by(entry) == "syncExternalLoyalty"
