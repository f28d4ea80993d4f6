"""Receipts that customers claim: made by the till, earned once, taken back with the goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import (
    earning,
    earning_base,
    ledger,
    receipt_claims,
    receipt_codes,
    tse_receipts,
)
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.entries import Cause
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.receipt_claims import (
    ClaimableReceipt,
    ClaimDropReason,
    ReceiptGrant,
    ReceiptStatus,
)
from shared.domain.loyalty.tse_receipts import TseReceipt
from shared.domain.money import Money
from shared.domain.stores.stores import Store
from shared.errors import (
    Busy,
    InvalidParameters,
    MembershipNotFound,
    PunktwerkError,
    ReceiptClaimsOff,
    ReceiptNoSale,
    ReceiptNotVerified,
)
from shared.services import access, commands, forwarding
from shared.services.accounts import callers
from shared.services.commands import Effect, Reads
from shared.services.joint_commands import State
from shared.services.loyalty import balances, bookings, redemption_returns, till_receipts
from shared.services.loyalty.bookings import Booking, Decided, Prepared
from shared.services.loyalty.returning import SpentBack
from shared.services.systems import receipt_points
from shared.services.vaults import vault
from shared.store import codec, paths
from shared.store.client import Document, Snapshot, Write
from shared.store.loyalty import membership_documents, program_documents, receipt_documents
from shared.store.stores import tse_documents

DESCRIPTION = "Receipt"


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A receipt with the text that its customer claims it with, valid until a time."""

    receipt: ClaimableReceipt
    amount: Decimal
    code: str
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class ReceiptEarned:
    """What a receipt earned in a program; nothing for ``reason``, which is ``None`` otherwise."""

    program_id: str
    scale: int
    balance_units: int
    tier: str | None
    units: int = 0
    entry_id: str | None = None
    reason: str | None = None
    pending_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedReceipt:
    """A claimed receipt. ``is_duplicate``: the same customer has claimed it before.

    ``is_waiting``: it earns when the till's export brings it; ``amount`` is what its code says.
    """

    store_id: str
    user_id: str
    amount: Decimal
    earned: tuple[ReceiptEarned, ...]
    is_duplicate: bool = False
    is_replay: bool = False
    is_waiting: bool = False

    @property
    def is_earned(self) -> bool:
        """Tell whether any program granted something."""
        return any(each.entry_id is not None for each in self.earned)


def create(
    caller: Caller,
    store_id: str,
    transaction_id: str,
    lines: Sequence[PurchaseLine],
    tse_code: str | None = None,
) -> MadeClaim:
    """Make the claim of a till's receipt. The same transaction and lines give the same one.

    ``tse_code``: the code of its TSE, if that is printed, too: it is the same receipt. The customer
    who has waited with that code gets what it earns in the same commit.

    Raises:
        StoreNotFound, InvalidParameters, ReceiptCodeDamaged, ReceiptVoided, Busy,
        ReceiptClaimsOff: No active program of the store lets members claim receipts.
        ReceiptClaimed: The till has booked the transaction for a member.
        IdempotencyKeyReused: The transaction has a claim with other lines.
    """
    store = access.store(caller, store_id)
    programs = _programs(store)
    if not programs:
        raise ReceiptClaimsOff("No active program of the store lets members claim receipts.")
    earning.require_payable(earning_base.paid_amount(lines), store.currency)
    amount_minor = receipt_claims.paid_minor(lines, store.currency)
    if amount_minor == 0:
        raise InvalidParameters(
            "Nothing was paid.", fields={"purchaseAmount": "must be greater than 0"}
        )
    now = clock.utc_now()
    claim = replace(
        till_receipts.empty(programs[0], transaction_id, now),
        lines=tuple(lines),
        amount_minor=amount_minor,
        issued_at=now,
        expires_at=now + receipt_claims.OPEN_KEPT,
    )
    path = paths.receipt(claim.receipt_id)
    name = till_receipts.second_name(caller.account_id, tse_code)

    def decide(reads: Reads) -> Effect[ClaimableReceipt]:
        stored = receipt_documents.decode(reads[path])
        after = receipt_claims.issued(stored, claim)
        booked: list[Write] = []
        names: list[Write] = []
        if name is not None:
            after = name.proved(reads, after, now)
            names = name.write(reads, after)
            after, booked = _given_to_waiting(caller, after, programs, reads, now)
        writes = [] if after == stored else [receipt_documents.write(reads[path], after)]
        return Effect(after, [*booked, *writes, *names])

    # The transaction is its key: a repetition is answered from the receipt itself.
    made = commands.run([path] if name is None else [path, name.path], decide)
    amount = receipt_claims.paid(made)
    assert made.issued_at is not None
    assert amount is not None
    days = max(_within_days(each) for each in programs)
    return MadeClaim(
        made,
        amount,
        code_of(made.receipt_id),
        made.issued_at,
        receipt_claims.valid_until(made.issued_at, days),
    )


