"""eraseMember: the person is gone from everywhere, and the books are as they were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared import config
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.loyalty.membership import MembershipStatus
from shared.services.events import emission, sweep
from shared.services.loyalty import member_calendar, verification
from shared.services.members import erasures
from shared.store import client, paths
from shared.store.loyalty import membership_documents
from shared.store.members import person_erasure_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Api
from tests.support.checkouts import METHODS, RULES, Market
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.payments import RETURN_URL, Till
from tests.support.refusals import assert_refused, nothing_written

ACTION = "eraseMember"
MAIL = "maria.muster@example.com"
MARKER = "marker-of-a-text"

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def merchant(new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database."""
    return new_merchant()


@pytest.fixture
def maria(merchant: Merchant) -> Member:
    """A member whose user id is an e-mail address, with some history."""
    member = Member(merchant, merchant.program("points"), MAIL)
    member.enroll()
    member.earn(100, transactionId=f"order of {MAIL}", description=MARKER)
    assert member.redeem(30, rewardDescription=MARKER).status == 200
    member.earn(5, description=MARKER)
    return member


def as_customer(member: Member, **claims: Any) -> Api:
    """Return the API as the member calls it, in the database of the test."""
    project = config.project_id()
    signed = {"aud": project, "iss": f"https://securetoken.google.com/{project}"}
    return member.merchant.customer(member.user_id, names_account=True, **signed, **claims)


def erase(member: Member) -> dict[str, Any]:
    return member.api.ok(ACTION, {"userId": member.user_id})


def everything() -> Iterator[tuple[str, str]]:
    """Yield paths and contents of all documents of the emulator."""
    for name in collections():
        for page in client.pages(name, group=True):
            for each in page:
                yield each.path, json.dumps(each.data, default=str, ensure_ascii=False)


def collections() -> list[str]:
    """Return the ids of all collections that the product has."""
    from shared.store import documents

    found = {each.collection for each in documents.every() if each.collection}
    return sorted(
        {
            *found,
            *(
                "entries",
                "members",
                "memberKeys",
                "erasedMarks",
                "loyaltyMembers",
                "loyaltyPrograms",
            ),
            *(
                "products",
                "visitors",
                "checkInCounters",
                "shards",
                "months",
                "liability",
                "parts",
                "settings",
            ),
            *("rewardStock", "sweeps", "stores", "priceChanges"),
        }
    )


def found(*texts: str) -> list[str]:
    """Return the paths of the documents that say one of the texts, in path or content."""
    return [
        path
        for path, content in everything()
        if any(text.lower() in (path + content).lower() for text in texts)
    ]


def copy_of(member: Member) -> Member:
    """Return the member as the only pseudonymous one of the program."""
    (membership,) = [
        each
        for each in map(
            membership_documents.decode,
            membership_documents.list_of_program(member.program_id, None, 100),
        )
        if each is not None and each.erased_at is not None
    ]
    return member.other(membership.user_id)


def assert_verified(program_id: str) -> None:
    report = verification.verify(program_id)
    assert report is not None
    assert report.problems == ()


def figures(member: Member) -> dict[str, Any]:
    body = {"programId": member.program_id, "storeId": member.merchant.store_id}
    return member.api.ok("getLoyaltyAnalytics", body)


def test_answers_and_leaves_no_trace(maria: Member) -> None:
    sweep_all(maria)
    assert len(found(MAIL, "maria.muster%40example.com", MARKER)) > 5

    answer = erase(maria)

    assert answer == {"success": True, "userId": MAIL, "state": "erased", "memberships": 1}
    assert found(MAIL, "maria.muster%40example.com", MARKER) == []


def test_the_books_stay(maria: Member) -> None:
    sweep_all(maria)
    before, entries, numbers = stored.membership(maria), stored.entries(maria), figures(maria)

    erase(maria)

    copy = copy_of(maria)
    after = stored.membership(copy)
    assert [each.entry_id for each in stored.entries(copy)] == [each.entry_id for each in entries]
    assert stored.units(copy) == [100, -30, 5]
    assert (after.balance_units, after.lots, after.tier) == (
        before.balance_units,
        before.lots,
        before.tier,
    )
    assert stored.of_member(copy)["mirror"] == stored.of_member(copy)["membership"]
    assert_verified(maria.program_id)
    sweep_all(maria, copy)
    assert figures(maria) == numbers


def sweep_all(*members: Member) -> None:
    """Do what the triggers do for all that these members have."""
    for member in members:
        emission.emit_enrollment(member.membership_id)
        for entry in stored.entries(member):
            emission.emit_entry(member.membership_id, entry.entry_id)


