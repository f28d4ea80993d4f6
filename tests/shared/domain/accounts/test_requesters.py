"""Who may still ask for what they have asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts.accounts import KeyRecord
from shared.domain.accounts.requesters import Requester, RequesterRecords, may_still_ask
from shared.domain.accounts.staff import StaffMember, StaffRole

ASKED_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
KEY = KeyRecord("hash", "acc_1", "live", "sk", "", "bk_live_sk_", "1234", ASKED_AT)
MEMBER = StaffMember("acc_1", "uid", StaffRole.MANAGER, ASKED_AT, ASKED_AT)


def may(requester: Requester, records: RequesterRecords) -> bool:
    return may_still_ask(
        requester, records, asked_at=ASKED_AT, roles={StaffRole.MANAGER}, store_id="store_a"
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [(KEY, True), (None, False), (replace(KEY, revoked_at=ASKED_AT), False)],
)
def test_a_key_may_ask_until_it_is_revoked(key: KeyRecord | None, expected: bool) -> None:
    assert may(Requester(key_hash="hash"), RequesterRecords(key=key)) is expected


def test_a_token_that_is_gone_may_not_ask_though_its_key_may() -> None:
    assert not may(Requester(key_hash="hash", token_hash="t"), RequesterRecords(key=KEY))


def test_nobody_may_not_ask() -> None:
    assert not may(Requester(), RequesterRecords())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"store_ids": ("store_a", "store_b")}, True),
        ({"store_ids": ("store_b",)}, False),
        ({"role": StaffRole.CASHIER}, False),
        ({"is_disabled": True}, False),
        ({"created_at": ASKED_AT + timedelta(seconds=1)}, False),
    ],
)
def test_a_person_may_ask_in_role_and_store(change: dict[str, Any], expected: bool) -> None:
    records = RequesterRecords(member=replace(MEMBER, **change))
    assert may(Requester(staff_id="uid"), records) is expected


def test_an_app_may_not_ask_without_its_record_and_consent() -> None:
    requester = Requester(staff_id="uid", app_id="app_1", consent_id="cons_1")
    assert not may(requester, RequesterRecords(member=MEMBER))
