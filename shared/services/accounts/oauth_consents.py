"""Consents: an owner allows an app something, and the app gets codes and tokens for it.

Each step is one commit on the consent's document, so a code works once, and a refresh token has one
successor, however many requests come at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared import clock, ids
from shared.auth import app_tokens
from shared.auth.app_tokens import AppText
from shared.auth.caller import Caller
from shared.domain.accounts import oauth, oauth_consents, scopes, sign_ins
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import AppToken, OAuthConsent, ReusedError
from shared.domain.accounts.packages import Package
from shared.domain.accounts.scopes import ScopeRefusedError
from shared.domain.accounts.staff import StaffMember
from shared.errors import EndpointNotAllowed, NotStaff
from shared.services import commands
from shared.services.accounts import customers, oauth_limits, staff_callers
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import oauth_app_documents as documents
from shared.store.accounts import staff_documents


@dataclass(frozen=True, slots=True)
class IssuedAppTokens:
    """New tokens; their texts are known only now. ``life_s`` is that of the access token."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: scopes.Scopes = ()
    life_s: int = oauth.LIFE_S


def allow(
    app: OAuthApp,
    *,
    id_token: str,
    account_id: str,
    app_check_token: str | None,
    asked: str,
    needed: Mapping[str, Package],
    redirect_uri: str,
    challenge: str,
) -> tuple[str, Caller]:
    """Let an app act for an account; return the code for it, and who has allowed it.

    Args:
        app: The app; it and ``redirect_uri`` have been compared.
        id_token: The ID token of an owner who has just signed in.
        account_id: The account.
        app_check_token: The token of App Check, if the request has one.
        asked: The scopes, with spaces between them.
        needed: All scopes that an owner can give, each with the lowest package for it.
        redirect_uri: Where the code is sent.
        challenge: The S256 challenge of PKCE.

    Raises:
        OAuthRefused: ``invalid_scope``: the account's package does not include one.
        EndpointNotAllowed: The person is no owner.
        SignInTooOld: The person has not just signed in.
        InvalidIdToken, AppNotVerified, SignInNotVerified, NotStaff, SubscriptionInactive, Busy.
    """
    person = customers.authenticate(id_token, app_check_token)
    now = clock.real_now()
    sign_ins.require_fresh(person.proved_at, now)
    caller = staff_callers.calling(person, account_id=account_id)
    _require_owner(caller.staff)
    try:
        granted = scopes.granted(asked, needed, caller.package)
    except ScopeRefusedError as error:
        raise OAuthRefused(OAuthError.INVALID_SCOPE, str(error)) from None
    consent_id = ids.new("cons")
    code = app_tokens.new_code(consent_id)
    assert caller.staff is not None
    consent = OAuthConsent(
        consent_id=consent_id,
        app_id=app.app_id,
        account_id=account_id,
        user_id=caller.staff.user_id,
        scopes=granted,
        signed_in_at=person.signed_in_at,
        created_at=now,
        expires_at=now + timedelta(seconds=oauth_consents.CODE_LIFE_S),
        code_hash=code.hash,
        redirect_uri=redirect_uri,
        challenge=challenge,
    )
    path = paths.oauth_consent(consent_id)
    staff_path = paths.staff_member(account_id, consent.user_id)

    def decide(reads: Reads) -> Effect[None]:
        _require_owner(staff_documents.decode(reads[staff_path]))  # as of now, not 60 s ago
        return Effect(None, [documents.CONSENTS.creation(consent)])

    commands.run([path, staff_path], decide)
    return code.text, caller


def redeem(app: OAuthApp, code: str, *, redirect_uri: str, verifier: str) -> IssuedAppTokens:
    """Give the first tokens for a code. A code that was used before ends all that it gave.

    Raises:
        OAuthRefused: ``invalid_grant``; ``slow_down``.
    """
    text = app_tokens.parse_code(code)
    if text is None or text.consent_id is None:
        raise _unknown(app)
    refresh = app_tokens.new_refresh_token(text.consent_id)
    access, now = app_tokens.new_access_token(), clock.real_now()

    def change(consent: OAuthConsent) -> tuple[OAuthConsent, IssuedAppTokens]:
        after = consent.redeemed(
            code_hash=text.hash,
            redirect_uri=redirect_uri,
            verifier=verifier,
            refresh_hash=refresh.hash,
            family_hash=refresh.family_hash,
            now=now,
        )
        return after, IssuedAppTokens(access.text, refresh.text, consent.scopes)

    return _issued(app, text, access, change)


