"""Who holds the lease calls the provider, and nobody else; who knows no keys is looked up first."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from shared.connectors.client import parsed
from shared.connectors.psp import custom
from shared.connectors.psp.custom import Connector
from shared.services.payments.payment_calls import DOUBT, LEASE
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.payments import Till, nothing_special
from tests.support.refusals import nothing_written

TIMEOUT_S = 30


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider does not know a repeated call by its key, as several do not."""
    monkeypatch.setattr(custom, "HAS_IDEMPOTENCY_KEYS", False)
    numbers = itertools.count()

    def send(self: Connector, model: Any, path: str, body: Any, _: str) -> Any:
        # The stand-in knows keys: so every call has another, and none is repeated.
        headers = {"Idempotency-Key": f"call-{next(numbers)}"}
        return parsed(model, self._client.post(path, body, headers=headers).body, system="custom")

    monkeypatch.setattr(Connector, "_send", send)


@contextmanager
def held(till: Till, path_end: str, request: Callable[[], Answer]) -> Iterator[None]:
    """Keep a request waiting for the provider's answer while the block runs; it succeeds then."""
    arrived, released = threading.Event(), threading.Event()

    def wait(method: str, path: str) -> None:
        if method == "POST" and path.endswith(path_end):
            arrived.set()
            assert released.wait(TIMEOUT_S)

    till.provider.after = wait
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(request)
        try:
            assert arrived.wait(TIMEOUT_S)
            yield
        finally:
            released.set()
        assert first.result(TIMEOUT_S).status == 200
    till.provider.after = nothing_special


@contextmanager
def lost(till: Till, path_end: str) -> Iterator[None]:
    """Have the provider do its work, and its answer get lost."""
    till.provider.after = lambda method, path: (
        (502, b"") if method == "POST" and path.endswith(path_end) else None
    )
    yield
    till.provider.after = nothing_special


def posts(till: Till, path_end: str) -> int:
    return sum(method == "POST" and path.endswith(path_end) for method, path in till.provider.calls)


def refunded(till: Till) -> list[int]:
    return [each["amountMinor"] for made in till.provider.refunds.values() for each in made]


def test_while_one_asks_nobody_else_does(till: Till) -> None:
    with held(till, "/payments", till.process):
        calls = len(till.provider.calls)
        with nothing_written():
            answer = till.process()
        assert (answer.status, answer.error) == (503, "BUSY")
        assert len(till.provider.calls) == calls

    again = till.process()
    assert (again.status, again.is_replay) == (200, True)
    assert list(till.provider.payments) == ["p_1"]


def test_while_one_refunds_nobody_else_does(till: Till) -> None:
    payment_id = till.paid()

    def refund() -> Answer:
        return till.refund(payment_id, amount=500, refundReference="a")

    with held(till, "/refunds", refund):
        calls = len(till.provider.calls)
        with nothing_written():
            answer = refund()
        assert (answer.status, answer.error) == (503, "BUSY")
        assert len(till.provider.calls) == calls
        other = till.refund(payment_id, amount=600, refundReference="b")
        assert other.error == "REFUND_EXCEEDS_PAYMENT"

    assert refund().is_replay
    assert refunded(till) == [500]


def test_a_lease_ends(till: Till, frozen_clock: Clock) -> None:
    """Its holder is taken for dead, and what it was about is done by the next."""
    with held(till, "/payments", till.process):
        frozen_clock.now += LEASE - timedelta(milliseconds=1)
        assert till.process().error == "BUSY"
        frozen_clock.now += timedelta(milliseconds=1)
        till.provider.after = nothing_special
        assert till.process().status == 200

    assert list(till.provider.payments) == ["p_1"]


def test_a_provider_that_knows_keys_is_asked_again_at_once(till: Till) -> None:
    with lost(till, "/payments"):
        assert till.process().error == "CONNECTOR_UNAVAILABLE"

    assert till.process().body["status"] == "requires_action"
    assert list(till.provider.payments) == ["p_1"]
    assert ("GET", "/payments") not in till.provider.calls


@pytest.mark.usefixtures("keyless")
def test_without_keys_a_payment_in_doubt_waits_and_is_found(
    till: Till, frozen_clock: Clock
) -> None:
    with lost(till, "/payments"):
        first = till.process()
    assert (first.error, posts(till, "/payments")) == ("CONNECTOR_UNAVAILABLE", 1)

    frozen_clock.now += DOUBT - timedelta(milliseconds=1)
    calls = len(till.provider.calls)
    with nothing_written():
        assert till.process().error == "BUSY"
    assert len(till.provider.calls) == calls

    frozen_clock.now += timedelta(milliseconds=1)
    found = till.process()

    assert (found.status, found.body["status"]) == (200, "requires_action")
    assert till.stored(found.body["paymentId"]).vendor_payment_id == "p_1"
    assert posts(till, "/payments") == 1
    assert list(till.provider.payments) == ["p_1"]


@pytest.mark.usefixtures("keyless")
def test_without_keys_a_payment_that_is_not_found_is_made_once(
    till: Till, frozen_clock: Clock
) -> None:
    with lost(till, "/payments"):
        till.process()
    till.provider.payments.clear()  # it never got that far
    frozen_clock.now += DOUBT

    made = till.process()

    assert (made.status, posts(till, "/payments")) == (200, 2)
    assert list(till.provider.payments) == ["p_2"]
    assert till.process().is_replay
    assert posts(till, "/payments") == 2


