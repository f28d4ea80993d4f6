"""Every query of the product has its index: the emulator answers all, and production does not."""

from __future__ import annotations

import ast
import json
import re
import sys
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from shared import clock
from shared.domain.catalog.goods import Order
from shared.domain.catalog.products import CatalogProduct
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.figures import ProgramCounters
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.period_figures import MonthCounters
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.receipt_claims import ReceiptStatus
from shared.domain.loyalty.referrals import Referral, ReferralStatus
from shared.domain.members.check_ins import CheckIn, Visitor
from shared.domain.members.comebacks import ErasedMark
from shared.domain.members.erasure import Erasure
from shared.domain.members.member import Member as Person
from shared.domain.orders.checkouts import Checkout
from shared.domain.orders.collect_orders import CollectOrder
from shared.domain.payments.payments import Payment, Stage
from shared.domain.payments.psp import PspConfiguration
from shared.domain.stores.stores import Store
from shared.domain.systems.purchases import Purchase
from shared.domain.systems.pushes import Push
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.domain.systems.syncs import Connection, Sync, SyncState, SystemKind
from shared.domain.wallets.wallet_passes import WalletPass
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.schemas import paging
from shared.services.accounts import reencryption
from shared.services.events import emission
from shared.services.members import erasures
from shared.services.systems import item_stores
from shared.services.systems.item_stores import GOODS
from shared.store import client, codec, documents, paths
from shared.store.accounts import (
    account_documents,
    oauth_app_documents,
    staff_documents,
    staff_invitation_documents,
    test_clock_documents,
)
from shared.store.catalog import product_documents
from shared.store.events import event_documents
from shared.store.imports import import_documents
from shared.store.loyalty import (
    campaign_documents,
    figure_documents,
    membership_documents,
    program_documents,
    proof_documents,
    receipt_documents,
    referral_documents,
    reservation_documents,
    tier_recalculation_documents,
)
from shared.store.members import check_in_documents, member_documents
from shared.store.orders import checkout_documents, collect_order_documents
from shared.store.payments import payment_documents
from shared.store.personal import Personal
from shared.store.stores import store_documents
from shared.store.systems import (
    goods_documents,
    purchase_documents,
    shop_documents,
    shop_writing_documents,
    sync_documents,
)
from shared.store.systems.sync_documents import Seen
from shared.store.wallets import wallet_pass_documents
from shared.store.webhooks import delivery_documents, endpoint_documents
from tests.support.checkouts import milk
from tests.support.merchants import Member, Merchant
from tools.emulators import ROOT

SPEC = json.loads((ROOT / "firestore.indexes.json").read_text())
EQUAL = {"==", "in", "array-contains", "array-contains-any"}
"""Each list has an index of its own, of what it contains, unless it is set apart."""
STORED = {
    "erasures": Erasure,
    "checkIns": CheckIn,
    "erasedMarks": ErasedMark,
    "visitors": Visitor,
    "checkouts": Checkout,
    "clickCollectOrders": CollectOrder,
    "connections": Connection,
    "entries": Entry,
    "loyaltyMembers": Membership,
    "loyaltyPrograms": Program,
    "members": Person,
    "orders": Order,
    "parts": Seen,
    "payments": Payment,
    "products": CatalogProduct,
    "referrals": Referral,
    "pspConfigurations": PspConfiguration,
    "purchases": Purchase,
    "pushes": Push,
    "months": MonthCounters,
    "shards": ProgramCounters,
    "shopWritings": ShopWriting,
    "stores": Store,
    "syncs": Sync,
    "walletPasses": WalletPass,
    "webhookDeliveries": Delivery,
}


def overridden(collection: str) -> dict[str, list[dict[str, str]]]:
    """Return the indexes of the fields that do not have the usual ones."""
    return {
        each["fieldPath"]: each["indexes"]
        for each in SPEC["fieldOverrides"]
        if each["collectionGroup"] == collection
    }


