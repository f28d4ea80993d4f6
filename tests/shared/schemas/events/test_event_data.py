"""The models of events are what is really sent: every field of it, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.beep.openapi.components import self_contained
from shared.domain.catalog import product_events
from shared.domain.events.event import Event
from shared.domain.events.event_types import BY_NAME
from shared.domain.loyalty import ledger, loyalty_events, proof_events
from shared.domain.loyalty.entries import Cause, Entry, EntryKind, Moved
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import EarningMethod
from shared.domain.loyalty.proof import Break, Invariant
from shared.domain.loyalty.returns import Returned
from shared.domain.loyalty.rewards import Reward
from shared.domain.loyalty.waiting_returns import WaitingReturn, WhyDropped
from shared.domain.members import check_in_events, erasure_events, member_events
from shared.domain.members import member as members
from shared.domain.members.check_ins import CheckIn, Method
from shared.domain.members.erasure import Erasure, ErasureState
from shared.domain.orders import order_events
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.domain.orders.collect_orders import CollectOrder, OrderStatus
from shared.domain.orders.items import Item
from shared.domain.payments import payment_events
from shared.domain.payments.payments import (
    Dispute,
    DisputeStatus,
    Payment,
    Refund,
    RefundStatus,
    Stage,
)
from shared.domain.payments.psp import PspAccount, PspConfiguration
from shared.domain.stores.stores import Store
from shared.domain.systems import sync_events
from shared.domain.systems.sales import DataType
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import CodeTerms, ShopWriting, WritingState
from shared.domain.systems.syncs import Connection, Sync, SyncState, SystemKind
from shared.domain.webhooks import webhook_events
from shared.domain.webhooks.endpoints import Health, WebhookEndpoint
from shared.encrypted import Encrypted
from shared.schemas.events.event_data import (
    DATA_BY_TYPE,
    MEMBER_ID_CHARS_MAX,
    EventBody,
    example,
    example_event,
    parse,
)
from shared.schemas.fields import AMOUNT_MINOR_MAX, PRODUCT_ID_CHARS_MAX
from shared.services.catalog import product_imports, products
from shared.services.events import outbox
from shared.store import paths
from tests.support.strategies import (
    NOW,
    TIERED,
    make_cause,
    make_membership,
    make_program,
    records,
)

PROGRAM = make_program(TIERED, rewards=(Reward("rw_1", "Coffee", "free_product", Decimal(500)),))
MILESTONES = (100, 500, 1_000)
BYTES_MAX = 20_000

every_type = pytest.mark.parametrize("name", BY_NAME)


def story() -> Iterator[Event]:
    """Tell of a member to whom everything happens, first without ids and sources, then with."""
    member = make_membership(PROGRAM)
    yield loyalty_events.from_enrollment(member)
    yield loyalty_events.from_anniversary(member, 1, NOW + timedelta(days=365))
    yield loyalty_events.from_leaving(member, NOW)
    yield loyalty_events.from_return(member, NOW)
    yield loyalty_events.from_suspension(member, NOW)
    yield loyalty_events.from_reactivation(member, NOW)
    named = make_cause(transaction_id="t1", source="crm")
    for cause in (make_cause(), named):
        for entry in bookings(member, cause):
            yield from loyalty_events.from_entry(entry, MILESTONES)
    yield loyalty_events.from_expiring(member, 5, NOW + timedelta(days=30), NOW)
    waiting = WaitingReturn("r1", "t1", Returned("digest", "f"), NOW)
    yield loyalty_events.from_dropped_return(member, waiting, WhyDropped.NO_PURCHASE, NOW)
    found = {"userId": "user_1", "version": 7, "currentBalance": Decimal(150)}
    for cause, target_units in ((make_cause(), None), (named, 80)):
        yield loyalty_events.from_sync_conflict(
            PROGRAM, cause, found, expected_version=6, target_units=target_units
        )
    balance = Break(Invariant.BALANCE, "balance is 9, and the entries give 5", "5", "9")
    yield proof_events.from_break(PROGRAM, "user_1", balance, NOW)
    changed = Break(Invariant.CHAIN, "entry le_1 was changed", "ab" * 200, "cd", 1, "le_1")
    yield proof_events.from_break(PROGRAM, None, changed, NOW)
    for points_to_keep in (5, None):
        leaving = replace(member, tier_valid_until=NOW + timedelta(days=30))
        yield loyalty_events.from_tier_expiring(leaving, points_to_keep, NOW)
    endpoint = WebhookEndpoint(
        "we_1", "acc_1", "store_1", "http", "https://example.com", ("*",), (), NOW, NOW
    )
    disabled = replace(endpoint, disabled_reason="gone", disabled_at=NOW)
    yield webhook_events.from_disabled_endpoint(disabled, NOW)
    failing = replace(disabled, health=Health(failing_since=NOW))
    yield webhook_events.from_disabled_endpoint(failing, NOW)
    account = PspAccount("custom", "", {}, False, NOW)
    yield payment_events.from_configuration(PspConfiguration("store_1", "acc_1"), account)
    yield from payment_story(PAYMENT)
    yield from payment_story(replace(PAYMENT, purchase_id="order_1", program_id="lp_1"))
    erasure = Erasure("erased_1", "acc_1", ErasureState.RUNNING, NOW, NOW, ("user_1",))
    yield erasure_events.from_erasure(erasure, "store_1", erasure.user_ids)
    yield check_in_events.from_check_in(
        CheckIn("sess_1", "acc_1", "store_1", "user_1", Method.GPS, NOW, NOW)
    )
    for stage in CheckoutStage:
        yield from order_events.from_checkout(None, replace(CHECKOUT, stage=stage))
    yield from order_events.from_order(None, ORDER)
    for status in OrderStatus:
        yield from order_events.from_order(ORDER, replace(ORDER, status=status))
    yield product_events.from_created(PRODUCT)
    yield product_events.from_import("evt_1", STORE, product_imports.ProductImport(()).counts, NOW)
    person = members.Member("user_1", "acc_1", NOW, NOW, "store_1")
    created = member_events.from_created(person, "evt_2", ["email"])
    updated = member_events.from_updated(person, "evt_3", ["email"], "customer")
    merged = member_events.from_merged(person, "evt_4", "user_2")
    for told in (created, updated, merged):
        assert told is not None
        yield told
    yield from system_story()


def system_story() -> Iterator[Event]:
    """Tell of what a store's systems do."""
    for kind in (SystemKind.POS, SystemKind.ERP):
        synced = sync_events.from_sync(replace(SYNC, kind=kind), NOW)
        assert synced is not None
        yield synced
        store = (STORE.account_id, STORE.store_id)
        yield sync_events.from_push(store, kind, "generic", DataType.RECEIPT, ["rec_1"], NOW)
    shop = Connection("acc_1", "store_1", SystemKind.SHOP, "shopify", Encrypted("x"), {}, NOW)
    for user_id in ("user_1", None):
        yield sync_events.from_data_request(shop, "ntc_1", user_id, NOW)
    yield from dead_writings()


