"""The hash chain: its frozen format, and every kind of tampering."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, ledger
from shared.domain.loyalty.entries import GENESIS, Entry, EntryKind
from shared.domain.loyalty.programs import Program
from tests.support.strategies import TIERED, make_cause, make_membership, make_program

FROZEN = Entry(
    entry_id="le_1",
    membership_id="lp_1_user%2F1",
    account_id="acc_1",
    store_id="store_1",
    program_id="lp_1",
    user_id="user/1",
    seq=2,
    kind=EntryKind.EARN,
    units=50,
    scale=0,
    balance_before_units=480,
    balance_after_units=530,
    earned_after_units=530,
    tier_before="Bronze",
    tier_after="Silber",
    unlocked_reward_ids=("rw_1", "rw_2"),
    lot_expires_at=datetime(2027, 3, 31, 22, tzinfo=UTC),
    corrects_entry_id=None,
    uncollected_units=0,
    recorded_at=datetime(2026, 3, 3, 12, 0, 0, 7_000, UTC),
    fingerprint="f00d",
    key_hash=None,
    description='Brötchen "frisch" ☕',
    source="till",
    transaction_id="PB-TXN-9876",
    action=None,
    purchase_amount="5.09",
    requested_units=50,
    capped_by=None,
    reward_id=None,
    reward_code=None,
    previous_hash="ab" * 32,
    hash="",
)
FROZEN_BYTES = (
    '{"accountId":"acc_1","balanceAfterUnits":530,"balanceBeforeUnits":480,'
    '"description":"Brötchen \\"frisch\\" ☕","earnedAfterUnits":530,"entryId":"le_1",'
    '"fingerprint":"f00d","kind":"earn","lotExpiresAt":"2027-03-31T22:00:00.000Z",'
    '"membershipId":"lp_1_user%2F1","previousHash":"' + "ab" * 32 + '","programId":"lp_1",'
    '"purchaseAmount":"5.09","recordedAt":"2026-03-03T12:00:00.007Z","requestedUnits":50,'
    '"scale":0,"seq":2,"source":"till","storeId":"store_1","tierAfter":"Silber",'
    '"tierBefore":"Bronze","transactionId":"PB-TXN-9876","uncollectedUnits":0,"units":50,'
    '"unlockedRewardIds":["rw_1","rw_2"],"userId":"user/1"}'
).encode()
FROZEN_HASH = "d2065636ccd8b18a7fd543a931639e5b62e47644efa45d1bd95ec762e0e26822"


def test_the_canonical_form_never_changes() -> None:
    assert chain.canonical(FROZEN) == FROZEN_BYTES
    assert chain.entry_hash(FROZEN) == FROZEN_HASH
    assert hashlib.sha256(FROZEN_BYTES).hexdigest() == FROZEN_HASH


def test_an_earning_method_is_part_of_what_is_hashed_and_its_absence_is_not() -> None:
    checked_in = replace(FROZEN, earning_method="qr_checkin")

    with_method = FROZEN_BYTES.replace(b'"entryId"', b'"earningMethod":"qr_checkin","entryId"')
    assert chain.canonical(checked_in) == with_method


def test_the_hash_is_not_part_of_what_is_hashed() -> None:
    assert chain.entry_hash(replace(FROZEN, hash=FROZEN_HASH)) == FROZEN_HASH


def history(program: Program | None = None) -> tuple[list[Entry], str]:
    """Five entries of a membership, and its head."""
    program = program or make_program(TIERED)
    membership = make_membership(program)
    entries = []
    for number in range(1, 6):
        cause = make_cause(
            f"le_{number}",
            key_hash="k",
            description="d",
            source="s",
            transaction_id=f"t{number}",
            action="a",
            purchase_amount="1",
            requested_units=1,
            capped_by="c",
            reward_id="r",
            reward_code="RW",
        )
        membership, entry = ledger.earn(
            membership, program, 100, cause, expires_at=cause.now + timedelta(days=number)
        )
        entries.append(entry)
    return entries, membership.head_hash


def test_an_untouched_chain_is_whole() -> None:
    assert chain.find_break(*history()) is None


def test_no_entries_are_whole_only_for_an_empty_membership() -> None:
    assert chain.find_break([], GENESIS) is None
    assert chain.find_break([], history()[1]) == "the last entries are missing"


def altered(value: Any) -> Any:
    """Return another value of the same kind."""
    match value:
        case None:
            return "x"
        case bool() | int():
            return value + 1
        case EntryKind():
            return EntryKind.ADJUST
        case str():
            return f"{value}x"
        case datetime():
            return value + timedelta(milliseconds=1)
        case _:
            return (*value, "x")


@pytest.mark.parametrize("name", [each.name for each in fields(Entry)])
@pytest.mark.parametrize("index", [0, 2, 4])
def test_a_change_of_any_field_is_found(name: str, index: int) -> None:
    entries, head = history()
    value = getattr(entries[index], name)
    entries[index] = replace(entries[index], **{name: altered(value)})
    assert chain.find_break(entries, head) is not None


@pytest.mark.parametrize(
    "name",
    [each.name for each in fields(Entry) if each.name not in {"seq", "previous_hash", "hash"}],
)
@pytest.mark.parametrize("index", [0, 2, 4])
def test_a_change_is_found_even_if_its_hash_is_made_anew(name: str, index: int) -> None:
    entries, head = history()
    changed = replace(entries[index], **{name: altered(getattr(entries[index], name))})
    entries[index] = replace(changed, hash=chain.entry_hash(changed))
    expected = (
        "the last entries are missing"
        if index == 4
        else f"entry {entries[index + 1].entry_id} does not follow its predecessor"
    )
    assert chain.find_break(entries, head) == expected


def test_a_value_that_is_taken_away_is_found() -> None:
    entries, head = history()
    entries[2] = replace(entries[2], transaction_id=None)
    assert chain.find_break(entries, head) == "entry le_3 was changed"


@pytest.mark.parametrize("index", range(5))
def test_a_removed_entry_is_found(index: int) -> None:
    entries, head = history()
    del entries[index]
    assert chain.find_break(entries, head) is not None


@given(st.permutations(range(5)).filter(lambda order: order != list(range(5))))
def test_a_changed_order_is_found(order: list[int]) -> None:
    entries, head = history()
    assert chain.find_break([entries[index] for index in order], head) is not None


@given(st.permutations(range(5)).filter(lambda order: order != list(range(5))))
def test_a_changed_order_is_found_even_if_it_is_numbered_anew(order: list[int]) -> None:
    entries, head = history()
    moved = [replace(entries[index], seq=seq) for seq, index in enumerate(order, start=1)]
    rehashed = [replace(entry, hash=chain.entry_hash(entry)) for entry in moved]
    assert chain.find_break(rehashed, head) is not None


@pytest.mark.parametrize("index", range(6))
def test_an_inserted_entry_is_found(index: int) -> None:
    entries, head = history()
    previous = entries[index - 1].hash if index else GENESIS
    forged = replace(entries[0], entry_id="le_x", seq=index + 1, previous_hash=previous)
    sealed = replace(forged, hash=chain.entry_hash(forged))
    inserted = [*entries[:index], sealed, *entries[index:]]
    assert chain.find_break(inserted, head) is not None
    renumbered = [replace(entry, seq=seq) for seq, entry in enumerate(inserted, start=1)]
    assert chain.find_break(renumbered, head) is not None


def test_a_skipped_number_is_found_even_in_a_chain_that_was_made_with_it() -> None:
    entries, _ = history()
    previous_hash, skipped = GENESIS, []
    for entry, seq in zip(entries, (1, 2, 4, 5, 6), strict=True):
        unsealed = replace(entry, seq=seq, previous_hash=previous_hash)
        skipped.append(replace(unsealed, hash=chain.entry_hash(unsealed)))
        previous_hash = skipped[-1].hash
    found = chain.find_break(skipped, previous_hash)
    assert found == "entry le_3 has number 4 where 3 is due"


def test_the_entries_of_another_membership_do_not_fit() -> None:
    entries, head = history()
    others, other_head = history(make_program(TIERED, account_id="acc_2"))
    assert chain.find_break(others, other_head) is None
    assert chain.find_break(others, head) == "the last entries are missing"
    assert chain.find_break([*entries[:4], others[4]], head) is not None
