"""updateWalletPass: phones with a pass are told of each booking; who is gone is forgotten."""

from __future__ import annotations

import pytest
from flask import Flask

from shared.domain.wallets.wallet_passes import WalletPass
from shared.services.wallets import updater
from shared.store.wallets import wallet_pass_documents
from tests.conftest import Clock
from tests.functions.notifications.test_wallet_passes import phone_of
from tests.support import stored
from tests.support.apns import Apns
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.reservations import reserved, void
from tests.support.tasks import Task
from tests.support.wallets import PASS_TYPE, PUSH_TOKEN, Phone

UPDATE = "updateWalletPass"
OTHER_TOKEN = "b2" * 32


@pytest.fixture
def member(apns: Apns, frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline) -> Member:
    found = merchant.member(balance=100)
    pipeline.fire(merchant)
    return found


@pytest.fixture
def phone(app: Flask, member: Member) -> Phone:
    found = phone_of(app, member)
    assert found.register() == 201
    return found


def is_update(task: Task) -> bool:
    return task.queue == UPDATE


def book(pipeline: Pipeline, member: Member, points: int = 5) -> int:
    """Book, and run what follows; return how many updates ran."""
    member.earn(points)
    pipeline.fire(member.merchant)
    return pipeline.tasks.run_pending(is_update)


def attempt(pipeline: Pipeline, phone: Phone) -> int:
    return pipeline.tasks.run(Task(UPDATE, "again", {"data": {"passId": phone.serial}}, None, {}))


def kept(member: Member) -> WalletPass:
    (found,) = stored.documents_of(member.merchant, "walletPasses")
    wallet_pass = wallet_pass_documents.find(found)
    assert wallet_pass is not None
    return wallet_pass


def test_a_booking_is_pushed_with_the_operators_certificate(
    pipeline: Pipeline, member: Member, phone: Phone, apns: Apns
) -> None:
    assert book(pipeline, member) == 1

    assert apns.pushed == [(PUSH_TOKEN, PASS_TYPE, b"{}")]
    assert apns.clients[0]["userId"] == PASS_TYPE
    assert kept(member).next_attempt_at is None
    with nothing_written():
        assert attempt(pipeline, phone) == 200
    assert len(apns.pushed) == 1


def amounts(phone: Phone) -> list[tuple[str, int]]:
    """Return the balance of a pass, and what stands below it."""
    card = phone.latest().content["storeCard"]
    fields = [*card["primaryFields"], *card["secondaryFields"]]
    return [(each["key"], each["value"]) for each in fields]


def test_what_is_reserved_is_told_and_given_up_is_told_again(
    pipeline: Pipeline, member: Member, phone: Phone, apns: Apns
) -> None:
    reservation_id = reserved(member, 40)
    assert pipeline.tasks.run_pending(is_update) == 1
    assert amounts(phone) == [("balance", 60), ("reserved", 40)]

    assert void(member, reservation_id).status == 200
    assert pipeline.tasks.run_pending(is_update) == 1

    assert amounts(phone) == [("balance", 100)]
    assert len(apns.pushed) == 2
    assert kept(member).next_attempt_at is None
    assert void(member, reservation_id).status == 200
    assert pipeline.tasks.run_pending(is_update) == 0


def test_phones_are_told_when_a_reservation_has_ended_by_itself(
    own_database: None,
    pipeline: Pipeline,
    member: Member,
    phone: Phone,
    apns: Apns,
    frozen_clock: Clock,
) -> None:
    reserved(member, 40, expiresInMinutes=10)
    reserved(member, 30, expiresInMinutes=20)
    pipeline.tasks.run_pending(is_update)
    said = [amounts(phone)]

    for _ in range(2):
        known = phone.changes()
        assert known is not None
        frozen_clock.advance(minutes=10, seconds=2)
        pipeline.sweep()
        assert pipeline.tasks.run_pending(is_update) == 1
        assert phone.changes(known["lastUpdated"]) is not None
        said.append(amounts(phone))

    assert said == [
        [("balance", 30), ("reserved", 70)],
        [("balance", 70), ("reserved", 30)],
        [("balance", 100)],
    ]
    assert len(apns.pushed) == 3
    assert kept(member).next_attempt_at is None


