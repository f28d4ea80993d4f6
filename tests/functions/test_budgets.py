"""What each request costs in Firestore, to the document: a change here is a change of price.

As each is sent here, it is compared with the OpenAPI document too, and so is its answer.
The prices are in the golden files, see ``tests/support/samples.py``; here is what is no request, or
is sent while something is special.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask

from functions.catalog import ENDPOINTS
from shared.store import cache
from tests.conftest import Clock
from tests.support import described
from tests.support.merchants import Member, Merchant
from tests.support.payments import Till
from tests.support.samples import PRICED, Sample
from tests.support.situations import Situation
from tests.support.staff import is_for_staff_alone
from tests.support.traffic import watched
from tools.psp_stand_in import StandIn

FIVE = {"points": 5}


@pytest.fixture
def cashed(merchant: Merchant, shared_provider: StandIn, app: Flask) -> Till:
    """A store with a payment provider, known to the process."""
    till = Till(merchant, shared_provider, app)
    assert till.configure().status == 200
    return till


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("sample", PRICED, ids=str)
def test_costs_what_it_may_and_says_so(
    sample: Sample, situate: Callable[..., Situation], capsys: pytest.CaptureFixture[str]
) -> None:
    situation = situate(sample.needs)
    request, api = situation.fill(sample.request), sample.caller(situation)
    if sample.is_repeated:
        assert sample.send(api, request).status == sample.status
    situation.warm()
    if is_for_staff_alone(sample.endpoint):
        api.ok("getMyAccess")  # so that the process knows the person, as it does a key

    with watched() as traffic:
        answer = sample.send(api, request)

    if (
        answer.status == 200 and "program_id" not in request
    ):  # No schema has the spelling of Python.
        described.assert_sample_fits(sample, request, answer)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer.status == sample.status
    assert traffic.cost == sample.budget
    said = (line["action"], line["rpcs"], line["reads"], line["writes"])
    assert said == (sample.endpoint.name, *sample.budget)


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


def warm(member: Member) -> None:
    """Have the key, the account, the store and the program in the process."""
    member.api.ok("getLoyaltyProgram", {"programId": member.program_id})
    member.api.ok("getLoyaltyPrograms", {"storeId": member.merchant.store_id})


def test_what_is_due_costs_one_write_more(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 1})
    frozen_clock.advance(days=2)
    warm(member)

    with watched() as traffic:
        member.earn(5)

    assert traffic.cost == (2, 2, 4)


def test_every_endpoint_has_a_budget() -> None:
    assert {sample.endpoint.name for sample in PRICED} == {each.name for each in ENDPOINTS}


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


def test_a_check_in_costs_at_most_two_rpcs_more_than_an_earn() -> None:
    earn = next(each for each in PRICED if str(each) == "addLoyaltyPoints-earn")
    check_ins = [each for each in PRICED if each.endpoint.name == "checkIn"]

    assert check_ins
    assert {
        str(each): each.budget for each in check_ins if each.budget[0] > earn.budget[0] + 2
    } == {}


def test_identifying_a_member_costs_one_rpc_by_whichever_key() -> None:
    identified = [each for each in PRICED if each.endpoint.name == "identifyMember"]

    assert identified
    assert {each.budget for each in identified} == {(1, 1, 0)}


@pytest.mark.parametrize("others", [2, 7])
@pytest.mark.parametrize(
    ("fields", "rpcs", "reads_each"),
    [
        ({}, 1, 1),
        ({"newsletter": False}, 1, 1),
        # The memberships, and the persons of those that are shown.
        ({"programId": "{programId}"}, 2, 2),
        ({"programId": "{programId}", "sortBy": "points", "minPoints": 0}, 2, 2),
    ],
    ids=["account", "filtered", "program", "by points"],
)
def test_a_list_of_members_reads_what_it_shows_however_many_there_are(
    merchant: Merchant, others: int, fields: dict[str, object], rpcs: int, reads_each: int
) -> None:
    member = merchant.member()
    for number in range(others):
        member.other(f"user_{number + 2}").enroll()
    warm(member)
    body = {name: member.program_id if name == "programId" else fields[name] for name in fields}

    with watched() as traffic:
        page = member.api.ok("listMembers", {**body, "limit": 2})

    assert page["count"] == 2
    # One more tells whether there is another page.
    assert traffic.cost == (rpcs, 2 * reads_each + 1, 0)


@pytest.mark.parametrize("others", [0, 12])
def test_a_search_by_name_reads_whom_it_finds_however_many_there_are(
    merchant: Merchant, others: int
) -> None:
    merchant.api.ok("createMember", {"userId": "u1", "firstName": "Anna", "lastName": "Adler"})
    for number in range(others):
        name = {"firstName": "Anna", "lastName": f"Zimmer{number}"}
        merchant.api.ok("createMember", {"userId": f"v{number}", **name})

    with watched() as traffic:
        page = merchant.api.ok("listMembers", {"name": "ann adl"})

    assert [each["userId"] for each in page["members"]] == ["u1"]
    assert traffic.cost == (1, 1, 0)
