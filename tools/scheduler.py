"""The local stand-in for Cloud Scheduler: the functions emulator never runs schedules.

Every schedule of the catalog runs every few seconds (``PUNKTWERK_SCHEDULE_EVERY_S``, 5 by default),
whatever its interval in production, so that nobody waits minutes for a sweep.
"""

from __future__ import annotations

import importlib
import logging
import os
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERY_S_DEFAULT = 5.0

log = logging.getLogger("scheduler")


class Schedule(Protocol):
    """The needed attributes of a schedule in the catalog."""

    @property
    def name(self) -> str:
        """The function's name."""

    @property
    def module(self) -> str:
        """The module whose ``handle()`` it calls."""


def main() -> None:
    """Run all schedules forever."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    from functions.catalog import SCHEDULES

    every_s = float(os.environ.get("PUNKTWERK_SCHEDULE_EVERY_S") or EVERY_S_DEFAULT)
    while True:
        time.sleep(every_s)
        run_all(SCHEDULES)


def run_all(schedules: Iterable[Schedule]) -> None:
    """Call each schedule's handler; a failing one does not stop the others."""
    for schedule in schedules:
        try:
            importlib.import_module(schedule.module).handle()
        except Exception:
            log.exception("%s failed", schedule.name)


if __name__ == "__main__":
    main()
