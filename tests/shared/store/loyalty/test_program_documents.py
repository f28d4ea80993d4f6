"""Programs: two copies that are one body, and a cache that forgets what this process changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.loyalty.programs import Program
from shared.store import client, paths, rpc
from shared.store.client import WriteConflict
from shared.store.loyalty import program_documents
from tests.support.strategies import NOW, TIERED, make_program
from tests.support.wire import Wire
from tools.emulators import FirestoreEmulator


@pytest.fixture
def program(firestore_emulator: FirestoreEmulator) -> Program:
    """A stored program of this test alone."""
    program = make_program(TIERED, program_id=ids.new("lp"), store_id=ids.new("store"))
    client.commit(program_documents.creation(program))
    return program


def copies(program: Program) -> list[client.Document | None]:
    both = (
        paths.program(program.program_id),
        paths.store_program(program.store_id, program.program_id),
    )
    return [each.data for each in client.get(both).values()]


def test_a_program_is_written_in_both_places(program: Program) -> None:
    top, mirror = copies(program)
    assert top == mirror
    assert top is not None
    assert program_documents.find(program.program_id) == program


def test_a_change_is_written_in_both_places(program: Program) -> None:
    read = client.get_one(paths.program(program.program_id))
    changed = replace(program, program_name="New", is_active=False)
    client.commit(program_documents.replacement(read, changed))
    top, mirror = copies(program)
    assert top == mirror
    assert program_documents.decode(client.get_one(paths.program(program.program_id))) == changed


def test_a_stale_change_reaches_neither_place(program: Program) -> None:
    read = client.get_one(paths.program(program.program_id))
    client.commit(program_documents.replacement(read, replace(program, program_name="First")))
    before = copies(program)
    with pytest.raises(WriteConflict):
        client.commit(program_documents.replacement(read, replace(program, program_name="Second")))
    assert copies(program) == before


def test_an_id_is_used_once(program: Program) -> None:
    before = copies(program)
    with pytest.raises(WriteConflict):
        client.commit(program_documents.creation(replace(program, program_name="Other")))
    assert copies(program) == before


def test_a_program_is_read_once_and_again_after_a_change(program: Program, wire: Wire) -> None:
    program_documents.find(program.program_id)
    program_documents.find(program.program_id)
    assert wire.calls == [rpc.GET]
    changed = replace(program, program_name="New")
    read = client.get_one(paths.program(program.program_id))
    client.commit(program_documents.replacement(read, changed))
    program_documents.forget(program.program_id)
    assert program_documents.find(program.program_id) == changed


def test_an_absent_program_is_none(firestore_emulator: FirestoreEmulator) -> None:
    assert program_documents.find("no/such/program") is None


def test_a_store_lists_its_programs_oldest_first(program: Program) -> None:
    younger = replace(program, program_id=ids.new("lp"), created_at=NOW + timedelta(milliseconds=1))
    older = replace(program, program_id=ids.new("lp"), created_at=NOW - timedelta(days=1))
    elsewhere = replace(program, program_id=ids.new("lp"), store_id=ids.new("store"))
    for each in (younger, older, elsewhere):
        client.commit(program_documents.creation(each))
    assert program_documents.list_of_store(program.store_id) == [older, program, younger]
    assert program_documents.list_of_store(ids.new("store")) == []
