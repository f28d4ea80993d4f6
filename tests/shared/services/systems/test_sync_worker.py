"""A worker that dies anywhere in a sync, or loses an answer: it ends as an undisturbed one does."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.connectors.pos import korona
from shared.domain.systems.syncs import FAILURES_MAX, SyncState, SystemKind
from shared.services import credentials
from shared.services.systems import sync_pages, sync_starts, sync_worker
from shared.services.systems.sync_progress import LEASE
from shared.store import client
from shared.store.systems import sync_documents
from tests.support.branches import Branch, as_before
from tests.support.dying import Died, dying_after
from tests.support.merchants import Merchant
from tests.support.traffic import answer_lost

MILK, BUTTER = "4006381333931", "4000417025005"
START = datetime(2026, 3, 3, 12, tzinfo=UTC)
IN_THE_EVENING = START + timedelta(hours=8)
CUSTOMER = "user_1"
CSV = "id;name;price\r\n" + "".join(f"{number};Tea {number};2,00\r\n" for number in range(7))


def fill(branch: Branch) -> None:
    """Put in a catalog of some pages, with what is awkward."""
    till = branch.till
    till.put_product("000", "Coffee", "3.00")
    till.put_product("001", "Milk", "1.00", MILK)
    till.put_product("002", "Milk in bottles", "2.00", MILK)
    till.put_product("003", "Price too fine", "1.001")
    till.put_product("004", "Ended", None, active=False)
    till.put_product("005", "Tea", "2.00")
    prices = [
        {"value": 2.0, "validFrom": "2020-01-01T00:00:00+00:00"},
        {"value": 2.2, "validFrom": IN_THE_EVENING.isoformat()},
    ]
    till.put_product("006", "Dearer in the evening", None, prices=prices)


def change(branch: Branch) -> None:
    """Change some of it: a price, an EAN, one more, one less, one without a word, a category."""
    till = branch.till
    till.put_product("001", "Milk", "1.10", MILK)
    till.put_product("002", "Milk in bottles", "2.00", BUTTER)
    till.put_product("007", "Cocoa", "4.00")
    till.put_product("005", "Tea", None, active=False)
    group = next(iter(till.tables["commodityGroups"].values()))
    till.put("commodityGroups", {"id": group["id"], "name": "Milk and more"})
    products = till.tables["products"]
    del products[next(key for key, row in products.items() if row["number"] == "000")]


def nothing_known(branch: Branch) -> None:
    fill(branch)
    receipts(branch)


def something_known(branch: Branch) -> None:
    fill(branch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(korona, "PAGE_ITEMS", 100)
        patch.setattr(sync_pages, "CHUNK", 100)
        branch.synced()
    branch.clock.now = IN_THE_EVENING + timedelta(hours=1)
    change(branch)


def receipts(branch: Branch) -> None:
    """Issue receipts of a member: three sales, of which one is taken back, and one of nobody."""
    member = branch.merchant.member("points")
    branch.fields["awardPoints"] = {"programId": member.program_id}
    for number in range(3):
        row = branch.till.put_receipt(
            f"R-{number}", "10.00", customer=CUSTOMER, bookingTime=IN_THE_EVENING.isoformat()
        )
    branch.till.put_receipt("R-3", "-10.00", reversedReceipt={"id": row["id"]})
    branch.till.put_receipt("R-4", "10.00")


STORIES: dict[str, tuple[Callable[[Branch], None], dict[str, Any]]] = {
    "first": (nothing_known, {}),
    "everything again": (something_known, {"isFull": True}),
    "what has changed": (something_known, {}),
}
every_story = pytest.mark.parametrize(
    "story",
    [
        pytest.param(name, marks=() if name == "what has changed" else pytest.mark.wide)
        for name in STORIES
    ],
)
"""Each takes up to half a minute, so two of the three are in ``make test-wide``."""


def outcome(branch: Branch) -> dict[str, Any]:
    """Return all that a sync leaves, but for ids and times."""
    sync = branch.stored()
    assert sync.state is SyncState.SUCCEEDED
    assert (sync.config_token, sync.lease_until, sync.failure) == (None, None, None)
    found = branch.products()
    sold = {key: each for key, each in found.items() if not each.is_deleted}
    memberships = client.query("loyaltyMembers", ("storeId", "==", branch.store_id))
    return {
        "sold": {key: (each.name, each.price) for key, each in sold.items()},
        "gone": {key: each.replaced_by for key, each in found.items() if each.is_deleted},
        "history": branch.histories(found),
        "categories": branch.categories(),
        "counts": sync.counts,
        "remarks": [(each.stream, each.reason) for each in sync.remarks],
        "balances": [each.data["balanceUnits"] for each in memberships if each.data],
        "events": [
            {**each["data"], "syncId": None} for each in branch.events("integration.pos.synced")
        ],
    }


Stores = Iterator[tuple[Branch, str | None]]


@pytest.fixture
def each_store(
    branch: Branch, new_merchant: Callable[..., Merchant], story: str
) -> Iterator[Stores]:
    """Stores one after the other that are about to be synced, and what was synced last."""
    with closing(stores(branch, new_merchant, story)) as found:
        yield found


def stores(
    branch: Branch, new_merchant: Callable[..., Merchant], story: str
) -> Generator[tuple[Branch, str | None], None, None]:
    prepare, fields = STORIES[story]
    while True:
        with as_before(branch.till), pytest.MonkeyPatch.context() as patch:
            patch.setattr(korona, "PAGE_ITEMS", 4)  # two pages of two commits
            branch.clock.now = START
            made = branch.of(new_merchant(), **fields)
            prepare(made)
            latest = sync_documents.find(made.store_id, SystemKind.POS, "korona")
            yield made, latest.sync_id if latest else None


def parts(branch: Branch) -> list[client.Snapshot]:
    return client.query(f"{sync_documents.path_of(branch.stored())}/parts")


@every_story
def test_ends_alike_wherever_a_worker_dies(each_store: Stores) -> None:
    undisturbed, _ = next(each_store)
    undisturbed.synced()
    expected = outcome(undisturbed)
    assert parts(undisturbed) == []

    for steps in itertools.count(1):
        store, before = next(each_store)
        with dying_after(steps) as life:
            store.sync()
        if not life.has_ended:
            break
        latest = sync_documents.find(store.store_id, SystemKind.POS, "korona")
        if latest is None or latest.sync_id == before:
            store.synced()  # Nothing was written down yet, and it is asked for again.
        store.end()
        assert outcome(store) == expected, f"died after {steps} steps"
    assert steps > 20


@every_story
def test_ends_alike_whatever_answer_of_the_database_gets_lost(each_store: Stores) -> None:
    undisturbed, _ = next(each_store)
    undisturbed.synced()
    expected = outcome(undisturbed)

    for number in itertools.count(1):
        store, _ = next(each_store)
        with answer_lost(number) as commits:
            store.synced()
        if commits[0] < number:
            break
        assert outcome(store) == expected, f"lost the answer to commit {number}"
        assert parts(store) == []
    assert number > 5


@every_story
def test_ends_alike_although_it_is_not_known_whether_a_commit_was_applied(
    each_store: Stores,
) -> None:
    undisturbed, _ = next(each_store)
    undisturbed.synced()
    expected = outcome(undisturbed)

    for number in itertools.count(1):
        store, before = next(each_store)
        with answer_lost(number, then_silent=1) as commits:
            store.sync()
        if commits[0] < number:
            break
        latest = sync_documents.find(store.store_id, SystemKind.POS, "korona")
        if latest is None or latest.sync_id == before:
            store.synced()  # Nothing was written down yet, and it is asked for again.
        store.end()
        assert outcome(store) == expected, f"nothing is known of commit {number}"
    assert number > 5


def test_what_was_noted_is_forgotten_by_the_next_sync(branch: Branch) -> None:
    fill(branch)
    with suppress(Died), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync_documents, "delete_parts", died)
        branch.sync()
    assert branch.stored().state is SyncState.SUCCEEDED
    assert parts(branch)

    branch.synced(isFull=True)

    assert parts(branch) == []


def died(*_: object) -> None:
    raise Died


def test_nobody_goes_on_before_the_lease_of_who_died_has_run_out(branch: Branch) -> None:
    fill(branch)
    with dying_after(12):
        branch.sync()
    held = branch.stored()
    assert held.is_running

    branch.clock.advance(LEASE - timedelta(seconds=1))
    assert branch.go_on() == held
    assert branch.sync().error == "SYNC_RUNNING"
    branch.clock.advance(timedelta(seconds=2))
    assert branch.go_on().state is SyncState.SUCCEEDED


def test_what_kills_every_worker_is_given_up(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(branch)
    read = korona.Connector.products
    monkeypatch.setattr(
        korona.Connector,
        "products",
        lambda self, position, since: died() if position else read(self, position, since),
    )
    with suppress(Died):
        branch.sync()
    for _ in range(FAILURES_MAX):
        assert branch.stored().is_running
        branch.clock.advance(timedelta(hours=1))
        with suppress(Died):
            branch.go_on()

    sync = branch.stored()
    assert (sync.state, sync.failure, sync.config_token) == (
        SyncState.FAILED,
        "INTERNAL_ERROR",
        None,
    )


def test_credentials_that_cannot_be_read_any_more_end_it(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(branch)
    monkeypatch.setattr(sync_starts, "AT_ONCE_S", -1.0)
    branch.sync()

    def unreadable(*_: object) -> None:
        raise ValueError("another key")

    monkeypatch.setattr(credentials, "decrypted", unreadable)
    for _ in range(FAILURES_MAX + 1):
        branch.clock.advance(timedelta(hours=1))
        with suppress(ValueError):
            branch.go_on()

    assert branch.stored().state is SyncState.FAILED


@pytest.mark.usefixtures("own_database")
def test_a_file_whose_worker_died_is_given_up_and_sent_again(branch: Branch) -> None:
    """It was in the request, and is kept nowhere."""
    body = {
        "system": "generic",
        "storeId": branch.store_id,
        "credentials": {"file": base64.b64encode(CSV.encode()).decode()},
    }
    with dying_after(14):
        branch.merchant.api("syncPOS", body)
    found = sync_documents.find(branch.store_id, SystemKind.POS, "generic")
    assert found is not None
    assert (found.is_running, found.config_token) == (True, None)

    branch.clock.advance(timedelta(hours=1))
    assert sync_worker.resume_open() == 0

    given_up = sync_documents.find(branch.store_id, SystemKind.POS, "generic")
    assert given_up is not None
    assert (given_up.state, given_up.failure) == (SyncState.FAILED, "INTERNAL_ERROR")
    answer = branch.merchant.api.ok("syncPOS", body)
    assert (answer["state"], answer["synced"]["products"]) == ("succeeded", 7)
    assert len(branch.products()) == 7
