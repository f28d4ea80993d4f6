"""The table of contents of the product: every endpoint, trigger, queue and schedule by its name.

To add an endpoint: a module with ``Request``, ``Response``, ``EXAMPLE_REQUESTS``, ``EXAMPLE`` and
``handle``, and a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.domain.packages import Package

API_PREFIX = "/api/v1/"
MIB = 1024 * 1024
FILE_BYTES_MAX = 10 * MIB
"""Of a request that carries a file of a system, as base64."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A documented action: a function of its own and a route of ``apiGateway``.

    ``is_read``: takes GET with query parameters as well as POST. ``body_bytes_max``: of a request.
    ``connector``: whether it calls another system, or only looks for how one is configured.
    """

    name: str
    module: str
    package: Package
    is_read: bool = False
    aliases: tuple[str, ...] = ()
    body_bytes_max: int = MIB
    timeout_s: int = 60
    connector: Literal["called", "configured"] | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        """HTTP methods that it takes, besides the CORS preflight."""
        return ("GET", "POST") if self.is_read else ("POST",)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A function that runs when a document is created, at least once, in any order."""

    name: str
    module: str
    document: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A function that Cloud Tasks calls, with the limits of its queue."""

    name: str
    module: str
    max_attempts: int
    min_backoff_s: int
    max_concurrent: int
    max_per_s: int
    timeout_s: int = 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that Cloud Scheduler calls. ``needs_secrets``: it decrypts what is stored."""

    name: str
    module: str
    every: str
    needs_secrets: bool = False


_LOYALTY = "functions.loyalty"
_INTEGRATIONS = "functions.integrations"
_PRODUCTS = "functions.products"
_STORES = "functions.stores"

ENDPOINTS = (
    Endpoint("createLoyaltyProgram", f"{_LOYALTY}.create_loyalty_program", Package.GO),
    Endpoint("updateLoyaltyProgram", f"{_LOYALTY}.update_loyalty_program", Package.GO),
    Endpoint("getLoyaltyProgram", f"{_LOYALTY}.get_loyalty_program", Package.GO, is_read=True),
    Endpoint(
        "getLoyaltyPrograms",
        f"{_LOYALTY}.get_loyalty_programs",
        Package.GO,
        is_read=True,
        aliases=("getStoreLoyaltyPrograms",),
    ),
    Endpoint("enrollInLoyaltyProgram", f"{_LOYALTY}.enroll_in_loyalty_program", Package.GO),
    Endpoint("addLoyaltyPoints", f"{_LOYALTY}.add_loyalty_points", Package.GO),
    Endpoint("redeemLoyaltyPoints", f"{_LOYALTY}.redeem_loyalty_points", Package.GO),
    Endpoint("getLoyaltyAnalytics", f"{_LOYALTY}.get_loyalty_analytics", Package.GO, is_read=True),
    Endpoint("getCustomerBalance", f"{_LOYALTY}.get_customer_balance", Package.GO, is_read=True),
    Endpoint(
        "getLoyaltyWebhookEvents", "functions.webhooks.get_loyalty_webhook_events", Package.GO
    ),
    Endpoint("createWebhookEndpoint", "functions.webhooks.create_webhook_endpoint", Package.GO),
    Endpoint(
        "listWebhookEndpoints",
        "functions.webhooks.list_webhook_endpoints",
        Package.GO,
        is_read=True,
    ),
    Endpoint("updateWebhookEndpoint", "functions.webhooks.update_webhook_endpoint", Package.GO),
    Endpoint("deleteWebhookEndpoint", "functions.webhooks.delete_webhook_endpoint", Package.GO),
    Endpoint("rotateWebhookSecret", "functions.webhooks.rotate_webhook_secret", Package.GO),
    Endpoint("sendTestWebhookEvent", "functions.webhooks.send_test_webhook_event", Package.GO),
    Endpoint("getWebhookStats", "functions.webhooks.get_webhook_stats", Package.GO, is_read=True),
    Endpoint(
        "listWebhookDeliveries",
        "functions.webhooks.list_webhook_deliveries",
        Package.GO,
        is_read=True,
    ),
    Endpoint(
        "getWebhookDelivery", "functions.webhooks.get_webhook_delivery", Package.GO, is_read=True
    ),
    Endpoint("retryWebhookDelivery", "functions.webhooks.retry_webhook_delivery", Package.GO),
    Endpoint(
        "recoverWebhookDeliveries", "functions.webhooks.recover_webhook_deliveries", Package.GO
    ),
    Endpoint("getEvent", "functions.webhooks.get_event", Package.GO, is_read=True),
    Endpoint("listEvents", "functions.webhooks.list_events", Package.GO, is_read=True),
    Endpoint("syncExternalLoyalty", "functions.integrations.sync_external_loyalty", Package.PRIME),
    Endpoint("configurePSP", f"{_INTEGRATIONS}.configure_psp", Package.GROW, connector="called"),
    Endpoint(
        "getPSPConfiguration",
        f"{_INTEGRATIONS}.get_psp_configuration",
        Package.GROW,
        is_read=True,
    ),
    Endpoint(
        "deletePSPConfiguration",
        f"{_INTEGRATIONS}.delete_psp_configuration",
        Package.GROW,
        connector="configured",
    ),
    Endpoint(
        "processPayment",
        f"{_INTEGRATIONS}.process_payment",
        Package.GROW,
        connector="called",
    ),
    Endpoint(
        "capturePayment",
        f"{_INTEGRATIONS}.capture_payment",
        Package.GROW,
        connector="called",
    ),
    Endpoint("cancelPayment", f"{_INTEGRATIONS}.cancel_payment", Package.GROW, connector="called"),
    Endpoint("refundPayment", f"{_INTEGRATIONS}.refund_payment", Package.GROW, connector="called"),
    Endpoint("getPayment", f"{_INTEGRATIONS}.get_payment", Package.GROW, is_read=True),
    Endpoint("listPayments", f"{_INTEGRATIONS}.list_payments", Package.GROW, is_read=True),
    Endpoint(
        "syncPOS",
        f"{_INTEGRATIONS}.sync_pos",
        Package.GROW,
        body_bytes_max=FILE_BYTES_MAX,
        timeout_s=300,
        connector="called",
    ),
    Endpoint("pushToPOS", f"{_INTEGRATIONS}.push_to_pos", Package.GROW, connector="called"),
    Endpoint(
        "syncERP",
        f"{_INTEGRATIONS}.sync_erp",
        Package.GROW,
        body_bytes_max=FILE_BYTES_MAX,
        timeout_s=300,
        connector="called",
    ),
    Endpoint("pushToERP", f"{_INTEGRATIONS}.push_to_erp", Package.GROW, connector="called"),
    Endpoint("getSyncStatus", f"{_INTEGRATIONS}.get_sync_status", Package.GROW, is_read=True),
    Endpoint("configureSync", f"{_INTEGRATIONS}.configure_sync", Package.GROW, connector="called"),
    Endpoint(
        "deleteSyncConfiguration",
        f"{_INTEGRATIONS}.delete_sync_configuration",
        Package.GROW,
        connector="configured",
    ),
    Endpoint("fetchStores", f"{_STORES}.fetch_stores", Package.DISCOVER, is_read=True),
    Endpoint("fetchStore", f"{_STORES}.fetch_store", Package.DISCOVER, is_read=True),
    Endpoint("insertProduct", f"{_PRODUCTS}.insert_product", Package.DISCOVER),
    Endpoint("bulkImportProducts", f"{_PRODUCTS}.bulk_import_products", Package.DISCOVER),
    Endpoint("fetchProducts", f"{_PRODUCTS}.fetch_products", Package.DISCOVER, is_read=True),
    Endpoint("fetchProduct", f"{_PRODUCTS}.fetch_product", Package.DISCOVER, is_read=True),
    Endpoint("registerProductToStore", f"{_PRODUCTS}.register_product_to_store", Package.DISCOVER),
)