@pytest.mark.usefixtures("keyless")
def test_without_keys_a_look_up_that_fails_begins_nothing(till: Till, frozen_clock: Clock) -> None:
    with lost(till, "/payments"):
        till.process()
    frozen_clock.now += DOUBT
    till.provider.after = lambda method, _: (500, b"") if method == "GET" else None

    assert till.process().error == "CONNECTOR_UNAVAILABLE"

    assert posts(till, "/payments") == 1


@pytest.mark.usefixtures("keyless")
def test_without_keys_a_refund_in_doubt_waits_and_is_found(till: Till, frozen_clock: Clock) -> None:
    payment_id = till.paid()

    def refund() -> Answer:
        return till.refund(payment_id, amount=500, refundReference="a")

    with lost(till, "/refunds"):
        assert refund().error == "CONNECTOR_UNAVAILABLE"
    frozen_clock.now += DOUBT - timedelta(milliseconds=1)
    with nothing_written():
        assert refund().error == "BUSY"
    frozen_clock.now += timedelta(milliseconds=1)

    found = refund()

    assert (found.status, found.body["status"]) == (200, "succeeded")
    assert refunded(till) == [500]
    assert posts(till, "/refunds") == 1


@pytest.mark.usefixtures("keyless")
def test_without_keys_a_refund_that_is_not_found_is_made_once(
    till: Till, frozen_clock: Clock
) -> None:
    payment_id = till.paid()
    with lost(till, "/refunds"):
        till.refund(payment_id, amount=500, refundReference="a")
    till.provider.refunds.clear()
    till.provider.payments["p_1"]["refundedMinor"] = 0
    frozen_clock.now += DOUBT

    made = till.refund(payment_id, amount=500, refundReference="a")

    assert (made.status, refunded(till), posts(till, "/refunds")) == (200, [500], 2)


@pytest.mark.usefixtures("keyless")
def test_what_was_refused_was_not_done_and_can_be_tried_at_once(till: Till) -> None:
    till.provider.after = lambda method, _: (422, b"{}") if method == "POST" else None
    refused = till.process()
    till.provider.after = nothing_special
    assert (refused.error, refused.body["details"]["retryable"]) == ("CONNECTOR_REJECTED", False)
    payment_id = refused.body["details"]["paymentId"]
    assert till.get(payment_id)["failure"] == "CONNECTOR_REJECTED"
    assert till.get(payment_id)["status"] == "failed"
    till.provider.payments.clear()

    again = till.process()

    assert again.body["paymentId"] == payment_id
    assert (till.get(payment_id)["status"], till.get(payment_id)["failure"]) == (
        "requires_action",
        None,
    )


@pytest.mark.usefixtures("keyless")
def test_without_keys_a_look_up_that_is_refused_fails_no_refund(
    till: Till, frozen_clock: Clock
) -> None:
    """Else another attempt would be made beside the one that may have given back."""
    payment_id = till.paid()
    with lost(till, "/refunds"):
        till.refund(payment_id, amount=500, refundReference="a")
    frozen_clock.now += DOUBT
    till.provider.after = lambda method, _: (404, b"{}") if method == "GET" else None
    assert till.refund(payment_id, amount=500, refundReference="a").error == "CONNECTOR_NOT_FOUND"
    till.provider.after = nothing_special
    assert [each["status"] for each in till.get(payment_id)["refunds"]] == ["pending"]

    found = till.refund(payment_id, amount=500, refundReference="a")

    assert (found.status, found.body["status"]) == (200, "succeeded")
    assert refunded(till) == [500]
    assert posts(till, "/refunds") == 1


@pytest.mark.usefixtures("keyless")
@pytest.mark.parametrize(("took_s", "sent"), [(20, 2), (21, 1)])
def test_without_keys_a_look_up_that_took_too_long_sends_nothing(
    till: Till, frozen_clock: Clock, took_s: int, sent: int
) -> None:
    """The lease may end while it is being sent, and somebody else would send it as well."""
    payment_id = till.paid()
    with lost(till, "/refunds"):
        till.refund(payment_id, amount=500, refundReference="a")
    till.provider.refunds.clear()
    till.provider.payments["p_1"]["refundedMinor"] = 0
    frozen_clock.now += DOUBT

    def slow(method: str, _: str) -> None:
        if method == "GET":
            frozen_clock.now += timedelta(seconds=took_s)

    till.provider.after = slow
    answer = till.refund(payment_id, amount=500, refundReference="a")

    assert answer.error == (None if sent == 2 else "BUSY")
    assert posts(till, "/refunds") == sent
    assert till.refund(payment_id, amount=500, refundReference="a").error == answer.error
    frozen_clock.now += LEASE
    till.provider.after = nothing_special
    assert till.refund(payment_id, amount=500, refundReference="a").body["status"] == "succeeded"
    assert refunded(till) == [500]


@pytest.mark.usefixtures("keyless")
def test_without_keys_what_is_not_found_and_then_refused_has_failed(
    till: Till, frozen_clock: Clock
) -> None:
    payment_id = till.paid()
    with lost(till, "/refunds"):
        till.refund(payment_id, amount=500, refundReference="a")
    till.provider.refunds.clear()
    frozen_clock.now += DOUBT
    till.provider.after = lambda method, _: (422, b"{}") if method == "POST" else None

    refused = till.refund(payment_id, amount=500, refundReference="a")

    assert refused.error == "CONNECTOR_REJECTED"
    assert [each["status"] for each in till.get(payment_id)["refunds"]] == ["failed"]
    assert till.get(payment_id)["refundable"] == 1099