def _given_to_waiting(
    caller: Caller,
    receipt: ClaimableReceipt,
    programs: Sequence[Program],
    reads: Reads,
    now: datetime,
) -> tuple[ClaimableReceipt, list[Write]]:
    """Give a receipt of which the till names no member to the customer who waits for it.

    Returns:
        The receipt, and the writes of what it earns. If that is nothing, the claim is dropped.

    Raises:
        Busy: The database is busy.
    """
    waiting = receipt_claims.waiting_of(receipt, receipt.proof)
    if waiting is None or not receipt.is_nobodys:
        return receipt, []
    person = forwarding.person_in(reads, receipt.account_id, waiting.user_id)
    user_id = waiting.user_id if person is None else person.user_id
    path_of = {
        each.program_id: paths.member(paths.membership_id(each.program_id, user_id))
        for each in programs
    }
    commands.want(reads, path_of.values())
    joined = [each for each in programs if reads[path_of[each.program_id]].data is not None]
    try:
        booked = _booked(caller, receipt, joined, user_id, reads, now, has_waited=True)
    except PunktwerkError as refusal:
        if not refusal.is_final:
            raise
        booked = None
    if booked is None or not booked.grants:
        nothing = ClaimDropReason.NOTHING_EARNED
        return receipt_claims.without_waiting(receipt, now, nothing), []
    after = receipt_claims.claimed(receipt, user_id, booked.grants, now)
    return after, booked.state.writes()


def code_of(receipt_id: str) -> str:
    """Return the code that claims a receipt."""
    return receipt_codes.text_of(receipt_id, _keys_of(receipt_id))


def claim(
    caller: Caller, *, user_id: str, code: str, store_id: str | None = None
) -> ClaimedReceipt:
    """Book what a receipt earns in each program of its store that the customer is a member of.

    All of it is one commit. If no program grants anything, the receipt stays open. The code of a
    TSE that no store has registered counts if the till's export has the same signature; with
    ``store_id``, it waits for that export.

    Raises:
        ReceiptCodeDamaged, ReceiptNotFound, IdempotencyKeyReused, Busy; and, if no program grants
        anything, why the first one does not: ReceiptNoSale, ReceiptNotVerified, ReceiptTooOld,
        ReceiptLimitReached, ReceiptClaimed, ReceiptVoided, ReceiptClaimsOff, MembershipNotFound,
        MemberSuspended, MembershipClosed.
    """
    if code.strip().startswith(tse_receipts.VERSION):
        tse = till_receipts.read_tse(code)
        proved = _signed_by_tse(caller, tse) or _imported(caller, tse)
        if proved is None and store_id is not None:
            try:
                return _wait(caller, tse, store_id=store_id, user_id=user_id)
            except _NowKnown:
                proved = _imported(caller, tse)
        if proved is None:
            raise _not_verified()
        found = proved
    else:
        receipt_id = receipt_codes.verify(code, _keys_of)
        found = access.own(caller, receipt_documents.find(receipt_id), receipt_codes.not_found())
    return _claim(caller, found, user_id=user_id)


def _signed_by_tse(caller: Caller, tse: TseReceipt) -> ClaimableReceipt | None:
    """Return the receipt that a registered TSE has signed; ``None`` if nothing tells that.

    Raises:
        ReceiptNoSale: It is no sale.
        ReceiptNotVerified: Its TSE is registered, and has not signed it.
    """
    if not tse.is_sale:
        raise ReceiptNoSale("The receipt is no sale.")
    known = tse_documents.find(caller.account_id, tse.tse_serial)
    if known is None or tse.time_format != tse_receipts.PROVABLE_TIMES:
        return None
    if not tse_receipts.is_signed(tse, [known.serial]):
        raise _not_verified()
    return _of_tse(caller.account_id, known.store_id, tse)


