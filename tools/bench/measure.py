"""Measuring on a shared, noisy machine: two sides in turn, paired ratios, medians."""

from __future__ import annotations

import itertools
import math
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

median = statistics.median


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that ``percent`` of all values do not exceed (nearest rank)."""
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


@dataclass(frozen=True, slots=True)
class Ratio:
    """The first side's time divided by the second's: the median of the rounds, and its span."""

    middle: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


def ratio(measured: Sequence[float], reference: Sequence[float]) -> Ratio:
    """Compare two sides round by round, because a slow phase of the machine slows both."""
    ratios = [one / other for one, other in zip(measured, reference, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def alternate(rounds: int, sides: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Run all sides in turn, ``rounds`` times, every other time in reverse order.

    Returns:
        The results of each side, in the order of the rounds.
    """
    results: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in reversed(list(sides)) if number % 2 else sides:
            results[name].append(sides[name]())
    return results


def timed(action: Callable[[], object]) -> float:
    """Return how long ``action`` takes, in seconds."""
    started_s = time.perf_counter()
    action()
    return time.perf_counter() - started_s


@dataclass(frozen=True, slots=True)
class Rush(Generic[T]):
    """The results of many jobs done by several clients, in the order of the jobs."""

    duration_s: float
    results: list[T]


def rush(clients: int, jobs: Sequence[Callable[[int], T]]) -> Rush[T]:
    """Do all jobs in ``clients`` threads, which start at the same moment.

    A job is called with the number of its thread, 0 to ``clients - 1``. An error of a job is raised
    again after all threads have ended.
    """
    barrier = threading.Barrier(clients + 1)
    counter = itertools.count()
    results: dict[int, T] = {}

    def work(client: int) -> None:
        barrier.wait()
        while (number := next(counter)) < len(jobs):
            results[number] = jobs[number](client)

    with ThreadPoolExecutor(clients) as pool:
        workers = [pool.submit(work, client) for client in range(clients)]
        barrier.wait()
        started_s = time.perf_counter()
        for worker in workers:
            worker.exception()
        duration_s = time.perf_counter() - started_s
        for worker in workers:
            worker.result()
    return Rush(duration_s, [results[number] for number in range(len(jobs))])