@dataclass(frozen=True)
class Query:
    """A query that was made: fields compared as equal, and those that give its order."""

    place: tuple[str, int]
    collection: str
    is_group: bool
    equal: tuple[str, ...]
    order: tuple[tuple[str, str], ...]

    def lacks(self) -> str | None:
        """Return what production would miss."""
        if self.equal and self.order:
            names = [*self.equal, *(name for name, _ in self.order)]
            return None if self._is_covered() else f"composite index of {', '.join(names)}"
        fields = [*((name, "ASCENDING") for name in self.equal), *self.order]
        scope = "COLLECTION_GROUP" if self.is_group else "COLLECTION"
        usual = [
            {"queryScope": "COLLECTION", "order": each} for each in ("ASCENDING", "DESCENDING")
        ]
        for name, direction in fields:
            wanted_index = {"queryScope": scope, "order": direction}
            # The fields of a map have the indexes of the map.
            whole = name.partition(".")[0]
            if wanted_index not in overridden(self.collection).get(whole, usual):
                return f"{direction} index of {name} for {scope}"
        return None

    def _is_covered(self) -> bool:
        """Tell whether one composite index serves the query, or several that are merged.

        Firestore merges indexes that end in the query's order and begin with nothing but fields
        that it compares as equal, if each of those is in one of them.
        """
        served: set[str] = set()
        for each in SPEC["indexes"]:
            fields = [
                (field["fieldPath"], field.get("order", "CONTAINS")) for field in each["fields"]
            ]
            begin = {name for name, _ in fields[: -len(self.order)]}
            ends_alike = fields[-len(self.order) :] == list(self.order)
            if each["collectionGroup"] == self.collection and ends_alike and begin <= {*self.equal}:
                served |= begin
        return served == {*self.equal}


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[Query]:
    """What is asked of Firestore from here on."""
    made: list[Query] = []
    query, pages, count = client.query, client.pages, client.count

    def record(collection: str, *filters: Any, **options: Any) -> None:
        # Who asks for documents of a kind, and not the kind that passes it on.
        caller = sys._getframe(2)
        while caller.f_code.co_filename == documents.__file__:
            assert caller.f_back is not None
            caller = caller.f_back
        spelt = {name.removeprefix("-"): name for name in options.get("order_by", ())}
        # `in` asks for each of its values as an equal one.
        ranges = [name for name, operator, _ in filters if operator not in EQUAL]
        spelt |= {name: spelt.get(name, name) for name in ranges}
        order = tuple(
            (name, "DESCENDING" if text.startswith("-") else "ASCENDING")
            for name, text in spelt.items()
            # It is the end of every index.
            if name != "__name__"
        )
        equal = tuple(name for name, operator, _ in filters if operator in EQUAL)
        place = (str(Path(caller.f_code.co_filename).relative_to(ROOT)), caller.f_lineno)
        name, is_group = collection.rpartition("/")[2], options.get("group", False)
        made.append(Query(place, name, is_group, equal, order))

    def recording_query(*arguments: Any, **options: Any) -> Any:
        record(*arguments, **options)
        return query(*arguments, **options)

    def recording_pages(*arguments: Any, **options: Any) -> Any:
        record(*arguments, **options)
        return pages(*arguments, **options)

    def recording_count(*arguments: Any, **options: Any) -> Any:
        record(*arguments, **options)
        return count(*arguments, **options)

    monkeypatch.setattr(client, "query", recording_query)
    monkeypatch.setattr(client, "pages", recording_pages)
    monkeypatch.setattr(client, "count", recording_count)
    return made


def query_keys(account_id: str) -> None:
    account_documents.list_keys(account_id)
    account_documents.list_working_keys(account_id, limit=1)
    account_documents.list_revoked_keys(account_id, limit=1)
    account_documents.keys_beginning_with("0" * 64, limit=1)


