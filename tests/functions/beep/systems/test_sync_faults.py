"""Whatever a till system does wrong: no product is lost, none is doubled, and no price is wrong."""

from __future__ import annotations

import copy
import itertools
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from shared.connectors import client as http
from shared.connectors.pos import korona
from shared.domain.systems import syncs
from shared.domain.systems.syncs import PAUSES, SyncState
from shared.services.systems import sync_pages, sync_progress, sync_starts, sync_worker
from shared.store import client, paths
from tests.support.branches import (
    BUSY,
    DOWN,
    GARBAGE,
    HALF,
    ROWS_LOST,
    Branch,
    Fault,
    always,
    cut,
    nth,
)
from tests.support.refusals import assert_refused, nothing_written

MILK, BUTTER, BREAD = "4006381333931", "4000417025005", "4001724819806"
PRODUCTS = 8
NAMES = [f"Product {number}" for number in range(PRODUCTS)]
FAULTS: dict[str, tuple[Fault, str]] = {
    "busy": (always(BUSY), "CONNECTOR_RATE_LIMITED"),
    "down": (always(DOWN), "CONNECTOR_UNAVAILABLE"),
    "cut": (cut, "CONNECTOR_UNAVAILABLE"),
    "garbage": (always(GARBAGE), "CONNECTOR_ANSWER_INVALID"),
    "half a page": (always(HALF), "CONNECTOR_ANSWER_INVALID"),
    "a page without rows": (always(ROWS_LOST), "CONNECTOR_ANSWER_INVALID"),
}
STATUS = {
    "CONNECTOR_RATE_LIMITED": 429,
    "CONNECTOR_UNAVAILABLE": 503,
    "CONNECTOR_ANSWER_INVALID": 503,
}
every_fault = pytest.mark.parametrize("name", FAULTS)


def fill(branch: Branch, products: int = PRODUCTS) -> None:
    for number in range(products):
        branch.till.put_product(f"{number:03}", f"Product {number}", f"{number + 1}.00")


def assert_whole(branch: Branch, products: int = PRODUCTS) -> None:
    """Assert that everything is there, once, at its price, and counted once."""
    expected = {f"Product {number}": 100 * (number + 1) for number in range(products)}
    assert branch.prices() == expected
    counts = branch.stored().counts["products"]
    assert (counts.read, counts.created, counts.changed, counts.deleted) == (
        products,
        products,
        0,
        0,
    )


@every_fault
def test_a_fault_after_a_page_is_waited_out(branch: Branch, name: str) -> None:
    fault, code = FAULTS[name]
    fill(branch)
    with branch.failing(nth(2, fault)):
        answer = branch.sync()

    assert (answer.status, answer.body["state"]) == (200, "running")
    assert answer.body["synced"]["products"] == 3
    sync = branch.status()["lastSync"]
    assert (sync["failure"], sync["state"]) == (code, "running")
    assert branch.stored().retry_at == branch.stored().updated_at + PAUSES[0]
    assert branch.end().state is SyncState.SUCCEEDED
    assert_whole(branch)
    assert branch.stored().failure is None
    assert branch.stored().failure_message is None
    assert len(branch.events("integration.pos.synced")) == 1


@every_fault
def test_a_fault_before_anything_was_read_is_told_at_once(branch: Branch, name: str) -> None:
    fault, code = FAULTS[name]
    fill(branch)
    with branch.failing(fault):
        answer = branch.sync()

    sync = branch.stored()
    assert (answer.status, answer.error) == (STATUS[code], code)
    assert answer.body["details"]["syncId"] == sync.sync_id
    assert (sync.state, sync.failure, sync.config_token) == (SyncState.FAILED, code, None)
    assert branch.products() == {}
    assert branch.events("integration.pos.synced") == []
    branch.synced()
    assert_whole(branch)


def test_a_pause_is_as_long_as_the_system_asks_for(branch: Branch) -> None:
    fill(branch)
    with branch.failing(nth(2, always((429, b"{}", {"Retry-After": "600"})))):
        branch.sync()

    sync = branch.stored()
    assert sync.retry_at == sync.updated_at + timedelta(seconds=600)
    with branch.failing(always(DOWN)):
        assert branch.go_on() == sync  # It is not time yet, and nobody is asked.


