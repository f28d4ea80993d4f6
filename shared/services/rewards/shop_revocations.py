"""Take the code of a redemption out of its online shop before the points are given back.

What the shop answers is written down at once, in a commit of its own: whoever comes next, after a
crash as well, goes on from there. Nothing is given back as long as the shop may have the code.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime

from shared import clock
from shared.domain.loyalty.redemptions import (
    CodeInShop,
    CodeState,
    Redemption,
    RedemptionRecord,
)
from shared.domain.systems import shop_writings
from shared.domain.systems.shop_writes import CodeFate, ShopWrite
from shared.domain.systems.shop_writings import BeforeCancel, ShopWriting, WritingState
from shared.domain.systems.syncs import SystemKind
from shared.errors import ShopCodeUnsettled
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.rewards import shop_calls
from shared.store import client, paths
from shared.store.client import Write
from shared.store.loyalty import redemption_documents
from shared.store.systems import shop_writing_documents, sync_documents

CALL_S = 10
"""Most calls to a shop are over by then."""
_STATES = {
    WritingState.PENDING: CodeState.PENDING,
    WritingState.WRITTEN: CodeState.ACTIVE,
    WritingState.DEAD: CodeState.FAILED,
    WritingState.REVOKED: CodeState.REVOKED,
    WritingState.USED: CodeState.USED,
}


class RevokeFirst(Exception):
    """The code has to be taken out of the shop before anything is given back."""

    def __init__(self, writing: ShopWriting) -> None:
        super().__init__(writing.write_id)
        self.writing = writing


def cancelling(reads: Reads, record: RedemptionRecord, now: datetime) -> list[Write]:
    """Return the writes that end a code in the commit that gives its points back.

    Raises:
        RevokeFirst: The shop may have it, and has to be asked.
        ShopCodeUnsettled: A call to the shop is under way, or was not answered just now.
        Wanted: It is not read yet.
    """
    if record.shop_write_id is None:
        return []
    path = paths.shop_writing(record.shop_write_id)
    commands.want(reads, [path])
    writing = shop_writing_documents.decode(reads[path])
    assert writing is not None, f"{path} is deleted with its redemption"
    match shop_writings.before_cancel(writing, now):
        case BeforeCancel.NOTHING:
            revoked = shop_writings.revoked(writing, now)
            return [shop_writing_documents.write(reads[path], revoked)]
        case BeforeCancel.REVOKE:
            raise RevokeFirst(writing)
        case BeforeCancel.WAIT:
            raise unsettled(writing, now)


def revoke(writing: ShopWriting) -> None:
    """Take a code out of its shop, and write down that it is revoked, or that it was used.

    Raises:
        ConnectorError: The shop is not connected, does not answer, or refuses it.
        ShopCodeUnsettled: Somebody has changed it meanwhile.
        Busy.
    """
    connection = sync_documents.find_connection(writing.store_id, SystemKind.SHOP, writing.system)
    if connection is None:
        raise shop_calls.not_configured(writing)
    shop_calls.require_own(connection, writing)
    shop_calls.require(connection, ShopWrite.CODE)
    fate = shop_calls.codes_of(connection).revoke_code(shop_calls.code_of(writing))
    path, now = paths.shop_writing(writing.write_id), clock.real_now()

    def decide(reads: Reads) -> Effect[None]:
        found = shop_writing_documents.decode(reads[path])
        if found != writing:
            raise unsettled(found or writing, now)
        if fate is CodeFate.USED:
            return Effect(None, used(reads, path, found, None, clock.utc_now()))
        revoked = shop_writings.revoked(found, now)
        return Effect(None, [shop_writing_documents.write(reads[path], revoked)])

    commands.run([path], decide)


def used(
    reads: Reads, path: str, writing: ShopWriting, order_id: str | None, now: datetime
) -> list[Write]:
    """Return the writes that note that a code was used, once.

    Raises:
        Wanted: The redemption is not read yet.
    """
    assert writing.terms is not None, "it is a card"
    record_path = paths.redemption(writing.terms.membership_id, writing.terms.entry_id)
    commands.want(reads, [record_path])
    after = shop_writings.used(writing, order_id, clock.real_now())
    writes: list[Write] = [shop_writing_documents.write(reads[path], after)]
    record = redemption_documents.REDEMPTIONS.decode(reads[record_path])
    if record is None or record.cancelled_at is not None or record.used_at is not None:
        return writes
    done = record.used(now, writing.store_id, None)
    return [*writes, redemption_documents.write(reads[record_path], done)]


def unsettled(writing: ShopWriting, now: datetime) -> ShopCodeUnsettled:
    """Return the refusal of what a shop has not answered yet."""
    until = writing.unsettled_until or now
    wait_s = math.ceil((until - now).total_seconds())
    if writing.lease_id is not None:
        wait_s = min(wait_s, CALL_S)  # Most calls are answered sooner than their lease ends.
    return ShopCodeUnsettled(
        f"It is not known yet whether {writing.system} has the code.",
        retryAfter=max(wait_s, 1),
        system=writing.system,
        storeId=writing.store_id,
    )


def shown(redemptions: list[Redemption]) -> list[Redemption]:
    """Return redemptions with the shops of their codes: one more RPC, if there are any."""
    every = [each.record.shop_write_id for each in redemptions]
    needs = [paths.shop_writing(each) for each in every if each is not None]
    if not needs:
        return redemptions
    reads = client.get(needs)
    return [replace(each, shop=_in_shop(reads, each.record)) for each in redemptions]


def _in_shop(reads: Reads, record: RedemptionRecord) -> CodeInShop | None:
    if record.shop_write_id is None:
        return None
    found = shop_writing_documents.decode(reads[paths.shop_writing(record.shop_write_id)])
    if found is None:
        return None
    return CodeInShop(found.system, found.store_id, _STATES[found.state], found.order_id)
