"""What makes members unique: one document for each hash of something that identifies a person."""

from __future__ import annotations

from shared.domain.members.member import MemberKey
from shared.store import paths
from shared.store.documents import Documents

KEYS = Documents(
    MemberKey,
    paths.member_key,
    path_of=lambda key: paths.member_key(key.account_id, key.key),
)

decode = KEYS.decode
creation = KEYS.creation
