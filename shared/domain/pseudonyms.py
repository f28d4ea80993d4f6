"""Pseudonyms: what stands in place of a person's names after the person was erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared import ids

PREFIX = "erased"
WITHIN_MIN = 8
"""Names that are at least so long are replaced within texts, too; others may be parts of words."""
_OUR_TRANSACTIONS = (
    "payment:",
    "refund:",
    "receipt:",
    "scan_and_go:",
    "click_collect:",
    "return:",
)


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """New names by old ones, the longest old one first: ids of users and of memberships."""

    names: Mapping[str, str]

    def of(self, name: str) -> str:
        """Return the new name of a user or a membership; others keep theirs."""
        return self.names.get(name, name)

    def of_optional(self, name: str | None) -> str | None:
        """Return the same for a field that may be empty."""
        return None if name is None else self.of(name)

    def within(self, reference: str | None) -> str | None:
        """Return a reference of another system without the names in it."""
        if reference is None or reference in self.names:
            return None
        for old, new in self.names.items():
            if len(old) >= WITHIN_MIN:
                reference = reference.replace(old, new)
        return reference


def new() -> str:
    """Return a random user id for a person who is erased."""
    return ids.new(PREFIX)


def is_pseudonym(user_id: str | None) -> bool:
    """Tell whether a user id is one that an erasure gave."""
    return user_id is not None and user_id.startswith(f"{PREFIX}_")


def transaction(transaction_id: str | None, pseudonyms: Pseudonyms) -> str | None:
    """Return a transaction's id if it is one of ours; other systems' may say anything."""
    if transaction_id is None or not transaction_id.startswith(_OUR_TRANSACTIONS):
        return None
    return pseudonyms.within(transaction_id)
