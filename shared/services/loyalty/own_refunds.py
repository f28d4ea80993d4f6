"""Checkouts and orders by their ids: what comes back of them is told by calls of their own.

They give back what was spent on them, and take back what they have earned, at the right moment.
Who told of it otherwise would give points back for goods that are kept.
"""

from __future__ import annotations

from shared.domain.loyalty.programs import Program
from shared.domain.orders import checkouts, collect_orders
from shared.domain.orders.checkouts import Checkout, CheckoutStage
from shared.errors import PurchaseHasOwnRefund
from shared.services import commands
from shared.services.commands import Reads
from shared.store import paths
from shared.store.orders import checkout_documents, collect_order_documents


def refusal(returned_by: str) -> PurchaseHasOwnRefund:
    """Return the refusal of a return that another call has to tell."""
    message = f"{returned_by} tells what comes back of this purchase."
    return PurchaseHasOwnRefund(message, returnedBy=returned_by)


def require_none(reads: Reads, program: Program, transaction_id: str) -> None:
    """Refuse to return a checkout or an order of the program's store as if a till had sold it.

    Raises:
        PurchaseHasOwnRefund: It is one.
        Wanted: It is not read yet.
    """
    checkout = _checkout(reads, program, transaction_id)
    if checkout is not None:
        raise refusal(_returned_by(checkout))
    if collect_orders.is_id(transaction_id):
        path = paths.collect_order(transaction_id)
        commands.want(reads, [path])
        order = collect_order_documents.decode(reads[path])
        if order is not None and order.store_id == program.store_id:
            raise refusal("updateClickCollectStatus")


def require_pays_no_checkout(
    reads: Reads, program: Program, transaction_id: str, redemption_id: str
) -> None:
    """Refuse to cancel what has paid for a checkout, which would stand without its money.

    Raises:
        PurchaseHasOwnRefund: It has, and has not come back with the checkout.
        Wanted: The checkout is not read yet.
    """
    returned_by = payment_returned_by(reads, program, transaction_id, redemption_id)
    if returned_by is not None:
        raise refusal(returned_by)


def paths_of(transaction_id: str | None) -> list[str]:
    """Return the path of the checkout that a redemption may have paid for, if it names one."""
    checkout_id = None if transaction_id is None else checkouts.id_in(transaction_id)
    return [] if checkout_id is None else [paths.checkout(checkout_id)]


def payment_returned_by(
    reads: Reads, program: Program, transaction_id: str, redemption_id: str
) -> str | None:
    """Return the call with which alone a redemption comes back; ``None`` if it paid no checkout.

    Raises:
        Wanted: The checkout is not read yet.
    """
    checkout = _checkout(reads, program, transaction_id)
    if checkout is None or checkout.has_spent_back:
        return None
    payment = checkout.loyalty_payment
    is_paid_by_it = payment is not None and payment.redemption_id == redemption_id
    return _returned_by(checkout) if is_paid_by_it else None


def is_paid_with_points(reads: Reads, program: Program, transaction_id: str) -> bool:
    """Tell whether it is a checkout of which points of the program pay, and have not come back.

    Raises:
        Wanted: The checkout is not read yet.
    """
    checkout = _checkout(reads, program, transaction_id)
    if checkout is None or checkout.has_spent_back:
        return False
    payment = checkout.loyalty_payment
    return payment is not None and payment.program_id == program.program_id


def _checkout(reads: Reads, program: Program, transaction_id: str) -> Checkout | None:
    """Return the checkout of the program's store that has this id."""
    checkout_id = checkouts.id_in(transaction_id)
    if checkout_id is None:
        return None
    path = paths.checkout(checkout_id)
    commands.want(reads, [path])
    found = checkout_documents.decode(reads[path])
    return found if found is not None and found.store_id == program.store_id else None


def _returned_by(checkout: Checkout) -> str:
    is_paid = checkout.stage is CheckoutStage.COMPLETED
    return "refundCheckout" if is_paid else "cancelCheckout"
