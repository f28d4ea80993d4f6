"""A store that is synced with a till system: a stand-in of KORONA.cloud on this machine."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.tasks import continue_sync
from shared import clock
from shared.connectors import client as http
from shared.connectors.pos import korona
from shared.domain.catalog.goods import Category
from shared.domain.catalog.products import CatalogProduct, PriceChange
from shared.domain.systems.syncs import Sync, SystemKind
from shared.services.systems import sync_pages
from shared.store import client, codec, paths
from shared.store.catalog import product_documents
from shared.store.systems import sync_documents
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tools import korona_stand_in
from tools.korona_stand_in import StandIn

PAGE_ITEMS, CHUNK = 3, 2
"""Small sizes, so that few products make several pages with several commits each."""
PAUSES_OVER = timedelta(hours=1)
"""After this time every lease has expired, and every pause is over."""
Fault = Callable[[str, str], korona_stand_in.Instead | None]

BUSY: korona_stand_in.Instead = (429, b'{"message": "slower"}', {"Retry-After": "7"})
DOWN: korona_stand_in.Instead = (503, b"", {})
GARBAGE: korona_stand_in.Instead = (200, b"<html>Welcome</html>", {})
HALF: korona_stand_in.Instead = (200, b'{"results": [{"id": "', {})
ROWS_LOST: korona_stand_in.Instead = (200, b'{"pagesTotal": 2, "resultsTotal": 4}', {})


def cut(_method: str, _path: str) -> korona_stand_in.Instead | None:
    """Do the work, and lose the answer."""
    raise ConnectionAbortedError


def always(answer: korona_stand_in.Instead) -> Fault:
    """Give every request the same answer."""
    return lambda *_: answer


def nth(number: int, fault: Fault, *, at: str = "/products", times: int = 1) -> Fault:
    """Let calls of one path fail from call number ``number`` on, a given number of times."""
    calls = iter(range(1, 1_000))

    def after(method: str, path: str) -> korona_stand_in.Instead | None:
        if not path.endswith(at):
            return None
        return fault(method, path) if number <= next(calls) < number + times else None

    return after


@dataclass
class TickingClock:
    """A clock that advances by a millisecond each time it is read."""

    now: datetime = datetime(2026, 3, 3, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass(frozen=True)
class Branch:
    """A store and its till system. ``fields`` are sent with each syncPOS."""

    merchant: Merchant
    till: StandIn
    clock: TickingClock = field(default_factory=TickingClock)
    fields: dict[str, Any] = field(default_factory=dict)

    def of(self, merchant: Merchant, **fields: Any) -> Branch:
        """Return the same till system with another store."""
        return Branch(merchant, self.till, self.clock, fields)

    @property
    def store_id(self) -> str:
        return self.merchant.store_id

    def sync(self, *, idempotency_key: str | None = None, **fields: Any) -> Answer:
        """Sync with the credentials in the request."""
        body = {
            "system": "korona",
            "storeId": self.store_id,
            "credentials": self.till.credentials,
            **self.fields,
            **fields,
        }
        return self.merchant.api("syncPOS", body, idempotency_key=idempotency_key)

    def synced(self, **fields: Any) -> dict[str, Any]:
        """Sync, and expect that everything was read at once."""
        answer = self.sync(**fields)
        assert (answer.status, answer.body.get("state")) == (200, "succeeded"), answer.body
        return answer.body

    def configure(self, **fields: Any) -> Answer:
        body = {
            "kind": "pos",
            "system": "korona",
            "storeId": self.store_id,
            "credentials": self.till.credentials,
        }
        return self.merchant.api("configureSync", {**body, **fields})

    def push(self, *records: dict[str, Any], data_type: str = "receipt", **fields: Any) -> Answer:
        body = {
            "system": "korona",
            "storeId": self.store_id,
            "credentials": self.till.credentials,
            "dataType": data_type,
            "records": list(records),
        }
        return self.merchant.api("pushToPOS", {**body, **fields})

    def status(self) -> dict[str, Any]:
        """Return getSyncStatus's answer about the till system."""
        body = {"storeId": self.store_id, "kind": "pos", "system": "korona"}
        (found,) = self.merchant.api.ok("getSyncStatus", body)["systems"]
        return dict(found)

    def stored(self) -> Sync:
        """Return the latest sync."""
        found = sync_documents.find(self.store_id, SystemKind.POS, "korona")
        assert found is not None
        return found

    def go_on(self) -> Sync:
        """Run the task that continues the latest sync, as it would run now."""
        sync = self.stored()
        continue_sync.handle(
            {
                "storeId": self.store_id,
                "kind": "pos",
                "system": "korona",
                "syncId": sync.sync_id,
            }
        )
        return self.stored()

    def end(self) -> Sync:
        """Continue the latest sync until it has ended, as sweeps and tasks do."""
        for _ in range(10):
            if not self.stored().is_running:
                break
            self.clock.advance(PAUSES_OVER)
            self.go_on()
        return self.stored()

    def products(self) -> dict[str, CatalogProduct]:
        """Return the store's products by key; check that each equals its top-level document."""
        snapshots = client.query(paths.store_products(self.store_id))
        found = [product for each in snapshots if (product := product_documents.decode(each))]
        mirrors = client.query("products", ("storeId", "==", self.store_id))
        assert {each.id: each.data for each in mirrors} == {
            paths.product_id(self.store_id, product.key): snapshot.data
            for product, snapshot in zip(found, snapshots, strict=True)
        }
        return {product.key: product for product in found}

    def sold(self) -> dict[str, str]:
        """Return the names of the sold products, by key."""
        return {key: each.name for key, each in self.products().items() if not each.is_deleted}

    def prices(self) -> dict[str, int | None]:
        """Return the prices of the sold products in cents, by name."""
        found = [each for each in self.products().values() if not each.is_deleted]
        assert len({each.name for each in found}) == len(found), "a product is there twice"
        return {each.name: each.price.amount_minor if each.price else None for each in found}

    def history(self, key: str) -> list[int]:
        """Return the former prices of a product in cents, oldest first."""
        found = client.query(f"{paths.store_product(self.store_id, key)}/priceChanges")
        changes = [codec.from_document(PriceChange, each.data) for each in found if each.data]
        ordered = sorted(changes, key=lambda each: each.since)
        for earlier, later in itertools.pairwise(ordered):
            assert earlier.until <= later.since
        return [each.amount.amount_minor for each in ordered]

    def histories(self, keys: Iterable[str]) -> list[tuple[str, int]]:
        """Return former prices of products in cents, with the products' keys."""
        wanted = {paths.product_id(self.store_id, key): key for key in keys}
        found = client.query("priceChanges", ("productId", "in", list(wanted)), group=True)
        changes = [codec.from_document(PriceChange, each.data) for each in found if each.data]
        return sorted((wanted[each.product_id], each.amount.amount_minor) for each in changes)

    def categories(self) -> list[str]:
        """Return the names of the existing categories."""
        found = client.query(paths.store_records(self.store_id, "categories"))
        all_of_them = [codec.from_document(Category, each.data) for each in found if each.data]
        return sorted(each.name for each in all_of_them if not each.is_deleted)

    def events(self, event_type: str) -> list[dict[str, Any]]:
        """Return the store's events, oldest first."""
        found = client.query("events", ("storeId", "==", self.store_id))
        told = [json.loads(each.data["payload"]) for each in found if each.data]
        ordered = sorted(told, key=lambda event: event["createdAt"])
        return [event for event in ordered if event["type"] == event_type]

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Let the till system answer as ``fault`` decides."""
        self.till.after = fault
        try:
            yield
        finally:
            self.till.after = lambda *_: None


@contextmanager
def as_before(till: StandIn) -> Iterator[None]:
    """Undo all changes in the till system afterwards."""
    tables = copy.deepcopy(till.tables)
    try:
        yield
    finally:
        till.tables.clear()
        till.tables.update(tables)


@pytest.fixture
def ticking() -> Iterator[TickingClock]:
    """The product's clock, from 2026-03-03T12:00Z on."""
    going = TickingClock()
    with clock.use(going):
        yield going


@pytest.fixture(scope="session")
def shared_till() -> Iterator[StandIn]:
    with korona_stand_in.running() as till:
        yield till


@pytest.fixture
def empty_till(shared_till: StandIn) -> Iterator[StandIn]:
    """A till system with three categories and nothing else, which no other test uses meanwhile."""
    with as_before(shared_till):
        for name in shared_till.tables.keys() - {"salesTaxes", "sectors", "commodityGroups"}:
            shared_till.tables[name].clear()
        shared_till.calls.clear()
        yield shared_till
        shared_till.after = lambda *_: None


@pytest.fixture
def branch(
    merchant: Merchant,
    empty_till: StandIn,
    ticking: TickingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Branch:
    """A store whose till system has no products yet; no call is repeated after a pause."""
    monkeypatch.setattr(korona, "PAGE_ITEMS", PAGE_ITEMS)
    monkeypatch.setattr(korona, "OVERLAP_REVISIONS", 0)
    monkeypatch.setattr(sync_pages, "CHUNK", CHUNK)
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    return Branch(merchant, empty_till, ticking)
