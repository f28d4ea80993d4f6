"""What firestore.rules let an app read, and that they let it write nothing."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import requests
from flask import Flask

from shared import config
from shared.services.accounts import oauth_apps
from shared.services.events import emission
from shared.store import client, paths
from shared.store.client import Put, Remove, Snapshot
from tests.support.merchants import Merchant, create_merchant
from tools.emulators import FirestoreEmulator

pytestmark = pytest.mark.xdist_group("rules")

# Nobody else in the database has them: other tests leave what "user_1" has bought.
CUSTOMER, OTHER = "user_of_rules", "other_user_of_rules"
DENIED = 403
SESSION = requests.Session()


@dataclass(frozen=True)
class Actor:
    """Somebody who speaks to Firestore without the API, as an app does."""

    name: str
    host: str
    token: str | None

    def get(self, path: str) -> requests.Response:
        return self._send("GET", f"/{path}")

    def list_documents(self, collection: str) -> requests.Response:
        return self._send("GET", f"/{collection}")

    def query(
        self,
        collection: str,
        *filters: tuple[str, Any],
        order_by: str | None = None,
        descending: bool = False,
        limit: int | None = None,
        after: dict[str, Any] | None = None,
        group: bool = False,
    ) -> requests.Response:
        parent, _, name = collection.rpartition("/")
        query: dict[str, Any] = {"from": [{"collectionId": name, "allDescendants": group}]}
        if filters:
            each = [
                {
                    "fieldFilter": {
                        "field": {"fieldPath": field},
                        "op": "EQUAL",
                        "value": encoded(value),
                    }
                }
                for field, value in filters
            ]
            query["where"] = {"compositeFilter": {"op": "AND", "filters": each}}
        if order_by:
            direction = "DESCENDING" if descending else "ASCENDING"
            query["orderBy"] = [{"field": {"fieldPath": order_by}, "direction": direction}]
        if limit:
            query["limit"] = limit
        if after:
            query["startAt"] = {"values": [after], "before": False}
        path = f"/{parent}:runQuery" if parent else ":runQuery"
        return self._send("POST", path, {"structuredQuery": query})

    def create(self, path: str) -> requests.Response:
        collection, _, name = path.rpartition("/")
        return self._send("POST", f"/{collection}", FORGED, documentId=name)

    def update(self, path: str) -> requests.Response:
        return self._send("PATCH", f"/{path}", FORGED)

    def delete(self, path: str) -> requests.Response:
        return self._send("DELETE", f"/{path}")

    def increment(self, path: str, field: str) -> requests.Response:
        name = f"projects/{config.project_id()}/databases/(default)/documents/{path}"
        transform = {"fieldPath": field, "increment": {"integerValue": "1000"}}
        write = {"transform": {"document": name, "fieldTransforms": [transform]}}
        return self._send("POST", ":commit", {"writes": [write]})

    def _send(
        self, method: str, path: str, body: Any = None, **parameters: str
    ) -> requests.Response:
        root = f"http://{self.host}/v1/projects/{config.project_id()}/databases/(default)/documents"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = root + quote(path, safe="/:")
        return SESSION.request(
            method, url, params=parameters, json=body, headers=headers, timeout=30
        )


def encoded(value: Any) -> dict[str, Any]:
    return {"booleanValue": value} if isinstance(value, bool) else {"stringValue": value}


FORGED = {
    "fields": {
        "userId": {"stringValue": CUSTOMER},
        "isActive": {"booleanValue": True},
        "balanceUnits": {"integerValue": "1000000"},
    }
}


def token(uid: str, provider: str | None = "password") -> str:
    """Make an unsigned ID token, as the emulator takes it in the place of a signed one."""
    claims: dict[str, Any] = {
        "iss": f"https://securetoken.google.com/{config.project_id()}",
        "aud": config.project_id(),
        "sub": uid,
        "user_id": uid,
        "iat": 0,
        "auth_time": 0,
        "exp": 4_102_444_800,
    }
    if provider is not None:
        claims["firebase"] = {"sign_in_provider": provider, "identities": {}}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    text = (base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts)
    return ".".join(each.rstrip("=") for each in text) + "."


@dataclass(frozen=True)
class World:
    """A store with an active and an inactive program; ``CUSTOMER`` and ``OTHER`` are members.

    ``documents``: one for each place that the store knows, by the name of its function in
    ``shared.store.paths``; where a customer may read, it is the customer's.
    """

    merchant: Merchant
    active_id: str
    inactive_id: str
    own_membership: str
    others_membership: str
    documents: dict[str, str]

    @property
    def store(self) -> str:
        return f"stores/{self.merchant.store_id}"


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    merchant = create_merchant(app)
    active_id = merchant.program()
    inactive_id = merchant.program(isActive=False)
    for user_id in (CUSTOMER, OTHER):
        ids = {"programId": active_id, "userId": user_id}
        merchant.api.ok("enrollInLoyaltyProgram", ids)
        for points in (1, 2, 3):
            merchant.api.ok("addLoyaltyPoints", {**ids, "points": points})
    own = paths.membership_id(active_id, CUSTOMER)
    others = paths.membership_id(active_id, OTHER)
    entry_id = entries_of(own)[0].id
    emission.emit_entry(own, entry_id)
    # A real one, as all apps of a database are listed together.
    an_app = oauth_apps.create("App", ["https://app.example"], is_public=True).app
    documents = {
        "account": paths.account(merchant.account_id),
        "account_members": f"{paths.account_members(merchant.account_id)}/x",
        "account_member": paths.account_member(merchant.account_id, CUSTOMER),
        "member_keys": f"{paths.member_keys(merchant.account_id)}/x",
        "member_key": paths.member_key(merchant.account_id, f"email_{own}"),
        "member_settings": paths.member_settings(merchant.account_id),
        "staff_members": f"{paths.staff_members(merchant.account_id)}/{own}",
        "staff_member": paths.staff_member(merchant.account_id, CUSTOMER),
        "staff_invitation": paths.staff_invitation(merchant.account_id, own),
        "staff_roster": paths.staff_roster(merchant.account_id),
        "erased_mark": paths.erased_mark(merchant.account_id, f"erased_{own}"),
        "voucher_code": paths.voucher_code(merchant.account_id, "code_1"),
        "account_tse": paths.account_tse(merchant.account_id, own),
        "api_key": client.query("apiKeys", ("accountId", "==", merchant.account_id))[0].path,
        "oauth_token": paths.oauth_token(own),
        "sales_channels": paths.sales_channels(merchant.account_id),
        "shop_order": paths.shop_order("order_1"),
        "shop_notice": paths.shop_notice("ntc_1"),
        "shop_approval": paths.shop_approval("store_1", "woocommerce"),
        "wallet_pass": paths.wallet_pass(own),
        "push_subscription": paths.push_subscription(own),
        "shop_writing": paths.shop_writing("shw_1"),
        "shop_card_fill": paths.shop_card_fill("store_1", "generic"),
        "tier_recalculation_turn": paths.tier_recalculation_turn(active_id, is_dry=False),
        "oauth_app": paths.oauth_app(an_app.app_id),
        "oauth_consent": paths.oauth_consent(own),
        "oauth_app_token": paths.oauth_app_token(own),
        "store": paths.store(merchant.store_id),
        "store_profile": paths.store_profile(merchant.store_id),
        "program": paths.program(active_id),
        "store_program": paths.store_program(merchant.store_id, active_id),
        "reward_stock": paths.reward_stock(active_id, "rw_1"),
        "reward_stock_shard": paths.reward_stock_shard(active_id, "rw_1", 1),
        "membership_erasure": paths.membership_erasure(own),
        "erasure": paths.erasure("erased_1"),
        "campaigns": f"{paths.campaigns(active_id)}/x",
        "campaign": paths.campaign(active_id, "camp_1"),
        "campaign_shards": f"{paths.campaign_shards(active_id, 'camp_1')}/x",
        "campaign_shard": paths.campaign_shard(active_id, "camp_1", 7),
        "member": paths.member(own),
        "store_member": paths.store_member(merchant.store_id, own),
        "entry": paths.entry(own, entry_id),
        "earn_returns": paths.earn_returns(own, entry_id),
        "reservation": paths.reservation(own, "rsv_1"),
        "test_clock": paths.test_clock(f"acc_test_{own}"),
        "tier_recalculation": paths.tier_recalculation("recalc_1"),
        "redemption": paths.redemption(own, entry_id),
        "referral": paths.referral(f"ref_{own}"),
        "receipt": paths.receipt(f"rcp_{own}"),
        "check_in": paths.check_in(f"session_{own}"),
        "visitor": paths.visitor(merchant.store_id, CUSTOMER),
        "check_in_shards": f"{paths.check_in_shards(merchant.store_id)}/x",
        "check_in_shard": paths.check_in_shard(merchant.store_id, 7),
        "idempotency_key": paths.idempotency_key(f"{own}_key"),
        "import_": paths.import_(f"im_{own}"),
        "import_part": paths.import_part(f"im_{own}", 0),
        "event": client.query("events", ("programId", "==", active_id))[0].path,
        "webhook_endpoint": paths.webhook_endpoint(f"we_{own}"),
        "webhook_delivery": paths.webhook_delivery(f"wd_{own}"),
        "stats_shards": f"{paths.stats_shards(active_id)}/{own}",
        "stats_shard": paths.stats_shard(active_id, 7),
        "stats": paths.stats(active_id),
        "stats_liability": paths.stats_liability(active_id),
        "stats_months": f"{paths.stats_months(active_id)}/{own}",
        "stats_month": paths.stats_month(active_id, "2026-03", 7),
        "sweep": paths.sweep(own),
        "psp_configuration": paths.psp_configuration(merchant.store_id),
        "payment": paths.payment(f"pay_{own}"),
        "checkout": paths.checkout(f"purchase_{own}"),
        "collect_order": paths.collect_order(f"cc_order_{own}"),
        "purchase": paths.purchase(f"pu_{own}"),
        "product": paths.product(own),
        "store_products": f"{paths.store_products(merchant.store_id)}/x",
        "store_product": paths.store_product(merchant.store_id, own),
        "price_changes": f"{paths.price_changes(merchant.store_id, own)}/x",
        "price_change": paths.price_change(merchant.store_id, own, "1"),
        "store_records": f"{paths.store_records(merchant.store_id, 'stock')}/x",
        "store_record": paths.store_record(merchant.store_id, "orders", own),
        "connection": paths.connection(merchant.store_id, "pos", "korona"),
        "sync": paths.sync(merchant.store_id, "pos", "korona"),
        "sync_part": paths.sync_part(paths.sync(merchant.store_id, "pos", "korona"), own, 0),
        "push": paths.push(f"push_{own}"),
        "unknown": f"unknown/{own}",
        "below a membership": f"{paths.member(own)}/unknown/x",
        "below a program": f"{paths.program(active_id)}/unknown/x",
        "below a store": f"{paths.store(merchant.store_id)}/unknown/x",
        "copy of an entry": f"{paths.store_member(merchant.store_id, own)}/entries/x",
    }
    # What would be allowed if it were elsewhere.
    body = {"userId": CUSTOMER, "isActive": True, "accountId": merchant.account_id}
    absent = [path for path, read in client.get([*documents.values()]).items() if read.data is None]
    client.commit(Put(path, body) for path in absent)
    yield World(merchant, active_id, inactive_id, own, others, documents)
    # No other test could read them.
    client.commit(map(Remove, absent))


def entries_of(membership_id: str) -> list[Snapshot]:
    """Return the entries of a membership, oldest first."""
    return client.query(f"{paths.member(membership_id)}/entries", order_by=["seq"])


def actor(emulator: FirestoreEmulator, name: str) -> Actor:
    tokens = {
        "customer": token(CUSTOMER),
        "other customer": token(OTHER),
        # With the customer's own id, so that nothing but the way of signing in is different.
        "anonymous": token(CUSTOMER, "anonymous"),
        "nobody": None,
    }
    return Actor(name, emulator.host, tokens[name])


ACTORS = ["customer", "other customer", "anonymous", "nobody"]
PROGRAMS = {"program", "store_program"}
OF_EVERYBODY = {"store_profile"}
READABLE = {
    "customer": OF_EVERYBODY
    | PROGRAMS
    | {"member", "store_member", "entry", "redemption", "checkout", "collect_order"},
    "other customer": OF_EVERYBODY | PROGRAMS,
    "anonymous": OF_EVERYBODY,
    "nobody": OF_EVERYBODY,
}


@pytest.fixture(params=ACTORS)
def anyone(request: pytest.FixtureRequest, firestore_emulator: FirestoreEmulator) -> Actor:
    return actor(firestore_emulator, request.param)


@pytest.fixture(params=ACTORS[1:])
def not_the_customer(
    request: pytest.FixtureRequest, firestore_emulator: FirestoreEmulator
) -> Actor:
    return actor(firestore_emulator, request.param)


@pytest.fixture(params=["anonymous", "nobody"])
def no_customer(request: pytest.FixtureRequest, firestore_emulator: FirestoreEmulator) -> Actor:
    return actor(firestore_emulator, request.param)


@pytest.fixture
def customer(firestore_emulator: FirestoreEmulator) -> Actor:
    return actor(firestore_emulator, "customer")


def ids_of(answer: requests.Response) -> list[str]:
    """Return the ids of the documents that a query found."""
    assert answer.status_code == 200, answer.text
    return [
        each["document"]["name"].rpartition("/")[2] for each in answer.json() if "document" in each
    ]


def test_covers_every_path_of_the_store(world: World) -> None:
    functions = {
        name for name, _ in inspect.getmembers(paths, inspect.isfunction) if name[0] != "_"
    }

    ids_only = {"encode", "quote", "membership_id", "product_id"}
    places = functions - ids_only - {"product_of_id", "products_of_former_id"}
    assert places - world.documents.keys() == set()


def test_gets_what_is_theirs_and_nothing_else(world: World, anyone: Actor) -> None:
    statuses = {name: anyone.get(path).status_code for name, path in world.documents.items()}

    assert statuses == {
        name: 200 if name in READABLE[anyone.name] else DENIED for name in world.documents
    }


def test_lists_no_whole_collection(world: World, anyone: Actor) -> None:
    collections = {path.rpartition("/")[0] for path in world.documents.values()}
    own_entries = f"{paths.member(world.own_membership)}/entries"
    if anyone.name == "customer":
        collections.remove(own_entries)

    listed = {each: anyone.list_documents(each).status_code for each in collections}
    queried = {each: anyone.query(each).status_code for each in collections}

    assert listed == queried == dict.fromkeys(collections, DENIED)


def test_lists_active_programs(world: World, customer: Actor) -> None:
    in_store = customer.query(f"{world.store}/loyaltyPrograms", ("isActive", True))
    everywhere = customer.query(
        "loyaltyPrograms", ("storeId", world.merchant.store_id), ("isActive", True)
    )

    assert ids_of(in_store) == [world.active_id]
    assert ids_of(everywhere) == [world.active_id]


def test_shows_active_programs_to_customers_alone(world: World, no_customer: Actor) -> None:
    active = ("isActive", True)

    assert no_customer.query(f"{world.store}/loyaltyPrograms", active).status_code == DENIED
    assert no_customer.query("loyaltyPrograms", active).status_code == DENIED


def test_shows_no_inactive_program(world: World, anyone: Actor) -> None:
    in_store = paths.store_program(world.merchant.store_id, world.inactive_id)

    assert anyone.get(paths.program(world.inactive_id)).status_code == DENIED
    assert anyone.get(in_store).status_code == DENIED
    inactive = ("isActive", False)
    assert anyone.query("loyaltyPrograms", inactive).status_code == DENIED
    assert anyone.query(f"{world.store}/loyaltyPrograms", inactive).status_code == DENIED


MEMBER_OF_ENDED = "member_of_ended_program"


@pytest.fixture(scope="module")
def ended_id(world: World) -> str:
    """A program that has ended, of which somebody is a member who has no other card."""
    program_id = world.merchant.program()
    enrolled = {"programId": program_id, "userId": MEMBER_OF_ENDED}
    world.merchant.api.ok("enrollInLoyaltyProgram", enrolled)
    world.merchant.api.ok("updateLoyaltyProgram", {"programId": program_id, "isActive": False})
    return program_id


def test_shows_a_program_that_has_ended_to_its_members(
    world: World, ended_id: str, firestore_emulator: FirestoreEmulator
) -> None:
    member = Actor("member", firestore_emulator.host, token(MEMBER_OF_ENDED))

    assert member.get(paths.program(ended_id)).status_code == 200
    in_store = paths.store_program(world.merchant.store_id, ended_id)
    assert member.get(in_store).status_code == DENIED
    assert member.get(paths.program(world.inactive_id)).status_code == DENIED
    assert member.query("loyaltyPrograms", ("isActive", False)).status_code == DENIED


def test_shows_a_program_that_has_ended_to_nobody_else(ended_id: str, anyone: Actor) -> None:
    assert anyone.get(paths.program(ended_id)).status_code == DENIED


@pytest.mark.parametrize(
    ("uid", "provider"),
    [
        (f"{MEMBER_OF_ENDED}/entries/x", "password"),
        (f"../{MEMBER_OF_ENDED}", "password"),
        (MEMBER_OF_ENDED, "anonymous"),
    ],
)
def test_whose_id_is_a_path_and_who_is_anonymous_is_no_member(
    ended_id: str, firestore_emulator: FirestoreEmulator, uid: str, provider: str
) -> None:
    actor_ = Actor("forger", firestore_emulator.host, token(uid, provider))

    assert actor_.get(paths.program(ended_id)).status_code == DENIED


def test_lists_own_memberships(world: World, customer: Actor) -> None:
    mine = ("userId", CUSTOMER)
    in_program = ("programId", world.active_id)

    assert ids_of(customer.query("loyaltyMembers", mine, in_program)) == [world.own_membership]
    assert ids_of(customer.query(f"{world.store}/loyaltyMembers", mine)) == [world.own_membership]


def test_lists_no_membership_of_others(world: World, not_the_customer: Actor) -> None:
    theirs = ("userId", CUSTOMER)
    membership = paths.member(world.own_membership)

    assert not_the_customer.get(membership).status_code == DENIED
    assert not_the_customer.query("loyaltyMembers", theirs).status_code == DENIED
    in_store = not_the_customer.query(f"{world.store}/loyaltyMembers", theirs)
    assert in_store.status_code == DENIED


def test_lists_no_members_of_a_program(world: World, anyone: Actor) -> None:
    answer = anyone.query("loyaltyMembers", ("programId", world.active_id))

    assert answer.status_code == DENIED


@pytest.mark.parametrize("collection", ["checkouts", "clickCollectOrders"])
def test_lists_own_purchases_only(
    world: World, customer: Actor, not_the_customer: Actor, collection: str
) -> None:
    mine = ("userId", CUSTOMER)

    assert len(ids_of(customer.query(collection, mine))) == 1
    assert customer.query(collection).status_code == DENIED
    assert not_the_customer.query(collection, mine).status_code == DENIED


def test_lists_own_history_newest_first(world: World, customer: Actor) -> None:
    entries = f"{paths.member(world.own_membership)}/entries"
    expected = [each.id for each in reversed(entries_of(world.own_membership))]

    first = customer.query(entries, order_by="recordedAt", descending=True, limit=2)
    after = first.json()[-1]["document"]["fields"]["recordedAt"]
    second = customer.query(entries, order_by="recordedAt", descending=True, limit=2, after=after)

    assert ids_of(first) == expected[:2]
    assert ids_of(second) == expected[2:]
    assert ids_of(customer.query(entries, order_by="recordedAt")) == expected[::-1]


def test_lists_no_history_of_others(world: World, not_the_customer: Actor) -> None:
    entries = f"{paths.member(world.own_membership)}/entries"

    for order_by in (None, "recordedAt", "seq"):
        answer = not_the_customer.query(entries, order_by=order_by)
        assert answer.status_code == DENIED
    assert not_the_customer.query(entries, ("userId", CUSTOMER)).status_code == DENIED
    assert not_the_customer.query(entries, ("userId", OTHER)).status_code == DENIED


def test_gets_no_entry_of_others(world: World, customer: Actor) -> None:
    others = entries_of(world.others_membership)[0].path
    own_under_others = paths.entry(world.others_membership, entries_of(world.own_membership)[0].id)

    assert customer.get(others).status_code == DENIED
    assert customer.get(own_under_others).status_code == DENIED


@pytest.mark.parametrize("collection", ["entries", "loyaltyMembers", "loyaltyPrograms", "members"])
def test_searches_no_collection_group(world: World, anyone: Actor, collection: str) -> None:
    mine = ("isActive", True) if collection == "loyaltyPrograms" else ("userId", CUSTOMER)

    assert anyone.query(collection, mine, group=True).status_code == DENIED
    assert anyone.query(collection, group=True).status_code == DENIED


@pytest.mark.parametrize("provider", ["phone", "google.com", "apple.com", "custom", None])
def test_does_not_mind_how_a_customer_signed_in(
    world: World, firestore_emulator: FirestoreEmulator, provider: str | None
) -> None:
    someone = Actor("customer", firestore_emulator.host, token(CUSTOMER, provider))

    assert someone.get(paths.member(world.own_membership)).status_code == 200
    assert someone.get(paths.member(world.others_membership)).status_code == DENIED


def test_tells_absent_from_foreign_to_nobody(world: World, anyone: Actor) -> None:
    absent = [
        paths.member(f"{world.active_id}_absent"),
        paths.entry(world.own_membership, "le_absent"),
        paths.entry(f"{world.active_id}_absent", "le_absent"),
        paths.program("lp_absent"),
    ]

    assert [anyone.get(path).status_code for path in absent] == [DENIED] * len(absent)


def test_reads_ids_that_had_to_be_encoded(
    world: World, firestore_emulator: FirestoreEmulator
) -> None:
    user_id = f"auth0|{world.active_id}/ä"
    ids = {"programId": world.active_id, "userId": user_id}
    world.merchant.api.ok("enrollInLoyaltyProgram", ids)
    world.merchant.api.ok("addLoyaltyPoints", {**ids, "points": 7})
    membership_id = paths.membership_id(world.active_id, user_id)
    someone = Actor("customer", firestore_emulator.host, token(user_id))

    assert ids_of(someone.query("loyaltyMembers", ("userId", user_id))) == [membership_id]
    history = someone.query(f"{paths.member(membership_id)}/entries", order_by="recordedAt")
    assert len(ids_of(history)) == 1


def test_writes_nothing(world: World, anyone: Actor) -> None:
    existing = [*world.documents.values()]
    others = [paths.member(world.others_membership), paths.program(world.inactive_id)]
    new = [f"{path}_{anyone.name.replace(' ', '_')}" for path in existing]
    before = client.get([*existing, *others, *new])

    statuses = [
        *(anyone.create(path).status_code for path in new),
        *(anyone.update(path).status_code for path in (*new, *existing, *others)),
        *(anyone.delete(path).status_code for path in (*existing, *others)),
        *(anyone.increment(path, "balanceUnits").status_code for path in existing),
    ]

    assert set(statuses) == {DENIED}
    assert client.get([*before]) == before


def test_resets_no_sign_of_the_ledger(world: World, customer: Actor) -> None:
    entries = entries_of(world.own_membership)

    for each in entries:
        assert customer.delete(each.path).status_code == DENIED
    forged = customer.create(paths.entry(world.own_membership, "le_forged"))

    assert forged.status_code == DENIED
    assert entries_of(world.own_membership) == entries


def test_a_customer_can_wait_for_what_becomes_of_a_code(
    customer: Actor, no_customer: Actor
) -> None:
    path = paths.redemption("nobody's", "not redeemed")
    assert customer.get(path).status_code == 404
    assert no_customer.get(path).status_code == DENIED


def test_redemptions_are_not_listed(customer: Actor) -> None:
    assert customer.list_documents("redemptions").status_code == DENIED
    assert customer.query("redemptions", ("userId", CUSTOMER)).status_code == DENIED
