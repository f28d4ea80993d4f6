"""Whatever goes wrong between us and any provider: one payment, one refund, and no false word.

Every provider is spoken for by a double, which keeps what was really done.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared import ids
from shared.connectors.psp import PROVIDERS
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.psp_doubles.book import Payment
from tests.support.psp_doubles.server import DIALECTS, Fault
from tests.support.psp_doubles.shop import AMOUNT, Shop
from tests.support.refusals import assert_refused, nothing_written

POINTS = 109
"""For all of AMOUNT, at 10 points a euro."""
REFUNDED = 300
POINTS_LEFT = POINTS - POINTS * REFUNDED // AMOUNT
"""The share of what is given back is taken, rounded down."""
BEGUN = {"pending", "requires_action"}
NOTHING_LOST = {Fault.UNREACHED, Fault.BUSY, Fault.UNKNOWN_STATUS}
AUTHORIZING = [name for name in PROVIDERS if DIALECTS[name].authorizes]
KEYED = [name for name in PROVIDERS if DIALECTS[name].key_header]
ASKABLE = [name for name in PROVIDERS if not DIALECTS[name].only_reports]
ONE_PROVIDER = "custom"
"""It authorizes, and can be asked."""
every_provider = pytest.mark.parametrize("provider", PROVIDERS)


def each_fault_of(providers: Iterable[str]) -> pytest.MarkDecorator:
    """Let a test walk through all faults of providers: wide, but all of one and one of all."""
    return pytest.mark.parametrize(
        ("provider", "fault"),
        [
            pytest.param(
                provider,
                fault,
                marks=()
                if provider == ONE_PROVIDER or fault is Fault.TIMEOUT
                else pytest.mark.wide,
            )
            for provider in providers
            for fault in Fault
        ],
    )


def each_death_of(providers: Iterable[str]) -> pytest.MarkDecorator:
    """Let a test walk through all deaths of providers: wide, but those of one."""
    return pytest.mark.parametrize(
        "provider",
        [
            pytest.param(each, marks=() if each == ONE_PROVIDER else pytest.mark.wide)
            for each in providers
        ],
    )


@pytest.fixture
def shop(psp_shop: Shop) -> Shop:
    """The shop of a payment provider: all tests also know a shop that is online."""
    return psp_shop


def assert_told(answer: Answer, fault: Fault) -> None:
    """Assert that a till is told to come again."""
    if fault is Fault.UNKNOWN_STATUS:
        assert answer.status in {200, 400}, answer.body
        return
    assert answer.status == (429 if fault is Fault.BUSY else 503), answer.body
    assert answer.body["details"]["retryable"] is True


def payment_id_of(answer: Answer) -> str:
    """Return the payment that an answer is about, be it a refusal."""
    return (answer.body.get("details") or answer.body)["paymentId"]


def assert_paid(shop: Shop, payment_id: str) -> None:
    known = shop.get(payment_id)
    assert (known["status"], known["captured"], known["problem"]) == ("paid", AMOUNT, None)


def assert_refunded(shop: Shop, payment_id: str) -> None:
    known = shop.get(payment_id)
    assert (known["status"], known["refunded"]) == ("partially_refunded", REFUNDED)
    assert known["refundable"] == AMOUNT - REFUNDED
    assert (known["refunds"][-1]["status"], known["problem"]) == ("succeeded", None)
    assert [each.amount_minor for each in shop.made(payment_id).refunds] == [REFUNDED]


@each_fault_of(PROVIDERS)
def test_a_payment_is_made_once(loyal: Shop, fault: Fault) -> None:
    purchase = {"purchaseId": ids.new("order")}
    with loyal.double.failing("create", fault):
        first = loyal.process(**purchase)
    assert "create" in loyal.double.met
    assert_told(first, fault)
    payment_id = payment_id_of(first)
    assert loyal.get(payment_id)["status"] in BEGUN

    loyal.wait()
    again = loyal.process(**purchase)
    is_page_lost = loyal.double.dialect.tells_page_once and fault not in NOTHING_LOST
    assert (again.status, again.body["paymentId"]) == (200, payment_id)
    assert again.body["status"] in ({"failed"} if is_page_lost else BEGUN)
    made = loyal.made(payment_id)
    loyal.book.pay(made)
    loyal.learn(made, what="paid")

    assert_paid(loyal, payment_id)
    assert loyal.points() == POINTS


@each_fault_of(AUTHORIZING)
def test_money_is_taken_once(shop: Shop, fault: Fault) -> None:
    payment_id = shop.authorized()
    with shop.double.failing("capture", fault):
        first = shop.capture(payment_id)
    assert "capture" in shop.double.met or fault is Fault.UNKNOWN_STATUS
    assert_told(first, fault)
    assert shop.get(payment_id)["status"] == "authorized"

    again = shop.capture(payment_id)
    assert again.status == 200, again.body
    made = shop.made(payment_id)
    shop.learn(made, what="captured")

    assert made.captures == [AMOUNT]
    assert_paid(shop, payment_id)


@each_fault_of(PROVIDERS)
def test_money_is_given_back_once(loyal: Shop, fault: Fault) -> None:
    payment_id = loyal.paid()
    with loyal.double.failing("refund", fault):
        first = loyal.refund(payment_id)
    assert "refund" in loyal.double.met or fault is Fault.UNKNOWN_STATUS
    if fault not in loyal.double.dialect.harmless_to_refunds:
        assert_told(first, fault)
        assert loyal.get(payment_id)["status"] == "paid"

    loyal.wait()
    again = loyal.refund(payment_id)
    assert again.status == 200, again.body
    loyal.learn(loyal.made(payment_id), what="refunded")

    assert_refunded(loyal, payment_id)
    assert loyal.points() == POINTS_LEFT


@pytest.mark.parametrize("fault", [Fault.UNREACHED, Fault.BUSY, Fault.CUT, Fault.BROKEN])
@pytest.mark.parametrize("provider", KEYED)
def test_where_a_call_is_known_again_nobody_notices(shop: Shop, fault: Fault) -> None:
    with shop.double.failing("create", fault, times=2):
        payment_id = shop.paid()
    with shop.double.failing("refund", fault, times=1):
        assert shop.refund(payment_id).status == 200
    assert shop.double.met == ["create", "create", "refund"]
    assert [each.amount_minor for each in shop.made(payment_id).refunds] == [REFUNDED]


@pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.GARBAGE])
@every_provider
def test_nobody_needs_to_come_again(shop: Shop, fault: Fault) -> None:
    """The answers get lost, and the till never asks again: we find out what can be found out."""
    with shop.double.failing("create", fault):
        begun = payment_id_of(shop.process())
    refunded = shop.paid()
    with shop.double.failing("refund", fault):
        shop.refund(refunded)
    shop.learn(shop.made(refunded), what="refunded")

    assert shop.get(begun)["status"] in BEGUN | {"failed"}
    assert len(shop.book.of(begun)) == 1
    assert_refunded(shop, refunded)


@every_provider
def test_reports_that_come_twice_and_in_any_order_change_nothing(loyal: Shop) -> None:
    is_later, report = loyal.double.dialect.authorizes, loyal.double.dialect.report
    payment_id = loyal.begun(captureLater=is_later)
    made = loyal.made(payment_id)
    loyal.book.pay(made)
    reports = [report(made, "authorized" if is_later else "paid")]
    if is_later:
        loyal.book.capture(made, AMOUNT)
        reports.append(report(made, "captured"))
    for each in [*reversed(reports), *reports]:
        assert loyal.send(each) == 200
    assert_paid(loyal, payment_id)
    assert loyal.points() == POINTS

    assert loyal.refund(payment_id).status == 200
    reports.append(report(made, "refunded"))
    for each in [*reversed(reports), *reports]:
        assert loyal.send(each) == 200
    assert_refunded(loyal, payment_id)
    assert loyal.points() == POINTS_LEFT


@every_provider
def test_a_forged_report_is_refused(shop: Shop) -> None:
    payment_id = shop.begun()
    made = shop.made(payment_id)
    shop.book.pay(made)
    for each in shop.double.dialect.forgeries(made):
        with nothing_written():
            assert shop.send(each) == 401
    assert shop.get(payment_id)["status"] in BEGUN

    assert shop.tell(made, "paid") == 200
    assert_paid(shop, payment_id)


@pytest.mark.parametrize("provider", ASKABLE)
def test_a_report_alone_is_not_believed(shop: Shop) -> None:
    """Where a provider can be asked, it is."""
    payment_id = shop.begun()
    made = shop.made(payment_id)
    with nothing_written():
        assert shop.tell(made, "paid") == 200
    assert shop.get(payment_id)["status"] in BEGUN

    shop.book.pay(made)
    assert shop.tell(made, "paid") == 200
    assert_paid(shop, payment_id)


@every_provider
def test_another_amount_is_not_taken_for_ours(loyal: Shop) -> None:
    payment_id = loyal.begun()
    made = loyal.made(payment_id)
    made.said_minor = 1
    loyal.book.pay(made)
    assert loyal.tell(made, "paid") == 200

    known = loyal.get(payment_id)
    assert known["status"] in BEGUN
    assert (known["captured"], known["problem"]) == (0, "amount_mismatch")
    assert loyal.points() == 0

    made.said_minor, made.captures = AMOUNT, [AMOUNT]
    assert loyal.tell(made, "paid") == 200
    assert loyal.get(payment_id)["status"] == "paid"


@every_provider
def test_a_word_that_nobody_knows_is_no_success(shop: Shop) -> None:
    payment_id = shop.begun()
    made = shop.made(payment_id)
    shop.book.pay(made)
    with shop.double.failing("status", Fault.UNKNOWN_STATUS):
        assert shop.tell(made, "paid") == 200
        shop.sweep()
    known = shop.get(payment_id)
    assert known["status"] in BEGUN
    assert (known["captured"], known["problem"]) == (0, None)

    assert shop.tell(made, "paid") == 200
    assert_paid(shop, payment_id)


@every_provider
def test_what_is_being_asked_for_is_not_asked_for_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another till comes while the provider is at it."""
    purchase = {"purchaseId": ids.new("order")}
    others: dict[str, Answer] = {}

    def come(operation: str) -> None:
        if operation == "create" and not others:
            others["create"] = shop.process(**purchase)
        elif operation == "refund" and "refund" not in others:
            others["refund"] = shop.refund(payment_id)

    monkeypatch.setattr(shop.double, "meanwhile", come)
    payment_id = shop.paid(**purchase)
    assert shop.refund(payment_id).status == 200
    shop.learn(shop.made(payment_id), what="refunded")

    assert_refused(others["create"], 503, "BUSY")
    assert_refused(others["refund"], 503, "BUSY")
    assert_refunded(shop, payment_id)


