"""Links that lead to an app with a code."""

from __future__ import annotations

import pytest

from shared.domain.members.referral_codes import link
from shared.outgoing.guard import URL_CHARS_MAX
from shared.services.stores.store_qr_codes import draw_svg

APP = "https://app.example.com"


@pytest.mark.parametrize(
    ("app_url", "expected"),
    [
        (APP, f"{APP}?referralCode=AB12"),
        (f"{APP}/?", f"{APP}/?referralCode=AB12"),
        (f"{APP}/?new&to=a/b,c%2Fd&x=", f"{APP}/?new&to=a/b,c%2Fd&x=&referralCode=AB12"),
        (f"{APP}/?referralCode=old&a=1&referralCode", f"{APP}/?a=1&referralCode=AB12"),
    ],
)
def test_the_rest_of_the_address_stays_as_it_is(app_url: str, expected: str) -> None:
    assert link(app_url, "AB12") == expected


def test_the_longest_address_fits_into_a_qr_code() -> None:
    longest = f"{APP}/?to=".ljust(URL_CHARS_MAX, "/")

    assert draw_svg(link(longest, "AB12CD34EF")).startswith("<svg")
