"""Book what orders of a shop earn, for members; all others' orders wait for some time.

An order is a receipt (``shared.domain.systems.shop_orders``), so ``receipt_points`` decides what
it earns, however often and in whatever order its readings come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared import clock, ids
from shared.connectors.shop import order_receipts
from shared.domain.systems import shop_orders
from shared.domain.systems.sales import Receipt
from shared.domain.systems.shop_orders import JOINS_WITHIN, ShopOrder, WaitingOrder
from shared.domain.systems.syncs import Sync
from shared.errors import DocumentTooLarge
from shared.said import say
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.systems import receipt_points, shop_codes, shop_customers
from shared.services.systems.receipt_points import ReceiptOutcome, ReceiptResult
from shared.services.systems.shop_customers import Shop
from shared.store import client, paths
from shared.store.systems import purchase_documents, shop_documents


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """What became of an order: the results of its receipts, or it ``waits`` for its customer."""

    results: tuple[tuple[Receipt, ReceiptResult], ...] = ()
    waits: bool = False

    @property
    def has_earned(self) -> bool:
        """True if it has earned points now."""
        return any(each.outcome is ReceiptOutcome.AWARDED for _, each in self.results)


_NOTHING = BookedOrder()
_CHANGED_IN_THE_FUTURE = say("of_the_future", "It was changed in the future.")


def take(sync: Sync, order: ShopOrder) -> BookedOrder:
    """Book what an order changes, or let it wait until its customer is a member.

    Args:
        sync: The sync, or one made of the connection; what is older than it says earns nothing.
        order: A reading of the order.

    Raises:
        ProgramNotFound: The program is gone.
        PunktwerkError: The database is busy; the same order may come again.
    """
    shop_codes.note_used(sync, order)
    receipts = tuple(each for each in order.receipts if not _is_old(sync, each))
    if sync.program_id is None or not receipts:
        return _NOTHING
    if any(_is_of_the_future(each) for each in receipts):
        return _refused(receipts, _CHANGED_IN_THE_FUTURE)
    return _take(sync, order, receipts)


def _take(sync: Sync, order: ShopOrder, receipts: tuple[Receipt, ...]) -> BookedOrder:
    shop = Shop(sync.account_id, sync.store_id, sync.system)
    user_id = _member_of(sync, shop, order)
    if user_id is not None or order.customer is None:
        return book(sync, receipts, user_id)
    try:
        waiting = _wait(sync, shop, order, receipts)
    except DocumentTooLarge as refusal:
        return _refused(receipts, refusal.sentence)
    if waiting is None:
        return _NOTHING
    # Somebody may have linked the customer meanwhile, and not have seen that it waits.
    user_id = _member_of(sync, shop, order)
    if user_id is None:
        return BookedOrder(waits=True)
    return _book_waiting(sync, waiting, user_id)


def _refused(receipts: Sequence[Receipt], reason: str) -> BookedOrder:
    return BookedOrder(((receipts[0], ReceiptResult(ReceiptOutcome.REFUSED, reason)),))


def book(sync: Sync, receipts: Sequence[Receipt], user_id: str | None) -> BookedOrder:
    """Book the receipts of an order for a member; without one, only what they take back."""
    told = {each.identity for each in receipts if each.voids is None}
    results = []
    for each in receipts:
        receipt = replace(each, customer_id=user_id)
        results.append((each, receipt_points.book(sync, receipt, told.__contains__)))
    return BookedOrder(tuple(results))


def book_waiting(sync: Sync, lookups: Sequence[str], user_id: str) -> int:
    """Book all orders that wait for a member, by hashes of who that is; return their number.

    An order that is told at the same time is booked for the member, too: once.
    """
    found = shop_documents.list_of(lookups)
    for order in found:
        _book_waiting(sync, order, user_id)
    return len(found)


def _book_waiting(sync: Sync, order: WaitingOrder, user_id: str) -> BookedOrder:
    while True:
        booked = book(sync, order.receipts, user_id)
        newer = _end_waiting(order)
        if newer is None:
            return booked
        order = newer


def forget(lookups: Sequence[str]) -> None:
    """Delete the waiting orders of a customer."""
    for order in shop_documents.list_of(lookups):
        left: WaitingOrder | None = order
        while left is not None:
            left = _end_waiting(left)


def waiting_id(shop: Shop, order_id: str) -> str:
    """Return the id of a waiting order."""
    return ids.derived("wor", shop.id, order_id)


def _is_old(sync: Sync, receipt: Receipt) -> bool:
    """Tell whether a sale is older than what may earn. What takes back counts in any case."""
    since = sync.issued_since
    return receipt.voids is None and since is not None and receipt.issued_at < since


def _is_of_the_future(receipt: Receipt) -> bool:
    """Tell whether a reading would outlast all true ones, as the shop's clock is wrong."""
    latest = order_receipts.revision_of(clock.utc_now() + receipt_points.CLOCKS_DIFFER)
    return (receipt.revision or 0) > latest


