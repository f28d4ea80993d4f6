"""What coverage counts of a test with many cases."""

from __future__ import annotations

import pytest

from tests.support.counting import CASES_MAX, COUNTED, counted_places
from tools.emulators import FirestoreEmulator

NAMES = [f"case {number}" for number in range(100, 100 + 4 * COUNTED)]


@pytest.mark.parametrize("cases", [1, CASES_MAX])
def test_few_cases_are_all_counted(cases: int) -> None:
    assert counted_places(cases) == set(range(cases))


@pytest.mark.parametrize("cases", [CASES_MAX + 1, 600])
def test_of_many_cases_some_are_counted_from_all_parts(cases: int) -> None:
    counted = sorted(counted_places(cases))

    assert len(counted) == COUNTED
    assert (counted[0], counted[-1]) == (0, (COUNTED - 1) * cases // COUNTED)


@pytest.mark.parametrize("name", NAMES)
def test_so_are_cases_that_need_the_database(
    request: pytest.FixtureRequest, firestore_emulator: FirestoreEmulator, name: str
) -> None:
    test = request.node.nodeid.partition("[")[0]
    if sum(each.nodeid.startswith(f"{test}[") for each in request.session.items) < len(NAMES):
        pytest.skip("not all cases are run")
    is_counted = request.node.get_closest_marker("no_cover") is None
    assert is_counted == (NAMES.index(name) in counted_places(len(NAMES)))


@pytest.mark.counted
@pytest.mark.parametrize("name", NAMES)
def test_cases_with_lines_of_their_own_are_all_counted(
    request: pytest.FixtureRequest, firestore_emulator: FirestoreEmulator, name: str
) -> None:
    assert request.node.get_closest_marker("no_cover") is None


@pytest.mark.parametrize("name", NAMES)
def test_cases_without_it_are_all_counted(request: pytest.FixtureRequest, name: str) -> None:
    assert request.node.get_closest_marker("no_cover") is None
