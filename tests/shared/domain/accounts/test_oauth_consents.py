"""Codes, refresh tokens, and the end of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.accounts import oauth_consents
from shared.domain.accounts.oauth import OAuthRefused
from shared.domain.accounts.oauth_consents import OAuthConsent, ReusedError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def consent() -> OAuthConsent:
    return OAuthConsent(
        consent_id="cons_1",
        app_id="app_1",
        account_id="acc_1",
        user_id="uid_1",
        scopes=("loyalty.write", "members.read"),
        signed_in_at=NOW,
        created_at=NOW,
        expires_at=NOW + timedelta(seconds=oauth_consents.CODE_LIFE_S),
        code_hash="code",
        redirect_uri="https://a.example",
        challenge=CHALLENGE,
    )


def redeemed(at: OAuthConsent, now: datetime = NOW) -> OAuthConsent:
    return at.redeemed(
        code_hash="code",
        redirect_uri="https://a.example",
        verifier=VERIFIER,
        refresh_hash="r0",
        family_hash="family",
        now=now,
    )


def test_the_challenge_is_that_of_the_standard() -> None:
    assert oauth_consents.challenge_of(VERIFIER) == CHALLENGE  # RFC 7636, appendix B


def test_a_used_code_is_misuse_even_later() -> None:
    used = redeemed(consent())

    for later in (NOW, NOW + timedelta(days=1)):
        with pytest.raises(ReusedError):
            redeemed(used, later)
    with pytest.raises(OAuthRefused):
        redeemed(used.ended(NOW))


def test_no_refresh_token_works_before_the_code_or_after_the_end() -> None:
    with pytest.raises(OAuthRefused):
        consent().is_repetition("r0", "family", NOW)
    with pytest.raises(OAuthRefused):
        redeemed(consent()).ended(NOW).is_repetition("r0", "family", NOW)
    with pytest.raises(OAuthRefused):
        redeemed(consent()).is_repetition("r0", "family", NOW + timedelta(days=90))


def test_who_has_never_had_a_token_ends_nothing() -> None:
    used = redeemed(consent()).rotated(nonce="n", refresh_hash="r1", now=NOW)
    late = NOW + timedelta(days=1)

    with pytest.raises(OAuthRefused):
        used.is_repetition("r0", "another", late)
    with pytest.raises(ReusedError):
        used.is_repetition("r0", "family", late)
    assert not consent().has_given("")


def test_an_end_stays_when_it_was() -> None:
    ended = consent().ended(NOW)

    assert ended.ended(NOW + timedelta(days=1)) == ended


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), max_size=15))
def test_of_each_refresh_token_there_is_one_successor(steps: list[tuple[int, int]]) -> None:
    """Whoever presents which token when: only the last one goes on, and the one before it repeats
    for ten seconds; all others end it.
    """
    state, now, tokens, rotated_at = redeemed(consent()), NOW, ["r0"], NOW
    for age, seconds in steps:
        now += timedelta(seconds=seconds)
        presented = tokens[max(0, len(tokens) - 1 - age)]
        if presented == tokens[-1]:
            assert not state.is_repetition(presented, "family", now)
            tokens.append(f"r{len(tokens)}")
            state = state.rotated(nonce="n", refresh_hash=tokens[-1], now=now)
            rotated_at = now
        elif presented == tokens[-2] and now - rotated_at < timedelta(seconds=10):
            assert state.is_repetition(presented, "family", now)
        else:
            with pytest.raises(ReusedError):
                state.is_repetition(presented, "family", now)


def test_scopes_are_never_more() -> None:
    allowed = ("loyalty.write", "members.read")

    assert oauth_consents.narrowed(allowed, None) == allowed
    assert oauth_consents.narrowed(allowed, " ") == allowed
    assert oauth_consents.narrowed(allowed, "members.read members.read") == ("members.read",)
    with pytest.raises(OAuthRefused):
        oauth_consents.narrowed(allowed, "members.read members.write")
