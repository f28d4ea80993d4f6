"""A process that dies between two steps, played in this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from shared.outgoing import session
from shared.store import rpc


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
    life = Life(steps)

    def stepping(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments, **options: life.step(lambda: call(*arguments, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rpc, "send", stepping(rpc.send))
        patch.setattr(session, "request", stepping(session.request))
        with suppress(Died):
            yield life
