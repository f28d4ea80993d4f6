"""How the workers share the tests: a few of a module at a time.

A worker that gets whole modules makes what a module shares once, and not in each worker. A large
module is divided, so that no worker waits for another at the end. pytest-xdist alone would give out
each test by itself, and look through all that were given out before: with some ten thousand tests
that takes longer than many of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController

UNIT_TESTS_MAX = 20
"""The most tests of a module that are given out at once."""


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ModuleScheduling | None:
    """Take it for ``--dist loadgroup``, which keeps tests of an ``xdist_group`` together."""
    return ModuleScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


class ModuleScheduling(LoadGroupScheduling):
    """Units of a group, or of up to ``UNIT_TESTS_MAX`` tests of a module, in their order."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        """Begin without tests."""
        super().__init__(config, log)
        self._units: dict[str, str] = {}
        self._seen: Counter[str] = Counter()

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """Add the tests that a worker has found."""
        super().add_node_collection(node, collection)
        if node in self.registered_collections:
            self.registered_collections[node] = _Places(collection)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Note that a test is over, and forget a unit of which nothing is left."""
        unit = self._split_scope(self.registered_collections[node][item_index])
        given = self.assigned_work[node]
        super().mark_test_complete(node, item_index, duration)
        if all(given[unit].values()):
            del given[unit]

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        if group != nodeid:
            return group
        if nodeid not in self._units:
            module = nodeid.partition("::")[0]
            self._units[nodeid] = f"{module} {self._seen[module] // UNIT_TESTS_MAX}"
            self._seen[module] += 1
        return self._units[nodeid]


class _Places(list[str]):
    """The tests of a worker, which knows the place of each."""

    def __init__(self, tests: Sequence[str]) -> None:
        super().__init__(tests)
        self._places = {test: place for place, test in enumerate(tests)}

    def index(self, test: str, *_: Any) -> int:
        """Return the place of a test."""
        return self._places[test]