def _not_verified() -> ReceiptNotVerified:
    return ReceiptNotVerified("No TSE of the merchant's stores has signed this receipt.")


def _imported(caller: Caller, tse: TseReceipt) -> ClaimableReceipt | None:
    """Return the receipt that the till's export has with the same signature.

    Returns:
        ``None`` if nothing but other claims is known of it.

    Raises:
        ReceiptNotVerified: It is known otherwise: nothing tells that the code is real.
    """
    found = receipt_documents.find(till_receipts.tse_receipt_id(caller.account_id, tse.key))
    if found is not None and found.same_as is not None:
        found = receipt_documents.find(found.same_as)
    if found is None or found.is_only_awaited:
        return None
    if found.proof != tse.proof:
        raise _not_verified()
    return found


def _of_tse(account_id: str, store_id: str, tse: TseReceipt) -> ClaimableReceipt:
    """Return a receipt as its TSE's code tells it, of which nothing else is known yet."""
    return ClaimableReceipt(
        receipt_id=till_receipts.tse_receipt_id(account_id, tse.key),
        account_id=account_id,
        store_id=store_id,
        transaction_id=f"receipt:tse:{tse.key}",
        currency=tse_receipts.CURRENCY,
        created_at=clock.utc_now(),
        lines=tse.lines,
        amount_minor=receipt_claims.paid_minor(tse.lines, tse_receipts.CURRENCY),
        issued_at=tse.finished_at,
        proof=tse.proof,
    )


class _NowKnown(Exception):
    """The export has brought the receipt at this moment: the claim need not wait."""


@forwarding.following
def _wait(caller: Caller, tse: TseReceipt, *, store_id: str, user_id: str) -> ClaimedReceipt:
    """Let a customer wait for the export that brings a receipt: until then nothing proves it.

    It counts for the customer's day as a claim does.

    Raises:
        _NowKnown: It came meanwhile.
        ReceiptClaimed: Another customer waits for it.
        ReceiptNotVerified, StoreNotFound, ReceiptClaimsOff, MembershipNotFound, MemberSuspended,
        MembershipClosed, ReceiptTooOld, ReceiptLimitReached, IdempotencyKeyReused, Busy.
    """
    programs = _programs(access.store(caller, store_id))
    if not programs:
        raise ReceiptClaimsOff("The store's programs let members claim no receipts.")
    now, told = clock.utc_now(), _of_tse(caller.account_id, store_id, tse)
    path = paths.receipt(told.receipt_id)
    member_paths = [
        paths.member(paths.membership_id(each.program_id, user_id)) for each in programs
    ]
    result = ClaimedReceipt(store_id, user_id, tse.total, (), is_waiting=True)

    def decide(reads: Reads) -> Effect[ClaimedReceipt]:
        held = _held(programs, user_id, reads)
        stored = receipt_documents.decode(reads[path])
        if stored is not None and not stored.is_only_awaited:
            raise _NowKnown
        receipt = receipt_claims.without_waited(stored, now) if stored else _unknown(told)
        own = receipt_claims.waiting_of(receipt, tse.proof)
        if own and any(till_receipts.is_same_member(each, own.user_id) for _, each in held):
            again = replace(result, is_duplicate=True)
            return Effect(again, kept=codec.to_document(again))
        after = receipt_claims.awaited(receipt, user_id, tse.proof, now)
        counted = _counted(held, told, now, reads)
        write = receipt_documents.write(reads[path], after)
        return Effect(result, [*counted, write], kept=codec.to_document(result))

    def replay(kept: Document, _: Reads) -> ClaimedReceipt:
        return replace(codec.from_document(ClaimedReceipt, kept), is_replay=True)

    return commands.run([path, *member_paths], decide, claim=caller.claim, replay=replay)


def _unknown(told: ClaimableReceipt) -> ClaimableReceipt:
    """Return a receipt without what its code says, as nothing proves that."""
    return replace(told, lines=(), amount_minor=None, issued_at=None, proof=None)


def _held(
    programs: Sequence[Program], user_id: str, reads: Reads
) -> list[tuple[Program, Membership]]:
    """Return the programs that have the customer, with the memberships.

    Raises:
        MembershipNotFound: None has.
    """
    held = []
    for program in programs:
        path = paths.member(paths.membership_id(program.program_id, user_id))
        membership = membership_documents.decode(reads[path])
        forwarding.require_current(membership)
        if membership is not None:
            held.append((program, membership))
    if not held:
        raise MembershipNotFound(f"User {user_id} is in no such program of the store.")
    return held


