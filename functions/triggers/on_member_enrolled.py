"""A membership was created: its event, the count of members and deliveries follow."""

from shared.services.events import emission


def handle(document: str) -> None:
    """Emit the event of a new membership.

    Args:
        document: ``loyaltyMembers/{membershipId}``.
    """
    _, membership_id = document.split("/")
    emission.emit_enrollment(membership_id)
