"""Memberships: entry, membership and mirror are one commit, and the same body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared import ids
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.store import client, paths
from shared.store.client import WriteConflict
from shared.store.loyalty import membership_documents
from tests.support.strategies import make_cause, make_membership, make_program
from tools.emulators import FirestoreEmulator

# Far from the times of other tests, so that no sweep takes these for something to tell.
NOW = datetime(2190, 1, 1, tzinfo=UTC)


@pytest.fixture
def program(firestore_emulator: FirestoreEmulator) -> Program:
    """A program of this test alone."""
    return make_program(program_id=ids.new("lp"), store_id=ids.new("store"))


@pytest.fixture
def opened(program: Program) -> Membership:
    """A membership of that program, as it was enrolled."""
    return enrolled(program, "user_1")


def enrolled(program: Program, user_id: str) -> Membership:
    membership_id = paths.membership_id(program.program_id, user_id)
    membership = make_membership(
        program, membership_id=membership_id, user_id=user_id, enrolled_at=NOW, updated_at=NOW
    )
    read = client.get_one(paths.member(membership_id))
    client.commit(membership_documents.writes(read, membership))
    return membership


def booked(
    program: Program, membership: Membership, entry_id: str = "le_1", after_s: int = 0
) -> tuple[Membership, Entry]:
    """Write an earn of 10."""
    read = client.get_one(paths.member(membership.membership_id))
    cause = make_cause(entry_id, now=NOW + timedelta(seconds=after_s))
    after, entry = ledger.earn(membership, program, 10, cause)
    client.commit(membership_documents.writes(read, after, entry))
    return after, entry


def mirror_of(membership: Membership) -> client.Document | None:
    path = paths.store_member(membership.store_id, membership.membership_id)
    return client.get_one(path).data


def entry_of(membership: Membership, entry_id: str) -> Entry | None:
    path = paths.entry(membership.membership_id, entry_id)
    return membership_documents.decode_entry(client.get_one(path))


def test_a_new_membership_is_written_in_both_places(opened: Membership) -> None:
    assert membership_documents.find(opened.membership_id) == opened
    assert mirror_of(opened) == client.get_one(paths.member(opened.membership_id)).data
    assert membership_documents.list_entries(opened.membership_id) == []


def test_a_booking_is_written_with_its_entry_and_mirror(
    program: Program, opened: Membership
) -> None:
    after, entry = booked(program, opened)
    assert membership_documents.find(opened.membership_id) == after
    assert entry_of(opened, "le_1") == entry
    assert mirror_of(opened) == client.get_one(paths.member(opened.membership_id)).data


def test_an_entry_that_exists_stops_membership_and_mirror(
    program: Program, opened: Membership
) -> None:
    after, entry = booked(program, opened)
    mirror = mirror_of(opened)
    with pytest.raises(WriteConflict):
        booked(program, after, "le_1")
    assert membership_documents.find(opened.membership_id) == after
    assert membership_documents.list_entries(opened.membership_id) == [entry]
    assert mirror_of(opened) == mirror


def test_a_membership_that_was_changed_meanwhile_stops_entry_and_mirror(
    program: Program, opened: Membership
) -> None:
    stale = client.get_one(paths.member(opened.membership_id))
    after, _ = booked(program, opened)
    late, entry = ledger.earn(opened, program, 99, make_cause("le_2"))
    with pytest.raises(WriteConflict):
        client.commit(membership_documents.writes(stale, late, entry))
    assert membership_documents.find(opened.membership_id) == after
    assert entry_of(opened, "le_2") is None
    assert mirror_of(opened) == client.get_one(paths.member(opened.membership_id)).data


def test_a_user_is_not_enrolled_twice(program: Program, opened: Membership) -> None:
    absent = client.Snapshot(paths.member(opened.membership_id), None, None)
    with pytest.raises(WriteConflict):
        client.commit(membership_documents.writes(absent, opened))


def test_what_a_transaction_has_booked_is_found_whoever_the_member_is(
    firestore_emulator: FirestoreEmulator,
) -> None:
    program = make_program(program_id=ids.new("lp"), store_id=ids.new("store"))
    another = make_program(program_id=ids.new("lp"), store_id=program.store_id)
    transaction_id = ids.new("t")
    booked_entries = []
    for each, user_id in ((program, "user_1"), (program, "user_2"), (another, "user_1")):
        membership = enrolled(each, user_id)
        read = client.get_one(paths.member(membership.membership_id))
        cause = make_cause(ids.new("le"), now=NOW, transaction_id=transaction_id)
        after, entry = ledger.earn(membership, each, 10, cause)
        client.commit(membership_documents.writes(read, after, entry))
        booked_entries.append(entry)

    found = membership_documents.find_by_transaction(program.program_id, transaction_id)

    assert sorted(found, key=lambda entry: entry.user_id) == booked_entries[:2]
    assert membership_documents.find_by_transaction(program.program_id, ids.new("t")) == []


def test_entries_are_listed_oldest_first(program: Program, opened: Membership) -> None:
    membership, entries = opened, []
    for entry_id in ("le_z", "le_a", "le_m"):
        membership, entry = booked(program, membership, entry_id)
        entries.append(entry)
    assert membership_documents.list_entries(opened.membership_id) == entries


def test_what_is_absent_is_none(firestore_emulator: FirestoreEmulator) -> None:
    assert membership_documents.find(ids.new("lp")) is None


def test_entries_of_all_memberships_are_found_by_time(program: Program) -> None:
    first, second = enrolled(program, "user_1"), enrolled(program, "user_2")
    _, early = booked(program, first, ids.new("le"), after_s=1)
    _, late = booked(program, second, ids.new("le"), after_s=2)
    mine = {early.entry_id, late.entry_id}

    def since(seconds: int) -> list[Entry]:
        found = membership_documents.entries_recorded_since(
            NOW + timedelta(seconds=seconds), 10_000
        )
        return [entry for entry in found if entry.entry_id in mine]

    assert since(1) == [early, late]
    assert since(2) == [late]
    assert since(3) == []
    assert len(membership_documents.entries_recorded_since(NOW, 1)) == 1


def test_memberships_are_found_by_time_once_and_not_again_as_mirrors(
    program: Program, opened: Membership
) -> None:
    found = membership_documents.enrolled_since(NOW, 10_000)
    assert [each for each in found if each.program_id == program.program_id] == [opened]
    later = membership_documents.enrolled_since(NOW + timedelta(milliseconds=1), 10_000)
    assert [each for each in later if each.program_id == program.program_id] == []


@pytest.mark.parametrize(
    "page_after",
    [
        lambda program, after: membership_documents.list_of_program(program.program_id, after, 2),
        lambda program, after: membership_documents.list_mirrors(
            program.store_id, program.program_id, after, 2
        ),
    ],
)
def test_the_memberships_of_a_program_come_in_pages(
    program: Program,
    page_after: Callable[[Program, str | None], list[client.Snapshot]],
) -> None:
    neighbour = make_program(program_id=ids.new("lp"), store_id=program.store_id)
    users = ["user/1", "user_2", "user 3", "__4__"]
    expected = {enrolled(program, user).membership_id for user in users}
    enrolled(neighbour, "user_1")
    first = page_after(program, None)
    second = page_after(program, first[-1].id)
    assert (len(first), len(second)) == (2, 2)
    assert {each.id for each in [*first, *second]} == expected
    assert page_after(program, second[-1].id) == []


@pytest.mark.usefixtures("own_database")
def test_pages_of_what_is_due_go_through_it_once(program: Program) -> None:
    due_at = [NOW, NOW, NOW, NOW + timedelta(days=1), NOW + timedelta(days=2)]
    for number, next_due_at in enumerate(due_at):
        opened = replace(enrolled(program, f"user_{number}"), next_due_at=next_due_at)
        read = client.get_one(paths.member(opened.membership_id))
        client.commit(membership_documents.writes(read, opened))
    never = replace(enrolled(program, "user_9"), next_due_at=None)
    read = client.get_one(paths.member(never.membership_id))
    client.commit(membership_documents.writes(read, never))

    found: list[str] = []
    last: Membership | None = None
    while page := membership_documents.list_due(NOW + timedelta(days=1), 2, after=last):
        assert len(page) <= 2
        found += [each.user_id for each in page]
        last = page[-1]

    assert found == ["user_0", "user_1", "user_2", "user_3"]
