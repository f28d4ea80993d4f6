"""Show redemptions, use the codes of rewards, and take redemptions back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import own_memberships, redemptions, undoing
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.redemptions import Redemption, RedemptionRecord, RedemptionStatus
from shared.domain.loyalty.reservations import Reservation
from shared.errors import (
    MembershipNotFound,
    RedemptionNotFound,
    RewardCodeNotFound,
    RewardCodeOfShop,
    RewardNotInStore,
)
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.loyalty import bookings, own_refunds, redemption_returns, reservations
from shared.services.loyalty.bookings import Booking, Prepared
from shared.services.rewards import shop_revocations
from shared.services.rewards.shop_revocations import RevokeFirst
from shared.store import client, paths
from shared.store.client import Document
from shared.store.loyalty import (
    membership_documents,
    program_documents,
    redemption_documents,
    reservation_documents,
)

Position = tuple[datetime, str]
"""Time and path of an entry."""
LOOKED_AT_ONCE = 100
LOOKED_AT_MAX = 1000
"""The redemptions among which one call looks for those of a status."""


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A code that was used: what of the redemption whoever hands out the reward has to know."""

    program_id: str
    user_id: str
    redemption_id: str
    reward_id: str | None
    description: str
    units: int
    scale: int
    redeemed_at: datetime
    used_at: datetime
    store_id: str
    used_by: str | None
    is_replay: bool = False


class _CommittedError(Exception):
    """A held code was committed by somebody else at this moment: it is a redemption now."""


@forwarding.following
def find(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None, redemption_id: str
) -> Redemption:
    """Return a redemption of a member, also one of who was merged into the member.

    Raises:
        ProgramNotFound, MembershipNotFound, RedemptionNotFound.
    """
    access.program(caller, program_id, store_id)
    membership_id = paths.membership_id(program_id, user_id)
    path, entry_path = paths.member(membership_id), paths.entry(membership_id, redemption_id)
    record_path = paths.redemption(membership_id, redemption_id)
    reads = client.get([path, entry_path, record_path])
    membership = membership_documents.decode(reads[path])
    if membership is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(membership)
    entry = membership_documents.decode_entry(reads[entry_path])
    if entry is not None and entry.kind is EntryKind.REDEEM:
        return shop_revocations.shown([redemption_documents.decode(entry, reads[record_path])])[0]
    merged_from = membership.merged_from
    older = membership_documents.find_entries(merged_from, redemption_id) if merged_from else []
    redeemed = [each for each in older if each.kind is EntryKind.REDEEM]
    if not redeemed:
        raise _not_found(user_id, redemption_id)
    found = shop_revocations.shown(redemption_documents.of_entries(redeemed[:1]))[0]
    return replace(found, merged_into_user_id=user_id)


@dataclass(frozen=True, slots=True)
class RedemptionPage:
    """A page of redemptions; ``next_after`` is where the next one begins, ``None`` on the last."""

    redemptions: Sequence[Redemption]
    next_after: Position | None