def test_what_was_not_told_yet_is_told_and_counted_once(maria: Member) -> None:
    """No trigger has run: the erasure tells, and no later trigger or sweep tells again."""
    erase(maria)
    events = stored.documents("events")
    kinds = sorted(each["type"] for each in events.values())
    assert kinds == [
        "loyalty.enrollment",
        "loyalty.points_earned",
        "loyalty.points_earned",
        "loyalty.points_redeemed",
        "member.erased",
    ]
    numbers = figures(maria)
    assert numbers["totalMembers"] == 1

    sweep_all(copy_of(maria))
    sweep.run()

    assert stored.documents("events") == events
    assert figures(maria) == numbers


def died_after(merchant: Merchant, steps: int) -> bool:
    """Kill an erasure after so many calls, start it again and check; tell whether it was killed."""
    member = Member(merchant, merchant.program("points"), f"dying.{steps}@example.com")
    member.enroll()
    member.earn(100, description=MARKER)
    assert member.redeem(40, rewardDescription=MARKER).status == 200
    with dying_after(steps) as life:
        erase(member)
    assert_verified(member.program_id)
    if life.has_ended:
        again = member.api(ACTION, {"userId": member.user_id})
        # The last commit may have been made before the death.
        assert again.status == 200 or again.error == "MEMBER_NOT_FOUND"
    assert_verified(member.program_id)
    assert found(member.user_id, f"dying.{steps}%40example.com", MARKER) == []
    assert stored.units(copy_of(member)) == [100, -40]
    sweep_all(copy_of(member))
    assert figures(member)["totalMembers"] == 1
    return life.has_ended


@pytest.mark.parametrize("steps", range(1, 70, 17))
def test_is_the_same_if_it_dies(merchant: Merchant, steps: int) -> None:
    assert died_after(merchant, steps)


@pytest.mark.wide
@pytest.mark.timeout(600)
def test_is_the_same_wherever_it_dies(merchant: Merchant) -> None:
    """Killed after each call and started again: one copy, no trace, books that verify."""
    calls = next(steps for steps in range(1, 120) if not died_after(merchant, steps))
    assert calls > 20


def test_an_erasure_that_was_left_is_finished_by_the_schedule(
    frozen_clock: Clock, maria: Member
) -> None:
    with dying_after(6):
        erase(maria)
    assert erasures.resume_open() == 0
    frozen_clock.advance(minutes=11)

    assert erasures.resume_open() == 1

    assert found(MAIL, MARKER) == []
    assert_verified(maria.program_id)


def test_bookings_wait_while_it_runs(maria: Member) -> None:
    erasure_id = begin(maria)
    erasure = person_erasure_documents.find(erasure_id)
    assert erasure is not None
    erasures._listed(erasure)
    erasures._closed(maria.membership_id, erasure_id)

    with nothing_written():
        assert maria.add(points=5).error == "BUSY"
        assert maria.redeem(5).error == "BUSY"
    member_calendar.run()
    assert_verified(maria.program_id)

    erasures.resume(erasure_id, 60)
    assert stored.units(copy_of(maria)) == [100, -30, 5]


def begin(member: Member) -> str:
    """Write down that a member is to be erased, and do no more."""
    caller = Caller(member.merchant.account_id, Package.PRIME, is_live=True)
    return erasures._begin(caller, member.user_id).erasure.erasure_id


def test_late_repetitions_are_refused(merchant: Merchant) -> None:
    member = Member(merchant, merchant.program("points"), MAIL)
    body = member.ids
    enrol = {"action": "enrollInLoyaltyProgram", "body": body, "idempotency_key": "e"}
    assert member.api(**enrol).status == 200
    assert member.add(idempotency_key="k", points=10).status == 200
    member.api.ok(ACTION, {"userId": MAIL}, idempotency_key="x")

    with nothing_written():
        assert member.api(**enrol).error == "IDEMPOTENCY_KEY_REUSED"
        assert member.add(idempotency_key="k", points=10).error == "IDEMPOTENCY_KEY_REUSED"
        assert_refused(member.add(transactionId="t", points=1), 404, "MEMBERSHIP_NOT_FOUND")
        assert_refused(member.api(ACTION, {"userId": MAIL}), 404, "MEMBER_NOT_FOUND")
        repeated = member.api(ACTION, {"userId": MAIL}, idempotency_key="x")
    assert (repeated.status, repeated.body["state"], repeated.is_replay) == (200, "erased", True)


def test_who_comes_back_is_somebody_new(maria: Member) -> None:
    erase(maria)

    maria.enroll()
    maria.earn(7)

    assert stored.units(maria) == [7]
    stored.assert_sound(maria)
    assert stored.units(copy_of(maria)) == [100, -30, 5]
    assert_verified(maria.program_id)


