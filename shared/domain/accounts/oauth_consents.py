"""What somebody has allowed an app to do: its code, its refresh tokens, and their end.

One consent is one family of tokens: its code gives the first of them, each refresh token the next,
and all end together.

Source: RFC 6749, 4.1 and 6; RFC 7636 (PKCE); RFC 9700, 2.1 and 4.14.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.domain.accounts.scopes import Scopes
from shared.domain.accounts.staff import StaffMember

CODE_LIFE_S = 60
REFRESH_LIFE_DAYS = 90
"""How long a refresh token can be left unused; each use begins anew."""
REPEATABLE_S = 10
"""How long after its use a refresh token gives the same next one, as the answer may be lost."""
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""The SHA-256 of a verifier, in base64url."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class ReusedError(Exception):
    """A code or a refresh token came back that was used: somebody else has it, so all must end."""


@dataclass(frozen=True, slots=True)
class OAuthConsent:
    """What one person has allowed one app to do for one account.

    It holds hashes of its code and refresh tokens, never these. ``signed_in_at``: when the person
    gave the password or the like. ``refresh_hash``: the refresh token that can be used;
    ``previous_hash`` the one before, which was used at ``rotated_at``. The text of the next one
    follows from that of the one before and ``rotation_nonce``, so nobody can make it who has only
    one of both. ``family_hash`` is of what all its refresh tokens have in common: who has that had
    one of them. ``expires_at``: until then the code, and once it was used the refresh token, works.
    """

    consent_id: str
    app_id: str
    account_id: str
    user_id: str
    scopes: Scopes
    signed_in_at: datetime | None
    created_at: datetime
    expires_at: datetime
    code_hash: str
    redirect_uri: str
    challenge: str
    is_code_used: bool = False
    refresh_hash: str | None = None
    family_hash: str | None = None
    previous_hash: str | None = None
    rotation_nonce: str | None = None
    rotated_at: datetime | None = None
    ended_at: datetime | None = None

    def is_backed_by(self, member: StaffMember | None) -> bool:
        """Tell whether the person who gave it has worked for the account ever since.

        Whoever was removed and is added anew has allowed nothing yet.
        """
        return (
            member is not None and not member.is_disabled and member.created_at <= self.created_at
        )

    def is_lasting(self, now: datetime) -> bool:
        """Tell whether the app has got its first tokens, and can get the next ones."""
        return self.is_code_used and self.ended_at is None and now < self.expires_at

    def redeemed(
        self,
        *,
        code_hash: str,
        redirect_uri: str,
        verifier: str,
        refresh_hash: str,
        family_hash: str,
        now: datetime,
    ) -> OAuthConsent:
        """Return the consent after its code was used.

        Raises:
            ReusedError: The code was used before.
            OAuthRefused: ``invalid_grant``: it is over, or was made for other values.
        """
        if not _equal(self.code_hash, code_hash):
            raise refused()
        self._require_lasting()
        if self.is_code_used:
            raise ReusedError
        if (
            now >= self.expires_at
            or self.redirect_uri != redirect_uri
            or not _VERIFIER.fullmatch(verifier)
            or not _equal(self.challenge, challenge_of(verifier))
        ):
            raise refused()
        return replace(
            self,
            is_code_used=True,
            refresh_hash=refresh_hash,
            family_hash=family_hash,
            expires_at=now + timedelta(days=REFRESH_LIFE_DAYS),
        )

    def has_given(self, family_hash: str) -> bool:
        """Tell whether a refresh token, used or not, was given by this consent.

        The id of a consent is no secret: who knows nothing else must not be able to end it.
        """
        return _equal(self.family_hash, family_hash)

    def is_repetition(self, refresh_hash: str, family_hash: str, now: datetime) -> bool:
        """Tell whether a refresh token was just used, so that it gives the same next one again.

        Raises:
            ReusedError: It was used before that.
            OAuthRefused: ``invalid_grant``: it is over, or was never given.
        """
        self._require_lasting()
        if not self.is_code_used or now >= self.expires_at:
            raise refused()
        if _equal(self.refresh_hash, refresh_hash):
            return False
        is_late = self.rotated_at is None or now >= self.rotated_at + timedelta(
            seconds=REPEATABLE_S
        )
        if is_late or not _equal(self.previous_hash, refresh_hash):
            if not self.has_given(family_hash):
                raise refused()
            raise ReusedError
        return True

    def rotated(self, *, nonce: str, refresh_hash: str, now: datetime) -> OAuthConsent:
        """Return the consent after its refresh token was used; ``refresh_hash``: the next one's."""
        return replace(
            self,
            refresh_hash=refresh_hash,
            previous_hash=self.refresh_hash,
            rotation_nonce=nonce,
            rotated_at=now,
            expires_at=now + timedelta(days=REFRESH_LIFE_DAYS),
        )

    def ended(self, now: datetime) -> OAuthConsent:
        """Return the consent after it has ended, with all its tokens."""
        return self if self.ended_at else replace(self, ended_at=now)

    def _require_lasting(self) -> None:
        if self.ended_at is not None:
            raise refused()


@dataclass(frozen=True, slots=True)
class AppToken:
    """The record of an app's access token. It holds the token's SHA-256, never the token.

    It works while its consent, its app and the person's role do.
    """

    token_hash: str
    consent_id: str
    app_id: str
    account_id: str
    scopes: Scopes
    issued_at: datetime
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether its life has ended, by the real time."""
        return now >= self.expires_at


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier. Source: RFC 7636, 4.2."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def narrowed(scopes: Scopes, asked: str | None) -> Scopes:
    """Return the scopes of a refreshed token: those of the consent, or fewer.

    Raises:
        OAuthRefused: ``invalid_scope``: one is asked for that was not allowed.
    """
    names = {name for name in (asked or "").split(" ") if name}
    if not names <= {*scopes}:
        raise OAuthRefused(OAuthError.INVALID_SCOPE, "A scope was not allowed by who consented.")
    return tuple(sorted(names)) if names else scopes


def refused() -> OAuthRefused:
    """Return the refusal of a code or refresh token, the same for whatever is wrong."""
    return OAuthRefused(
        OAuthError.INVALID_GRANT,
        "The code or refresh token is unknown, used, over or revoked, or was given for another "
        "client, redirect_uri or code_challenge.",
    )


def _equal(known: str | None, given: str) -> bool:
    return known is not None and hmac.compare_digest(known.encode(), given.encode())
