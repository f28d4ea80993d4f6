"""The texts that apps get."""

from __future__ import annotations

import pytest

from shared import ids
from shared.auth import access_tokens, app_tokens, keys


def test_codes_and_refresh_tokens_name_their_consent() -> None:
    consent_id = ids.new("cons")
    code, refresh = app_tokens.new_code(consent_id), app_tokens.new_refresh_token(consent_id)

    assert app_tokens.parse_code(code.text) == code
    assert app_tokens.parse_refresh_token(refresh.text) == refresh
    assert (code.consent_id, refresh.consent_id) == (consent_id, consent_id)
    assert app_tokens.parse_code(refresh.text) is None
    assert app_tokens.parse_refresh_token(code.text) is None
    assert code.text not in repr(code)


def test_the_next_refresh_token_needs_both_the_one_before_and_the_nonce() -> None:
    first, other = (app_tokens.new_refresh_token(ids.new("cons")) for _ in range(2))

    following = app_tokens.next_refresh_token(first, "nonce")

    assert app_tokens.parse_refresh_token(following.text) == following
    assert app_tokens.next_refresh_token(first, "nonce") == following
    assert following.family_hash == first.family_hash != other.family_hash
    assert first.family in first.text
    assert first.family not in repr(first)
    assert app_tokens.next_refresh_token(first, "another") != following
    assert app_tokens.next_refresh_token(other, "nonce").text[-43:] != following.text[-43:]


def test_an_access_token_is_taken_for_nothing_else() -> None:
    token = app_tokens.new_access_token()

    assert app_tokens.parse_access_token(token.text) == token
    assert app_tokens.is_access_token(token.text)
    assert not access_tokens.is_meant(token.text)
    assert keys.parse_or_none(token.text) is None
    assert not keys.is_signed_token(token.text)
    assert not app_tokens.is_access_token(access_tokens.generate().text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "pw_ac_",
        "pw_ac_" + "a" * 20 + "_" + "A" * 42,
        "pw_ar_" + "a" * 20 + "_" + "A" * 64,
        "ä" * 9,
    ],
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert app_tokens.parse_code(text) is None
    assert app_tokens.parse_refresh_token(text) is None
    assert app_tokens.parse_access_token(text) is None