def _counted(
    held: Sequence[tuple[Program, Membership]],
    told: ClaimableReceipt,
    now: datetime,
    reads: Reads,
) -> list[Write]:
    """Return the writes that count a waiting claim for the customer's day, as other claims.

    Raises:
        MemberSuspended, MembershipClosed, ReceiptTooOld, ReceiptLimitReached: No program takes it.
    """
    writes: list[Write] = []
    refusals = []
    for program, membership in held:
        rules, day = program.receipt_claims, receipt_claims.day_of(program, now)
        assert rules is not None
        try:
            membership.require_active()
            receipt_claims.require_within(told, rules, membership.counted, day, now)
        except PunktwerkError as refusal:
            refusals.append(refusal)
            continue
        counters = receipt_claims.counted(membership.counted, day, now)
        read = reads[paths.member(membership.membership_id)]
        writes += membership_documents.writes(read, replace(membership, counters=counters))
    if not writes:
        raise refusals[0]
    return writes


def _receipt(
    caller: Caller, found: ClaimableReceipt, reads: Reads
) -> tuple[Snapshot, ClaimableReceipt]:
    """Return the receipt as it is stored, by whichever name it was found, else ``found``.

    Raises:
        ReceiptNotFound: It is another account's.
    """
    read = reads[paths.receipt(found.receipt_id)]
    receipt = receipt_documents.decode(read) or found
    if receipt.is_only_awaited:
        # Others claim it with codes that nothing has proved.
        receipt = replace(
            receipt,
            store_id=found.store_id,
            transaction_id=found.transaction_id,
            lines=found.lines,
            amount_minor=found.amount_minor,
            issued_at=found.issued_at,
            proof=found.proof,
        )
    if receipt.same_as is not None:
        path = paths.receipt(receipt.same_as)
        commands.want(reads, [path])
        read = reads[path]
        receipt = access.own(caller, receipt_documents.decode(read), receipt_codes.not_found())
    return read, access.own(caller, receipt, receipt_codes.not_found())


@forwarding.following
def _claim(caller: Caller, found: ClaimableReceipt, *, user_id: str) -> ClaimedReceipt:
    programs = _programs(access.store(caller, found.store_id))
    now, path = clock.utc_now(), paths.receipt(found.receipt_id)
    member_paths = {
        each.program_id: paths.member(paths.membership_id(each.program_id, user_id))
        for each in programs
    }

    def decide(reads: Reads) -> Effect[ClaimedReceipt]:
        read, receipt = _receipt(caller, found, reads)
        memberships = {
            program_id: membership_documents.decode(reads[each])
            for program_id, each in member_paths.items()
        }
        for held in memberships.values():
            forwarding.require_current(held)
        is_own = any(
            held is not None and till_receipts.is_same_member(held, each.user_id)
            for each in receipt.grants
            if receipt.claimed_by is not None
            and (held := memberships.get(each.program_id)) is not None
        )
        held_by = [each for each in memberships.values() if each is not None]
        waited = None
        if not is_own:
            waited = receipt_claims.require_open(
                receipt,
                now,
                lambda waiter: any(till_receipts.is_same_member(each, waiter) for each in held_by),
            )
        had = {each.program_id for each in receipt.grants}
        imported = receipt.imported
        joined = [
            each
            for each in programs
            if (imported is None or imported.program_id == each.program_id)
            and memberships[each.program_id] is not None
            and (not is_own or each.program_id in had)
        ]
        if not programs:
            raise ReceiptClaimsOff("The store's programs let members claim no receipts.")
        if not joined:
            raise MembershipNotFound(f"User {user_id} is in no such program of the store.")
        if is_own and receipt.proof is not None:
            booked = _booked_before(receipt, joined, memberships, reads, now)
        elif imported is not None:
            booked = _of_import(caller, receipt, joined[0], user_id, reads, now)
        else:
            has_waited = waited is not None
            booked = _booked(caller, receipt, joined, user_id, reads, now, has_waited=has_waited)
        amount = receipt_claims.paid(receipt)
        assert amount is not None
        result = ClaimedReceipt(
            receipt.store_id, user_id, amount, tuple(booked.earned), is_duplicate=is_own
        )
        kept = codec.to_document(result)
        if is_own or not result.is_earned:
            return Effect(result, kept=kept)
        after = receipt_claims.claimed(receipt, user_id, booked.grants, now)
        write = receipt_documents.write(read, after)
        return Effect(result, [*booked.state.writes(), write], kept=kept)

    def replay(kept: Document, _: Reads) -> ClaimedReceipt:
        return replace(codec.from_document(ClaimedReceipt, kept), is_replay=True)

    # The entries that the decision asks for, unless the receipt changes meanwhile.
    asked = (_prepared(caller, found, each, user_id, now) for each in programs)
    needs = [path, *member_paths.values(), *(path for each in asked for path in each.needs)]
    return commands.run(list(dict.fromkeys(needs)), decide, claim=caller.claim, replay=replay)