def test_a_pass_that_is_made_during_a_reservation_is_told_of_its_end(
    own_database: None,
    app: Flask,
    pipeline: Pipeline,
    member: Member,
    apns: Apns,
    frozen_clock: Clock,
) -> None:
    reserved(member, 40, expiresInMinutes=10)
    phone = phone_of(app, member)
    assert phone.register() == 201
    assert amounts(phone) == [("balance", 60), ("reserved", 40)]

    frozen_clock.advance(minutes=10, seconds=2)
    pipeline.sweep()

    assert pipeline.tasks.run_pending(is_update) == 1
    assert apns.tokens == [PUSH_TOKEN]
    assert amounts(phone) == [("balance", 100)]


def test_what_is_owed_is_no_negative_balance(app: Flask, apns: Apns, merchant: Merchant) -> None:
    member = merchant.member(refundPolicy="unlimited")
    member.api.ok("addLoyaltyPoints", {**member.ids, "points": 20, "transactionId": "sale_1"})
    member.redeem(15)
    undone = {**member.ids, "transactionId": "sale_1", "points": 20, "refundId": "refund_1"}
    member.api.ok("reverseLoyaltyTransaction", undone)

    assert amounts(phone_of(app, member)) == [("balance", 0), ("owed", 15)]


def test_a_pass_that_no_phone_has_registered_costs_no_push(
    app: Flask, pipeline: Pipeline, member: Member, apns: Apns
) -> None:
    phone_of(app, member)

    assert book(pipeline, member) == 1

    assert apns.clients == []
    assert kept(member).next_attempt_at is None


def test_another_code_of_the_member_is_on_the_pass_soon(
    pipeline: Pipeline, member: Member, phone: Phone, apns: Apns
) -> None:
    former = phone.latest().content["barcodes"][0]["message"]
    body = {"userId": member.user_id, "codeAction": "replace"}

    code = member.api.ok("getMemberCode", body)["code"]

    assert pipeline.tasks.run_pending(is_update) == 1
    assert apns.pushed == [(PUSH_TOKEN, PASS_TYPE, b"{}")]
    assert phone.latest().content["barcodes"][0]["message"] == code != former


def test_all_phones_are_told_on_one_connection(
    app: Flask, pipeline: Pipeline, member: Member, phone: Phone, apns: Apns
) -> None:
    assert phone_of(app, member, device="second").register(OTHER_TOKEN) == 201

    book(pipeline, member)

    assert sorted(apns.tokens) == [PUSH_TOKEN, OTHER_TOKEN]
    assert len(apns.clients) == 1


@pytest.mark.parametrize("answer", [(410, "Unregistered"), (400, "BadDeviceToken")])
def test_a_phone_that_is_gone_is_forgotten(
    app: Flask,
    pipeline: Pipeline,
    member: Member,
    phone: Phone,
    apns: Apns,
    answer: tuple[int, str],
) -> None:
    assert phone_of(app, member, device="second").register(OTHER_TOKEN) == 201
    apns.answers[PUSH_TOKEN] = answer

    book(pipeline, member)
    book(pipeline, member)

    assert sorted(apns.tokens) == [PUSH_TOKEN, OTHER_TOKEN, OTHER_TOKEN]
    assert len(kept(member).devices) == 1
    assert phone.changes() is None


@pytest.mark.parametrize("answer", [(503, "ServiceUnavailable"), (429, "TooManyRequests")])
def test_a_push_that_failed_comes_again_by_the_sweep(
    own_database: None,
    pipeline: Pipeline,
    member: Member,
    phone: Phone,
    apns: Apns,
    frozen_clock: Clock,
    answer: tuple[int, str],
) -> None:
    apns.answers[PUSH_TOKEN] = answer
    book(pipeline, member)
    failed = kept(member)
    assert (failed.attempts, failed.error, failed.message) == (1, "push_failed", answer[1])

    apns.answers.clear()
    frozen_clock.advance(minutes=3)
    pipeline.sweep()
    assert pipeline.tasks.run_pending(is_update) == 1

    assert apns.tokens == [PUSH_TOKEN] * 2
    assert (kept(member).attempts, kept(member).error) == (0, None)
    assert kept(member).next_attempt_at is None