def test_a_storm_passes(branch: Branch) -> None:
    """Each page is refused twice before it is given."""
    fill(branch)
    asked = itertools.count()
    with branch.failing(
        lambda _, path: BUSY if path.endswith("/products") and next(asked) % 3 < 2 else None
    ):
        assert branch.sync().status == 200
        assert branch.end().state is SyncState.SUCCEEDED
    assert_whole(branch)
    assert next(asked) == 9


def test_is_given_up_after_five_failures_in_a_row(branch: Branch) -> None:
    fill(branch)
    with branch.failing(nth(2, always(BUSY), times=100)):
        branch.sync()
        pauses = []
        while branch.stored().is_running:
            retry_at = branch.stored().retry_at
            assert retry_at is not None
            pauses.append(retry_at - branch.stored().updated_at)
            branch.clock.now = retry_at
            branch.go_on()

    sync = branch.stored()
    assert pauses == list(PAUSES)
    assert (sync.state, sync.failure) == (SyncState.FAILED, "CONNECTOR_RATE_LIMITED")
    assert (sync.config_token, sync.retry_at, sync.lease_until) == (None, None, None)
    calls = len(branch.till.calls)
    assert branch.go_on() == sync
    assert len(branch.till.calls) == calls

    branch.synced()
    assert list(branch.prices()) == NAMES
    # What the first one had written is known by the second.
    assert branch.stored().counts["products"].created == PRODUCTS - 3


def test_credentials_that_are_refused_meanwhile_end_it(branch: Branch) -> None:
    fill(branch)
    with branch.failing(nth(2, always((401, b"{}", {})))):
        answer = branch.sync()

    assert (answer.status, answer.error) == (400, "CONNECTOR_CREDENTIALS_REFUSED")
    assert branch.stored().state is SyncState.FAILED
    assert list(branch.sold().values()) == NAMES[:3]


def test_what_changes_while_it_is_listed_is_not_missed(branch: Branch) -> None:
    """A product of the first page gets another price and another EAN before the last page."""
    fill(branch)
    once = iter([True])

    def change(_method: str, path: str) -> None:
        if path.endswith("/products") and next(once, False):
            branch.till.put_product("000", "Product 0", "9.99", MILK)

    with branch.failing(change):
        answer = branch.synced(isFull=True)

    assert branch.prices()["Product 0"] == 999
    assert branch.sold()[MILK] == "Product 0"
    assert sorted(branch.sold().values()) == NAMES
    assert answer["synced"]["products"] == PRODUCTS


def test_a_product_that_vanishes_is_marked_and_kept(branch: Branch) -> None:
    fill(branch)
    branch.synced()
    gone = next(
        key for key, row in branch.till.tables["products"].items() if row["number"] == "003"
    )
    del branch.till.tables["products"][gone]

    # A list of changes does not tell.
    assert branch.synced()["changes"]["deleted"] == 0
    assert branch.synced(isFull=True)["changes"]["deleted"] == 1

    product = branch.products()["003"]
    assert product.is_deleted
    assert product.price is not None
    assert branch.stored().counts["products"].priced == 0
    assert branch.synced(isFull=True)["changes"]["deleted"] == 0


def test_a_product_that_its_system_calls_deleted_comes_back(branch: Branch) -> None:
    fill(branch)
    branch.synced()
    branch.till.put_product("003", "Product 3", None, active=False)
    ended = branch.synced()
    assert ended["changes"] == {
        "created": 0,
        "changed": 0,
        "deleted": 1,
        "skipped": 0,
        "receiptsAwarded": 0,
        "receiptsTakenBack": 0,
    }
    assert ended["synced"]["priceUpdates"] == 0

    branch.till.put_product("003", "Product 3", "4.00", active=True)
    back = branch.synced()

    assert (back["changes"]["changed"], back["synced"]["priceUpdates"]) == (1, 0)
    assert branch.prices()["Product 3"] == 400
    assert branch.history("003") == []


