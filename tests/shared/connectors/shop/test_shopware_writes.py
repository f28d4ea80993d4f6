"""Shopware: cards in custom fields and tags of customers, and codes as promotions, in a stand-in.

The stand-in allows what the example of an app asks for, and nothing else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.connectors.shop import shopware, shopware_writes
from shared.connectors.shop.shopware import Config, Connector
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
from tests.support.shopware_back_office import (
    ANNA,
    BERT,
    CHANNELS,
    FRANC,
    BackOffice,
    Customer,
    hex_id,
)
from tests.support.shopware_shop import NOON, SECRET, ShopwareShop, shopware_shop

pytestmark = pytest.mark.usefixtures("one_try")

GONE = hex_id(99)
CARD = ShopCard(ANNA, Decimal("12.50"), "EUR", "Gold", "PW-4711")
TENNER = ShopCode(
    "PW-7KQ2M", "Ten off", ANNA, None, Decimal("10.00"), "EUR", NOON, NOON + timedelta(days=30)
)
EIGHTH = replace(TENNER, percentage=Decimal("12.5"), amount=None, ends_at=None)


@pytest.fixture
def server(frozen_clock: Clock) -> Iterator[ShopwareShop]:
    with shopware_shop() as server:
        allowed = shopware_writes.PERMISSIONS.items()
        server.office.permissions = frozenset(
            f"{entity}:{action}" for action, entities in allowed for entity in entities
        )
        yield server


@pytest.fixture
def shop(server: ShopwareShop) -> BackOffice:
    return server.office


@pytest.fixture
def faults(server: ShopwareShop) -> Faults:
    return server.faults


@pytest.fixture
def writer(server: ShopwareShop) -> Connector:
    config = Config.model_validate(
        {
            "shopUrl": "https://shop.example.com",
            "clientId": "SWIAFAKEFAKEFAKE",
            "clientSecret": "fake-secret-of-the-integration",
            "webhookSecret": SECRET,
            "baseUrl": server.url,
        }
    )
    connector = shopware.connect(config, is_emulated=True)
    connector.verify()  # which takes a token
    server.faults.calls.clear()
    return connector


# Cards


def test_a_card_is_custom_fields_and_a_tag_and_nothing_else_is_touched(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    shop.add_tag("VIP", 70)
    writer.write_card(CARD)
    first = copy.deepcopy(shop.tables)
    writer.write_card(CARD)

    assert shop.tables == first
    assert shop.anna.fields == {
        "newsletter": True,
        "punktwerk_balance": 12.5,
        "punktwerk_unit": "EUR",
        "punktwerk_tier": "Gold",
        "punktwerk_card_code": "PW-4711",
    }
    assert shop.tag_names() == {"VIP", "loyalty-tier:Gold"}
    assert shop.tables.customers[BERT] == Customer()
    assert faults.calls == [("POST", "/search/customer"), ("POST", "/_action/sync")] * 2


def test_a_customer_has_the_tag_of_one_tier(shop: BackOffice, writer: Connector) -> None:
    shop.add_tag("VIP", 70)
    shop.add_tag("loyalty-tier:Bronze", 71)
    shop.add_tag("loyalty", 72)
    for tier in ("Silver", "Gold", "Silver"):
        writer.write_card(replace(CARD, tier=tier))
        assert shop.tag_names() == {"VIP", "loyalty", f"loyalty-tier:{tier}"}
    writer.write_card(replace(CARD, customer_id=BERT, tier="Silver"))
    assert shop.tag_names(BERT) == {"loyalty-tier:Silver"}
    # One tag for all customers, besides that of the merchant.
    assert list(shop.tables.tags.values()).count("loyalty-tier:Silver") == 1

    writer.write_card(replace(CARD, tier=None, code=None, balance=Decimal(-120), unit="points"))
    assert shop.tag_names() == {"VIP", "loyalty"}
    assert shop.anna.fields["punktwerk_tier"] is None
    assert shop.anna.fields["punktwerk_balance"] == -120


def test_a_tag_that_the_merchant_has_made_is_taken(shop: BackOffice, writer: Connector) -> None:
    shop.add_tag("loyalty-tier:Gold", 71)
    writer.write_card(CARD)
    assert shop.tables.tags == {hex_id(71): "loyalty-tier:Gold"}
    assert shop.anna.tags == [hex_id(71)]


def test_a_card_is_cleared_also_if_there_is_none(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    shop.add_tag("VIP", 70)
    writer.write_card(CARD)
    for _ in range(2):
        writer.clear_card(ANNA)
        assert shop.tag_names() == {"VIP"}
        assert shop.anna.fields == {
            "newsletter": True,
            **dict.fromkeys(shopware_writes.CARD_FIELDS),
        }
    faults.calls.clear()
    writer.clear_card(GONE)
    writer.clear_card("x")
    assert faults.calls == [("POST", "/search/customer")]


@pytest.mark.parametrize("gone", [GONE, "", "x", ANNA.upper() + "A"])
def test_a_customer_who_is_gone_has_neither_card_nor_code(
    shop: BackOffice, writer: Connector, gone: str
) -> None:
    before = copy.deepcopy(shop.tables)
    with pytest.raises(ConnectorNotFound):
        writer.write_card(replace(CARD, customer_id=gone))
    with pytest.raises(ConnectorNotFound):
        writer.put_code(replace(TENNER, customer_id=gone))
    assert shop.tables == before


def test_a_customer_who_goes_meanwhile_is_not_made_anew(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    faults.meanwhile["POST"] = lambda: shop.tables.customers.pop(ANNA)
    with pytest.raises(ConnectorRejected):
        writer.write_card(CARD)
    assert list(shop.tables.customers) == [BERT]
    assert shop.tables.tags == {}


# Codes


def test_a_code_is_a_promotion_of_one_customer_for_one_order(
    shop: BackOffice, writer: Connector, frozen_clock: Clock
) -> None:
    writer.put_code(TENNER)

    assert shop.discount("pw-7kq2m") == Decimal("10.00")
    assert shop.discount("pw-7kq2m", total="4.20") == Decimal("4.20")
    assert all(shop.discount(TENNER.code, channel_id=each) for each in CHANNELS)
    assert not shop.order(TENNER.code, customer_id=BERT)
    frozen_clock.now = TENNER.ends_at or NOON
    assert not shop.order(TENNER.code)
    frozen_clock.now = NOON - timedelta(seconds=1)
    assert not shop.order(TENNER.code)
    frozen_clock.now = NOON
    assert shop.order(TENNER.code)
    assert not shop.order(TENNER.code)


def test_a_percentage_needs_no_currency_and_may_never_end(
    shop: BackOffice, writer: Connector, frozen_clock: Clock
) -> None:
    shop.currencies = {}
    writer.put_code(EIGHTH)
    frozen_clock.now += timedelta(days=3_000)
    assert shop.discount(EIGHTH.code, total="80") == Decimal("10.00")


def test_an_amount_is_exact_in_its_currency_and_converted_in_others(
    shop: BackOffice, writer: Connector
) -> None:
    writer.put_code(replace(TENNER, currency="CHF"))
    assert shop.discount(TENNER.code, currency_id=FRANC) == Decimal("10.00")
    assert shop.discount(TENNER.code) == Decimal("10.52")
    writer.put_code(replace(TENNER, code="PW-2"))
    assert shop.discount("PW-2") == Decimal("10.00")
    assert shop.discount("PW-2", currency_id=FRANC) == Decimal("9.50")


def test_a_currency_that_the_shop_does_not_have_is_refused(
    shop: BackOffice, writer: Connector
) -> None:
    with pytest.raises(ConnectorRejected, match="JPY"):
        writer.put_code(replace(TENNER, currency="JPY"))
    assert shop.tables.promotions == {}


def test_a_shop_may_have_many_sales_channels(shop: BackOffice, writer: Connector) -> None:
    shop.channels = tuple(hex_id(1_000 + each) for each in range(200))
    writer.put_code(TENNER)
    assert shop.discount(TENNER.code, channel_id=shop.channels[-1]) == Decimal("10.00")


def test_a_repetition_makes_no_second_promotion(shop: BackOffice, writer: Connector) -> None:
    made = writer.put_code(TENNER)
    before = copy.deepcopy(shop.tables)
    assert writer.put_code(TENNER) == made
    assert shop.tables == before
    shop.order(TENNER.code)
    assert writer.put_code(TENNER) == made
    assert not shop.order(TENNER.code)
    assert list(shop.tables.promotions) == [made]


@pytest.mark.parametrize("spelled", ["PW-7KQ2M", "pw-7kq2m"])
def test_a_promotion_of_somebody_else_is_left_alone(
    shop: BackOffice, writer: Connector, spelled: str
) -> None:
    writer.put_code(replace(TENNER, code=spelled, customer_id=BERT))
    before = copy.deepcopy(shop.tables)

    with pytest.raises(ConnectorRejected, match="already exists"):
        writer.put_code(TENNER)
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED
    assert shop.tables == before


# Revoking


def test_a_code_that_nobody_used_is_of_no_use(shop: BackOffice, writer: Connector) -> None:
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED
    writer.put_code(TENNER)
    for _ in range(2):
        assert writer.revoke_code(TENNER) is CodeFate.REVOKED
    assert not shop.order(TENNER.code)


def test_a_code_that_was_used_stays(shop: BackOffice, faults: Faults, writer: Connector) -> None:
    writer.put_code(TENNER)
    shop.order(TENNER.code)
    before = copy.deepcopy(shop.tables)
    faults.calls.clear()
    assert writer.revoke_code(TENNER) is CodeFate.USED
    assert shop.tables == before
    assert [method for method, _ in faults.calls] == ["POST"]


def test_a_code_that_is_used_while_it_is_revoked_is_used(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    """The cart was computed before the promotion became inactive."""
    made = writer.put_code(TENNER)
    faults.meanwhile["PATCH"] = lambda: shop.count(TENNER.code)
    assert writer.revoke_code(TENNER) is CodeFate.USED
    assert shop.tables.promotions[made]["active"]


def test_a_promotion_that_the_merchant_deletes_is_revoked(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    writer.put_code(TENNER)
    faults.meanwhile["POST"] = shop.tables.promotions.clear
    with pytest.raises(ConnectorNotFound):
        writer.revoke_code(TENNER)
    assert writer.revoke_code(TENNER) is CodeFate.REVOKED


# Faults


FAULTS: dict[Fault, type[ConnectorError]] = {
    LOST: ConnectorUnavailable,
    401: ConnectorCredentialsRefused,
    429: ConnectorRateLimited,
    503: ConnectorUnavailable,
    b"<html>": ConnectorAnswerInvalid,
}


def broken(faults: Faults, step: int, fault: Fault) -> Any:
    faults.coming = [*[None] * step, fault]
    return pytest.raises(FAULTS[fault])


@pytest.mark.parametrize("fault", [LOST, 401, 429, 503, b"<html>"])
@pytest.mark.parametrize("step", range(2))
def test_a_card_is_written_and_cleared_whatever_fails(
    shop: BackOffice, faults: Faults, writer: Connector, step: int, fault: Fault
) -> None:
    writer.write_card(replace(CARD, tier="Silver", balance=Decimal(1)))
    with broken(faults, step, fault):
        writer.write_card(CARD)
    # All of a card or nothing of it.
    assert (shop.tag_names(), shop.anna.fields["punktwerk_balance"]) in (
        ({"loyalty-tier:Silver"}, 1),
        ({"loyalty-tier:Gold"}, 12.5),
    )
    writer.write_card(CARD)
    assert shop.tag_names() == {"loyalty-tier:Gold"}
    with broken(faults, step, fault):
        writer.clear_card(ANNA)
    writer.clear_card(ANNA)
    assert shop.tag_names() == set()
    assert shop.anna.fields["punktwerk_balance"] is None


@pytest.mark.parametrize("fault", [LOST, 401, 429, 503, b"<html>"])
@pytest.mark.parametrize("step", range(4))
def test_a_code_is_put_once_whatever_fails(
    shop: BackOffice, faults: Faults, writer: Connector, step: int, fault: Fault
) -> None:
    with broken(faults, step, fault):
        writer.put_code(TENNER)
    made = writer.put_code(TENNER)
    assert list(shop.tables.promotions) == [made]
    assert shop.order(TENNER.code)


@pytest.mark.parametrize("is_used", [False, True])
@pytest.mark.parametrize("fault", [LOST, 401, 429, 503])
@pytest.mark.parametrize("step", range(3))
def test_a_code_is_revoked_or_used_whatever_fails(
    shop: BackOffice, faults: Faults, writer: Connector, step: int, fault: Fault, is_used: bool
) -> None:
    made = writer.put_code(TENNER)
    if is_used:
        faults.meanwhile["PATCH"] = lambda: shop.count(TENNER.code)
    with broken(faults, step, fault):
        writer.revoke_code(TENNER)
    assert writer.revoke_code(TENNER) is (CodeFate.USED if is_used else CodeFate.REVOKED)
    assert shop.tables.promotions[made]["active"] is is_used


def test_a_revocation_that_broke_off_is_undone_by_putting_the_code(
    shop: BackOffice, faults: Faults, writer: Connector
) -> None:
    writer.put_code(TENNER)
    with broken(faults, 1, LOST):
        writer.revoke_code(TENNER)
    assert not shop.order(TENNER.code)
    writer.put_code(TENNER)
    assert shop.order(TENNER.code)


def test_every_permission_is_needed(shop: BackOffice, writer: Connector) -> None:
    """What the example of an app asks for is enough, as all other tests show, and not too much."""

    def all_twice() -> None:
        for _ in range(2):
            writer.write_card(CARD)
            writer.write_card(replace(CARD, customer_id=BERT))
            writer.clear_card(ANNA)
            writer.put_code(TENNER)
            writer.revoke_code(TENNER)

    whole, empty = shop.permissions or frozenset(), copy.deepcopy(shop.tables)
    for each in sorted(whole):
        shop.tables, shop.permissions = copy.deepcopy(empty), whole - {each}
        with pytest.raises(ConnectorCredentialsRefused, match=each):
            all_twice()


def test_cards_and_codes_can_be_written() -> None:
    assert {ShopWrite.CARD, ShopWrite.CODE} == shopware.WRITES