def test_a_server_that_does_not_answer_is_tried_again(
    pipeline: Pipeline, member: Member, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNKTWERK_APNS_URL", "https://localhost:9")

    book(pipeline, member)

    assert kept(member).attempts == 1
    assert kept(member).next_attempt_at is not None


def test_a_server_with_another_certificate_gets_no_push(
    pipeline: Pipeline,
    member: Member,
    phone: Phone,
    apns: Apns,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PUNKTWERK_APNS_CA")

    book(pipeline, member)

    assert apns.pushed == []
    assert kept(member).attempts == 1


def test_what_apple_refuses_waits_for_the_next_booking(
    pipeline: Pipeline, member: Member, phone: Phone, apns: Apns
) -> None:
    apns.answers[PUSH_TOKEN] = (403, "BadCertificate")
    book(pipeline, member)
    assert (kept(member).error, kept(member).next_attempt_at) == ("push_failed", None)

    apns.answers.clear()
    book(pipeline, member)

    assert kept(member).error is None
    assert apns.tokens == [PUSH_TOKEN] * 2


def test_a_booking_while_phones_are_told_is_told_too(
    pipeline: Pipeline, member: Member, phone: Phone, apns: Apns
) -> None:
    def meanwhile() -> None:
        member.earn(7)
        pipeline.fire(member.merchant)

    apns.meanwhile = meanwhile
    book(pipeline, member)
    assert len(apns.pushed) == 1
    assert pipeline.tasks.run_pending(is_update) == 1

    assert apns.tokens == [PUSH_TOKEN] * 2
    assert kept(member).next_attempt_at is None


def test_a_lost_task_and_a_death_are_repaired(
    own_database: None,
    pipeline: Pipeline,
    member: Member,
    phone: Phone,
    apns: Apns,
    frozen_clock: Clock,
) -> None:
    pipeline.tasks.is_losing = True
    book(pipeline, member)
    pipeline.tasks.is_losing = False
    # It dies as soon as it has taken the lease, before phones are told.
    with dying_after(2) as life:
        updater.attempt(phone.serial)
    assert life.has_ended
    assert apns.tokens == []

    frozen_clock.advance(minutes=10)
    pipeline.sweep()
    pipeline.tasks.run_pending(is_update)

    assert apns.tokens == [PUSH_TOKEN]
    assert kept(member).next_attempt_at is None


def test_who_is_erased_is_taken_out_of_the_pass(
    app: Flask,
    pipeline: Pipeline,
    member: Member,
    phone: Phone,
    apns: Apns,
    frozen_clock: Clock,
) -> None:
    code = member.api.ok("getMemberCode", {"userId": member.user_id})["code"]
    member.api.ok("eraseMember", {"userId": member.user_id})

    frozen_clock.advance(minutes=3)
    assert attempt(pipeline, phone) == 200
    latest = phone.latest()
    assert latest.content["voided"] is True
    assert latest.content["storeCard"]["primaryFields"] == []
    assert code not in str(latest.content)
    assert member.user_id not in str(stored.documents_of(member.merchant, "walletPasses"))
    assert apns.tokens == [PUSH_TOKEN]

    # Who comes back within the week gets a pass with a token of its own.
    frozen_clock.advance(days=8)
    assert attempt(pipeline, phone) == 200
    assert stored.documents_of(member.merchant, "walletPasses") == {}
    assert phone.fetch().status_code == 401


def test_the_pass_of_who_was_erased_is_deleted_with_its_last_phone(
    pipeline: Pipeline, member: Member, phone: Phone
) -> None:
    member.api.ok("eraseMember", {"userId": member.user_id})

    assert phone.unregister() == 200

    assert stored.documents_of(member.merchant, "walletPasses") == {}


def test_a_pass_that_no_phone_has_goes_at_once(app: Flask, member: Member) -> None:
    phone_of(app, member)

    member.api.ok("eraseMember", {"userId": member.user_id})

    assert stored.documents_of(member.merchant, "walletPasses") == {}


def test_who_comes_back_has_another_token(
    app: Flask, pipeline: Pipeline, member: Member, phone: Phone
) -> None:
    member.api.ok("eraseMember", {"userId": member.user_id})
    member.enroll()

    again = phone_of(app, member)

    assert again.token != phone.token
    assert phone.fetch().status_code == 401
    assert again.latest().balance == 0


def test_an_export_tells_of_the_pass_without_its_secrets(member: Member, phone: Phone) -> None:
    data = member.api.ok("exportMember", {"userId": member.user_id})["data"]

    (row,) = data["walletPasses"]
    assert (row["wallet"], row["programId"]) == ("apple", member.program_id)
    assert phone.token not in str(data)
    assert PUSH_TOKEN not in str(data)
