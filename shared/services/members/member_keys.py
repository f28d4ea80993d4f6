"""What identifies a person is unique in an account, and found without being stored.

Each key is written as its hashes: to the member, where a query finds them, and as documents of
their own, whose creation decides between two persons who take the same key at once.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared.domain.members.member import Member, MemberKey
from shared.domain.members.profile import Key
from shared.services.commands import Reads
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.client import Write
from shared.store.members import member_key_documents

VERSION_CHARS = 8
_PURPOSE = "member keys"


def hashes(account_id: str, keys: Iterable[Key]) -> list[str]:
    """Return the hashes of keys, under each key of the vault, the newest first.

    An e-mail address or a phone number can be guessed, so a plain hash of one is no secret. These
    are HMAC-SHA256 with a key of the vault, another one for each account and kind. Each says of
    what kind it is, and under which key it was made: ``email_3f2a9c1d_6b1f...``.
    """
    return [
        f"{kind}_{version}_{hmac.digest(secret, text.encode(), 'sha256').hex()}"
        for kind, text in keys
        for version, secret in zip(
            versions(), vault().derived_keys(_PURPOSE, f"{kind}:{account_id}"), strict=True
        )
    ]


def versions() -> list[str]:
    """Return the names of the vault's keys as they stand in hashes; none tells its key."""
    return [each.hex()[:VERSION_CHARS] for each in vault().derived_keys(_PURPOSE, "version")]


def is_of(lookup: str, version: str) -> bool:
    """Tell whether a hash was made under the key of this version."""
    return lookup.split("_")[1] == version


def needs(account_id: str, keys: Iterable[Key]) -> list[str]:
    """Return the paths that say whose keys these are."""
    return [paths.member_key(account_id, each) for each in hashes(account_id, keys)]


def taken(account_id: str, user_id: str, keys: Sequence[Key], reads: Reads) -> list[Key]:
    """Return the keys that are somebody else's."""
    return [
        key
        for key in keys
        if any(
            (found := member_key_documents.decode(reads[path])) and found.user_id != user_id
            for path in needs(account_id, [key])
        )
    ]


def lookups(member: Member, *, added: Sequence[Key], removed: Sequence[Key]) -> tuple[str, ...]:
    """Return the hashes of a member who has other keys than before."""
    gone = set(hashes(member.account_id, removed))
    kept = [each for each in member.lookups if each not in gone]
    return tuple(dict.fromkeys((*kept, *hashes(member.account_id, added))))


def without_kind(member: Member, kind: str) -> Member:
    """Return a member without all keys of a kind, also those that a merge has brought."""
    kept = tuple(each for each in member.lookups if not each.startswith(f"{kind}_"))
    return replace(member, lookups=kept)


def writes(before: Member | None, after: Member, reads: Reads) -> list[Write]:
    """Return the writes that give a member the new hashes, and free the old ones.

    They must be in the commit that writes the member: it decides between two changes at once.
    """
    old, new = set(before.lookups if before else ()), set(after.lookups)
    made: list[Write] = []
    for each in sorted(new - old):
        key = MemberKey(after.account_id, each, after.user_id)
        path = paths.member_key(after.account_id, each)
        if path not in reads or reads[path].data is None:
            made.append(member_key_documents.creation(key))
    freed = [paths.member_key(after.account_id, each) for each in sorted(old - new)]
    return [*made, *map(client.Remove, freed)]
