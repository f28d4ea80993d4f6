"""Makes the objects that a request needs, by name: a program, a member, a payment.

The samples of ``tests/golden`` name their needs; the tests of the catalog, the answers, the budgets
and the OpenAPI document use this module to make them. Ids are chosen before anything is made, so a
request can contain ``{programId}``, and can be sent even if the program does not exist.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from functions.beep.members import subscribe_to_push
from shared import clock, ids
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.accounts import KEY_ID_CHARS, Account, KeyRecord
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import OAuthConsent
from shared.domain.accounts.packages import Package
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.loyalty import loyalty_events
from shared.domain.payments.payments import Payment, Stage
from shared.domain.stores.stores import Store
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.domain.webhooks.deliveries import AttemptRecord, DeliveryState
from shared.said import Meaning
from shared.schemas.members.push_bodies import EXAMPLE_KEY
from shared.services.accounts import callers
from shared.services.events import emission, outbox
from shared.services.imports import row_imports
from shared.services.imports.import_files import RowsFile
from shared.services.loyalty import tier_recalculations, till_receipts
from shared.services.stores import store_qr_codes
from shared.services.systems import receipt_claims
from shared.store import client, paths
from shared.store.accounts import account_documents, oauth_app_documents
from shared.store.events import event_documents
from shared.store.members import settings_documents
from shared.store.payments import payment_documents
from shared.store.stores import store_documents
from shared.store.systems import shop_writing_documents
from shared.store.webhooks import delivery_documents, endpoint_documents
from tests.support import erps, woocommerce_site
from tests.support.api import Api
from tests.support.merchants import RULES, Member, Merchant, create_key, create_merchant
from tests.support.payments import Till
from tests.support.receivers import Receiver
from tests.support.system_samples import CONFIGS
from tests.support.tses import TestTse
from tests.support.woocommerce_site import WooSite
from tools.korona_stand_in import StandIn as TillStandIn
from tools.psp_stand_in import StandIn

Names = Mapping[str, Any]
"""The values of ``{storeId}`` and other placeholders in a sample."""
Needs = Mapping[str, Mapping[str, Any]]
"""The objects that must exist, by the names of ``MAKERS``, with their options; in this order."""

MILK = {"ean": "4006381333931", "name": "Bio-Vollmilch 3,5%", "brand": "BioHof", "vat": 7}
EVENTS = ["loyalty.points_earned", "loyalty.points_redeemed"]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DOCUMENTED: Names = {
    "storeId": "store_a",
    "accountId": "acc_abc123",
    "storeCode": "PWS1:S:store_a:1:5nHccQzZCxSE_UdF:48bbb184",
    "receiptCode": "PWB1:rcp_5bd1e9a2c07f43b86de0a1749c2b85f3d6470e1a:q3Zk1XyT0aB4vN7c:4a1b14b8",
    "otherStoreId": "store_b",
    "programId": "lp_abc123",
    "importId": "imp_abc123",
    "recalculationId": "tr_abc123",
    "userId": "user_xyz",
    "otherUserId": "till_17",
    "enrollmentEventId": loyalty_events.enrollment_event_id("lp_abc123_user_xyz"),
    "campaignId": "cmp_abc123",
    "reservationId": "rs_k3v9m2x7q4t8w6n5c2yb",
    "redemptionId": "le_def456",
    "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
    "webhookId": "we_abc123",
    "eventId": "evt_abc123",
    "paymentId": "pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
    "vendorPaymentId": "p_abc123",
    "transactionId": "purchase_abc123",
    "orderId": "cc_order_x1y2z3",
    "consentId": "cons_abc123",
    "keyId": "fedcba9876543210",
    "writeId": "shw_abc123",
    "earlier": "2026-03-01T00:00:00.000Z",
    "later": "2026-03-04T00:00:00.000Z",
    "providerUrl": "https://pay.example.com/v1",
    "tillCredentials": {
        "server": "128",
        "accountId": "9f8e7d6c-0000-4000-8000-00000000000a",
        "username": "beep",
        "password": "password-of-the-api-user",
    },
    "erpCredentials": CONFIGS["erp", "sevdesk"],
    "shopCredentials": CONFIGS["shop", "woocommerce"],
}


def documented() -> Names:
    """Return the names of the documentation, with systems that must not be called."""
    return _DOCUMENTED


def drawn(store_id: str) -> Names:
    """Return new names for a store, in the same form as the documented ones."""
    program_id, payment_id = ids.new("lp"), f"pay_{ids.digest(ids.new('pay'))[:28]}"
    day = timedelta(days=1)
    return {
        **_DOCUMENTED,
        **signed(store_id),
        "storeId": store_id,
        "otherStoreId": ids.new("store"),
        "programId": program_id,
        "importId": ids.new("imp"),
        "recalculationId": ids.new("tr"),
        "userId": "user_1",
        "otherUserId": "till_1",
        "enrollmentEventId": loyalty_events.enrollment_event_id(f"{program_id}_user_1"),
        "campaignId": ids.new("cmp"),
        "reservationId": ids.new("rs"),
        "redemptionId": ids.new("le"),
        "rewardCode": ids.reward_code(),
        "webhookId": ids.new("we"),
        "eventId": ids.new("evt"),
        "paymentId": payment_id,
        "vendorPaymentId": f"p_{payment_id}",
        "transactionId": ids.new("purchase"),
        "orderId": ids.new("cc_order"),
        "consentId": ids.new("cons"),
        "keyId": ids.digest(ids.new("key"))[:KEY_ID_CHARS],
        "writeId": ids.new("shw"),
        "earlier": clock.to_wire(clock.utc_now() - day),
        "later": clock.to_wire(clock.utc_now() + day),
    }


def signed(store_id: str) -> Names:
    """Return the codes of a store, signed with the key of this run."""
    receipt_id = till_receipts.receipt_id(store_id, "PB-TXN-9876")
    return {
        "storeCode": store_qr_codes.poster_of(store_id),
        "receiptCode": receipt_claims.code_of(receipt_id),
    }


def filled(value: Any, names: Names) -> Any:
    """Return a JSON value in which ``{storeId}`` and other placeholders are replaced.

    A text that is only a placeholder becomes the placeholder's value, which may be an object.
    """
    if isinstance(value, dict):
        return {name: filled(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    if not isinstance(value, str):
        return value
    for name in _PLACEHOLDER.findall(value):
        assert name in names, f"{{{name}}} is no name of {__name__}: one of {', '.join(names)}"
    if whole := _PLACEHOLDER.fullmatch(value):
        return names[whole[1]]
    return _PLACEHOLDER.sub(lambda found: str(names[found[1]]), value)


def names_something(value: Any) -> bool:
    """Tell whether a request contains an id, which a test can replace by another merchant's."""
    return bool(re.search(r"\{\w+Id\}", str(value)))


