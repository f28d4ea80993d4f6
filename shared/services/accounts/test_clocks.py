"""The time of an account: the real one, or for test accounts the one to which it was moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from shared import clock
from shared.domain.accounts.test_clocks import TestClock, is_test_account
from shared.store.accounts import test_clock_documents

_REAL = nullcontext()


def time_of(account_id: str) -> AbstractContextManager[None]:
    """Let ``clock.utc_now`` be the account's time while the block runs, in this thread alone.

    For a test account it is one read, of the present; for any other nothing.
    """
    return _moved(account_id) if is_test_account(account_id) else _REAL


def of_account(account_id: str) -> TestClock:
    """Return the clock of a test account as it is now: one read."""
    found = test_clock_documents.find(account_id)
    return found or TestClock(account_id, clock.real_now())


@contextmanager
def _moved(account_id: str) -> Iterator[None]:
    with clock.moved(of_account(account_id).ahead):
        yield
