"""What coverage counts of a walk, a test with many cases: some of them.

Coverage makes a test half as slow again, and the cases of a walk mostly run through the same lines.
All cases are run, counted or not. Those that need no database are quick, so they are all counted;
so are those of a test marked ``counted``, each of which runs through lines of its own.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

CASES_MAX = 30
"""The most cases of a test that are all counted: shorter lists are of different things."""
COUNTED = 10
"""How many cases of a longer one are counted."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the cases that are not counted, for pytest-cov, of those that this run has."""
    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        is_slow = "firestore_emulator" in getattr(item, "fixturenames", ())
        if is_slow and item.get_closest_marker("counted") is None:
            tests[item.nodeid.partition("[")[0]].append(item)
    for cases in tests.values():
        counted = counted_places(len(cases))
        # The tests are shuffled, and each run shall count the same.
        for place, case in enumerate(sorted(cases, key=lambda each: each.nodeid)):
            if place not in counted:
                case.add_marker(pytest.mark.no_cover)


def counted_places(cases: int) -> set[int]:
    """Return the places of the cases that are counted, at equal distances, so that they differ."""
    if cases <= CASES_MAX:
        return set(range(cases))
    return {number * cases // COUNTED for number in range(COUNTED)}
