"""Where apps may be sent back to."""

from __future__ import annotations

import pytest

from shared.domain.accounts import oauth_apps

GOOD = [
    "https://zapier.example/dashboard/auth/oauth/return/App1CLIAPI/",
    "https://app.example:8443/callback?tenant=1",
    "http://127.0.0.1:4000/callback",
    "http://[::1]:4000/callback",
    "http://localhost/callback",
]
BAD = [
    "http://app.example/callback",
    "http://localhost.evil.example/callback",
    "http://127.0.0.1@evil.example/callback",
    "https://user:secret@app.example/callback",
    "https://app.example/callback#fragment",
    "https://*.app.example/callback",
    "https:///callback",
    "https://app.example:port/callback",
    "https://[app.example/callback",
    "https://app.example/a b",
    "https://app.example/\r\nx",
    "https://äpp.example/callback",
    "javascript:alert(1)",
    "com.example.app:/callback",
    "//app.example/callback",
    "https://app.example/" + "x" * 500,
    "",
]


def test_takes_each_once() -> None:
    assert oauth_apps.checked_redirect_uris([*GOOD, GOOD[0]]) == tuple(GOOD)


@pytest.mark.parametrize("uri", BAD)
def test_refuses_what_others_could_be_at(uri: str) -> None:
    with pytest.raises(ValueError, match="is no redirect URI"):
        oauth_apps.checked_redirect_uris([GOOD[0], uri])


@pytest.mark.parametrize("count", [0, 21])
def test_has_one_to_twenty(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        oauth_apps.checked_redirect_uris(f"https://app.example/{n}" for n in range(count))


def test_parameters_are_added_to_those_that_are_there() -> None:
    assert oauth_apps.redirected("https://a.example", {"x": "a b&c"}) == (
        "https://a.example?x=a+b%26c"
    )
    assert oauth_apps.redirected("https://a.example/?t=1", {"x": "1"}) == (
        "https://a.example/?t=1&x=1"
    )
