"""What became of redemptions."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.redemptions import Redemption, RedemptionRecord
from shared.store import client, paths, personal
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal

# The copy of an erased person's entry has no code any more, so nothing can become of it.
REDEMPTIONS = Documents(
    RedemptionRecord,
    paths.redemption,
    collection="redemptions",
    path_of=lambda each: paths.redemption(each.membership_id, each.entry_id),
    personal=Personal("redemptions", personal.of_user("redemptions"), lambda _, __: None),
)

write = REDEMPTIONS.write
creation = REDEMPTIONS.creation


def path_of(entry: Entry) -> str:
    """Return the path of the record of a redemption."""
    return paths.redemption(entry.membership_id, entry.entry_id)


def decode(entry: Entry, read: Snapshot) -> Redemption:
    """Return a redemption; one without a record is as it was made."""
    return Redemption(entry, REDEMPTIONS.decode(read) or RedemptionRecord.of(entry))


def of_entries(entries: Sequence[Entry]) -> list[Redemption]:
    """Return redemptions by their entries: one more RPC, if there are any."""
    if not entries:
        return []
    reads = client.get([path_of(each) for each in entries])
    return [decode(each, reads[path_of(each)]) for each in entries]
