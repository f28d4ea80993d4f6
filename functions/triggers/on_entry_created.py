"""A ledger entry was created: events, counters and deliveries follow."""

from shared.services.events import emission


def handle(document: str) -> None:
    """Emit the events of an entry.

    Args:
        document: ``loyaltyMembers/{membershipId}/entries/{entryId}``.
    """
    _, membership_id, _, entry_id = document.split("/")
    emission.emit_entry(membership_id, entry_id)
