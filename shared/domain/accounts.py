"""Merchants, their stores and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.packages import Package


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant. Live keys work while ``is_active``."""

    account_id: str
    name: str
    package: Package
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a store is, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Store:
    """A shop of an account; its time zone and currency are those of its programs.

    ``program_ids``, ``active_program_ids`` and ``webhook_ids_by_target`` are kept here so that what
    holds for the store as a whole holds when two are made at once: limits on their number, and that
    events go to a target once (``webhook_targets``).
    """

    store_id: str
    account_id: str
    name: str
    time_zone: str
    currency: str
    created_at: datetime
    position: Position | None = None
    program_ids: tuple[str, ...] = ()
    active_program_ids: tuple[str, ...] = ()
    webhook_ids_by_target: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is kept of an API key: never the key, only its SHA-256."""

    key_hash: str
    account_id: str
    mode: str
    kind: str
    label: str
    prefix: str
    last4: str
    created_at: datetime
    revoked_at: datetime | None = None
