"""Stores: the shops of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A store's position, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Store:
    """A shop of an account; its programs use its time zone and currency.

    ``program_ids``, ``active_program_ids`` and ``webhook_ids_by_target`` are kept here to enforce
    rules of the whole store when two are made at once: limits on their number, and one endpoint
    for each target (``webhook_targets``).
    """

    store_id: str
    account_id: str
    name: str
    time_zone: str
    currency: str
    created_at: datetime
    position: Coordinates | None = None
    program_ids: tuple[str, ...] = ()
    active_program_ids: tuple[str, ...] = ()
    webhook_ids_by_target: Mapping[str, str] = field(default_factory=dict)
