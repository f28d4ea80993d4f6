"""The form of access tokens."""

from __future__ import annotations

import hashlib

import pytest

from shared.auth import access_tokens


def test_tokens_differ_and_are_read_back() -> None:
    made = {access_tokens.generate().text for _ in range(100)}

    assert len(made) == 100
    for text in made:
        token = access_tokens.parse_or_none(text)
        assert token is not None
        assert token.hash == hashlib.sha256(text.encode()).hexdigest()
        assert text not in repr(token)


@pytest.mark.parametrize(
    "text", ["", "pw_at_", "pw_at_" + "A" * 42, "pw_at_" + "A" * 44, "pw_at_" + "ä" * 43, "bk_live"]
)
def test_other_texts_are_none(text: str) -> None:
    assert access_tokens.parse_or_none(text) is None


def test_knows_what_is_meant_as_a_token() -> None:
    assert access_tokens.is_meant("pw_at_x")
    assert not access_tokens.is_meant("bk_live_sk_x")
    assert not access_tokens.is_meant("eyJ.eyJ.x")
