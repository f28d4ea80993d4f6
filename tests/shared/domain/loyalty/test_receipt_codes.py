"""Codes on receipts: who has the key makes them; one that was misread is told from a forged one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ids
from shared.domain.loyalty import receipt_codes
from shared.errors import ReceiptCodeDamaged, ReceiptNotFound

KEY = b"k" * 32
RECEIPT_ID = ids.derived("rcp", "store_1", "bon-1")
CODE = receipt_codes.text_of(RECEIPT_ID, [KEY])


def keys_of(*keys: bytes) -> receipt_codes.KeysOf:
    return lambda _: keys


def test_a_code_leads_to_its_receipt_also_after_the_key_was_replaced() -> None:
    assert receipt_codes.verify(CODE, keys_of(KEY)) == RECEIPT_ID
    assert receipt_codes.verify(f" {CODE}\n", keys_of(b"new key", KEY)) == RECEIPT_ID
    with pytest.raises(ReceiptNotFound):
        receipt_codes.verify(CODE, keys_of(b"new key"))


@given(st.integers(0, len(CODE) - 1), st.characters(codec="ascii", categories=("L", "N")))
def test_a_character_that_was_misread_is_noticed(place: int, read: str) -> None:
    text = CODE[:place] + read + CODE[place + 1 :]
    if text == CODE:
        return

    with pytest.raises(ReceiptCodeDamaged):
        receipt_codes.verify(text, keys_of(KEY))


@given(st.text(max_size=100))
def test_other_texts_are_no_codes(text: str) -> None:
    with pytest.raises(ReceiptCodeDamaged):
        receipt_codes.verify(text, keys_of(KEY))