@pytest.mark.parametrize("is_full", [False, True])
def test_a_product_that_changes_its_ean_goes_on_under_the_new_one(
    branch: Branch, is_full: bool
) -> None:
    fill(branch)
    branch.till.put_product("003", "Product 3", "4.00", MILK)
    branch.synced()
    mark_for_adults(branch, MILK)
    branch.till.put_product("003", "Product 3", "4.00", BUTTER)

    branch.synced(isFull=is_full)

    before, after = branch.products()[MILK], branch.products()[BUTTER]
    assert (before.is_deleted, before.replaced_by) == (True, BUTTER)
    assert (after.is_deleted, after.name) == (False, "Product 3")
    # Whether staff must look at the buyer does not depend on the EAN.
    assert after.flags == {"requiresHumanVerification": True}
    assert sorted(branch.sold().values()) == NAMES
    branch.synced(isFull=True)
    assert branch.stored().counts["products"].changed == 0


def mark_for_adults(branch: Branch, key: str) -> None:
    """Set what the till system does not know."""
    path = paths.store_product(branch.store_id, key)
    read = client.get_one(path)
    assert read.data is not None
    data = {**read.data, "flags": {"requiresHumanVerification": True}}
    client.commit([client.Put(path, data), client.Put(paths.product(read.data["productId"]), data)])


@pytest.mark.parametrize("is_full", [False, True])
def test_two_products_with_one_ean_are_both_kept(branch: Branch, is_full: bool) -> None:
    branch.till.put_product("001", "Milk", "1.00", MILK)
    branch.till.put_product("002", "Milk in bottles", "2.00", MILK)
    branch.synced()
    assert branch.sold() == {MILK: "Milk", "002": "Milk in bottles"}

    # A list of changes shows the second alone, which must not push the first out of its place.
    branch.till.put_product("002", "Milk in bottles", "2.20", MILK)
    answer = branch.synced(isFull=is_full)

    assert branch.prices() == {"Milk": 100, "Milk in bottles": 220}
    assert answer["synced"]["priceUpdates"] == 1
    assert answer["changes"]["skipped"] == 0


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("first", ["old", "new"])
def test_a_product_takes_the_ean_of_one_that_has_ended(
    branch: Branch, first: str, is_full: bool
) -> None:
    """Tills let an article end and make a new one with its EAN, in either order."""
    fill(branch, 2)
    branch.till.put_product("old", "Milk", "1.00", MILK)
    branch.synced()
    for number in ("old", "new") if first == "old" else ("new", "old"):
        if number == "old":
            branch.till.put_product("old", "Milk", None, MILK, active=False)
        else:
            branch.till.put_product("new", "Milk 2", "1.20", MILK)

    branch.synced(isFull=is_full)

    assert branch.sold() == {"000": "Product 0", "001": "Product 1", MILK: "Milk 2"}
    with_writes = branch.synced(isFull=True)
    assert with_writes["changes"]["changed"] == with_writes["changes"]["deleted"] == 0


def test_two_products_change_places(branch: Branch) -> None:
    branch.till.put_product("001", "Milk", "1.00", MILK)
    branch.till.put_product("002", "Butter", "2.00", BUTTER)
    branch.synced()
    branch.till.put_product("001", "Milk", "1.00", BUTTER)
    branch.till.put_product("002", "Butter", "2.00", MILK)

    branch.synced()

    assert branch.sold() == {BUTTER: "Milk", MILK: "Butter"}
    assert branch.prices() == {"Milk": 100, "Butter": 200}


@pytest.mark.parametrize("number", ["__name__", "..", "a/b", "a.b`c", "ä" * 100])
def test_any_article_number_is_a_key(branch: Branch, number: str) -> None:
    branch.till.put_product(number, "Odd", "1.00")
    branch.synced()

    again = branch.synced(isFull=True)["changes"]

    assert branch.prices() == {"Odd": 100}
    assert (again["created"], again["changed"], again["deleted"]) == (0, 0, 0)


def test_a_product_without_a_price_is_there(branch: Branch) -> None:
    branch.till.put_product("001", "Weighed", None)
    branch.synced()
    assert branch.prices() == {"Weighed": None}

    branch.till.put_product("001", "Weighed", "3.00")
    first = branch.synced()
    branch.till.put_product("001", "Weighed", None)
    second = branch.synced()

    assert (first["synced"]["priceUpdates"], second["synced"]["priceUpdates"]) == (1, 1)
    assert branch.prices() == {"Weighed": None}
    assert branch.history("001") == [300]