@dataclass(frozen=True)
class _Booked:
    """What the programs granted for a receipt, and the documents as they are then."""

    state: State
    earned: list[ReceiptEarned]
    grants: list[ReceiptGrant]


def _of_import(
    caller: Caller,
    receipt: ClaimableReceipt,
    program: Program,
    user_id: str,
    reads: Reads,
    now: datetime,
) -> _Booked:
    """Decide on a sale that the till's export brought, in the program of its sync.

    Raises:
        PunktwerkError: The program's refusal.
    """
    rules = program.receipt_claims
    assert rules is not None
    path = paths.member(paths.membership_id(program.program_id, user_id))
    before = membership_documents.decode(reads[path])
    assert before is not None
    day = receipt_claims.day_of(program, now)
    receipt_claims.require_within(receipt, rules, before.counted, day, now)
    effect = receipt_points.claim(caller, program, receipt, user_id, reads)
    state = State(reads)
    state.apply(effect.writes)
    membership = membership_documents.decode(state.now[path])
    assert membership is not None
    grant = effect.result.grant
    earned = _of_grant(program, membership, now)
    if grant is None:
        return _Booked(state, [replace(earned, reason=effect.result.reason)], [])
    counters = receipt_claims.counted(membership.counted, day, now)
    state.apply(membership_documents.writes(reads[path], replace(membership, counters=counters)))
    booked = ReceiptGrant(
        program.program_id,
        user_id,
        grant.entry_id,
        grant.units,
        pending_until=grant.pending_until,
    )
    return _Booked(state, [_of(earned, booked)], [booked])


def _of(standing: ReceiptEarned, grant: ReceiptGrant) -> ReceiptEarned:
    """Return what a receipt has earned for a member who stands so."""
    return replace(
        standing,
        units=grant.units,
        entry_id=grant.entry_id,
        pending_until=grant.pending_until,
    )


def _of_grant(program: Program, membership: Membership, now: datetime) -> ReceiptEarned:
    """Return how a member stands in a program, for what a receipt has earned there."""
    return ReceiptEarned(
        program.program_id,
        program.scale,
        ledger.effective(membership, now).balance_units,
        membership.tier,
    )


def _booked_before(
    receipt: ClaimableReceipt,
    programs: Sequence[Program],
    memberships: Mapping[str, Membership | None],
    reads: Reads,
    now: datetime,
) -> _Booked:
    """Return what a receipt of a till's export has earned for its claimant."""
    booked = _Booked(State(reads), [], [])
    grants = {each.program_id: each for each in receipt.grants}
    for program in programs:
        membership = memberships[program.program_id]
        assert membership is not None
        earned = _of_grant(program, membership, now)
        booked.earned.append(_of(earned, grants[program.program_id]))
    return booked


def _booked(
    caller: Caller,
    receipt: ClaimableReceipt,
    programs: Sequence[Program],
    user_id: str,
    reads: Reads,
    now: datetime,
    *,
    has_waited: bool = False,
) -> _Booked:
    """Decide in one program after the other.

    ``has_waited``: it was within its limits, and counted for them, when the claim began to wait.

    Raises:
        PunktwerkError: The first program's refusal, if no program decides otherwise.
    """
    asked = {
        each.program_id: _prepared(caller, receipt, each, user_id, now, has_waited=has_waited)
        for each in programs
    }
    commands.want(reads, (path for each in asked.values() for path in each.needs))
    booked, refusals = _Booked(State(reads), [], []), []
    for program in programs:
        prepared = asked[program.program_id]
        try:
            effect = prepared.decide(booked.state.now)
        except PunktwerkError as refusal:
            if not refusal.is_final:
                raise
            refusals.append(refusal)
            held = membership_documents.decode(reads[prepared.needs[0]])
            assert held is not None
            booked.earned.append(_nothing(program, held, refusal, now))
            continue
        booked.state.apply(effect.writes)
        booking = effect.result
        booked.earned.append(_earned(booking))
        if booking.entry is not None:
            grant = ReceiptGrant(
                program.program_id,
                user_id,
                booking.entry.entry_id,
                booking.entry.granted_units,
                pending_until=booking.entry.pending_until,
            )
            booked.grants.append(grant)
    if refusals and len(refusals) == len(programs):
        raise refusals[0]
    return booked


