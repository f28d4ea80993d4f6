"""Time zones are the same on every server."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from shared import time_zones


def test_every_name_is_a_time_zone() -> None:
    assert {"Europe/Berlin", "UTC", "America/New_York"} <= time_zones.names()
    for name in time_zones.names():
        ZoneInfo(name)


@pytest.mark.parametrize(
    "name", ["localtime", "Factory", "posixrules", "right/UTC", "posix/UTC", "europe/berlin", ""]
)
def test_what_depends_on_the_machine_is_none(name: str) -> None:
    assert name not in time_zones.names()