def dead_writings() -> Iterator[Event]:
    """Tell of a card and a code that a shop has refused."""
    terms = CodeTerms("lp_1_user_1", "le_1", "5 Euro", None, Decimal(5), "EUR", NOW)
    card = ShopWriting(
        write_id="shw_1",
        account_id="acc_1",
        store_id="store_1",
        system="shopify",
        kind=ShopWrite.CARD,
        program_id="lp_1",
        user_id="user_1",
        customer_id="17",
        state=WritingState.DEAD,
        created_at=NOW,
        updated_at=NOW,
        error="CONNECTOR_REJECTED",
        dead_reason="refused",
    )
    code = replace(card, kind=ShopWrite.CODE, code="RW-1", terms=terms)
    for each in (card, code, replace(card, is_ending=True)):
        yield sync_events.from_dead_writing(each, NOW)


STORE = Store("store_1", "acc_1", "Store", "Europe/Berlin", "EUR", NOW)
SYNC = Sync(
    "sync_1",
    "acc_1",
    "store_1",
    SystemKind.POS,
    "korona",
    SyncState.SUCCEEDED,
    NOW,
    NOW,
    ("products",),
    finished_at=NOW,
)
PRODUCT = products.new_product(STORE, "4006381333931", NOW)
PAYMENT = Payment(
    "pay_1", "acc_1", "store_1", "custom", 1099, "EUR", Stage.PENDING, NOW, NOW, "fingerprint"
)
ITEM = Item("Milk", 149, 2)
CHECKOUT = Checkout(
    "purchase_1",
    "acc_1",
    "store_1",
    "user_1",
    (ITEM,),
    298,
    "EUR",
    CheckoutStage.STARTED,
    NOW,
    NOW,
    "fingerprint",
)
ORDER = CollectOrder(
    "cc_order_1",
    "acc_1",
    "store_1",
    "user_1",
    (ITEM,),
    298,
    "EUR",
    OrderStatus.PENDING,
    NOW,
    NOW,
    NOW,
    "fingerprint",
)
REFUND = Refund("ref_1", 500, RefundStatus.SUCCEEDED, NOW, NOW, "fingerprint", is_settled=True)


