"""Say what of a purchase a member's points would pay now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger, point_payments
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.point_payments import PointPayment
from shared.domain.loyalty.programs import Program
from shared.errors import MembershipNotFound
from shared.services import access, forwarding
from shared.store import paths
from shared.store.loyalty import membership_documents


@dataclass(frozen=True, slots=True)
class Quote:
    """What the points of a member pay at most, and what is left to be paid in money."""

    program: Program
    membership: Membership
    payment: PointPayment
    left_minor: int


@forwarding.following
def quote(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None, amount: Decimal
) -> Quote:
    """Return the most that a member can pay of a purchase now. Nothing is set aside: one read.

    Raises:
        ProgramNotFound, MembershipNotFound, MemberSuspended, MembershipClosed, PointsHaveNoValue,
        InvalidParameters.
    """
    program = access.program(caller, program_id, store_id)
    minor = point_payments.amount_minor(program, amount)
    found = membership_documents.find(paths.membership_id(program_id, user_id))
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(found)
    found.require_active()
    point_value = point_payments.value_of(program)  # Last: a till learns so who is a member.
    membership = ledger.current(found, program, clock.utc_now())
    payment = point_payments.most(program, minor, membership.available_units, point_value)
    return Quote(program, membership, payment, minor - payment.amount_minor)
