"""What makes members unique: one document for each hash of something that identifies a person."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.members.member import MemberKey
from shared.store import client, paths
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal


def _of_user(account_id: str, user_id: str, after: str | None = None) -> Iterator[list[Snapshot]]:
    """Yield the keys that are a person's."""
    return client.pages(paths.member_keys(account_id), ("userId", "==", user_id), after=after)


KEYS = Documents(
    MemberKey,
    paths.member_key,
    path_of=lambda key: paths.member_key(key.account_id, key.key),
    personal=Personal("keys", _of_user, lambda _, __: None),
)

decode = KEYS.decode
creation = KEYS.creation
write = KEYS.write
deletion = KEYS.deletion