def payment_story(pending: Payment) -> Iterator[Event]:
    """Let a payment come to every end that it can come to."""
    yield from payment_events.from_change(None, pending)
    for stage in Stage:
        yield from payment_events.from_change(pending, replace(pending, stage=stage))
    paid = replace(pending, stage=Stage.PAID, captured_minor=1099)
    refunded = replace(paid, refunds=(REFUND,))
    yield from payment_events.from_change(paid, refunded)
    failed = replace(REFUND, status=RefundStatus.FAILED)
    yield from payment_events.from_change(refunded, replace(paid, refunds=(failed,)))
    disputed = replace(paid, disputes=(Dispute("dp_1", 1099, DisputeStatus.OPEN),))
    yield from payment_events.from_change(paid, disputed)


def bookings(member: Membership, cause: Cause) -> Iterator[Entry]:
    """Book each kind of change."""
    member, first = ledger.earn(member, PROGRAM, 480, cause)
    yield first
    rich, entry = ledger.earn(member, PROGRAM, 490, replace(cause, purchase_amount="49.00"))
    yield entry
    for method in EarningMethod:
        yield ledger.earn(member, PROGRAM, 5, replace(cause, earning_method=method))[1]
    cooling_off = replace(PROGRAM, pending_days=14)
    yield ledger.earn(member, cooling_off, 490, replace(cause, purchase_amount="49.00"))[1]
    yield ledger.redeem(rich, PROGRAM, 100, cause)[1]
    rewarded = replace(cause, reward_id="rw_1", description="Coffee")
    yield ledger.redeem(rich, PROGRAM, 500, rewarded)[1]
    yield ledger.earn(member, PROGRAM, 10, replace(cause, action="add"))[1]
    due, _ = ledger.earn(member, PROGRAM, 10, cause, expires_at=NOW)
    for booked in (
        ledger.set_balance(member, PROGRAM, 490, cause),
        ledger.reverse(rich, PROGRAM, first, 480, cause),
        ledger.expire(due, PROGRAM, replace(cause, now=NOW + timedelta(days=1))),
    ):
        assert booked is not None
        yield booked[1]
    expiring, _ = ledger.earn(member, PROGRAM, 5, cause, expires_at=NOW + timedelta(days=9))
    for before in (None, NOW + timedelta(days=9)):
        until = NOW + timedelta(days=99)
        extended = ledger.extend(expiring, PROGRAM, until, cause, before=before)
        assert extended is not None
        yield extended[1]
    _, entry = ledger.recalculate_tier(
        replace(member, tier="Gold"), PROGRAM, NOW, entry_id="le_tier"
    )
    assert entry is not None
    yield entry
    other = make_membership(PROGRAM, membership_id="lp_1_b", user_id="b")
    for _, entry in ledger.merge(rich, other, PROGRAM, cause, cause):
        yield entry
    for _, entry in ledger.transfer(rich, other, PROGRAM, 10, cause, cause):
        yield entry


def assert_as_promised(event: Event) -> dict[str, Any]:
    """Assert that an event is sent with exactly the fields of its model, in their order."""
    payload = outbox.payload(event)
    sent: dict[str, Any] = json.loads(payload, parse_float=Decimal)
    model = DATA_BY_TYPE[event.type]
    assert list(sent["data"]) == [field.alias for field in model.model_fields.values()]
    model.model_validate(sent["data"])
    body = EventBody.model_validate(sent)
    assert body.model_dump(by_alias=True, mode="json").keys() == sent.keys()
    assert len(payload.encode()) < BYTES_MAX
    return sent