@every_provider
def test_refunds_that_race_never_give_back_more_than_was_paid(shop: Shop) -> None:
    payment_id = shop.paid()
    made = shop.made(payment_id)

    def give_back(number: int) -> int:
        return shop.refund(payment_id, REFUNDED, f"r{number}").status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(give_back, range(8)))
    assert set(statuses) <= {200, 400, 503}
    assert 0 < made.refunded_minor <= AMOUNT

    shop.sweep()
    for number in range(8):
        give_back(number)
    shop.learn(made, what="refunded")
    assert shop.get(payment_id)["refunded"] == made.refunded_minor == 3 * REFUNDED


def deaths(act: Callable[[], Answer | int]) -> Iterator[bool]:
    """Do something again and again, and die one step later each time, until it is survived."""
    for steps in itertools.count():
        with dying_after(steps) as life:
            act()
        if not life.has_ended:
            return
        yield True


@each_death_of(PROVIDERS)
def test_a_payment_is_made_once_wherever_the_process_dies(shop: Shop) -> None:
    payments: list[Payment] = []
    purchase = {"purchaseId": ids.new("order")}
    for _ in deaths(lambda: shop.process(**purchase)):
        shop.wait()
        payments.append(shop.made(shop.begun(**purchase)))
        purchase["purchaseId"] = ids.new("order")
    assert len(payments) >= 6

    for made in payments:
        shop.book.pay(made)
    shop.learn(*payments, what="paid")
    for made in payments:
        assert_paid(shop, made.reference)


