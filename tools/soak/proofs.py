"""What must hold after any operations: ``docs`` calls these the invariants of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random

from shared import clock
from shared.domain.loyalty import loyalty_events
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.reward_stock import RewardStock
from shared.domain.webhooks.deliveries import Delivery
from shared.services.events import emission, sweep
from shared.services.loyalty import verification
from shared.store import client, paths
from shared.store.client import Snapshot
from shared.store.events import event_documents
from shared.store.loyalty import membership_documents, stock_documents
from shared.store.webhooks import delivery_documents, endpoint_documents
from tests.support.api import Api
from tests.support.dying import dying_after
from tools.soak.differences import DifferenceError

TRIGGERED = 0.6
TRIGGERED_AGAIN = 0.3
RPCS_MAX = 6
CLIENTS = 3


def require_balances(program_id: str, users: Iterable[str], told: Mapping[str, int]) -> None:
    """Require that all members have what the answers said, each and together.

    Raises:
        DifferenceError: Somebody has something else.
    """
    every = {each.membership_id: each for each in _memberships(program_id)}
    for user_id in users:
        found = every[paths.membership_id(program_id, user_id)]
        if _had(found) != told[user_id]:
            raise DifferenceError(
                f"{user_id} has {found.balance_units}, {found.pending_units} pending and "
                f"{found.expired_units} expired; the answers say {told[user_id]}"
            )
        if found.held_units > found.balance_units + found.deficit_units:
            raise DifferenceError(f"more is held of {user_id} than there is: {found}")
    together, answered = sum(map(_had, every.values())), sum(told.values())
    if together != answered:
        raise DifferenceError(f"all have {together} together; the answers say {answered}")


def require_books(program_id: str, *, is_told: bool) -> None:
    """Require sums, lots, totals, chains and mirrors; and events and counters, if ``is_told``.

    Raises:
        DifferenceError: Something does not follow from the entries.
    """
    report = verification.verify(program_id, is_told=is_told)
    if report is None or report.problems:
        raise DifferenceError(f"the books of {program_id} are wrong: {report}")
    for membership in _memberships(program_id):
        membership.assert_consistent()


def require_tiers(program_id: str, thresholds: Mapping[str, int]) -> None:
    """Require that all members have the tier of these thresholds, which ascend.

    Raises:
        DifferenceError: Somebody has another one.
    """
    for membership in _memberships(program_id):
        if membership.merged_into is not None or membership.erased_at is not None:
            continue
        reached = [name for name, units in thresholds.items() if membership.lifetime_units >= units]
        if membership.tier != reached[-1]:
            raise DifferenceError(f"{membership} should have {reached[-1]} of {thresholds}")


def require_stock(program_id: str, left: Mapping[str, int]) -> None:
    """Require that so many pieces are left of each reward, and that no code was given twice.

    Args:
        program_id: The program.
        left: How many pieces must be left by the answers, of each reward with a stock.

    Raises:
        DifferenceError: There is one too many or too few, or two members have one code.
    """
    for reward_id, pieces in left.items():
        shards = _shards(program_id, reward_id)
        found = [each.remaining for each in shards]
        if min(found) < 0 or sum(found) != pieces:
            raise DifferenceError(
                f"{sum(found)} pieces of {reward_id} are left; the answers say {pieces}: {shards}"
            )
    entries = [each for found in _memberships(program_id) for each in _entries(found)]
    codes = Counter(each.reward_code for each in entries if each.reward_code)
    twice = [code for code, times in codes.items() if times > 1]
    if twice:
        raise DifferenceError(f"these codes were given twice: {twice}")


def tell(program_id: str, random: Random) -> None:
    """Make the events of all entries: by triggers, some of which come twice, and by the sweep."""
    memberships = [each for each in _memberships(program_id) if each.erased_at is None]
    causes = [(each.membership_id, each.entry_id) for m in memberships for each in _entries(m)]
    told = client.get([paths.event(loyalty_events.booking_event_id(*each)) for each in causes])
    new = [
        each
        for each, read in zip(causes, told.values(), strict=True)
        if read.data is None and random.random() < TRIGGERED
    ]
    again = [each for each in new if random.random() < TRIGGERED_AGAIN]
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda cause: emission.emit_entry(*cause), [*new, *again]))
    with dying_after(random.randint(0, RPCS_MAX)):
        sweep.run()
    sweep.run()


def require_outbox(store_id: str, program_id: str) -> None:
    """Require an event of each entry, and one delivery to each endpoint that wants it.

    Raises:
        DifferenceError: One is missing, or was made twice.
    """
    endpoints = endpoint_documents.list_of_store(store_id)
    mine = ("storeId", "==", store_id)
    made = Counter((each.event_id, each.endpoint_id) for each in _deliveries(store_id))
    if max(made.values(), default=1) > 1:
        raise DifferenceError(f"deliveries were made twice: {made.most_common(3)}")
    events = {
        each.event_id: each
        for found in client.query("events", mine)
        if (each := event_documents.decode(found))
    }
    since = clock.utc_now() - emission.TOLD_WITHIN
    for membership in _memberships(program_id):
        for entry in _entries(membership) if membership.erased_at is None else ():
            event_id = loyalty_events.event_id_of(entry)
            wants = {
                each.endpoint_id
                for each in endpoints
                if each.source is None or each.source != entry.source
            }
            has = {endpoint_id for told, endpoint_id in made if told == event_id}
            if entry.recorded_at > since and (event_id not in events or has != wants):
                raise DifferenceError(f"{entry} is told to {has} instead of {wants}")


def require_report(api: Api, program_id: str, first_day: str) -> None:
    """Require that the days of the report add up to the entries.

    Raises:
        DifferenceError: A sum is another one.
    """
    entries = [each for found in _memberships(program_id) for each in _entries(found)]
    units: Counter[EntryKind] = Counter()
    for each in entries:
        units[each.kind] += each.units
    expected = {
        "earned": units[EntryKind.EARN],
        "redeemed": -units[EntryKind.REDEEM],
        "redemptions": sum(each.kind is EntryKind.REDEEM for each in entries),
        "expired": -units[EntryKind.EXPIRE],
        "reversed": -units[EntryKind.REVERSE],
    }
    query = {"programId": program_id, "fromDay": first_day}
    answer = api.get("getLoyaltyReport", query).body
    found = {name: sum(row[name] for row in answer["rows"]) for name in expected}
    if found != expected:
        raise DifferenceError(f"the report of {program_id} has {found}; the entries {expected}")


def _had(membership: Membership) -> int:
    return membership.balance_units + membership.pending_units + membership.expired_units


def _memberships(program_id: str) -> Iterator[Membership]:
    after = None
    while True:
        page = membership_documents.list_of_program(program_id, after, client.PAGE)
        yield from filter(None, map(membership_documents.decode, page))
        if len(page) < client.PAGE:
            return
        after = page[-1].id


def _entries(membership: Membership) -> list[Entry]:
    return membership_documents.list_entries(membership.membership_id)


def _shards(program_id: str, reward_id: str) -> list[RewardStock]:
    first = stock_documents.decode(client.get_one(stock_documents.path(program_id, reward_id)))
    every = [stock_documents.path(program_id, reward_id, n) for n in range(first.shards)]
    return [stock_documents.decode(each) for each in client.get(every).values()]


def _deliveries(store_id: str) -> Iterator[Delivery]:
    found: list[Snapshot] = client.query("webhookDeliveries", ("storeId", "==", store_id))
    yield from filter(None, map(delivery_documents.decode, found))
