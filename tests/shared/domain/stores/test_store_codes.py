"""Codes of stores: each is valid for one store, version or step, and tells how it is wrong."""

from __future__ import annotations

import string
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.stores import store_codes
from shared.domain.stores.store_codes import CODE_CHARS_MAX, STEP_S, CodeKind, StoreCode
from shared.errors import (
    PunktwerkError,
    StoreCodeDamaged,
    StoreCodeExpired,
    StoreCodeForeign,
    StoreCodeUnknown,
)
from shared.vault import Vault, new_key

NOW = datetime(2026, 11, 29, 9, 0, 7, tzinfo=UTC)
OLD, NEW = new_key(), new_key()

store_ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
versions = st.integers(1, 10**6)


def keys_of(store_id: str, keys: Sequence[str] = (NEW, OLD)) -> tuple[bytes, ...]:
    return Vault(keys).derived_keys(store_codes.KEYS_PURPOSE, store_id)


def text_of(code: StoreCode, keys: Sequence[str] = (NEW, OLD)) -> str:
    return store_codes.text_of(code, keys_of(code.store_id, keys))


def verify(
    text: str, store_id: str = "store_1", *, poster_version: int = 1, now: datetime = NOW
) -> StoreCode:
    return store_codes.verify(text, store_id, keys_of, poster_version=poster_version, now=now)


def test_the_text_of_a_poster_never_changes() -> None:
    keys = Vault(["b29v" * 10 + "b28="]).derived_keys(store_codes.KEYS_PURPOSE, "store_1")

    assert store_codes.text_of(store_codes.poster("store_1", 1), keys) == (
        "PWS1:S:store_1:1:5nHccQzZCxSE_UdF:9d85bab7"
    )


@given(store_id=store_ids, version=versions, now=moments)
def test_a_poster_is_valid_at_any_time_in_its_store_alone(
    store_id: str, version: int, now: datetime
) -> None:
    code = store_codes.poster(store_id, version)
    text = text_of(code)

    assert verify(text, store_id, poster_version=version, now=now) == code
    with pytest.raises(StoreCodeExpired):
        verify(text, store_id, poster_version=version + 1, now=now)


@given(store_id=store_ids)
def test_a_link_is_read_as_the_code_that_it_ends_with(store_id: str) -> None:
    code = store_codes.poster(store_id, 1)
    link = store_codes.link_to("https://card.example", text_of(code))

    assert verify(link, store_id) == code
    with pytest.raises(StoreCodeDamaged):
        verify(f"{link}#", store_id)


@given(store_id=store_ids, other_id=store_ids, now=moments, kind=st.sampled_from(CodeKind))
def test_a_code_never_verifies_for_another_store(
    store_id: str, other_id: str, now: datetime, kind: CodeKind
) -> None:
    assume(store_id != other_id)
    number = 1 if kind is CodeKind.STATIC else store_codes.on_screen(store_id, now).number

    with pytest.raises(StoreCodeForeign):
        verify(text_of(StoreCode(store_id, kind, number)), other_id, now=now)


@given(now=moments, seconds=st.integers(-200, 200))
def test_a_screens_code_is_valid_in_its_step_and_one_beside(now: datetime, seconds: int) -> None:
    code = store_codes.on_screen("store_1", now)
    then = now + timedelta(seconds=seconds)
    steps = int(then.timestamp()) // STEP_S - code.number

    if abs(steps) <= 1:
        assert verify(text_of(code), now=then) == code
    else:
        with pytest.raises(StoreCodeExpired):
            verify(text_of(code), now=then)


@given(now=moments)
def test_a_screens_code_is_shown_for_thirty_seconds(now: datetime) -> None:
    code = store_codes.on_screen("store_1", now)
    begin, end = store_codes.shown_from(code), store_codes.shown_until(code)

    assert begin <= now < end == begin + timedelta(seconds=30)
    assert store_codes.on_screen("store_1", end).number == code.number + 1


LETTERS = string.ascii_letters + string.digits + ":_-%."


@given(data=st.data(), letter=st.sampled_from(LETTERS), kind=st.sampled_from(CodeKind))
def test_a_code_with_a_changed_letter_is_refused(
    data: st.DataObject, letter: str, kind: CodeKind
) -> None:
    right = store_codes.poster("store_1", 1)
    text = text_of(right if kind is CodeKind.STATIC else store_codes.on_screen("store_1", NOW))
    at = data.draw(st.integers(0, len(text) - 1))
    assume(text[at] != letter)

    with pytest.raises(StoreCodeDamaged):
        verify(text[:at] + letter + text[at + 1 :])


@given(text=st.text(max_size=100))
def test_any_other_text_is_no_code(text: str) -> None:
    with pytest.raises(StoreCodeDamaged):
        verify(text)


def test_half_a_code_is_damaged() -> None:
    text = text_of(store_codes.poster("store_1", 1))

    for end in range(len(text)):
        with pytest.raises(StoreCodeDamaged):
            verify(text[:end])


def test_a_code_of_a_stranger_with_a_right_checksum_is_unknown() -> None:
    forged = text_of(store_codes.poster("store_1", 1), [new_key()])

    with pytest.raises(StoreCodeUnknown):
        verify(forged)


@pytest.mark.parametrize(("configured", "refusal"), [([NEW, OLD], None), ([NEW], StoreCodeUnknown)])
def test_a_poster_is_valid_as_long_as_its_key_is_configured(
    configured: list[str], refusal: type[PunktwerkError] | None
) -> None:
    text = text_of(store_codes.poster("store_1", 1), [OLD])

    def verified() -> StoreCode:
        return store_codes.verify(
            text, "store_1", lambda store: keys_of(store, configured), poster_version=1, now=NOW
        )

    if refusal is None:
        assert verified().number == 1
    else:
        with pytest.raises(refusal):
            verified()


def test_the_longest_code_has_its_bound() -> None:
    assert len(text_of(StoreCode("\U0001f600" * 128, CodeKind.ROTATING, 10**11))) <= CODE_CHARS_MAX
