"""What a cashier may take from a customer's balance, and see of what others have taken."""

from __future__ import annotations

from shared.clock import to_wire
from shared.domain.loyalty import own_memberships
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.errors import ReservationExists


def require_allowed(membership: Membership, own_id: str, transaction_id: str | None) -> None:
    """Refuse to let a cashier pay for themselves, or what has its points set aside already.

    What an online shop has set aside for its order is the shop's to take: who takes it at a till
    could cancel that, and the shop would have nothing.

    Args:
        membership: Who would pay, without holds that have ended.
        own_id: The id that the cashier's membership in the program has, if there is one.
        transaction_id: The name of the purchase; ``None`` if it has none.

    Raises:
        OwnMembership: It is the cashier's own.
        ReservationExists: Points are set aside for a purchase of this name.
    """
    own_memberships.require_others(membership, own_id)
    for each in membership.holds:
        if transaction_id is not None and each.transaction_id == transaction_id:
            raise ReservationExists(
                "Points of the member are reserved for this transaction.",
                fix="Let the system that has reserved them commit or void it, or wait until "
                "it ends. Another purchase needs a transactionId of its own.",
                reservationId=each.reservation_id,
                expiresAt=to_wire(each.ends_at),
            )


def shows_reward_code(redeemed: Entry, staff_id: str | None) -> bool:
    """Tell whether a cashier is told the code of a reward: who has taken it was told already."""
    return redeemed.staff_id is not None and redeemed.staff_id == staff_id
