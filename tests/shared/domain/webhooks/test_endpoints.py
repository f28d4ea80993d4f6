"""Secrets that follow each other, and endpoints that are switched on and off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.webhooks.endpoints import (
    SECRETS_MAX,
    Health,
    SigningSecret,
    WebhookEndpoint,
    disabled,
    enabled,
    previous_secrets_expire_at,
    rotated,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = (SigningSecret("first"),)
ENDPOINT = WebhookEndpoint(
    endpoint_id="we_1",
    account_id="acc_a",
    store_id="store_a",
    kind="http",
    target="https://example.com/",
    events=("*",),
    secrets=FIRST,
    created_at=NOW,
    updated_at=NOW,
)


def test_the_secret_before_goes_on_for_a_while() -> None:
    secrets = rotated(FIRST, "second", now=NOW, overlap=DAY)

    assert secrets == (SigningSecret("second"), SigningSecret("first", NOW + DAY))
    assert previous_secrets_expire_at(secrets, NOW) == NOW + DAY
    assert [each.is_valid(NOW + DAY) for each in secrets] == [True, False]
    assert previous_secrets_expire_at(secrets, NOW + DAY) is None


def test_without_an_overlap_it_ends_at_once() -> None:
    two = rotated(FIRST, "second", now=NOW, overlap=DAY)

    assert rotated(two, "third", now=NOW, overlap=timedelta(0)) == (SigningSecret("third"),)


def test_the_only_secret_has_none_before_it() -> None:
    assert previous_secrets_expire_at(FIRST, NOW) is None


HOURS = st.integers(0, 24)


@given(st.lists(st.tuples(HOURS, HOURS), max_size=15))
def test_whatever_the_rotations(steps: list[tuple[int, int]]) -> None:
    secrets, now = FIRST, NOW
    for number, (wait_hours, overlap_hours) in enumerate(steps):
        now += timedelta(hours=wait_hours)
        before = {each.token: each.valid_until for each in secrets}
        secrets = rotated(secrets, f"{number}", now=now, overlap=timedelta(hours=overlap_hours))

        assert secrets[0] == SigningSecret(f"{number}")
        assert 1 <= len(secrets) <= SECRETS_MAX
        for each in secrets[1:]:
            assert each.valid_until is not None
            assert now < each.valid_until <= now + timedelta(hours=overlap_hours)
            was_to_end = before[each.token]
            assert was_to_end is None or each.valid_until <= was_to_end
        ends = [each.valid_until for each in secrets[1:]]
        assert previous_secrets_expire_at(secrets, now) == max(ends, default=None)


def test_disabling_says_why_and_since_when() -> None:
    off = disabled(ENDPOINT, "gone", NOW)

    assert off == replace(ENDPOINT, is_enabled=False, disabled_reason="gone", disabled_at=NOW)
    assert disabled(off, "gone", NOW + DAY) is off
    assert disabled(off, "owner", NOW + DAY).disabled_at == NOW + DAY


def test_enabling_forgets_everything_against_it() -> None:
    failing = replace(ENDPOINT, health=Health(NOW, is_slow=True, slow_since=NOW, pace_s=8))

    assert enabled(disabled(failing, "only_failed", NOW)) == ENDPOINT