@each_death_of(AUTHORIZING)
def test_money_is_taken_once_wherever_the_process_dies(shop: Shop) -> None:
    payments = [shop.made(shop.authorized())]
    for _ in deaths(lambda: shop.capture(payments[-1].reference)):
        assert shop.capture(payments[-1].reference).status == 200
        payments.append(shop.made(shop.authorized()))
    assert len(payments) >= 6

    shop.learn(*payments, what="captured")
    for made in payments:
        assert made.captures == [AMOUNT]
        assert_paid(shop, made.reference)


@each_death_of(PROVIDERS)
def test_money_is_given_back_once_wherever_the_process_dies(loyal: Shop) -> None:
    payment_id = loyal.paid()
    made = loyal.made(payment_id)
    amounts = [1]
    for _ in deaths(lambda: loyal.refund(payment_id, amounts[-1], f"r{amounts[-1]}")):
        loyal.wait()
        again = loyal.refund(payment_id, amounts[-1], f"r{amounts[-1]}")
        assert again.status == 200, again.body
        assert [each.amount_minor for each in made.refunds] == amounts
        amounts.append(amounts[-1] + 1)
    assert len(amounts) >= 6

    loyal.learn(made, what="refunded")
    assert [each.amount_minor for each in made.refunds] == amounts
    assert loyal.get(payment_id)["refunded"] == sum(amounts)
    assert loyal.points() == POINTS - POINTS * sum(amounts) // AMOUNT


@each_death_of(PROVIDERS)
def test_a_report_counts_once_wherever_the_process_dies(loyal: Shop) -> None:
    payments: list[Payment] = []

    def next_is_paid() -> None:
        payments.append(loyal.made(loyal.begun()))
        loyal.book.pay(payments[-1])

    next_is_paid()
    for _ in deaths(lambda: loyal.tell(payments[-1], "paid")):
        assert loyal.tell(payments[-1], "paid") == 200
        assert_paid(loyal, payments[-1].reference)
        next_is_paid()
    assert len(payments) >= 6
    assert loyal.points() == POINTS * len(payments)
