"""WooCommerce: cards in the meta data of customers, and codes as coupons, in a stand-in's shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.connectors import client
from shared.connectors.shop import woocommerce
from shared.connectors.shop.woocommerce import Config, Connector
from shared.connectors.shop.woocommerce_answers import WooOrder, WooTerms, to_order
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
)
from tests.conftest import Clock
from tests.support.faults import LOST, Fault, Faults
from tests.support.woocommerce import order
from tests.support.woocommerce_back_office import HOLD, BackOffice, Coupon, Customer
from tests.support.woocommerce_shop import API, WooShop, woocommerce_shop

pytestmark = pytest.mark.usefixtures("one_try")

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CARD = ShopCard("26", Decimal("12.50"), "EUR", "Gold", "PW-4711")
TENNER = ShopCode(
    "PW-7KQ2M", "Ten off", "26", None, Decimal("10.00"), "EUR", NOON, NOON + timedelta(days=30)
)
EIGHTH = replace(TENNER, percentage=Decimal("12.5"), amount=None, ends_at=None)


@pytest.fixture
def server(frozen_clock: Clock) -> Iterator[WooShop]:
    with woocommerce_shop() as server:
        yield server


@pytest.fixture
def shop(server: WooShop) -> BackOffice:
    return server.office


@pytest.fixture
def faults(server: WooShop) -> Faults:
    return server.faults


@pytest.fixture
def writer(server: WooShop) -> Connector:
    config = Config.model_validate(server.credentials)
    return woocommerce.connect(config, is_emulated=True)


def methods(faults: Faults) -> list[str]:
    return [method for method, _ in faults.calls]


# Cards


def test_a_card_is_meta_data_and_nothing_else_is_touched(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    writer.write_card(CARD)
    writer.write_card(CARD)

    assert shop.customers[26] == Customer(
        meta={
            "newsletter": "yes",
            "punktwerk_balance": "12.50",
            "punktwerk_unit": "EUR",
            "punktwerk_tier": "Gold",
            "punktwerk_card_code": "PW-4711",
        }
    )
    assert methods(faults) == ["PUT", "PUT"]

    writer.write_card(ShopCard("26", Decimal("1.2E+2"), "points", None, None))
    assert shop.customers[26].meta == {
        "newsletter": "yes",
        "punktwerk_balance": "120",
        "punktwerk_unit": "points",
    }


def test_a_card_is_cleared_also_if_there_is_none(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    writer.clear_card("26")
    writer.write_card(CARD)
    writer.clear_card("26")
    assert shop.customers[26] == Customer()
    writer.clear_card("27")
    writer.clear_card("../orders/1")
    assert {path for _, path in faults.calls} == {
        f"{API}/customers/26",
        f"{API}/customers/27",
    }


@pytest.mark.parametrize("is_old", [False, True])
def test_a_customer_who_is_gone_has_no_card(
    shop: BackOffice, writer: Connector, is_old: bool
) -> None:
    shop.is_old = is_old
    for gone in ("27", "", "x", "²", "26/../1"):
        with pytest.raises(ConnectorNotFound):
            writer.write_card(replace(CARD, customer_id=gone))
    assert shop.customers == {26: Customer()}


def test_who_may_not_be_changed_is_not_gone(shop: BackOffice, writer: Connector) -> None:
    shop.customers[26].is_staff = True
    with pytest.raises(ConnectorCredentialsRefused):
        writer.write_card(CARD)


# Codes


def test_a_code_is_a_coupon_of_one_customer_for_one_order(
    shop: BackOffice, writer: Connector
) -> None:
    made = writer.put_code(TENNER)

    assert shop.coupons == {
        int(made): Coupon(
            code="pw-7kq2m",
            amount="10.00",
            discount_type="fixed_cart",
            description="Ten off",
            date_expires=TENNER.ends_at,
            usage_limit=1,
            usage_limit_per_user=1,
            email_restrictions=["anna@example.com"],
            meta={"punktwerk_code": "26:PW-7KQ2M"},
        )
    }
    assert not shop.buy("PW-7KQ2M", "bert@example.com")
    assert shop.buy("pw-7kq2m", "Anna@example.com")
    assert not shop.buy("PW-7KQ2M")


def test_a_percentage_needs_no_currency_and_may_never_end(
    shop: BackOffice, writer: Connector
) -> None:
    shop.currency = "CHF"
    made = shop.coupons[int(writer.put_code(EIGHTH))]

    assert (made.discount_type, made.amount, made.date_expires) == ("percent", "12.5", None)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (replace(TENNER, currency="CHF"), {}),
        (replace(TENNER, starts_at=NOON + timedelta(days=1)), {}),
        *((TENNER, {"email": each}) for each in ("", "*@example.com", "änna@example.com", "anna")),
    ],
    ids=["another currency", "starts later", "no address", "any address", "umlaut", "no domain"],
)
def test_what_a_coupon_cannot_be_is_refused(
    shop: BackOffice, writer: Connector, code: ShopCode, changed: dict[str, Any]
) -> None:
    shop.customers[26] = replace(Customer(), **changed)
    with pytest.raises(ConnectorRejected):
        writer.put_code(code)
    assert shop.coupons == {}


def test_who_is_gone_gets_no_code(shop: BackOffice, writer: Connector) -> None:
    with pytest.raises(ConnectorNotFound):
        writer.put_code(replace(TENNER, customer_id="27"))
    assert shop.coupons == {}


def test_a_repetition_makes_no_second_coupon(shop: BackOffice, writer: Connector) -> None:
    made = writer.put_code(TENNER)
    shop.buy(TENNER.code)
    assert writer.put_code(TENNER) == made
    assert [each.usage_count for each in shop.coupons.values()] == [1]


def test_a_coupon_that_was_made_meanwhile_is_found(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    ours = Coupon("pw-7kq2m", meta={"punktwerk_code": "26:PW-7KQ2M"})
    faults.meanwhile["GET"] = lambda: shop.add(ours)
    assert shop.coupons[int(writer.put_code(TENNER))] is ours
    assert len(shop.coupons) == 1


@pytest.mark.parametrize("meta", [{}, {"punktwerk_code": "27:PW-7KQ2M"}, {"other": ["x"]}])
def test_a_coupon_of_somebody_else_is_left_alone(
    shop: BackOffice, writer: Connector, meta: dict[str, Any]
) -> None:
    theirs = Coupon("pw-7kq2m", amount="50", meta=meta)
    before = {shop.add(theirs): replace(theirs)}

    with pytest.raises(ConnectorRejected, match="another coupon"):
        writer.put_code(TENNER)
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED
    assert shop.coupons == before


# Revoking


@pytest.mark.parametrize("code", [TENNER, EIGHTH])
def test_a_code_that_nobody_used_is_gone(
    shop: BackOffice, writer: Connector, code: ShopCode
) -> None:
    writer.put_code(code)
    assert writer.revoke_code(code) is CodeFate.REVOKED
    assert writer.revoke_code(code) is CodeFate.REVOKED
    assert shop.coupons == {}
    assert not shop.buy(code.code)


def test_a_code_that_was_used_stays(shop: BackOffice, writer: Connector) -> None:
    made = int(writer.put_code(TENNER))
    shop.buy(TENNER.code)
    before = replace(shop.coupons[made])
    assert writer.revoke_code(TENNER) is CodeFate.USED
    assert shop.coupons == {made: before}


def test_a_code_of_an_order_that_is_being_paid_is_used(
    shop: BackOffice, writer: Connector, frozen_clock: Clock
) -> None:
    writer.put_code(TENNER)
    assert shop.begin(TENNER.code)
    assert writer.revoke_code(TENNER) is CodeFate.USED
    frozen_clock.now += HOLD
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED


@pytest.mark.parametrize("code", [TENNER, EIGHTH])
@pytest.mark.parametrize("moment", ["PUT", "GET"])
def test_a_code_that_is_used_while_it_is_revoked_is_used(
    shop: BackOffice, faults: Faults, writer: Connector, code: ShopCode, moment: str
) -> None:
    """The checkout has looked at the coupon just before it expired."""
    made = int(writer.put_code(code))
    faults.meanwhile[moment] = lambda: shop.pay(code.code)
    assert writer.revoke_code(code) is CodeFate.USED
    assert shop.coupons[made].date_expires == code.ends_at
    # The order is cancelled: the redemption stands, and so does the code.
    shop.cancel(code.code)
    assert shop.buy(code.code)


def test_a_code_that_is_used_in_the_last_moment_is_used(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    made = int(writer.put_code(TENNER))

    def before_it_is_deleted() -> None:
        faults.meanwhile["GET"] = lambda: shop.pay(TENNER.code)

    faults.meanwhile["PUT"] = before_it_is_deleted
    assert writer.revoke_code(TENNER) is CodeFate.USED
    assert made not in shop.coupons


def test_two_coupons_of_one_code_are_both_taken_away(shop: BackOffice, writer: Connector) -> None:
    """Two calls may make them in the same moment; the newer one counts."""
    writer.put_code(TENNER)
    shop.add(replace(next(iter(shop.coupons.values()))))
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED
    assert shop.coupons == {}


def test_a_coupon_that_the_shop_does_not_change_is_not_revoked(
    shop: BackOffice, writer: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.put_code(TENNER)
    monkeypatch.setattr(Coupon, "write", lambda *_: None)
    with pytest.raises(ConnectorAnswerInvalid, match="expires"):
        writer.revoke_code(TENNER)
    assert len(shop.coupons) == 1


# Faults


FAULTS: dict[Fault, type[ConnectorError]] = {
    LOST: ConnectorUnavailable,
    429: ConnectorRateLimited,
    503: ConnectorUnavailable,
    b"<html>": ConnectorAnswerInvalid,
    b"[]": ConnectorAnswerInvalid,
}


@pytest.mark.parametrize("fault", [LOST, 429, 503, b"<html>"])
@pytest.mark.parametrize("step", range(4))
def test_a_code_is_put_once_whatever_fails(
    shop: BackOffice, faults: Faults, writer: Connector, step: int, fault: Fault
) -> None:
    faults.coming = [*[None] * step, fault]
    with pytest.raises(FAULTS[fault]):
        writer.put_code(TENNER)
    made = writer.put_code(TENNER)
    assert list(shop.coupons) == [int(made)]


@pytest.mark.parametrize("fault", [LOST, 429, 503, b"<html>", b"[]"])
@pytest.mark.parametrize("step", range(1, 4))
@pytest.mark.parametrize("is_used", [False, True])
def test_a_code_is_revoked_or_used_whatever_fails(
    shop: BackOffice, faults: Faults, writer: Connector, step: int, fault: Fault, is_used: bool
) -> None:
    made = int(writer.put_code(TENNER))
    if is_used:
        faults.meanwhile["PUT"] = lambda: shop.pay(TENNER.code)
    faults.coming = [*[None] * step, fault]
    with pytest.raises(FAULTS[fault]):
        writer.revoke_code(TENNER)
    fate = writer.revoke_code(TENNER)
    if is_used:
        assert fate is CodeFate.USED
        assert shop.coupons[made].date_expires == TENNER.ends_at
    else:
        assert fate is CodeFate.REVOKED
        assert shop.coupons == {}


def test_a_revocation_that_broke_off_is_undone_by_putting_the_code(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    made = writer.put_code(TENNER)
    faults.coming = [None, LOST]
    with pytest.raises(ConnectorUnavailable):
        writer.revoke_code(TENNER)
    assert not shop.buy(TENNER.code)
    assert writer.put_code(TENNER) == made
    assert shop.buy(TENNER.code)


def test_what_is_safe_to_repeat_is_repeated(
    shop: BackOffice, faults: Faults, writer: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES_MAX", 3)
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)
    faults.coming = [LOST, 503]
    writer.write_card(CARD)
    assert shop.customers[26].meta["punktwerk_balance"] == "12.50"
    writer.put_code(TENNER)
    faults.coming = [LOST, None, LOST, None, LOST, None, LOST]
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED
    faults.calls.clear()
    faults.coming = [None, None, None, LOST]
    with pytest.raises(ConnectorUnavailable):
        writer.put_code(TENNER)
    assert methods(faults).count("POST") == 1


# Orders


def test_an_order_says_which_codes_it_used_if_it_is_paid() -> None:
    lines = [{"code": "pw-7kq2m"}, {"code": "ten"}, {"code": "ten"}, {"code": "x" * 101}, {}]

    def codes(**changed: Any) -> tuple[str, ...]:
        row = WooOrder.model_validate(order(coupon_lines=lines, **changed))
        return to_order(row, (), WooTerms()).codes

    assert codes() == ("pw-7kq2m", "ten")
    assert codes(status="pending") == codes(status="cancelled") == ()


def test_cards_and_codes_can_be_written() -> None:
    assert {ShopWrite.CARD, ShopWrite.CODE} == woocommerce.WRITES
