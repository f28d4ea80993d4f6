"""Documents: what is stored comes back exactly as it was."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pprint import pformat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import ids
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.accounts.packages import Package
from shared.domain.loyalty import chain
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.figures import ProgramCounters
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import CashbackRules, PointsRules, Program, TierRules
from shared.domain.stores.stores import Coordinates, Store
from shared.domain.webhooks.deliveries import Delivery
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.store import client, codec
from shared.store.client import Create, Snapshot
from shared.store.loyalty import program_documents
from tests.support import strategies
from tests.support.strategies import NOW, TIERED, exact_decimals, make_program, records
from tools.emulators import FirestoreEmulator

POSITIONS = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))
RECORDS = st.one_of(
    strategies.memberships,
    strategies.entries,
    records(Account),
    records(Store, position=st.none() | POSITIONS),
    records(KeyRecord),
    records(WebhookEndpoint),
    records(Delivery),
    records(
        ProgramCounters,
        earned_units_by_month=st.just({"2026-03": 5}),
        redeemed_units_by_month=st.just({}),
    ),
)


def stored(document: dict[str, Any]) -> Snapshot:
    """Return a document as Firestore gives it back."""
    path = f"codecTests/{ids.new('t')}"
    client.commit([Create(path, document)])
    return client.get_one(path)


@given(RECORDS)
def test_a_record_is_read_back_as_it_was(record: Any) -> None:
    assert codec.from_document(type(record), codec.to_document(record)) == record


@given(strategies.programs)
@settings(max_examples=25)  # A program has so many fields that making one takes a while.
def test_a_program_is_read_back_with_the_rules_of_its_type(program: Program) -> None:
    read = program_documents.decode(
        Snapshot("loyaltyPrograms/lp_1", codec.to_document(program), NOW)
    )
    assert read == program
    assert type(read.rules) is type(program.rules)


@given(RECORDS)
@settings(max_examples=40)
def test_firestore_gives_a_record_back_as_it_was(
    firestore_emulator: FirestoreEmulator, record: Any
) -> None:
    data = stored(codec.to_document(record)).data
    assert data is not None
    read = codec.from_document(type(record), data)
    assert read == record
    # Plain datetimes, tuples and enums, not look-alikes; maps have no order.
    assert pformat(read) == pformat(record)


@given(strategies.programs)
@settings(max_examples=30)
def test_firestore_gives_a_program_back_as_it_was(
    firestore_emulator: FirestoreEmulator, program: Program
) -> None:
    assert program_documents.decode(stored(codec.to_document(program))) == program


@given(strategies.entries)
@settings(max_examples=30)
def test_an_entry_has_the_same_hash_after_it_was_stored(
    firestore_emulator: FirestoreEmulator, entry: Entry
) -> None:
    data = stored(codec.to_document(entry)).data
    assert data is not None
    assert chain.canonical(codec.from_document(Entry, data)) == chain.canonical(entry)


@given(exact_decimals)
def test_decimals_are_stored_as_exact_plain_text(amount: Decimal) -> None:
    text = codec.to_document(PointsRules(amount))["pointsPerEuro"]
    assert isinstance(text, str)
    assert Decimal(text) == amount
    assert "E" not in text.upper()


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("10", "10"),
        ("1E+2", "100"),
        ("5.00", "5"),
        ("0.10", "0.1"),
        ("1E-10", "0.0000000001"),
        ("0.00", "0"),
    ],
)
def test_an_amount_has_one_spelling(amount: str, text: str) -> None:
    assert codec.to_document(PointsRules(Decimal(amount)))["pointsPerEuro"] == text


def test_a_document_has_camel_case_names_and_plain_values() -> None:
    program = make_program(TIERED)
    plain = {"multiplier": "1", "color": None, "benefits": [], "neverDowngrade": False}
    assert codec.to_document(program) == {
        "programId": "lp_1",
        "accountId": "acc_1",
        "storeId": "store_1",
        "programName": "Program",
        "programType": "tier",
        "description": "",
        "rules": {
            "pointsPerEuro": "10",
            "tiers": [
                {"name": "Bronze", "minPoints": 0, **plain},
                {"name": "Silber", "minPoints": 500, **plain},
                {"name": "Gold", "minPoints": 1500, **plain},
            ],
            "minimumPurchase": None,
            "pointsPerCheckin": None,
        },
        "rewards": [],
        "branding": {"color": None, "logo": None},
        "earningMethods": ["qr_checkin"],
        "isActive": True,
        "currency": "EUR",
        "timeZone": "Europe/Berlin",
        "createdAt": NOW,
        "updatedAt": NOW,
        "pointsExpiry": None,
        "ruleExpiries": [],
        "pointValue": None,
        "milestones": ["100", "500", "1000", "5000", "10000", "50000", "100000"],
        "earningBase": {
            "taxMode": "gross",
            "vatPercent": None,
            "excludedCategories": [],
            "excludedProductIds": [],
            "excludedTypes": ["voucher", "gift_card", "deposit", "tip"],
            "shippingEarns": False,
        },
        "checkInLimit": {"perDay": 1, "minutesBetween": 0},
        "welcomeBonus": "0",
        "allowsUnverified": False,
        "earningLimits": {
            "maxPerBooking": None,
            "maxPerDay": None,
            "maxPerMonth": None,
            "whenExceeded": "truncate",
        },
        "campaigns": [],
        "archivedRewards": [],
        "pendingDays": 0,
        "redemptionCancelDays": 14,
        "refundPolicy": "within_balance",
        "transfers": "none",
        "offlineOverdraft": "0",
        "eventRules": [],
        "receiptClaims": None,
        "referral": None,
        "tierPolicy": None,
        "salesChannelId": None,
    }


def test_the_names_in_documents_are_those_that_the_chain_hashes() -> None:
    names = {codec.camel(each.name) for each in fields(Entry)}
    assert names == {chain._camel(each.name) for each in fields(Entry)}


@pytest.mark.parametrize("cls", [Membership, Entry, Program, CashbackRules, TierRules])
def test_no_two_fields_share_a_name(cls: Any) -> None:
    assert len({codec.camel(each.name) for each in fields(cls)}) == len(fields(cls))


@dataclass(frozen=True)
class Newer:
    """A record that got a field since it was stored."""

    name: str
    package: Package
    added: tuple[int, ...] = (1,)


def test_fields_that_a_document_lacks_take_their_default() -> None:
    read = codec.from_document(Newer, {"name": "a", "package": "GO", "dropped": 1})
    assert read == Newer("a", Package.GO)


def test_a_document_without_what_has_no_default_is_refused() -> None:
    with pytest.raises(TypeError):
        codec.from_document(Newer, {"name": "a"})


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="PLATINUM"):
        codec.from_document(Newer, {"name": "a", "package": "PLATINUM"})


def test_times_come_back_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    account = Account("acc_1", "M", Package.GO, True, datetime(2026, 3, 3, 13, tzinfo=berlin))
    read = codec.from_document(Account, codec.to_document(account))
    assert read.created_at == NOW
    assert read.created_at.tzinfo is UTC
