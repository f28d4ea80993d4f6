"""The table of contents of the product: every endpoint, trigger, queue and schedule by its name.

To add an endpoint: a module with ``Request``, ``Response``, ``EXAMPLE_REQUESTS``, ``EXAMPLE``,
``REFUSALS`` and ``handle``, and a line here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.accounts import scopes
from shared.domain.accounts.packages import Package
from shared.domain.accounts.staff import StaffRole

API_PREFIX = "/api/v1/"
MIB = 1024 * 1024
FILE_BYTES_MAX = 10 * MIB
"""The limit of a request that carries a system's file, as base64."""


ROWS_FILE_BYTES_MAX = 15 * MIB
"""The limit of a request that carries a file of rows, 10 MiB as base64."""


OWNER, MANAGER = StaffRole.OWNER, StaffRole.MANAGER
CASHIER, DEVELOPER = StaffRole.CASHIER, StaffRole.DEVELOPER
OF_READS = frozenset({OWNER, MANAGER, DEVELOPER})
"""The roles that may call what only reads, unless a row says otherwise."""
OF_WRITES = {
    "loyalty": frozenset({OWNER, MANAGER}),
    "members": frozenset({OWNER, MANAGER}),
    "rewards": frozenset({OWNER, MANAGER}),
    "catalog": frozenset({OWNER, MANAGER}),
    "orders": frozenset({OWNER, MANAGER}),
    "webhooks": frozenset({OWNER, DEVELOPER}),
}
"""The roles that may call the other actions of a noun: owners alone, where it is not here."""
AT_THE_TILL = frozenset({OWNER, MANAGER, CASHIER})
SEES_AT_THE_TILL = OF_READS | {CASHIER}
IN_THE_SHOP = frozenset({OWNER, MANAGER})
CONFIGURES = frozenset({OWNER, DEVELOPER})
NO_ROLE: frozenset[StaffRole] = frozenset()
KEYS_ONLY = NO_ROLE
"""What one machine tells another: no person can know it, or should say it."""


def module_name(name: str) -> str:
    """Return the name of a module: ``syncPOS`` is ``sync_pos``, and OAuth is one word."""
    words = name.replace("OAuth", "Oauth")
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", words).lower()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A documented action: its own function, and a route of ``apiGateway``.

    ``noun`` is the folder of its module. ``is_read``: it takes GET with query parameters as well as
    POST. ``body_bytes_max`` is the limit of a request. ``needs_key`` is false for what anybody
    may ask. ``customer_package`` is the package that the account needs when a customer calls;
    ``None``: customers may not. ``is_query``: it changes nothing either, although it takes only
    POST: what it asks for fits no URL. ``roles`` of the account's staff may
    call it; ``None``: those that follow from its noun and from whether it reads, see
    ``staff_roles``. ``needs_no_store``: it is about no store, so staff who are limited to some need
    not name one. ``refuses_tokens``: no access token may call it, whatever its scopes.
    ``for_persons``: whoever has signed in may call it, without naming an account.
    ``refuses_keys``: no secret key may call it, and no app: only who has signed in.
    """

    name: str
    noun: str
    package: Package
    is_read: bool = False
    aliases: tuple[str, ...] = ()
    body_bytes_max: int = MIB
    timeout_s: int = 60
    needs_key: bool = True
    customer_package: Package | None = None
    is_query: bool = False
    roles: frozenset[StaffRole] | None = None
    needs_no_store: bool = False
    refuses_tokens: bool = False
    for_persons: bool = False
    refuses_keys: bool = False

    @property
    def staff_roles(self) -> frozenset[StaffRole]:
        """The roles of the account's staff that may call it."""
        if self.roles is not None:
            return self.roles
        reads = self.is_read or self.is_query
        return OF_READS if reads else OF_WRITES.get(self.noun, frozenset({OWNER}))

    @property
    def module(self) -> str:
        """The module that handles it."""
        return f"functions.beep.{self.noun}.{module_name(self.name)}"

    @property
    def scope(self) -> str:
        """What an access token needs for it: ``members.read`` or ``members.write``."""
        return scopes.of(self.noun, writes=not (self.is_read or self.is_query))

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods that it takes, besides the CORS preflight."""
        return ("GET", "POST") if self.is_read else ("POST",)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A function that runs when a document is created, at least once, in any order.

    ``needs_secrets``: for what it decrypts or hashes.
    """

    name: str
    document: str
    needs_secrets: bool = False

    @property
    def module(self) -> str:
        """The module that handles it."""
        return f"functions.triggers.{module_name(self.name)}"


