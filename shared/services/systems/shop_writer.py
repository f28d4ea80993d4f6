"""Write into shops what waits for it: cards as they are now, and codes of redemptions.

Whoever writes takes the lease first, reads the member's state after that, calls the shop, and looks
then whether something has changed meanwhile: if so, it is due again. So whatever tasks do, the
shop ends with the newest card.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from shared import clock, ids, logs
from shared.connectors import systems
from shared.domain.loyalty import customer_balances, ledger
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program, ProgramType
from shared.domain.members import profile
from shared.domain.members.member import Member
from shared.domain.members.profile import EXTERNAL
from shared.domain.systems import shop_customer_ids, shop_writings, sync_events
from shared.domain.systems.shop_writes import ShopCard, ShopWrite
from shared.domain.systems.shop_writings import ShopWriting, WritingState
from shared.domain.systems.syncs import Connection, SystemKind
from shared.domain.units import from_units
from shared.errors import ConnectorError, ConnectorNotFound
from shared.services import commands
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, shop_outbox
from shared.services.events.due_tasks import EARLY_S
from shared.services.members import member_keys
from shared.services.rewards import shop_calls
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, program_documents
from shared.store.members import member_documents, member_key_documents
from shared.store.systems import shop_writing_documents, sync_documents
from shared.webhooks import schedule

ROUNDS_MAX = 3
"""A card that changes while it is written is written again at once so often, then by a new task."""
CALLS = timedelta(minutes=2)
"""The calls of one writing are over by then: each is bounded, and there are few."""
_SHOWN = frozenset({MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED})


@dataclass(frozen=True, slots=True)
class _Begun:
    """What somebody has taken the lease of, as it was before, and the shop."""

    writing: ShopWriting
    before: ShopWriting
    connection: Connection | None


class _HeldUpError(Exception):
    """So much time has passed since the lease began that another one may hold it by the end."""


_End = Callable[[ShopWriting], ShopWriting | None]
"""Returns what becomes of a writing after an attempt; ``None`` if it is deleted."""


def attempt(write_id: str) -> WritingState | None:
    """Make the attempt that is due.

    Returns:
        The state afterwards; ``None`` if there is nothing of it any more.
    """
    after = None
    for _ in range(ROUNDS_MAX):
        begun = _begin(write_id)
        if begun is None:
            found = shop_writing_documents.find(write_id)
            return found.state if found else None
        after = _write(begun)
        if after is None or not after.is_due(clock.real_now()):
            break
    if after is not None:
        shop_outbox.enqueue(after)
    return after.state if after else None


def _begin(write_id: str) -> _Begun | None:
    """Take the lease; ``None`` if it is not due."""
    path, lease_id, now = paths.shop_writing(write_id), ids.new("run"), clock.real_now()

    def decide(reads: Reads) -> Effect[_Begun | None]:
        found = shop_writing_documents.decode(reads[path])
        if found is None or not found.is_due(now + timedelta(seconds=EARLY_S)):
            return Effect(None)
        shop_path = paths.connection(found.store_id, SystemKind.SHOP, found.system)
        key_paths = _key_paths(found)
        commands.want(reads, [shop_path, *key_paths])
        owners = (member_key_documents.decode(reads[each]) for each in key_paths)
        user_id = next((each.user_id for each in owners if each), found.user_id)
        connection = sync_documents.decode_connection(reads[shop_path])
        # What no shop is called for can be cancelled without one.
        address = shop_outbox.address_of(connection) if connection else None
        called = address if address and found.is_for(address) else None
        begun = shop_writings.begun(found, lease_id, user_id, now, called=called)
        write = shop_writing_documents.write(reads[path], begun)
        return Effect(_Begun(begun, found, connection), [write])

    return commands.run([path], decide)


def _key_paths(writing: ShopWriting) -> list[str]:
    """Return the paths that say whose customer a card is. Who is erased gets no name again."""
    if writing.kind is not ShopWrite.CARD or writing.is_ending:
        return []
    is_global = systems.shop_module_of(writing.system).IDS_ARE_GLOBAL
    external_id = shop_customer_ids.external_id(
        writing.store_id, writing.customer_id, is_global=is_global
    )
    key = EXTERNAL, profile.external_key(writing.source, external_id)
    return member_keys.needs(writing.account_id, [key])


def _write(begun: _Begun) -> ShopWriting | None:
    """Call the shop, and write down what came of it."""
    try:
        is_card = begun.writing.kind is ShopWrite.CARD
        return _settle(begun, _card(begun) if is_card else _code(begun))
    except _HeldUpError:
        return begun.writing
    except ConnectorError as error:
        failure, retry_after_s = shop_calls.failure_of(error)
        delay_s = schedule.next_delay_s(
            begun.writing.attempts + 1, jitter=random.random(), retry_after_s=retry_after_s
        )
        now = clock.real_now()
        return _settle(
            begun, lambda found: shop_writings.failed(found, failure, delay_s, now), has_failed=True
        )


def _card(begun: _Begun) -> _End:
    """Write or clear a card; return what becomes of it."""
    writing, connection = begun.writing, begun.connection
    card = None if writing.is_ending else _card_of(writing, connection)
    if connection is None:
        return lambda _: None
    if card is None:
        if begun.before.is_touched:
            shop_calls.require(connection, ShopWrite.CARD)
            _require_time(writing)
            shop_calls.cards_of(connection).clear_card(writing.customer_id)
        return lambda _: None
    digest = shop_writings.digest_of(card)
    if connection.writes_cards and digest != begun.before.digest:
        shop_calls.require(connection, ShopWrite.CARD)
        _require_time(writing)
        try:
            shop_calls.cards_of(connection).write_card(card)
        except ConnectorNotFound:
            if not systems.shop_module_of(connection.system).IDS_ARE_GLOBAL:
                raise
            return lambda _: None  # The customer is one of another shop of this system.
    elif not connection.writes_cards:
        digest = begun.before.digest or ""
    now = clock.real_now()
    return lambda found: replace(
        shop_writings.written(found, now), digest=digest or None, dead_reason=None
    )


def _code(begun: _Begun) -> _End:
    """Put a code into its shop, or take out that of who was erased; return what becomes of it."""
    writing, connection = begun.writing, begun.connection
    if connection is None:
        raise shop_calls.not_configured(writing)
    shop_calls.require_own(connection, writing)
    shop_calls.require(connection, ShopWrite.CODE)
    shop, code = shop_calls.codes_of(connection), shop_calls.code_of(writing)
    _require_time(writing)
    if writing.is_ending:
        shop.revoke_code(code)
        return lambda _: None
    external_id, now = shop.put_code(code), clock.real_now()
    return lambda found: replace(shop_writings.written(found, now), external_id=external_id)


def _require_time(writing: ShopWriting) -> None:
    """Call nobody after having been held up: the next one begins when the lease has ended.

    Raises:
        _HeldUpError.
    """
    until = writing.lease_until
    if until is None or clock.real_now() + CALLS > until:
        raise _HeldUpError


def _card_of(writing: ShopWriting, connection: Connection | None) -> ShopCard | None:
    """Return what a customer is to see now; ``None`` if nothing."""
    if connection is None or connection.program_id is None:
        return None
    member_path = paths.member(paths.membership_id(connection.program_id, writing.user_id))
    person_path = paths.account_member(writing.account_id, writing.user_id)
    reads = client.get([member_path, person_path])
    membership = membership_documents.decode(reads[member_path])
    person = member_documents.decode(reads[person_path])
    if membership is None or person is None or not _is_shown(membership, person):
        return None
    if shop_outbox.customer_of(connection, person) != writing.customer_id:
        return None
    program = program_documents.find(connection.program_id)
    assert program is not None, "programs are never deleted"
    with test_clocks.time_of(writing.account_id):
        now = ledger.current(membership, program, clock.utc_now())
    code = person.card_code and vault().decrypt(person.card_code, person_path)
    # A reservation is over within the hour, and is not written into shops.
    balance = customer_balances.of(now)
    return ShopCard(
        customer_id=writing.customer_id,
        balance=from_units(balance.free_units + balance.reserved_units, now.scale),
        unit=_unit(program),
        tier=now.tier,
        code=code,
    )


def _is_shown(membership: Membership, person: Member) -> bool:
    is_erased = membership.erasure_id or membership.erased_at or person.erasure_id
    return membership.status in _SHOWN and not is_erased


def _unit(program: Program) -> str:
    match program.program_type:
        case ProgramType.CASHBACK:
            return program.currency
        case ProgramType.STAMPS:
            return "stamps"
        case _:
            return "points"


def _settle(begun: _Begun, end: _End, *, has_failed: bool = False) -> ShopWriting | None:
    """Write down the end of an attempt; what has changed meanwhile is due again."""
    path, now = paths.shop_writing(begun.writing.write_id), clock.real_now()

    def decide(reads: Reads) -> Effect[ShopWriting | None]:
        found = shop_writing_documents.decode(reads[path])
        if found is None or found.lease_id != begun.writing.lease_id:
            return Effect(found)
        after = end(found)
        if found.version != begun.writing.version and not has_failed:
            after = shop_writings.again(found, now)
        if after is None:
            return Effect(None, [shop_writing_documents.deletion(reads[path])])
        writes: list[Write] = [shop_writing_documents.write(reads[path], after)]
        if after.state is not WritingState.DEAD:
            return Effect(after, writes)
        news = outbox.announce([sync_events.from_dead_writing(after, clock.utc_now())])
        return Effect(after, [*writes, *news.writes], tasks=news.tasks)

    with test_clocks.time_of(begun.writing.account_id):
        after = commands.run([path], decide)
    if has_failed and after is not None:
        logs.warning(
            "shop write failed",
            writeId=after.write_id,
            storeId=after.store_id,
            system=after.system,
            error=after.error,
            state=after.state.value,
        )
    return after
