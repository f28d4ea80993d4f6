"""Purchases that were stored before ``people`` was kept: they are found after they were noted."""

from __future__ import annotations

from typing import Any

import pytest

from shared.services.systems import purchase_people
from shared.store import client
from shared.store.client import Create, Delete, Snapshot, Update
from tests.support.receipts import ReceiptTill, row
from tests.support.refusals import nothing_written

# It goes through the purchases of all accounts.
pytestmark = pytest.mark.usefixtures("own_database", "ticking")


def purchases(till: ReceiptTill) -> list[Snapshot]:
    return client.query("purchases", ("storeId", "==", till.anna.merchant.store_id))


def forget_people(till: ReceiptTill) -> None:
    """Make purchases as they were stored before."""
    for each in purchases(till):
        assert each.data is not None
        older = {name: value for name, value in each.data.items() if name != "people"}
        client.commit([Delete(each)])
        client.commit([Create(each.path, older)])
    assert not [each for each in purchases(till) if "people" in (each.data or {})]


def data(till: ReceiptTill) -> dict[str, dict[str, Any]]:
    return {each.path: each.data or {} for each in purchases(till)}


def test_an_erasure_finds_what_was_noted(
    receipt_till: ReceiptTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, count = receipt_till.anna, 5
    receipt_till.read(*(row(f"R-{number}", 10) for number in range(count)))
    before = data(receipt_till)
    forget_people(receipt_till)
    monkeypatch.setattr(client, "PAGE", 2)

    assert purchase_people.note_people() == count

    assert data(receipt_till) == before
    exported = anna.api.ok("exportMember", {"userId": anna.user_id})["data"]
    assert len(exported["purchases"]) == count
    anna.api.ok("eraseMember", {"userId": anna.user_id})
    assert anna.user_id not in str([*data(receipt_till).values()])


def test_goes_on_where_it_was_interrupted(receipt_till: ReceiptTill) -> None:
    receipt_till.read(row("R-1", 10), row("R-2", 10))
    before = data(receipt_till)
    forget_people(receipt_till)
    (first, _) = purchases(receipt_till)
    client.commit([Update(first, before[first.path])])

    assert purchase_people.note_people() == 1
    with nothing_written():
        assert purchase_people.note_people() == 0

    assert data(receipt_till) == before
