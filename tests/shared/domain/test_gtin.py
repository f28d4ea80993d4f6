"""EANs: what two tills spell differently is one number, and what is none is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.gtin import ean_of

DIGITS = "0123456789"


def check_digit(body: str) -> str:
    """Return the last digit as GS1 describes it: from the right, three times and once in turn."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body[::-1]))
    return str(-total % 10)


@pytest.mark.parametrize(
    ("text", "ean"),
    [
        ("4006381333931", "4006381333931"),
        (" 4006381333931\n", "4006381333931"),
        ("96385074", "96385074"),
        ("036000291452", "0036000291452"),
        ("0036000291452", "0036000291452"),
        ("04006381333931", "4006381333931"),
        ("14006381333938", None),
        ("4006381333932", None),
        ("00000000", None),
        ("0000000000000", None),
        ("400638133393", None),
        ("123", None),
        ("400638133393x", None),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", None),
        ("", None),
        (None, None),
    ],
)
def test_reads_what_tills_call_an_ean(text: str | None, ean: str | None) -> None:
    assert ean_of(text) == ean


@given(st.text(DIGITS, min_size=12, max_size=12).filter(int))
def test_of_ten_last_digits_one_is_right(body: str) -> None:
    assert [digit for digit in DIGITS if ean_of(body + digit)] == [check_digit(body)]


@given(st.sampled_from([7, 11, 12]).flatmap(lambda n: st.text(DIGITS, min_size=n, max_size=n)))
def test_what_was_read_reads_the_same_again(body: str) -> None:
    found = ean_of(body + check_digit(body))

    assert found is None or ean_of(found) == found
