"""A user id whose member was merged into another one leads to that one (decision 23)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from shared.domain.loyalty.membership import Membership
from shared.domain.members.member import Member
from shared.services import commands
from shared.services.commands import Reads
from shared.store import paths
from shared.store.members import member_documents

T = TypeVar("T")
P = ParamSpec("P")

FORWARDED_MAX = 3
"""One step leads to the end, unless there is another merge at this moment."""


class MovedTo(Exception):
    """What is asked for is another user's by now."""

    def __init__(self, user_id: str) -> None:
        super().__init__(user_id)
        self.user_id = user_id


def require_current(found: Member | Membership | None) -> None:
    """Ask for the member who took over, if somebody did.

    Raises:
        MovedTo: Somebody did. Nothing is written: it ends the decision.
    """
    if isinstance(found, Membership):
        into = found.merged_into_user_id
    else:
        into = None if found is None else found.merged_into
    if into is not None:
        raise MovedTo(into)


def person_in(reads: Reads, account_id: str, user_id: str) -> Member | None:
    """Return the person to whom an id leads, within a decision; ``None`` if there is no document.

    Raises:
        Wanted: The document is not read yet.
    """

    def find(each: str) -> Member | None:
        path = paths.account_member(account_id, each)
        commands.want(reads, [path])
        return member_documents.decode(reads[path])

    return _leading(user_id, find)


def every_user_id(account_id: str, user_id: str) -> tuple[str, ...]:
    """Return all ids of the person to whom an id leads: one read, or two if it was merged.

    There are few enough for the operator ``in`` of a query.
    """
    person = _leading(user_id, lambda each: member_documents.find(account_id, each))
    return (user_id,) if person is None else person.every_user_id


def _leading(user_id: str, find: Callable[[str], Member | None]) -> Member | None:
    person = find(user_id)
    if person is not None and person.merged_into is not None:
        return find(person.merged_into)
    return person


def following(function: Callable[P, T]) -> Callable[P, T]:
    """Call a use case again for the member who took over. It takes ``user_id`` by name."""

    @wraps(function)
    def followed(*args: P.args, **kwargs: P.kwargs) -> T:
        asked: dict[str, Any] = dict(kwargs)
        for _ in range(FORWARDED_MAX):
            try:
                return function(*args, **asked)
            except MovedTo as moved:
                asked["user_id"] = moved.user_id
        raise AssertionError(
            "a member was merged into another one that was merged, again and again"
        )

    return followed
