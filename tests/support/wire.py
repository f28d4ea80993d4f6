"""The RPCs between this process and Firestore: counted, and open to interference."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from shared.store import rpc

Send = Callable[[], Any]
Act = Callable[[Send], Any]


class Wire:
    """What went over the wire, and what happens to what goes next.

    An act gets a function that sends the RPC. What an act itself sends is neither counted nor
    interfered with.

    Attributes:
        calls: Names of the RPCs, in their order.
        commits: Acts for the next commits, one each.
        reads: Acts for the next batch reads, one each.
        counts: Acts for the next counts, one each.
        every_commit: Act for all commits that have none of their own.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.commits: list[Act] = []
        self.reads: list[Act] = []
        self.counts: list[Act] = []
        self.every_commit: Act | None = None
        self._inside = threading.local()

    def through(self, real: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        """Return a function that sends RPCs and passes here."""

        def call(name: str, request: Any) -> Any:
            if getattr(self._inside, "act", False):
                return real(name, request)
            self.calls.append(name)
            self._inside.act = True
            try:
                return self._act(name)(lambda: real(name, request))
            finally:
                self._inside.act = False

        return call

    def _act(self, name: str) -> Act:
        if name == rpc.COMMIT and self.commits:
            return self.commits.pop(0)
        if name == rpc.COMMIT and self.every_commit is not None:
            return self.every_commit
        if name == rpc.GET and self.reads:
            return self.reads.pop(0)
        if name == rpc.COUNT and self.counts:
            return self.counts.pop(0)
        return lambda send: send()


def first(action: Callable[[], object]) -> Act:
    """Do something before the RPC: somebody is faster."""

    def act(send: Send) -> Any:
        action()
        return send()

    return act


def lost(error: type[Exception]) -> Act:
    """Let the RPC take effect, and lose its answer."""

    def act(send: Send) -> Any:
        send()
        raise error("the answer was lost")

    return act


def failed(error: type[Exception]) -> Act:
    """Let the RPC never arrive."""

    def act(_: Send) -> Any:
        raise error("the request was lost")

    return act
