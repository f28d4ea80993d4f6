"""Receipts that customers may claim, as a merchant lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.auth.caller import Caller
from shared.domain.loyalty import receipt_claims
from shared.domain.loyalty.receipt_claims import ClaimableReceipt, ReceiptStatus
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.services import access, forwarding
from shared.store.loyalty import program_documents, receipt_documents


@dataclass(frozen=True, slots=True)
class ReceiptList:
    """A page of a store's receipts; ``scales`` are those of the programs in which they earned."""

    store_id: str
    page: Page[ClaimableReceipt]
    scales: Mapping[str, int]


def list_page(
    caller: Caller,
    *,
    store_id: str | None,
    program_id: str | None,
    status: ReceiptStatus | None,
    user_id: str | None,
    since: datetime | None,
    after: CursorPosition | None,
    limit: int,
) -> ReceiptList:
    """Return some of a store's receipts, newest first: the store's, else that of the program.

    With ``user_id`` only those that name this customer, by whichever id; they show the current one.

    Raises:
        StoreNotFound, ProgramNotFound: It is absent or not the caller's.
    """
    if program_id is not None:
        store_id = access.program(caller, program_id, store_id).store_id
    assert store_id is not None
    access.store(caller, store_id)
    user_ids = () if user_id is None else forwarding.every_user_id(caller.account_id, user_id)
    found = receipt_documents.list_page(
        caller.account_id,
        store_id,
        user_ids=user_ids,
        status=status,
        since=since,
        after=(after.at, after.id) if after else None,
        limit=limit + 1,
    )
    page = paging.cut(found, limit, lambda last: CursorPosition(last.created_at, last.receipt_id))
    shown = [receipt_claims.of_merged(each, user_ids) for each in page.items]
    programs = {grant.program_id for each in shown for grant in each.grants}
    known = (program_documents.find(each) for each in programs)
    scales = {each.program_id: each.scale for each in known if each is not None}
    return ReceiptList(store_id, Page(shown, page.end), scales)
