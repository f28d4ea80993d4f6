"""Accounts and keys: cached, found by the beginning of a hash, and listed oldest first."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.store import client, paths
from shared.store.accounts import account_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator

pytestmark = pytest.mark.usefixtures("firestore_emulator")


def make_key(account_id: str, days: int = 0) -> KeyRecord:
    """Store a key's record."""
    key_hash = hashlib.sha256(ids.new("key").encode()).hexdigest()
    created_at = NOW + timedelta(days=days)
    record = sample(KeyRecord, key_hash=key_hash, account_id=account_id, created_at=created_at)
    client.commit([account_documents.key_creation(record)])
    return record


def test_accounts_are_listed_oldest_first(firestore_emulator: FirestoreEmulator) -> None:
    younger = sample(Account, account_id=ids.new("acc"), created_at=NOW + timedelta(days=1))
    older = replace(younger, account_id=ids.new("acc"), created_at=NOW)
    client.commit([account_documents.account_creation(each) for each in (younger, older)])

    listed = account_documents.list_accounts()

    assert [each for each in listed if each in {younger, older}] == [older, younger]


def test_an_account_lists_its_keys_oldest_first() -> None:
    account_id = ids.new("acc")
    younger, older = make_key(account_id, days=1), make_key(account_id)
    make_key(ids.new("acc"))

    assert account_documents.list_keys(account_id) == [older, younger]


def test_a_key_is_found_by_the_beginning_of_its_hash() -> None:
    record = make_key(ids.new("acc"))

    for length in (16, 64):
        found = account_documents.keys_beginning_with(record.key_hash[:length], limit=2)
        assert found == [record]
    assert account_documents.keys_beginning_with("f" * 64, limit=2) == []


def test_a_revocation_is_seen_once_the_key_is_forgotten() -> None:
    record = make_key(ids.new("acc"))
    assert account_documents.find_key(record.key_hash) == record
    revoked = replace(record, revoked_at=NOW)
    read = client.get_one(paths.api_key(record.key_hash))
    client.commit([account_documents.replace_key(read, revoked)])

    assert account_documents.find_key(record.key_hash) == record
    account_documents.forget_key(record.key_hash)
    assert account_documents.find_key(record.key_hash) == revoked


def test_a_change_is_seen_once_the_account_is_forgotten() -> None:
    account = sample(Account, account_id=ids.new("acc"))
    client.commit([account_documents.account_creation(account)])
    assert account_documents.find_account(account.account_id) == account
    read = client.get_one(paths.account(account.account_id))
    client.commit([account_documents.replace_account(read, replace(account, name="Other"))])

    assert account_documents.find_account(account.account_id) == account
    account_documents.forget_account(account.account_id)
    assert account_documents.find_account(account.account_id) == replace(account, name="Other")
