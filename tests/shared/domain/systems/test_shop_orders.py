"""Orders of shops: whatever is told how often and in whatever order, the end is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.connectors.shop import generic_orders
from shared.connectors.shop.generic_orders import ToldOrder
from shared.domain.systems import shop_orders
from shared.domain.systems.sales import Receipt, ReceiptKind
from tests.support.purchases import read, standing
from tests.support.receipts import award, purchase_of, receipt
from tests.support.shops import order, refund

STATUSES = ("paid", "paid", "paid", "cancelled", "open")


@st.composite
def _histories(draw: st.DrawFn) -> list[ToldOrder]:
    """Return the readings of an order that is edited, refunded, cancelled and paid again."""
    rows, refunds, total = [], [], 0
    for place in range(draw(st.integers(1, 5))):
        total = draw(st.integers(500, 5000)) if place == 0 or draw(st.booleans()) else total
        status = draw(st.sampled_from(STATUSES))
        if place and status == "paid" and draw(st.booleans()):
            amount = draw(st.integers(1, 3000))
            refunds = [*refunds, refund(f"r{place}", f"{amount / 100:.2f}")]
        row = order(total=f"{total / 100:.2f}", status=status, at=place, refunds=refunds)
        rows.append(ToldOrder.model_validate(row))
    return rows


def _units(rows: list[ToldOrder]) -> int:
    """Return the units of a customer after these readings, in this order."""
    told = [each for row in rows for each in generic_orders.to_order(row).receipts]
    of_member = [replace(each, customer_id="user_1") for each in told]
    purchase = read(*of_member, purchase=purchase_of("1001"))
    return standing(purchase).get("user_1", 0)


@settings(max_examples=60)
@given(history=_histories(), data=st.data())
def test_notices_in_any_order_and_number_end_as_the_last_reading_says(
    history: list[ToldOrder], data: st.DataObject
) -> None:
    told = [each for each in history if each.status != "open"]
    if not told:
        return
    shuffled = data.draw(st.permutations([*history, *data.draw(st.permutations(history))]))

    last, refunded = told[-1], {each.id: each for row in told for each in row.refunds}
    sold = int(last.total * 100)
    back = min(sum(int(each.amount * 100) for each in refunded.values()), sold)
    if last.status == "cancelled":
        assert _units(shuffled) == 0
    elif not refunded:
        assert _units(shuffled) == award(sold)
    elif back == sold:
        assert _units(shuffled) == 0
    assert _units(shuffled) == _units(told)


def _reading(revision: int, **fields: object) -> Receipt:
    return receipt(revision=revision, **fields)


def test_a_waiting_order_keeps_each_receipt_in_its_latest_reading_the_sale_first() -> None:
    early, late = _reading(1), _reading(2, amount=2000)
    gone = _reading(3, kind=ReceiptKind.VOID, voids="R-1")
    back = receipt(500, external_id="r1", kind=ReceiptKind.VOID, voids="R-1")

    assert shop_orders.together([], [early]) == (early,)
    assert shop_orders.together([early], [late]) == (late,)
    assert shop_orders.together([late], [early]) == (late,)
    assert shop_orders.together([back], [late, gone]) == (late, back, gone)
    assert shop_orders.sale_in((back, late)) == late
    assert shop_orders.sale_in((gone,)) is None


def test_a_waiting_order_keeps_no_more_than_it_may() -> None:
    many = [
        receipt(1, external_id=f"r{number}", kind=ReceiptKind.VOID, voids="R-1")
        for number in range(shop_orders.RECEIPTS_MAX)
    ]
    kept = shop_orders.together(many, [_reading(1)])
    assert len(kept) == shop_orders.RECEIPTS_MAX
    assert shop_orders.sale_in(kept) is not None
    assert timedelta(days=30) == shop_orders.JOINS_WITHIN