@dataclass(frozen=True, slots=True)
class Queue:
    """A function that Cloud Tasks calls, with the limits of its queue.

    ``fields`` are what the data of its tasks has, all texts.
    """

    name: str
    fields: tuple[str, ...]
    max_attempts: int
    min_backoff_s: int
    max_concurrent: int
    max_per_s: int
    timeout_s: int = 60

    @property
    def module(self) -> str:
        """The module that handles it."""
        return f"functions.tasks.{module_name(self.name)}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that Cloud Scheduler calls. ``needs_secrets``: for what it decrypts or hashes."""

    name: str
    every: str
    needs_secrets: bool = False

    @property
    def module(self) -> str:
        """The module that handles it."""
        return f"functions.schedules.{module_name(self.name)}"


ENDPOINTS = (
    Endpoint("createLoyaltyProgram", "loyalty", Package.GO),
    Endpoint("updateLoyaltyProgram", "loyalty", Package.GO),
    Endpoint("getLoyaltyProgram", "loyalty", Package.GO, is_read=True),
    Endpoint(
        "getLoyaltyPrograms",
        "loyalty",
        Package.GO,
        is_read=True,
        aliases=("getStoreLoyaltyPrograms",),
    ),
    Endpoint("bindSalesChannel", "loyalty", Package.GO),
    Endpoint("enrollInLoyaltyProgram", "members", Package.GO, customer_package=Package.GO),
    Endpoint("leaveLoyaltyProgram", "members", Package.GO, customer_package=Package.GO),
    Endpoint("suspendMember", "members", Package.GO),
    Endpoint("reactivateMember", "members", Package.GO),
    Endpoint("addLoyaltyPoints", "loyalty", Package.GO, roles=AT_THE_TILL),
    Endpoint(
        "bulkAddLoyaltyPoints",
        "loyalty",
        Package.GROW,
        body_bytes_max=ROWS_FILE_BYTES_MAX,
        timeout_s=300,
    ),
    Endpoint("recalculateTiers", "loyalty", Package.GO),
    Endpoint("getTierRecalculation", "loyalty", Package.GO, is_read=True),
    Endpoint("getImportStatus", "loyalty", Package.GROW, is_read=True),
    Endpoint("cancelImport", "loyalty", Package.GROW),
    Endpoint("syncOfflineTransactions", "loyalty", Package.GROW, roles=KEYS_ONLY),
    Endpoint(
        "redeemLoyaltyPoints",
        "loyalty",
        Package.GO,
        customer_package=Package.GO,
        roles=AT_THE_TILL,
    ),
    Endpoint("reserveLoyaltyPoints", "loyalty", Package.GO, customer_package=Package.GO),
    Endpoint("commitLoyaltyRedemption", "loyalty", Package.GO),
    Endpoint("voidLoyaltyRedemption", "loyalty", Package.GO, customer_package=Package.GO),
    Endpoint("createReward", "rewards", Package.GO),
    Endpoint("updateReward", "rewards", Package.GO),
    Endpoint("archiveReward", "rewards", Package.GO),
    Endpoint(
        "listRewards",
        "rewards",
        Package.GO,
        is_read=True,
        customer_package=Package.GO,
        roles=SEES_AT_THE_TILL,
    ),
    Endpoint("getReward", "rewards", Package.GO, is_read=True, customer_package=Package.GO),
    Endpoint("getRedemption", "rewards", Package.GO, is_read=True, customer_package=Package.GO),
    Endpoint("listRedemptions", "rewards", Package.GO, is_read=True, customer_package=Package.GO),
    Endpoint("importVoucherCodes", "rewards", Package.GO),
    Endpoint("useRewardCode", "rewards", Package.GO, roles=AT_THE_TILL),
    Endpoint("cancelRedemption", "rewards", Package.GO, roles=AT_THE_TILL),
    Endpoint("activateLoyaltyPoints", "loyalty", Package.GO),
    Endpoint("getLoyaltyAnalytics", "loyalty", Package.GO, is_read=True),
    Endpoint(
        "getCustomerBalance", "members", Package.GO, is_read=True, customer_package=Package.GO
    ),
    Endpoint("checkIn", "members", Package.GROW, customer_package=Package.GO),
    Endpoint("getCheckInStats", "members", Package.GO, is_read=True),
    Endpoint("createMember", "members", Package.GO),
    Endpoint(
        "importMembers",
        "members",
        Package.GROW,
        body_bytes_max=ROWS_FILE_BYTES_MAX,
        timeout_s=300,
    ),
    Endpoint("updateMember", "members", Package.GO, customer_package=Package.GO),
    Endpoint("getMember", "members", Package.GO, is_read=True, customer_package=Package.GO),
    Endpoint(
        "getLoyaltyTransactions",
        "members",
        Package.GO,
        customer_package=Package.GO,
        is_query=True,
    ),
    Endpoint(
        "getLoyaltyTransaction",
        "members",
        Package.GO,
        is_read=True,
        customer_package=Package.GO,
    ),
    Endpoint("listMembers", "members", Package.GO, is_query=True),
    Endpoint("identifyMember", "members", Package.GO, roles=AT_THE_TILL),
    Endpoint("getMemberCode", "members", Package.GO, customer_package=Package.GO),
    Endpoint("addToWallet", "members", Package.GO, customer_package=Package.GO, roles=KEYS_ONLY),
    Endpoint("getReferralCode", "members", Package.GO, customer_package=Package.GO),
    Endpoint(
        "subscribeToPush", "members", Package.GO, customer_package=Package.GO, roles=KEYS_ONLY
    ),
    Endpoint(
        "unsubscribeFromPush", "members", Package.GO, customer_package=Package.GO, roles=KEYS_ONLY
    ),
    Endpoint("getPushSettings", "members", Package.GO, is_read=True, customer_package=Package.GO),
    Endpoint("configureMembers", "members", Package.GO, roles=CONFIGURES),
    Endpoint(
        "exportMember",
        "members",
        Package.GO,
        is_read=True,
        customer_package=Package.GO,
        roles=IN_THE_SHOP,
    ),
    Endpoint("eraseMember", "members", Package.GO, customer_package=Package.GO),
    Endpoint("mergeMembers", "members", Package.GO),
    Endpoint("linkMember", "members", Package.GO, customer_package=Package.GO),
    Endpoint("getLoyaltyWebhookEvents", "webhooks", Package.GO, roles=OF_READS),
    Endpoint("createWebhookEndpoint", "webhooks", Package.GO),
    Endpoint(
        "listWebhookEndpoints",
        "webhooks",
        Package.GO,
        is_read=True,
    ),
    Endpoint("updateWebhookEndpoint", "webhooks", Package.GO),
    Endpoint("deleteWebhookEndpoint", "webhooks", Package.GO),
    Endpoint("rotateWebhookSecret", "webhooks", Package.GO),
    Endpoint("sendTestWebhookEvent", "webhooks", Package.GO),
    Endpoint("getWebhookStats", "webhooks", Package.GO, is_read=True),
    Endpoint(
        "listWebhookDeliveries",
        "webhooks",
        Package.GO,
        is_read=True,
    ),
    Endpoint("getWebhookDelivery", "webhooks", Package.GO, is_read=True),
    Endpoint("retryWebhookDelivery", "webhooks", Package.GO),
    Endpoint("recoverWebhookDeliveries", "webhooks", Package.GO),
    Endpoint("getEvent", "events", Package.GO, is_read=True),
    Endpoint("listEvents", "events", Package.GO, is_read=True),
    Endpoint("syncExternalLoyalty", "loyalty", Package.PRIME, roles=KEYS_ONLY),
    Endpoint("createCampaign", "loyalty", Package.GROW),
    Endpoint("updateCampaign", "loyalty", Package.GROW),
    Endpoint("endCampaign", "loyalty", Package.GROW),
    Endpoint("getCampaign", "loyalty", Package.GROW, is_read=True),
    Endpoint("listCampaigns", "loyalty", Package.GROW, is_read=True),
    Endpoint("exportConfiguration", "loyalty", Package.GROW, is_read=True),
    Endpoint("applyConfiguration", "loyalty", Package.GROW, roles=OF_READS),
    Endpoint(
        "calculateLoyaltyPoints",
        "loyalty",
        Package.GO,
        customer_package=Package.GO,
        is_query=True,
    ),
    Endpoint(
        "quoteLoyaltyPayment",
        "loyalty",
        Package.GO,
        customer_package=Package.GO,
        is_query=True,
        roles=SEES_AT_THE_TILL,
    ),
    Endpoint("trackLoyaltyEvent", "loyalty", Package.GO),
    Endpoint("adjustLoyaltyPoints", "loyalty", Package.GO),
    Endpoint("extendExpiry", "loyalty", Package.GO),
    Endpoint("reverseLoyaltyTransaction", "loyalty", Package.GO, roles=AT_THE_TILL),
    Endpoint("verifyLedger", "loyalty", Package.GROW, is_read=True),
    Endpoint("transferLoyaltyPoints", "loyalty", Package.GO, customer_package=Package.GO),
    Endpoint("listWaitingReturns", "loyalty", Package.GO, is_read=True),
    Endpoint("getLoyaltyReport", "loyalty", Package.GROW, is_read=True),
    Endpoint("getLiabilityReport", "loyalty", Package.GROW, is_read=True),
    Endpoint("configurePSP", "payments", Package.GROW, roles=CONFIGURES),
    Endpoint(
        "getPSPConfiguration",
        "payments",
        Package.GROW,
        is_read=True,
    ),
    Endpoint(
        "deletePSPConfiguration",
        "payments",
        Package.GROW,
        roles=CONFIGURES,
    ),
    Endpoint(
        "processPayment",
        "payments",
        Package.GROW,
    ),
    Endpoint(
        "capturePayment",
        "payments",
        Package.GROW,
    ),
    Endpoint("cancelPayment", "payments", Package.GROW),
    Endpoint("refundPayment", "payments", Package.GROW),
    Endpoint("getPayment", "payments", Package.GROW, is_read=True),
    Endpoint("listPayments", "payments", Package.GROW, is_read=True),
    Endpoint(
        "syncPOS",
        "systems",
        Package.GROW,
        body_bytes_max=FILE_BYTES_MAX,
        timeout_s=300,
    ),
    Endpoint("pushToPOS", "systems", Package.GROW, roles=KEYS_ONLY),
    Endpoint(
        "syncERP",
        "systems",
        Package.GROW,
        body_bytes_max=FILE_BYTES_MAX,
        timeout_s=300,
    ),
    Endpoint("pushToERP", "systems", Package.GROW, roles=KEYS_ONLY),
    Endpoint("syncShop", "systems", Package.GROW),
    Endpoint("linkShopCustomer", "systems", Package.GROW, customer_package=Package.GROW),
    Endpoint("getSyncStatus", "systems", Package.GROW, is_read=True),
    Endpoint("configureSync", "systems", Package.GROW, roles=CONFIGURES),
    Endpoint("connectShop", "systems", Package.GROW, roles=CONFIGURES),
    Endpoint("subscribeShopNotices", "systems", Package.GROW, roles=CONFIGURES),
    Endpoint(
        "deleteSyncConfiguration",
        "systems",
        Package.GROW,
        roles=CONFIGURES,
    ),
    Endpoint("createReceiptClaim", "systems", Package.GROW),
    Endpoint("claimReceipt", "systems", Package.GROW, customer_package=Package.GROW),
    Endpoint("voidReceiptClaim", "systems", Package.GROW),
    Endpoint("listReceiptClaims", "systems", Package.GROW, is_read=True),
    Endpoint("listShopWrites", "systems", Package.GROW, is_read=True),
    Endpoint("retryShopWrite", "systems", Package.GROW),
    Endpoint("fetchStores", "stores", Package.DISCOVER, is_read=True),
    Endpoint("fetchStore", "stores", Package.DISCOVER, is_read=True),
    Endpoint("updateStore", "stores", Package.DISCOVER, roles=IN_THE_SHOP),
    Endpoint("getStoreQrCode", "stores", Package.GO, is_read=True),
    Endpoint("configureStoreTse", "stores", Package.GROW, roles=CONFIGURES),
    Endpoint("insertProduct", "catalog", Package.DISCOVER),
    Endpoint("bulkImportProducts", "catalog", Package.DISCOVER),
    Endpoint("fetchProducts", "catalog", Package.DISCOVER, is_read=True),
    Endpoint("fetchProduct", "catalog", Package.DISCOVER, is_read=True),
    Endpoint("registerProductToStore", "catalog", Package.DISCOVER),
    Endpoint("startCheckout", "orders", Package.GROW, customer_package=Package.GROW),
    Endpoint("completeCheckout", "orders", Package.GROW),
    Endpoint("cancelCheckout", "orders", Package.GROW, customer_package=Package.GROW),
    Endpoint("refundCheckout", "orders", Package.GROW),
    Endpoint("fetchPurchase", "orders", Package.GROW, is_read=True, customer_package=Package.GROW),
    Endpoint(
        "fetchPurchaseHistory", "orders", Package.GROW, is_read=True, customer_package=Package.GROW
    ),
    Endpoint("submitClickCollectOrder", "orders", Package.GO, customer_package=Package.GO),
    Endpoint("updateClickCollectStatus", "orders", Package.GO, customer_package=Package.GO),
    Endpoint(
        "getClickCollectOrder", "orders", Package.GO, is_read=True, customer_package=Package.GO
    ),
    Endpoint(
        "listClickCollectOrders", "orders", Package.GO, is_read=True, customer_package=Package.GO
    ),
    Endpoint(
        "addStaffMember", "accounts", Package.DISCOVER, roles=IN_THE_SHOP, refuses_tokens=True
    ),
    Endpoint(
        "updateStaffMember", "accounts", Package.DISCOVER, roles=IN_THE_SHOP, refuses_tokens=True
    ),
    Endpoint(
        "removeStaffMember", "accounts", Package.DISCOVER, roles=IN_THE_SHOP, refuses_tokens=True
    ),
    Endpoint("listStaff", "accounts", Package.DISCOVER, is_read=True, roles=IN_THE_SHOP),
    Endpoint(
        "inviteStaffMember", "accounts", Package.DISCOVER, roles=IN_THE_SHOP, refuses_tokens=True
    ),
    Endpoint("listStaffInvitations", "accounts", Package.DISCOVER, is_read=True, roles=IN_THE_SHOP),
    Endpoint(
        "withdrawStaffInvitation",
        "accounts",
        Package.DISCOVER,
        roles=IN_THE_SHOP,
        refuses_tokens=True,
    ),
    Endpoint(
        "acceptStaffInvitation",
        "accounts",
        Package.DISCOVER,
        roles=NO_ROLE,
        needs_no_store=True,
        refuses_tokens=True,
        for_persons=True,
        refuses_keys=True,
    ),
    Endpoint(
        "getMyAccess",
        "accounts",
        Package.DISCOVER,
        is_read=True,
        roles=frozenset(StaffRole),
        needs_no_store=True,
    ),
    Endpoint(
        "listMyAccounts",
        "accounts",
        Package.DISCOVER,
        is_read=True,
        roles=frozenset(StaffRole),
        needs_no_store=True,
        for_persons=True,
    ),
    Endpoint(
        "listOAuthConsents",
        "accounts",
        Package.DISCOVER,
        is_read=True,
        roles=frozenset({OWNER}),
        refuses_tokens=True,
    ),
    Endpoint("revokeOAuthConsent", "accounts", Package.DISCOVER, refuses_tokens=True),
    Endpoint(
        "listApiKeys",
        "accounts",
        Package.DISCOVER,
        is_read=True,
        roles=CONFIGURES,
        refuses_tokens=True,
        refuses_keys=True,
    ),
    Endpoint(
        "createApiKey",
        "accounts",
        Package.DISCOVER,
        roles=CONFIGURES,
        refuses_tokens=True,
        refuses_keys=True,
    ),
    Endpoint(
        "rotateApiKey",
        "accounts",
        Package.DISCOVER,
        roles=CONFIGURES,
        refuses_tokens=True,
        refuses_keys=True,
    ),
    Endpoint(
        "revokeApiKey",
        "accounts",
        Package.DISCOVER,
        roles=CONFIGURES,
        refuses_tokens=True,
        refuses_keys=True,
    ),
    Endpoint("advanceTestClock", "accounts", Package.DISCOVER, roles=CONFIGURES),
    Endpoint("getTestClock", "accounts", Package.DISCOVER, is_read=True),
    Endpoint(
        "getHealth",
        "accounts",
        Package.DISCOVER,
        is_read=True,
        needs_key=False,
        roles=frozenset(StaffRole),
        needs_no_store=True,
    ),
)

