"""The erasure of a person: how far it has come, and who it is about while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared import ids
from shared.domain.pseudonyms import PREFIX


class ErasureState(StrEnum):
    """``running``; ``telling``: all is erased but the event that tells of it; ``done``."""

    RUNNING = "running"
    TELLING = "telling"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ErasedMembership:
    """A membership to erase."""

    membership_id: str
    program_id: str
    store_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """The erasure of a person and of those who were merged into the person.

    ``erasure_id`` is the pseudonym of the person. ``user_ids`` and ``memberships`` are emptied at
    the end; ``memberships`` is ``None`` until they are known. ``event_ids`` are those of the events
    that tell of it.
    """

    erasure_id: str
    account_id: str
    state: ErasureState
    started_at: datetime
    updated_at: datetime
    user_ids: tuple[str, ...]
    memberships: tuple[ErasedMembership, ...] | None = None
    memberships_count: int = 0
    store_ids: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()
    finished_at: datetime | None = None

    @property
    def pseudonyms(self) -> Mapping[str, str]:
        """The pseudonym of each user id."""
        return {
            user_id: self.erasure_id
            if place == 0
            else ids.derived(PREFIX, self.erasure_id, str(place))
            for place, user_id in enumerate(self.user_ids)
        }


def listed(erasure: Erasure, memberships: tuple[ErasedMembership, ...], now: datetime) -> Erasure:
    """Return the erasure with the memberships to erase."""
    stores = dict.fromkeys((*erasure.store_ids, *(each.store_id for each in memberships)))
    return replace(
        erasure,
        memberships=memberships,
        memberships_count=len(memberships),
        store_ids=tuple(stores),
        updated_at=now,
    )


def ended(erasure: Erasure, event_ids: tuple[str, ...], now: datetime) -> Erasure:
    """Return the erasure without any name; ``event_ids`` still hold one until they are told."""
    return replace(
        erasure,
        state=ErasureState.TELLING if event_ids else ErasureState.DONE,
        user_ids=(),
        memberships=(),
        event_ids=event_ids,
        updated_at=now,
        finished_at=now,
    )