def test_what_cannot_be_taken_is_said_and_not_taken_for_gone(branch: Branch) -> None:
    fill(branch)
    branch.synced()
    branch.till.put_product("003", "Product 3", "4.001")

    answer = branch.synced(isFull=True)

    assert (answer["changes"]["skipped"], answer["changes"]["deleted"]) == (1, 0)
    assert branch.prices()["Product 3"] == 400
    (remark,) = branch.status()["lastSync"]["remarks"]
    assert remark["stream"] == "products"
    assert remark["reason"]


def test_prices_are_told_as_they_were(branch: Branch) -> None:
    """Every price has its time; one that was announced begins when it should."""
    soon = datetime(2026, 3, 3, 13, tzinfo=UTC)
    prices = [
        {"value": 1.0, "validFrom": "2020-01-01T00:00:00+00:00"},
        {"value": 1.1, "validFrom": soon.isoformat()},
        {"value": 1.2, "validFrom": (soon + timedelta(hours=1)).isoformat()},
        {"value": 1.3, "validFrom": (soon + timedelta(days=1)).isoformat()},
    ]
    branch.till.put_product("001", "Milk", None, prices=prices)
    assert branch.synced()["synced"]["priceUpdates"] == 0
    assert branch.prices() == {"Milk": 100}

    branch.clock.now = soon + timedelta(hours=2)
    assert branch.synced()["synced"]["priceUpdates"] == 2
    assert branch.prices() == {"Milk": 120}
    assert branch.history("001") == [100, 110]

    branch.till.put_product("001", "Milk", None, active=False)
    branch.synced()
    branch.clock.now = soon + timedelta(days=2)
    assert branch.synced()["synced"]["priceUpdates"] == 0
    assert branch.history("001") == [100, 110]


@pytest.mark.parametrize("left", [0, 5])
def test_a_list_that_is_suddenly_short_deletes_nothing(branch: Branch, left: int) -> None:
    fill(branch, 24)
    branch.synced()
    rows = branch.till.tables["products"]
    for object_id in list(rows)[left:]:
        del rows[object_id]

    answer = branch.synced(isFull=True)

    assert answer["problem"] == branch.status()["lastSync"]["problem"] == "too_many_gone"
    assert answer["changes"]["deleted"] == 0
    assert len(branch.sold()) == 24
    allowed = branch.synced(isFull=True, allowMassDeletion=True)
    assert (allowed["problem"], allowed["changes"]["deleted"]) == (None, 24 - left)
    assert len(branch.sold()) == left


def test_a_small_shop_is_not_emptied_either(branch: Branch) -> None:
    fill(branch, 3)
    branch.synced()
    branch.till.tables["products"].clear()

    assert branch.synced(isFull=True)["problem"] == "too_many_gone"
    assert len(branch.sold()) == 3


def test_an_account_that_was_changed_is_read_from_its_beginning(branch: Branch) -> None:
    """How far the other account was read says nothing of this one."""
    fill(branch)
    branch.synced()
    assert branch.synced()["synced"]["products"] == 0
    moved = {**branch.till.credentials, "server": "129"}

    assert branch.synced(credentials=moved)["synced"]["products"] == PRODUCTS
    assert branch.synced(credentials=moved)["synced"]["products"] == 0
    # The password is no setting.
    assert len(branch.sold()) == PRODUCTS


def test_two_at_once_one_works_and_the_other_is_told(branch: Branch) -> None:
    fill(branch)
    is_reading, may_go_on = threading.Event(), threading.Event()

    def wait(_method: str, path: str) -> None:
        if path.endswith("/products"):
            is_reading.set()
            assert may_go_on.wait(30)

    answers = []
    with branch.failing(wait):
        worker = threading.Thread(target=lambda: answers.append(branch.sync()))
        worker.start()
        assert is_reading.wait(30)
        with nothing_written():
            other = branch.sync()
        assert branch.go_on().is_running  # The task of a sweep finds it held, too.
        may_go_on.set()
        worker.join(30)

    details = {"syncId": branch.stored().sync_id}
    assert_refused(other, 409, "SYNC_RUNNING", details)
    assert answers[0].body["state"] == "succeeded"
    assert_whole(branch)


def test_a_sync_that_waits_is_gone_on_with_by_the_next_request(branch: Branch) -> None:
    fill(branch)
    with branch.failing(nth(2, always(BUSY))):
        waiting = branch.sync()

    answer = branch.synced()

    assert answer["syncId"] == waiting.body["syncId"]
    assert_whole(branch)
    assert len(branch.events("integration.pos.synced")) == 1


