"""Writings into a shop of our own contract: as an independent library and the schema read them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from shared.connectors.shop import generic, generic_writes
from shared.connectors.shop.base import CardWriting, CodeWriting, WriteChecking
from shared.connectors.shop.generic import Config, Connector
from shared.connectors.shop.generic_orders import ToldOrder, to_order
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
    ConnectorUnsupported,
)
from tests.support import shops
from tests.support.receivers import Answer, Received, Receiver, receiving, status

pytestmark = pytest.mark.usefixtures("no_pauses")

DOCS = Path(__file__).parents[4] / "docs/connectors"
SECRET = "fake-webhook-secret-of-a-shop"
TOKEN = "fake-token-of-the-shop"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CARD = ShopCard("17", Decimal("12.50"), "EUR", "Gold", "PW-4711")
CODE = ShopCode(
    "RW-7F3K", "10 % off", "17", Decimal(10), None, "EUR", NOON, NOON + timedelta(days=30)
)


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiving("/loyalty/") as receiver:
        yield receiver


def connected(shop: Receiver | None, **settings: Any) -> Connector:
    given = {"webhookSecret": SECRET, "token": TOKEN, **settings}
    if shop is not None:
        given["writeUrl"] = shop.url
    return generic.connect(Config.model_validate(given), is_emulated=True)


def said(body: Any, code: int = 200) -> Answer:
    return status(code, json.dumps(body), Content_Type="application/json")


def read(received: Received) -> dict[str, Any]:
    """Return a writing as a shop reads it: by the signature first, then by the schema."""
    assert received.method == "POST"
    assert received.path == "/loyalty/"
    assert received.headers["authorization"] == f"Bearer {TOKEN}"
    key = base64.b64encode(SECRET.encode()).decode()
    found = Webhook(key).verify(received.body, received.headers)
    schema = json.loads((DOCS / "shop-generic-writes.schema.json").read_text())
    Draft202012Validator(schema).validate(found)
    return found


def test_the_published_schema_is_what_is_written() -> None:
    published = json.loads((DOCS / "shop-generic-writes.schema.json").read_text())
    assert published == generic_writes.WRITES.json_schema(mode="serialization")


def test_the_documented_writings_are_what_is_written(shop: Receiver) -> None:
    page = (DOCS / "shop-generic.md").read_text().partition("## What is written")[2]
    documented = [json.loads(each.partition("```")[0]) for each in page.split("```json\n")[1:]]
    connector = connected(shop)
    shop.answers = [status(204), said({"id": "c_1"})]
    connector.write_card(ShopCard("17", Decimal(120), "points", "Gold", "PW-4711"))
    connector.put_code(CODE)
    assert [read(each) for each in shop.received] == documented


def test_writes_cards_and_clears_them(shop: Receiver) -> None:
    connector: CardWriting = connected(shop)
    shop.answer = status(204)
    connector.write_card(CARD)
    connector.write_card(replace(CARD, balance=Decimal(-3), tier=None, code=None))
    connector.clear_card("17/../18?x=ü")
    first, second, third = map(read, shop.received)
    assert first == {
        "action": "card.write",
        "card": {
            "customerId": "17",
            "balance": 12.5,
            "unit": "EUR",
            "tier": "Gold",
            "code": "PW-4711",
        },
    }
    assert (second["card"]["balance"], second["card"]["tier"]) == (-3, None)
    assert third == {"action": "card.clear", "customerId": "17/../18?x=ü"}


def test_a_customer_who_is_gone_has_no_card(shop: Receiver) -> None:
    connector = connected(shop)
    shop.answer = said({"message": "no such customer"}, 404)
    with pytest.raises(ConnectorNotFound, match="no such customer"):
        connector.write_card(CARD)
    connector.clear_card("17")


def test_puts_a_code_and_revokes_it(shop: Receiver) -> None:
    connector: CodeWriting = connected(shop)
    shop.answer = said({"id": "c_1"})
    assert connector.put_code(CODE) == "c_1"
    assert connector.put_code(CODE) == "c_1"
    shop.answers = [said({"used": False}), said({"used": True})]
    assert connector.revoke_code(CODE) is CodeFate.REVOKED
    assert connector.revoke_code(CODE) is CodeFate.USED
    put, again, revoked, _ = map(read, shop.received)
    assert put == again
    assert (revoked["action"], revoked["code"]) == ("code.revoke", put["code"])


def test_a_lost_answer_is_asked_for_again_with_the_same_id(shop: Receiver) -> None:
    shop.answers = [lambda connection: connection.close(), status(503)]
    shop.answer = said({"id": "c_1"})
    assert connected(shop).put_code(CODE) == "c_1"
    assert len(shop.received) == 3
    assert len({each.headers["webhook-id"] for each in shop.received}) == 1
    connected(shop).put_code(CODE)
    assert len({each.headers["webhook-id"] for each in shop.received}) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said({"message": "taken"}, 409), ConnectorRejected),
        (said({"message": "no percentages"}, 422), ConnectorRejected),
        (said({}, 401), ConnectorCredentialsRefused),
        (said({}, 404), ConnectorNotFound),
        (status(429, Retry_After="30"), ConnectorRateLimited),
        (status(500), ConnectorUnavailable),
        (status(301, Location="https://example.com/"), ConnectorRejected),
        (status(200, "<html>maintenance</html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (status(204), ConnectorAnswerInvalid),
        (said({"id": ""}), ConnectorAnswerInvalid),
        (said([]), ConnectorAnswerInvalid),
    ],
)
def test_no_other_answer_is_taken_for_a_code(
    shop: Receiver, answer: Answer, error: type[ConnectorError]
) -> None:
    shop.answer = answer
    with pytest.raises(error):
        connected(shop).put_code(CODE)


@pytest.mark.parametrize(
    "answer",
    [
        status(204),
        status(404),
        said({"used": "no"}),
        said({"used": None}),
        said({"used": 0}),
        said({}),
        status(200, "ok"),
    ],
)
def test_no_other_answer_tells_what_became_of_a_code(shop: Receiver, answer: Answer) -> None:
    shop.answer = answer
    with pytest.raises(ConnectorError):
        connected(shop).revoke_code(CODE)


def test_without_an_address_nothing_is_written() -> None:
    connector = connected(None)
    connector.verify()
    writings: list[Callable[[], Any]] = [
        lambda: connector.write_card(CARD),
        lambda: connector.clear_card("17"),
        lambda: connector.put_code(CODE),
        lambda: connector.revoke_code(CODE),
        lambda: connector.verify_writes({ShopWrite.CARD}),
    ]
    for write in writings:
        with pytest.raises(ConnectorUnsupported, match="have no writeUrl"):
            write()


def test_verifies_that_writings_arrive(shop: Receiver) -> None:
    checking: WriteChecking = connected(shop)
    checking.verify_writes(generic.WRITES)
    connected(None).verify_writes(())
    assert shop.received == []
    connected(shop).verify()
    assert read(shop.received[0]) == {"action": "ping"}
    shop.answer = said({}, 403)
    with pytest.raises(ConnectorCredentialsRefused):
        connected(shop).verify()


def test_a_secret_of_the_shop_is_in_no_message(shop: Receiver) -> None:
    shop.answer = said({"message": f"wrong: {TOKEN} {SECRET}"}, 422)
    with pytest.raises(ConnectorRejected) as refused:
        connected(shop).put_code(CODE)
    assert TOKEN not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_only_a_paid_order_has_codes() -> None:
    row = shops.order(codes=["SUMMER", "rw-7f3k"])
    assert to_order(ToldOrder.model_validate(row)).codes == ("SUMMER", "rw-7f3k")
    for unpaid in ("open", "cancelled"):
        assert to_order(ToldOrder.model_validate({**row, "status": unpaid})).codes == ()
