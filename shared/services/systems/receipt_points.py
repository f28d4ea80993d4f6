"""Points for receipts of a till: each counts once, however often and in whatever order it is read.

What the receipts of a purchase have to earn is decided in ``shared.domain.systems.purchases``. Here
the difference to what they have earned is booked, in one commit with the purchase: entries,
memberships and the purchase are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import earning, ledger, receipt_claims
from shared.domain.loyalty.earning import Award, Earner
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.receipt_claims import ClaimableReceipt
from shared.domain.money import Money
from shared.domain.systems import purchase_postings, purchases, receipt_parts
from shared.domain.systems.purchase_postings import Postings
from shared.domain.systems.purchases import Due, Grant, Grown, Growth, Purchase, Reading
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.shop_orders import JOINS_WITHIN
from shared.domain.systems.syncs import Sync, SyncState, SystemKind
from shared.domain.units import from_units
from shared.errors import Busy, PunktwerkError, ReceiptClaimed, ReceiptTooOld, ReceiptVoided
from shared.said import say
from shared.services import access, commands
from shared.services.accounts import callers
from shared.services.commands import Effect, Reads
from shared.services.joint_commands import State
from shared.services.loyalty import bookings, redemption_returns
from shared.services.loyalty.awards import CampaignShards
from shared.services.loyalty.returning import SpentBack
from shared.services.systems import claimed_receipts, earlier_receipts
from shared.services.systems.earlier_receipts import EarlierSale
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, program_documents, receipt_documents
from shared.store.systems import purchase_documents

DROPPED_AT_ONCE_MAX = 200
"""Waiting purchases that one sync drops; the next one drops more."""
CLOCKS_DIFFER = timedelta(days=1)
_ABSENT = say(
    "member_absent",
    "The member is suspended or has left, or was at the time: it earns nothing, later either.",
)
_NO_SALE = say(
    "return_without_sale",
    "It takes goods back, and does not say of which sale: no points were taken back.",
)


class ReceiptOutcome(StrEnum):
    """The result of a receipt. ``NOTHING``: it has no customer, or changes nothing."""

    AWARDED = "awarded"
    TAKEN_BACK = "taken_back"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """The result of a receipt.

    ``reason`` says why it was refused; ``notes`` what a person should know about one that was not.
    """

    outcome: ReceiptOutcome
    reason: str = ""
    notes: tuple[str, ...] = ()


_NOTHING = ReceiptResult(ReceiptOutcome.NOTHING)


@dataclass(slots=True)
class _Uses:
    """The campaigns that a decision has used, and the writes that count them.

    Of two sales that are decided on at once, the second does not have the campaigns of the first:
    its counters do not know of them yet.
    """

    campaign_ids: set[str] = field(default_factory=set)
    writes: list[Write] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Missing:
    """A decision needs more: documents, or what was booked before purchases were kept.

    ``customer_id``: the member into whom the one of the receipt was merged.
    """

    paths: tuple[str, ...] = ()
    earlier: bool = False
    customer_id: str | None = None


def book(sync: Sync, receipt: Receipt, is_known: Callable[[str], bool]) -> ReceiptResult:
    """Book what a receipt changes: grant points, or take back those of the sale that it names.

    Trainings, transfers and other receipts that are no sale change nothing. Sales without a
    customer, older than ``issued_since``, or older than the membership earn nothing; those of a
    shop may be older than the membership by ``JOINS_WITHIN``. So do sales of
    a member who was suspended or had left at the time, or is so now; what a receipt takes back is
    taken from them, too. What a customer has claimed by the code of its TSE earns no more, and is
    taken over. A receipt that takes goods back is kept until its sale is read, even if the till
    does not name the member again.

    Args:
        sync: The sync, with its program.
        receipt: The receipt.
        is_known: Tells whether this sync has read the receipt of an ``identity``: if that has
            earned nothing, nothing of it need be kept.

    Raises:
        ProgramNotFound: The program is gone.
        PunktwerkError: The database is busy; the same receipt may come again.
    """
    if sync.program_id is None or receipt.kind not in {ReceiptKind.SALE, ReceiptKind.VOID}:
        return _NOTHING
    is_alone = receipt.voids is None and not _takes_back(receipt)
    is_nobodys = is_alone and (receipt.customer_id is None or _is_old(sync, receipt))
    if is_nobodys and receipt.tse is None:
        return _NOTHING
    caller = callers.acting_for(sync.account_id)
    program = access.program(caller, sync.program_id, sync.store_id)
    if is_nobodys and claimed_receipts.shared(program, receipt) is None:
        return _NOTHING
    if reason := _problem_of(receipt, program):
        return ReceiptResult(ReceiptOutcome.REFUSED, reason)
    try:
        return _Booking(caller, program, sync, receipt, is_known).run()
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        return ReceiptResult(ReceiptOutcome.REFUSED, refusal.sentence)


@dataclass(frozen=True, slots=True)
class ClaimedSale:
    """What the claim of an imported sale granted; nothing for ``reason``."""

    grant: Grant | None
    reason: str | None = None


def claim(
    caller: Caller, program: Program, found: ClaimableReceipt, user_id: str, reads: Reads
) -> Effect[ClaimedSale]:
    """Decide on the claim of a sale that an export brought without a member.

    It earns as if the till had named the member, so what came back of it, before or later, counts.

    Args:
        caller: Who claims it.
        program: That of the sync.
        found: The receipt, with ``imported``.
        user_id: A member of the program.
        reads: What was read.

    Raises:
        Wanted: Something is not read yet.
        MemberSuspended, MembershipClosed, ReceiptVoided, Busy.
        ReceiptTooOld: The customer was no member then, or the sale is kept no more.
        ReceiptClaimed: It is somebody's.
    """
    sale, now = found.imported, clock.utc_now()
    assert sale is not None
    assert found.amount_minor is not None
    sync = Sync(
        sync_id="",
        account_id=found.account_id,
        store_id=found.store_id,
        kind=SystemKind.POS,
        system=sale.system,
        state=SyncState.RUNNING,
        started_at=now,
        updated_at=now,
        streams=(),
        program_id=program.program_id,
    )
    amount = Money(found.amount_minor, found.currency)
    receipt = Receipt(
        external_id=sale.external_id,
        number=sale.number,
        issued_at=sale.issued_at,
        kind=ReceiptKind.SALE,
        total=amount,
        eligible=amount,
        customer_id=user_id,
        series=sale.series,
        revision=sale.revision,
    )
    return _Booking(replace(caller, claim=None), program, sync, receipt, lambda _: False).claim(
        reads, user_id
    )


def _problem_of(receipt: Receipt, program: Program) -> str | None:
    """Return why a receipt cannot count; ``None`` if it can."""
    if receipt.voids is None and _takes_back(receipt):
        return _NO_SALE
    if receipt.issued_at > clock.utc_now() + CLOCKS_DIFFER:
        return say("of_the_future", "It is dated in the future.")
    takes_all = receipt.voids == receipt.external_id  # Whatever currency its amount was in.
    if receipt.eligible.currency != program.currency and not takes_all:
        sentence = "The receipt is in {currency}."
        return say("receipt_currency", sentence, currency=receipt.eligible.currency)
    return None


def _takes_back(receipt: Receipt) -> bool:
    return receipt.kind is ReceiptKind.VOID or receipt.eligible.amount_minor < 0


def drop_waiting(sync: Sync) -> list[str]:
    """Give up receipts whose sale has not come for ``purchases.WAITS``; return their ids."""
    dropped = []
    before = clock.utc_now() - purchases.WAITS
    found = purchase_documents.list_waiting(sync.store_id, before, DROPPED_AT_ONCE_MAX)
    for purchase in found:
        if purchase.system == sync.source:
            dropped += _drop(paths.purchase(purchase.purchase_id), before)
    return dropped


def drop_waited(sync: Sync) -> int:
    """Give up claims whose receipt no export has brought for so long; return their number.

    Where the sync earns nothing, or members cannot claim, none is looked for.
    """
    program = None if sync.program_id is None else program_documents.find(sync.program_id)
    if program is None or program.receipt_claims is None:
        return 0
    now = clock.utc_now()
    found = receipt_documents.list_waiting(sync.store_id, now, DROPPED_AT_ONCE_MAX)
    return sum(_drop_waited(paths.receipt(each.receipt_id), now) for each in found)


def drop_waiting_returns(purchase_id: str) -> None:
    """Give up the receipts of a purchase whose sale has not come for ``purchases.WAITS``."""
    _drop(paths.purchase(purchase_id), clock.utc_now() - purchases.WAITS)


def drop_waited_claims(receipt_id: str) -> None:
    """Give up the claims of a receipt that have waited to the end."""
    _drop_waited(paths.receipt(receipt_id), clock.utc_now())


def purchase_id(sync: Sync, receipt_id: str) -> str:
    """Return the id of the purchase of a receipt's id in the sync's program."""
    assert sync.program_id is not None
    return ids.derived("pur", sync.program_id, sync.store_id, sync.source, receipt_id)


def transaction_id(sync: Sync, receipt_identity: str) -> str:
    """Return the transaction that a receipt's entries name: unique among all systems of a store."""
    return f"{_transactions(sync)}{receipt_identity}"


