"""Give back what a redemption spent, because somebody cancels it or its purchase comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared import ids
from shared.domain.loyalty import ledger, redemptions, reward_stock, uncollected_returns
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.redemptions import RedemptionRecord, RedemptionStatus
from shared.services import commands
from shared.services.commands import Reads
from shared.services.loyalty.reward_stocks import StockOfReward
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, redemption_documents

PURCHASE_RETURNED = "The purchase was returned"
"""What a cancelled redemption says if nobody has cancelled it by hand."""
_LATEST = 20
"""So many redemptions after an earn are looked through for rewards that it unlocked."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A membership that has back what a redemption spent, and the writes that go with it.

    ``collected`` are the entries that take of it what returns could not take before. ``expired`` is
    the entry that writes off what had reached its date meanwhile.
    """

    membership: Membership
    entry: Entry
    collected: Sequence[Entry]
    expired: Entry | None
    writes: list[Write]

    @property
    def entries(self) -> list[Entry]:
        """The entries, in their order."""
        return [self.entry, *self.collected, *filter(None, [self.expired])]


def give_back(
    reads: Reads,
    membership: Membership,
    program: Program,
    original: Entry,
    record: RedemptionRecord,
    cause: Cause,
) -> GivenBack:
    """Give back what a redemption spent, with a piece of the stock that it took.

    Args:
        reads: What was read; the record is.
        membership: Who gets it.
        program: The program.
        original: The redemption.
        record: What becomes of it.
        cause: The cause.

    Raises:
        BalanceLimitExceeded: The membership would hold more than the limit.
        Wanted: The stock is not read yet, or the earn of a return that takes something.
    """
    earns = _earns(reads, membership, original)
    told = replace(cause, transaction_id=original.transaction_id, reward_id=original.reward_id)
    after, entry = ledger.cancel(membership, program, original, told)
    after, collected = ledger.collect(after, program, original, earns, told)
    after, expired = ledger.without_expired(after, program, cause.now)
    writes = [
        redemption_documents.write(reads[redemption_documents.path_of(original)], record),
        *_stock_writes(program, original, reads),
    ]
    return GivenBack(after, entry, collected, expired, writes)


def _earns(reads: Reads, membership: Membership, original: Entry) -> dict[tuple[str, str], Entry]:
    """Return the earns of the returns that a cancelled redemption pays, by their names."""
    due = uncollected_returns.due(membership.uncollected, original)
    path_of = {each.earn: paths.entry(*each.earn) for each in due}
    commands.want(reads, path_of.values())
    found = {name: membership_documents.decode_entry(reads[path]) for name, path in path_of.items()}
    return {name: entry for name, entry in found.items() if entry is not None}


def spent_paths(membership_id: str, transaction_id: str, source: str | None) -> list[str]:
    """Return where a redemption is that a purchase may have spent, if it was told by its name."""
    return [paths.entry(membership_id, each) for each in _spend(transaction_id, source).entry_ids]


def of_purchase(
    reads: Reads,
    membership: Membership,
    transaction_id: str,
    source: str | None,
    bought_by: str | None = None,
) -> list[Entry]:
    """Return what was spent on a purchase and not given back yet: one redemption, or none.

    ``bought_by`` is the membership that has earned by it: after a merge two purchases may have one
    name, and each comes with its own redemption. Of who was erased there is none: nothing says any
    more what was given back before.

    Raises:
        Wanted: Something is not read yet.
    """
    if membership.erased_at is not None:
        return []
    own = membership.every_membership_id
    every = [path for each in own for path in spent_paths(each, transaction_id, source)]
    commands.want(reads, every)
    entries = (membership_documents.decode_entry(reads[each]) for each in every)
    spent = [each for each in entries if each is not None and each.kind is EntryKind.REDEEM]
    of_buyer = [each for each in spent if each.membership_id == bought_by]
    if bought_by is not None and spent and not of_buyer:
        spent = _of_no_other_purchase(reads, spent, transaction_id, source)
    found = _spend(transaction_id, source).find(of_buyer or spent, "")
    return [] if found is None else _still_there(reads, [found], was_used=True)


def _of_no_other_purchase(
    reads: Reads, spent: Sequence[Entry], transaction_id: str, source: str | None
) -> list[Entry]:
    """Return the redemptions whose own member has earned nothing by a purchase of that name: what
    those who have paid for it comes back with it.
    """
    purchase = ExternalTransaction(Direction.EARN, transaction_id, source, 0)
    paths_of = {
        each.membership_id: [paths.entry(each.membership_id, name) for name in purchase.entry_ids]
        for each in spent
    }
    commands.want(reads, [path for every in paths_of.values() for path in every])
    have_earned = {
        membership_id
        for membership_id, every in paths_of.items()
        if any(reads[path].data is not None for path in every)
    }
    return [each for each in spent if each.membership_id not in have_earned]


def unlocked_by(reads: Reads, membership: Membership, earn: Entry) -> list[Entry]:
    """Return redemptions of rewards that an earn unlocked, whose codes nobody has used: the latest
    first.

    A query inside a decision is right here: who redeems at the same moment changes the membership,
    and then it is decided again.

    Raises:
        Wanted: Something is not read yet.
    """
    rewards = set(earn.unlocked_reward_ids) | _unlocked_when_activated(reads, membership, earn)
    if not rewards:
        return []
    latest = membership_documents.list_redemptions(
        "programId", membership.program_id, user_ids=[membership.user_id], after=None, limit=_LATEST
    )
    redeemed = [
        each
        for each in latest
        if each.reward_id in rewards and each.reward_code and each.recorded_at >= earn.recorded_at
    ]
    return _still_there(reads, redeemed, was_used=False)


def cause_of(original: Entry, cause: Cause) -> Cause:
    """Return the cause of giving back a redemption, under the name that cancelRedemption has."""
    return Cause(
        entry_id=redemptions.cancellation_id(original.membership_id, original.entry_id),
        fingerprint=ids.digest("cancel", original.program_id, original.entry_id),
        now=cause.now,
        description=cause.description,
        staff_id=cause.staff_id,
    )


def _unlocked_when_activated(reads: Reads, membership: Membership, earn: Entry) -> set[str]:
    """Return what an earn unlocked that was pending at first: the entry of its activation says."""
    if earn.kind is not EntryKind.PENDING:
        return set()
    path_of = [
        paths.entry(membership.membership_id, each.entry_id)
        for each in membership.recent
        if each.kind is EntryKind.EARN and each.transaction_id == earn.transaction_id
    ]
    commands.want(reads, path_of)
    entries = [membership_documents.decode_entry(reads[each]) for each in path_of]
    return {
        reward_id
        for each in entries
        if each is not None and each.activates_entry_id == earn.entry_id
        for reward_id in each.unlocked_reward_ids
    }


def _still_there(reads: Reads, redeemed: Sequence[Entry], *, was_used: bool) -> list[Entry]:
    """Return the redemptions that were not given back; ``was_used``: also used ones.

    The code of an online shop is taken back by cancelRedemption alone, which revokes it there. So
    is an imported code, by somebody who sees to it that it does not work any more: whoever returns
    goods could have used it elsewhere.
    """
    commands.want(reads, [redemption_documents.path_of(each) for each in redeemed])
    open_ = {RedemptionStatus.REDEEMED, *([RedemptionStatus.USED] if was_used else [])}
    records = [(each, record_of(reads, each)) for each in redeemed]
    return [
        each
        for each, record in records
        if record.status in open_ and record.shop_write_id is None and not each.has_imported_code
    ]


def record_of(reads: Reads, redeemed: Entry) -> RedemptionRecord:
    """Return what became of a redemption, which is read."""
    path = redemption_documents.path_of(redeemed)
    return redemption_documents.decode(redeemed, reads[path]).record


def _spend(transaction_id: str, source: str | None) -> ExternalTransaction:
    return ExternalTransaction(Direction.REDEEM, transaction_id, source, 0)


def _stock_writes(program: Program, original: Entry, reads: Reads) -> list[Write]:
    """Return the write that puts a piece back; older entries do not say whether they took one."""
    reward = program.find_reward(original.reward_id) if original.reward_id else None
    is_stocked = reward is not None and reward.stock is not None
    has_taken = original.took_stock or (original.spent is None and is_stocked)
    if original.reward_id is None or not has_taken:
        return []
    key = reward_stock.redemption_key(original.membership_id, original.entry_id)
    return StockOfReward.of(program, original.reward_id, key).give_back(reads)
