"""SumUp as a till: sales at readers and in SumUp's app.

Source: SumUp API, github.com/sumup/sumup-openapi of 2026-06-18. It has no list of products, so they
come from transactions: a name and a price, without id and EAN. The history lists transactions
without products and tips; each transaction takes its own call, so pages are small.

Nothing is pushed. The only call that takes a sale starts a payment at a reader: the customer would
pay a paid sale again, and once more if the call is repeated, because it takes no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel

from shared import clock
from shared.connectors.base import POSITION_CHARS_MAX, ListedPage, PushBy, Skipped, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.pos import sumup_answers as answers
from shared.connectors.pos.derived import Harvest, valid
from shared.connectors.rows import Item
from shared.connectors.sumup_account import BASE_URL, AccountConfig
from shared.domain.catalog.goods import Product
from shared.domain.systems.sales import DataType, Receipt
from shared.errors import ConnectorAnswerInvalid, ConnectorNotFound, ConnectorRejected
from shared.said import say

SYSTEM = "sumup"
STREAMS = frozenset({Stream.PRODUCTS, Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
HAS_PUSH_KEYS = False
IS_FILE = False

TRANSACTIONS_A_PAGE = 20
"""Each transaction takes a call, and a page must be read within the time of a request."""
OVERLAP = timedelta(minutes=10)
"""The overlap of two syncs: SumUp's clock and ours may differ, and changes may appear late."""
_AFTER_CHARS_MAX = 310
"""The maximum length of ``after`` in a position."""
_REFERENCES = ("oldest_ref", "newest_ref", "oldest_time", "newest_time")


class Config(AccountConfig):
    """A secret API key, and the merchant to whom it belongs.

    Keys of test merchants ("sandbox") look like others, and the host is the same: ``mode`` tells
    the expected kind of merchant, and SumUp is asked to check it.
    """


class _Merchant(BaseModel):
    sandbox: bool = False


class _Link(BaseModel):
    rel: str
    href: str


class _History(BaseModel):
    items: list[Any]
    links: list[_Link] | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """The progress of a sync.

    Attributes:
        began: The time at which the sync began: the next one requests changes since then.
        references: The page of the history, in SumUp's notation.
        after: The last transaction of that page that was read, if only a part of the page fitted.
    """

    began: str
    references: tuple[tuple[str, str], ...] = ()
    after: str = ""

    @classmethod
    def of(cls, position: str | None) -> _Place:
        if position is None:
            return cls(clock.to_wire(clock.real_now() - OVERLAP))
        found = dict(parse_qsl(position))
        references = tuple((name, found[name]) for name in _REFERENCES if name in found)
        return cls(found["began"], references, found.get("after", ""))

    def __str__(self) -> str:
        rest = {"after": self.after} if self.after else {}
        return urlencode({"began": self.began, **dict(self.references), **rest})


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        self._transactions = f"/v2.1/merchants/{config.merchant_code}/transactions"
        key = config.api_key.get_secret_value()
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((config.base_url if is_emulated else None) or BASE_URL).rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Bearer {key}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=lambda body: body.get("message") or body.get("detail"),
        )

    def verify(self) -> None:
        """Check that the merchant is a sandbox in test mode, and is not one in live mode."""
        code = self._config.merchant_code
        reply = self._client.get(f"/v1/merchants/{code}")
        is_sandbox = parsed(_Merchant, reply.body, system=SYSTEM).sandbox
        if is_sandbox is not self._config.is_test:
            kind, mode = ("a sandbox", "test") if is_sandbox else ("a live merchant", "live")
            raise ConnectorRejected(
                say(
                    "mode_wrong",
                    "{system}: {merchant} is {kind}: config.mode must be {mode}.",
                    system="sumup",
                    merchant=code,
                    kind=kind,
                    mode=mode,
                )
            )

    def products(self, position: str | None, since: str | None) -> ListedPage[Product]:
        """Read the products that transactions name, each with its latest price."""
        return self._page(position, since, answers.to_products)

    def receipts(self, position: str | None, since: str | None) -> ListedPage[Receipt]:
        """Read receipts; a receipt that is refunded later comes again."""
        return self._page(position, since, answers.to_receipts)

    def _page(
        self,
        position: str | None,
        since: str | None,
        to_found: Callable[[Any, str], Iterable[Item | Skipped]],
    ) -> ListedPage[Item]:
        """Read a page of the history. It is never a full listing.

        Raises:
            ConnectorError: See ``JsonClient.call``.
            ConnectorAnswerInvalid: Also if the link to the next page is invalid.
        """
        place = _Place.of(position)
        history = self._history(place, since)
        listed = [valid(answers.SumupListed, row, "") for row in history.items]
        harvest: Harvest[Item] = Harvest()
        following = _following(history, place)
        for each in listed[_places_to_skip(listed, place.after) :]:
            if not harvest.take(self._found(each, to_found)):
                following = place
                break
            if isinstance(each, answers.SumupListed) and each.detail_id:
                place = replace(place, after=each.detail_id)
        return ListedPage(
            tuple(harvest.items.values()),
            position=None if following is None else str(following),
            since=place.began if following is None else None,
            skipped=tuple(harvest.skipped.values()),
        )

    def _history(self, place: _Place, since: str | None) -> _History:
        query = {
            "order": "ascending",
            "limit": TRANSACTIONS_A_PAGE,
            "types[]": "PAYMENT",
            **({"changes_since": since} if since else {}),
            **dict(place.references),
        }
        reply = self._client.get(f"{self._transactions}/history", query)
        return parsed(_History, reply.body, system=SYSTEM)

    def _found(
        self,
        listed: answers.SumupListed | Skipped,
        to_found: Callable[[Any, str], Iterable[Item | Skipped]],
    ) -> Iterable[Item | Skipped]:
        """Request a transaction. An unreadable transaction does not stop the others."""
        if isinstance(listed, Skipped):
            return [listed]
        if not listed.is_of_a_till:
            return []
        if listed.detail_id is None:
            return [Skipped("", say("no_valid_id", "has no valid id"))]
        try:
            reply = self._client.get(self._transactions, {"id": listed.detail_id})
        except ConnectorNotFound:
            return [
                Skipped(listed.detail_id, say("listed_unreadable", "is listed, but cannot be read"))
            ]
        return to_found(reply.body, listed.detail_id)


def _places_to_skip(listed: list[answers.SumupListed | Skipped], after: str) -> int:
    """Return how many rows of a page were read; 0 if the last read row is not on it any more."""
    for place, each in enumerate(listed, start=1):
        if after and isinstance(each, answers.SumupListed) and each.detail_id == after:
            return place
    return 0


def _following(history: _History, place: _Place) -> _Place | None:
    """Return the next page; ``None`` after the last. Only the query of a link is used.

    Raises:
        ConnectorAnswerInvalid: It is the same page again, or does not fit in a position.
    """
    links = [each.href for each in history.links or [] if each.rel == "next"]
    if not links or not history.items:
        return None
    found = dict(parse_qsl(links[0].rpartition("?")[2]))
    references = tuple((name, found[name]) for name in _REFERENCES if name in found)
    following = _Place(place.began, references)
    is_long = len(str(following)) > POSITION_CHARS_MAX - _AFTER_CHARS_MAX
    if not references or references == place.references or is_long:
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected", "The answer of {system} has no valid next page.", system=SYSTEM
            )
        )
    return following
