"""Vectron tills: their sales, and the catalogue that the sales show.

Source: Vectron business-data-api 1.0, github.com/mmmint-ai/vectron-cloud-business-data-api of
2022-12-16. It is read-only, has no list of products, and pages transactions by the id of the last
one seen. A cursor without an order would lose sales. The newest version of the call (v3) does not
document its order, but v1, marked as deprecated, does. So v1 is called.

The contract requires one token in ``X-API-Token``. Clients of the running service send the key in
this header, and the login's token in ``X-Authorization-Token``, which is not in the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, Field, RootModel, SecretStr

from shared import clock
from shared.connectors.base import ExportFile, ListedPage, PushBy, Skipped, Stream
from shared.connectors.client import JsonClient, Reply, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.pos import vectron_answers as answers
from shared.connectors.pos.derived import Harvest, valid
from shared.connectors.pos.vectron_files import to_file
from shared.connectors.rows import Item
from shared.domain.catalog.goods import Category, Product
from shared.domain.systems.sales import DataType, Receipt, Record
from shared.errors import ConnectorAnswerInvalid, ConnectorCredentialsRefused
from shared.said import say

SYSTEM = "vectron"
STREAMS = frozenset({Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {
    DataType.SALES_RECORD: PushBy.FILE,
    DataType.RECEIPT: PushBy.FILE,
}
HAS_PUSH_KEYS = False
IS_FILE = False

BASE_URLS: Mapping[str, str] = {
    "live": "https://live-backend.vectron.cloud/business-data-api",
    "test": "https://demo-backend.vectron.cloud/business-data-api",
}
LATE = timedelta(days=1)
"""The time whose receipts are read again, because a till may send some late if offline."""
_ORDERED_MIN = 3
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class Config(ConnectorConfig):
    """The partner's key and login, and the site: a restaurant or shop with its tills."""

    api_key: SecretStr = Field(
        min_length=8, max_length=4_000, description="Of the partner, for the login."
    )
    login: str = Field(min_length=1, max_length=200, description="Of a user of the partner.")
    password: SecretStr = Field(min_length=1, max_length=200, description="Of that user.")
    site_id: str = Field(pattern=_UUID, description="Of the site: a UUID.")
    mode: Literal["test", "live"] = Field(
        default="live", description="Whether it is an account of the demo system."
    )

    @property
    def is_test(self) -> bool:
        """True if it is an account of the demo system."""
        return self.mode == "test"


class _Token(BaseModel):
    token: str = Field(min_length=1)


class _Transactions(RootModel[list[dict[str, Any]]]):
    pass


@dataclass(frozen=True, slots=True)
class _Place:
    """Transactions up to ``last`` have been read; the next sync begins after ``settled``."""

    last: str | None
    settled: str | None

    @classmethod
    def of(cls, position: str | None, since: str | None) -> _Place:
        if position is None:
            return cls(since, since)
        last, _, settled = position.partition(" ")
        return cls(last, settled or None)

    def after(self, mark: answers.Mark, settled_before: datetime) -> _Place:
        is_settled = mark.at is not None and mark.at <= settled_before
        return _Place(mark.invoice_id, mark.invoice_id if is_settled else self.settled)

    def __str__(self) -> str:
        return f"{self.last} {self.settled or ''}"


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One site of a merchant."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        key = config.api_key.get_secret_value()
        self._key = {"X-API-Token": key}
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((config.base_url if is_emulated else None) or BASE_URLS[config.mode]).rstrip(
                "/"
            ),
            authorize=lambda *_: self._key,
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=lambda body: body["message"],
        )
        self._logged_in: JsonClient | None = None

    def verify(self) -> None:
        """Log in, and read the site's first transactions."""
        self._transactions(None)

    def categories(self, position: str | None, since: str | None) -> ListedPage[Category]:
        """Read the product groups that transactions mention."""
        return self._page(position, since, answers.to_categories)

    def products(self, position: str | None, since: str | None) -> ListedPage[Product]:
        """Read the products that transactions mention, each with its latest price."""
        return self._page(position, since, answers.to_products)

    def receipts(self, position: str | None, since: str | None) -> ListedPage[Receipt]:
        """Read receipts; each sync reads those of the last ``LATE`` again."""
        return self._page(
            position, since, lambda row, key: [answers.to_receipt(row, key)], late=LATE
        )

    def export(self, data_type: DataType, records: Sequence[Record]) -> ExportFile:
        """Write sales as CSV."""
        return to_file(data_type, records)

    def _page(
        self,
        position: str | None,
        since: str | None,
        to_found: Callable[[Mapping[str, Any], str], Iterable[Item | Skipped]],
        *,
        late: timedelta = timedelta(0),
    ) -> ListedPage[Item]:
        """Read a page; the last page is empty. A page is never part of a full listing.

        Raises:
            ConnectorError: See ``JsonClient.call``.
            ConnectorAnswerInvalid: Also if the next page cannot be found from the answer.
        """
        begin = place = _Place.of(position, since)
        rows = self._transactions(place.last)
        if not rows:
            return ListedPage((), since=place.settled)
        settled_before = clock.real_now() - late
        harvest: Harvest[Item] = Harvest()
        for row in rows:
            mark = valid(answers.Mark, row, "")
            if isinstance(mark, Skipped):
                harvest.take([mark])
                continue
            if not harvest.take(to_found(row, mark.invoice_id)):
                break
            place = place.after(mark, settled_before)
        if place.last == begin.last:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} has no valid invoiceId.",
                    system=SYSTEM,
                )
            )
        found = tuple(harvest.items.values())
        return ListedPage(found, position=str(place), skipped=tuple(harvest.skipped.values()))

    def _transactions(self, last: str | None) -> list[dict[str, Any]]:
        """Read the transactions after one, oldest first, as many as Vectron sends at once."""
        query = {"order": "ASC"} | ({"id": last} if last else {})
        reply = self._get(f"/v1/site/{self._config.site_id}/transactions", query)
        rows = parsed(_Transactions, reply.body, system=SYSTEM).root
        seen = [place for place, row in enumerate(rows) if last and row.get("invoiceId") == last]
        rows = rows[seen[-1] + 1 :] if seen else rows
        _check_order(rows)
        return rows

    def _get(self, path: str, query: Mapping[str, str]) -> Reply:
        """Make a GET request with a login; log in again if the login has expired."""
        if self._logged_in is not None:
            try:
                return self._logged_in.get(path, query)
            except ConnectorCredentialsRefused:
                self._logged_in = None
        self._logged_in = self._log_in()
        return self._logged_in.get(path, query)

    def _log_in(self) -> JsonClient:
        credentials = {
            "login": self._config.login,
            "password": self._config.password.get_secret_value(),
        }
        reply = self._client.post("/v1/login", credentials, is_repeatable=True)
        token = parsed(_Token, reply.body, system=SYSTEM).token
        headers = {**self._key, "X-Authorization-Token": token}
        return replace(
            self._client,
            authorize=lambda *_: headers,
            secrets=(*self._client.secrets, token),
        )


def _check_order(rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse transactions that come newest first, because a cursor would miss newer ones."""
    marks = [valid(answers.Mark, row, "") for row in rows]
    times = [each.at for each in marks if isinstance(each, answers.Mark) and each.at]
    is_falling = all(one > other for one, other in pairwise(times))
    if len(times) >= _ORDERED_MIN and is_falling:
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} does not list transactions oldest first.",
                system=SYSTEM,
            )
        )