TRIGGERS = (
    Trigger(
        "onEntryCreated",
        "functions.triggers.on_entry_created",
        "loyaltyMembers/{membershipId}/entries/{entryId}",
    ),
    Trigger(
        "onMemberEnrolled", "functions.triggers.on_member_enrolled", "loyaltyMembers/{membershipId}"
    ),
)

QUEUES = (
    Queue(
        "deliverWebhook",
        "functions.tasks.deliver_webhook",
        max_attempts=5,
        min_backoff_s=5,
        max_concurrent=500,
        max_per_s=500,
    ),
    Queue(
        "deliverWebhookSlowly",
        "functions.tasks.deliver_webhook_slowly",
        max_attempts=5,
        min_backoff_s=5,
        max_concurrent=200,
        max_per_s=100,
    ),
    Queue(
        "continueSync",
        "functions.tasks.continue_sync",
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=20,
        max_per_s=5,
        timeout_s=540,
    ),
)
"""Cloud Tasks starts at most 500 tasks a second of a queue, and keeps at most 5,000 under way.

``deliverWebhook`` takes all of that rate, and keeps 500 under way: its endpoints answer within a
second, or are moved to the other queue. There an attempt takes up to 15 seconds, so 200 under way
are at least 13 attempts a second, of 7 instances that wait. The instances are what these numbers
cost: one takes 32 tasks at once.
"""

SCHEDULES = (
    Schedule("sweepOutbox", "functions.scheduled.sweep_outbox", "every 2 minutes"),
    Schedule("runMemberCalendar", "functions.scheduled.run_member_calendar", "every 15 minutes"),
    Schedule(
        "settlePayments",
        "functions.scheduled.settle_payments",
        "every 5 minutes",
        needs_secrets=True,
    ),
    Schedule("runSyncs", "functions.scheduled.run_syncs", "every 5 minutes", needs_secrets=True),
)

ENDPOINT_BY_NAME = {
    name: endpoint for endpoint in ENDPOINTS for name in (endpoint.name, *endpoint.aliases)
}
GATEWAY = "apiGateway"
PSP_WEBHOOK = "pspWebhook"
"""A function of its own and a route of the gateway, like an endpoint, but called by providers."""