def query_all(member: Member) -> None:
    """Call everything in the product that makes a query."""
    merchant, now = member.merchant, clock.utc_now()
    account_documents.list_accounts()
    oauth_app_documents.list_apps()
    store_documents.list_of_account(merchant.account_id)
    for after in (None, (now, "store_1")):
        store_documents.list_page(merchant.account_id, after=after, limit=1)
    query_keys(merchant.account_id)
    program_documents.list_of_store(merchant.store_id)
    membership_documents.list_entries(member.membership_id)
    membership_documents.list_before(member.membership_id, 2, 1)
    membership_documents.entries_recorded_since(now, 1)
    membership_documents.enrolled_since(now, 1)
    membership_documents.list_due(now, 1)
    member_documents.list_with_birthday(now, 1)
    referral_documents.count("acc_1", "lp_1", ["user_1", "user_2"], ReferralStatus.PENDING)
    membership_documents.list_of_user(merchant.account_id, member.user_id)
    for last in (None, member.membership_id):
        membership_documents.list_of_program(member.program_id, last, 1)
        membership_documents.list_mirrors(merchant.store_id, member.program_id, last, 1)
    figure_documents.shards(member.program_id)
    for program_id in (None, member.program_id):
        proof_documents.next_program(program_id)
    import_documents.list_open(1)
    tier_recalculation_documents.list_open(1)
    campaign_documents.count_uses(member.program_id, "camp_1")
    for last in (None, (now, "camp_1")):
        campaign_documents.list_page(member.program_id, after=last, limit=1)
    endpoint_documents.list_of_store(merchant.store_id)
    delivery_documents.list_due(now, 1)
    event_documents.list_oldest(merchant.store_id, since=now, until=now, limit=1)
    list_events(merchant.store_id)
    delivery_documents.list_of_event(merchant.store_id, "evt_1")
    list_deliveries(merchant.store_id)
    delivery_documents.count_of_endpoint("we_1", DeliveryState.DEAD, now)
    query_payments(merchant.store_id, now)
    query_orders(merchant, now)
    query_products(merchant.store_id, now)
    query_syncs(merchant.store_id, now)
    check_in_documents.count_of_store(merchant.store_id, now)
    check_in_documents.count_of_device("hash", now)
    check_in_documents.checked_in_since(now, 1)
    check_in_documents.shards(merchant.store_id)
    membership_documents.find_by_transaction(member.program_id, "t1")
    membership_documents.find_by_reward_code(merchant.account_id, "RW-1")
    reservation_documents.find_by_reward_code(merchant.account_id, "RW-1")
    for field, value in (("programId", member.program_id), ("storeId", merchant.store_id)):
        for user_ids in (None, [member.user_id]):
            membership_documents.list_redemptions(
                field, value, user_ids=user_ids, after=None, limit=1
            )
    member_documents.find_by_lookups(merchant.account_id, ["email_1"])
    query_members(merchant.account_id, member.program_id, now)
    membership_documents.list_corrections(member.membership_id, "le_1")
    query_history([member.membership_id, "lp_1_user_2"], now)
    for kind in reencryption.kinds():
        kind.pages()
    erase(member)


def erase(member: Member) -> None:
    """Ask for everything that is held on a person, from the begin and from somewhere in it."""
    whose = (member.merchant.account_id, member.user_id)
    store_id = member.merchant.store_id
    bought = {"storeId": store_id, "userId": member.user_id, "items": [milk()]}
    member.api.ok("startCheckout", bought)
    for kind, last in (
        (membership_documents.ENTRIES, paths.entry(member.membership_id, "le_1")),
        (delivery_documents.DELIVERIES, paths.webhook_delivery("evt_1_we_1")),
    ):
        assert isinstance(kind.personal, Personal)
        list(kind.personal.find(*whose, last))
    emission.emit_enrollment(member.membership_id)
    member.api.ok("exportMember", {"userId": member.user_id})
    member.api.ok("eraseMember", {"userId": member.user_id})
    erasures.resume_open()


def query_members(account_id: str, program_id: str, now: datetime) -> None:
    """Ask for members by everything that they can be asked for by."""
    last: dict[str, Any] = {"after": None, "limit": 1, "offset": 0}
    status, tier = ("status", "==", "active"), ("tier", "==", "Gold")
    subscribed, since = ("isSubscribed", "==", True), ("createdAt", ">=", now)
    for filters in ([], [status], [subscribed], [status, subscribed, since]):
        member_documents.count(account_id, filters)
        for descending in (False, True):
            member_documents.list_page(account_id, filters, is_descending=descending, **last)
    for filters in ([], [status, subscribed]):
        for last_id in (None, "user_1"):
            member_documents.list_named(account_id, ["n1", "n2"], filters, last_id, 1)
    for waits_after in (None, (now, "m_1")):
        membership_documents.list_waiting(program_id, now, after=waits_after, limit=1)
    for name, bound in (("balanceUnits", 5), ("enrolledAt", now)):
        least: Any = (name, ">=", bound)
        for filters in ([], [status], [tier], [status, tier, least]):
            membership_documents.count(program_id, filters)
            for descending in (False, True):
                membership_documents.list_page(
                    program_id, filters, sort_field=name, is_descending=descending, **last
                )


def query_history(membership_ids: list[str], now: datetime) -> None:
    """Ask for the history of a member by everything that it can be asked for by."""
    for period in ({"since": None, "until": None}, {"since": now, "until": now}):
        membership_documents.count_history(membership_ids, **period)
        for descending in (False, True):
            membership_documents.list_history(
                membership_ids, **period, is_descending=descending, after=None, limit=1
            )
    membership_documents.list_corrections_of(membership_ids, ["le_1", "le_2"])


