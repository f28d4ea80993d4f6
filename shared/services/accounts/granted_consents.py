"""What an account lets apps of others do, as its owners see and end it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.oauth_consents import OAuthConsent
from shared.domain.accounts.staff import StaffMember
from shared.errors import OAuthConsentNotFound
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import oauth_app_documents as documents
from shared.store.accounts import staff_documents
from shared.store.client import Document


@dataclass(frozen=True, slots=True)
class GrantedConsent:
    """A consent that lasts, its app, and who gave it, as they are now."""

    consent: OAuthConsent
    app: OAuthApp
    member: StaffMember


@dataclass(frozen=True, slots=True)
class EndedConsent:
    """A consent that has ended; ``is_replay`` if an earlier request with the same key did it."""

    consent: OAuthConsent
    is_replay: bool = False


def list_page(caller: Caller, *, after: CursorPosition | None, limit: int) -> Page[GrantedConsent]:
    """Return a page of the consents of an account that last, the newest first.

    Those that have ended are left out, so a page may have fewer than ``limit``. Two calls of the
    database: the consents, then their apps and people.
    """
    now = clock.real_now()
    read = documents.list_of_account(caller.account_id, after=after, limit=limit + 1)
    page = paging.cut(read, limit, lambda last: CursorPosition(last.created_at, last.consent_id))
    lasting = [each for each in page.items if each.is_lasting(now)]
    apps = documents.find_apps({each.app_id for each in lasting})
    people = staff_documents.find_people(caller.account_id, {each.user_id for each in lasting})
    return Page(
        [
            GrantedConsent(each, app, member)
            for each in lasting
            if (app := apps.get(each.app_id)) is not None
            and (member := people.get(each.user_id)) is not None
            and each.is_backed_by(member)
        ],
        page.end,
    )


def end(caller: Caller, consent_id: str) -> EndedConsent:
    """End a consent with all its tokens: none is given any more, and calls end within 60 s.

    One that has ended already stays as it is.

    Raises:
        OAuthConsentNotFound, IdempotencyKeyReused, Busy.
    """
    now, path = clock.real_now(), paths.oauth_consent(consent_id)

    def decide(reads: Reads) -> Effect[EndedConsent]:
        consent = documents.CONSENTS.decode(reads[path])
        if consent is None or consent.account_id != caller.account_id:
            raise OAuthConsentNotFound(f"There is no consent {consent_id}.")
        after = consent.ended(now)
        changed = [documents.CONSENTS.write(reads[path], after)] if after != consent else []
        return Effect(EndedConsent(after), changed, kept={"endedAt": after.ended_at})

    def replayed(kept: Document, reads: Reads) -> EndedConsent:
        consent = documents.CONSENTS.decode(reads[path])
        if consent is None:
            raise OAuthConsentNotFound(f"There is no consent {consent_id}.")
        return EndedConsent(replace(consent, ended_at=kept["endedAt"]), is_replay=True)

    ended = commands.run([path], decide, claim=caller.claim, replay=replayed)
    documents.CONSENTS.forget(consent_id)
    return ended
