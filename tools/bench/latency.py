"""One till, one call at a time: the time over HTTP, next to the time of the bare RPCs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial

from tools.bench import measure
from tools.bench.bare import BareLedger, new_client
from tools.bench.report import Section, Table, milliseconds
from tools.bench.world import World, earning, redemption

WARM_UP_CALLS = 20
COLUMNS = ("call", "p50 HTTP", "p50 bare", "ratio", "p95 HTTP", "p95 bare", "ratio")


def run(world: World, *, calls: int) -> Section:
    """Measure each kind of call ``calls`` times over HTTP and bare, in turn."""
    member, other = world.member(balance=10 * calls), world.member(balance=10 * calls)
    bare = BareLedger(new_client(), world.merchant.store_id, other)
    with contextlib.closing(world.client()) as till:
        pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "earn": (
                lambda: till.ok("addLoyaltyPoints", earning(member, 1)),
                partial(bare.book, 1),
            ),
            "redeem": (
                lambda: till.ok("redeemLoyaltyPoints", redemption(member, 1)),
                partial(bare.book, -1),
            ),
            "balance": (lambda: till.ok("getCustomerBalance", member.ids), bare.balance),
        }
        rows = [_row(name, *_durations_s(pair, calls)) for name, pair in pairs.items()]
    return Section([Table("Latency: one client, one call at a time", COLUMNS, [*rows])])


def _durations_s(
    pair: tuple[Callable[[], object], Callable[[], object]], calls: int
) -> tuple[list[float], list[float]]:
    over_http, with_bare_client = (partial(measure.timed, action) for action in pair)
    sides = {"http": over_http, "bare": with_bare_client}
    measure.alternate(WARM_UP_CALLS, sides)
    durations_s = measure.alternate(calls, sides)
    return durations_s["http"], durations_s["bare"]


def _row(name: str, http_s: Sequence[float], bare_s: Sequence[float]) -> tuple[str, ...]:
    cells = [name]
    for percent in (50, 95):
        measured_s, reference_s = (measure.percentile(each, percent) for each in (http_s, bare_s))
        ratio = f"{measured_s / reference_s:.2f}"
        cells += [milliseconds(measured_s), milliseconds(reference_s), ratio]
    return tuple(cells)