def test_everything_that_happens_is_sent_as_promised() -> None:
    told = list(story())

    for event in told:
        assert_as_promised(event)
    possible = {name for name, each in BY_NAME.items() if each.is_sent}
    assert {event.type for event in told} == possible | {"loyalty.points_adjusted"}


@pytest.mark.parametrize(
    ("method", "purchase_amount", "name", "told"),
    [
        (None, None, "loyalty.points_earned", "api"),
        (None, "4.90", "loyalty.points_earned", "purchase"),
        ("scan_and_go", "4.90", "loyalty.points_earned", "scan_and_go"),
        ("welcome", None, "loyalty.points_earned", "welcome"),
        ("qr_checkin", None, "loyalty.qr_earned", "qr_checkin"),
        ("store_checkin", None, "loyalty.checkin_earned", "store_checkin"),
    ],
)
def test_a_grant_is_told_once_by_the_way_it_was_earned(
    method: str | None, purchase_amount: str | None, name: str, told: str
) -> None:
    cause = replace(make_cause(), earning_method=method, purchase_amount=purchase_amount)

    (event,) = loyalty_events.from_entry(
        ledger.earn(make_membership(PROGRAM), PROGRAM, 5, cause)[1]
    )

    assert (event.type, event.data["earningMethod"]) == (name, told)


ids = st.text(min_size=1, max_size=128).filter(str.strip)
words = st.text(min_size=1, max_size=100)
amounts = st.integers(-(10**15), 10**15)
MOVED = Moved(True, "lp_1_a", "a", 1, 2, 3, 4, 5)
entries: st.SearchStrategy[Entry] = records(
    Entry,
    entry_id=ids,
    store_id=ids,
    program_id=ids,
    user_id=ids,
    seq=st.integers(1, 10**9),
    units=amounts,
    scale=st.integers(0, 3),
    balance_before_units=amounts,
    balance_after_units=amounts,
    earned_after_units=amounts,
    tier_before=st.none() | words,
    tier_after=st.none() | words,
    unlocked_reward_ids=st.lists(ids, max_size=3).map(tuple),
    corrects_entry_id=ids,
    description=st.text(max_size=500),
    source=st.none() | words,
    transaction_id=st.none() | ids,
    action=st.none() | st.sampled_from(["add", "redeem", "set"]),
    earning_method=st.none() | words,
    reward_id=st.none() | ids,
    moved=st.just(MOVED),
    amount_paid=st.none() | st.sampled_from(["0.01", "28.50"]),
).map(lambda entry: entry if entry.kind is EntryKind.MERGE else replace(entry, moved=None))


@given(entry=entries, milestones=st.lists(st.integers(1, 10**15), max_size=3))
def test_whatever_is_booked_is_sent_as_promised(entry: Entry, milestones: list[int]) -> None:
    for event in loyalty_events.from_entry(entry, milestones):
        sent = assert_as_promised(event)
        assert sent["data"]["sequence"] == entry.seq


@pytest.mark.parametrize("letter", ["\U0001f600", "\x01"])
def test_the_largest_payment_is_sent_as_promised(letter: str) -> None:
    largest = replace(
        PAYMENT,
        payment_id="pay_" + "0" * 28,
        store_id=letter * 128,
        purchase_id=letter * 128,
        amount_minor=AMOUNT_MINOR_MAX,
    )
    refund = replace(REFUND, refund_id="ref_" + "0" * 28, amount_minor=AMOUNT_MINOR_MAX)
    paid = replace(largest, stage=Stage.PAID, captured_minor=AMOUNT_MINOR_MAX)

    (refunded,) = payment_events.from_change(paid, replace(paid, refunds=(refund,)))

    data = assert_as_promised(refunded)["data"]
    assert data == {
        "paymentId": largest.payment_id,
        "provider": "custom",
        "amount": AMOUNT_MINOR_MAX,
        "currency": "EUR",
        "status": "refunded",
        "purchaseId": letter * 128,
        "refundId": refund.refund_id,
        "refundAmount": AMOUNT_MINOR_MAX,
    }


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("action", [None, "set"])
# Four bytes of UTF-8, and a control character, of which JSON makes six.
@pytest.mark.parametrize("letter", ["\U0001f600", "\x01"])
def test_the_largest_booking_is_sent_as_promised(
    kind: EntryKind, action: str | None, letter: str
) -> None:
    _, entry = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, make_cause())
    ids = ("entry_id", "store_id", "program_id", "user_id", "reward_id", "transaction_id")
    moved = replace(MOVED, other_user_id=letter * 128)
    largest = replace(
        entry,
        kind=kind,
        action=action,
        units=10**15 - 1,
        scale=3,
        balance_before_units=10**15 - 1,
        balance_after_units=1 - 10**15,
        earned_after_units=10**15 - 1,
        tier_before=letter * 50,
        tier_after=letter * 49,
        unlocked_reward_ids=(letter * 128,),
        corrects_entry_id=letter * 128,
        description=letter * 500,
        source=letter * 100,
        moved=moved if kind is EntryKind.MERGE else None,
        **dict.fromkeys(ids, letter * 128),
    )

    for event in loyalty_events.from_entry(largest, (1,)):
        assert_as_promised(event)


