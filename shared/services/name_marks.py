"""Marks by which members are found by their names, which are stored encrypted.

A mark is a keyed hash of the beginning of a word. It is the name of a field, so that a query can
ask for several at once, by the indexes of single fields alone (decision 53).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from shared.domain.members import name_words
from shared.domain.members.profile import Profile
from shared.services.vaults import vault

_PURPOSE = "member names"
_HEX_CHARS = 16
"""64 bits: two beginnings in one account do not share a mark by chance."""


def of_profile(account_id: str, profile: Profile) -> dict[str, bool]:
    """Return the marks of a member, under the newest key of the vault."""
    (newest, *_) = _marks(account_id, name_words.beginnings(profile))
    return dict.fromkeys(newest, True)


def asked(account_id: str, name: str) -> list[list[str]]:
    """Return the marks that whoever is looked for has all of: a list for each key of the vault."""
    return _marks(account_id, name_words.asked(name))


def _marks(account_id: str, beginnings: Iterable[str]) -> list[list[str]]:
    texts = [each.encode() for each in beginnings]
    # A field's name needs no quotes if it begins with a letter.
    return [
        [f"n{hmac.digest(secret, text, 'sha256').hex()[:_HEX_CHARS]}" for text in texts]
        for secret in vault().derived_keys(_PURPOSE, account_id)
    ]
