"""Points for checkouts and orders: earned in each program that rewards them, taken back in turn.

First the programs are written into the purchase, then each is booked in the ledger and noted. A
process that dies in between leaves what the next one, at the latest the sweep, goes on with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, Self, TypeVar

from shared import logs
from shared.domain.loyalty import purchase_points
from shared.domain.loyalty.programs import EarningMethod
from shared.domain.loyalty.purchase_points import PurchasePoints
from shared.domain.orders import items, order_points
from shared.domain.orders.items import Item
from shared.domain.orders.order_points import OrderPoints, ProgramPoints
from shared.errors import PunktwerkError
from shared.services.loyalty import purchase_bookings
from shared.services.loyalty.purchase_bookings import Buyer
from shared.store import client, paths
from shared.store.loyalty import membership_documents, program_documents


class EarningPurchase(Protocol):
    """A checkout or an order, as far as it earns."""

    @property
    def purchase_id(self) -> str: ...

    @property
    def account_id(self) -> str: ...

    @property
    def store_id(self) -> str: ...

    @property
    def user_id(self) -> str: ...

    @property
    def items(self) -> tuple[Item, ...]: ...

    @property
    def total_minor(self) -> int: ...

    @property
    def currency(self) -> str: ...

    @property
    def points(self) -> OrderPoints | None: ...

    @property
    def spent_names(self) -> tuple[str, ...]: ...

    @property
    def is_given_back(self) -> bool: ...

    @property
    def awaits_points(self) -> bool: ...

    @property
    def awaits_earning(self) -> bool: ...

    def with_points(self, points: OrderPoints) -> Self: ...

    def with_spent_back(self) -> Self: ...


PurchaseT = TypeVar("PurchaseT", bound=EarningPurchase)


@dataclass(frozen=True, slots=True)
class Kind(Generic[PurchaseT]):
    """How purchases of a kind earn.

    ``description`` is what the member reads; ``change`` changes the stored purchase in a commit.
    """

    method: EarningMethod
    description: str
    change: Callable[[PurchaseT, Callable[[PurchaseT], PurchaseT]], PurchaseT]


def book(purchase: PurchaseT, kind: Kind[PurchaseT]) -> PurchaseT:
    """Book the due points of a purchase; return the purchase as it is then.

    Never raises: the money has moved already. A refusal is final, and noted in the purchase;
    anything else is logged, and left to the sweep.
    """
    try:
        while purchase.awaits_points:
            purchase = _booked_next(purchase, kind)
    except Exception:  # noqa: BLE001 - see above
        logs.exception("points not booked yet", purchaseId=purchase.purchase_id)
    return purchase


def _booked_next(purchase: PurchaseT, kind: Kind[PurchaseT]) -> PurchaseT:
    if not purchase.awaits_earning:
        return _with_spent_back(purchase, kind)
    found = purchase.points
    if found is None:
        planned = _planned(purchase, kind.method)

        def with_programs(stored: PurchaseT) -> PurchaseT:
            return stored if stored.points is not None else stored.with_points(planned)

        return kind.change(purchase, with_programs)
    due = order_points.first_due(found)
    buyer = Buyer(
        purchase.account_id,
        purchase.store_id,
        due.program_id,
        purchase.user_id,
        kind.description,
    )
    try:
        note = _earned(purchase, kind, buyer, due) or _taken(purchase, buyer, due)
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        logs.warning("points not booked", purchaseId=purchase.purchase_id, error=refusal.code)
        note = _refused(refusal)

    def noted(stored: PurchaseT) -> PurchaseT:
        if stored.user_id != purchase.user_id:
            return stored  # The member was erased meanwhile: it is booked under the pseudonym.
        assert stored.points is not None
        points = note(order_points.of(stored.points, due.program_id))
        return stored.with_points(order_points.with_points(stored.points, due.program_id, points))

    return kind.change(purchase, noted)


def _with_spent_back(purchase: PurchaseT, kind: Kind[PurchaseT]) -> PurchaseT:
    """Give back what was spent on it and did not come back with what it has earned."""
    try:
        purchase_bookings.give_back_spent(
            purchase.account_id,
            purchase.store_id,
            purchase.user_id,
            purchase.spent_names,
            kind.description,
        )
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        logs.error(
            "spent points not given back", purchaseId=purchase.purchase_id, error=refusal.code
        )

    def noted(stored: PurchaseT) -> PurchaseT:
        is_same = stored.is_given_back and stored.user_id == purchase.user_id
        return stored.with_spent_back() if is_same else stored

    return kind.change(purchase, noted)


Note = Callable[[PurchasePoints], PurchasePoints]
"""Writes into the points what was booked; what is noted already stays."""


def _earned(
    purchase: EarningPurchase, kind: Kind[PurchaseT], buyer: Buyer, due: ProgramPoints
) -> Note | None:
    """Book what is earned; return ``None`` if that is done already."""
    if due.points.earned_units is not None:
        return None
    transaction_id = f"{kind.method}:{purchase.purchase_id}"
    earned = purchase_bookings.earn(
        buyer,
        transaction_id,
        items.lines(purchase.items, purchase.currency),
        earning_method=kind.method,
    )
    return lambda points: purchase_points.earned(points, earned)


def _taken(purchase: EarningPurchase, buyer: Buyer, due: ProgramPoints) -> Note:
    """Take or give back what is due first."""
    taking = due.points.due[0]
    transaction_id = f"return:{purchase.purchase_id}:{taking.cause}"
    spent_names = purchase.spent_names if purchase.is_given_back else ()
    units = purchase_bookings.take(buyer, due.points, taking, transaction_id, spent_names)
    return lambda points: purchase_points.taken(points, taking.cause, units)


def _refused(refusal: PunktwerkError) -> Note:
    """Give up: the ledger has refused, and would refuse again."""
    return lambda points: replace(points, failure=refusal.code) if points.is_due else points


def _planned(purchase: EarningPurchase, method: EarningMethod) -> OrderPoints:
    """Return the programs that a purchase earns in: active, with this method, and its member's."""
    programs = [
        each
        for each in program_documents.list_of_store(purchase.store_id)
        if each.is_active and method in each.earning_methods and each.currency == purchase.currency
    ]
    member_paths = {
        each.program_id: paths.member(paths.membership_id(each.program_id, purchase.user_id))
        for each in programs
    }
    reads = client.get(list(member_paths.values())) if programs else {}
    return tuple(
        ProgramPoints(each.program_id, PurchasePoints(purchase.total_minor))
        for each in programs
        if membership_documents.decode(reads[member_paths[each.program_id]]) is not None
    )


def scales(purchase: EarningPurchase) -> dict[str, int]:
    """Return the decimals in which each program of a purchase counts, by the program's id."""
    found = {}
    for each in purchase.points or ():
        program = program_documents.find(each.program_id)
        assert program is not None, f"program {each.program_id} is gone"
        found[each.program_id] = program.scale
    return found