@dataclass(frozen=True)
class Systems:
    """The provider, the till system, the ERP and the shop of every situation, on this machine."""

    provider: StandIn
    till: TillStandIn
    erp: Receiver
    shop: WooSite

    @property
    def names(self) -> Names:
        return {
            "providerUrl": self.provider.url,
            "tillCredentials": self.till.credentials,
            "erpCredentials": erps.credentials(self.erp),
            "shopCredentials": woocommerce_site.credentials(self.shop),
        }


@dataclass
class Situation:
    """A merchant, their objects, and the names of these."""

    merchant: Merchant
    names: Names
    systems: Systems
    made: set[str] = field(default_factory=set)

    @property
    def api(self) -> Api:
        return self.merchant.api

    @property
    def member(self) -> Member:
        return Member(self.merchant, self.names["programId"], self.names["userId"])

    def make(self, needs: Needs) -> None:
        """Make the needed objects that do not exist yet."""
        for need, options in needs.items():
            assert need in MAKERS, f"nothing makes {need!r}: {__name__} makes {', '.join(MAKERS)}"
            MAKERS[need](self, **filled(dict(options), self.names))
            self.made.add(need)

    def fill(self, value: Any) -> Any:
        """Return a request with this situation's names."""
        return filled(value, {**self.names, "accountId": self.merchant.account_id})

    def absent(self) -> Situation:
        """Return an empty situation of the same caller, with ids of the same length."""
        store_id = ids.new("store")
        merchant = replace(self.merchant, account_id="acc", store_id=store_id)
        return replace(self, merchant=merchant, names=drawn(store_id) | self.systems.names)

    def warm(self) -> None:
        """Load the key, the account, the store and the program into the caches of the process."""
        self.api.ok("getLoyaltyPrograms", {"storeId": self.merchant.store_id})
        if "program" in self.made:
            self.api.ok("getLoyaltyProgram", {"programId": self.names["programId"]})