def query_payments(store_id: str, now: datetime) -> None:
    """Ask for payments by everything that they can be asked for by; and for a test account's."""
    membership_documents.list_due_of_account("acc_test_1", now, 1)
    member_documents.list_with_birthday_of_account("acc_test_1", now, 1)
    payment_documents.find_by_vendor_id(store_id, "custom", "p_1")
    payment_documents.list_to_check(now, 1)
    payment_documents.list_to_check_of_account("acc_test_1", now, 1)
    for stage, after in product((None, Stage.PAID), (None, (now, "pay_1"))):
        payment_documents.list_page(store_id, stage=stage, after=after, limit=1)


def query_orders(merchant: Merchant, now: datetime) -> None:
    """Ask for checkouts and orders by everything that they can be asked for by."""
    checkout_documents.list_to_check(now, 1)
    checkout_documents.list_to_check_of_account(merchant.account_id, now, 1)
    collect_order_documents.list_to_check(now, 1)
    collect_order_documents.list_to_check_of_account(merchant.account_id, now, 1)
    for store_id, user_ids, after in product(
        (None, merchant.store_id), (None, ["user_1", "user_2"]), (None, (now, "purchase_1"))
    ):
        if not (store_id or user_ids):
            continue
        only: Any = {"store_id": store_id, "user_ids": user_ids, "after": after, "limit": 1}
        for only_open in (False, True):
            checkout_documents.list_page(merchant.account_id, only_open=only_open, **only)
        for status in (None, "ready"):
            collect_order_documents.list_page(merchant.account_id, status=status, **only)


def query_syncs(store_id: str, now: datetime) -> None:
    """Ask for syncs, connections and what was synced."""
    sync = make_sync(store_id)
    sync_documents.list_of_store(store_id)
    sync_documents.list_running(1)
    sync_documents.list_connections(store_id)
    sync_documents.list_shops("acc_test_1")
    sync_documents.list_due(now, 1)
    sync_documents.delete_parts(sync)
    purchase_documents.list_waiting(store_id, now, 1)
    shop_documents.list_of([f"{store_id}/generic_shop/x"])
    list(shop_documents.pages_of_shop(f"{store_id}/generic_shop"))
    query_shop_writings(store_id, now)
    purchase_documents.list_waiting_of_account("acc_test_1", now, 1)
    receipt_documents.list_waiting(store_id, now, 1)
    receipt_documents.list_waiting_of_account("acc_test_1", now, 1)
    test_clock_documents.list_moved(None, 1)
    test_clock_documents.list_moved("acc_test_1", 1)
    staff_documents.list_of_account("acc_test_1")
    staff_documents.list_of_person("uid_1", 1)
    staff_invitation_documents.list_of_account("acc_1", 1)
    staff_invitation_documents.count_of_account("acc_1")
    staff_invitation_documents.list_of_address(["hash_1"], 1)
    list(staff_invitation_documents.INVITATIONS.pages())
    for after in (None, paging.CursorPosition(now, "cons_1")):
        oauth_app_documents.list_of_account("acc_1", after=after, limit=1)
    for users, status, since in product(
        ((), ("user_1", "user_2")), (None, ReceiptStatus.WAITING), (None, now)
    ):
        receipt_documents.list_page(
            "acc_1",
            store_id,
            user_ids=users,
            status=status,
            since=since,
            after=(now, "rcp_1"),
            limit=1,
        )
    for stream in GOODS:
        goods_documents.count_live(store_id, stream, "sap")
        list(item_stores.GoodsStore(sync, stream).live())
    list(item_stores.ProductStore(sync).live())


def make_sync(store_id: str) -> Sync:
    now = clock.utc_now()
    return Sync(
        sync_id="sync_1",
        account_id="acc_1",
        store_id=store_id,
        kind=SystemKind.POS,
        system="korona",
        state=SyncState.RUNNING,
        started_at=now,
        updated_at=now,
        streams=(),
    )


def query_products(store_id: str, now: datetime) -> None:
    """Ask for products by everything that they can be asked for by."""
    for source, category_id, includes_deleted, after_key in product(
        (None, "api"), (None, "1"), (False, True), (None, "4006381333931")
    ):
        product_documents.list_page(
            store_id,
            source=source,
            category_id=category_id,
            includes_deleted=includes_deleted,
            after_key=after_key,
            limit=1,
        )
    product_documents.list_by_number(store_id, "1", 1)
    product_documents.list_price_changes(store_id, "4006381333931", 1)
    product_documents.list_by_external_id(store_id, "korona", ["1"])
    product_documents.list_to_price(store_id, now, 1)
    product_documents.count_live(store_id, "korona")


