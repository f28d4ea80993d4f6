"""The interface of every online shop's module: it reads the shop's notices, and asks it for orders.

Notices are signed, come twice, late and in any order. What a notice says is never believed to be
the newest: each reading of an order has a ``revision``, and each refund an id of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from shared.connectors.base import ListedPage, SystemModule
from shared.connectors.config import ConnectorConfig
from shared.domain import exact_json
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite

EVENT_ID_CHARS_MAX = 200
BEGINS_BEFORE = timedelta(days=90)
"""A first sweep reads what was changed in this time: what is older than the connection earns
nothing, and a refund of it has nothing to take back."""


class NoticeNotGenuine(Exception):
    """The signature is wrong, or too old. Nothing else of the notice was looked at."""


def body_of(raw: bytes) -> Any:
    """Return the JSON of a notice whose signature was right; ``None`` if it is no JSON."""
    try:
        return exact_json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None


class ShopTopic(StrEnum):
    """What a notice is about.

    ``DATA_REQUEST``, ``CUSTOMER_ERASURE`` and ``SHOP_ERASURE`` are requests of data protection;
    ``UNINSTALLED``: the shop has taken our access away; ``PING`` proves that notices arrive;
    ``OTHER`` is answered and does nothing.
    """

    ORDER = "order"
    CUSTOMER = "customer"
    DATA_REQUEST = "data_request"
    CUSTOMER_ERASURE = "customer_erasure"
    SHOP_ERASURE = "shop_erasure"
    UNINSTALLED = "uninstalled"
    PING = "ping"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ShopNotice:
    """A notice whose signature was right.

    Attributes:
        event_id: Equal on all repetitions of the notice, at most ``EVENT_ID_CHARS_MAX`` characters;
            of the signed bytes where the shop's headers are not signed.
        topic: What it is about.
        orders: What it says of orders.
        orders_to_read: Ids of orders of which it says too little: the shop is asked for them.
        customer: Whom a notice about a customer names.
        unread: What of it could not be read, for the log; no values, which may be personal.
    """

    event_id: str
    topic: ShopTopic
    orders: tuple[ShopOrder, ...] = ()
    orders_to_read: tuple[str, ...] = ()
    customer: ShopCustomer | None = None
    unread: str | None = None


class ShopConnector(Protocol):
    """One merchant's shop. Every method may raise a ``ConnectorError``."""

    def verify(self) -> None:
        """Make a harmless call to check that the credentials are accepted; may do nothing."""

    def orders(self, ids: Sequence[str]) -> ListedPage[ShopOrder]:
        """Ask for orders with all their refunds.

        An order that is gone is left out; one that cannot be taken is in ``skipped``.
        """

    def receipts(self, position: str | None, since: str | None) -> ListedPage[ShopOrder]:
        """List orders that were changed, those changed first first, with all their refunds.

        ``position`` and ``since`` are as in ``PosConnector``. Without ``since`` it begins with
        what was changed ``BEGINS_BEFORE`` now, if the shop can be asked for that.
        """


class CustomerReading(Protocol):
    """Tells of a shop's customers. Every method may raise a ``ConnectorError``."""

    def customer(self, customer_id: str) -> ShopCustomer | None:
        """Ask for a customer, once and for a few seconds; ``None`` if the shop has none.

        The address of a guest is left out: nobody has an account there.
        """


class CardWriting(Protocol):
    """Writes loyalty cards of customers. Every method may raise a ``ConnectorError``."""

    def write_card(self, card: ShopCard) -> None:
        """Write a card over the one before; again changes nothing.

        Raises:
            ConnectorNotFound: The shop has no such customer.
        """

    def clear_card(self, customer_id: str) -> None:
        """Take away all that ``write_card`` has written; also if nothing, or nobody, is there."""


