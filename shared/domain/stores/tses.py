"""TSEs: what signs the receipts of German tills. Each belongs to one store of an account."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tse:
    """A TSE that a store has registered. ``serial`` is the hex SHA-256 of its public key."""

    account_id: str
    serial: str
    store_id: str
