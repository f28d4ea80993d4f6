from __future__ import annotations

from shared.connectors.pacing import Pace


class Clock:
    """A time that passes by pauses only, and those pauses."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds


def paced(every_s: float) -> tuple[Clock, Pace]:
    clock = Clock()
    return clock, Pace(every_s, now_s=lambda: clock.now_s, pause=clock.pause)


def test_calls_in_a_row_begin_as_far_apart_as_they_must() -> None:
    clock, pace = paced(0.5)
    for _ in range(4):
        pace.wait()
    assert clock.pauses == [0.5, 0.5, 0.5]


def test_only_what_is_left_of_the_time_is_waited_for() -> None:
    clock, pace = paced(0.5)
    pace.wait()
    clock.now_s += 0.25
    pace.wait()
    clock.now_s += 7
    pace.wait()
    assert clock.pauses == [0.25]


def test_without_a_pace_nothing_is_waited_for() -> None:
    clock, pace = paced(0)
    for _ in range(3):
        pace.wait()
    assert clock.pauses == []
