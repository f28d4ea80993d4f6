"""Payments: found by our id and the provider's, and listed newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.payments.payments import Payment, Stage
from shared.store import client, paths
from shared.store.payments import payment_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


def keep(payment: Payment) -> Payment:
    """Store a payment."""
    read = client.get_one(paths.payment(payment.payment_id))
    client.commit([payment_documents.write(read, payment)])
    return payment


@pytest.fixture
def payments(firestore_emulator: FirestoreEmulator) -> list[Payment]:
    """Two payments of a store, the newer one first."""
    store_id = ids.new("store")
    newer = sample(
        Payment,
        payment_id=ids.new("pay"),
        store_id=store_id,
        provider="stripe",
        stage=Stage.PAID,
        created_at=NOW + timedelta(days=1),
        vendor_payment_id="pi_1",
    )
    older = replace(newer, payment_id=ids.new("pay"), stage=Stage.FAILED, created_at=NOW)
    return [keep(newer), keep(replace(older, vendor_payment_id="pi_2"))]


def test_a_payment_is_found_by_its_id(payments: list[Payment]) -> None:
    assert payment_documents.find(payments[0].payment_id) == payments[0]
    assert payment_documents.find("pay_none") is None


def test_a_payment_is_found_by_the_id_of_its_provider(payments: list[Payment]) -> None:
    find, store_id = payment_documents.find_by_vendor_id, payments[0].store_id

    assert find(store_id, "stripe", "pi_2") == payments[1]
    assert find(store_id, "adyen", "pi_2") is None
    assert find(ids.new("store"), "stripe", "pi_2") is None


def test_payments_are_listed_newest_first(payments: list[Payment]) -> None:
    newer, older = payments
    after = (newer.created_at, newer.payment_id)

    assert payment_documents.list_page(newer.store_id, limit=1) == [newer]
    assert payment_documents.list_page(newer.store_id, after=after, limit=1) == [older]
    assert payment_documents.list_page(newer.store_id, stage=Stage.FAILED, limit=2) == [older]


def test_lists_what_is_to_be_checked_longest_due_first(payments: list[Payment]) -> None:
    early = NOW - timedelta(days=900)
    due = [
        keep(replace(each, check_at=early - timedelta(days=number)))
        for number, each in enumerate(payments)
    ]

    assert payment_documents.list_to_check(early, limit=2) == due[::-1]
