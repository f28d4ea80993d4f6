"""Write everything into a shop that was connected anew: what it refused, and all cards.

A task goes through the program's memberships, page by page, and notes after each how far it is.
What it marks twice is written once. So everybody who is linked already gets a card.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared import clock, config, ids, tasks
from shared.connectors import systems
from shared.domain.members.member import Member
from shared.domain.systems import shop_writings
from shared.domain.systems.shop_card_fills import FillState, ShopCardFill
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.domain.systems.syncs import Connection, SystemKind
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events import shop_outbox
from shared.store import client, paths
from shared.store.cache import TTL_S
from shared.store.client import Snapshot, Write
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents
from shared.store.systems import shop_writing_documents, sync_documents
from shared.tasks import Task

CONTINUE = "continueShopCardFill"
"""The function that goes on with a fill; its queue has the same name."""
PAGE = 200
CHUNK = 100
TASK_S = 400.0
"""A task works this long, and leaves the rest to the next one."""
LEFT_BEHIND_AFTER = timedelta(minutes=10)
RESUMED_AT_ONCE = 50


def is_needed(connection: Connection) -> bool:
    """Tell whether anything is to be written into a shop that is connected anew."""
    if connection.kind is not SystemKind.SHOP or connection.program_id is None:
        return False
    takes = systems.shop_module_of(connection.system).WRITES
    return connection.writes_cards or ShopWrite.CODE in takes


def begin(read: Snapshot, connection: Connection, now: datetime) -> tuple[Write, Task]:
    """Return the write that begins a fill, and its first task; an earlier fill ends with that.

    It waits for processes that do not know yet that the shop has cards, and mark none.
    """
    assert connection.program_id is not None
    waits_s = 0.0 if config.is_emulated() else TTL_S
    fill = ShopCardFill(
        fill_id=ids.new("scf"),
        account_id=connection.account_id,
        store_id=connection.store_id,
        system=connection.system,
        program_id=connection.program_id,
        state=FillState.RUNNING,
        begins_at=now + timedelta(seconds=waits_s),
        updated_at=now,
    )
    return shop_writing_documents.write_fill(read, fill), _task(fill)


def resume(store_id: str, system: str, fill_id: str) -> None:
    """Go on with a fill, unless it has ended, or another one has begun."""
    fill = shop_writing_documents.find_fill(store_id, system)
    if fill is None or fill.fill_id != fill_id or fill.state is not FillState.RUNNING:
        return
    stop_at_s = time.monotonic() + TASK_S
    if fill.position is None:
        _arm_dead(store_id, system)
    while True:
        connection = sync_documents.find_connection(store_id, SystemKind.SHOP, system)
        if connection is None or not connection.writes_cards:
            _noted(fill, fill.position, 0, is_done=True)
            return
        if fill.position is None:
            _mark_left(connection)
        page = membership_documents.list_of_program(fill.program_id, fill.position, PAGE)
        if not page:
            _noted(fill, fill.position, 0, is_done=True)
            return
        _mark(connection, page)
        is_over = time.monotonic() > stop_at_s
        after = _noted(fill, page[-1].id, len(page), goes_on_later=is_over)
        if after is None or is_over:
            return
        fill = after


def resume_open() -> int:
    """Enqueue fills whose worker died; return their number."""
    now = clock.real_now()
    left = [
        each
        for each in shop_writing_documents.list_running_fills(RESUMED_AT_ONCE)
        if now - each.updated_at >= LEFT_BEHIND_AFTER
    ]
    for each in left:
        tasks.enqueue(_task(replace(each, updated_at=now, begins_at=now)))
    return len(left)


def _arm_dead(store_id: str, system: str) -> None:
    """Try again what the shop has refused, also for who is no customer of it any more."""
    for page in shop_writing_documents.pages_of_dead(store_id, system):
        for each in page:
            commands.run([each.path], _armed, known={each.path: each})


def _armed(reads: Reads) -> Effect[None]:
    (read,) = reads.values()
    found = shop_writing_documents.decode(read)
    if found is None or found.state is not WritingState.DEAD:
        return Effect(None)
    after = shop_writings.armed(found, clock.real_now())
    made = shop_outbox.tasks_of(after)
    return Effect(None, [shop_writing_documents.write(read, after)], tasks=made)


def _mark_left(connection: Connection) -> None:
    """Make the cards due that show another program: who is not in the new one has none."""
    store_id, program_id = connection.store_id, connection.program_id
    assert program_id is not None, "cards are of a program"

    def decide(reads: Reads) -> Effect[None]:
        writes: list[Write] = []
        made: list[Task] = []
        for read in reads.values():
            found = shop_writing_documents.decode(read)
            if found is None or found.is_ending or found.program_id == program_id:
                continue
            card, now = replace(found, program_id=program_id), clock.real_now()
            after = shop_writings.filled(found, card, now)
            writes.append(shop_writing_documents.write(read, after))
            made += shop_outbox.tasks_of(after)
        return Effect(None, writes, tasks=made)

    for page in shop_writing_documents.pages_of_cards(store_id, connection.system):
        left = [each for each in page if (each.data or {}).get("programId") != program_id]
        for start in range(0, len(left), CHUNK):
            known = {each.path: each for each in left[start : start + CHUNK]}
            commands.run([*known], decide, known=known)


def _mark(connection: Connection, page: Sequence[Snapshot]) -> None:
    """Make the cards of a page's members who are linked; one that is there is due again."""
    user_ids = {str((each.data or {})["userId"]) for each in page}
    account_id, now = connection.account_id, clock.real_now()
    reads = client.get([paths.account_member(account_id, each) for each in sorted(user_ids)])
    people = [person for each in reads.values() if (person := member_documents.decode(each))]
    cards = [card for each in people if (card := _card(connection, each, now))]
    for start in range(0, len(cards), CHUNK):
        _mark_cards(cards[start : start + CHUNK], now)