ONCE = {
    "welcomeBonus": 20,
    "eventRules": [
        {"event": "newsletter", "points": 5},
        {"event": "review", "points": 3, "timesPerPeriod": 2},
        {"event": "login", "points": 1, "period": "day"},
        {"event": "birthday", "points": 9, "period": "year"},
    ],
    "referral": {"referrerPoints": 10, "newMemberPoints": 10},
}


def come_back(member: Member) -> dict[str, Any]:
    """Let a member be erased, and join again with a newsletter."""
    erase(member)
    member.api.ok("createMember", {"userId": member.user_id, "newsletter": {"subscribed": True}})
    return member.enroll()


def test_who_comes_back_within_a_year_gets_nothing_that_is_given_once(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", **ONCE)
    assert stored.units(member) == [20]

    for _ in range(2):
        frozen_clock.advance(days=100)
        assert come_back(member)["welcomeBonus"] == 0
        for event_id, event in enumerate(["review", "review", "login", "birthday"]):
            body = {**member.ids, "event": event, "eventId": str(event_id)}
            if event != "birthday":
                member.api.ok("trackLoyaltyEvent", body)
        assert stored.units(member) == [1]
    erase(member)
    frozen_clock.advance(days=365)
    assert member.enroll()["welcomeBonus"] == 20
    assert_verified(member.program_id)


@pytest.mark.parametrize("way", ["import", "import-of-a-known-person", "sync"])
def test_who_comes_back_by_another_system_gets_nothing_again_either(
    merchant: Merchant, way: str
) -> None:
    member = merchant.member("points", **ONCE)
    erase(member)
    row = {"userId": member.user_id, "email": MAIL, "points": 7}
    wanted = {"programId": member.program_id, "grantsWelcomeBonus": True, "ifExists": "update"}
    if way == "sync":
        member.api.ok("syncExternalLoyalty", {**member.ids, "action": "add", "points": 7})
    else:
        if way == "import-of-a-known-person":
            member.api.ok("createMember", {"userId": member.user_id, "email": MAIL})
            del row["userId"]
        member.api.ok("importMembers", {**wanted, "rows": [row]})

    newsletter = {"subscribed": True}
    member.api.ok("updateMember", {"userId": member.user_id, "newsletter": newsletter})
    tracked = {**member.ids, "event": "review", "eventId": "1"}

    assert member.api.ok("trackLoyaltyEvent", tracked)["reason"] == "used_up"
    assert member.enroll()["welcomeBonus"] == 0
    assert stored.units(member) == [7]
    assert_verified(member.program_id)


def test_who_comes_back_under_another_id_is_known_by_the_address(merchant: Merchant) -> None:
    member = merchant.member("points", **ONCE)
    known = {"email": "Max@example.com", "phone": "+4915112345678"}
    merchant.api.ok("updateMember", {"userId": member.user_id, **known})
    erase(member)
    others = [member.other(each) for each in ("by_mail", "by_phone", "by_sign_in", "new")]
    by_mail, by_phone, by_sign_in, new = others
    merchant.api.ok("createMember", {"userId": "by_mail", "email": "max@EXAMPLE.com"})
    merchant.api.ok("createMember", {"userId": "by_phone", "phone": "+49 151 12345678"})
    customer = as_customer(by_sign_in, email="max@example.com", email_verified=True)

    joined = [by_mail.enroll(), by_phone.enroll()]
    joined.append(customer.ok("enrollInLoyaltyProgram", {"programId": member.program_id}))

    assert [each["welcomeBonus"] for each in joined] == [0, 0, 0]
    assert new.enroll()["welcomeBonus"] == 20
    assert [stored.units(each) for each in others] == [[], [], [], [20]]


def test_who_comes_back_is_nobodys_referral(merchant: Merchant) -> None:
    member = merchant.member("points", **ONCE)
    friend = member.other("user_2")
    friend.enroll()
    code = merchant.api.ok("getReferralCode", friend.ids)["code"]
    erase(member)

    with nothing_written():
        answer = member.api("enrollInLoyaltyProgram", {**member.ids, "referralCode": code})

    assert (answer.status, answer.error) == (409, "REFERRAL_NOT_ALLOWED")
    assert stored.of_member(member)["membership"] is None
    assert member.enroll()["welcomeBonus"] == 0


def test_a_mark_tells_nobody_whose_it_is(merchant: Merchant, new_merchant: Any) -> None:
    member = merchant.member("points", **ONCE)
    erase(member)
    elsewhere = new_merchant().member("points", **ONCE)

    marks = [each for each in found("erasedMarks") if merchant.account_id in each]

    assert len(marks) == 2  # One everywhere, and one in the program
    for each in marks:
        assert member.user_id not in each
        assert hashlib.sha256(member.user_id.encode()).hexdigest() not in each
    assert stored.units(elsewhere) == [20]


@pytest.mark.parametrize("everywhere", [True, False])
def test_customers_do_not_end_their_own_suspension(merchant: Merchant, everywhere: bool) -> None:
    member = merchant.member("points", **ONCE)
    whom = {"userId": member.user_id} if everywhere else member.ids
    member.api.ok("suspendMember", {**whom, "reason": "Missbrauch"})
    customer = as_customer(member)

    with nothing_written():
        answer = customer(ACTION)

    assert_refused(
        answer,
        403,
        "MEMBER_SUSPENDED",
        fix="Ask the store, which erases you with its secret key.",
    )
    assert stored.membership(member).status is MembershipStatus.SUSPENDED
    erase(member)
    assert stored.of_member(member)["membership"] is None


def test_a_customer_erases_themselves(maria: Member) -> None:
    customer, other = as_customer(maria), as_customer(maria.other("somebody"))

    with nothing_written():
        assert other(ACTION, {"userId": MAIL}).error == "USER_NOT_ALLOWED"
        assert_refused(other(ACTION), 404, "MEMBER_NOT_FOUND")
    assert customer.ok(ACTION)["state"] == "erased"
    assert found(MAIL) == []


def test_another_account_has_nobody_of_this_id(
    maria: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        assert_refused(other.api(ACTION, {"userId": MAIL}), 404, "MEMBER_NOT_FOUND")
    assert stored.units(maria) == [100, -30, 5]


def test_a_changed_record_is_found(maria: Member) -> None:
    erase(maria)
    copy = copy_of(maria)
    path = paths.membership_erasure(copy.membership_id)
    record = stored.document(path)
    assert record is not None

    for change in ({"oldHeadHash": "0" * 64}, {"units": {"earn": 1}}, {"entries": 2}):
        client.commit([client.Put(path, {**record, **change})])
        report = verification.verify(maria.program_id)
        assert report is not None
        assert report.problems != ()


@pytest.mark.parametrize("asked_for", [MAIL, "user_2"])
def test_whoever_was_merged_goes_too(maria: Member, asked_for: str) -> None:
    """The old id forwards, so both names mean one person: nothing is left of either."""
    api, phone = maria.api, "+4915112345678"
    api.ok("createMember", {"userId": MAIL, "email": MAIL, "phone": phone, "firstName": MARKER})
    new = maria.other("user_2")
    new.enroll()
    new.earn(20)
    api.ok("mergeMembers", {"fromUserId": MAIL, "intoUserId": "user_2"})
    exported = json.dumps(api.ok("exportMember", {"userId": asked_for}))
    assert all(text in exported for text in (MAIL, phone, MARKER))
    sweep_all(maria)

    api.ok(ACTION, {"userId": asked_for})
    sweep_all(maria)

    assert found(MAIL, "maria.muster%40example.com", phone, MARKER, "user_2") == []
    assert_verified(maria.program_id)
    refused = api("getMember", {"userId": asked_for})
    assert (refused.status, refused.error) == (404, "MEMBER_NOT_FOUND")


def test_the_payment_of_a_checkout_goes_too(till: Till) -> None:
    member = till.merchant.member(rules=RULES, earningMethods=METHODS)
    market = Market(till.merchant, Member(till.merchant, member.program_id, MAIL))
    market.member.enroll()
    reference = {"orderReference": f"order of {MAIL}", "returnUrl": f"{RETURN_URL}?of={MARKER}"}
    transaction_id = market.started(**reference)
    till.pay("p_1")
    assert len(found(MAIL, MARKER)) > 5
    exported = member.api.ok("exportMember", {"userId": MAIL})["data"]
    assert [each["purchaseId"] for each in exported["payments"]] == [transaction_id]

    assert erase(market.member)["state"] == "erased"

    assert found(MAIL, "maria.muster%40example.com", MARKER) == []
    assert market.purchase(transaction_id)["status"] == "completed"
    assert_verified(member.program_id)


def test_a_made_user_id_is_not_left_in_the_request_that_made_it(merchant: Merchant) -> None:
    body = {"firstName": MARKER}
    made = merchant.api("createMember", body, idempotency_key="made once")
    user_id = made.body["userId"]
    assert len(found(user_id)) > 1

    merchant.api.ok(ACTION, {"userId": user_id})

    assert found(user_id, MARKER) == []
    with nothing_written():
        late = merchant.api("createMember", body, idempotency_key="made once")
    assert_refused(late, 409, "IDEMPOTENCY_KEY_REUSED")
