"""What is to be written into shops: marked in the commit of its cause, and the queue it waits in.

A card is marked when the member's membership, or who is whose customer, has changed. The mark says
only that there is something newer: whoever writes the card reads it then. An account whose shops
have no cards pays nothing for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock, tasks
from shared.domain.members.member import Member
from shared.domain.systems import shop_customer_ids, shop_writings
from shared.domain.systems.shop_writes import ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.domain.systems.syncs import Connection
from shared.services import commands
from shared.services.commands import Reads
from shared.services.events import due_tasks
from shared.services.events.due_tasks import OVERDUE_PAGE
from shared.store import paths
from shared.store.accounts import account_documents
from shared.store.client import Snapshot, Write
from shared.store.systems import shop_writing_documents, sync_documents
from shared.tasks import Task

FUNCTION = "writeToShop"
"""The function that writes; its queue has the same name."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The writes that a commit needs so that shops are told, and what waits after it."""

    writes: Sequence[Write] = ()
    waiting: Sequence[ShopWriting] = ()

    @property
    def tasks(self) -> list[Task]:
        """The tasks that write; the sweep replaces lost ones."""
        return [task for each in self.waiting for task in tasks_of(each)]


def shops_with_cards(account_id: str) -> list[Connection]:
    """Return the shops of an account whose customers see cards, as they were within a minute."""
    account = account_documents.find_account(account_id)
    if account is None or not account.has_shops:
        return []
    return [each for each in sync_documents.shops_of(account_id) if each.writes_cards]


def has_cards(account_id: str, program_id: str) -> bool:
    """Tell whether a shop shows what members of a program have."""
    return any(each.program_id == program_id for each in shops_with_cards(account_id))


def of_member(account_id: str, user_id: str, program_id: str) -> Marks:
    """Mark the cards that a member of a program has: one query, if a shop shows the program.

    The query may be made inside a decision: who is linked at the same moment gets a card that is
    read later than what the decision is about.
    """
    if not has_cards(account_id, program_id):
        return Marks()
    found = shop_writing_documents.cards_of(account_id, user_id)
    return _marks([each for each in found if (each.data or {}).get("programId") == program_id])


def of_people(reads: Reads, people: Iterable[Member | None]) -> Marks:
    """Mark the cards of all shops' customers whom these are, and make those that are missing.

    Raises:
        Wanted: The cards are not read yet.
    """
    made: dict[str, ShopWriting] = {}
    for person in people:
        if person is not None and person.merged_into is None and person.erasure_id is None:
            made |= {each.write_id: each for each in _cards(person)}
    return _marked(reads, made, [])


def of_change(reads: Reads, before: Member | None, after: Member) -> Marks:
    """Mark the cards of customers who are somebody else now, or whose card has another code.

    Raises:
        Wanted: The cards are not read yet.
    """
    old = {each.write_id: each for each in _cards(before)} if before else {}
    new = {each.write_id: each for each in _cards(after)}
    is_coded = (before.card_code if before else None) != after.card_code
    gone = [each for each in old if each not in new]
    return _marked(reads, {x: new[x] for x in new if is_coded or x not in old}, gone)


def of_merge(reads: Reads, old: Member, new: Member, joined: Member) -> Marks:
    """Mark the cards of all who are one member now.

    Raises:
        Wanted: The cards are not read yet.
    """
    known = {each.write_id for person in (old, new) for each in _cards(person)}
    made = {each.write_id: each for each in _cards(joined)}
    return _marked(reads, made, [each for each in known if each not in made])


def new_card(
    connection: Connection, customer_id: str, user_id: str, now: datetime
) -> ShopWriting | None:
    """Return the card of a customer that is due; ``None`` if the shop's orders earn nowhere."""
    if connection.program_id is None:
        return None
    return ShopWriting(
        write_id=shop_writings.card_id(connection.store_id, connection.source, customer_id),
        account_id=connection.account_id,
        store_id=connection.store_id,
        system=connection.system,
        kind=ShopWrite.CARD,
        program_id=connection.program_id,
        user_id=user_id,
        customer_id=customer_id,
        state=WritingState.PENDING,
        created_at=now,
        updated_at=now,
        next_attempt_at=now,
    )


def customer_of(connection: Connection, person: Member) -> str | None:
    """Return the id of the customer of a shop who a member is; ``None`` if it is nobody."""
    # What decrypts, and what belongs to shops, is imported only for accounts that have one.
    from shared.connectors import systems
    from shared.services import sealed_profiles

    external_id = sealed_profiles.profile_of(person).external_ids.get(connection.source)
    if external_id is None:
        return None

    is_global = systems.shop_module_of(connection.system).IDS_ARE_GLOBAL
    return shop_customer_ids.customer_id(connection.store_id, external_id, is_global=is_global)


def address_of(connection: Connection) -> str | None:
    """Return by what a shop is told from another one; ``None`` if nothing can be written there."""
    from shared.connectors import systems

    said = str(connection.visible.get(systems.shop_module_of(connection.system).ADDRESS) or "")
    return said.casefold().rpartition("://")[2].rstrip("/") or None


def tasks_of(writing: ShopWriting) -> list[Task]:
    """Return the task of the next attempt, at its time; none if the sweep enqueues it."""
    return due_tasks.in_time(_task(writing)) if writing.next_attempt_at is not None else []


def enqueue(writing: ShopWriting) -> None:
    """Enqueue the next attempt, at its time."""
    for task in tasks_of(writing):
        tasks.enqueue(task)


def enqueue_overdue(page_size: int = OVERDUE_PAGE) -> int:
    """Enqueue overdue attempts again: their tasks were lost; return their number."""
    return due_tasks.enqueue_overdue(shop_writing_documents.list_due, _task, page_size)


def _cards(person: Member) -> list[ShopWriting]:
    """Return what cards a member has in all shops, as if each were new."""
    now = clock.real_now()
    made = []
    for each in shops_with_cards(person.account_id):
        customer_id = customer_of(each, person)
        card = new_card(each, customer_id, person.user_id, now) if customer_id else None
        made += [card] if card is not None else []
    return made


def _marked(reads: Reads, made: dict[str, ShopWriting], gone: Iterable[str]) -> Marks:
    """Mark cards that are there, and make those of ``made`` that are not."""
    path_of = {each: paths.shop_writing(each) for each in (*made, *gone)}
    commands.want(reads, path_of.values())
    known = _marks([reads[path] for path in path_of.values() if reads[path].data is not None])
    new = [made[each] for each in made if reads[path_of[each]].data is None]
    writes = [shop_writing_documents.write(reads[path_of[x.write_id]], x) for x in new]
    return Marks([*known.writes, *writes], [*known.waiting, *new])


def _marks(cards: Iterable[Snapshot]) -> Marks:
    now = clock.real_now()
    writes, waiting = [], []
    for read in cards:
        before = shop_writing_documents.decode(read)
        if before is None:
            continue
        after = shop_writings.marked(before, now)
        if after != before:
            writes.append(shop_writing_documents.write(read, after))
        if after.is_due(now):
            waiting.append(after)
    return Marks(writes, waiting)


def _task(writing: ShopWriting) -> Task:
    due = writing.next_attempt_at
    assert due is not None
    due_ms = int(due.timestamp() * 1000)
    task_id = f"{writing.write_id}-{writing.version}-{writing.attempts}-{due_ms}"
    return Task(FUNCTION, task_id, {"writeId": writing.write_id}, due)
