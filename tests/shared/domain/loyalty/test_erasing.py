"""Copies of a ledger under a pseudonym: the same books, without the person."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from shared import ids
from shared.domain.loyalty import chain, erasing, ledger, proof, redemptions, welcome
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.membership import Membership
from shared.domain.pseudonyms import Pseudonyms
from shared.store import codec
from tests.support.strategies import NOW, make_cause, make_membership, make_program

NAMES = Pseudonyms({"lp_1_user_1": "lp_1_erased_1", "user_1": "erased_1"})
TEXT = "text of user_1"


def history(count: int) -> tuple[Membership, list[Entry]]:
    program = make_program()
    membership, entries = make_membership(program), []
    for number in range(count):
        cause = make_cause(
            f"le_{number}",
            description=TEXT,
            transaction_id=f"{TEXT} {number}",
            reward_code="RW-USER",
            key_hash="hash of user_1",
        )
        booked = ledger.earn if number % 3 < 2 else ledger.redeem
        membership, entry = booked(membership, program, 10, cause)
        entries.append(entry)
    return membership, entries


def test_every_field_is_kept_or_changed() -> None:
    entry = {each.name for each in fields(Entry)}
    membership = {each.name for each in fields(Membership)}
    assert entry == erasing.ENTRY_KEEPS | erasing.ENTRY_CHANGES
    assert not erasing.ENTRY_KEEPS & erasing.ENTRY_CHANGES
    assert membership == erasing.MEMBERSHIP_KEEPS | erasing.MEMBERSHIP_CHANGES
    assert not erasing.MEMBERSHIP_KEEPS & erasing.MEMBERSHIP_CHANGES


@pytest.mark.parametrize("count", [0, 1, 12])
def test_the_copy_has_the_same_books_and_no_person(count: int) -> None:
    membership, entries = history(count)

    copied = erasing.copy(membership, entries, NAMES, NOW)

    after = copied.membership
    after.assert_consistent()
    assert [*proof.sums_breaks(after, copied.entries)] == []
    genesis = erasing.genesis(copied.record)
    assert chain.find_break(copied.entries, after.head_hash, genesis=genesis) is None
    assert [*erasing.problems(copied.record, copied.entries)] == []
    for old, new in zip(entries, copied.entries, strict=True):
        assert all(getattr(old, name) == getattr(new, name) for name in erasing.ENTRY_KEEPS)
    assert all(
        getattr(membership, name) == getattr(after, name) for name in erasing.MEMBERSHIP_KEEPS
    )
    stored = json.dumps([codec.to_document(each) for each in (after, *copied.entries)], default=str)
    assert "user_1" not in stored
    assert "RW-" not in stored
    assert erasing.copy(membership, entries, NAMES, NOW) == copied


def lived(user_id: str) -> tuple[Membership, list[Entry], Pseudonyms]:
    """Return a member with entries that the user id names: it is in their ids or fingerprints."""
    membership_id = f"lp_1_{user_id}"
    program = make_program(
        welcome_bonus=Decimal(5),
        pending_days=1,
        points_expiry=PointsExpiry(after_days=1, alert_days=0),
    )
    membership = make_membership(
        program, membership_id=membership_id, user_id=user_id, awaits_welcome=True
    )
    membership, greeting = welcome.greeted(membership, program, is_verified=True, now=NOW)
    assert greeting is not None
    bought = make_cause("le_2", purchase_amount="7")
    membership, pending = ledger.earn(membership, program, 7, bought)
    membership, earned = ledger.earn(membership, program, 6, make_cause("le_3"))
    membership, spent = ledger.redeem(membership, program, 11, make_cause("le_4"))
    membership = ledger.uncollected(membership, earned, 6, NOW + timedelta(minutes=1))
    cancelling = make_cause(redemptions.cancellation_id(membership_id, spent.entry_id))
    membership, cancelled = ledger.cancel(membership, program, spent, cancelling)
    earns = {(membership_id, earned.entry_id): earned}
    membership, collected = ledger.collect(membership, program, spent, earns, cancelling)
    assert len(collected) == 1
    membership, caught_up = ledger.caught_up(membership, program, NOW + timedelta(days=9))
    out, into = (
        make_cause(ids.derived("le", "merge", way, user_id), fingerprint=ids.digest(way, user_id))
        for way in ("out", "into")
    )
    taker = make_membership(program, membership_id="lp_1_taker", user_id="taker")
    (membership, gone), _ = ledger.merge(membership, taker, program, out, into)
    entries = [greeting, pending, earned, spent, cancelled, *collected, *caught_up, gone]
    names = {membership_id: "lp_1_erased_1", user_id: "erased_1", "lp_1_taker": "lp_1_erased_2"}
    return membership, entries, Pseudonyms({**names, "taker": "erased_2"})


def test_nothing_of_a_copy_follows_from_the_user_id() -> None:
    """A digest of a user id tells whoever guesses it that the guess was right."""
    copies = [erasing.copy(*lived(user_id), NOW) for user_id in ("user_1", "max@example.com")]

    kinds = {each.kind for each in copies[0].entries}
    assert kinds == {
        EntryKind.EARN,
        EntryKind.PENDING,
        EntryKind.REDEEM,
        EntryKind.REVERSE,
        EntryKind.EXPIRE,
        EntryKind.MERGE,
    }
    assert any(each.activates_entry_id for each in copies[0].entries)
    one, other = (
        [replace(each, hash="", previous_hash="") for each in made.entries] for made in copies
    )
    assert one == other
    one_recent, other_recent = (made.membership.recent for made in copies)
    assert one_recent == other_recent


def test_what_was_changed_since_is_found() -> None:
    membership, entries = history(4)
    copied = erasing.copy(membership, entries, NAMES, NOW)
    changed = (
        replace(copied.record, units={"earn": 1}),
        replace(copied.record, entries=3),
        replace(copied.record, new_head_hash="0" * 64),
    )
    for record in changed:
        assert [*erasing.problems(record, copied.entries)] != []
    for record in (
        *changed[:2],
        replace(copied.record, old_head_hash="0" * 64),
        replace(copied.record, erased_at=NOW + timedelta(seconds=1)),
    ):
        genesis = erasing.genesis(record)
        head = copied.membership.head_hash
        assert chain.find_break(copied.entries, head, genesis=genesis) is not None
    assert [*erasing.problems(copied.record, copied.entries[:3])] != []


def test_a_chain_that_was_broken_before_is_said_to_be() -> None:
    membership, entries = history(4)
    entries[1] = replace(entries[1], units=1000)

    copied = erasing.copy(membership, entries, NAMES, NOW)

    assert copied.record.broken == "at number 2"
    assert "the chain was broken before the erasure: at number 2" in [
        *erasing.problems(copied.record, copied.entries)
    ]
