"""Packages include the ones below them."""

from __future__ import annotations

import pytest

from shared.domain.accounts.packages import Package

ASCENDING = [Package.DISCOVER, Package.ASSIST, Package.GO, Package.GROW, Package.PRIME]


def test_there_are_five() -> None:
    assert list(Package) == ASCENDING


@pytest.mark.parametrize("rank", range(5))
def test_a_package_includes_itself_and_those_below(rank: int) -> None:
    included = [needed for needed in ASCENDING if ASCENDING[rank].includes(needed)]
    assert included == ASCENDING[: rank + 1]
