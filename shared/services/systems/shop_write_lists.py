"""What was written into shops, or could not be, as the merchant sees it; and a new attempt."""

from __future__ import annotations

from dataclasses import dataclass

from shared import clock
from shared.auth.caller import Caller
from shared.domain.systems import shop_writings
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.errors import ShopWriteNotFound
from shared.schemas import paging
from shared.schemas.paging import CursorPosition, Page
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import shop_outbox
from shared.store import paths
from shared.store.client import Document
from shared.store.systems import shop_writing_documents


@dataclass(frozen=True, slots=True)
class RetriedWrite:
    """A writing after a request; ``is_replay`` if a repeated one asked for it."""

    writing: ShopWriting
    is_replay: bool = False


def page(
    caller: Caller,
    store_id: str,
    *,
    kind: ShopWrite | None,
    state: WritingState | None,
    user_id: str | None,
    after: CursorPosition | None,
    limit: int,
) -> Page[ShopWriting]:
    """Return some of what is written into a store's shops, what was made last first.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    found = shop_writing_documents.list_of_store(
        store_id, limit + 1, kind=kind, state=state, user_id=user_id, after=after
    )
    return paging.cut(found, limit, lambda each: CursorPosition(each.created_at, each.write_id))


def retry(caller: Caller, write_id: str, store_id: str | None) -> RetriedWrite:
    """Make a writing due now: a dead letter begins anew. One that is over stays as it is.

    Raises:
        ShopWriteNotFound: It does not exist, or belongs to another account or store.
        IdempotencyKeyReused, Busy.
    """
    path, now = paths.shop_writing(write_id), clock.real_now()

    def own(reads: Reads) -> ShopWriting:
        refusal = ShopWriteNotFound(f"There is no write {write_id}.")
        return access.own(caller, shop_writing_documents.decode(reads[path]), refusal, store_id)

    def replay(_: Document, reads: Reads) -> RetriedWrite:
        return RetriedWrite(own(reads), is_replay=True)

    def decide(reads: Reads) -> Effect[RetriedWrite]:
        before = own(reads)
        after = shop_writings.retried(before, now)
        if after == before:
            return Effect(RetriedWrite(before))
        made = shop_outbox.tasks_of(after)
        return Effect(
            RetriedWrite(after), [shop_writing_documents.write(reads[path], after)], tasks=made
        )

    return commands.run([path], decide, claim=caller.claim, replay=replay)
