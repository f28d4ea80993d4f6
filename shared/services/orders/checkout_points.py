"""Pay of a checkout with points, in the commit that starts it.

What they pay is a line of the type reward: it lowers what is to be paid in money and what earns, by
the rule for all such lines. The redemption is named by the checkout, with which it comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.auth.caller import Caller
from shared.domain.loyalty.earning_base import LineType
from shared.domain.money import Money
from shared.domain.orders.checkouts import LoyaltyPayment
from shared.domain.orders.items import Item
from shared.domain.stores.stores import Store
from shared.schemas.base import invalid
from shared.services import access
from shared.services.commands import Reads
from shared.services.loyalty import balances
from shared.services.loyalty.bookings import Prepared
from shared.services.orders.checkout_changes import SCAN_AND_GO
from shared.store.client import Write
from shared.tasks import Task


@dataclass(frozen=True, slots=True)
class PointsDraft:
    """What of a purchase points are to pay, in minor units of its currency."""

    program_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PreparedPayment:
    """A redemption that can be decided on with its checkout."""

    redemption: Prepared
    amount_minor: int

    @property
    def needs(self) -> list[str]:
        """The paths to read."""
        return self.redemption.needs


@dataclass(frozen=True, slots=True)
class Paid:
    """What points have paid of a checkout, perhaps nothing, and what follows from that."""

    payment: LoyaltyPayment | None = None
    items: tuple[Item, ...] = ()
    writes: Sequence[Write] = ()
    tasks: Sequence[Task] = ()

    @property
    def amount_minor(self) -> int:
        """What they have paid."""
        return self.payment.amount_minor if self.payment else 0


def terms_of(draft: PointsDraft | None) -> tuple[str, ...]:
    """Return what tells a repeated request from another one; nothing if no points are to pay."""
    return () if draft is None else (draft.program_id, str(draft.amount_minor))


def prepared(
    caller: Caller, store: Store, draft: PointsDraft | None, user_id: str, checkout_id: str
) -> PreparedPayment | None:
    """Prepare the redemption that pays of a checkout; ``None`` if no points are to pay.

    Raises:
        ProgramNotFound: The program is absent, or not of the store.
        InvalidParameters: It counts in another currency.
    """
    if draft is None:
        return None
    program = access.program(caller, draft.program_id, store.store_id)
    if program.currency != store.currency:
        raise invalid({"loyaltyPayment.programId": f"must be of a program in {store.currency}"})
    redemption = balances.prepared_redeem(
        replace(caller, claim=None),
        program_id=program.program_id,
        user_id=user_id,
        store_id=store.store_id,
        points=None,
        amount=Money(draft.amount_minor, store.currency).to_major(),
        reward_id=None,
        reward_description=SCAN_AND_GO.description,
        transaction_id=checkout_id,
    )
    return PreparedPayment(redemption, draft.amount_minor)


def require_within(amount_minor: int, goods_minor: int) -> None:
    """Refuse to pay more than the goods cost.

    Raises:
        InvalidParameters.
    """
    if amount_minor > goods_minor:
        problem = f"must be at most {goods_minor}, what the items cost"
        raise invalid({"loyaltyPayment.amount": problem})


def pay(wanted: PreparedPayment | None, reads: Reads, goods_minor: int) -> Paid:
    """Decide on the redemption: at most what the goods cost.

    Raises:
        InvalidParameters: It would be more.
        MembershipNotFound, MemberSuspended, MembershipClosed, PointsHaveNoValue,
        InsufficientBalance, Wanted.
    """
    if wanted is None:
        return Paid()
    require_within(wanted.amount_minor, goods_minor)
    effect = wanted.redemption.decide(reads)
    program, entry = effect.result.program, effect.result.entry
    assert entry is not None, "a redemption has an entry"
    payment = LoyaltyPayment(
        program_id=program.program_id,
        units=-entry.units,
        scale=program.scale,
        amount_minor=wanted.amount_minor,
        redemption_id=entry.entry_id,
    )
    line = Item(program.program_name, -wanted.amount_minor, type=LineType.REWARD)
    return Paid(payment, (line,), effect.writes, effect.tasks)
