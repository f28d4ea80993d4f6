"""What documents hold on persons: how they are found, exported, and erased.

Each kind of document declares it where it is declared itself (``Documents(..., personal=...)``), so
that ``exportMember`` and ``eraseMember`` go through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.domain.pseudonyms import Pseudonyms
from shared.store import client
from shared.store.client import Snapshot

T = TypeVar("T")

Erase = Callable[[T, Pseudonyms], T | None]
"""Returns a value as it is after the erasure, ``None`` if it is deleted."""


class Find(Protocol):
    """Finds the documents on a user of an account."""

    def __call__(
        self, account_id: str, user_id: str, after: str | None = None
    ) -> Iterator[list[Snapshot]]:
        """Yield them, at most ``client.PAGE`` at a time, always in the same order.

        ``after``: the path of the last one that was had. Only our own code names it: what it leads
        to is not compared with the account again.
        """


@dataclass(frozen=True, slots=True)
class Personal(Generic[T]):
    """Documents that hold something on a person.

    Attributes:
        name: What they are called in an export.
        find: Finds them by account and user id. They are looked for under pseudonyms, too.
        erased: Takes the person out of one, and changes nothing the second time; ``None`` for kinds
            that the erasure has steps of its own for.
        exported: Leaves out what is another person's.
        readable: The encrypted fields that are decrypted for an export: JSON. Others are secrets.
    """

    name: str
    find: Find
    erased: Erase[T] | None
    exported: Callable[[T, str], T] = lambda value, _: value
    readable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoPersonalData:
    """Documents with texts or secrets that are nobody's personal data, and why."""

    why: str


def person(account_id: str, user_id: str) -> str:
    """Return what documents that name several persons hold of each, in the field ``people``."""
    return f"{account_id}/{user_id}"


def of_user(collection: str) -> Find:
    """Find documents of a collection at the top that have one user, in ``userId``."""

    def find(account_id: str, user_id: str, after: str | None = None) -> Iterator[list[Snapshot]]:
        own = [("accountId", "==", account_id), ("userId", "==", user_id)]
        return client.pages(collection, *own, after=after)

    return find


def of_people(collection: str) -> Find:
    """Find documents of a collection at the top that name several persons, in ``people``."""

    def find(account_id: str, user_id: str, after: str | None = None) -> Iterator[list[Snapshot]]:
        named = person(account_id, user_id)
        return client.pages(collection, ("people", "array-contains", named), after=after)

    return find


def single(path_of: Callable[[str, str], str]) -> Find:
    """Find the one document that has the user in its path."""

    def find(account_id: str, user_id: str, after: str | None = None) -> Iterator[list[Snapshot]]:
        path = path_of(account_id, user_id)
        if path != after and (found := client.get_one(path)).data is not None:
            yield [found]

    return find
