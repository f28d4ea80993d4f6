"""Members who were stored before names could be looked for: they are found after a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.services.members import name_index
from shared.store import client, paths
from shared.store.client import Update
from shared.store.members import member_documents
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written

# It goes through the members of all accounts.
pytestmark = pytest.mark.usefixtures("own_database")


def as_before(merchant: Merchant, user_id: str, **fields: str) -> None:
    """Make a member as they were stored before there were marks."""
    merchant.api.ok("createMember", {"userId": user_id, **fields})
    read = client.get_one(paths.account_member(merchant.account_id, user_id))
    assert read.data is not None
    older = {name: value for name, value in read.data.items() if name != "nameMarks"}
    client.commit([client.Delete(read)])
    client.commit([client.Create(read.path, older)])


def found(merchant: Merchant, name: str) -> list[str]:
    answer = merchant.api.ok("listMembers", {"name": name})
    return [each["userId"] for each in answer["members"]]


def test_older_members_are_found_after_a_run(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    for number in range(3):
        as_before(merchant, f"u{number}", firstName="Anna")
    as_before(merchant, "nameless", email="ada@example.com")
    before = merchant.api.ok("getMember", {"userId": "u0"})
    assert found(merchant, "anna") == []

    assert name_index.note_names() == 3

    assert found(merchant, "anna") == ["u0", "u1", "u2"]
    assert merchant.api.ok("getMember", {"userId": "u0"}) == before
    with nothing_written():
        assert name_index.note_names() == 0


def test_who_is_being_erased_or_cannot_be_decrypted_is_left_alone(merchant: Merchant) -> None:
    as_before(merchant, "u0", firstName="Anna")
    as_before(merchant, "u1", firstName="Anna")
    changes = {"u0": {"erasure_id": "era_1"}, "u1": {"profile": "damaged"}}
    for user_id, values in changes.items():
        read = client.get_one(paths.account_member(merchant.account_id, user_id))
        person = member_documents.decode(read)
        assert person is not None
        after = member_documents.MEMBERS.to_document(replace(person, **values))  # type: ignore[arg-type]
        client.commit([Update(read, {**after, "nameMarks": {}})])

    with nothing_written():
        assert name_index.note_names() == 0
