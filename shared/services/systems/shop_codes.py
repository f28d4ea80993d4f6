"""Codes of rewards that were used in a shop, as its orders tell."""

from __future__ import annotations

from shared import clock, ids, logs
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.systems.shop_writings import WritingState
from shared.domain.systems.syncs import Sync
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.rewards import shop_revocations
from shared.store import paths
from shared.store.systems import shop_writing_documents


def note_used(sync: Sync, order: ShopOrder) -> None:
    """Note that the codes of an order are used: once, however often it is told.

    An order without codes of ours costs nothing; each code of ours one query.

    Raises:
        Busy.
    """
    typed = dict.fromkeys(ids.typed_reward_code(each) for each in order.codes)
    for code in filter(ids.is_our_reward_code, typed):
        for each in shop_writing_documents.find_code(sync.store_id, code):
            if each.system == sync.system and each.state is not WritingState.USED:
                _note(each.write_id, order.external_id)


def _note(write_id: str, order_id: str) -> None:
    path, now = paths.shop_writing(write_id), clock.utc_now()

    def decide(reads: Reads) -> Effect[bool]:
        found = shop_writing_documents.decode(reads[path])
        if found is None or found.state is WritingState.USED:
            return Effect(result=False)
        was_revoked = found.state is WritingState.REVOKED
        return Effect(was_revoked, shop_revocations.used(reads, path, found, order_id, now))

    if commands.run([path], decide):
        # The shop has said that nobody could use it; a person has to look.
        logs.error("revoked code used", writeId=write_id, orderId=order_id)