def refresh(app: OAuthApp, refresh_token: str, asked: str | None) -> IssuedAppTokens:
    """Give the next tokens for a refresh token, which is used by that.

    Who repeats the request within ``REPEATABLE_S``, as the answer was lost or two of its processes
    asked at once, gets the same refresh token again. Later, or after the next one was used, it ends
    all tokens: of the two who have it, one has stolen it.

    Raises:
        OAuthRefused: ``invalid_grant``; ``invalid_scope``; ``slow_down``.
    """
    text = app_tokens.parse_refresh_token(refresh_token)
    if text is None or text.consent_id is None:
        raise _unknown(app)
    access, nonce, now = app_tokens.new_access_token(), app_tokens.new_nonce(), clock.real_now()

    def change(consent: OAuthConsent) -> tuple[OAuthConsent, IssuedAppTokens]:
        after = consent
        is_repetition = consent.is_repetition(text.hash, text.family_hash, now)
        granted = oauth_consents.narrowed(consent.scopes, asked)
        if is_repetition:
            following = app_tokens.next_refresh_token(text, consent.rotation_nonce or "")
        else:
            following = app_tokens.next_refresh_token(text, nonce)
            after = consent.rotated(nonce=nonce, refresh_hash=following.hash, now=now)
        return after, IssuedAppTokens(access.text, following.text, granted)

    return _issued(app, text, access, change)


def revoke(app: OAuthApp, token: str) -> None:
    """End what an app gives up: by a refresh token all of its consent, else the access token.

    What is not the app's is left as it is, and nothing is told of it. Source: RFC 7009.
    """
    text = app_tokens.parse_refresh_token(token)
    if text is not None and text.consent_id is not None:
        _end(app, text)
        return
    text = app_tokens.parse_access_token(token)
    if text is None:
        return
    path, token_hash = paths.oauth_app_token(text.hash), text.hash

    def decide(reads: Reads) -> Effect[None]:
        record = documents.TOKENS.decode(reads[path])
        if record is None or record.app_id != app.app_id:
            return Effect(None)
        return Effect(None, [documents.TOKENS.deletion(reads[path])])

    commands.run([path], decide)
    documents.TOKENS.forget(token_hash)


def find_active(token: str) -> tuple[AppToken, OAuthConsent] | None:
    """Return an access token that works, and its consent; ``None`` if there is none.

    Whether the person has a role, and which, is looked at by who calls.
    """
    text = app_tokens.parse_access_token(token)
    record = None if text is None else documents.TOKENS.find(text.hash)
    if record is None or record.is_over(clock.real_now()):
        return None
    consent = documents.CONSENTS.find(record.consent_id)
    return None if consent is None or consent.ended_at is not None else (record, consent)


def _issued(
    app: OAuthApp,
    text: AppText,
    access: AppText,
    change: Callable[[OAuthConsent], tuple[OAuthConsent, IssuedAppTokens]],
) -> IssuedAppTokens:
    """Change a consent and issue an access token, in one commit; or end it, if it was misused."""
    assert text.consent_id is not None
    consent_id, now = text.consent_id, clock.real_now()
    oauth_limits.require_room(consent_id)
    path = paths.oauth_consent(consent_id)

    def decide(reads: Reads) -> Effect[IssuedAppTokens | None]:
        consent = documents.CONSENTS.decode(reads[path])
        if consent is None or consent.app_id != app.app_id:
            raise oauth_consents.refused()
        staff_path = paths.staff_member(consent.account_id, consent.user_id)
        try:
            after, issued = change(consent)
        except ReusedError:
            return Effect(None, [documents.CONSENTS.write(reads[path], consent.ended(now))])
        commands.want(reads, [staff_path])
        member = staff_documents.decode(reads[staff_path])
        if not consent.is_backed_by(member):
            raise oauth_consents.refused()
        record = AppToken(
            token_hash=access.hash,
            consent_id=consent_id,
            app_id=app.app_id,
            account_id=consent.account_id,
            scopes=issued.scopes,
            issued_at=now,
            expires_at=now + timedelta(seconds=issued.life_s),
        )
        writes = [documents.TOKENS.creation(record)]
        if after != consent:
            writes.append(documents.CONSENTS.write(reads[path], after))
        return Effect(issued, writes)

    try:
        issued = commands.run([path], decide)
    except OAuthRefused as error:
        if error.error is OAuthError.INVALID_GRANT:
            oauth_limits.count_failed(app.app_id)
        raise
    documents.CONSENTS.forget(consent_id)
    if issued is None:
        raise _unknown(app)
    oauth_limits.note_issued(consent_id)
    return issued


def _end(app: OAuthApp, text: AppText) -> None:
    assert text.consent_id is not None
    path, now = paths.oauth_consent(text.consent_id), clock.real_now()
    family_hash = text.family_hash

    def decide(reads: Reads) -> Effect[None]:
        consent = documents.CONSENTS.decode(reads[path])
        if consent is None or consent.app_id != app.app_id or not consent.has_given(family_hash):
            return Effect(None)
        after = consent.ended(now)
        changed = [documents.CONSENTS.write(reads[path], after)] if after != consent else []
        return Effect(None, changed)

    commands.run([path], decide)
    documents.CONSENTS.forget(text.consent_id)


def _require_owner(member: StaffMember | None) -> None:
    if member is None or member.is_disabled:
        raise NotStaff("The person has no role in the account.")
    if not member.is_active_owner:
        raise EndpointNotAllowed(
            "Only an owner lets an app act for the account.",
            fix="Ask an owner of the account to sign in on this page.",
            role=member.role,
        )


def _unknown(app: OAuthApp) -> OAuthRefused:
    oauth_limits.count_failed(app.app_id)
    return oauth_consents.refused()