SCOPES: Mapping[str, Package] = {
    scope: min((each.package for each in ENDPOINTS if each.scope == scope), key=list(Package).index)
    for scope in sorted(
        {each.scope for each in ENDPOINTS if each.needs_key and not each.refuses_tokens}
    )
}
"""What access tokens can be issued for, each with the lowest package that can do some of it."""

SCOPES_OF_OWNERS: Mapping[str, Package] = {
    scope: package
    for scope, package in SCOPES.items()
    if any(each.scope == scope and OWNER in each.staff_roles for each in ENDPOINTS)
}
"""Those that somebody can allow an app: an owner may do some of it."""

TRIGGERS = (
    Trigger(
        "onEntryCreated",
        "loyaltyMembers/{membershipId}/entries/{entryId}",
    ),
    Trigger("onMemberEnrolled", "loyaltyMembers/{membershipId}", needs_secrets=True),
    Trigger("onCheckIn", "checkIns/{sessionId}"),
)

QUEUES = (
    Queue(
        "deliverWebhook",
        fields=("deliveryId",),
        max_attempts=5,
        min_backoff_s=5,
        max_concurrent=500,
        max_per_s=500,
    ),
    Queue(
        "deliverWebhookSlowly",
        fields=("deliveryId",),
        max_attempts=5,
        min_backoff_s=5,
        max_concurrent=200,
        max_per_s=100,
    ),
    Queue(
        "sendPush",
        fields=("membershipId", "kind", "cause"),
        max_attempts=5,
        min_backoff_s=10,
        max_concurrent=100,
        max_per_s=100,
    ),
    Queue(
        "continueSync",
        fields=("storeId", "kind", "system", "syncId"),
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=20,
        max_per_s=5,
        timeout_s=540,
    ),
    Queue(
        "writeToShop",
        fields=("writeId",),
        max_attempts=5,
        min_backoff_s=5,
        max_concurrent=50,
        max_per_s=20,
        timeout_s=240,
    ),
    Queue(
        "updateWalletPass",
        fields=("passId",),
        max_attempts=5,
        min_backoff_s=5,
        max_concurrent=50,
        max_per_s=50,
        timeout_s=240,
    ),
    Queue(
        "continueShopCardFill",
        fields=("storeId", "system", "fillId"),
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=5,
        max_per_s=5,
        timeout_s=540,
    ),
    Queue(
        "continueErasure",
        fields=("erasureId",),
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=5,
        max_per_s=5,
        timeout_s=540,
    ),
    Queue(
        "continueImport",
        fields=("importId",),
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=20,
        max_per_s=5,
        timeout_s=540,
    ),
    Queue(
        "continueTierRecalculation",
        fields=("recalculationId",),
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=5,
        max_per_s=5,
        timeout_s=540,
    ),
    Queue(
        "continueTestClock",
        fields=("accountId",),
        max_attempts=3,
        min_backoff_s=30,
        max_concurrent=5,
        max_per_s=5,
        timeout_s=540,
    ),
)
"""Cloud Tasks starts at most 500 tasks of a queue per second, and runs at most 5,000 at once.

``deliverWebhook`` uses the full rate, and runs 500 at once: its endpoints answer within a second,
or move to the other queue. In that queue an attempt takes up to 15 seconds, so 200 at once are at
least 13 attempts per second, on 7 waiting instances. These numbers cost instances: one instance
takes 32 tasks at once.
"""

SCHEDULES = (
    Schedule("sweepOutbox", "every 2 minutes", needs_secrets=True),
    Schedule("runMemberCalendar", "every 15 minutes", needs_secrets=True),
    Schedule(
        "settlePayments",
        "every 5 minutes",
        needs_secrets=True,
    ),
    Schedule("settleOrders", "every 5 minutes", needs_secrets=True),
    Schedule("runSyncs", "every 5 minutes", needs_secrets=True),
    Schedule("finishErasures", "every 10 minutes", needs_secrets=True),
    Schedule("verifyLedgers", "*/10 0-5 * * *"),
)

ENDPOINT_BY_NAME = {
    name: endpoint for endpoint in ENDPOINTS for name in (endpoint.name, *endpoint.aliases)
}
GATEWAY = "apiGateway"
PSP_WEBHOOK = "pspWebhook"
"""Its own function, and a route of the gateway, like an endpoint, but providers call it."""
SHOP_WEBHOOK = "shopWebhook"
"""As ``PSP_WEBHOOK``, for online shops."""
WALLET_PASSES = "walletPasses"
"""As ``PSP_WEBHOOK``, for phones with passes."""
