"""refundPayment: money goes back once, and never more than came."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from shared.services.payments import payment_settlement
from tests.support.payments import Till, nothing_special
from tests.support.refusals import assert_refused, nothing_written


def refunded(till: Till) -> int:
    """Return what the provider gave back, in minor units."""
    return sum(each["amountMinor"] for made in till.provider.refunds.values() for each in made)


def test_gives_all_back(till: Till) -> None:
    payment_id = till.paid()

    answer = till.refund(payment_id)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "refundId": answer.body["refundId"],
        "paymentId": payment_id,
        "status": "succeeded",
        "amount": 1099,
        "currency": "EUR",
    }
    payment = till.get(payment_id)
    assert (payment["status"], payment["refunded"], payment["refundable"]) == ("refunded", 1099, 0)
    assert refunded(till) == 1099


def test_gives_parts_back_until_nothing_is_left(till: Till) -> None:
    payment_id = till.paid(1000)

    till.refund(payment_id, amount=300, refundReference="a")
    assert till.get(payment_id)["status"] == "partially_refunded"
    till.refund(payment_id, amount=700, refundReference="b")

    assert till.get(payment_id)["status"] == "refunded"
    assert refunded(till) == 1000


def test_a_repeated_request_gives_back_once(till: Till) -> None:
    payment_id = till.paid()

    by_reference = [till.refund(payment_id, amount=100, refundReference="a") for _ in range(2)]
    by_key = [till.refund(payment_id, amount=100, key="k") for _ in range(2)]

    assert by_reference[0].body == by_reference[1].body
    assert by_key[0].body == by_key[1].body
    assert [each.is_replay for each in (*by_reference, *by_key)] == [False, True, False, True]
    assert refunded(till) == 200


def test_the_same_reference_with_another_amount_is_refused(till: Till) -> None:
    payment_id = till.paid()
    made = till.refund(payment_id, amount=100, refundReference="a").body["refundId"]

    with nothing_written():
        answer = till.refund(payment_id, amount=101, refundReference="a")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", {"refundId": made})


def test_more_than_was_paid_is_refused(till: Till) -> None:
    payment_id = till.paid(1000)
    till.refund(payment_id, amount=400, refundReference="a")

    with nothing_written():
        answer = till.refund(payment_id, amount=601, refundReference="b")

    assert_refused(answer, 400, "REFUND_EXCEEDS_PAYMENT", {"refundable": 600, "requested": 601})
    assert refunded(till) == 400


def test_eight_refunds_at_once_never_exceed_the_payment(till: Till) -> None:
    payment_id = till.paid(1000)

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda number: till.refund(payment_id, amount=300, refundReference=str(number)),
                range(8),
            )
        )

    assert sorted(answer.status for answer in answers) == [200] * 3 + [400] * 5
    assert {answer.error for answer in answers} == {None, "REFUND_EXCEEDS_PAYMENT"}
    assert refunded(till) == 900


def test_a_part_needs_a_reference_or_a_key(till: Till) -> None:
    payment_id = till.paid()

    with nothing_written():
        answer = till.refund(payment_id, amount=100)

    problem = "is required unless the header Idempotency-Key is sent"
    assert_refused(answer, 400, "INVALID_PARAMETERS", {"fields": {"refundReference": problem}})


def test_what_is_not_paid_is_not_refunded(till: Till) -> None:
    payment_id = till.process().body["paymentId"]

    with nothing_written():
        answer = till.refund(payment_id)

    details = {"paymentId": payment_id, "status": "requires_action"}
    assert_refused(answer, 400, "PAYMENT_NOT_REFUNDABLE", details)


def test_another_merchants_payment_does_not_exist(till: Till, new_merchant) -> None:
    payment_id, other = till.paid(), new_merchant()

    with nothing_written():
        answer = other.api("refundPayment", {"paymentId": payment_id})

    assert_refused(answer, 404, "PAYMENT_NOT_FOUND")
    assert refunded(till) == 0


def test_a_refund_whose_answer_got_lost_is_not_made_again(till: Till) -> None:
    payment_id = till.paid()
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    lost = till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = nothing_special

    assert lost.error == "CONNECTOR_UNAVAILABLE"
    assert lost.body["details"]["retryable"] is True
    assert till.get(payment_id)["refundable"] == 599

    again = till.refund(payment_id, amount=500, refundReference="a")

    assert (again.status, again.body["status"]) == (200, "succeeded")
    assert refunded(till) == 500


def test_a_refund_that_the_provider_refuses_failed(till: Till) -> None:
    payment_id = till.paid()
    till.provider.payments["p_1"]["refundedMinor"] = 1099

    answer = till.refund(payment_id)

    assert answer.error == "CONNECTOR_REJECTED"
    payment = till.get(payment_id)
    assert [each["status"] for each in payment["refunds"]] == ["failed"]
    assert payment["refundable"] == 1099


def test_all_that_is_left_is_given_back_once_without_a_reference(till: Till) -> None:
    payment_id = till.paid()

    first, again = till.refund(payment_id), till.refund(payment_id)

    assert (again.body, again.is_replay) == (first.body, True)
    assert refunded(till) == 1099


def test_eight_requests_for_all_give_back_once(till: Till) -> None:
    payment_id = till.paid()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: till.refund(payment_id), range(8)))

    assert {answer.status for answer in answers} <= {200, 503}
    assert len({answer.body["refundId"] for answer in answers if answer.status == 200}) == 1
    assert refunded(till) == 1099


def test_all_whose_answer_got_lost_can_be_asked_for_again(till: Till) -> None:
    payment_id = till.paid()
    till.refund(payment_id, amount=99, refundReference="a")
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    lost = till.refund(payment_id)
    till.provider.after = nothing_special
    assert lost.error == "CONNECTOR_UNAVAILABLE"

    again = till.refund(payment_id)

    assert (again.status, again.body["refundId"]) == (200, lost.body["details"]["refundId"])
    assert refunded(till) == 1099


def test_all_can_be_asked_for_again_after_a_failure(till: Till) -> None:
    payment_id = till.paid()
    till.provider.payments["p_1"]["refundedMinor"] = 1099
    assert till.refund(payment_id).error == "CONNECTOR_REJECTED"
    till.provider.payments["p_1"]["refundedMinor"] = 0

    assert till.refund(payment_id).body["status"] == "succeeded"

    statuses = [each["status"] for each in till.get(payment_id)["refunds"]]
    assert statuses == ["failed", "succeeded"]
    assert refunded(till) == 1099


# Another attempt at a refund that failed.


@contextmanager
def refusing(till: Till) -> Iterator[None]:
    """Have the provider take no refunds."""
    left = till.provider.payments["p_1"]["refundedMinor"]
    till.provider.payments["p_1"]["refundedMinor"] = till.provider.payments["p_1"]["capturedMinor"]
    yield
    till.provider.payments["p_1"]["refundedMinor"] = left


def statuses(till: Till, payment_id: str) -> list[str]:
    return [each["status"] for each in till.get(payment_id)["refunds"]]


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 500, "refundReference": "a"},
        {"refundReference": "a"},
        {"amount": 500, "key": "k"},
        {},
    ],
    ids=["part", "all-by-reference", "part-by-key", "all"],
)
def test_a_refund_that_failed_can_be_tried_again(till: Till, fields: dict[str, Any]) -> None:
    payment_id = till.paid()
    with refusing(till):
        refused = [till.refund(payment_id, **fields) for _ in range(2)]
    assert [each.error for each in refused] == ["CONNECTOR_REJECTED"] * 2

    made, again = till.refund(payment_id, **fields), till.refund(payment_id, **fields)

    assert (made.status, made.body["status"], made.is_replay) == (200, "succeeded", False)
    assert (again.body, again.is_replay) == (made.body, True)
    assert statuses(till, payment_id) == ["failed", "failed", "succeeded"]
    attempts = {each.body["details"]["refundId"] for each in refused} | {made.body["refundId"]}
    assert len(attempts) == 3  # the provider takes each for another refund
    assert refunded(till) == fields.get("amount", 1099)


def test_another_attempt_is_for_the_same_amount(till: Till) -> None:
    payment_id = till.paid()
    with refusing(till):
        failed = till.refund(payment_id, amount=500, refundReference="a")

    with nothing_written():
        answer = till.refund(payment_id, amount=501, refundReference="a")

    details = {"refundId": failed.body["details"]["refundId"]}
    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", details)
    assert refunded(till) == 0


def test_a_refund_that_the_provider_let_fail_later_can_be_tried_again(till: Till) -> None:
    payment_id = till.paid()
    till.provider.after = lambda _, path: (
        (201, b'{"id": "r_x", "status": "pending"}') if path.endswith("/refunds") else None
    )
    first = till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = nothing_special
    assert first.body["status"] == "pending"
    [made] = till.provider.refunds["p_1"]
    made["status"] = "failed"  # and the provider keeps the money
    till.provider.payments["p_1"]["refundedMinor"] = 0
    payment_settlement.settle(till.stored(payment_id))
    assert statuses(till, payment_id) == ["failed"]

    again = till.refund(payment_id, amount=500, refundReference="a")

    assert again.body["status"] == "succeeded"
    assert again.body["refundId"] != first.body["refundId"]
    [_, second] = till.provider.refunds["p_1"]
    assert (second["reference"], second["amountMinor"]) == (again.body["refundId"], 500)
    assert till.get(payment_id)["refundable"] == 599
    till.notify("p_1")  # what comes of the first one does not touch the second
    assert statuses(till, payment_id) == ["failed", "succeeded"]


def test_eight_attempts_at_once_give_back_once(till: Till) -> None:
    payment_id = till.paid()
    with refusing(till):
        till.refund(payment_id, amount=500, refundReference="a")

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: till.refund(payment_id, amount=500, refundReference="a"),
                range(8),
            )
        )

    assert {answer.status for answer in answers} <= {200, 503}
    assert len({answer.body["refundId"] for answer in answers if answer.status == 200}) == 1
    assert statuses(till, payment_id) == ["failed", "succeeded"]
    assert refunded(till) == 500


def test_another_attempt_whose_answer_got_lost_is_not_made_twice(till: Till) -> None:
    payment_id = till.paid()
    with refusing(till):
        till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    lost = till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = nothing_special
    assert lost.error == "CONNECTOR_UNAVAILABLE"

    again = till.refund(payment_id, amount=500, refundReference="a")

    assert again.body["refundId"] == lost.body["details"]["refundId"]
    assert statuses(till, payment_id) == ["failed", "succeeded"]
    assert refunded(till) == 500


def test_credentials_that_are_refused_do_not_say_that_an_earlier_call_failed(till: Till) -> None:
    """The first call has given back; a second attempt beside it would do so again."""
    payment_id = till.paid()
    till.provider.after = lambda _, path: (502, b"") if path.endswith("/refunds") else None
    till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = lambda *_: (401, b"{}")
    refused = till.refund(payment_id, amount=500, refundReference="a")
    till.provider.after = nothing_special
    assert refused.error == "CONNECTOR_CREDENTIALS_REFUSED"
    assert statuses(till, payment_id) == ["pending"]

    assert till.refund(payment_id, amount=500, refundReference="a").body["status"] == "succeeded"

    assert refunded(till) == 500