def list_events(store_id: str) -> None:
    """Ask for events by everything that they can be asked for by."""
    now = clock.utc_now()
    position = paging.CursorPosition(now, "evt_1")
    fields = {"event_type": "loyalty.enrollment", "program_id": "lp_1", "user_id": "user_1"}
    for size in range(len(fields) + 1):
        for names in combinations(fields, size):
            only: Any = {name: fields[name] for name in names}
            for until, after in product((None, now), (None, position)):
                event_documents.list_newest(
                    store_id, **only, since=now, until=until, after=after, limit=1
                )


def list_deliveries(store_id: str) -> None:
    """Ask for deliveries by everything that they can be asked for by."""
    now = clock.utc_now()
    position = paging.CursorPosition(now, "evt_1_we_1")
    fields = {
        "endpoint_id": "we_1",
        "state": DeliveryState.DEAD,
        "event_type": "loyalty.enrollment",
    }
    for size in range(len(fields) + 1):
        for names in combinations(fields, size):
            only: Any = {name: fields[name] for name in names}
            for since, until, after in product((None, now), (None, now), (None, position)):
                delivery_documents.list_of_store(
                    store_id, 1, **only, since=since, until=until, after=after
                )


def query_shop_writings(store_id: str, now: datetime) -> None:
    """Ask for what is written into shops by everything that it can be asked for by."""
    shop_writing_documents.cards_of("acc_1", "user_1")
    shop_writing_documents.find_code(store_id, "RW-1")
    list(shop_writing_documents.pages_of_dead(store_id, "generic"))
    list(shop_writing_documents.pages_of_cards(store_id, "generic"))
    shop_writing_documents.list_due(now, 1)
    shop_writing_documents.list_running_fills(1)
    wallet_pass_documents.list_of_device("hash")
    wallet_pass_documents.list_due(now, 1)
    filters = {"kind": ShopWrite.CARD, "state": WritingState.DEAD, "user_id": "user_1"}
    position = paging.CursorPosition(now, "shw_1")
    for size in range(len(filters) + 1):
        for names in combinations(filters, size):
            only: Any = {name: filters[name] for name in names}
            for after in (None, position):
                shop_writing_documents.list_of_store(store_id, 1, **only, after=after)


def places_of_queries() -> set[tuple[str, int]]:
    """Return where the product asks `client` or documents of a kind for more than one."""
    asking = re.compile(r"(client|[A-Z_]+)\.(query|pages|count)")
    return {
        (str(file.relative_to(ROOT)), node.lineno)
        for folder in ("functions", "shared")
        for file in (ROOT / folder).rglob("*.py")
        if file != Path(documents.__file__)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and asking.fullmatch(ast.unparse(node.func))
    }


def test_every_query_has_its_index(member: Member, queries: list[Query]) -> None:
    query_all(member)

    assert {each.place: missing for each in queries if (missing := each.lacks())} == {}


def test_every_query_is_looked_at(member: Member, queries: list[Query]) -> None:
    query_all(member)

    assert places_of_queries() - {each.place for each in queries} == set()


@pytest.mark.parametrize(
    ("collection", "equal", "order", "missing"),
    [
        ("entries", (), (("hash", "ASCENDING"),), "ASCENDING index of hash for COLLECTION"),
        ("loyaltyMembers", ("userId",), (), None),
        ("loyaltyMembers", ("userId", "programId"), (), None),
        ("loyaltyMembers", ("headHash",), (), "ASCENDING index of headHash for COLLECTION"),
        (
            "entries",
            ("userId",),
            (("seq", "ASCENDING"),),
            "composite index of userId, seq",
        ),
        ("events", ("storeId", "type", "userId"), (("createdAt", "DESCENDING"),), None),
        (
            "events",
            ("storeId", "type"),
            (("createdAt", "ASCENDING"),),
            "composite index of storeId, type, createdAt",
        ),
        (
            "events",
            ("storeId", "source"),
            (("createdAt", "DESCENDING"),),
            "composite index of storeId, source, createdAt",
        ),
        (
            "events",
            ("type",),
            (("createdAt", "DESCENDING"),),
            "composite index of type, createdAt",
        ),
        (
            "webhookDeliveries",
            ("endpointId", "isTest"),
            (("createdAt", "ASCENDING"),),
            "composite index of endpointId, isTest, createdAt",
        ),
        ("payments", ("storeId", "stage"), (("createdAt", "DESCENDING"),), None),
        (
            "payments",
            ("storeId", "provider"),
            (("createdAt", "DESCENDING"),),
            "composite index of storeId, provider, createdAt",
        ),
        ("payments", (), (("checkAt", "ASCENDING"),), None),
        # What the app asks for.
        ("entries", (), (("recordedAt", "DESCENDING"),), None),
        ("loyaltyPrograms", ("isActive",), (), None),
        ("members", ("nameMarks.n1", "nameMarks.n2", "status"), (), None),
        ("members", ("devices.d1",), (), "ASCENDING index of devices.d1 for COLLECTION"),
    ],
)
def test_tells_a_query_without_an_index(
    collection: str, equal: Any, order: Any, missing: str | None
) -> None:
    query = Query(("", 0), collection, is_group=False, equal=equal, order=order)

    assert query.lacks() == missing


