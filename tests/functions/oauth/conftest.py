"""Each test begins without requests that count against its limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.services.accounts import oauth_limits


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    oauth_limits.forget()
    yield
    oauth_limits.forget()
