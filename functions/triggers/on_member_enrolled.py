"""A membership was created: its event, the counts, deliveries and waiting orders follow."""

from shared.services.accounts import callers
from shared.services.events import emission
from shared.services.systems import awaited_orders
from shared.store.loyalty import membership_documents


def handle(document: str) -> None:
    """Emit the event of a new membership, then book what has waited for the member in shops.

    Args:
        document: ``loyaltyMembers/{membershipId}``.
    """
    _, membership_id = document.split("/")
    emission.emit_enrollment(membership_id)
    membership = membership_documents.find(membership_id)
    if membership is not None and membership.erased_at is None:
        awaited_orders.book_or_raise(callers.acting_for(membership.account_id), membership.user_id)
