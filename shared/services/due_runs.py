"""Do what is due, for one after the other: if one fails, the others go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from shared import logs

T = TypeVar("T")


def run(
    list_page: Callable[[T | None], Sequence[T]],
    do: Callable[[T], None],
    *,
    page_size: int,
    run_s_max: float,
    name: str,
    id_of: Callable[[T], str],
) -> int:
    """Go through all that is due, until the time is over. What failed stays due.

    Args:
        list_page: Returns ``page_size`` that are due, or the last ones, after one of before.
        do: Does what is due for one.
        page_size: The size of a page.
        run_s_max: After this time nothing more is begun.
        name: What failed, for the log.
        id_of: Whose it is; the log has only the digest.

    Returns:
        How many were due and are done.
    """
    stop_at_s = time.monotonic() + run_s_max
    done, last = 0, None
    while True:
        page = list_page(last)
        for each in page:
            done += _try(each, do, name, id_of)
            if time.monotonic() > stop_at_s:
                return done
        if len(page) < page_size:
            return done
        last = page[-1]


def _try(each: T, do: Callable[[T], None], name: str, id_of: Callable[[T], str]) -> bool:
    try:
        do(each)
    except Exception:  # noqa: BLE001 - what fails must not keep the rest from what is theirs
        logs.exception(f"{name} failed", member=logs.digest(id_of(each)))
        return False
    return True
