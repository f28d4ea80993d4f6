"""What is written into a shop means the same in the shops of all systems."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.connectors import shop as systems
from shared.connectors.shop.base import CardWriting, CodeWriting
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorNotFound,
    ConnectorRejected,
    ConnectorUnavailable,
)
from tests.support import vendor_shops
from tests.support.faults import LOST, Fault
from tests.support.vendor_shops.base import ANNA, Buyer, WrittenShop

pytestmark = pytest.mark.usefixtures("one_try")

Found = TypeVar("Found")

WRITTEN = [each for each in systems.SYSTEMS if set(ShopWrite) == systems.module_of(each).WRITES]
"""The systems that take both cards and codes."""

BERT = Buyer(18, "bert@example.com")
GONE = Buyer(404, "gone@example.com")
CALLS_MAX = 6
"""More than any writing takes."""
NO_CARD = (None, None, None, None)


@dataclass(frozen=True)
class Writer:
    """A shop, and its connector."""

    shop: WrittenShop
    cards: CardWriting
    codes: CodeWriting

    def card(self, balance: str = "12.50", buyer: Buyer = ANNA, **fields: Any) -> ShopCard:
        card = ShopCard(self.shop.id_of(buyer), Decimal(balance), "EUR", "Gold", "PW-4711")
        return replace(card, **fields)

    def code(self, buyer: Buyer = ANNA, **fields: Any) -> ShopCode:
        now = clock.real_now()
        code = ShopCode(
            code="RW-7F3K",
            title="5 off",
            customer_id=self.shop.id_of(buyer),
            percentage=None,
            amount=Decimal("5.00"),
            currency="EUR",
            starts_at=now - timedelta(minutes=1),
            ends_at=now + timedelta(days=30),
        )
        return replace(code, **fields)

    def uses(self, code: ShopCode, buyer: Buyer = ANNA) -> bool:
        return self.shop.uses(code.code, buyer)


@pytest.fixture(params=WRITTEN)
def writer(request: pytest.FixtureRequest) -> Iterator[Writer]:
    module = systems.module_of(request.param)
    with vendor_shops.running(request.param) as running:
        shop = cast("WrittenShop", running)
        config = module.Config.model_validate(shop.credentials)
        made = module.connect(config, is_emulated=True)
        shop.join(ANNA)
        shop.join(BERT)
        made.verify()
        yield Writer(shop, cast("CardWriting", made), cast("CodeWriting", made))


def test_a_customer_sees_the_card_that_was_written_last(writer: Writer) -> None:
    shop, cards = writer.shop, writer.cards
    assert shop.card_of(ANNA) == NO_CARD
    cards.write_card(writer.card("120"))
    cards.write_card(writer.card())
    cards.write_card(writer.card())
    assert shop.card_of(ANNA) == (12.5, "EUR", "Gold", "PW-4711")
    assert shop.card_of(BERT) == NO_CARD
    cards.write_card(writer.card("-3", unit="points", tier=None, code=None))
    assert shop.card_of(ANNA) == (-3, "points", None, None)
    cards.write_card(writer.card("0", buyer=BERT))
    for _ in range(2):
        cards.clear_card(shop.id_of(ANNA))
    assert (shop.card_of(ANNA), shop.card_of(BERT)) == (NO_CARD, (0, "EUR", "Gold", "PW-4711"))


def test_nobody_who_is_gone_gets_anything(writer: Writer) -> None:
    with pytest.raises(ConnectorNotFound):
        writer.cards.write_card(writer.card(buyer=GONE))
    writer.cards.clear_card(writer.shop.id_of(GONE))
    with pytest.raises((ConnectorNotFound, ConnectorRejected)):
        writer.codes.put_code(writer.code(GONE))
    assert writer.codes.revoke_code(writer.code(GONE)) is CodeFate.REVOKED


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"ends_at": None},
        {"percentage": Decimal("12.5"), "amount": None},
        {"percentage": Decimal(100), "amount": None},
    ],
)
def test_a_code_is_for_one_customer_once(writer: Writer, terms: dict[str, Any]) -> None:
    code = writer.code(**terms)
    made = writer.codes.put_code(code)
    assert writer.codes.put_code(code) == made
    assert not writer.uses(code, BERT)
    assert writer.uses(code)
    assert not writer.uses(code)
    assert writer.codes.put_code(code) == made
    assert not writer.uses(code)
    assert writer.codes.revoke_code(code) is CodeFate.USED
    assert writer.codes.revoke_code(code) is CodeFate.USED


def test_nobody_uses_a_code_that_was_revoked_until_it_is_put_again(writer: Writer) -> None:
    code = writer.code()
    assert writer.codes.revoke_code(code) is CodeFate.REVOKED
    writer.codes.put_code(code)
    for _ in range(2):
        assert writer.codes.revoke_code(code) is CodeFate.REVOKED
    assert not writer.uses(code)
    writer.codes.put_code(code)
    assert writer.uses(code)
    assert writer.codes.revoke_code(code) is CodeFate.USED


def test_a_code_of_another_customer_is_left_alone(writer: Writer) -> None:
    theirs = writer.code(BERT)
    writer.codes.put_code(theirs)
    with pytest.raises(ConnectorRejected):
        writer.codes.put_code(writer.code())
    assert writer.codes.revoke_code(writer.code()) is CodeFate.REVOKED
    assert not writer.uses(theirs)
    assert writer.uses(theirs, BERT)


def ended(shop: WrittenShop, faults: Sequence[Fault], write: Callable[[], Found]) -> Found:
    """Write with faults ahead; once more without them if it fails, as whoever writes does."""
    shop.faults.coming = list(faults)
    try:
        return write()
    except (ConnectorUnavailable, ConnectorAnswerInvalid):
        shop.faults.coming = []
        return write()
    finally:
        shop.faults.coming = []


@pytest.mark.parametrize("fault", [LOST, 503, b"no JSON"])
@pytest.mark.parametrize("place", range(CALLS_MAX))
def test_wherever_a_call_fails_its_repetition_ends_it(
    writer: Writer, place: int, fault: Fault
) -> None:
    shop, code = writer.shop, writer.code()
    faults = [*[None] * place, fault]
    ended(shop, faults, lambda: writer.cards.write_card(writer.card("1", tier="Silver")))
    ended(shop, faults, lambda: writer.cards.write_card(writer.card()))
    assert shop.card_of(ANNA) == (12.5, "EUR", "Gold", "PW-4711")
    ended(shop, faults, lambda: writer.cards.clear_card(shop.id_of(ANNA)))
    assert shop.card_of(ANNA) == NO_CARD
    made = ended(shop, faults, lambda: writer.codes.put_code(code))
    assert made == writer.codes.put_code(code)
    assert ended(shop, faults, lambda: writer.codes.revoke_code(code)) is CodeFate.REVOKED
    assert not writer.uses(code)
    ended(shop, faults, lambda: writer.codes.put_code(code))
    assert writer.uses(code)
    assert ended(shop, faults, lambda: writer.codes.revoke_code(code)) is CodeFate.USED


STEPS = st.sampled_from(["put", "revoke", "use"])
FAULTS = st.lists(st.sampled_from([None, None, LOST, 502]), max_size=3)
NUMBERS = itertools.count()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(STEPS, FAULTS), max_size=8))
def test_in_whatever_order_the_fate_of_a_code_is_true(
    writer: Writer, steps: list[tuple[str, list[Fault]]]
) -> None:
    code = writer.code(code=f"RW-{next(NUMBERS)}")
    is_usable = is_used = False
    for step, faults in [*steps, ("use", []), ("revoke", []), ("use", [])]:
        if step == "put":
            ended(writer.shop, faults, lambda: writer.codes.put_code(code))
            is_usable = not is_used
        elif step == "revoke":
            fate = ended(writer.shop, faults, lambda: writer.codes.revoke_code(code))
            assert fate is (CodeFate.USED if is_used else CodeFate.REVOKED)
            is_usable = False
        else:
            assert writer.uses(code) == is_usable
            is_used, is_usable = is_used or is_usable, False
