"""What a cashier may not book: what is for themselves, as nobody else has seen it."""

from __future__ import annotations

from shared.domain.loyalty.membership import Membership
from shared.errors import OwnMembership


def require_others(membership: Membership, own_id: str) -> None:
    """Refuse to let a cashier earn, pay or take back by their own booking.

    Args:
        membership: Whose booking it would be, with all that was merged into it.
        own_id: The id that the cashier's membership in the program has, if there is one.

    Raises:
        OwnMembership: It is the cashier's own.
    """
    if own_id in membership.every_membership_id:
        raise OwnMembership("Cashiers book nothing for themselves.")