def list_page(
    caller: Caller,
    *,
    program_id: str | None,
    store_id: str | None,
    user_id: str | None,
    status: RedemptionStatus | None,
    after: Position | None,
    limit: int,
) -> RedemptionPage:
    """Return redemptions of a program, or of a store, newest first: of all or of one member.

    What became of a redemption is in a document of its own, which an entry does not wait for. So
    those of one ``status`` are looked for among at most ``LOOKED_AT_MAX``, and a page may have
    fewer than ``limit``, or none, before the last one.

    Raises:
        ProgramNotFound, StoreNotFound.
    """
    if program_id is not None:
        access.program(caller, program_id, store_id)
    else:
        assert store_id is not None
        access.store(caller, store_id)
    user_ids = None if user_id is None else forwarding.every_user_id(caller.account_id, user_id)
    size = limit if status is None else LOOKED_AT_ONCE
    found: list[Redemption] = []
    for _ in range(1 if status is None else LOOKED_AT_MAX // LOOKED_AT_ONCE):
        entries = membership_documents.list_redemptions(
            "programId" if program_id is not None else "storeId",
            program_id or store_id or "",
            user_ids=user_ids,
            after=after,
            limit=size + 1,
        )
        for each in redemption_documents.of_entries(entries[:size]):
            if len(found) == limit:
                return RedemptionPage(shop_revocations.shown(found), after)
            after = _position_of(each)
            if status in {None, each.record.status}:
                own = each if user_ids is None else replace(each, merged_into_user_id=user_ids[0])
                found.append(own)
        if len(entries) <= size:
            return RedemptionPage(shop_revocations.shown(found), None)
    return RedemptionPage(shop_revocations.shown(found), after)


def _position_of(redemption: Redemption) -> Position:
    """Return where a page ends."""
    entry = redemption.entry
    return entry.recorded_at, paths.entry(entry.membership_id, entry.entry_id)


def use(caller: Caller, *, store_id: str, reward_code: str, used_by: str | None) -> CodeUse:
    """Use the code of a reward once, in any store of the account.

    A code that is only reserved is committed in the same commit. Three RPCs, four for such a code.

    Raises:
        StoreNotFound, RewardCodeNotFound, RewardCodeUsed, RedemptionCancelled, RewardNotInStore,
        RewardCodeOfShop, RewardLimitReached, ReservationExpired, ReservationClosed,
        MemberSuspended, MembershipClosed, InsufficientBalance, RewardOutOfStock,
        IdempotencyKeyReused, Busy.
    """
    access.store(caller, store_id)
    request = _Use(caller, store_id, ids.typed_reward_code(reward_code), used_by)
    while True:
        entry = membership_documents.find_by_reward_code(caller.account_id, request.code)
        if entry is not None:
            return request.of_entry(entry)
        held = reservation_documents.find_by_reward_code(caller.account_id, request.code)
        if held is None:
            raise request.not_found()
        try:
            return request.of_hold(held)
        except _CommittedError:
            continue


@dataclass(frozen=True)
class _Use:
    caller: Caller
    store_id: str
    code: str
    used_by: str | None

    def of_entry(self, entry: Entry) -> CodeUse:
        """Use the code of what was redeemed."""
        now = clock.utc_now()
        entry_path = paths.entry(entry.membership_id, entry.entry_id)
        member_path = paths.member(entry.membership_id)
        path = redemption_documents.path_of(entry)

        def decide(reads: Reads) -> Effect[CodeUse]:
            if reads[entry_path].data is None:
                raise self.not_found()  # The person was erased at this moment.
            record = redemption_documents.decode(entry, reads[path]).record
            if record.shop_write_id is not None:
                raise self.of_shop(entry.program_id, entry.reward_id)
            used = record.used(now, self.store_id, self.used_by, self.caller.staff_id)
            self.require_store(entry.program_id, entry.reward_id)
            member = membership_documents.decode(reads[member_path])
            into = None if member is None else member.merged_into_user_id
            made = _used(entry, used, into or entry.user_id)
            return Effect(made, [redemption_documents.write(reads[path], used)], _kept(made))

        def replayed(kept: Document, reads: Reads) -> CodeUse:
            # Who asks again must not hand out what was taken back since.
            redemption_documents.decode(entry, reads[path]).record.require_handed_out()
            return _replayed(kept, reads)

        needs = [path, entry_path, member_path]
        return commands.run(needs, decide, claim=self.caller.claim, replay=replayed)

    def of_hold(self, held: Reservation) -> CodeUse:
        """Commit a reservation, and use its code in the same commit."""
        prepared = reservations.prepared_commit(
            self.caller,
            program_id=held.program_id,
            user_id=held.user_id,
            store_id=None,
            reservation_id=held.reservation_id,
            points=None,
        )

        reward = prepared.program.find_reward(held.reward_id) if held.reward_id else None
        if reward is not None and reward.shop is not None:
            raise self.of_shop(held.program_id, held.reward_id)

        def decide(reads: Reads) -> Effect[CodeUse]:
            effect = prepared.decide(reads)
            entry = effect.result.entry
            assert entry is not None, "a commit books something"
            if effect.result.is_replay:
                raise _CommittedError
            self.require_store(entry.program_id, entry.reward_id)
            record = RedemptionRecord.of(entry).used(
                entry.recorded_at, self.store_id, self.used_by, self.caller.staff_id
            )
            made = _used(entry, record, effect.result.user_id)
            writes = [*effect.writes, redemption_documents.creation(record)]
            return Effect(made, writes, _kept(made), effect.tasks)

        return commands.run(prepared.needs, decide, claim=self.caller.claim, replay=_replayed)

    def require_store(self, program_id: str, reward_id: str | None) -> None:
        """Refuse a store that does not hand the reward out, as its program says now.

        Raises:
            RewardNotInStore.
        """
        program = program_documents.find(program_id)
        reward = program.find_reward(reward_id) if program and reward_id else None
        if reward is not None and reward.store_ids and self.store_id not in reward.store_ids:
            raise RewardNotInStore(
                f"{reward.title} is not handed out in store {self.store_id}.",
                rewardId=reward_id,
                storeIds=list(reward.store_ids),
            )

    def of_shop(self, program_id: str, reward_id: str | None) -> RewardCodeOfShop:
        program = program_documents.find(program_id)
        reward = program.find_reward(reward_id) if program and reward_id else None
        shop = reward.shop if reward else None
        return RewardCodeOfShop(
            "The code is used in the online shop, and not at a till.",
            rewardId=reward_id,
            system=shop.system if shop else None,
        )

    def not_found(self) -> RewardCodeNotFound:
        return RewardCodeNotFound("There is no such code.")


def cancel(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    redemption_id: str,
    reason: str | None,
) -> Booking:
    """Give back what a redemption spent, with a piece of the stock that it took.

    What was handed out comes back only by who of the staff has handed it out, at once: see
    ``undoing.require_hand_out_undoable``. Imported codes are never given back by a cashier, and
    by nobody after they were used: see ``undoing.require_code_comes_back``.
    The code of an online shop is revoked there first, once everything else allows it.

    Raises:
        ProgramNotFound, MembershipNotFound, RedemptionNotFound, RewardCodeUsed,
        RedemptionCancelled, CancellationTooLate, PurchaseHasOwnRefund, BalanceLimitExceeded,
        ShopCodeUnsettled, IdempotencyKeyReused, Busy.
        UndoNotAllowed: A cashier asks, and it is not their own last booking for the member; or
            what the person has handed out is too old, or not the last booking; or a cashier asks
            for an imported code.
        OwnMembership: A cashier asks, and it is their own membership.
        ConnectorError: The shop is not connected, does not answer, or refuses to revoke the code.
    """
    program = access.program(caller, program_id, store_id)
    asked_id = paths.membership_id(program_id, user_id)
    cause = Cause(
        entry_id=redemptions.cancellation_id(asked_id, redemption_id),
        fingerprint=ids.digest("cancel", program_id, redemption_id),
        key_hash=caller.claim.claim_id if caller.claim else None,
        now=clock.utc_now(),
        description=reason or "Cancelled",
        staff_id=caller.staff_id,
    )

    own_id = bookings.cashiers_own_id(caller, program_id)

    def book(membership: Membership, reads: Reads, cause: Cause) -> bookings.Decided:
        if membership.erased_at is not None:
            # Nothing says any more whether it was cancelled before.
            raise RedemptionNotFound(
                "The redemptions of who was erased cannot be cancelled.",
                fix="Do nothing: there is nobody who could spend the points.",
            )
        own = [asked_id, *membership.every_membership_id]
        original = _entry_of(own, redemption_id, reads)
        if original is None or original.kind is not EntryKind.REDEEM:
            raise _not_found(user_id, redemption_id)
        path = redemption_documents.path_of(original)
        commands.want(reads, [path])
        record = redemption_documents.decode(original, reads[path]).record
        is_hand_out = undoing.is_own_hand_out(record, caller.staff_id)
        if own_id is not None:
            own_memberships.require_others(membership, own_id)
        undoing.require_code_comes_back(original, record, is_cashier=caller.is_cashier)
        if own_id is not None and not is_hand_out:
            undoing.require_undoable(original, membership, caller.staff_id, cause.now)
        if is_hand_out:
            undoing.require_hand_out_undoable(original, membership, cause.now)
            record = record.taken_back(cause.now, cause.entry_id, reason)
        else:
            record = record.cancelled(cause.now, cause.entry_id, reason)
        if original.transaction_id is not None:
            own_refunds.require_pays_no_checkout(
                reads, program, original.transaction_id, original.entry_id
            )
        redemptions.require_in_time(original, program.redemption_cancel_days, cause.now)
        given = redemption_returns.give_back(reads, membership, program, original, record, cause)
        # Last, because it may ask to call the shop, which must not be in vain.
        ended = shop_revocations.cancelling(reads, record, clock.real_now())
        return bookings.Decided(
            given.membership,
            given.entry,
            [*given.writes, *ended],
            given.expired,
            then=given.collected,
        )

    needs = [paths.entry(asked_id, redemption_id), paths.redemption(asked_id, redemption_id)]
    prepared = Prepared(program, user_id, cause, None, book, more_paths=needs)
    try:
        return prepared.run(caller.claim)
    except RevokeFirst as first:
        shop_revocations.revoke(first.writing)
    try:
        return prepared.run(caller.claim)
    except RevokeFirst as again:
        raise shop_revocations.unsettled(again.writing, clock.real_now()) from None


def _entry_of(membership_ids: Sequence[str], entry_id: str, reads: Reads) -> Entry | None:
    """Return the entry of this id that one of the memberships has; the first one is read."""
    first, *others = dict.fromkeys(paths.entry(each, entry_id) for each in membership_ids)
    found = membership_documents.decode_entry(reads[first])
    if found is not None or not others:
        return found
    commands.want(reads, others)
    decoded = (membership_documents.decode_entry(reads[each]) for each in others)
    return next((each for each in decoded if each is not None), None)


def _not_found(user_id: str, redemption_id: str) -> RedemptionNotFound:
    return RedemptionNotFound(f"User {user_id} has no redemption {redemption_id}.")


def _used(entry: Entry, record: RedemptionRecord, user_id: str) -> CodeUse:
    assert record.used_at is not None
    assert record.used_in_store_id is not None
    return CodeUse(
        entry.program_id,
        user_id,
        entry.entry_id,
        entry.reward_id,
        entry.description,
        -entry.units,
        entry.scale,
        entry.recorded_at,
        record.used_at,
        record.used_in_store_id,
        record.used_by,
    )


def _kept(used: CodeUse) -> Document:
    return {
        "programId": used.program_id,
        "userId": used.user_id,
        "redemptionId": used.redemption_id,
        "rewardId": used.reward_id,
        "description": used.description,
        "units": used.units,
        "scale": used.scale,
        "redeemedAt": used.redeemed_at,
        "usedAt": used.used_at,
        "storeId": used.store_id,
        "usedBy": used.used_by,
    }


def _replayed(kept: Document, _: Reads) -> CodeUse:
    return CodeUse(
        kept["programId"],
        kept["userId"],
        kept["redemptionId"],
        kept["rewardId"],
        kept["description"],
        kept["units"],
        kept["scale"],
        kept["redeemedAt"],
        kept["usedAt"],
        kept["storeId"],
        kept["usedBy"],
        is_replay=True,
    )
