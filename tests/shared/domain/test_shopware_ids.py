"""Ids of Shopware: each spelling is one id, and what is none is refused without repeating it."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import shopware_ids


@given(st.uuids())
def test_every_spelling_is_the_same_id(identifier: uuid.UUID) -> None:
    plain = identifier.hex
    written = {plain, plain.upper(), f"0x{plain}", f"0X{plain.upper()}", str(identifier)}

    assert {shopware_ids.canonical(each) for each in written} == {plain}
    assert set(shopware_ids.spellings(plain)) == {plain, f"0x{plain}", str(identifier)}
    assert shopware_ids.canonical(shopware_ids.shown(plain)) == plain


@pytest.mark.parametrize(
    "text", ["", "0x", "g" * 32, "a" * 31, "a" * 33, f"{'a' * 32}\n", "a-" * 16]
)
def test_refuses_other_texts(text: str) -> None:
    with pytest.raises(ValueError, match="must be an id of Shopware"):
        shopware_ids.canonical(text)
    assert shopware_ids.canonical_or_none(text) is None


def test_derived_ids_are_stable_and_told_apart_by_their_parts() -> None:
    assert shopware_ids.derived("level", "lp_1", "Gold") == "c68cf988a4b2d4a91906288385c1cf3e"
    assert shopware_ids.derived("a", "bc") != shopware_ids.derived("ab", "c")