def _transactions(sync: Sync) -> str:
    return f"receipt:{sync.store_id}:{sync.source}:"


def _is_old(sync: Sync, receipt: Receipt) -> bool:
    return sync.issued_since is not None and receipt.issued_at < sync.issued_since


class _Booking:
    """The booking of one receipt: repeated with more documents until it has all that it needs."""

    def __init__(
        self,
        caller: Caller,
        program: Program,
        sync: Sync,
        receipt: Receipt,
        is_known: Callable[[str], bool],
    ) -> None:
        self._caller = caller
        self._program = program
        self._sync = sync
        self._receipt = receipt
        self._is_known = is_known
        self._now = clock.utc_now()
        self._told = receipt
        self._waiter: str | None = None
        self._reason: str | None = None
        self._caused_by = receipt.identity
        self._shared = claimed_receipts.shared(program, receipt)
        self._owner: str | None = None
        self._parts = receipt_parts.parts_of(program, receipt)
        self._besides_minor = receipt_parts.besides_minor(program, receipt)
        self._shards = CampaignShards.at(program, receipt.issued_at)
        self._receipt_id = receipt.voids or receipt.external_id
        self._purchase_id = purchase_id(sync, self._receipt_id)
        self._path = paths.purchase(self._purchase_id)
        self._is_in_place = receipt.voids == receipt.external_id
        # The purchase of its own id, if it belongs to another one.
        self._own_path = paths.purchase(purchase_id(sync, receipt.external_id))
        self._earlier: tuple[EarlierSale, ...] | None = None
        self._named_member_ids = [
            self._member_id(each) for each in [receipt.customer_id] if each is not None
        ]

    def run(self) -> ReceiptResult:
        """Read, decide, commit; read more if the decision needs more."""
        needs = self._needs()
        while True:
            found = commands.run(needs, self._decide)
            if isinstance(found, ReceiptResult):
                return found
            if found.customer_id is not None:
                self._receipt = replace(self._receipt, customer_id=found.customer_id)
                needs += self._needs()
            if found.earlier:
                self._earlier = earlier_receipts.find(
                    self._program, _transactions(self._sync), self._receipt_id
                )
            needs += found.paths

    def claim(self, reads: Reads, user_id: str) -> Effect[ClaimedSale]:
        """Decide as the function ``claim`` says."""
        commands.want(reads, self._needs())
        membership = membership_documents.decode(reads[self._member_path(user_id)])
        assert membership is not None
        membership.require_active()
        if not self._is_earning(reads):
            raise ReceiptTooOld("The customer was no member when the receipt was issued.")
        before = purchase_documents.decode(reads[self._path])
        sale = purchases.sale_in(before, self._receipt) if before else None
        if sale is None:
            raise ReceiptTooOld("The receipt is kept no more.")
        # As the amount was read: rules for lines have been applied.
        self._parts, self._besides_minor = sale.parts, sale.besides_minor
        self._caused_by = claimed_receipts.caused_by_claim(self._receipt)
        effect = self._decide(reads)
        if isinstance(effect.result, _Missing):
            commands.want(reads, effect.result.paths)
            raise Busy("The member is being merged.")
        if effect.result.outcome is ReceiptOutcome.REFUSED:
            raise ReceiptClaimed(effect.result.reason)
        state = State(reads)
        state.apply(effect.writes)
        after = purchase_documents.decode(state.now[self._path])
        assert after is not None
        grants = [each for each in after.grants if each.user_id == user_id]
        if not grants and (sale.is_void or after.netted):
            raise ReceiptVoided("The receipt was voided.")
        claimed = ClaimedSale(grants[-1]) if grants else ClaimedSale(None, self._reason)
        return Effect(claimed, effect.writes)

    def _needs(self) -> list[str]:
        user_id = self._receipt.customer_id
        members = [] if user_id is None else [paths.member(self._member_id(user_id))]
        shards = [] if _takes_back(self._receipt) else self._shards.needs
        shared = [] if self._shared is None else [self._shared.path]
        needs = [*members, self._path, self._own_path, *self._earlier_paths, *shards, *shared]
        return list(dict.fromkeys(needs))

    @property
    def _earlier_paths(self) -> list[str]:
        """The entry by whose id alone, before purchases were kept, a sale was known as booked."""
        if self._receipt.voids is not None:
            return []
        name = transaction_id(self._sync, self._receipt.external_id)
        entry_id = ids.derived("le", "earn", name)
        return [paths.entry(each, entry_id) for each in self._named_member_ids]

    def _decide(self, reads: Reads) -> Effect[ReceiptResult | _Missing]:
        claimed = self._shared.find(reads) if self._shared else None
        if self._shared and (problem := self._shared.problem(claimed, self._purchase_id)):
            return Effect(ReceiptResult(ReceiptOutcome.NOTHING, notes=(problem,)))
        owner = self._shared.owner(claimed, self._purchase_id) if self._shared else None
        if owner is not None and owner != self._owner:
            self._owner = owner
            return Effect(_Missing(customer_id=owner))
        if owner is None and self._is_waiter_new(reads, claimed):
            return Effect(_Missing(customer_id=self._waiter))
        named = self._receipt.customer_id
        if named is not None and (into := self._merged_into(reads, named)) is not None:
            self._named_member_ids.append(self._member_id(into))
            return Effect(_Missing(customer_id=into))
        path = self._root_path(reads)
        if path not in reads:
            return Effect(_Missing((path,)))
        stored = purchase_documents.decode(reads[path])
        if stored is not None:
            stored = purchases.with_merged(stored, self._merged(reads, stored))
        return self._decide_on(reads, path, stored)

    def _is_waiter_new(self, reads: Reads, claimed: ClaimableReceipt | None) -> bool:
        """Look who waits for the receipt, if it names no member; tell whether to read that one."""
        waiter = self._shared.waiter(claimed) if self._shared else None
        if self._is_members(reads):
            waiter = None
        is_new = waiter != self._waiter
        if is_new:
            self._waiter, self._receipt = waiter, self._told
        return is_new and waiter is not None

    def _is_members(self, reads: Reads) -> bool:
        """Tell whether the till names a member of the program for the receipt."""
        user_id = self._told.customer_id
        return user_id is not None and reads[self._member_path(user_id)].data is not None

    def _keeps(self, reads: Reads, stored: Purchase | None) -> bool:
        """Tell whether a sale that nobody earns for is kept: somebody may claim it."""
        if self._shared is None or self._is_members(reads) or _is_old(self._sync, self._told):
            return False
        if stored is not None and purchases.users(stored):
            return False
        return self._shared.is_kept(self._shared.find(reads), self._told, self._now)

    def _with_claimed(self, reads: Reads, before: Purchase) -> tuple[Purchase, bool]:
        """Return a purchase with what its receipt has earned otherwise, and whether that is new."""
        if self._shared is None:
            return before, False
        claimed, user_id = self._shared.find(reads), self._receipt.customer_id
        earned = self._shared.to_take_over(claimed, self._purchase_id)
        if claimed is None or earned is None or user_id is None:
            return before, False
        sale = claimed_receipts.sale_of(self._receipt, user_id, self._parts, self._besides_minor)
        grant = claimed_receipts.grant_of(self._receipt, user_id, earned, claimed)
        return purchases.taken_over(before, self._receipt, sale, grant), True

    def _merged(self, reads: Reads, purchase: Purchase) -> dict[str, str]:
        """Return who took over the members of a purchase, of those who were read.

        Before something is booked for a member, that one is read.
        """
        users = (each for each in purchases.users(purchase) if self._member_path(each) in reads)
        return {each: into for each in users if (into := self._merged_into(reads, each))}

    def _merged_into(self, reads: Reads, user_id: str) -> str | None:
        """Return the member into whom this one was merged; ``None`` if that is not so."""
        membership = membership_documents.decode(reads[self._member_path(user_id)])
        return None if membership is None else membership.merged_into_user_id

    def _decide_on(
        self, reads: Reads, path: str, stored: Purchase | None, *, gives_up: bool = False
    ) -> Effect[ReceiptResult | _Missing]:
        before = stored or self._empty(self._receipt_id)
        for each in self._earlier or ():
            before = purchases.with_earlier(before, each.sale, each.grant, each.taken)
        before, is_taken_over = self._with_claimed(reads, before)
        is_earning = is_taken_over or (not gives_up and self._is_earning(reads))
        entry = self._earlier_entry(reads, before)
        if entry is not None:
            return Effect(self._earlier_result(entry))
        is_kept = not is_earning and self._keeps(reads, stored)
        receipt = replace(self._receipt, customer_id=None) if is_kept else self._receipt
        if stored is None and not is_earning and not is_kept and receipt.voids is None:
            notes = self._absence_notes(reads)
            return Effect(ReceiptResult(ReceiptOutcome.NOTHING, notes=notes) if notes else _NOTHING)
        reading = purchases.with_receipt(
            before,
            receipt,
            is_earning=is_earning,
            parts=self._parts,
            besides_minor=self._besides_minor,
        )
        if reading.refusal is not None:
            return Effect(ReceiptResult(ReceiptOutcome.REFUSED, reading.refusal))
        if reading.purchase == before and not is_taken_over:
            return Effect(self._unchanged(before, reading))
        if purchases.lacks_sale(reading.purchase, self._receipt):
            missing = self._without_sale(is_kept=stored is not None)
            if missing is not None:
                return Effect(missing)
        effect = self._settle(reads, path, reading, is_kept=is_kept)
        is_vain = not gives_up and is_earning and self._has_waited_in_vain(effect.result)
        return self._decide_on(reads, path, stored, gives_up=True) if is_vain else effect

    def _has_waited_in_vain(self, result: ReceiptResult | _Missing) -> bool:
        """Tell whether who waited for the receipt gets nothing for it: then nobody has it."""
        if self._waiter is None or isinstance(result, _Missing):
            return False
        return result.outcome is not ReceiptOutcome.AWARDED

    def _root_path(self, reads: Reads) -> str:
        """Return the path of the purchase to which the receipt belongs.

        It is the purchase of the receipt that it names; if that one refers to a sale itself, the
        purchase of that sale.
        """
        if self._receipt.voids is None:
            return self._path
        found = purchase_documents.decode(reads[self._path])
        if found is None or found.part_of is None:
            return self._path
        return paths.purchase(found.part_of)

    def _without_sale(self, *, is_kept: bool) -> ReceiptResult | _Missing | None:
        """Return what to do about a receipt whose sale is not in the purchase; ``None`` to keep it.

        If this sync has read the sale, and it has earned nothing, nothing is kept.
        """
        if self._earlier is None:
            return _Missing(earlier=True)
        original = self._receipt.voided_identity
        is_read = original is not None and self._is_known(original)
        return _NOTHING if is_read and not is_kept else None

    def _settle(
        self, reads: Reads, path: str, reading: Reading, *, is_kept: bool
    ) -> Effect[ReceiptResult | _Missing]:
        """Book what the purchase has to earn now and has not earned yet."""
        purchase, part = self._with_part(reads, reading.purchase)
        if is_kept and self._shared is not None:
            purchase = replace(purchase, expires_at=self._shared.expiry(self._told))
        uses = _Uses()
        purchase, dues = purchases.settled(purchase, partial(self._grown, reads, uses), self._now)
        missing = tuple(
            each
            for each in (*self._paths_of_dues(purchase, dues), *self._paths_of_returned(purchase))
            if each not in reads
        )
        if missing:
            return Effect(_Missing(missing))
        postings, state = Postings(purchase, {}), State(reads)
        for due in dues:
            self._begin(reads, postings, due.user_id)
        self._give_back_spent(state, postings)
        for due in dues:
            self._post(state, postings, due)
        purchase = postings.purchase
        if postings.has_taken:
            purchase = purchases.with_taken(purchase, self._receipt, self._now)
        writes: list[Write] = [
            purchase_documents.write(reads[path], purchase),
            *uses.writes,
            *state.writes(),
        ]
        if self._shared is not None and is_kept:
            writes += self._shared.kept(reads, purchase, self._told)
        elif self._shared is not None:
            claimant = self._receipt.customer_id if self._waiter else None
            writes += self._shared.writes(reads, purchase, self._told, claimant)
        if part is not None:
            writes.append(purchase_documents.write(reads[self._own_path], part))
        for user_id, entries in postings.entries.items():
            read = reads[paths.member(self._member_id(user_id))]
            writes += membership_documents.writes(read, postings.memberships[user_id], *entries)
        return Effect(self._result(reads, reading, postings), writes)

    def _with_part(self, reads: Reads, purchase: Purchase) -> tuple[Purchase, Purchase | None]:
        """Take over what refers to the receipt, if the receipt belongs to another's purchase.

        Returns:
            The purchase, and that of the receipt's own id if it changes.
        """
        if self._receipt.voids is None or self._is_in_place:
            return purchase, None
        stored = purchase_documents.decode(reads[self._own_path])
        own = stored or self._empty(self._receipt.external_id)
        purchase, part = purchases.with_part(purchase, own, self._receipt)
        return purchase, None if part == own else part

    def _begin(self, reads: Reads, postings: Postings, user_id: str) -> None:
        """Begin to post for a member, with what time has brought."""
        found = membership_documents.decode(reads[self._member_path(user_id)])
        if found is None:
            # The purchase gets the pseudonym, too; then it is booked there.
            raise Busy("The member is being erased.")
        membership, caught = ledger.caught_up(found, self._program, self._now)
        postings.memberships[user_id] = membership
        if caught:
            postings.entries[user_id] = [*caught]

    def _give_back_spent(self, state: State, postings: Postings) -> None:
        """Give back what was spent on sales of which everything came back."""
        for user_id, identity in purchases.returned(postings.purchase):
            if state.now[self._member_path(user_id)].data is None:
                continue  # The person was erased, and has nothing any more.
            if user_id not in postings.memberships:
                self._begin(state.now, postings, user_id)
            refunds = self._refunds(state, postings, user_id)
            purchase = postings.purchase
            earned_as = {each.entry_user_id for each in purchase.grants if each.user_id == user_id}
            # Two members who were merged may have bought under one name, in two stores.
            bought_by = self._member_id(earned_as.pop()) if len(earned_as) == 1 else None
            refunds.undo_spending(identity, bought_by=bought_by)
            self._note(postings, user_id, refunds)

    def _refunds(self, state: State, postings: Postings, user_id: str) -> SpentBack:
        cause = self._cause_of(state.now, "spent", postings.purchase)
        return SpentBack(state, postings.memberships[user_id], self._program, cause)

    def _note(self, postings: Postings, user_id: str, refunds: SpentBack) -> None:
        if refunds.membership != postings.memberships[user_id]:
            postings.memberships[user_id] = refunds.membership
            postings.entries.setdefault(user_id, []).extend(refunds.entries)

    def _post(self, state: State, postings: Postings, due: Due) -> None:
        reads = state.now
        originals = {
            grant.entry_id: original
            for grant in postings.purchase.grants
            if (read := reads.get(self._entry_path(grant))) is not None
            and (original := membership_documents.decode_entry(read)) is not None
        }
        if due.take_units > 0:
            refunds = self._refunds(state, postings, due.user_id)
            for original in originals.values():
                refunds.revoke_unlocked(original, due.take_units)
            self._note(postings, due.user_id, refunds)
        cause_of = partial(self._cause_of, reads)
        purchase_postings.post(postings, due, self._program, originals, cause_of, self._caused_by)

    def _paths_of_dues(self, purchase: Purchase, dues: Sequence[Due]) -> list[str]:
        """Return the documents that are needed to post what is due."""
        taking = {each.user_id for each in dues if each.take_units}
        entries = [self._entry_path(grant) for grant in purchase.grants if grant.user_id in taking]
        return [*(self._member_path(each.user_id) for each in dues), *entries]

    def _paths_of_returned(self, purchase: Purchase) -> list[str]:
        """Return the documents that say what was spent on sales of which everything came back."""
        found = []
        for user_id, identity in purchases.returned(purchase):
            spent = redemption_returns.spent_paths(self._member_id(user_id), identity, None)
            found += [self._member_path(user_id), *spent]
        return found

    def _entry_path(self, grant: Grant) -> str:
        return paths.entry(self._member_id(grant.entry_user_id), grant.entry_id)

    def _cause_of(self, reads: Reads, action: str, purchase: Purchase) -> Cause:
        """Return the cause of an entry.

        The first entry of a sale is named as it was before purchases were kept, so that an instance
        with the code of then cannot book it again; unless another sale got that name then.
        """
        receipt, transaction = self._receipt, transaction_id(self._sync, self._receipt.identity)
        is_taken = any(reads[path].data for path in self._earlier_paths)
        is_first = purchase.bookings == 0 and receipt.voids is None and not is_taken
        amount = abs(receipt.eligible.amount_minor) + abs(self._besides_minor)
        return bookings.cause_of(
            self._caller,
            self._program,
            action=action,
            business_key=transaction if is_first else f"{self._purchase_id}:{purchase.bookings}",
            terms=("receipt",),
            description=f"Receipt {receipt.number}"[:200],
            source=self._sync.source,
            transaction_id=transaction,
            purchase_amount=str(Money(amount, receipt.eligible.currency).to_major()),
        )

    def _grown(self, reads: Reads, uses: _Uses, growth: Growth) -> Grown:
        """Decide what is earned: by the time of the sale, and as the member was when it began.

        Args:
            reads: What was read.
            uses: Gets the campaigns that it has.
            growth: What earns now.

        Raises:
            Wanted: The member, or the count of a campaign, is not read yet.
        """
        path = self._member_path(growth.user_id)
        commands.want(reads, [path])
        membership = membership_documents.decode(reads[path])
        if membership is None:
            raise Busy("The member is being erased.")
        before, currency = growth.before, self._program.currency
        had = before.campaigns if before else ()
        membership = ledger.current(membership, self._program, self._now)
        if before is not None:
            membership = replace(membership, tier=before.tier)
        refused_units = 0

        def award_of(sold_out: set[str]) -> Award:
            nonlocal refused_units
            award, refused_units = earning.award_for_more(
                self._program,
                receipt_parts.shares_of(before.earning_parts if before else (), currency),
                receipt_parts.shares_of(growth.after, currency),
                Earner(membership, growth.at, sold_out | uses.campaign_ids, had),
                growth.held_units,
            )
            self._reason = award.reason
            return award

        award, writes = self._shards.decide(reads, award_of, had)
        campaigns = had
        if award.made_of is not None and award.awarded_units > 0:
            now_had = {each.campaign_id for each in award.made_of.campaigns}
            counted = (each for each in self._program.campaigns if each.is_counted)
            names = (each.campaign_id for each in counted if each.campaign_id in now_had)
            campaigns = tuple(dict.fromkeys((*had, *names)))
        uses.campaign_ids.update(campaigns)
        uses.writes += writes
        return Grown(award, refused_units, membership.tier, campaigns)

    def _is_earning(self, reads: Reads) -> bool:
        """Tell whether the customer was a member when the receipt was issued."""
        user_id = self._receipt.customer_id
        if user_id is None or _is_old(self._sync, self._receipt):
            return False
        membership = membership_documents.decode(reads[paths.member(self._member_id(user_id))])
        return (
            membership is not None
            and self._receipt.issued_at >= self._earns_since(membership)
            and not self._is_absent(membership)
        )

    def _earns_since(self, membership: Membership) -> datetime:
        """Return the time from which a member's receipts earn: who buys online may join later."""
        is_shop = self._sync.kind is SystemKind.SHOP
        return membership.enrolled_at - (JOINS_WITHIN if is_shop else timedelta(0))

    def _is_absent(self, membership: Membership) -> bool:
        """Tell whether a member is not active now, or was not when the receipt was issued."""
        return not membership.is_active or membership.was_absent_at(self._receipt.issued_at)

    def _absence_notes(self, reads: Reads) -> tuple[str, ...]:
        """Return why the member who is named gets nothing for a sale; empty if it is not that."""
        user_id = self._receipt.customer_id
        if user_id is None or _is_old(self._sync, self._receipt):
            return ()
        membership = membership_documents.decode(reads[paths.member(self._member_id(user_id))])
        return (_ABSENT,) if membership is not None and self._is_absent(membership) else ()

    def _earlier_entry(self, reads: Reads, purchase: Purchase) -> Entry | None:
        """Return the entry of the receipt, if it was booked before purchases were kept.

        A receipt that was issued after the booking is another one: its till was put in use again.
        """
        granted = {each.entry_id for each in purchase.grants}
        for path in self._earlier_paths:
            entry = membership_documents.decode_entry(reads[path])
            if entry is not None and entry.entry_id not in granted:
                return entry if self._receipt.issued_at <= entry.recorded_at else None
        return None

    def _earlier_result(self, entry: Entry) -> ReceiptResult:
        amount = self._receipt.eligible.to_major()
        if Decimal(entry.purchase_amount or 0) == amount:
            return _NOTHING
        return ReceiptResult(ReceiptOutcome.NOTHING, notes=(purchases.OTHER_AMOUNT,))

    def _unchanged(self, purchase: Purchase, reading: Reading) -> ReceiptResult:
        """Return the result of a receipt that was read before.

        If this sync has booked it and not counted it, because its worker died, it counts as new.
        """
        is_news = any(
            each.receipt_id == self._receipt.identity and each.booked_at > self._sync.started_at
            for each in purchase.grants
        )
        outcome = ReceiptOutcome.AWARDED if is_news else ReceiptOutcome.NOTHING
        taken_at = purchases.taken_at(purchase, self._receipt)
        if not is_news and taken_at is not None and taken_at > self._sync.started_at:
            outcome = ReceiptOutcome.TAKEN_BACK
        return ReceiptResult(outcome, notes=(reading.doubt,) if reading.doubt else ())

    def _result(self, reads: Reads, reading: Reading, postings: Postings) -> ReceiptResult:
        notes = [each for each in (self._receipt.doubt, reading.doubt) if each]
        if self._receipt.eligible.amount_minor > 0 and not _takes_back(self._receipt):
            notes += self._absence_notes(reads)
        if postings.uncollected_units:
            missing = from_units(postings.uncollected_units, self._program.scale)
            sentence = "{missing} could not be taken back: the member has spent them."
            notes.append(say("spent_already", sentence, missing=missing))
        outcome = ReceiptOutcome.NOTHING
        if postings.has_earned:
            outcome = ReceiptOutcome.AWARDED
        elif postings.has_taken:
            outcome = ReceiptOutcome.TAKEN_BACK
        return ReceiptResult(outcome, notes=tuple(notes))

    def _empty(self, receipt_id: str) -> Purchase:
        return Purchase(
            purchase_id=purchase_id(self._sync, receipt_id),
            account_id=self._sync.account_id,
            store_id=self._sync.store_id,
            program_id=self._program.program_id,
            system=self._sync.source,
            receipt_id=receipt_id,
        )

    def _member_id(self, user_id: str) -> str:
        return paths.membership_id(self._program.program_id, user_id)

    def _member_path(self, user_id: str) -> str:
        return paths.member(self._member_id(user_id))


