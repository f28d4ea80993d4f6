"""What programs owed their members when the nightly proof last read all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.loyalty.liability import Liability
from shared.store import client, paths
from shared.store.client import Put
from shared.store.documents import Documents


@dataclass(frozen=True, slots=True)
class LiabilityRecord:
    """A program's liability. Its members were read one after the other from begin to end."""

    program_id: str
    begun_at: datetime
    ended_at: datetime
    liability: Liability


RECORDS = Documents(LiabilityRecord, paths.stats_liability)

find = RECORDS.find


def save(record: LiabilityRecord) -> None:
    """Write the latest record of a program. Only the nightly run writes it."""
    path = paths.stats_liability(record.program_id)
    client.commit([Put(path, RECORDS.to_document(record))])
