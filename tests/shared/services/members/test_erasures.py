"""Erasures beside other work: payments, tills, deliveries, other workers."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest

from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.domain.members.erasure import Erasure, ErasureState
from shared.services.loyalty import verification
from shared.services.members import erasures
from shared.services.payments import payment_settlement
from shared.store import client, paths
from shared.store.loyalty import membership_documents
from shared.store.members import person_erasure_documents
from shared.store.orders import collect_order_documents
from shared.store.payments import payment_documents
from shared.store.webhooks import delivery_documents
from tests.support import stored
from tests.support.checkouts import Market
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.payments import Till
from tests.support.receipts import ReceiptTill, row, void
from tests.support.receivers import receiving
from tests.support.refusals import assert_refused, nothing_written


def begin(member: Member) -> Erasure:
    """Write down that a member is to be erased, and do no more."""
    caller = Caller(member.merchant.account_id, Package.PRIME, is_live=True)
    return erasures._begin(caller, member.user_id).erasure


def begin_and_close(member: Member) -> Erasure:
    """Begin an erasure, and close the membership for all others."""
    erasure = erasures._listed(begin(member))
    erasures._closed(member.membership_id, erasure.erasure_id)
    return erasure


def erase(member: Member) -> None:
    answer = member.api.ok("eraseMember", {"userId": member.user_id})
    assert answer["state"] == "erased"


def copy_of(member: Member) -> Member:
    """Return the member as the only pseudonymous one of the program."""
    (found,) = [
        each
        for each in map(
            membership_documents.decode,
            membership_documents.list_of_program(member.program_id, None, 100),
        )
        if each is not None and each.erased_at is not None
    ]
    return member.other(found.user_id)


def assert_verified(member: Member) -> None:
    report = verification.verify(member.program_id)
    assert report is not None
    assert report.problems == ()


@pytest.fixture
def payer(till: Till) -> Member:
    member = Member(till.merchant, till.merchant.program("points"), "payer_1")
    member.enroll()
    return member


def pay(till: Till, payer: Member) -> str:
    """Pay 10.99, which earns 109 points; return the payment's id."""
    answer = till.process(programId=payer.program_id, userId=payer.user_id, description="Lunch")
    assert answer.status == 200, answer.body
    till.pay()
    return str(answer.body["paymentId"])


def test_a_later_refund_takes_back_from_the_copy(till: Till, payer: Member) -> None:
    payment_id = pay(till, payer)
    assert stored.units(payer) == [109]
    erase(payer)

    assert till.refund(payment_id).status == 200

    assert stored.units(copy_of(payer)) == [109, -109]
    payment = payment_documents.find(payment_id)
    assert payment is not None
    assert (payment.user_id, payment.description) == (copy_of(payer).user_id, "")
    assert_verified(payer)


def test_what_came_back_before_moves_with_the_copy(member: Member) -> None:
    assert member.add(purchaseAmount=10, transactionId="t1").status == 200
    earn = next(each for each in stored.entries(member) if each.transaction_id == "t1")
    body = {**member.ids, "entryId": earn.entry_id, "refundId": "r1", "amount": 6}
    member.api.ok("reverseLoyaltyTransaction", body)
    old_path = paths.earn_returns(member.membership_id, earn.entry_id)
    before = client.get_one(old_path).data
    assert before is not None

    erase(member)

    copy = copy_of(member)
    assert client.get_one(old_path).data is None
    new_path = paths.earn_returns(copy.membership_id, earn.entry_id)
    assert client.get_one(new_path).data == before
    assert_verified(member)


def test_a_refund_during_an_erasure_arrives_on_the_copy(till: Till, payer: Member) -> None:
    payment_id = pay(till, payer)
    erasure = begin_and_close(payer)

    assert till.refund(payment_id).status == 200
    assert stored.units(payer) == [109]
    erasures.resume(erasure.erasure_id, 60)
    assert stored.units(copy_of(payer)) == [109]
    client.commit(
        [
            client.Update(
                client.get_one(f"payments/{payment_id}"), {"checkAt": erasure.started_at}
            ),
        ]
    )
    payment_settlement.settle_due()

    assert stored.units(copy_of(payer)) == [109, -109]
    assert_verified(payer)


def test_no_payment_begins_during_an_erasure(till: Till, payer: Member) -> None:
    begin_and_close(payer)

    answer = till.process(programId=payer.program_id, userId=payer.user_id)

    assert answer.error == "BUSY"
    assert client.query("payments", ("accountId", "==", till.merchant.account_id)) == []


def test_no_payment_is_answered_for_whoever_comes_back(till: Till, payer: Member) -> None:
    payment_id = pay(till, payer)
    erase(payer)
    payer.enroll()

    with nothing_written():
        answer = till.process(programId=payer.program_id, userId=payer.user_id, description="Lunch")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"paymentId": payment_id})
    assert len(till.provider.payments) == 1
    kept = payment_documents.find(payment_id)
    assert kept is not None
    assert kept.fingerprint == ""