def _drop(path: str, before: datetime) -> list[str]:
    """Drop the waiting receipts of a purchase, unless their sale came meanwhile."""

    def decide(reads: Reads) -> Effect[list[str]]:
        purchase = purchase_documents.decode(reads[path])
        if purchase is None or purchase.waiting_since is None or purchase.waiting_since > before:
            return Effect([])
        dropped = [each.receipt_id for each in purchase.waiting]
        after = purchases.without_waiting(purchase)
        write = (
            purchase_documents.deletion(reads[path])
            if after.is_empty
            else purchase_documents.write(reads[path], after)
        )
        return Effect(dropped, [write])

    return commands.run([path], decide)


def _drop_waited(path: str, now: datetime) -> int:
    def decide(reads: Reads) -> Effect[int]:
        receipt = receipt_documents.decode(reads[path])
        if receipt is None:
            return Effect(0)
        after = receipt_claims.without_waited(receipt, now)
        dropped = len(receipt.waiting) - len(after.waiting)
        if dropped == 0:
            return Effect(0)
        is_empty = after.is_only_awaited and not after.waiting
        read = reads[path]
        write = (
            receipt_documents.deletion(read) if is_empty else receipt_documents.write(read, after)
        )
        return Effect(dropped, [write])

    return commands.run([path], decide)