def test_tells_a_search_without_an_index() -> None:
    by_number = Query(("", 0), "entries", is_group=True, equal=(), order=(("seq", "ASCENDING"),))

    assert by_number.lacks() == "ASCENDING index of seq for COLLECTION_GROUP"


@pytest.mark.parametrize(("collection", "stored"), STORED.items())
def test_sets_apart_fields_that_exist(collection: str, stored: Any) -> None:
    names = {codec.camel(each.name) for each in fields(stored)}

    assert overridden(collection).keys() - names == set()


def test_sets_apart_fields_of_records(member: Member) -> None:
    member.merchant.api.ok(
        "enrollInLoyaltyProgram", member.other("user_2").ids, idempotency_key="key"
    )
    emission.emit_enrollment(member.membership_id)
    (event,) = client.query("events", ("programId", "==", member.program_id))
    claim = client.query("idempotencyKeys", limit=1)[0]

    assert overridden("events").keys() - (event.data or {}).keys() == set()
    assert overridden("idempotencyKeys").keys() - (claim.data or {}).keys() == set()


def test_deletes_what_is_kept_for_a_time() -> None:
    expiring = {each["collectionGroup"] for each in SPEC["fieldOverrides"] if each.get("ttl")}

    assert expiring == {
        "checkIns",
        "erasedMarks",
        "events",
        "idempotencyKeys",
        "importParts",
        "imports",
        "oauthAppTokens",
        "oauthConsents",
        "oauthTokens",
        "purchases",
        "receipts",
        "reservations",
        "shopApprovals",
        "shopNotices",
        "shopOrders",
        "staffInvitations",
        "tierRecalculations",
        "visitors",
        "webhookDeliveries",
    }
    assert all(
        each["fieldPath"] == "expiresAt" for each in SPEC["fieldOverrides"] if each.get("ttl")
    )


def test_knows_paths_of_all_overrides(member: Member) -> None:
    collections = {each["collectionGroup"] for each in SPEC["fieldOverrides"]}
    known = {
        name
        for path in (
            paths.entry(member.membership_id, "x"),
            paths.check_in("x"),
            paths.visitor("x", "x"),
            paths.event("x"),
            paths.account_member("x", "x"),
            paths.staff_member("x", "x"),
            paths.staff_invitation("x", "x"),
            paths.erased_mark("x", "x"),
            paths.idempotency_key("x"),
            paths.import_("x"),
            paths.import_part("x", 0),
            paths.payment("x"),
            paths.checkout("x"),
            paths.collect_order("x"),
            paths.program("x"),
            paths.psp_configuration("x"),
            paths.connection("x", "pos", "korona"),
            paths.sync_part(paths.sync("x", "pos", "korona"), "x", 0),
            paths.product("x"),
            paths.push("x"),
            paths.wallet_pass("x"),
            paths.erasure("x"),
            paths.reservation("x", "x"),
            paths.shop_writing("x"),
            paths.store_record("x", "orders", "x"),
            paths.store("x"),
            f"{paths.stats_shards('x')}/0",
            paths.stats_month("x", "2026-03", 0),
            paths.stats_liability("x"),
            paths.webhook_delivery("x"),
            paths.oauth_token("x"),
            paths.oauth_app("x"),
            paths.oauth_consent("x"),
            paths.oauth_app_token("x"),
            paths.purchase("x"),
            paths.receipt("x"),
            paths.tier_recalculation("x"),
            paths.shop_order("x"),
            paths.shop_notice("x"),
            paths.shop_approval("x", "y"),
        )
        for name in path.split("/")[::2]
    }

    assert collections - known == set()
