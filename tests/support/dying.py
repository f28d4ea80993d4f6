"""Simulates in this process a process that dies between two steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from shared.outgoing import session
from shared.store import rpc


class Died(BaseException):
    """The process is dead: no handler of exceptions may catch this."""


class Life:
    """Counts calls of Firestore and other systems as steps, and dies after the last one."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.has_ended = False

    def step(self, call: Callable[[], Any]) -> Any:
        """Make a call, and die after it if it is the last step; with no steps, die before it."""
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
    """Let the process die after a number of calls; every later call fails."""
    life = Life(steps)

    def stepping(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments, **options: life.step(lambda: call(*arguments, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rpc, "send", stepping(rpc.send))
        patch.setattr(session, "request", stepping(session.request))
        with suppress(Died):
            yield life
