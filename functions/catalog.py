"""The table of contents of the product: every endpoint, trigger, queue and schedule by its name.

To add an endpoint: a module with ``Request``, ``Response``, ``EXAMPLE_REQUESTS``, ``EXAMPLE`` and
``handle``, and a line here.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.packages import Package

API_PREFIX = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A documented action: a function of its own and a route of ``apiGateway``.

    ``is_read``: takes GET with query parameters as well as POST.
    """

    name: str
    module: str
    package: Package
    is_read: bool = False
    aliases: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that Cloud Scheduler calls."""

    name: str
    module: str
    every: str


_LOYALTY = "functions.loyalty"

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
    Endpoint("syncExternalLoyalty", "functions.integrations.sync_external_loyalty", Package.PRIME),
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
        max_concurrent=100,
        max_per_s=100,
    ),
)

SCHEDULES = (Schedule("sweepOutbox", "functions.scheduled.sweep_outbox", "every 2 minutes"),)

ENDPOINT_BY_NAME = {
    name: endpoint for endpoint in ENDPOINTS for name in (endpoint.name, *endpoint.aliases)
}
GATEWAY = "apiGateway"
