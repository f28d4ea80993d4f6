"""Who may change which API key, and how many there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.accounts.api_keys import (
    KEYS_MAX,
    require_may_change,
    with_one_less,
    with_one_more,
)
from shared.domain.accounts.packages import Package
from shared.domain.accounts.staff import StaffRole
from shared.errors import ApiKeyChangeNotAllowed, LimitExceeded

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ACCOUNT = Account("acc_1", "Merchant", Package.GO, True, NOW)
KEY = KeyRecord("ab" * 32, "acc_1", "live", "sk", "", "bk_live_sk_", "X7Q2", NOW)


@pytest.mark.parametrize(
    ("role", "others", "live_secret"),
    [
        ("owner", True, True),
        ("developer", True, False),
        ("manager", False, False),
        ("cashier", False, False),
    ],
)
def test_who_may_change_which(role: str, others: bool, live_secret: bool) -> None:
    for is_live_secret, may in ((False, others), (True, live_secret)):
        if may:
            require_may_change(StaffRole(role), is_live_secret=is_live_secret)
            continue
        with pytest.raises(ApiKeyChangeNotAllowed):
            require_may_change(StaffRole(role), is_live_secret=is_live_secret)


def test_one_of_four_kinds_may_do_everything() -> None:
    changed = [
        replace(KEY, mode=mode, kind=kind) for mode in ("live", "test") for kind in ("sk", "pk")
    ]

    assert [each.is_live_secret for each in changed] == [True, False, False, False]


@pytest.mark.parametrize(("known", "counted"), [(None, 3), (3, 0)])
def test_a_key_more_is_counted(known: int | None, counted: int) -> None:
    assert with_one_more(replace(ACCOUNT, working_keys=known), counted).working_keys == 4


@pytest.mark.parametrize(("known", "counted"), [(None, KEYS_MAX), (KEYS_MAX, 0)])
def test_there_are_no_more_than_may_be(known: int | None, counted: int) -> None:
    with pytest.raises(LimitExceeded):
        with_one_more(replace(ACCOUNT, working_keys=known), counted)


@pytest.mark.parametrize(("before", "after"), [(None, None), (3, 2), (0, 0)])
def test_a_key_less_is_counted_where_they_are(before: int | None, after: int | None) -> None:
    assert with_one_less(replace(ACCOUNT, working_keys=before)).working_keys == after
