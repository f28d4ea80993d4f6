"""The RPCs between this process and Firestore, which tests can count and change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from shared.store import rpc

Send = Callable[[], Any]
Act = Callable[[Send], Any]


class Wire:
    """The RPCs that were sent, and the acts for the next ones.

    An act gets a function that sends the RPC. RPCs that an act sends itself are neither counted nor
    changed.

    Attributes:
        calls: Names of the RPCs, in their order.
        commits: Acts for the next commits, one for each.
        reads: Acts for the next batch reads, one for each.
        counts: Acts for the next counts, one for each.
        every_commit: The act for all other commits.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.commits: list[Act] = []
        self.reads: list[Act] = []
        self.counts: list[Act] = []
        self.every_commit: Act | None = None
        self._inside = threading.local()

    def through(self, real: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        """Return a function that sends RPCs through this wire."""

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
    """Do something before the RPC, as a faster writer would."""

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
    """Let the RPC fail before it arrives."""

    def act(_: Send) -> Any:
        raise error("the request was lost")

    return act
