"""Erasures of persons: those that run, and when the others ended."""

from __future__ import annotations

from datetime import datetime

from shared.domain.members.erasure import Erasure, ErasureState
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

ERASURES = Documents(
    Erasure,
    paths.erasure,
    collection="erasures",
    path_of=lambda erasure: paths.erasure(erasure.erasure_id),
    personal=NoPersonalData("Names are in it only while it runs."),
)

decode = ERASURES.decode
find = ERASURES.find
write = ERASURES.write
creation = ERASURES.creation


def list_open(state: ErasureState, before: datetime, limit: int) -> list[Erasure]:
    """Return erasures of a state that nobody has gone on with since a moment, oldest first."""
    return ERASURES.query(
        ("state", "==", state.value),
        ("updatedAt", "<=", before),
        order_by=["updatedAt"],
        limit=limit,
    )