def _card(connection: Connection, person: Member, now: datetime) -> ShopWriting | None:
    if person.merged_into is not None or person.erasure_id is not None:
        return None
    customer_id = shop_outbox.customer_of(connection, person)
    if customer_id is None:
        return None
    return shop_outbox.new_card(connection, customer_id, person.user_id, now)


def _mark_cards(cards: Sequence[ShopWriting], now: datetime) -> None:
    path_of = {paths.shop_writing(each.write_id): each for each in cards}

    def decide(reads: Reads) -> Effect[None]:
        writes, waiting = [], []
        for path, card in path_of.items():
            found = shop_writing_documents.decode(reads[path])
            after = shop_writings.filled(found, card, now) if found else card
            writes.append(shop_writing_documents.write(reads[path], after))
            waiting.append(after)
        made = [task for each in waiting for task in shop_outbox.tasks_of(each)]
        return Effect(None, writes, tasks=made)

    commands.run([*path_of], decide)


def _noted(
    fill: ShopCardFill,
    position: str | None,
    checked: int,
    *,
    is_done: bool = False,
    goes_on_later: bool = False,
) -> ShopCardFill | None:
    """Write the progress; ``None`` if another worker was faster."""
    path, now = paths.shop_card_fill(fill.store_id, fill.system), clock.real_now()

    def decide(reads: Reads) -> Effect[ShopCardFill | None]:
        stored = shop_writing_documents.decode_fill(reads[path])
        if stored is None or stored != fill:
            return Effect(None)
        after = replace(
            stored,
            position=position,
            checked=stored.checked + checked,
            state=FillState.DONE if is_done else FillState.RUNNING,
            updated_at=now,
        )
        made = [_task(after)] if goes_on_later else []
        return Effect(after, [shop_writing_documents.write_fill(reads[path], after)], tasks=made)

    return commands.run([path], decide)


def _task(fill: ShopCardFill) -> Task:
    updated_ms = int(fill.updated_at.timestamp() * 1000)
    data = {"storeId": fill.store_id, "system": fill.system, "fillId": fill.fill_id}
    at = fill.begins_at if fill.begins_at > fill.updated_at else None
    return Task(CONTINUE, f"{fill.fill_id}-{fill.checked}-{updated_ms}", data, at)
