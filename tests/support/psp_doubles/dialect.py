"""The dialect of a provider: its calls, its way to recognize repetitions, and its reports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.support.psp_doubles.book import Book, Payment

JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """A request to a provider. ``parts`` are the parts of its path that the route names."""

    parts: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """An answer: texts are sent unchanged, other values as JSON."""

    status: int
    body: Any
    content_type: str = JSON

    @property
    def data(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return b"" if self.body is None else text.encode()


NOTHING_THERE = Reply(404, {"message": "There is nothing here."})


@dataclass(frozen=True)
class Route:
    """A call. ``operation`` names it for faults; ``path`` is the contract's path."""

    operation: str
    method: str
    path: str
    serve: Callable[[Any, Call], Reply]

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the parts of a path if the path fits this route."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern, path) if method == self.method else None
        return found.groupdict() if found else None


@dataclass(frozen=True)
class Report:
    """A report that a provider posts by itself."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialect:
    """The way in which one provider presents its book.

    ``spec`` is the vendor's contract; here its paths begin with ``spec_root``. Without
    ``key_header`` the provider recognizes no repeated call. ``authorizes``: money can be taken
    later. ``only_reports``: the provider has no call for a payment's state. ``tells_page_once``: a
    look-up does not tell where the customer pays. ``harmless_to_refunds``: faults after which the
    answer to a refund still says that the money is back.
    """

    provider: ClassVar[str]
    spec: ClassVar[str | None] = None
    spec_root: ClassVar[str] = ""
    key_header: ClassVar[str | None] = None
    authorizes: ClassVar[bool] = True
    only_reports: ClassVar[bool] = False
    tells_page_once: ClassVar[bool] = False
    harmless_to_refunds: ClassVar[tuple[str, ...]] = ()
    routes: ClassVar[tuple[Route, ...]]

    def __init__(self, book: Book, config: Mapping[str, Any]) -> None:
        self.book = book
        self.config = config

    def route(self, method: str, target: str) -> tuple[Route, dict[str, str]]:
        """Return the route of a request, and the parts of its path."""
        path = urlsplit(target).path
        for each in self.routes:
            parts = each.match(method, path)
            if parts is not None:
                return each, parts
        raise AssertionError(f"{self.provider} has no {method} {path}")

    def parts(self, body: Any) -> list[tuple[str | None, Any]]:
        """Return the parts to check by the contract: a schema's name or ``None``, and a body."""
        return [(None, body)]

    def report(self, made: Payment, what: str) -> Report:
        """Report that a payment was ``authorized``, ``captured``, ``paid`` or ``refunded``.

        For ``refunded`` it is about the last refund.
        """
        raise NotImplementedError

    def reports(self, made: Payment, what: str) -> list[Report]:
        """Return the reports about a payment's stage: a single one, or one for each refund."""
        return [self.report(made, what)]

    def forgeries(self, made: Payment) -> list[Report]:
        """Return forged reports, which must not be trusted."""
        raise NotImplementedError
