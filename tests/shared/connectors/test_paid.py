"""Never more counts than was paid, and nothing is taken for all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.paid import in_order, paid_for
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind

SALE, VOID = ReceiptKind.SALE, ReceiptKind.VOID


@pytest.mark.parametrize(
    ("kind", "says", "paid", "counts", "is_told"),
    [
        (SALE, 1000, 1000, 1000, False),
        (SALE, 900, 1000, 900, False),
        (SALE, 100_000, 1000, 1000, True),
        (SALE, 1001, 1000, 1000, False),
        (SALE, 1002, 1000, 1000, True),
        (SALE, 1000, 0, 0, True),
        (SALE, 1000, -500, 0, True),
        # Goods came back: for money, for a voucher, or for something that earns nothing.
        (SALE, -300, -300, -300, False),
        (SALE, -300, -100, -100, True),
        (SALE, -300, 0, -300, False),
        (SALE, -300, 500, -300, False),
        (VOID, -1000, -1000, -1000, False),
        (VOID, -100_000, -1000, -1000, True),
        (VOID, 1000, -1000, 1000, False),
        (VOID, -1000, 1000, -1000, False),
        (VOID, 100_000, 1000, 1000, True),
        (VOID, -300, 0, -300, False),
        (VOID, 0, -1000, 0, False),
    ],
)
def test_what_counts_of_a_receipt(
    kind: ReceiptKind, says: int, paid: int, counts: int, is_told: bool
) -> None:
    found, doubt = paid_for(kind, Money(says, "EUR"), Money(paid, "EUR"))
    assert (found, doubt is not None) == (Money(counts, "EUR"), is_told)


def test_says_what_is_doubtful() -> None:
    _, doubt = paid_for(SALE, Money(100_000, "EUR"), Money(1000, "EUR"))
    assert doubt == "its lines say 1000.00 EUR, but 10.00 EUR were paid: 10.00 EUR count"
    _, doubt = paid_for(SALE, Money(2, "JPY"), Money(0, "JPY"), by="it says")
    assert doubt == "it says 2 JPY, but 0 JPY were paid: 0 JPY count"


@given(st.sampled_from([SALE, VOID]), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_never_more_and_never_with_another_sign(kind: ReceiptKind, says: int, paid: int) -> None:
    counts = paid_for(kind, Money(says, "EUR"), Money(paid, "EUR"))[0].amount_minor
    assert abs(counts) <= abs(says)
    assert counts * says >= 0
    if kind is SALE:
        assert counts <= max(paid, 0)


def test_of_one_moment_those_that_sell_come_first() -> None:
    def receipt(external_id: str, kind: ReceiptKind, hour: int) -> Receipt:
        at = datetime(2026, 3, 2, hour, tzinfo=UTC)
        return Receipt(external_id, "7", at, kind, Money(1, "EUR"), Money(1, "EUR"))

    found = [receipt("10", VOID, 9), receipt("9", SALE, 9), receipt("11", VOID, 8)]
    assert [each.external_id for each in in_order(found)] == ["11", "9", "10"]