def documented_merchant(app: Flask) -> Merchant:
    """Return the merchant of the documentation, with the store ``store_a``."""
    now = clock.utc_now()
    account = Account("acc_docs", "Merchant", Package.PRIME, True, now)
    store = Store("store_a", "acc_docs", "Store", "Europe/Berlin", "EUR", now)
    client.commit([account_documents.account_creation(account), store_documents.creation(store)])
    live, test = (Api(app, create_key("acc_docs", mode)) for mode in (KeyMode.LIVE, KeyMode.TEST))
    return Merchant("acc_docs", "store_a", live, test)


def make_test_account(situation: Situation) -> None:
    """Let a test account call. It has nothing yet."""
    situation.merchant = create_merchant(situation.merchant.api.app, is_test=True)
    situation.names = {**situation.names, "storeId": situation.merchant.store_id}


def make_program(
    situation: Situation,
    programType: str = "points",  # noqa: N803 - as the API says it
    counters: Mapping[str, Any] | None = None,
    days: Mapping[str, Any] | None = None,
    owed: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Give the store a program, by default with 10 points a euro from 5 euros on.

    ``counters`` are its totals; ``days`` its counters by month, counted since 3 March 2026;
    ``owed`` is what the night before has added up.
    """
    body = {
        "storeId": situation.merchant.store_id,
        "programName": "Stempelkarte",
        "programType": programType,
        "rules": RULES[programType],
        "branding": {"color": "#2563EB"},
        "isActive": True,
        **fields,
    }
    program_id = situation.names["programId"]
    with _next_id("lp", program_id):
        situation.api.ok("createLoyaltyProgram", body)
    if counters is not None:
        client.commit([client.Put(f"{paths.stats_shards(program_id)}/0", dict(counters))])
    if owed is not None:
        record = {
            "programId": program_id,
            "begunAt": datetime(2026, 3, 3, 1, tzinfo=UTC),
            "endedAt": datetime(2026, 3, 3, 1, 10, tzinfo=UTC),
            "liability": dict(owed),
        }
        client.commit([client.Put(paths.stats_liability(program_id), record)])
    if days is not None:
        since = {"countedSince": datetime(2026, 3, 3, 12, tzinfo=UTC)}
        client.commit(
            [
                client.Put(paths.stats(program_id), since),
                *(
                    client.Put(paths.stats_month(program_id, month, 0), dict(counted))
                    for month, counted in days.items()
                ),
            ]
        )


def make_member(situation: Situation, earned: int = 0, redeemed: int = 0) -> None:
    """Make a member of the program, who has earned and redeemed these points."""
    situation.member.enroll()
    if earned:
        situation.member.earn(earned)
    if redeemed:
        assert situation.member.redeem(redeemed).status == 200


def make_purchase(situation: Situation) -> None:
    """Let the member buy something, for 28.50 euros."""
    body = {**situation.member.ids, "purchaseAmount": 28.5, "transactionId": "PB-TXN-9876"}
    situation.api.ok("addLoyaltyPoints", body)


def make_waiting_return(situation: Situation) -> None:
    """Let goods for 4.90 euros come back of a purchase that nobody has told of."""
    body = {
        **situation.member.ids,
        "transactionId": "PB-TXN-9876",
        "amount": 4.9,
        "refundId": "PB-RET-12",
    }
    situation.api.ok("reverseLoyaltyTransaction", body)


def make_receipt(situation: Situation, *, is_claimed: bool = False) -> None:
    """Make the claim of a receipt of 28.50 euros."""
    body = {
        "storeId": situation.merchant.store_id,
        "transactionId": "PB-TXN-9876",
        "purchaseAmount": 28.5,
        "format": "svg",
    }
    code = situation.api.ok("createReceiptClaim", body)["code"]
    if is_claimed:
        situation.api.ok("claimReceipt", {"userId": situation.names["userId"], "code": code})


def make_waiting_receipt(situation: Situation) -> None:
    """Let the member claim a receipt of 28.50 euros whose code only an export can prove."""
    body = {
        "userId": situation.names["userId"],
        "code": TestTse().receipt("28.50", at=clock.utc_now()),
        "storeId": situation.merchant.store_id,
    }
    situation.api.ok("claimReceipt", body)


def make_import(situation: Situation, *, is_done: bool = True) -> None:
    """Make an import of two rows, of which the second is refused; its file ends in line 3."""
    names, caller = situation.names, callers.acting_for(situation.merchant.account_id)
    file = RowsFile(
        [
            (2, {"userId": names["userId"], "points": 50, "transactionId": "PB-TXN-9876"}),
            (3, {"userId": "user_not_enrolled", "points": 5, "transactionId": "PB-TXN-9877"}),
        ]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "new", lambda prefix: names["importId"] if prefix == "imp" else prefix)
        row_imports.start(caller, file, names["programId"], None)
    if is_done:
        row_imports.resume(names["importId"])


def make_recalculation(situation: Situation) -> None:
    """Ask who would move by a recalculation of tiers."""
    names = situation.names
    with _next_id("tr", names["recalculationId"]):
        situation.api.ok("recalculateTiers", {"programId": names["programId"]})
    tier_recalculations.resume(names["recalculationId"])


def make_redemption(
    situation: Situation,
    points: int = 100,
    rewardId: str | None = "rw_abc123",  # noqa: N803
) -> None:
    """Let the member redeem points, by default for a reward of the program."""
    body = {**situation.member.ids, "points": points, "rewardId": rewardId}
    names = situation.names
    with _next_id("le", names["redemptionId"]), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "reward_code", lambda: names["rewardCode"])
        situation.api.ok("redeemLoyaltyPoints", body)


def make_reservation(situation: Situation, **fields: Any) -> None:
    """Reserve 80 points of the member, or what is said instead."""
    body = {**situation.member.ids, **(fields or {"points": 80})}
    names = situation.names
    with _next_id("rs", names["reservationId"]), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "reward_code", lambda: names["rewardCode"])
        made = situation.api.ok("reserveLoyaltyPoints", body)
    # With a stock, its id ends with a tag of the reward.
    dict.update(situation.names, reservationId=made["reservationId"])  # type: ignore[arg-type]


def make_own_reservation(situation: Situation) -> None:
    """Let the customer reserve 80 points."""
    customer = situation.merchant.customer(situation.names["userId"])
    with _next_id("rs", situation.names["reservationId"]):
        body = {"programId": situation.names["programId"], "points": 80}
        customer.ok("reserveLoyaltyPoints", body)


def make_suspension(situation: Situation) -> None:
    """Suspend the member in the program."""
    situation.api.ok("suspendMember", {**situation.member.ids, "reason": "Missbrauch"})


def make_departure(situation: Situation) -> None:
    """Let the member leave the program."""
    situation.api.ok("leaveLoyaltyProgram", situation.member.ids)


def make_person(situation: Situation, **fields: Any) -> None:
    """Make the profile of the user."""
    body = {
        "userId": situation.names["userId"],
        "storeId": situation.merchant.store_id,
        "email": "max@example.com",
        "phone": "+4915112345678",
        "firstName": "Max",
        "lastName": "Mustermann",
        "customerNumber": "CUST-001",
        "birthday": "1990-12-31",
        "language": "de",
        "newsletter": {"subscribed": True, "consentedBy": "checkout"},
        "externalIds": {"shopware": situation.names["userId"]},
        **fields,
    }
    situation.api.ok("createMember", body)


def make_other_member(situation: Situation, earned: int = 0, **fields: Any) -> None:
    """Make another member of the program, by default with no more than a user id."""
    other = situation.member.other(situation.names["otherUserId"])
    if fields:
        situation.api.ok("createMember", {"userId": other.user_id, **fields})
    other.enroll()
    if earned:
        other.earn(earned)


def make_push(situation: Situation, *, hasDevice: bool = False) -> None:  # noqa: N803 - as JSON
    """Switch push on, until the test ends; subscribe a device of the member."""
    os.environ["PUNKTWERK_PUSH_KEY"] = EXAMPLE_KEY
    if hasDevice:
        names = situation.fill({"programId": "{programId}", "userId": "{userId}"})
        [device] = subscribe_to_push.EXAMPLE_REQUESTS.values()
        situation.api.ok("subscribeToPush", {**device, **names})


def make_member_code(situation: Situation) -> None:
    """Let the member have a static code."""
    situation.api.ok("getMemberCode", {"userId": situation.names["userId"]})


def make_member_settings(situation: Situation, **fields: Any) -> None:
    """Configure the profiles of the account, and load that into the cache of the process."""
    situation.api.ok("configureMembers", {"country": "DE", **fields})
    settings_documents.of_account(situation.merchant.account_id)


def make_campaign(situation: Situation, **fields: Any) -> None:
    """Create a campaign of the program, by default a bonus of one."""
    body = {"programId": situation.names["programId"], "name": "Aktion", "bonus": 1, **fields}
    if "multiplier" in fields:
        del body["bonus"]
    with _next_id("cmp", situation.names["campaignId"]):
        situation.api.ok("createCampaign", body)


def make_enrollment_event(situation: Situation) -> None:
    """Emit the event of the member's enrolment, for the webhook endpoints that exist now."""
    emission.emit_enrollment(situation.member.membership_id)


def make_webhook(situation: Situation, **fields: Any) -> None:
    """Give the store a webhook endpoint for points, with the URL of the documentation."""
    body = {
        "storeId": situation.merchant.store_id,
        "url": "https://example.com/webhooks/beep",
        "events": EVENTS,
        **fields,
    }
    with _next_id("we", situation.names["webhookId"]):
        situation.api.ok("createWebhookEndpoint", body)


def make_delivery(situation: Situation, state: str = "pending") -> None:
    """Make a delivery of an event to the webhook endpoint, which has failed once."""
    now = clock.utc_now()
    event = Event(
        event_id=situation.names["eventId"],
        type=event_types.POINTS_EARNED,
        account_id=situation.merchant.account_id,
        store_id=situation.merchant.store_id,
        program_id=situation.names["programId"],
        user_id=situation.names["userId"],
        source=None,
        created_at=now,
        data={"points": 50},
    )
    endpoint = endpoint_documents.find(situation.names["webhookId"])
    assert endpoint is not None
    delivery = replace(
        outbox.new_delivery(event, endpoint, now),
        state=DeliveryState(state),
        next_attempt_at=now + timedelta(seconds=5),
        attempts=(AttemptRecord(now, 500, 120, None, "Internal Server Error"),),
        attempt_count=1,
    )
    client.commit(
        [
            event_documents.creation(event, outbox.payload(event)),
            delivery_documents.creation(delivery),
        ]
    )


def make_other_store(situation: Situation) -> None:
    """Give the account a second store."""
    store_id, account_id = situation.names["otherStoreId"], situation.merchant.account_id
    store = Store(store_id, account_id, "Another", "Europe/Berlin", "EUR", clock.utc_now())
    client.commit([store_documents.creation(store)])


def make_staff_member(situation: Situation) -> None:
    """Let a cashier work in the store."""
    body = {"userId": "uid_of_lena", "role": "cashier", "label": "Lena, Kasse 2"}
    situation.api.ok("addStaffMember", {**body, "storeIds": [situation.merchant.store_id]})


def make_invitation(situation: Situation) -> None:
    """Invite somebody to be a cashier in the store."""
    body = {"email": "lena@example.com", "role": "cashier", "label": "Lena, Kasse 2"}
    situation.api.ok("inviteStaffMember", {**body, "storeIds": [situation.merchant.store_id]})


def make_consent(situation: Situation) -> None:
    """Let an owner allow an app to read members and stores."""
    max_ = {"userId": "uid_of_max", "role": "owner", "label": "Max"}
    situation.api.ok("addStaffMember", max_)
    now = clock.real_now()
    app = OAuthApp(ids.new("app"), "Newsletter Helper", ("https://app.example/",), now)
    consent = OAuthConsent(
        consent_id=situation.names["consentId"],
        app_id=app.app_id,
        account_id=situation.merchant.account_id,
        user_id="uid_of_max",
        scopes=("members.read", "stores.read"),
        signed_in_at=now,
        created_at=now,
        expires_at=now + timedelta(days=90),
        code_hash=ids.digest("code"),
        redirect_uri="https://app.example/",
        challenge="A" * 43,
        is_code_used=True,
        refresh_hash=ids.digest("refresh"),
    )
    client.commit(
        [
            oauth_app_documents.APPS.creation(app),
            oauth_app_documents.CONSENTS.creation(consent),
        ]
    )


def make_api_key(situation: Situation) -> None:
    """Let the account have a live secret key with the id that is drawn; nobody knows its text."""
    record = KeyRecord(
        key_hash=situation.names["keyId"] + ids.digest("the rest")[KEY_ID_CHARS:],
        account_id=situation.merchant.account_id,
        mode=KeyMode.LIVE,
        kind=KeyKind.SECRET,
        label="Web shop",
        prefix="bk_live_sk_",
        last4="X7Q2",
        created_at=clock.real_now(),
    )
    client.commit([account_documents.key_creation(record)])


def make_product(situation: Situation, **fields: Any) -> None:
    """Let the store sell milk, whose product is ``{storeId}_4006381333931``."""
    body = {"storeId": situation.merchant.store_id, **MILK, "price": 1.49, **fields}
    situation.api.ok("insertProduct", body)


def make_price(situation: Situation, price: float) -> None:
    """Change the price of the milk."""
    make_product(situation, price=price, ifExists="update")


def make_provider(situation: Situation) -> None:
    """Configure the provider ``custom`` for the store's payments."""
    till = Till(situation.merchant, situation.systems.provider, situation.api.app)
    assert till.configure().status == 200


def make_payment(situation: Situation, stage: str) -> None:
    """Make a payment of this stage, here and at the provider."""
    now = clock.utc_now()
    captured_minor = 1099 if stage == Stage.PAID else 0
    payment = Payment(
        payment_id=situation.names["paymentId"],
        account_id=situation.merchant.account_id,
        store_id=situation.merchant.store_id,
        provider="custom",
        amount_minor=1099,
        currency="EUR",
        stage=Stage(stage),
        created_at=now,
        updated_at=now,
        fingerprint="",
        is_settled=True,
        vendor_payment_id=situation.names["vendorPaymentId"],
        captured_minor=captured_minor,
        redirect_url="https://pay.example.com/p_1",
        purchase_id="order_1001",
    )
    situation.systems.provider.payments[situation.names["vendorPaymentId"]] = {
        "id": payment.vendor_payment_id,
        "reference": payment.payment_id,
        "amountMinor": payment.amount_minor,
        "currency": payment.currency,
        "status": stage,
        "capturedMinor": captured_minor,
        "refundedMinor": 0,
        "redirectUrl": payment.redirect_url,
        "failure": None,
    }
    path = paths.payment(payment.payment_id)
    client.commit([payment_documents.write(client.get_one(path), payment)])


def make_refund(situation: Situation, amount: int) -> None:
    """Refund a part of the payment."""
    body = {"paymentId": situation.names["paymentId"], "amount": amount}
    situation.api.ok("refundPayment", {**body, "refundReference": "return_1"})


def make_checkout(situation: Situation, completed: bool = False, **fields: Any) -> None:
    """Start a checkout of two cartons of milk, paid at the till if ``completed``."""
    body = {
        "storeId": situation.merchant.store_id,
        "userId": situation.names["userId"],
        "items": [{"name": MILK["name"], "priceUnit": 149, "vat": 7, "quantity": 2}],
        **fields,
    }
    transaction_id = situation.names["transactionId"]
    with _next_id("purchase", transaction_id):
        situation.api.ok("startCheckout", body)
    if completed:
        situation.api.ok("completeCheckout", {"transactionId": transaction_id})


def make_order(situation: Situation, statuses: Sequence[str] = ()) -> None:
    """Order two cartons of milk for collection, and bring the order through these statuses."""
    store_id, order_id = situation.merchant.store_id, situation.names["orderId"]
    items = [{"productId": MILK["ean"], "quantity": 2}]
    body = {"storeId": store_id, "userId": situation.names["userId"], "items": items}
    with _next_id("cc_order", order_id):
        situation.api.ok("submitClickCollectOrder", body)
    for status in statuses:
        situation.api.ok("updateClickCollectStatus", {"orderId": order_id, "status": status})


def make_till(situation: Situation, **fields: Any) -> None:
    """Configure the store's till system ``korona``."""
    body = {
        "storeId": situation.merchant.store_id,
        "kind": "pos",
        "system": "korona",
        "credentials": situation.names["tillCredentials"],
    }
    situation.api.ok("configureSync", {**body, **fields})


def make_synced_till(situation: Situation) -> None:
    """Sync the store's till system ``korona`` once."""
    body = {
        "storeId": situation.merchant.store_id,
        "system": "korona",
        "credentials": situation.names["tillCredentials"],
    }
    assert situation.api.ok("syncPOS", body)["state"] == "succeeded"


def make_shop(situation: Situation, **fields: Any) -> None:
    """Connect the store's shop ``generic``, whose orders earn in the program."""
    body = {
        "storeId": situation.merchant.store_id,
        "kind": "shop",
        "system": "generic",
        "credentials": {"webhookSecret": CONFIGS["shop", "generic"]["webhookSecret"]},
        "awardPointsProgramId": situation.names["programId"],
    }
    situation.api.ok("configureSync", {**body, **fields})


def make_woocommerce(situation: Situation, **fields: Any) -> None:
    """Connect the store's shop ``woocommerce``."""
    body = {
        "storeId": situation.merchant.store_id,
        "kind": "shop",
        "system": "woocommerce",
        "credentials": situation.names["shopCredentials"],
    }
    situation.api.ok("configureSync", {**body, **fields})


def make_shop_write(situation: Situation) -> None:
    """Make a card that the store's shop ``generic`` has refused."""
    now = clock.real_now()
    card = ShopWriting(
        write_id=situation.names["writeId"],
        account_id=situation.merchant.account_id,
        store_id=situation.merchant.store_id,
        system="generic",
        kind=ShopWrite.CARD,
        program_id=situation.names["programId"],
        user_id=situation.names["userId"],
        customer_id="17",
        state=WritingState.DEAD,
        created_at=now,
        updated_at=now,
        attempts=1,
        error="CONNECTOR_NOT_FOUND",
        message="the generic shop answered 404: no such customer",
        meaning=Meaning(
            "answered_words",
            {"system": "the generic shop", "status": "404", "words": "no such customer"},
        ),
        dead_reason="refused",
    )
    client.commit([shop_writing_documents.creation(card)])


MAKERS: Mapping[str, Callable[..., None]] = {
    "test account": make_test_account,
    "program": make_program,
    "member": make_member,
    "campaign": make_campaign,
    "purchase": make_purchase,
    "waiting return": make_waiting_return,
    "receipt": make_receipt,
    "waiting receipt": make_waiting_receipt,
    "import": make_import,
    "recalculation": make_recalculation,
    "redemption": make_redemption,
    "reservation": make_reservation,
    "own reservation": make_own_reservation,
    "suspension": make_suspension,
    "departure": make_departure,
    "person": make_person,
    "other member": make_other_member,
    "member code": make_member_code,
    "push": make_push,
    "member settings": make_member_settings,
    "enrollment event": make_enrollment_event,
    "webhook": make_webhook,
    "delivery": make_delivery,
    "other store": make_other_store,
    "staff member": make_staff_member,
    "invitation": make_invitation,
    "consent": make_consent,
    "api key": make_api_key,
    "product": make_product,
    "price": make_price,
    "provider": make_provider,
    "payment": make_payment,
    "refund": make_refund,
    "checkout": make_checkout,
    "order": make_order,
    "till": make_till,
    "synced till": make_synced_till,
    "shop": make_shop,
    "woocommerce": make_woocommerce,
    "shop write": make_shop_write,
}
"""The makers of all needs of samples. A need comes after the needs that it depends on."""


@contextmanager
def _next_id(prefix: str, wanted: str) -> Iterator[None]:
    """Give new objects of this kind this id."""
    real = ids.new
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "new", lambda kind: wanted if kind == prefix else real(kind))
        yield


@pytest.fixture(scope="session")
def systems(
    shared_provider: StandIn, shared_till: TillStandIn, shared_erp: Receiver, shared_shop: WooSite
) -> Systems:
    """The systems on this machine to which situations are connected."""
    return Systems(shared_provider, shared_till, shared_erp, shared_shop)


@pytest.fixture
def situate(merchant: Merchant, systems: Systems) -> Callable[[Needs], Situation]:
    """Make a situation with a new merchant."""
    return lambda needs: _situation(merchant, systems, needs)


@pytest.fixture(scope="module")
def situate_shared(app: Flask, systems: Systems) -> Callable[[Needs], Situation]:
    """Make a situation with a new merchant, for several tests, none of which changes anything."""
    return lambda needs: _situation(create_merchant(app), systems, needs)


def _situation(merchant: Merchant, systems: Systems, needs: Needs) -> Situation:
    situation = Situation(merchant, drawn(merchant.store_id) | systems.names, systems)
    situation.make(needs)
    return situation
