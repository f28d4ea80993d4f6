"""What each request costs in Firestore, as an exact table: a change here is a change of price."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from functions.catalog import ENDPOINTS
from shared import clock
from shared.domain.loyalty import loyalty_events
from shared.services.events import emission
from shared.store import cache, paths
from shared.store.webhooks import endpoint_documents
from tests.conftest import Clock
from tests.support import erps
from tests.support.api import Answer
from tests.support.branches import Branch
from tests.support.merchants import RULES, Member, Merchant
from tests.support.payments import Till
from tests.support.receivers import Receiver
from tests.support.traffic import watched
from tools.korona_stand_in import StandIn as TillStandIn
from tools.psp_stand_in import StandIn

REWARD = {"rewardId": "rw_1", "title": "T", "type": "voucher", "requiredPoints": 5, "stock": 9}
HOOK = {"url": "https://example.com/hook", "events": ["loyalty.*"]}
SINCE_YESTERDAY = {"since": clock.to_wire(clock.utc_now() - timedelta(days=1))}
PROGRAM = {"programName": "P", "programType": "stamps", "rules": RULES["stamps"]}
OF_STORE = {
    "createLoyaltyProgram",
    "getLoyaltyPrograms",
    "getLoyaltyWebhookEvents",
    "createWebhookEndpoint",
    "listWebhookEndpoints",
    "listEvents",
    "listWebhookDeliveries",
    "fetchStore",
    "insertProduct",
    "bulkImportProducts",
    "fetchProducts",
}
OF_PROGRAM = {"updateLoyaltyProgram", "getLoyaltyProgram", "getLoyaltyAnalytics"}
OF_WEBHOOK = {
    "updateWebhookEndpoint",
    "deleteWebhookEndpoint",
    "rotateWebhookSecret",
    "sendTestWebhookEvent",
    "getWebhookStats",
    "recoverWebhookDeliveries",
}
OF_DELIVERY = {"getWebhookDelivery", "retryWebhookDelivery"}
OF_PRODUCT = {"fetchProduct", "registerProductToStore"}
MILK = {"ean": "4006381333931", "name": "Milch", "price": 1.49}
WINE = {"number": "W-0815", "name": "Wein", "price": 8.9}


@dataclass(frozen=True)
class Budget:
    """RPCs, documents read and documents written; ``again`` counts the second of two requests."""

    action: str
    cost: tuple[int, int, int]
    fields: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    again: bool = False

    def body(self, member: Member) -> dict[str, Any]:
        """Return the request for a member of a program that has nothing else."""
        whose = member.ids
        if self.action in OF_STORE:
            whose = {"storeId": member.merchant.store_id}
        if self.action in OF_PROGRAM:
            whose = {"programId": member.program_id}
        if self.action == "getEvent":
            whose = {"eventId": loyalty_events.enrollment_event_id(member.membership_id)}
        if self.action in OF_WEBHOOK:
            whose = {"webhookId": webhook_of(member)}
        if self.action in OF_DELIVERY:
            event_id = loyalty_events.enrollment_event_id(member.membership_id)
            whose = {"deliveryId": f"{event_id}_{webhook_of(member)}"}
        if self.action in OF_PRODUCT:
            whose = {"productId": paths.product_id(member.merchant.store_id, MILK["ean"])}
        if self.action == "fetchStores":
            whose = {}
        if self.action == "registerProductToStore":
            whose["storeId"] = member.merchant.another_store().store_id
        return {**whose, **self.fields}

    def send(self, member: Member, body: dict[str, Any]) -> Answer:
        return member.api(self.action, body, idempotency_key=self.key)


def webhook_of(member: Member) -> str:
    """Return the member's store's only webhook endpoint."""
    (endpoint,) = endpoint_documents.list_of_store(member.merchant.store_id)
    return endpoint.endpoint_id


EARN, REDEEM, SYNC = "addLoyaltyPoints", "redeemLoyaltyPoints", "syncExternalLoyalty"
FIVE = {"points": 5}
ADD_FIVE = {"action": "add", "points": 5, "externalTransactionId": "t"}
SOMEBODY_NEW = {"userId": "user_2"}
BUDGETS = {
    "earn": Budget(EARN, (2, 2, 3), FIVE),
    "earn-by-transaction": Budget(EARN, (2, 2, 3), {**FIVE, "transactionId": "t"}),
    "earn-by-key": Budget(EARN, (2, 3, 4), FIVE, key="k"),
    "earn-by-purchase": Budget(EARN, (2, 2, 3), {"purchaseAmount": 5}),
    "earn-nothing": Budget(EARN, (1, 2, 0), {"purchaseAmount": 4}),
    "earn-again": Budget(EARN, (1, 2, 0), {**FIVE, "transactionId": "t"}, again=True),
    "earn-again-by-key": Budget(EARN, (1, 3, 0), FIVE, key="k", again=True),
    "redeem": Budget(REDEEM, (2, 2, 3), FIVE),
    "redeem-by-key": Budget(REDEEM, (2, 3, 4), FIVE, key="k"),
    "redeem-reward": Budget(REDEEM, (2, 3, 4), {**FIVE, "rewardId": "rw_1"}),
    "redeem-too-much": Budget(REDEEM, (1, 2, 0), {"points": 101}),
    "sync": Budget(SYNC, (2, 2, 3), ADD_FIVE),
    "sync-again": Budget(SYNC, (1, 2, 0), ADD_FIVE, again=True),
    "sync-nothing": Budget(SYNC, (1, 2, 0), {"action": "set", "points": 100}),
    "sync-and-enrol": Budget(SYNC, (2, 2, 3), {**ADD_FIVE, **SOMEBODY_NEW}),
    "balance": Budget("getCustomerBalance", (1, 1, 0)),
    "enrol": Budget("enrollInLoyaltyProgram", (2, 1, 2), SOMEBODY_NEW),
    "enrol-again": Budget("enrollInLoyaltyProgram", (1, 1, 0)),
    "program": Budget("getLoyaltyProgram", (0, 0, 0)),
    "programs-of-a-store": Budget("getLoyaltyPrograms", (1, 1, 0)),
    "figures": Budget("getLoyaltyAnalytics", (1, 1, 0)),
    "create": Budget("createLoyaltyProgram", (2, 2, 3), PROGRAM),
    "create-by-key": Budget("createLoyaltyProgram", (2, 3, 4), PROGRAM, key="k"),
    "rename": Budget("updateLoyaltyProgram", (2, 2, 2), {"programName": "Neu"}),
    "switch-off": Budget("updateLoyaltyProgram", (2, 2, 3), {"isActive": False}),
    # The store and the endpoint, the writes of both, and the list of all.
    "register-webhook": Budget("getLoyaltyWebhookEvents", (3, 3, 2), HOOK),
    "register-webhook-again": Budget("getLoyaltyWebhookEvents", (4, 4, 1), HOOK, again=True),
    "list-webhooks": Budget("getLoyaltyWebhookEvents", (1, 1, 0)),
    "create-webhook": Budget("createWebhookEndpoint", (2, 2, 2), HOOK),
    "create-webhook-by-key": Budget("createWebhookEndpoint", (2, 3, 3), HOOK, key="k"),
    "webhooks-of-a-store": Budget("listWebhookEndpoints", (1, 1, 0)),
    # The endpoint, to know its store; both; the write.
    "change-webhook": Budget("updateWebhookEndpoint", (3, 3, 1), {"events": ["*"]}),
    "move-webhook": Budget("updateWebhookEndpoint", (3, 3, 2), {"url": "https://example.com/2"}),
    "delete-webhook": Budget("deleteWebhookEndpoint", (3, 3, 2)),
    "rotate-secret": Budget("rotateWebhookSecret", (2, 1, 1)),
    "test-webhook": Budget("sendTestWebhookEvent", (2, 2, 2), {"type": "loyalty.enrollment"}),
    # The endpoint, and a count of each state.
    "webhook-stats": Budget("getWebhookStats", (5, 5, 0)),
    "deliveries": Budget("listWebhookDeliveries", (1, 1, 0)),
    "deliveries-of-an-event": Budget("listWebhookDeliveries", (1, 1, 0), {"eventId": "evt_1"}),
    "delivery": Budget("getWebhookDelivery", (1, 1, 0)),
    # The delivery, to know its endpoint; both and the event; the write.
    "retry": Budget("retryWebhookDelivery", (3, 4, 1)),
    # The endpoint, the events, their deliveries, and the one that is missing.
    "recover": Budget("recoverWebhookDeliveries", (4, 3, 1), SINCE_YESTERDAY),
    "recover-by-key": Budget("recoverWebhookDeliveries", (7, 5, 2), SINCE_YESTERDAY, key="k"),
    "recover-again": Budget("recoverWebhookDeliveries", (3, 3, 0), SINCE_YESTERDAY, again=True),
    "event": Budget("getEvent", (1, 1, 0)),
    "events": Budget("listEvents", (1, 1, 0)),
    "stores": Budget("fetchStores", (1, 1, 0)),
    "store": Budget("fetchStore", (0, 0, 0)),
    # The product; the store's webhook endpoints; product, mirror and event.
    "insert": Budget("insertProduct", (3, 2, 3), WINE),
    "insert-by-key": Budget("insertProduct", (3, 3, 4), WINE, key="k"),
    "insert-again": Budget("insertProduct", (1, 1, 0), WINE, again=True),
    # Product, mirror and the price that ended.
    "reprice": Budget("insertProduct", (2, 1, 3), {**MILK, "price": 1.59, "ifExists": "update"}),
    # The products in one commit, and the event with the result for the key in another.
    "import": Budget("bulkImportProducts", (5, 4, 3), {"products": [MILK, WINE]}),
    "import-by-key": Budget("bulkImportProducts", (6, 6, 4), {"products": [MILK, WINE]}, key="k"),
    "import-again": Budget("bulkImportProducts", (4, 4, 1), {"products": [MILK, WINE]}, again=True),
    "import-again-by-key": Budget(
        "bulkImportProducts", (1, 1, 0), {"products": [MILK, WINE]}, key="k", again=True
    ),
    "products": Budget("fetchProducts", (1, 1, 0)),
    # The product, and the prices that it had.
    "product": Budget("fetchProduct", (2, 2, 0)),
    # The product, the other store's, its webhook endpoints, and the writes. The store is new here.
    "register-product": Budget("registerProductToStore", (5, 4, 3)),
}


@dataclass(frozen=True)
class PaymentBudget:
    """What a request about payments costs.

    ``given`` makes what must be there before; what it returns is sent, with the store's id.
    """

    action: str
    cost: tuple[int, int, int]
    given: Callable[[Till], dict[str, Any]]
    key: str | None = None
    again: bool = False


def config_of(till: Till) -> dict[str, Any]:
    return {"provider": "custom", "config": till.config}


def purchase(_: Till) -> dict[str, Any]:
    return {
        "amount": 1099,
        "currency": "EUR",
        "purchaseId": "order_1",
        "returnUrl": "https://shop.example.com/done",
    }


def begun(till: Till) -> dict[str, Any]:
    return {"paymentId": till.process().body["paymentId"]}


def authorized(till: Till) -> dict[str, Any]:
    return {"paymentId": till.paid(captureLater=True)}


def paid(till: Till) -> dict[str, Any]:
    return {"paymentId": till.paid()}


def part(till: Till) -> dict[str, Any]:
    return {**paid(till), "amount": 500, "refundReference": "return_1"}


# Each event costs a query for the store's webhook endpoints, and a write.
PAYMENT_BUDGETS = {
    "configure": PaymentBudget("configurePSP", (3, 2, 2), config_of),
    "configure-by-key": PaymentBudget("configurePSP", (3, 3, 3), config_of, key="k"),
    "configuration": PaymentBudget("getPSPConfiguration", (1, 1, 0), lambda _: {}),
    "forget": PaymentBudget("deletePSPConfiguration", (2, 1, 1), lambda _: {"provider": "custom"}),
    # The configuration; the payment before the provider is asked and after, with an event each.
    "pay": PaymentBudget("processPayment", (7, 5, 4), purchase),
    "pay-again": PaymentBudget("processPayment", (2, 2, 0), purchase, again=True),
    "capture": PaymentBudget("capturePayment", (5, 4, 2), authorized),
    "capture-again": PaymentBudget("capturePayment", (1, 1, 0), paid),
    "cancel": PaymentBudget("cancelPayment", (5, 4, 2), begun),
    # The payment, to know whose it is; it and the configuration; the payment after, with an event.
    "refund": PaymentBudget("refundPayment", (6, 5, 3), paid),
    "refund-again": PaymentBudget("refundPayment", (2, 3, 0), part, again=True),
    "payment": PaymentBudget("getPayment", (1, 1, 0), paid),
    "payments": PaymentBudget("listPayments", (1, 1, 0), lambda till: paid(till) and {}),
}


@pytest.fixture
def cashed(merchant: Merchant, shared_provider: StandIn, app: Flask) -> Till:
    """A store with a payment provider, known to the process."""
    till = Till(merchant, shared_provider, app)
    assert till.configure().status == 200
    return till


@pytest.mark.parametrize("name", list(PAYMENT_BUDGETS))
def test_payments_cost_what_they_may_and_say_so(
    name: str, cashed: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    budget = PAYMENT_BUDGETS[name]
    body = {"storeId": cashed.merchant.store_id, **budget.given(cashed)}
    for _ in range(budget.again):
        cashed.merchant.api(budget.action, body, idempotency_key=budget.key)

    with watched() as traffic:
        answer = cashed.merchant.api(budget.action, body, idempotency_key=budget.key)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer.status == 200
    assert traffic.cost == budget.cost
    assert (line["rpcs"], line["reads"], line["writes"]) == budget.cost


@pytest.mark.parametrize(("is_news", "cost"), [(True, (5, 4, 2)), (False, (3, 3, 0))])
def test_a_notification_costs_what_it_may(
    cashed: Till, is_news: bool, cost: tuple[int, int, int]
) -> None:
    payment_id = cashed.process().body["paymentId"]
    vendor_id = cashed.stored(payment_id).vendor_payment_id
    assert vendor_id is not None
    cashed.provider.pay(vendor_id, notifies=False)
    if not is_news:
        assert cashed.notify(vendor_id) == 200

    with watched() as traffic:
        assert cashed.notify(vendor_id) == 200

    assert traffic.cost == cost


@dataclass(frozen=True)
class SyncBudget:
    """What a request about syncs costs, with a till system of 3 categories and 5 products.

    ``given`` makes what must be there before; what it returns is sent, with the store's id.
    """

    action: str
    cost: tuple[int, int, int]
    given: Callable[[Branch, Receiver], dict[str, Any]]
    key: str | None = None


def with_credentials(branch: Branch, _: Receiver) -> dict[str, Any]:
    return {"system": "korona", "credentials": branch.till.credentials}


def configured(branch: Branch, _: Receiver) -> dict[str, Any]:
    assert branch.configure().status == 200
    return {"kind": "pos", "system": "korona"}


def synced_once(branch: Branch, _: Receiver) -> dict[str, Any]:
    branch.synced()
    return {"system": "korona", "credentials": branch.till.credentials}


def stock_of_erp(_: Branch, __: Receiver) -> dict[str, Any]:
    return {"system": "generic", "credentials": erps.FILES}


def a_sale(branch: Branch, _: Receiver) -> dict[str, Any]:
    line = {"name": "Milk", "quantity": 2, "unitPrice": 149, "vatPercent": 7, "number": "1001"}
    sale = {"recordId": "sale_1", "soldAt": SINCE_YESTERDAY["since"], "total": 298, "lines": [line]}
    records = {"dataType": "receipt", "records": [sale]}
    return {"system": "korona", "credentials": branch.till.credentials, **records}


def a_sale_again(branch: Branch, erp: Receiver) -> dict[str, Any]:
    body = a_sale(branch, erp)
    branch.push(*body["records"])
    return body


def a_sale_for_the_books(branch: Branch, erp: Receiver) -> dict[str, Any]:
    return {**a_sale(branch, erp), "system": "sevdesk", "credentials": erps.credentials(erp)}


SYNC_BUDGETS = {
    # The connection and the sync; how far it has come, with what was read, each page; the events.
    "sync": SyncBudget("syncPOS", (19, 20, 23), with_credentials),
    "sync-by-key": SyncBudget("syncPOS", (19, 21, 24), with_credentials, key="k"),
    "sync-again": SyncBudget("syncPOS", (14, 16, 8), synced_once),
    "sync-erp": SyncBudget("syncERP", (14, 11, 12), stock_of_erp),
    # The connection; the push before the system is called and after, with an event.
    "push": SyncBudget("pushToPOS", (6, 4, 3), a_sale),
    "push-again": SyncBudget("pushToPOS", (2, 2, 0), a_sale_again),
    "push-to-erp": SyncBudget("pushToERP", (6, 4, 3), a_sale_for_the_books),
    "sync-status": SyncBudget("getSyncStatus", (2, 2, 0), lambda *_: {}),
    "configure-sync": SyncBudget(
        "configureSync", (2, 1, 1), lambda *those: {"kind": "pos", **with_credentials(*those)}
    ),
    "delete-sync": SyncBudget("deleteSyncConfiguration", (2, 1, 1), configured),
}


@pytest.mark.parametrize("name", list(SYNC_BUDGETS))
def test_syncs_cost_what_they_may_and_say_so(
    name: str,
    merchant: Merchant,
    shared_till: TillStandIn,
    shared_erp: Receiver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    budget = SYNC_BUDGETS[name]
    branch = Branch(merchant, shared_till)
    body = {"storeId": merchant.store_id, **budget.given(branch, shared_erp)}
    merchant.api.ok("getSyncStatus", {"storeId": merchant.store_id})

    with watched() as traffic:
        answer = merchant.api(budget.action, body, idempotency_key=budget.key)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer.status == 200
    assert traffic.cost == budget.cost
    assert (line["rpcs"], line["reads"], line["writes"]) == budget.cost


def warm(member: Member) -> None:
    """Have the key, the account, the store and the program in the process."""
    member.api.ok("getLoyaltyProgram", {"programId": member.program_id})
    member.api.ok("getLoyaltyPrograms", {"storeId": member.merchant.store_id})


@pytest.mark.parametrize("name", list(BUDGETS))
def test_costs_what_it_may_and_says_so(
    name: str, merchant: Merchant, capsys: pytest.CaptureFixture[str]
) -> None:
    budget = BUDGETS[name]
    member = merchant.member("points", balance=100, rewards=[REWARD])
    if budget.action in OF_DELIVERY:
        member.api.ok("createWebhookEndpoint", {"storeId": merchant.store_id, **HOOK})
    emission.member_enrolled(member.membership_id)
    if budget.action in OF_WEBHOOK:
        member.api.ok("createWebhookEndpoint", {"storeId": merchant.store_id, **HOOK})
    if "Product" in budget.action:
        member.api.ok("insertProduct", {"storeId": merchant.store_id, **MILK})
    body = budget.body(member)
    if budget.again:
        budget.send(member, body)
    warm(member)

    with watched() as traffic:
        budget.send(member, body)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert traffic.cost == budget.cost
    assert (line["action"], line["rpcs"], line["reads"], line["writes"]) == (
        budget.action,
        *budget.cost,
    )


def test_what_is_due_costs_one_write_more(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 1})
    frozen_clock.advance(days=2)
    warm(member)

    with watched() as traffic:
        member.earn(5)

    assert traffic.cost == (2, 2, 4)


def test_every_endpoint_has_a_budget() -> None:
    budgets = (*BUDGETS.values(), *PAYMENT_BUDGETS.values(), *SYNC_BUDGETS.values())

    assert {budget.action for budget in budgets} == {each.name for each in ENDPOINTS}


@pytest.mark.parametrize(
    ("action", "cost"),
    [
        # Cold, the key, the account and the program are read as well, one after the other.
        ("getCustomerBalance", (4, 4, 0)),
        ("getLoyaltyProgram", (3, 3, 0)),
    ],
)
def test_a_first_request_costs_more(
    action: str, cost: tuple[int, int, int], member: Member
) -> None:
    fields = {"getLoyaltyProgram": {"programId": member.program_id}}.get(action, member.ids)
    cache.clear_all()

    with watched() as traffic:
        member.api.ok(action, fields)

    assert traffic.cost == cost


@pytest.mark.parametrize(
    "action", ["getCustomerBalance", "addLoyaltyPoints", "redeemLoyaltyPoints"]
)
def test_the_sandbox_costs_nothing(action: str, member: Member) -> None:
    body = {**member.ids} if action == "getCustomerBalance" else {**member.ids, **FIVE}
    sandbox = member.merchant.sandbox
    sandbox.ok(action, body)

    with watched() as traffic:
        sandbox.ok(action, body)

    assert traffic.cost == (0, 0, 0)
