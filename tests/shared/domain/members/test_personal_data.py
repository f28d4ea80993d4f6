"""Personal data: one spelling for what is the same, and a refusal that repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.members import personal_data

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LOCAL = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789.+_-", min_size=1, max_size=64)
LABEL = st.text("abcdefghijklmnopqrstuvwxyzABCÄÖÜäöü0123456789-", min_size=2, max_size=20)
SPACE = st.text(" \t\n", max_size=3)


@given(LOCAL, st.lists(LABEL, min_size=2, max_size=4), SPACE, SPACE)
def test_an_address_is_trimmed_and_its_domain_is_in_lower_case(
    local: str, labels: list[str], before: str, after: str
) -> None:
    kept = personal_data.email(f"{before}{local}@{'.'.join(labels)}{after}")

    assert kept.startswith(f"{local}@")
    assert kept == kept.strip()
    assert personal_data.email(kept) == kept
    upper = f"{local.upper()}@{kept.rpartition('@')[2].upper()}"
    assert personal_data.email_key(kept) == personal_data.email_key(upper)


@given(LOCAL, LABEL)
def test_addresses_that_differ_by_case_are_the_same(local: str, label: str) -> None:
    first, second = f"{local.upper()}@{label}.de", f"{local.lower()}@{label.upper()}.DE"

    keys = {personal_data.email_key(personal_data.email(each)) for each in (first, second)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ("max@straße.de", "max@strasse.de"),
        ("weiß@example.com", "weiss@example.com"),
        ("ﬁnn@example.com", "finn@example.com"),
        ("\N{LATIN SMALL LETTER LONG S}ara@example.com", "sara@example.com"),
        ("\N{KELVIN SIGN}im@example.com", "kim@example.com"),
        ("max@\N{LATIN SMALL LIGATURE FI}x.de", "max@fix.de"),
    ],
)
def test_letters_that_look_alike_make_no_address_of_somebody_else(own: str, others: str) -> None:
    """Who has verified one of them must not be taken for the other."""
    assert personal_data.email_key(own) != personal_data.email_key(others)
    try:
        kept = personal_data.email(own)
    except ValueError:
        return  # It is nobody's.
    assert personal_data.email_key(kept) == personal_data.email_key(own)


@given(st.emails(), st.text(min_size=1, max_size=5))
def test_what_is_kept_of_an_address_is_the_same_address(address: str, more: str) -> None:
    try:
        kept = personal_data.email(more + address)
    except ValueError:
        return
    assert personal_data.email_key(kept) == personal_data.email_key((more + address).strip())
    assert personal_data.email(kept) == kept


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("0151 12345678", "DE", "+4915112345678"),
        ("0151/1234-5678", "DE", "+4915112345678"),
        ("+49 (0)151 12345678", "AT", "+4915112345678"),
        ("0049 151 12345678", "DE", "+4915112345678"),
        ("0664 1234567", "AT", "+436641234567"),
        ("(202) 456-1111", "US", "+12024561111"),
    ],
)
def test_a_phone_number_is_in_e164(text: str, region: str, expected: str) -> None:
    assert personal_data.phone(text, region) == expected


@given(st.integers(1_000_000, 99_999_999))
def test_a_number_is_the_same_however_it_is_written(number: int) -> None:
    spellings = {f"+49151{number}", f"0151{number}", f"0151 {number}", f"0049151{number}"}

    try:
        kept = {personal_data.phone(each, "DE") for each in spellings}
    except ValueError:
        return  # Too short or too long in each of the spellings.
    (only,) = kept
    assert personal_data.phone(only, "US") == only


@given(st.dates(date(1900, 1, 1), date(2026, 3, 3)))
def test_a_birthday_is_a_date_of_the_past(day: date) -> None:
    assert personal_data.birthday(day.isoformat(), NOW) == day


def test_it_is_tomorrow_already_at_the_end_of_the_world() -> None:
    evening = NOW.replace(hour=11)

    assert personal_data.birthday("2026-03-04", evening) == date(2026, 3, 4)
    with pytest.raises(ValueError, match="future"):
        personal_data.birthday("2026-03-04", evening - timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("DE", "de"), ("de-ch", "de-CH"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")],
)
def test_a_language_is_a_tag(text: str, expected: str) -> None:
    assert personal_data.language(text) == expected


@pytest.mark.parametrize(
    ("check", "text", "problem"),
    [
        (personal_data.email, "nobody", "must be an e-mail address, like ada@example.com"),
        (personal_data.email, "a@b@example.com", "must be an e-mail address"),
        (personal_data.email, "a b@example.com", "must be an e-mail address"),
        (personal_data.email, "a@localhost", "must be an e-mail address"),
        (personal_data.email, f"{'a' * 65}@example.com", "must be an e-mail address"),
        (personal_data.email, f"a@{'b' * 250}.com", "must have at most 254 characters"),
        (personal_data.email, "  ", "must not be blank"),
        (lambda text: personal_data.phone(text, "DE"), "hello", "must be a phone number"),
        (lambda text: personal_data.phone(text, "DE"), "+1 20245", "as many digits"),
        (lambda text: personal_data.phone(text, "DE"), "+1 202 456 1111 ext. 5", "no extension"),
        (personal_data.country, "XX", "must be the ISO 3166 code"),
        (lambda text: personal_data.birthday(text, NOW), "2026-03-05", "must not be in the future"),
        (lambda text: personal_data.birthday(text, NOW), "1899-12-31", "must be 1900-01-01"),
        (lambda text: personal_data.birthday(text, NOW), "20000101", "must be a date"),
        (lambda text: personal_data.birthday(text, NOW), "2026-02-30", "must be a date"),
        (personal_data.language, "german", "must be a language tag"),
        (personal_data.language, "de_DE", "must be a language tag"),
        (personal_data.plain_text, "a\x00b", "must have no control characters"),
        (personal_data.plain_text, "x" * 101, "must have at most 100 characters"),
        (personal_data.system, "Shopware", "must be 1 to 50"),
        (personal_data.system, "a:b", "must be 1 to 50"),
    ],
)
def test_refuses_what_is_none_and_repeats_nothing(
    check: Callable[[str], Any], text: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        check(text)
    assert text.strip() == "" or text not in str(refused.value)


@given(st.text())
def test_a_name_stays_what_it_is(text: str) -> None:
    try:
        kept = personal_data.plain_text(text)
    except ValueError:
        return
    assert personal_data.plain_text(kept) == kept
