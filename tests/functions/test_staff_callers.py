"""Staff as callers: who acts for which account, what each role may call, and when that ends."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable

import pytest

from functions.catalog import ENDPOINTS, Endpoint
from shared.auth.keys import KeyMode
from shared.domain.accounts.packages import Package
from shared.domain.accounts.staff import StaffRole
from shared.store import cache
from tests.conftest import Clock
from tests.support import oauth, sign_ins, stored
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.samples import samples_of
from tests.support.situations import Needs, Situation
from tests.support.staff import HEADER, Persons, hired, signed_in
from tests.support.traffic import watched

OWNER, MANAGER, CASHIER, DEVELOPER = StaffRole
ACCESS = "getMyAccess"


def fields_of(endpoint: Endpoint) -> set[str | None]:
    """Return the names of the fields of a request."""
    request = importlib.import_module(endpoint.module).Request
    return {each.alias for each in request.model_fields.values()}


OF = {role: {each.name for each in ENDPOINTS if role in each.staff_roles} for role in StaffRole}
READS = {each.name for each in ENDPOINTS if each.is_read}
MONEY = {"processPayment", "capturePayment", "cancelPayment", "refundPayment"}
BOOKINGS = {
    "addLoyaltyPoints",
    "bulkAddLoyaltyPoints",
    "redeemLoyaltyPoints",
    "adjustLoyaltyPoints",
    "extendExpiry",
    "transferLoyaltyPoints",
    "reverseLoyaltyTransaction",
    "useRewardCode",
    "cancelRedemption",
    "checkIn",
    "trackLoyaltyEvent",
    "syncPOS",
    "syncERP",
}


def test_what_a_cashier_may_call_is_this_and_nothing_else() -> None:
    assert OF[CASHIER] == {
        "identifyMember",
        "addLoyaltyPoints",
        "quoteLoyaltyPayment",
        "listRewards",
        "redeemLoyaltyPoints",
        "useRewardCode",
        "reverseLoyaltyTransaction",
        "cancelRedemption",
        "getMyAccess",
        "listMyAccounts",
        "getHealth",
    }


def test_what_a_developer_may_call_besides_reads() -> None:
    assert OF[DEVELOPER] - READS == {
        "createWebhookEndpoint",
        "updateWebhookEndpoint",
        "deleteWebhookEndpoint",
        "rotateWebhookSecret",
        "sendTestWebhookEvent",
        "retryWebhookDelivery",
        "recoverWebhookDeliveries",
        "getLoyaltyWebhookEvents",
        "configureMembers",
        "configureSync",
        "connectShop",
        "subscribeShopNotices",
        "deleteSyncConfiguration",
        "configurePSP",
        "deletePSPConfiguration",
        "configureStoreTse",
        "advanceTestClock",
        "createApiKey",
        "rotateApiKey",
        "revokeApiKey",
        "applyConfiguration",
        # These read, and take POST alone.
        "listMembers",
        "getLoyaltyTransactions",
        "calculateLoyaltyPoints",
        "quoteLoyaltyPayment",
    }
    assert READS - OF[DEVELOPER] == {
        "exportMember",
        "listStaff",
        "listStaffInvitations",
        "listOAuthConsents",
    }
    assert not OF[DEVELOPER] & BOOKINGS


def test_what_keys_alone_may_call() -> None:
    every = {each.name for each in ENDPOINTS if not each.refuses_keys}

    assert every - OF[OWNER] == {
        "syncExternalLoyalty",
        "syncOfflineTransactions",
        "pushToPOS",
        "pushToERP",
        "addToWallet",
        "subscribeToPush",
        "unsubscribeFromPush",
    }


def test_a_manager_moves_no_money_and_configures_no_system() -> None:
    of_nouns = {each.name for each in ENDPOINTS if each.noun in {"webhooks", "payments", "systems"}}

    assert OF[MANAGER] & of_nouns - READS == {"getLoyaltyWebhookEvents"}
    assert not OF[MANAGER] & MONEY
    assert READS - OF[MANAGER] == {"listOAuthConsents", "listApiKeys"}
    assert OF[MANAGER] < OF[OWNER]


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("role", StaffRole)
def test_each_role_is_refused_what_is_not_its_own(role: StaffRole, merchant: Merchant) -> None:
    """A walk: the refusal comes before anything is looked at that the request says."""
    api = hired(merchant, role)
    refused = [each.name for each in ENDPOINTS if role not in each.staff_roles]

    with nothing_written():
        answers = {name: api(name, {}) for name in refused}

    wrong = {
        name: answer.body
        for name, answer in answers.items()
        if (answer.status, answer.error) != (403, "ENDPOINT_NOT_ALLOWED")
        or answer.body["details"]["role"] != role
    }
    assert wrong == {}
    assert len(answers) == len(ENDPOINTS) - len(OF[role])


@pytest.mark.usefixtures("persons")
def test_acts_for_the_account_and_says_so_in_the_log(
    merchant: Merchant, capsys: pytest.CaptureFixture[str]
) -> None:
    api = hired(merchant, MANAGER)

    program_id = api.ok(
        "createLoyaltyProgram",
        {
            "storeId": merchant.store_id,
            "programName": "Stempelkarte",
            "programType": "stamps",
            "rules": {"requiredStamps": 10},
        },
    )["programId"]

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["by"], line["staffId"], line["role"]) == ("staff", "uid_manager", "manager")
    assert line["accountId"] == merchant.account_id
    assert merchant.api.ok("getLoyaltyProgram", {"programId": program_id})["programId"]


@pytest.mark.usefixtures("persons")
def test_somebody_who_is_both_is_staff_only_if_the_request_says_so(member: Member) -> None:
    """A customer of the merchant who works there."""
    hired(member.merchant, OWNER, "user_1")
    customer = member.merchant.customer("user_1")
    staff = signed_in(member.merchant, "user_1")
    others = {**member.ids, "userId": "somebody"}

    with nothing_written():
        as_customer = customer("addLoyaltyPoints", {**member.ids, "points": 5})
        for_others = customer("getCustomerBalance", others)
        unnamed = staff("getCustomerBalance", {"programId": member.program_id})

    assert (as_customer.status, as_customer.error) == (403, "ENDPOINT_NOT_ALLOWED")
    assert for_others.error == "USER_NOT_ALLOWED"
    # Staff are nobody's customer: the user is not filled in.
    assert_invalid(unnamed, userId="is required")
    assert staff.ok("addLoyaltyPoints", {**member.ids, "points": 5})["newBalance"] == 105


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("account_id", ["{other}", "acc_nobody", "", "a/b", "..", "x" * 1500])
def test_who_has_no_role_in_the_account_is_told_the_same_whether_it_exists(
    account_id: str, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    hired(merchant, OWNER)
    named = account_id.replace("{other}", new_merchant().account_id)
    api = Api(merchant.api.app, sign_ins.unsigned("uid_owner"), {HEADER: named})

    with nothing_written():
        answer = api(ACCESS)

    message = "The person has no role in the account."
    assert_refused(answer, 403, "NOT_STAFF", message=message)


@pytest.mark.usefixtures("persons")
def test_another_accounts_objects_do_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    api, theirs = hired(merchant, OWNER), new_merchant().member(balance=100)

    with nothing_written():
        answer = api("addLoyaltyPoints", {**theirs.ids, "points": 5})

    assert (answer.status, answer.error) == (404, "PROGRAM_NOT_FOUND")


def test_the_header_makes_nobody_staff_who_sends_a_key(merchant: Merchant) -> None:
    api = Api(merchant.api.app, merchant.api.key, {HEADER: "acc_nobody"})

    assert api.ok(ACCESS)["role"] is None


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize(
    "sign_in",
    [{"is_email_verified": False}, {"email": None, "phone": "+491701234567"}, {"email": None}],
)
def test_the_email_must_be_verified(sign_in: dict[str, object], merchant: Merchant) -> None:
    hired(merchant, OWNER)

    with nothing_written():
        answer = signed_in(merchant, "uid_owner", **sign_in)(ACCESS)

    assert (answer.status, answer.error) == (403, "SIGN_IN_NOT_VERIFIED")


def ended(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.error


@pytest.mark.parametrize(
    ("known", "refused"),
    [
        ({"disabled": True}, (401, "INVALID_ID_TOKEN")),
        ({"validSince": "4102444800"}, (401, "INVALID_ID_TOKEN")),
        (None, (401, "INVALID_ID_TOKEN")),
        ({"emailVerified": False}, (403, "SIGN_IN_NOT_VERIFIED")),
    ],
    ids=["disabled", "signed out", "deleted", "unverified"],
)
def test_a_token_ends_with_what_firebase_says_of_the_person(
    known: dict[str, object] | None,
    refused: tuple[int, str],
    persons: Persons,
    merchant: Merchant,
) -> None:
    api = hired(merchant, OWNER)
    api.ok(ACCESS)
    persons.changed["uid_owner"] = known
    assert api(ACCESS).status == 200  # For 60 s at most: that is as long as caches keep anything.
    cache.clear_all()

    with nothing_written():
        answer = api(ACCESS)

    assert ended(answer) == refused


def test_a_sign_in_after_that_is_good(persons: Persons, merchant: Merchant) -> None:
    api = hired(merchant, OWNER)
    persons.set("uid_owner", validSince="1700000000")

    assert api.ok(ACCESS)["role"] == "owner"


def test_while_firebase_does_not_answer_nobody_is_let_in(
    persons: Persons, merchant: Merchant
) -> None:
    api = hired(merchant, OWNER)
    persons.receiver.closing.set()
    persons.receiver.answer = lambda connection: connection.close()

    with nothing_written():
        answer = api(ACCESS)

    assert_refused(answer, 503, "BUSY")


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("change", ["removed", "disabled"])
def test_a_role_ends_when_it_is_taken(change: str, merchant: Merchant) -> None:
    api = hired(merchant, MANAGER)
    api.ok(ACCESS)

    if change == "removed":
        merchant.api.ok("removeStaffMember", {"userId": "uid_manager"})
    else:
        merchant.api.ok("updateStaffMember", {"userId": "uid_manager", "isDisabled": True})

    with nothing_written():
        answer = api(ACCESS)
    assert_refused(answer, 403, "NOT_STAFF")


def test_costs_nothing_more_than_a_key_while_it_is_known(persons: Persons, member: Member) -> None:
    api = hired(member.merchant, CASHIER)
    body = {**member.ids, "purchaseAmount": 10}
    member.api.ok("addLoyaltyPoints", body)
    api.ok("addLoyaltyPoints", body)

    with watched() as by_key:
        member.api.ok("addLoyaltyPoints", body)
    with watched() as by_staff:
        api.ok("addLoyaltyPoints", body)

    assert by_staff.cost == by_key.cost
    assert persons.asked == 1


@pytest.mark.usefixtures("persons")
def test_keys_of_idempotency_are_each_persons_own(member: Member) -> None:
    first, second = (hired(member.merchant, CASHIER, each) for each in ("uid_1", "uid_2"))
    body = {**member.ids, "purchaseAmount": 10}

    answers = [
        api("addLoyaltyPoints", body, idempotency_key="k") for api in (first, second, member.api)
    ]
    again = first("addLoyaltyPoints", body, idempotency_key="k")

    assert [each.is_replay for each in (*answers, again)] == [False, False, False, True]
    assert member.balance()["currentBalance"] == 400


@pytest.mark.usefixtures("persons")
def test_a_test_key_of_the_account_leads_to_the_sandbox(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    api = hired(member.merchant, CASHIER)
    body = {**member.ids, "purchaseAmount": 10}
    key = member.merchant.publishable_key(KeyMode.TEST)
    foreign = new_merchant().publishable_key(KeyMode.TEST)

    with nothing_written():
        answer = api.ok("addLoyaltyPoints", body, X_Beep_Publishable_Key=key)
        bare = api("addLoyaltyPoints", {**member.ids, "points": 5}, X_Beep_Publishable_Key=key)
        others = api("addLoyaltyPoints", body, X_Beep_Publishable_Key=foreign)

    assert answer["_sandbox"] is True
    assert bare.error == "INVALID_PARAMETERS"
    assert (others.status, others.error) == (401, "INVALID_API_KEY")


@pytest.mark.usefixtures("persons")
def test_staff_choose_the_sandbox_without_a_key(member: Member) -> None:
    api = hired(member.merchant, CASHIER)
    body = {**member.ids, "purchaseAmount": 10}

    with nothing_written():
        answer = api.ok("addLoyaltyPoints", body, X_Beep_Mode="test")
        bare = api("addLoyaltyPoints", {**member.ids, "points": 5}, X_Beep_Mode="test")
        others = api("createLoyaltyProgram", {}, X_Beep_Mode="test")

    assert answer["_sandbox"] is True
    assert bare.error == "INVALID_PARAMETERS"
    assert (others.status, others.error) == (403, "ENDPOINT_NOT_ALLOWED")
    assert "_sandbox" not in api.ok("addLoyaltyPoints", body, X_Beep_Mode="live")
    assert member.balance()["currentBalance"] == 200


@pytest.mark.usefixtures("persons")
def test_a_request_that_says_another_mode_than_it_has_does_nothing(member: Member) -> None:
    merchant, body = member.merchant, {**member.ids, "purchaseAmount": 10}
    staff, test_key = hired(merchant, CASHIER), merchant.publishable_key(KeyMode.TEST)
    token = oauth.of(merchant.api).api()

    with nothing_written():
        answers = [
            merchant.api("addLoyaltyPoints", body, X_Beep_Mode="test"),
            token("addLoyaltyPoints", body, X_Beep_Mode="test"),
            merchant.sandbox("addLoyaltyPoints", body, X_Beep_Mode="live"),
            merchant.customer()("getCustomerBalance", member.ids, X_Beep_Mode="test"),
            staff("addLoyaltyPoints", body, X_Beep_Mode="live", X_Beep_Publishable_Key=test_key),
            *(staff("addLoyaltyPoints", body, X_Beep_Mode=each) for each in ("TEST", "sandbox")),
        ]

    problem = "is `live` or `test`, and for others than staff that of their key"
    for answer in answers:
        assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
        assert answer.body["details"] == {"fields": {"X-Beep-Mode": problem}}
    assert merchant.api.ok("addLoyaltyPoints", body, X_Beep_Mode="live")["newBalance"] == 200


@pytest.mark.usefixtures("persons")
def test_who_is_limited_to_stores_names_one_of_them(merchant: Merchant) -> None:
    member, other = merchant.member(balance=100), merchant.another_store()
    api = hired(merchant, CASHIER, storeIds=[merchant.store_id])
    body = {**member.ids, "purchaseAmount": 10}

    with nothing_written():
        unnamed = api("addLoyaltyPoints", body)
        elsewhere = [
            api("addLoyaltyPoints", {**body, "storeId": each})
            for each in (other.store_id, "store_of_nobody")
        ]

    assert_invalid(unnamed, storeId="is required of staff who are limited to stores")
    for answer in elsewhere:
        assert_refused(answer, 403, "STORE_NOT_ALLOWED")
    named = {**body, "storeId": merchant.store_id}
    assert api.ok("addLoyaltyPoints", named)["newBalance"] == 200
    assert api.ok("addLoyaltyPoints", body, X_Beep_Store_Id=merchant.store_id)["newBalance"] == 300


@pytest.mark.usefixtures("persons")
def test_a_named_store_of_ones_own_opens_no_other_stores_program(merchant: Merchant) -> None:
    member = merchant.another_store().member(balance=100)
    api = hired(merchant, CASHIER, storeIds=[merchant.store_id])

    with nothing_written():
        answer = api(
            "addLoyaltyPoints",
            {**member.ids, "purchaseAmount": 10, "storeId": merchant.store_id},
        )

    assert (answer.status, answer.error) == (404, "PROGRAM_NOT_FOUND")


@pytest.mark.usefixtures("persons")
def test_the_package_counts_for_staff_as_for_keys(
    new_merchant: Callable[..., Merchant],
) -> None:
    api = hired(new_merchant(Package.GO), OWNER)

    with nothing_written():
        answer = api("getLoyaltyReport", {})

    assert (answer.error, answer.body["requiredUpgrade"]) == ("ENDPOINT_NOT_ALLOWED", "GROW")


@pytest.mark.usefixtures("persons")
def test_app_check_counts_for_staff_as_for_customers(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = hired(merchant, OWNER)
    monkeypatch.setenv("PUNKTWERK_APP_CHECK", "required")

    with nothing_written():
        answer = api(ACCESS)

    assert_refused(answer, 403, "APP_NOT_VERIFIED")


@pytest.mark.usefixtures("persons")
def test_what_is_booked_says_by_whom(member: Member) -> None:
    api = hired(member.merchant, CASHIER)

    entry_id = api.ok("addLoyaltyPoints", {**member.ids, "purchaseAmount": 10})["entryId"]

    by_key, by_staff = stored.entries(member)
    assert (by_key.staff_id, by_staff.staff_id) == (None, "uid_cashier")
    shown = member.api.ok("getLoyaltyTransaction", {**member.ids, "entryId": entry_id})
    assert shown["transaction"]["staffId"] == "uid_cashier"


@pytest.mark.usefixtures("persons")
def test_a_cashier_grants_no_bare_points(member: Member) -> None:
    api = hired(member.merchant, CASHIER)

    with nothing_written():
        answers = [
            api("addLoyaltyPoints", {**member.ids, "points": 5, **fields})
            for fields in ({}, {"purchaseAmount": 10})
        ]

    for answer in answers:
        problem = "is not for cashiers: send purchaseAmount, purchaseLines or purchaseCount"
        assert_invalid(answer, points=problem)


@pytest.mark.usefixtures("persons")
def test_a_code_was_used_by_who_has_signed_in(merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Coffee", "type": "voucher", "requiredPoints": 40}
    member = merchant.member(balance=100, rewards=[reward])
    code = member.redeem(40, rewardId="rw_1").body["rewardCode"]
    api = hired(merchant, CASHIER)

    used = api.ok(
        "useRewardCode", {"storeId": merchant.store_id, "rewardCode": code, "usedBy": "somebody"}
    )

    assert used["usedBy"] == "uid_cashier"


UNDO = "reverseLoyaltyTransaction"


@pytest.fixture
def earned(persons: Persons, frozen_clock: Clock, merchant: Merchant) -> dict[str, str]:
    """A booking of the cashier ``uid_cashier`` at noon."""
    member = merchant.member(balance=100)
    frozen_clock.advance(seconds=1)
    api = hired(merchant, CASHIER)
    entry_id = api.ok("addLoyaltyPoints", {**member.ids, "purchaseAmount": 10})["entryId"]
    frozen_clock.advance(seconds=1)
    return {**member.ids, "entryId": entry_id, "refundId": "oops"}


def test_a_cashier_undoes_the_own_last_booking_once(
    earned: dict[str, str], frozen_clock: Clock, merchant: Merchant
) -> None:
    api = signed_in(merchant, "uid_cashier")
    frozen_clock.advance(minutes=14)

    undone = api.ok(UNDO, earned)
    frozen_clock.advance(minutes=14)
    again = api.ok(UNDO, earned)

    assert (undone["pointsReversed"], undone["newBalance"]) == (100, 100)
    assert again == undone
    with nothing_written():
        other = api(UNDO, {**earned, "refundId": "more"})
    assert (other.status, other.error) == (403, "UNDO_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("too late", "too_late"),
        ("somebody else", "other_staff"),
        ("not the last", "not_the_last"),
        ("by a key", "other_staff"),
    ],
)
def test_a_cashier_undoes_nothing_else(
    why: str, reason: str, earned: dict[str, str], frozen_clock: Clock, merchant: Merchant
) -> None:
    api = signed_in(merchant, "uid_cashier")
    member = Member(merchant, earned["programId"], earned["userId"])
    if why == "too late":
        frozen_clock.advance(minutes=15)
    elif why == "somebody else":
        api = hired(merchant, CASHIER, "uid_2")
    elif why == "not the last":
        api.ok("addLoyaltyPoints", {**member.ids, "purchaseAmount": 10})
    else:
        earned = {**earned, "entryId": stored.entries(member)[0].entry_id}
    balance = member.balance()["currentBalance"]

    with nothing_written():
        answer = api(UNDO, earned)

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": reason})
    assert member.balance()["currentBalance"] == balance


@pytest.mark.parametrize("action", ["redeemLoyaltyPoints", "reserveLoyaltyPoints"])
@pytest.mark.usefixtures("persons")
def test_a_cashier_gives_nothing_back_that_others_have_spent(
    action: str, frozen_clock: Clock, merchant: Merchant
) -> None:
    """An earn that names an old purchase would be a way to cancel what was redeemed for it."""
    member = merchant.member(balance=100)
    frozen_clock.advance(seconds=1)
    member.api.ok(action, {**member.ids, "points": 60, "transactionId": "T-1"})
    frozen_clock.advance(seconds=1)
    api = hired(merchant, CASHIER)
    earn = {**member.ids, "purchaseAmount": 10, "transactionId": "T-1"}
    entry_id = api.ok("addLoyaltyPoints", earn)["entryId"]
    undo = {**member.ids, "entryId": entry_id, "refundId": "oops"}
    before = member.balance()

    with nothing_written():
        answer = api(UNDO, undo)

    assert_refused(answer, 403, "UNDO_NOT_ALLOWED", {"reason": "other_staff"})
    assert member.balance() == before
    assert hired(merchant, MANAGER).ok(UNDO, undo)["status"] == "booked"


def test_a_cashier_undoes_it_whole(earned: dict[str, str], merchant: Merchant) -> None:
    with nothing_written():
        answer = signed_in(merchant, "uid_cashier")(UNDO, {**earned, "points": 5})

    assert_invalid(answer, points="is not for cashiers, who undo the whole booking")


def test_no_return_of_a_cashier_waits_for_its_purchase(
    earned: dict[str, str], merchant: Merchant
) -> None:
    body = {name: each for name, each in earned.items() if name != "entryId"}

    with nothing_written():
        answer = signed_in(merchant, "uid_cashier")(UNDO, {**body, "transactionId": "T-0"})

    assert_refused(answer, 404, "BOOKING_NOT_FOUND")


def test_a_manager_takes_back_what_others_have_booked(
    earned: dict[str, str], frozen_clock: Clock, merchant: Merchant
) -> None:
    frozen_clock.advance(days=2)

    assert hired(merchant, MANAGER).ok(UNDO, {**earned, "points": 50})["pointsReversed"] == 50


def test_staff_of_a_test_account_live_in_its_time(
    persons: Persons,
    new_merchant: Callable[..., Merchant],
) -> None:
    merchant = new_merchant(is_test=True)
    merchant.api.ok("advanceTestClock", {"days": 40})

    clock = hired(merchant, DEVELOPER).ok("getTestClock", {})

    assert clock["accountTime"] > clock["realTime"]


BOTH = [
    each
    for each in ENDPOINTS
    if MANAGER in each.staff_roles
    and {"programId", "storeId"} <= fields_of(each)
    and any("programId" in sample.request for sample in samples_of(each))
]


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("endpoint", BOTH, ids=lambda each: each.name)
def test_a_manager_of_one_store_reaches_no_program_of_another(
    endpoint: Endpoint, situate: Callable[[Needs], Situation]
) -> None:
    sample = next(each for each in samples_of(endpoint) if "programId" in each.request)
    situation = situate(sample.needs)
    other = situation.merchant.another_store()
    api = hired(situation.merchant, MANAGER, storeIds=[other.store_id])
    body = {**situation.fill(sample.request), "storeId": other.store_id}

    with nothing_written():
        answer = api(endpoint.name, body)

    assert answer.status == 404, answer.body