def _earned(booking: Booking) -> ReceiptEarned:
    entry = booking.entry
    return ReceiptEarned(
        booking.program.program_id,
        booking.program.scale,
        booking.balance_units,
        booking.tier,
        units=entry.granted_units if entry else 0,
        entry_id=entry.entry_id if entry else None,
        reason=booking.award.reason if booking.award and not entry else None,
        pending_until=entry.pending_until if entry else None,
    )


def _nothing(
    program: Program, membership: Membership, refusal: PunktwerkError, now: datetime
) -> ReceiptEarned:
    return replace(_of_grant(program, membership, now), reason=refusal.code.lower())


def _prepared(
    caller: Caller,
    receipt: ClaimableReceipt,
    program: Program,
    user_id: str,
    now: datetime,
    *,
    has_waited: bool = False,
) -> Prepared:
    """Prepare the booking of a receipt in a program: within its limits, and counted for them.

    It has the name that the till's own booking of the transaction would have.
    """
    rules = program.receipt_claims
    assert rules is not None
    prepared = balances.prepared_add(
        replace(caller, claim=None),
        program_id=program.program_id,
        user_id=user_id,
        store_id=None,
        points=None,
        purchase_lines=receipt.earning_lines,
        transaction_id=receipt.transaction_id,
        source=None,
        description=DESCRIPTION,
        earning_method=receipt_claims.EARNING_METHOD,
        is_claim=True,
    )
    if has_waited:
        return prepared
    day = receipt_claims.day_of(program, now)

    def book(membership: Membership, reads: Reads, cause: Cause) -> Decided:
        receipt_claims.require_within(receipt, rules, membership.counted, day, now)
        decided = prepared.book(membership, reads, cause)
        if decided.entry is None:
            return decided
        counted = receipt_claims.counted(decided.membership.counted, day, now)
        return replace(decided, membership=replace(decided.membership, counters=counted))

    return replace(prepared, book=book)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a return took back in a program: fewer units than asked if the member had spent some."""

    program_id: str
    user_id: str
    scale: int
    units: int


@dataclass(frozen=True, slots=True)
class VoidedReceipt:
    """A receipt of which money came back; ``taken`` is what this took back."""

    store_id: str
    transaction_id: str
    status: ReceiptStatus
    returned: Decimal
    taken: tuple[TakenBack, ...] = ()


def void(
    caller: Caller,
    store_id: str,
    transaction_id: str | None,
    tse_code: str | None,
    returned: Decimal | None,
) -> VoidedReceipt:
    """Note what came back of a receipt, and take back its share of the points, in one commit.

    Args:
        caller: A secret key.
        store_id: The store.
        transaction_id: The receipt's transaction; else ``tse_code``.
        tse_code: The code of its TSE. A receipt that nobody has claimed by it is known from now on.
        returned: All that came back so far; ``None``: everything. Told again, it changes nothing.

    Raises:
        StoreNotFound, ReceiptNotFound, ReceiptCodeDamaged, ReceiptNoSale, InvalidParameters, Busy,
        ReceiptImported: The till's export tells what came back.
    """
    store = access.store(caller, store_id)
    told = _told(caller, store_id, tse_code)
    if returned is not None:
        earning.require_payable(returned, store.currency)
    minor = None if returned is None else Money.from_major(returned, store.currency).amount_minor
    receipt_id = (
        told.receipt_id if told else till_receipts.receipt_id(store_id, transaction_id or "")
    )
    path, now = paths.receipt(receipt_id), clock.utc_now()

    def decide(reads: Reads) -> Effect[VoidedReceipt]:
        found = told or receipt_documents.decode(reads[path])
        if found is None:
            raise receipt_codes.not_found()
        read, receipt = _receipt(caller, found, reads)
        if minor is not None and receipt.amount_minor is None:
            raise InvalidParameters(
                "The till has booked points without an amount.",
                fields={"returnedAmount": "is unknown of this receipt: leave it out to void all"},
            )
        before = receipt
        if told is not None and told.proof is not None:
            before = receipt_claims.proved(receipt, told.proof, None, now)
        after = receipt_claims.returned(before, minor, now)
        state, taken = _taken(receipt, after, reads)
        writes = [] if after == receipt else [receipt_documents.write(read, after)]
        sum_returned = Money(after.returned_minor, after.currency).to_major()
        result = VoidedReceipt(store_id, receipt.transaction_id, after.status, sum_returned, taken)
        return Effect(result, [*state.writes(), *writes])

    # It says how much came back in all, so a repetition changes nothing.
    return commands.run([path], decide)


def _told(caller: Caller, store_id: str, tse_code: str | None) -> ClaimableReceipt | None:
    """Return the receipt of which the till tells the code of its TSE; ``None`` if it tells none."""
    if tse_code is None:
        return None
    tse = till_receipts.read_tse(tse_code)
    if not tse.is_sale:
        raise ReceiptNoSale("The receipt is no sale.")
    return _of_tse(caller.account_id, store_id, tse)


def _taken(
    before: ClaimableReceipt, after: ClaimableReceipt, reads: Reads
) -> tuple[State, tuple[TakenBack, ...]]:
    """Return the documents with the points taken back that ``after`` asks for.

    Raises:
        Busy: The member is being erased.
    """
    asked = [
        (_taking(old, new, after), new)
        for old, new in zip(before.grants, after.grants, strict=True)
        if new.asked_units > old.asked_units
    ]
    commands.want(reads, (path for prepared, _ in asked for path in prepared.needs))
    state, taken = State(reads), []
    for prepared, grant in asked:
        try:
            effect = prepared.decide(state.now)
        except MembershipNotFound:
            # The receipt gets the pseudonym, too; then it is booked there.
            raise Busy("The member is being erased.") from None
        state.apply(effect.writes)
        entry, program = effect.result.entry, prepared.program
        units = -entry.moved_units if entry else 0
        taken.append(TakenBack(program.program_id, grant.user_id, program.scale, units))
    return state, tuple(taken)


def _taking(old: ReceiptGrant, new: ReceiptGrant, receipt: ClaimableReceipt) -> Prepared:
    """Prepare to take back what a return asks of one grant."""
    program = program_documents.find(old.program_id)
    assert program is not None, "programs are never deleted"
    units = new.asked_units - old.asked_units
    # What was asked back before only grows, so it names the return.
    key = f"receipt:{receipt.receipt_id}:{old.entry_id}:{old.asked_units}"
    cause = bookings.cause_of(
        callers.acting_for(receipt.account_id),
        program,
        action="take_back",
        business_key=key,
        terms=(old.entry_id, str(units)),
        description=DESCRIPTION,
        transaction_id=receipt.transaction_id,
    )
    membership_id = paths.membership_id(program.program_id, old.user_id)
    original_path = paths.entry(membership_id, old.entry_id)
    spent = (
        redemption_returns.spent_paths(membership_id, receipt.transaction_id, None)
        if receipt.is_void
        else []
    )

    def book(membership: Membership, reads: Reads, cause: Cause) -> Decided:
        original = membership_documents.decode_entry(reads[original_path])
        if original is None:
            raise Busy("The member is being erased.")
        state = State(reads)
        refunds = SpentBack(state, membership, program, cause)
        if receipt.is_void:
            refunds.undo_spending(receipt.transaction_id, None, original.membership_id)
        entry = refunds.take_back(original, units)
        return Decided(refunds.membership, entry, state.writes(), before=refunds.entries)

    return Prepared(program, old.user_id, cause, None, book, more_paths=[original_path, *spent])


def _programs(store: Store) -> list[Program]:
    """Return the store's active programs whose members may claim receipts."""
    found = (program_documents.find(each) for each in store.active_program_ids)
    return [each for each in found if each and each.is_active and each.receipt_claims]


def _within_days(program: Program) -> int:
    assert program.receipt_claims is not None
    return program.receipt_claims.within_days


def _keys_of(receipt_id: str) -> tuple[bytes, ...]:
    return vault().derived_keys(receipt_codes.KEYS_PURPOSE, receipt_id)