@pytest.mark.parametrize("what", ["isFull", "programId", "issuedSince"])
def test_a_sync_that_waits_does_not_serve_for_another(branch: Branch, what: str) -> None:
    fill(branch)
    since = branch.clock.now.isoformat()
    award = {"programId": branch.merchant.program(), "issuedSince": since}
    with branch.failing(nth(2, always(BUSY))):
        waiting = branch.sync(awardPoints=award)
    changed = {
        "isFull": {"isFull": True},
        "programId": {"awardPoints": {**award, "programId": branch.merchant.program()}},
        "issuedSince": {"awardPoints": {"programId": award["programId"]}},
    }

    answer = branch.synced(**{"awardPoints": award, **changed[what]})

    assert answer["syncId"] != waiting.body["syncId"]
    assert list(branch.prices()) == NAMES


def test_a_sync_that_waits_may_be_allowed_more(branch: Branch) -> None:
    fill(branch, 14)
    branch.synced()
    products = branch.till.tables["products"]
    for object_id in list(products)[:-1]:
        del products[object_id]
    with branch.failing(nth(1, always(BUSY))):
        assert branch.sync(isFull=True).body["state"] == "running"

    answer = branch.synced(allowMassDeletion=True)

    assert (answer["problem"], answer["changes"]["deleted"]) == (None, 13)


def test_what_takes_too_long_goes_on_as_a_task(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(branch)
    monkeypatch.setattr(sync_starts, "AT_ONCE_S", -1.0)
    answer = branch.sync()

    assert (answer.status, answer.body["state"]) == (200, "running")
    assert answer.body["synced"]["products"] == 0
    assert branch.stored().lease_until is None
    assert branch.go_on().state is SyncState.SUCCEEDED
    assert_whole(branch)


def test_a_task_that_takes_too_long_leaves_the_rest_to_the_next(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(branch)
    one_page_each = SimpleNamespace(monotonic=itertools.cycle([0.0, 0.0, 1.0]).__next__)
    monkeypatch.setattr(sync_starts, "AT_ONCE_S", 0.0)
    monkeypatch.setattr(sync_worker, "TASK_S", 0.0)
    monkeypatch.setattr(sync_worker, "time", one_page_each)
    branch.sync()
    tasks = 0
    while branch.stored().is_running:
        branch.go_on()
        tasks += 1
        assert tasks < 20

    assert tasks == 3
    assert_whole(branch)


@pytest.fixture
def _bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something of ours that breaks at the second page, whenever it is read."""
    read = korona.Connector.products

    def products(self: korona.Connector, position: str | None, since: str | None) -> object:
        if position is not None:
            raise RuntimeError("a bug")
        return read(self, position, since)

    monkeypatch.setattr(korona.Connector, "products", products)


@pytest.mark.usefixtures("_bug")
def test_a_failure_of_our_own_does_not_go_on_for_ever(branch: Branch) -> None:
    fill(branch)
    answer = branch.sync()
    assert_refused(answer, 500, "INTERNAL_ERROR")
    for _ in range(1, syncs.FAILURES_MAX):
        assert branch.stored().is_running
        branch.clock.advance(timedelta(hours=1))
        with pytest.raises(RuntimeError):
            branch.go_on()

    sync = branch.stored()
    assert (sync.state, sync.failure, sync.config_token) == (
        SyncState.FAILED,
        "INTERNAL_ERROR",
        None,
    )
    assert branch.status()["lastSync"]["failureMessage"] == "It broke off."


def test_an_unchanged_catalog_is_not_written(branch: Branch) -> None:
    fill(branch)
    branch.synced()
    before = copy.deepcopy(branch.products())

    answer = branch.synced(isFull=True)

    assert branch.products() == before
    assert answer["synced"]["products"] == PRODUCTS
    assert set(answer["changes"].values()) == {0}


def test_constants_fit_into_a_commit() -> None:
    """A product that moves takes six writes; sync, note and event come on top."""
    assert sync_pages.CHUNK * 3 + 10 <= 500
    assert sync_progress.LEASE.total_seconds() > http.TOTAL_S_MAX
