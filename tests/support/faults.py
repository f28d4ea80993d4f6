"""What goes wrong between us and a stand-in of a vendor, one call after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, TypeAlias

from tests.support.json_servers import Answer, LostAnswer

LOST = "lost"
Fault: TypeAlias = int | bytes | str | None


@dataclass
class Faults:
    """What the next calls meet.

    Attributes:
        coming: A call each: nothing; a status, with nothing done; ``LOST``, which is an answer that
            does not arrive; or the bytes that come instead of it.
        meanwhile: What happens after the next call of a method.
        calls: The method and the path of each call that was answered.
    """

    coming: list[Fault] = field(default_factory=list)
    meanwhile: dict[str, Callable[[], Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def around(self, answer: Answer) -> Answer:
        """Return an answer that meets the faults."""

        def answered(method: str, target: str, headers: Message, body: bytes) -> tuple[int, Any]:
            fault = self.coming.pop(0) if self.coming else None
            if isinstance(fault, int):
                return fault, {}
            self.calls.append((method, target.partition("?")[0]))
            code, told = answer(method, target, headers, body)
            self.meanwhile.pop(method, lambda: None)()
            if fault == LOST:
                raise LostAnswer
            return code, told if fault is None else fault

        return answered
