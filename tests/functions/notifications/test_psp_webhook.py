"""pspWebhook: providers report what has changed; only what is signed is believed."""

from __future__ import annotations

import json
import time

import pytest

from tests.support.payments import Till, nothing_special
from tests.support.refusals import nothing_written
from tools import psp_stand_in

BODY = json.dumps({"paymentId": "p_1"}).encode()


def test_a_report_has_the_payment_asked_for(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.pay("p_1", notifies=False)

    assert till.get(payment_id)["status"] == "requires_action"
    assert till.notify("p_1") == 200
    assert till.get(payment_id)["status"] == "paid"


def test_late_and_repeated_reports_are_harmless(till: Till) -> None:
    payment_id = till.paid()
    till.provider.payments["p_1"]["status"] = "failed"

    with nothing_written():
        assert [till.notify("p_1") for _ in range(3)] == [200] * 3

    assert till.get(payment_id)["status"] == "paid"


def test_a_customer_who_tries_again_after_a_failure_has_paid(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.pay(succeeds=False)
    assert till.get(payment_id)["status"] == "failed"

    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 1099}
    assert till.notify("p_1") == 200
    assert till.get(payment_id)["status"] == "paid"


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=1,v1=00",
        psp_stand_in.sign(BODY, secret="another"),
        psp_stand_in.sign(BODY, at_s=int(time.time()) - 3_600),
        psp_stand_in.sign(BODY + b" "),
        psp_stand_in.sign(BODY).replace("v1=", "v0="),
    ],
    # Not by their values, which tell the time: processes that run the tests must agree on names.
    ids=["none", "wrong", "another secret", "late", "another body", "another version"],
)
def test_a_forged_report_changes_nothing(till: Till, signature: str) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.pay("p_1", notifies=False)
    calls = len(till.provider.calls)

    with nothing_written():
        assert till.report(BODY, signature) == 401

    assert till.get(payment_id)["status"] == "requires_action"
    assert len(till.provider.calls) == calls


@pytest.mark.parametrize("provider", ["stripe", "nobody", "custom%2f"])
def test_a_report_that_nobody_expects_is_refused(till: Till, provider: str) -> None:
    with nothing_written():
        assert till.report(BODY, psp_stand_in.sign(BODY), provider) == 401


def test_a_report_of_a_payment_that_is_not_ours_is_taken_and_left(till: Till) -> None:
    body = json.dumps({"paymentId": "p_99", "reference": "pay_nothing"}).encode()

    with nothing_written():
        assert till.report(body, psp_stand_in.sign(body)) == 200


@pytest.mark.parametrize("name", ["paymentId", "reference"])
@pytest.mark.parametrize(
    "bad",
    ["a/b", "..", "__x__", "\x00", "a" * 3_000, "ä" * 750, "ä" * 1_500],
    ids=["slash", "parent", "reserved", "nul", "long", "bytes", "long bytes"],
)
def test_a_signed_report_of_what_cannot_be_an_id_is_taken_and_left(
    till: Till, name: str, bad: str
) -> None:
    body = json.dumps({"paymentId": "p_99", "reference": "pay_nothing", name: bad}).encode()

    with nothing_written():
        assert till.report(body, psp_stand_in.sign(body)) == 200


@pytest.mark.parametrize("name", ["paymentId", "reference"])
def test_a_signed_report_of_half_a_letter_is_refused(till: Till, name: str) -> None:
    body = json.dumps({"paymentId": "p_99", "reference": "pay_nothing", name: "\ud800"}).encode()

    with nothing_written():
        assert till.report(body, psp_stand_in.sign(body)) == 401


def test_a_report_cannot_name_a_payment_of_another_store(till: Till, new_merchant) -> None:
    payment_id = till.process().body["paymentId"]
    other = Till(new_merchant(), till.provider, till.app)
    assert other.configure().status == 200
    till.provider.pay("p_1", notifies=False)
    body = json.dumps({"paymentId": "p_1", "reference": payment_id}).encode()

    with nothing_written():
        assert other.report(body, psp_stand_in.sign(body)) == 200

    assert till.get(payment_id)["status"] == "requires_action"


def test_the_provider_reports_again_if_it_could_not_be_asked(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.pay("p_1", notifies=False)
    till.provider.after = lambda *_: (500, b"")
    assert till.notify("p_1") == 503

    till.provider.after = nothing_special
    assert till.notify("p_1") == 200
    assert till.get(payment_id)["status"] == "paid"


@pytest.mark.parametrize(
    "changes", [{"amountMinor": 1}, {"currency": "USD"}, {"capturedMinor": 2000}]
)
def test_another_amount_than_was_asked_for_is_not_believed(
    till: Till, changes: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.payments["p_1"] |= {"status": "paid", "capturedMinor": 1099, **changes}

    assert till.notify("p_1") == 200

    payment = till.get(payment_id)
    assert (payment["status"], payment["problem"]) == ("requires_action", "amount_mismatch")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    alerts = [line for line in lines if line["message"] == "payment needs attention"]
    assert [(each["severity"], each["paymentId"]) for each in alerts] == [("ERROR", payment_id)]