def largest(schema: dict[str, Any]) -> Any:
    """Return the largest value that a schema allows; every text must have a bound."""
    kind = schema["type"]
    kinds = kind if isinstance(kind, list) else [kind]
    if "object" in kinds:
        return {name: largest(each) for name, each in schema["properties"].items()}
    if "enum" in schema:
        return max(schema["enum"], key=len)
    if "array" in kinds:
        return [largest(schema["items"])] * schema["maxItems"]
    if "string" in kinds and schema.get("format") != "date-time":
        return "\x01" * schema["maxLength"]
    return "2026-03-03T12:00:00.000Z" if "string" in kinds else -999_999_999_999.999


@every_type
def test_no_event_reaches_20_kilobytes(name: str) -> None:
    data = largest(self_contained(DATA_BY_TYPE[name]))
    event = Event("evt_1" * 20, name, "acc_1", "\x01" * 128, None, None, None, NOW, data)

    assert len(outbox.payload(event).encode()) < BYTES_MAX


def test_an_id_of_a_membership_or_product_has_its_bound() -> None:
    part = "x" * paths.ENCODED_MAX

    assert len(paths.membership_id(f"lp_{part[3:]}", part)) == MEMBER_ID_CHARS_MAX
    assert len(paths.product_id(part, part)) == PRODUCT_ID_CHARS_MAX


def test_every_type_has_a_model_and_no_other_has() -> None:
    assert DATA_BY_TYPE.keys() == BY_NAME.keys()


@every_type
def test_an_example_has_every_field_and_no_other(name: str) -> None:
    found = example(name)

    data = DATA_BY_TYPE[name].model_validate(json.loads(json.dumps(found), parse_float=Decimal))
    assert json.loads(json.dumps(data.model_dump(by_alias=True, mode="json"))) == found


@every_type
def test_an_example_event_is_what_would_be_sent(name: str) -> None:
    event = Event("evt_abc123", name, "acc_1", "store_a", None, None, None, NOW, data=example(name))

    assert json.dumps(example_event(name), separators=(",", ":"), ensure_ascii=False) == (
        outbox.payload(event)
    )


def test_examples_are_the_callers_to_change() -> None:
    example("integration.pos.synced")["synced"]["products"] = 0
    example("loyalty.enrollment")["userId"] = "somebody"

    assert example("integration.pos.synced")["synced"]["products"] == 42
    assert example("loyalty.enrollment")["userId"] == "user_xyz"


@every_type
def test_examples_name_nobody(name: str) -> None:
    assert not {"email", "name", "firstName", "lastName", "phone", "address"} & example(name).keys()


@every_type
def test_a_model_takes_no_other_field(name: str) -> None:
    with pytest.raises(ValidationError, match="surprise"):
        DATA_BY_TYPE[name].model_validate({**example(name), "surprise": 1})


@pytest.mark.parametrize("is_test", [False, True])
def test_reads_back_exactly_what_was_sent(is_test: bool) -> None:
    data = {"points": Decimal("1.45"), "zero": Decimal("0.00"), "at": NOW, "nothing": None}
    event = Event(
        "evt_1", "loyalty.anniversary", "acc_1", "store_1", None, None, None, NOW, data, is_test
    )

    payload = outbox.payload(event)
    read = parse(payload).model_dump(by_alias=True, mode="json")

    assert json.dumps(read, separators=(",", ":")) == payload
    assert (read["livemode"], read.get("test")) == ((False, True) if is_test else (True, None))
