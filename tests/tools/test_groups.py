"""Tests of a group run in one worker, or what they share is started in each."""

import os

import pytest

pytestmark = pytest.mark.xdist_group("groups")


def test_groups_are_kept_together(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("there are no workers")
    assert request.node.nodeid.endswith("@groups"), "pytest-xdist cannot mark tests of this pytest"
