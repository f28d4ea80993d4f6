"""Change every document of a kind, as operators do after an upgrade or with a new key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.vault import VaultError


def change_each(
    kind: Documents[Any, ...], change: Callable[[Snapshot], bool]
) -> tuple[int, list[str]]:
    """Return how many documents were changed, and the paths of those that no key decrypts.

    Each is a commit of its own, so whoever is interrupted begins again.

    Args:
        kind: The kind of documents.
        change: Changes one, and tells whether there was anything to change.
    """
    count, undecryptable = 0, []
    for page in kind.pages():
        for each in page:
            try:
                count += change(each)
            except VaultError:
                undecryptable.append(each.path)
    return count, undecryptable


def in_place(decide: Callable[[str, Reads], Effect[bool]]) -> Callable[[Snapshot], bool]:
    """Return what changes a document itself, by a decision on its path and what is read of it."""

    def change(found: Snapshot) -> bool:
        path = found.path
        return commands.run([path], lambda reads: decide(path, reads), known={path: found})

    return change
