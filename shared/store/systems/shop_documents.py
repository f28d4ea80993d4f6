"""Orders of shops that wait for their customers, notices that were taken, approvals that wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.systems.shop_approvals import ShopApproval
from shared.domain.systems.shop_orders import WaitingOrder
from shared.store import client, paths
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

LOOKED_UP_MAX = 200
"""The most waiting orders of one customer that are booked at once."""


@dataclass(frozen=True, slots=True)
class TakenNotice:
    """A notice that was carried out: another one with its id does nothing, until it is deleted."""

    notice_id: str
    account_id: str
    store_id: str
    taken_at: datetime
    expires_at: datetime


WAITING = Documents(
    WaitingOrder,
    paths.shop_order,
    collection="shopOrders",
    path_of=lambda order: paths.shop_order(order.waiting_id),
    personal=NoPersonalData(
        "Of who is no member: amounts, and keyed hashes of who it is. Deleted after 30 days, or "
        "when the shop asks for it."
    ),
)
NOTICES = Documents(
    TakenNotice,
    paths.shop_notice,
    collection="shopNotices",
    path_of=lambda notice: paths.shop_notice(notice.notice_id),
)
APPROVALS = Documents(
    ShopApproval,
    paths.shop_approval,
    collection="shopApprovals",
    personal=NoPersonalData("Credentials of the merchant, and who of the staff has asked."),
)

decode = WAITING.decode
write = WAITING.write
deletion = WAITING.deletion
write_notice = NOTICES.write
decode_approval = APPROVALS.decode
write_approval = APPROVALS.write
approval_deletion = APPROVALS.deletion


def list_of(lookups: Sequence[str]) -> list[WaitingOrder]:
    """Return orders that wait for one of these customers, by hashes with the shop in front."""
    return WAITING.query(("lookups", "array-contains-any", list(lookups)), limit=LOOKED_UP_MAX)


def pages_of_shop(shop: str) -> Iterator[list[Snapshot]]:
    """Yield all waiting orders of a shop."""
    return client.pages("shopOrders", ("shop", "==", shop))
