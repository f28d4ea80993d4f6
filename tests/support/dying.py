"""A process that dies between two steps, played in this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from shared.outgoing import session
from shared.store import client


class Died(BaseException):
    """The process is dead: nothing that catches exceptions may notice."""


class Life:
    """Counts calls of Firestore and of other systems; each is a step. ``None``: lives on."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.has_ended = False

    def step(self, call: Callable[[], Any]) -> Any:
        """Make a call, and die when it has returned if it was the last one: or before the first."""
        self._end_if_over()
        found = call()
        self._steps -= 1
        self._end_if_over()
        return found

    def _end_if_over(self) -> None:
        if self._steps <= 0:
            self.has_ended = True
            raise Died


@contextmanager
def dying_after(steps: int) -> Iterator[Life]:
    """Let the process die when so many calls have returned; whatever it tries then fails."""
    life, api = Life(steps), client.client()._firestore_api

    def stepping(call: Any, *, streams: bool = False) -> Any:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            def made() -> Any:
                found = call(*arguments, **options)
                return iter(list(found)) if streams else found

            return life.step(made)

        return wrapper

    with pytest.MonkeyPatch.context() as patch:
        for name in ("batch_get_documents", "run_query", "run_aggregation_query"):
            patch.setattr(api, name, stepping(getattr(api, name), streams=True))
        patch.setattr(api, "commit", stepping(api.commit))
        patch.setattr(session, "request", stepping(session.request))
        with suppress(Died):
            yield life
