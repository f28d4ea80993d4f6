"""Encrypt all stored secrets anew, so that an old key can be removed.

There is no list of the secrets. Every kind of document registers itself, and this module checks
whether it has a field of the type ``Encrypted``. So a new kind of document cannot be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from shared import encrypted
from shared.services.commands import Effect, Reads
from shared.services.every_document import change_each, in_place
from shared.services.vaults import vault
from shared.store import documents
from shared.store.documents import Documents
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Reencryption:
    """The number of documents that were encrypted anew, by the name of their collection.

    ``undecryptable`` are the paths of the documents that none of the keys decrypts.
    """

    counts: dict[str, int]
    undecryptable: tuple[str, ...]


def reencrypt_secrets() -> Reencryption:
    """Encrypt all secrets anew, with the first of the configured keys, bound to their documents.

    Raises:
        VaultError: No key is configured, or one is malformed.
    """
    keys = vault()
    counts: dict[str, int] = {}
    undecryptable: list[str] = []
    for kind in kinds():
        assert kind.collection is not None, f"{kind.kind.__name__} cannot be gone through"
        count, failed = _reencrypt(keys, kind)
        counts[kind.collection] = count
        undecryptable += failed
    return Reencryption(counts, tuple(undecryptable))


def kinds() -> list[Documents[Any, ...]]:
    """Return the kinds of documents that have encrypted fields, sorted by name."""
    found = [each for each in documents.every() if encrypted.is_in(each.kind)]
    return sorted(found, key=lambda each: each.collection or "")


def _reencrypt(keys: Vault, kind: Documents[Any, ...]) -> tuple[int, list[str]]:
    """Return the number of changed documents of a kind, and those that no key decrypts."""
    return change_each(kind, in_place(partial(_reencrypted, keys, kind)))


def _reencrypted(keys: Vault, kind: Documents[Any, ...], path: str, reads: Reads) -> Effect[bool]:
    """Change one document; tell whether it had encrypted fields."""
    before = kind.decode(reads[path])
    after = None if before is None else encrypted.changed(before, partial(keys.rotate, path=path))
    if after == before:
        return Effect(result=False)
    return Effect(result=True, writes=kind.writes(reads[path], after))