class CodeWriting(Protocol):
    """Writes codes of rewards. Every method may raise a ``ConnectorError``."""

    def put_code(self, code: ShopCode) -> str:
        """Make a code usable, and return the shop's id of it. Repeated, it makes no second one.

        Raises:
            ConnectorRejected: The shop does not take it, or has a code of somebody else that is
                spelled so.
        """

    def revoke_code(self, code: ShopCode) -> CodeFate:
        """Make a code unusable, unless it was used. One that the shop does not have is revoked."""


@runtime_checkable
class WriteChecking(Protocol):
    """A shop that tells beforehand what may be written into it; of others a writing tells it."""

    def verify_writes(self, writes: Collection[ShopWrite]) -> None:
        """Check that these can be written, without writing anything.

        Raises:
            ConnectorUnsupported, ConnectorCredentialsRefused: They say what is missing.
        """


class NoticeSubscribing(Protocol):
    """Has the shop send its notices. Every method may raise a ``ConnectorError``."""

    def subscribe(self, address: str) -> None:
        """Have the topics of ``SUBSCRIBES`` sent to an address, each once; again changes nothing.

        What the shop sends there already is set right: it may have been switched off.
        """


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What a shop's page is called with.

    Attributes:
        asked_by: Who asks, for the page.
        state: Has to come back with the shop's answer.
        callback_url: Where a shop sends the access that does not give it to the browser.
        return_url: Where the shop sends the browser.
    """

    asked_by: str
    state: str
    callback_url: str
    return_url: str


class ApprovalModule(Protocol):
    """A shop's page on which a merchant says yes, and how the shop then gives access.

    Attributes:
        Asked: What the merchant says of the shop before.
        IS_POSTED: The shop posts the access, and then sends the browser back, which says only
            whether it has. Else the browser brings what the access is got by.
    """

    Asked: type[ConnectorConfig]
    IS_POSTED: bool

    def page(self, asked: ConnectorConfig, request: ApprovalRequest) -> str:
        """Return the address of the page."""

    def state_of(self, answer: bytes) -> str:
        """Return the state in a shop's answer, which is a body or a query; nothing is checked.

        Raises:
            NoticeNotGenuine: There is none.
        """

    def access(
        self, asked: ConnectorConfig, answer: bytes, now: datetime, *, is_emulated: bool
    ) -> ConnectorConfig:
        """Return the access that a shop gives by an answer whose state was right.

        Raises:
            NoticeNotGenuine: The answer is not as the shop makes it, or gives too little.
            ConnectorError: The shop had to be asked, and refuses.
        """


class ShopModule(SystemModule, Protocol):
    """A module of this package. ``STREAMS`` is ``{Stream.RECEIPTS}``, or empty without a list.

    Attributes:
        NOTICE_TOPICS: What the shop is asked to send, in the shop's words.
        IDS_ARE_GLOBAL: A customer's id is another one's in no other shop of the system.
        SUBSCRIBES: Those of them that the connector, then ``NoticeSubscribing``, can ask for.
        ADDRESS: The setting by which it is known, in ``Connection.visible``, which shop it is.
        WRITES: What can be written into the shop: its connector is ``CardWriting`` with
            ``ShopWrite.CARD``, and ``CodeWriting`` with ``ShopWrite.CODE``.
    """

    NOTICE_TOPICS: tuple[str, ...]
    SUBSCRIBES: tuple[str, ...]
    IDS_ARE_GLOBAL: bool
    ADDRESS: str
    WRITES: frozenset[ShopWrite]

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> ShopConnector:
        """Return the merchant's shop, without calling anything."""

    def read_notice(
        self, config: ConnectorConfig, headers: Mapping[str, str], raw: bytes
    ) -> ShopNotice:
        """Check and read a notice. The names of headers are in any case.

        What cannot be read of a signed notice becomes ``ShopTopic.OTHER``, or an order to read.

        Raises:
            NoticeNotGenuine: It is not signed as it should be. The bytes were not parsed.
        """