def test_no_checkout_is_answered_for_whoever_comes_back(market: Market) -> None:
    """It is under the pseudonym, and so would be its points."""
    transaction_id = market.started(orderReference="basket_1")
    erase(market.member)
    market.member.enroll()

    with nothing_written():
        answer = market.begin(orderReference="basket_1")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"transactionId": transaction_id})
    kept = market.stored(transaction_id)
    assert (kept.fingerprint, kept.order_reference) == ("", None)
    market.complete(market.started(orderReference="basket_2"))
    assert market.units() == [100]


def test_no_order_keeps_the_digest_of_its_request(market: Market) -> None:
    market.sells()
    order_id = market.ordered(key="k")
    erase(market.member)
    market.member.enroll()

    with nothing_written():
        assert_refused(market.order(key="k"), 409, "IDEMPOTENCY_KEY_REUSED")
    kept = collect_order_documents.find(order_id)
    assert kept is not None
    assert kept.fingerprint == ""


@pytest.mark.usefixtures("frozen_clock")
def test_a_till_that_still_names_the_person_changes_nothing(receipt_till: ReceiptTill) -> None:
    anna = receipt_till.anna
    receipt_till.read(row("R-1", 10))
    erase(anna)

    receipt_till.read(row("R-1", 10), row("R-2", 7))
    receipt_till.read(row("R-1", 10, revision=2))

    copy = copy_of(anna)
    assert stored.units(copy) == [100]
    mine = ("accountId", "==", anna.merchant.account_id)
    purchases = json.dumps([each.data for each in client.query("purchases", mine)], default=str)
    assert "user_1" not in purchases
    receipt_till.read(void("V-1", 10))
    assert stored.units(copy) == [100, -100]
    assert_verified(anna)


def test_a_task_goes_on_with_a_long_erasure(
    pipeline: Pipeline, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "REQUEST_S", 0)

    answer = member.api.ok("eraseMember", {"userId": member.user_id})

    assert answer["state"] == "running"
    (task,) = [each for each in pipeline.tasks.pending if each.queue == erasures.FUNCTION]
    assert pipeline.tasks.run(task) == 200
    assert pipeline.tasks.run(task) == 200
    assert stored.units(copy_of(member)) == [100]
    assert_verified(member)


def test_two_workers_make_one_copy(member: Member) -> None:
    erasure = begin(member)
    steps = [erasures._Work(erasure, stop) for stop in (0.0, 0.0)]
    for work in itertools.chain(steps, steps):
        with pytest.raises(erasures._OutOfTimeError):
            work.run()
    erasures.resume(erasure.erasure_id, 60)
    erasures.resume(erasure.erasure_id, 60)

    assert stored.units(copy_of(member)) == [100]
    assert_verified(member)


def test_events_are_delivered_under_the_pseudonym_and_the_last_one_forgets(
    pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=100)
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "loyalty.*", "member.*")
        erase(member)
        pipeline.run(merchant)
        received = {each.event["type"]: each.event["data"] for each in receiver.received}

    copy = copy_of(member)
    assert received["loyalty.points_earned"]["userId"] == copy.user_id
    assert received["loyalty.enrollment"]["memberId"] == copy.membership_id
    assert received["member.erased"] == {"userIds": ["user_1"]}
    assert len(receiver.received) == 3

    erasure = person_erasure_documents.find(copy.user_id)
    assert erasure is not None
    assert erasure.state is ErasureState.TELLING
    assert erasures.resume_open() >= 1
    assert "user_1" not in json.dumps([each["payload"] for each in events_of(merchant)])
    ended = person_erasure_documents.find(copy.user_id)
    assert ended is not None
    assert (ended.state, ended.event_ids, ended.user_ids) == (ErasureState.DONE, (), ())
    assert all(
        attempt.response_text == ""
        for each in deliveries_of(merchant)
        if each.event_type != "loyalty.points_earned"
        for attempt in each.attempts
    )


def test_the_last_event_waits_for_its_deliveries_four_days(
    pipeline: Pipeline, merchant: Merchant, frozen_clock: object
) -> None:
    member = merchant.member("points")
    pipeline.register(merchant, "http://127.0.0.1:9/", "member.erased")
    erase(member)
    copy = copy_of(member)

    erasures.resume_open()
    assert "user_1" in events_of(merchant)[-1]["payload"]
    frozen_clock.advance(days=4)  # type: ignore[attr-defined]
    erasures.resume_open()

    assert "user_1" not in json.dumps([each["payload"] for each in events_of(merchant)])
    ended = person_erasure_documents.find(copy.user_id)
    assert ended is not None
    assert ended.state is ErasureState.DONE


def test_excerpts_of_receivers_answers_are_emptied_for_good(
    pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=100)
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "loyalty.*")
        pipeline.run(merchant)
        erase(member)

    found = deliveries_of(merchant)
    assert len(found) == 2
    assert all(each.is_silent and each.attempts for each in found)
    assert {attempt.response_text for each in found for attempt in each.attempts} == {""}
    assert timedelta(days=30) == delivery_documents.KEPT