def _member_of(sync: Sync, shop: Shop, order: ShopOrder) -> str | None:
    """Return the member of the program whose order it is; ``None`` if there is none yet.

    An order that has earned stays with whom it has earned for, so that what comes back of it is
    taken from them: also of a guest's, and if the customer was linked to somebody else since.
    """
    assert sync.program_id is not None
    user_id = shop.member_of(order.customer) if order.customer else None
    path = paths.purchase(receipt_points.purchase_id(sync, order.external_id))
    members = [shop_customers.member_path(sync.program_id, user_id)] if user_id else []
    reads = client.get([path, *members])
    purchase = purchase_documents.decode(reads[path])
    named = (each.customer_id for each in purchase.sales) if purchase else ()
    earning = next((each for each in named if each is not None), None)
    if earning is not None:
        return earning
    return user_id if all(reads[each].data is not None for each in members) else None


def _wait(
    sync: Sync, shop: Shop, order: ShopOrder, receipts: tuple[Receipt, ...]
) -> WaitingOrder | None:
    """Note an order until its customer is a member; ``None`` if it can earn no more."""
    assert order.customer is not None
    now, lookups = clock.utc_now(), shop.lookups(shop.keys(order.customer))
    earliest, latest = now - JOINS_WITHIN, now + receipt_points.CLOCKS_DIFFER
    if not lookups:
        return None
    found_id = waiting_id(shop, order.external_id)
    path = paths.shop_order(found_id)

    def decide(reads: Reads) -> Effect[WaitingOrder | None]:
        before = shop_documents.decode(reads[path])
        known = before.receipts if before else ()
        every = shop_orders.together(known, receipts)
        # An older reading that comes late does not know whose order it has become since.
        is_later = before is None or shop_orders.is_later(receipts, known)
        sale = shop_orders.sale_in(every)
        if sale is None or not earliest < sale.issued_at <= latest:
            return Effect(None)
        after = WaitingOrder(
            waiting_id=found_id,
            account_id=sync.account_id,
            store_id=sync.store_id,
            shop=shop.id,
            external_id=order.external_id,
            receipts=every,
            lookups=tuple(lookups) if before is None or is_later else before.lookups,
            expires_at=sale.issued_at + JOINS_WITHIN,
        )
        writes = [] if after == before else [shop_documents.write(reads[path], after)]
        return Effect(after, writes)

    return commands.run([path], decide)


def _end_waiting(order: WaitingOrder) -> WaitingOrder | None:
    """Delete a waiting order; return it as it is if more was told of it meanwhile."""
    path = paths.shop_order(order.waiting_id)

    def decide(reads: Reads) -> Effect[WaitingOrder | None]:
        found = shop_documents.decode(reads[path])
        if found != order:
            return Effect(found)
        return Effect(None, [shop_documents.deletion(reads[path])])

    return commands.run([path], decide)
