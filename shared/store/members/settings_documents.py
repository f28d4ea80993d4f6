"""What accounts set for all of their members."""

from __future__ import annotations

from shared.domain.members.settings import MemberSettings
from shared.store import paths
from shared.store.cache import Cache
from shared.store.documents import Documents

SETTINGS = Documents(
    MemberSettings,
    paths.member_settings,
    path_of=lambda settings: paths.member_settings(settings.account_id),
)

decode = SETTINGS.decode
write = SETTINGS.write

_cache: Cache[MemberSettings] = Cache()


def of_account(account_id: str) -> MemberSettings:
    """Return the settings of an account, by default the usual ones; they may be 60 s old."""

    def load() -> MemberSettings:
        return SETTINGS.find(account_id) or MemberSettings(account_id)

    return _cache.get(account_id, load) or load()


def forget(account_id: str) -> None:
    """Load the settings again on their next use: call it after a change is committed."""
    _cache.forget(account_id)
