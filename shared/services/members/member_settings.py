"""What an account sets for all of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.members.custom_fields import CustomField
from shared.domain.members.settings import MemberSettings
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.store import codec, paths
from shared.store.client import Document
from shared.store.members import settings_documents


@dataclass(frozen=True, slots=True)
class SavedSettings:
    """Settings after a request; ``is_replay`` if an earlier one with the same key made them."""

    settings: MemberSettings
    is_replay: bool = False


def configure(
    caller: Caller,
    *,
    country: str | None,
    custom_fields: Sequence[CustomField] | None,
    app_url: str | None,
    ends_app_url: bool,
    changing_codes: bool | None,
) -> SavedSettings:
    """Change the settings; what is ``None`` stays. ``ends_app_url``: there is none from then on.

    Values of a field that is no longer there, or has another type, stay as they are.

    Raises:
        IdempotencyKeyReused, Busy.
    """
    path = paths.member_settings(caller.account_id)
    now = clock.utc_now()

    def decide(reads: Reads) -> Effect[SavedSettings]:
        before = settings_documents.decode(reads[path]) or MemberSettings(caller.account_id)
        after = replace(
            before,
            country=country or before.country,
            custom_fields=before.custom_fields if custom_fields is None else tuple(custom_fields),
            app_url=None if ends_app_url else app_url or before.app_url,
            changing_codes=before.changing_codes if changing_codes is None else changing_codes,
        )
        changed = replace(after, updated_at=now)
        writes = [] if after == before else [settings_documents.write(reads[path], changed)]
        return Effect(SavedSettings(after), writes, codec.to_document(after))

    saved = commands.run([path], decide, claim=caller.claim, replay=_replayed)
    settings_documents.forget(caller.account_id)
    return saved


def _replayed(kept: Document, _: Reads) -> SavedSettings:
    return SavedSettings(codec.from_document(MemberSettings, kept), is_replay=True)
