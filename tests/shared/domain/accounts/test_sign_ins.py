"""A sign-in is fresh for ten minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.accounts.sign_ins import require_fresh
from shared.errors import SignInTooOld

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("ago", [timedelta(seconds=-30), timedelta(0), timedelta(minutes=10)])
def test_a_sign_in_of_the_last_ten_minutes_is_fresh(ago: timedelta) -> None:
    require_fresh(NOW - ago, NOW)


@pytest.mark.parametrize("signed_in_at", [None, NOW - timedelta(minutes=10, seconds=1)])
def test_an_older_one_and_one_of_unknown_time_are_not(signed_in_at: datetime | None) -> None:
    with pytest.raises(SignInTooOld):
        require_fresh(signed_in_at, NOW)
