"""Who asks too often for tokens waits, and keeps nobody else out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.domain.accounts.oauth import OAuthRefused
from shared.services.accounts import oauth_limits
from shared.services.accounts.oauth_limits import FAILED_MAX, FAILED_PER_CLIENT_MAX, WINDOW_S
from tests.support import oauth
from tests.support.merchants import Merchant
from tests.support.oauth import GRANT, assert_oauth_refused
from tests.support.refusals import nothing_written

WRONG = "bk_live_sk_" + "A" * 32


class Stopwatch:
    """A clock of the process that stands still until it is moved."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture(autouse=True)
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopwatch]:
    found = Stopwatch()
    monkeypatch.setattr(oauth_limits, "time", found)
    oauth_limits.forget()
    yield found
    monkeypatch.undo()
    oauth_limits.forget()


def test_who_guesses_is_slowed_down_and_who_knows_is_not(
    merchant: Merchant, stopwatch: Stopwatch
) -> None:
    client = oauth.of(merchant.api)
    failing = {**GRANT, "client_secret": WRONG}
    for _ in range(FAILED_PER_CLIENT_MAX):
        assert_oauth_refused(client.post("token", **failing), 401, "invalid_client")

    with nothing_written():
        refused = client.post("token", **failing)

    assert_oauth_refused(refused, 429, "slow_down")
    assert refused.headers["Retry-After"] == str(WINDOW_S)
    assert client.ask().status == 200  # The right secret is never kept out.
    other = client.post("token", **{**failing, "client_id": "0" * 16})
    assert_oauth_refused(other, 401, "invalid_client")
    stopwatch.now_s += WINDOW_S
    assert_oauth_refused(client.post("token", **failing), 401, "invalid_client")


def test_names_that_change_are_slowed_down_together(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    for number in range(FAILED_MAX):
        oauth_limits._FAILED.add(f"guess {number}")

    for number in range(3):
        answer = client.post("token", **GRANT, client_id=f"other {number}", client_secret=WRONG)
        assert_oauth_refused(answer, 429, "slow_down")

    assert client.ask().status == 200
    assert len(oauth_limits._FAILED._counts) <= FAILED_MAX + 1


def test_many_clients_are_counted_each_for_itself() -> None:
    for number in range(FAILED_MAX + 1):
        oauth_limits.count_issued(f"client {number}")
    for _ in range(oauth_limits.ISSUED_PER_CLIENT_MAX):
        oauth_limits.count_issued("busy")

    with pytest.raises(OAuthRefused, match="keep it"):
        oauth_limits.count_issued("busy")


def test_a_client_that_keeps_no_token_is_slowed_down_alone(
    merchant: Merchant, stopwatch: Stopwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_limits, "ISSUED_PER_CLIENT_MAX", 3)
    client = oauth.of(merchant.api)
    assert [client.ask().status for _ in range(3)] == [200] * 3

    with nothing_written():
        refused = client.ask()

    assert_oauth_refused(refused, 429, "slow_down")
    assert merchant.api("fetchStores").status == 200
    assert oauth.of(merchant.sandbox).ask().status == 200
    stopwatch.now_s += WINDOW_S
    assert client.ask().status == 200
