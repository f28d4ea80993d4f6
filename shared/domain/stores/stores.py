"""Stores: the shops of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

CHECK_IN_RADIUS_M_DEFAULT = 150
"""A shop with its pavement, and what a phone's position is off by in a street."""


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

    Check-ins: ``check_in_radius_m`` is how far from ``position`` a customer may be, in metres;
    posters with another ``poster_version`` are withdrawn; ``is_closed``: it takes none for now.

    ``logo``, the https URL of a picture, and ``address``, as on a letter, are for customers.

    ``tse_serials`` are the serial numbers of the TSEs of its tills, in hex.
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
    check_in_radius_m: int = CHECK_IN_RADIUS_M_DEFAULT
    poster_version: int = 1
    is_closed: bool = False
    tse_serials: tuple[str, ...] = ()
    logo: str | None = None
    address: str | None = None
