"""The ledger: the only place where a balance changes, one immutable entry for each change.

Every function takes the state that was read and returns the state and the entry to write;
the caller commits both or neither. These equations always hold (``Membership.assert_consistent``)::

    balance = sum(open lots) + held - deficit
    balance = earned - redeemed - expired - reversed + adjusted
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared import ids
from shared.clock import to_wire
from shared.domain.loyalty import (
    chain,
    due,
    earned_months,
    earning,
    expiry_moments,
    figures,
    hold_releases,
    holds,
    lot_dates,
    lots,
    merging,
    pending,
    referred,
    reward_counts,
    tiers,
    uncollected_returns,
    waiting_returns,
)
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.entries import (
    Cause,
    Entry,
    EntryKind,
    Extended,
    Moved,
    SpentLot,
    Undone,
)
from shared.domain.loyalty.expiry import Renewal
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import RECENT_MAX, Membership, RecentEntry
from shared.domain.loyalty.pending import PendingAward
from shared.domain.loyalty.programs import Program, StampsRules
from shared.domain.loyalty.referred import Referred
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.rewards import Reward
from shared.domain.loyalty.uncollected_returns import Uncollected
from shared.domain.loyalty.waiting_returns import WaitingReturn
from shared.domain.units import BALANCE_UNITS_MAX, from_units
from shared.errors import (
    BalanceLimitExceeded,
    InsufficientBalance,
    ReservationExists,
    TooManyReservations,
    VersionMismatch,
)

FULL_CARD = "full_card"
"""The reward id that a full stamp card without rewards unlocks."""
TIER_BY_TIME = "time"
TIER_BY_RECALCULATION = "recalculation"
"""Why a tier changed without a booking."""


def enroll(
    program: Program,
    *,
    membership_id: str,
    user_id: str,
    now: datetime,
    source: str | None = None,
    joined_at: datetime | None = None,
    is_new: bool = True,
) -> Membership:
    """Open an empty membership.

    Args:
        program: The program.
        membership_id: Its id.
        user_id: The member.
        now: UTC.
        source: The external system that enrols the member.
        joined_at: When the member joined in another system, if that was before; anniversaries
            count from then, and none is made up for.
        is_new: False for a member who comes from another system, and gets no welcome bonus, now
            or later.

    Raises:
        ProgramInactive: The program takes no members.
    """
    program.require_active()
    opened = Membership(
        membership_id=membership_id,
        account_id=program.account_id,
        store_id=program.store_id,
        program_id=program.program_id,
        user_id=user_id,
        scale=program.scale,
        enrolled_at=now,
        updated_at=now,
        source=source,
        tier=tiers.tier_for(program.tiers, 0),
        awaits_welcome=program.welcome_units > 0 and is_new,
        counters=Counters(),
        joined_at=joined_at,
        anniversary_years=due.years_since(joined_at, program.time_zone, now) if joined_at else 0,
    )
    return due.scheduled(opened, program.time_zone)


def earn(
    membership: Membership,
    program: Program,
    units: int,
    cause: Cause,
    *,
    expires_at: datetime | None = None,
) -> tuple[Membership, Entry]:
    """Grant ``units`` (> 0), which expire at ``expires_at``, by default as rule or program say.

    That time is counted from the day on which they were earned: ``cause.occurred_at``, if it is
    told later. So the units may have expired already, and the caller writes them off. If the
    program renews points by earning, it puts off the expiry of what the member has.

    What a purchase earns (``cause.is_purchase``) is pending for as long as the program says at
    this moment, from ``pending.waits_from`` on: the entry is of the kind ``PENDING``, and balance,
    totals and tier stay.

    Raises:
        ProgramInactive: The program grants nothing.
        MemberSuspended, MembershipClosed: The member earns nothing.
        BalanceLimitExceeded: The membership would hold more than the limit.
    """
    assert units > 0
    program.require_active()
    membership.require_active()
    waits_from = pending.waits_from(cause)
    activates_at = due.activates_at(program, waits_from) if cause.is_purchase else None
    if activates_at is not None and activates_at > cause.now:
        return _pend(membership, program, units, cause, activates_at)
    membership, until = lot_dates.after_activity(membership, program, Renewal.EARNING, cause)
    if expires_at is None:
        lot = lot_dates.granted(membership, program, units, cause)
    else:
        lot = lot_dates.given(membership, program, Lot(units, expires_at), cause.now)
    after = replace(
        _credit(membership, lot),
        earned_units=membership.earned_units + units,
        lifetime_units=membership.lifetime_units + units,
        counters=earning.counters_after(membership, program, units, cause),
        referral=_referral_after(membership, program, units, cause),
    )
    return _book(membership, after, program, EntryKind.EARN, cause, lot=lot, renewed_until=until)


def _referral_after(
    membership: Membership, program: Program, units: int, cause: Cause
) -> Referred | None:
    """Return the referral of a membership after a grant, which a purchase before it does not."""
    bought_at, state = cause.occurred_at or cause.now, membership.referral
    if state is None or bought_at < membership.enrolled_at:
        return state
    due_at = due.referral_at(program, state.terms.cool_off_days, pending.waits_from(cause))
    return referred.after_purchase(state, membership.membership_id, cause, units, due_at)


def _pend(
    membership: Membership, program: Program, units: int, cause: Cause, activates_at: datetime
) -> tuple[Membership, Entry]:
    """Grant units that cannot be spent before a moment. They get their day of expiry now, too.

    It is that of the purchase, as if it had waited from then on.
    """
    held_units = membership.balance_units + membership.pending_units
    if len(membership.pending) >= pending.PENDING_MAX or held_units + units > BALANCE_UNITS_MAX:
        raise BalanceLimitExceeded("The membership would have more pending than it may.")
    membership, until = lot_dates.after_activity(membership, program, Renewal.EARNING, cause)
    bought_at = cause.occurred_at or cause.now
    award = PendingAward(
        membership_id=membership.membership_id,
        entry_id=cause.entry_id,
        units=units,
        activates_at=activates_at,
        expires_at=due.expires_at(program, due.activates_at(program, bought_at) or bought_at),
        description=cause.description,
        source=cause.source,
        transaction_id=cause.transaction_id,
        purchase_amount=cause.purchase_amount,
        earning_method=cause.earning_method,
        renews=lot_dates.is_renewed(program, None),
    )
    after = replace(
        membership,
        pending_units=membership.pending_units + units,
        pending=pending.ordered(*membership.pending, award),
        # For limits it is the purchase that counts, not the day on which it can be spent.
        counters=earning.counters_after(membership, program, units, cause),
        referral=_referral_after(membership, program, units, cause),
    )
    return _book(
        membership,
        after,
        program,
        EntryKind.PENDING,
        cause,
        lot=Lot(units, award.expires_at, renews=award.renews),
        renewed_until=until,
        pending_until=activates_at,
    )


def activate(
    membership: Membership, program: Program, award: PendingAward, now: datetime
) -> tuple[Membership, Entry]:
    """Let a pending grant be spent: only now it counts for balance, totals and tier.

    It was earned before, so it does not matter whether program and member are still active.
    """
    granted = Lot(award.units, award.expires_at, renews=award.renews)
    lot = lot_dates.given(membership, program, granted, now)
    after = replace(
        _credit(membership, lot),
        earned_units=membership.earned_units + award.units,
        lifetime_units=membership.lifetime_units + award.units,
        pending_units=membership.pending_units - award.units,
        pending=pending.without(membership.pending, award),
    )
    # A grant that was taken back, given back and activated in parts is activated several times.
    entry_id = ids.derived("le", "activate", membership.membership_id, str(membership.seq + 1))
    cause = Cause(
        entry_id=entry_id,
        fingerprint=ids.digest("activate", entry_id),
        now=now,
        description=award.description,
        source=award.source,
        transaction_id=award.transaction_id,
        purchase_amount=award.purchase_amount,
        earning_method=award.earning_method,
        activates_entry_id=award.entry_id,
    )
    return _book(
        membership,
        after,
        program,
        EntryKind.EARN,
        cause,
        lot=lot,
        # Whenever the calendar comes; or by hand, before its day.
        earned_at=min(award.activates_at, now),
    )


def caught_up(
    membership: Membership, program: Program, now: datetime
) -> tuple[Membership, tuple[Entry, ...]]:
    """Book what time has brought: units that are pending no more, then those that have expired.

    Holds that have ended give back theirs before that. Tiers are lost in between, each at its
    moment: what is pending until later does not help.
    What has expired at different moments are entries of their own, so that whoever has read the
    membership in between has known another version. Every booking does so first, so it does not
    matter when the calendar runs.
    """
    ended = [each for each in membership.holds if not each.is_open(now)]
    membership = hold_releases.without_ended(membership, now)
    entries: list[Entry] = []
    for award in pending.due(membership.pending, now):
        membership, lost = _tiers_lost(membership, program, award.activates_at, now)
        entries += lost
        if award.units == 0:
            left = pending.without(membership.pending, award)
            membership = replace(membership, pending=left)
        elif membership.balance_units + award.units <= BALANCE_UNITS_MAX:
            membership, entry = activate(membership, program, award, now)
            entries.append(entry)
    membership, lost = _tiers_lost(membership, program, now, now)
    entries += lost
    for units in expiry_moments.due(membership.lots, ended, now):
        membership, entry = _written_off(membership, program, units, now)
        entries.append(entry)
    return membership, tuple(entries)


def _written_off(
    membership: Membership, program: Program, units: expiry_moments.Units, now: datetime
) -> tuple[Membership, Entry]:
    """Write off what has expired at one moment."""
    expired_units = sum(units.values())
    after = replace(
        membership,
        lots=expiry_moments.without(membership.lots, units),
        balance_units=membership.balance_units - expired_units,
        expired_units=membership.expired_units + expired_units,
    )
    return _book(membership, after, program, EntryKind.EXPIRE, expiry_cause(membership, now))


def _tiers_lost(
    membership: Membership, program: Program, until: datetime, now: datetime
) -> tuple[Membership, list[Entry]]:
    """Book the tiers that a member has lost by ``until``: an entry for each moment of a fall."""
    entries = []
    while membership.tier_valid_until is not None and membership.tier_valid_until <= until:
        lost_at = membership.tier_valid_until
        after = tiers.fallen(membership, program)
        if after.tier == membership.tier:
            membership = due.scheduled(after, program.time_zone)
            continue
        cause = replace(tier_cause(membership, now), occurred_at=lost_at)
        membership, entry = _book(
            membership, after, program, EntryKind.TIER, cause, tier_reason=TIER_BY_TIME
        )
        entries.append(entry)
    return membership, entries


def recalculate_tier(
    membership: Membership, program: Program, now: datetime, *, entry_id: str
) -> tuple[Membership, Entry | None]:
    """Give a member the tier that the program's present thresholds give, at once.

    Args:
        membership: The membership, which has lost by ``now`` what it loses by time.
        program: Its program.
        now: UTC.
        entry_id: The id of the entry, if there is one.

    Returns:
        The membership, and no entry if the tier is the same. It may be held by another threshold
        then, or until another moment.
    """
    after = tiers.recalculated(membership, program, now)
    if after.tier == membership.tier:
        return due.scheduled(after, program.time_zone), None
    return _book(
        membership,
        after,
        program,
        EntryKind.TIER,
        Cause(entry_id=entry_id, fingerprint=ids.digest("tier", entry_id), now=now),
        tier_reason=TIER_BY_RECALCULATION,
    )


def current(membership: Membership, program: Program, now: datetime) -> Membership:
    """Return a membership as it is at ``now``, with the history that is booked so far.

    ``seq`` is the number that its last entry gets: who has read it, and books as long as it holds,
    has known what time has brought.
    """
    after, _ = caught_up(membership, program, now)
    if after is membership:
        return membership
    return replace(
        after,
        recent=membership.recent,
        head_hash=membership.head_hash,
        updated_at=membership.updated_at,
    )


def redeem(
    membership: Membership,
    program: Program,
    units: int,
    cause: Cause,
    *,
    overdraft_units: int = 0,
) -> tuple[Membership, Entry]:
    """Spend ``units`` (> 0), beginning with those that expire first, and none that are held.

    Members keep the right to spend while a program is inactive.

    ``overdraft_units`` is how far below zero this may take the balance. What is missing becomes a
    deficit, which the next credit absorbs.

    Raises:
        MemberSuspended, MembershipClosed: The member spends nothing.
        InsufficientBalance: ``units`` exceeds what is available and the overdraft; nothing changes.

    Source: Loyalty API, redeemLoyaltyPoints ("Doppelabzug ist nicht möglich").
    """
    assert units > 0
    membership.require_active()
    if units > membership.available_units + overdraft_units:
        raise insufficient(membership, units)
    part, _ = lots.split(membership.lots, units)
    after = replace(
        _debit(membership, units),
        redeemed_units=membership.redeemed_units + units,
        counters=_with_reward(membership, program, cause),
    )
    return _spend(membership, after, program, part, cause)


def _with_reward(membership: Membership, program: Program, cause: Cause) -> Counters | None:
    """Return the counters of a member who has redeemed a reward, on the day on which they did."""
    if cause.reward_id is None or program.find_reward(cause.reward_id) is None:
        return membership.counters
    before, known = membership.counted, {each.reward_id for each in program.every_reward}
    day = due.local_day(cause.occurred_at or cause.now, program.time_zone)
    counts = reward_counts.added(before.rewards, cause.reward_id, day, known)
    return replace(before, rewards=counts)


def _without_reward(membership: Membership, program: Program, original: Entry) -> Counters | None:
    """Return the counters of a member whose redemption of a reward was cancelled."""
    before = membership.counters
    if before is None or original.reward_id is None:
        return before
    day = due.local_day(original.occurred_at or original.recorded_at, program.time_zone)
    counts = reward_counts.taken_back(before.rewards, original.reward_id, day)
    return replace(before, rewards=counts)


def hold(membership: Membership, program: Program, wanted: Hold, units: int) -> Membership:
    """Set ``units`` (> 0) aside, those first that expire first; ``wanted`` gets their lots.

    Members keep the right to do so while a program is inactive.

    Args:
        membership: The membership, without holds that have ended.
        program: The program.
        wanted: What is to be set aside, without lots.
        units: How much.

    Raises:
        MemberSuspended, MembershipClosed: The member spends nothing.
        InsufficientBalance: ``units`` exceeds what is available.
        ReservationExists: The member has an open hold for the same reward.
        TooManyReservations: The member has too many open holds.
    """
    assert units > 0
    membership.require_active()
    require_unreserved(membership, wanted.reward_id)
    if units > membership.available_units:
        raise insufficient(membership, units)
    if len(membership.holds) >= holds.HOLDS_MAX:
        raise TooManyReservations(f"A member has at most {holds.HOLDS_MAX} open reservations.")
    part, left = lots.split(membership.lots, units)
    after = replace(
        membership,
        lots=left,
        held_units=membership.held_units + units,
        holds=(*membership.holds, replace(wanted, lots=part)),
        updated_at=wanted.made_at,
    )
    after.assert_consistent()
    return due.scheduled(after, program.time_zone)


def require_unreserved(membership: Membership, reward_id: str | None) -> None:
    """Refuse to reserve a reward that the member has reserved.

    Raises:
        ReservationExists: There is an open hold for it.
    """
    known = [each for each in membership.holds if reward_id and each.reward_id == reward_id]
    if known:
        raise ReservationExists(
            "The member has reserved this reward already.",
            reservationId=known[0].reservation_id,
            expiresAt=to_wire(known[0].ends_at),
        )


def release(membership: Membership, program: Program, ended: Hold, now: datetime) -> Membership:
    """Give back what a hold has set aside. Members who spend nothing can do so as well."""
    after = replace(hold_releases.released(membership, [ended]), updated_at=now)
    after.assert_consistent()
    return due.scheduled(after, program.time_zone)


def redeem_held(
    membership: Membership, program: Program, held: Hold, units: int, cause: Cause
) -> tuple[Membership, Entry]:
    """Spend ``units`` (> 0) of a hold; the rest of it is free at once.

    Reversals take what the balance has, held or not. So a hold may have more than is left.

    Raises:
        MemberSuspended, MembershipClosed: The member spends nothing.
        InsufficientBalance: ``units`` exceeds the hold, or what is left of the balance.
    """
    assert units > 0
    assert held in membership.holds
    membership.require_active()
    if units > min(held.units, membership.balance_units):
        raise _not_in_hold(membership, held, units)
    part, rest = lots.split(held.lots, units)
    without = replace(
        membership,
        holds=tuple(each for each in membership.holds if each != held),
        held_units=membership.held_units - held.units,
        balance_units=membership.balance_units - units,
        redeemed_units=membership.redeemed_units + units,
        counters=_with_reward(membership, program, cause),
    )
    after = hold_releases.put_back(without, rest)
    return _spend(membership, after, program, part, cause)


def _spend(
    before: Membership, after: Membership, program: Program, part: Iterable[Lot], cause: Cause
) -> tuple[Membership, Entry]:
    """Book a redemption that took ``part``. If it renews points, it puts off what is left."""
    after, until = lot_dates.after_activity(after, program, Renewal.SPENDING, cause)
    return _book(
        before,
        after,
        program,
        EntryKind.REDEEM,
        cause,
        spent=_spent(part),
        renewed_until=until,
    )


def _spent(part: Iterable[Lot]) -> tuple[SpentLot, ...]:
    """Return lots as an entry keeps those that left a balance."""
    return tuple(SpentLot(lot.units, lot.expires_at, lot.renews or None) for lot in part)


def cancel(
    membership: Membership, program: Program, original: Entry, cause: Cause
) -> tuple[Membership, Entry]:
    """Give back all that a redemption spent, to lots with the dates that they had, or to which
    activities since then have put them off.

    What has reached its date meanwhile is given back, too, and the caller writes it off. Of older
    redemptions the dates are not known: what they give back never expires. What returns could not
    take, as this was spent, is in ``collected_units`` of the entry: the caller takes it by
    ``collect``.

    Raises:
        BalanceLimitExceeded: The membership would hold more than the limit.
    """
    assert original.kind is EntryKind.REDEEM
    units = -original.units
    spent = original.spent or ()
    without_lot = units - sum(each.units for each in spent)
    given = [
        # What was spent beyond the balance had no lot.
        *([Lot(without_lot)] if without_lot else []),
        *(
            lot_dates.given(
                membership,
                program,
                Lot(each.units, each.expires_at, renews=bool(each.renews)),
                cause.now,
            )
            for each in spent
        ),
    ]
    after = membership
    for lot in given:
        after = _credit(after, lot)
    after = replace(
        after,
        reversed_units=membership.reversed_units - units,
        counters=_without_reward(membership, program, original),
    )
    collected_units = sum(taken for _, taken in _to_collect(after, original))
    return _book(
        membership,
        after,
        program,
        EntryKind.REVERSE,
        cause,
        corrects=original,
        collected_units=collected_units or None,
    )


def _to_collect(membership: Membership, redeemed: Entry) -> list[tuple[Uncollected, int]]:
    """Return what each return takes of a membership that has back what a redemption spent.

    That is what the return would have taken if the redemption had not been. What had expired by
    then it would not have taken.
    """
    taken_units = 0
    takings = []
    for each in uncollected_returns.due(membership.uncollected, redeemed):
        # All that has expired is of the redemption: what else has is written off already.
        _, dead_units = lots.split_due(membership.lots, each.since)
        there = min(-redeemed.units, membership.balance_units) - dead_units - taken_units
        taken = min(each.units, max(there, 0))
        taken_units += taken
        takings += [(each, taken)] if taken else []
    return takings


def collect(
    membership: Membership,
    program: Program,
    redeemed: Entry,
    earns: Mapping[tuple[str, str], Entry],
    cause: Cause,
) -> tuple[Membership, tuple[Entry, ...]]:
    """Take what returns could not take before, of what a redemption has just given back.

    Args:
        membership: The membership, as ``cancel`` returns it.
        program: The program.
        redeemed: The redemption that was cancelled.
        earns: The earns of ``uncollected_returns.due``, by the ids of membership and entry.
        cause: That of ``cancel``.

    Returns:
        It, and an entry for each return, which corrects the earn.
    """
    entries = []
    for number, (one, units) in enumerate(_to_collect(membership, redeemed)):
        earn_entry = earns[one.earn]
        entry_id = uncollected_returns.entry_id(cause.entry_id, number)
        why = Cause(
            entry_id=entry_id,
            fingerprint=ids.digest("collect", entry_id),
            now=cause.now,
            description=cause.description,
            transaction_id=earn_entry.transaction_id,
        )
        own = _own_lot(membership, program, earn_entry, why)
        after = replace(
            _debit(membership, units, own=own, after=one.since),
            reversed_units=membership.reversed_units + units,
            lifetime_units=membership.lifetime_units - units,
            counters=earning.counters_after_return(membership, earn_entry, units),
            uncollected=tuple(
                each.collected(units) if each is one else each for each in membership.uncollected
            ),
        )
        membership, entry = _book(
            membership, after, program, EntryKind.REVERSE, why, corrects=earn_entry
        )
        entries.append(entry)
    return membership, tuple(entries)


def set_balance(
    membership: Membership,
    program: Program,
    target_units: int,
    cause: Cause,
    *,
    total_earned_units: int | None = None,
) -> tuple[Membership, Entry] | None:
    """Book the difference that makes the balance ``target_units`` (>= 0), and set the lifetime.

    Whoever has a balance has earned at least as much, so the lifetime that counts for tiers rises
    to the balance if it is lower. It never falls by that: a balance may be low because it was spent
    elsewhere. ``total_earned_units`` (>= ``target_units``) is the exact lifetime, up or down.

    Added units never expire: the system that sets a balance also sets its expiries, and would
    otherwise add again the units that expired here.

    Returns:
        ``None`` if balance and lifetime are so already. If the lifetime alone differs, the entry
        has 0 units.

    Raises:
        MemberSuspended, MembershipClosed: Nobody changes what the member has.

    Source: External Sync API, action ``set`` ("bei set: Neuer Stand"), and "Punkte, Stempel und
    Tiers werden in beiden Systemen synchron gehalten".
    """
    assert target_units >= 0
    membership.require_active()
    difference = target_units - membership.balance_units
    if total_earned_units is None:
        lifetime_units = max(membership.lifetime_units, target_units)
    else:
        assert total_earned_units >= target_units
        lifetime_units = total_earned_units
    if difference == 0 and lifetime_units == membership.lifetime_units:
        return None
    changed = membership
    if difference > 0:
        changed = _credit(membership, Lot(difference))
    elif difference < 0:
        changed = _debit(membership, -difference)
    after = replace(
        changed,
        adjusted_units=membership.adjusted_units + difference,
        lifetime_units=lifetime_units,
    )
    return _book(membership, after, program, EntryKind.ADJUST, cause)


def adjust(
    membership: Membership, program: Program, units: int, cause: Cause
) -> tuple[Membership, Entry]:
    """Correct what a member has by hand: add ``units``, or take them if negative; never 0.

    A mistake can be mended for a member who is suspended or has left, and in an inactive program:
    nothing is earned or spent by it. So it changes neither what was earned nor what counts for
    tiers, limits and campaigns. Added units expire as if they had been granted now. What is taken
    comes from the units that expire first, and never from those that are held or pending.

    Raises:
        MembershipClosed: The membership was merged into another one, on which to book instead.
        InsufficientBalance: Less than what is to be taken is available; nothing changes.
        BalanceLimitExceeded: The membership would hold more than the limit.
    """
    assert units != 0
    lot = None
    if units > 0:
        lot = lot_dates.granted(membership, program, units, cause)
        changed = _credit(membership, lot)
    elif -units > membership.available_units:
        raise insufficient(membership, -units)
    else:
        changed = _debit(membership, -units)
    after = replace(changed, adjusted_units=membership.adjusted_units + units)
    return _book(membership, after, program, EntryKind.ADJUST, cause, lot=lot)


def adjust_to(
    membership: Membership, program: Program, target_units: int, cause: Cause
) -> tuple[Membership, Entry] | None:
    """Correct a balance by hand to ``target_units`` (>= 0), as ``adjust`` does.

    Returns:
        ``None`` if it is the balance already.

    Raises:
        MembershipClosed, InsufficientBalance, BalanceLimitExceeded: See ``adjust``.
    """
    assert target_units >= 0
    membership.require_unmerged()
    units = target_units - membership.balance_units
    return adjust(membership, program, units, cause) if units else None


def require_version(membership: Membership | None, user_id: str, version: int) -> None:
    """Refuse to book if the member has another version than the caller knows.

    Args:
        membership: The membership, with what time has brought; ``None`` if there is none.
        user_id: The member.
        version: The number of the last entry that the caller knows; 0 for none.

    Raises:
        VersionMismatch: There is another last entry.
    """
    current_version = membership.seq if membership else 0
    if current_version == version:
        return
    units, scale = (membership.balance_units, membership.scale) if membership else (0, 0)
    raise VersionMismatch(
        f"The member has version {current_version}, and not {version}.",
        userId=user_id,
        version=current_version,
        currentBalance=from_units(units, scale),
    )


def owe(
    membership: Membership, program: Program, units: int, cause: Cause
) -> tuple[Membership, Entry]:
    """Begin with ``units`` (> 0) that the member still owes: the next credits absorb them.

    Nobody was asked and nothing is spent, so the balance may be below zero whatever the program
    allows. What was earned, tiers and limits stay as they are.
    """
    assert units > 0
    debited = _debit(membership, units)
    after = replace(debited, adjusted_units=membership.adjusted_units - units)
    return _book(membership, after, program, EntryKind.ADJUST, cause)


def extend(
    membership: Membership,
    program: Program,
    until: datetime,
    cause: Cause,
    *,
    before: datetime | None = None,
) -> tuple[Membership, Entry] | None:
    """Put off the expiry of what a member has to ``until``; none of it expires earlier than it did.

    Held and pending units are put off as well. It also happens to members who are suspended or have
    left, and in inactive programs: nothing is earned or spent by it.

    Args:
        membership: The membership, without lots that have expired.
        program: It says when the new expiry is announced.
        until: The new time of expiry.
        cause: The cause.
        before: Only what expires then; ``None``: all that expires before ``until``.

    Returns:
        ``None`` if nothing expires later by it.

    Raises:
        MembershipClosed: The membership was merged into another one.
    """
    membership.require_unmerged()
    after, units = lot_dates.extended(membership, program, until, cause.now, before)
    if units == 0:
        return None
    return _book(
        membership,
        after,
        program,
        EntryKind.EXTEND,
        cause,
        lot=Lot(0, until),
        extended=Extended(units, before),
    )


def bring_along(
    membership: Membership, program: Program, units: int, total_earned_units: int, cause: Cause
) -> tuple[Membership, Entry]:
    """Add what a member brings along from another system to what they have here.

    The units expire as if they had been granted at ``cause.occurred_at``, by default now. They may
    have expired already, and the caller writes them off. They count as adjusted, and not as earned
    here: the program's figures, milestones and limits know nothing of them. Who has ever earned
    something elsewhere has purchased before, for campaigns.

    Args:
        membership: The membership.
        program: Its program.
        units: What the member has (>= 0).
        total_earned_units: What the member has ever earned (> 0, >= ``units``), for tiers.
        cause: The cause.

    Raises:
        ProgramInactive: The program grants nothing.
        MemberSuspended, MembershipClosed: Nobody changes what the member has.
        BalanceLimitExceeded: The membership would hold more than the limit.
    """
    assert 0 <= units <= total_earned_units
    assert total_earned_units > 0
    program.require_active()
    membership.require_active()
    changed, lot = membership, None
    if units:
        lot = lot_dates.granted(membership, program, units, cause)
        changed = _credit(membership, lot)
    counters = membership.counted
    after = replace(
        changed,
        adjusted_units=membership.adjusted_units + units,
        lifetime_units=membership.lifetime_units + total_earned_units,
        counters=replace(counters, purchases=max(counters.purchases, 1)),
    )
    return _book(membership, after, program, EntryKind.ADJUST, cause, lot=lot)


def reverse(
    membership: Membership,
    program: Program,
    original: Entry,
    units: int,
    cause: Cause,
    *,
    policy: ReversePolicy = ReversePolicy.WITHIN_BALANCE,
    undone: Undone | None = None,
    spares_held: bool = False,
) -> tuple[Membership, Entry] | None:
    """Take back ``units`` of an earn, or give back ``units`` of a redemption.

    Args:
        membership: The membership before the change.
        program: It gives tiers and rewards, which the change may affect.
        cause: The cause, with the id of the new entry.
        original: The entry to correct: an earn or a redemption.
        units: From 1 to the original's units that no earlier reversal took back.
        policy: If an earn's units are spent already: take the units that the balance covers and
            record the rest as uncollected, or take all and leave a deficit, which the next credit
            absorbs; or take nothing that is not pending.
        undone: What was given back before, in the same commit.
        spares_held: Within the balance, take nothing that is held.

    What is still pending is taken from there: balance and totals know nothing of it. What is held
    belongs to the balance: it is taken last, and missing when the hold is redeemed, unless it is
    spared.
    """
    assert original.kind in {EntryKind.EARN, EntryKind.REDEEM, EntryKind.PENDING}
    assert 0 < units <= abs(original.granted_units)
    award = pending.find(membership.pending, original)
    if award is not None:
        return _take_pending(membership, program, original, award, units, cause, undone)
    if original.kind is EntryKind.REDEEM:
        after = replace(
            _credit(membership, Lot(units)), reversed_units=membership.reversed_units - units
        )
        return _book(membership, after, program, EntryKind.REVERSE, cause, corrects=original)
    if policy is ReversePolicy.ONLY_PENDING:
        return None
    there_units = membership.available_units if spares_held else membership.balance_units
    within_balance = min(units, max(there_units, 0))
    taken = units if policy is ReversePolicy.UNLIMITED else within_balance
    if taken == 0:
        return None
    after = replace(
        _debit(
            _remembering(membership, original, units - taken, cause.now),
            taken,
            own=_own_lot(membership, program, original, cause),
        ),
        reversed_units=membership.reversed_units + taken,
        lifetime_units=membership.lifetime_units - taken,
        counters=earning.counters_after_return(membership, original, taken),
        referral=referred.after_return(membership.referral, original, units),
    )
    return _book(
        membership,
        after,
        program,
        EntryKind.REVERSE,
        cause,
        corrects=original,
        uncollected_units=units - taken,
        undone=undone,
    )


def uncollected(
    membership: Membership,
    original: Entry,
    units: int,
    now: datetime,
    *,
    policy: ReversePolicy = ReversePolicy.WITHIN_BALANCE,
) -> Membership:
    """Return a membership from which ``reverse`` could take nothing: the goods came back all the
    same, so the purchase of a referral does not count any more. A redemption that is cancelled
    later pays what the balance did not have.
    """
    after = referred.after_return(membership.referral, original, units)
    if after != membership.referral:
        membership = replace(membership, referral=after)
    is_pending = pending.find(membership.pending, original) is not None
    if policy is ReversePolicy.WITHIN_BALANCE and not is_pending:
        return _remembering(membership, original, units, now)
    return membership


def _remembering(membership: Membership, original: Entry, units: int, now: datetime) -> Membership:
    """Return a membership that remembers what a return could not take of an earn, if anything."""
    if units == 0:
        return membership
    every = uncollected_returns.added(membership.uncollected, original, units, now)
    return replace(membership, uncollected=every)


def withdraw(membership: Membership, original: Entry, units: int) -> tuple[Membership, int]:
    """Return a membership of which a return is withdrawn that could not take ``units`` of an earn.

    Returns:
        It, and how many of the units were taken since then, of a cancelled redemption: the caller
        gives them back (``restore``), too.
    """
    every, to_give_back = uncollected_returns.withdrawn(membership.uncollected, original, units)
    if every == membership.uncollected:
        return membership, 0
    return replace(membership, uncollected=every), to_give_back


def await_purchase(membership: Membership, program: Program, one: WaitingReturn) -> Membership:
    """Let a return wait for its purchase: nothing is taken yet.

    Raises:
        TooManyWaitingReturns: Too many wait already.
    """
    membership.require_unmerged()
    waiting = waiting_returns.added(membership.waiting_returns, one)
    after = replace(membership, waiting_returns=waiting, updated_at=one.since)
    return due.scheduled(after, program.time_zone)


def remember_returns(
    membership: Membership, program: Program, told: Sequence[WaitingReturn]
) -> Membership:
    """Remember returns of a purchase that was told and has earned nothing: it may earn later."""
    waiting = waiting_returns.remembered(membership.waiting_returns, told)
    return due.scheduled(replace(membership, waiting_returns=waiting), program.time_zone)


def await_no_more(
    membership: Membership, program: Program, gone: Collection[WaitingReturn]
) -> Membership:
    """Return a membership in which some returns do not wait any more."""
    waiting = tuple(each for each in membership.waiting_returns if each not in gone)
    return due.scheduled(replace(membership, waiting_returns=waiting), program.time_zone)


def _take_pending(
    membership: Membership,
    program: Program,
    original: Entry,
    award: PendingAward,
    units: int,
    cause: Cause,
    undone: Undone | None,
) -> tuple[Membership, Entry] | None:
    taken = min(units, award.units)
    if taken == 0:
        return None
    return _move_pending(
        membership,
        program,
        original,
        -taken,
        cause,
        uncollected_units=units - taken,
        undone=undone,
    )


def _move_pending(
    membership: Membership,
    program: Program,
    original: Entry,
    units: int,
    cause: Cause,
    *,
    uncollected_units: int = 0,
    undone: Undone | None = None,
) -> tuple[Membership, Entry]:
    """Give ``units`` back to a grant that is pending, or take them from it if negative."""
    after = replace(
        membership,
        pending_units=membership.pending_units + units,
        pending=pending.changed(membership.pending, original, units),
        counters=earning.counters_after_return(membership, original, -units),
        referral=referred.after_return(membership.referral, original, -units),
    )
    return _book(
        membership,
        after,
        program,
        EntryKind.REVERSE,
        cause,
        corrects=original,
        uncollected_units=uncollected_units,
        undone=undone,
    )


def restore(
    membership: Membership, program: Program, original: Entry, units: int, cause: Cause
) -> tuple[Membership, Entry]:
    """Give back ``units`` of an earn that reversals took. They keep their time of expiry, or that
    to which activities have put it off.

    Args:
        membership: The membership before the change.
        program: It gives tiers and rewards, which the change may affect.
        original: The earn.
        units: From 1 to the units that reversals took and that were not given back yet.
        cause: The cause, with the id of the new entry.

    Raises:
        BalanceLimitExceeded: The membership would hold more than the limit.
    """
    assert original.kind in {EntryKind.EARN, EntryKind.PENDING}
    assert 0 < units <= original.granted_units
    if pending.find(membership.pending, original) is not None:
        return _move_pending(membership, program, original, units, cause)
    lot = _own_lot(membership, program, original, cause)
    after = replace(
        _credit(membership, replace(lot, units=units)),
        reversed_units=membership.reversed_units - units,
        lifetime_units=membership.lifetime_units + units,
        counters=earning.counters_after_return(membership, original, -units),
        referral=referred.after_return(membership.referral, original, -units),
    )
    return _book(membership, after, program, EntryKind.REVERSE, cause, corrects=original)


def expire(
    membership: Membership, program: Program, cause: Cause
) -> tuple[Membership, Entry] | None:
    """Write off the lots that have expired at ``cause.now``; return ``None`` if there are none.

    What is held does not expire before its hold ends.
    """
    after = effective(membership, cause.now)
    if after.expired_units == membership.expired_units:
        return None
    return _book(membership, after, program, EntryKind.EXPIRE, cause)


def expired(
    membership: Membership, program: Program, now: datetime
) -> tuple[Membership, Entry] | None:
    """Write off what has expired, under the name that every process gives to that entry."""
    # Nearly always nothing has; then no name is computed.
    if effective(membership, now) is membership:
        return None
    return expire(membership, program, expiry_cause(membership, now))


def without_expired(
    membership: Membership, program: Program, now: datetime
) -> tuple[Membership, Entry | None]:
    """Write off what had expired already when it was booked, in the same commit."""
    return expired(membership, program, now) or (membership, None)


def merge(
    source: Membership, target: Membership, program: Program, out: Cause, into: Cause
) -> tuple[tuple[Membership, Entry], tuple[Membership, Entry]]:
    """Move all that one membership has to another one of the same program.

    Lots keep their dates, and the sum of both balances stays as it was. The old membership keeps
    its tier, which says nothing any more; that of the new one follows from both lifetimes.

    Args:
        source: The membership to empty and close, without expired lots.
        target: The membership that takes over, without expired lots.
        program: The program of both.
        out: The cause of the old membership's entry.
        into: The cause of the new membership's entry.

    Raises:
        MembershipClosed: One of them was merged into another one before.
        MergeLimitExceeded: Too many memberships were merged into the new one.
        BalanceLimitExceeded: The new membership would hold more than the limit.
    """
    assert source.program_id == target.program_id
    target.require_unmerged()
    given = _book(
        source,
        merging.handed_over(source, target),
        program,
        EntryKind.MERGE,
        out,
        moved=merging.moved(source, target, is_in=False),
    )
    joined = merging.taken_over(_with_months(target, program), _with_months(source, program))
    if joined.balance_units > BALANCE_UNITS_MAX:
        raise _too_much()
    taken = _book(
        target,
        joined,
        program,
        EntryKind.MERGE,
        into,
        moved=merging.moved(source, source, is_in=True),
    )
    return given, taken


def tier_cause(membership: Membership, now: datetime) -> Cause:
    """Return the cause of the entry of a tier that is lost: every process gives the same id."""
    entry_id = ids.derived("le", "tier", membership.membership_id, str(membership.seq + 1))
    return Cause(entry_id=entry_id, fingerprint=ids.digest("tier", entry_id), now=now)


def transfer(
    source: Membership, target: Membership, program: Program, units: int, out: Cause, into: Cause
) -> tuple[tuple[Membership, Entry], tuple[Membership, Entry]]:
    """Move ``units`` (> 0) from a member to another one of the same program.

    Those that expire first go first, with their dates, and none that are held or pending. It counts
    as neither earned nor spent, for both. If the balance of the other one is below zero, they pay
    that first.

    Args:
        source: The membership that gives, with what time has brought.
        target: The membership that gets, likewise.
        program: The program of both.
        units: How much.
        out: The cause of the entry of ``source``.
        into: The cause of the entry of ``target``.

    Raises:
        MemberSuspended, MembershipClosed: One of them neither earns nor spends.
        InsufficientBalance: ``units`` exceeds what is available; nothing changes.
        BalanceLimitExceeded: The other membership would hold more than the limit.
    """
    assert units > 0
    assert source.program_id == target.program_id
    assert source.membership_id != target.membership_id
    source.require_active()
    target.require_active()
    if units > source.available_units:
        raise insufficient(source, units)
    part, _ = lots.split(source.lots, units)
    spent = _spent(part)
    given = replace(_debit(source, units), adjusted_units=source.adjusted_units - units)
    got = target
    for lot in part:
        # It may have been announced to the one who gives, but not to the one who gets it.
        got = _credit(got, replace(lot, alert_at=due.alert_at(program, lot.expires_at)))
    got = replace(got, adjusted_units=target.adjusted_units + units)
    return (
        _book(source, given, program, EntryKind.TRANSFER, out, spent=spent),
        _book(target, got, program, EntryKind.TRANSFER, into, spent=spent),
    )


def expiry_cause(membership: Membership, now: datetime) -> Cause:
    """Return the cause of an expiry's entry: every process gives the same entry id."""
    entry_id = ids.derived("le", "expire", membership.membership_id, str(membership.seq + 1))
    return Cause(entry_id=entry_id, fingerprint=ids.digest("expire", entry_id), now=now)


def effective(membership: Membership, now: datetime) -> Membership:
    """Return a membership at ``now``, without ended holds and without expired lots.

    They count as expired although no entry says so yet: the next booking writes that entry first.
    """
    membership = hold_releases.without_ended(membership, now)
    open_lots, units = lots.split_due(membership.lots, now)
    if units == 0:
        return membership
    return replace(
        membership,
        lots=open_lots,
        balance_units=membership.balance_units - units,
        expired_units=membership.expired_units + units,
    )


def insufficient(membership: Membership, units: int) -> InsufficientBalance:
    """Return the refusal to spend more than is available, in the units of the API."""
    balance = from_units(membership.balance_units, membership.scale)
    what = f"The balance of {balance}"
    if membership.held_units:
        held = from_units(membership.held_units, membership.scale)
        left = from_units(max(membership.available_units, 0), membership.scale)
        what = f"Of the balance of {balance}, {held} are reserved: what is left, {left},"
    return _does_not_cover(membership, membership.available_units, units, what)


def _not_in_hold(membership: Membership, held: Hold, units: int) -> InsufficientBalance:
    available_units = min(held.units, membership.balance_units)
    what = f"The reservation of {from_units(max(available_units, 0), membership.scale)}"
    return _does_not_cover(membership, available_units, units, what)


def _does_not_cover(
    membership: Membership, available_units: int, units: int, what: str
) -> InsufficientBalance:
    """Return the refusal; ``what`` is there, with how much, which may be below zero."""
    required = from_units(units, membership.scale)
    return InsufficientBalance(
        f"{what} does not cover {required}.",
        required=required,
        available=from_units(max(available_units, 0), membership.scale),
        missing=from_units(units - available_units, membership.scale),
    )


def _with_months(membership: Membership, program: Program) -> Membership:
    """Return a membership that counts what is earned by month, if its program has tiers."""
    if not program.tiers:
        return membership
    return replace(membership, earned_by_month=tiers.months_of(membership, program.time_zone))


def _counted_by_month(
    before: Membership, changed: Membership, program: Program, earned_at: datetime, now: datetime
) -> Membership:
    """Return a membership with what it has earned counted in the month of ``earned_at``."""
    units = changed.lifetime_units - before.lifetime_units
    if units == 0 or not program.tiers or changed.merged_into is not None:
        return changed
    zone = program.time_zone
    months = earned_months.changed(
        tiers.months_of(before, zone),
        units,
        figures.month_of(earned_at, zone),
        figures.month_of(now, zone),
    )
    return replace(changed, earned_by_month=months)


def _credit(membership: Membership, lot: Lot) -> Membership:
    """Add units: they pay the deficit first, the rest joins the lot with the same expiry."""
    if membership.balance_units + lot.units > BALANCE_UNITS_MAX:
        raise _too_much()
    absorbed = min(lot.units, membership.deficit_units)
    return replace(
        membership,
        balance_units=membership.balance_units + lot.units,
        deficit_units=membership.deficit_units - absorbed,
        lots=lots.add(membership.lots, replace(lot, units=lot.units - absorbed)),
    )


def _too_much() -> BalanceLimitExceeded:
    return BalanceLimitExceeded("The membership would hold more than it may.")


def _own_lot(membership: Membership, program: Program, original: Entry, cause: Cause) -> Lot:
    """Return the lot that an earn has filled, as it would be filled now; its units do not count."""
    lot = Lot(0, original.lot_expires_at, renews=bool(original.renews))
    return lot_dates.given(membership, program, lot, cause.now)


def _debit(
    membership: Membership, units: int, *, own: Lot | None = None, after: datetime | None = None
) -> Membership:
    """Take units from the lots, first from those that expire when the ``own`` one does.

    ``after``: none from those that have expired by then, and are not written off yet.
    """
    first = () if own is None else (own.expires_at,)
    alive, _ = (membership.lots, 0) if after is None else lots.split_due(membership.lots, after)
    dead = membership.lots[: len(membership.lots) - len(alive)]
    left, missing = lots.take(alive, units, own=first)
    return replace(
        membership,
        balance_units=membership.balance_units - units,
        deficit_units=membership.deficit_units + missing,
        lots=(*dead, *left),
    )


def _book(
    before: Membership,
    changed: Membership,
    program: Program,
    kind: EntryKind,
    cause: Cause,
    *,
    lot: Lot | None = None,
    corrects: Entry | None = None,
    uncollected_units: int = 0,
    moved: Moved | None = None,
    pending_until: datetime | None = None,
    spent: tuple[SpentLot, ...] | None = None,
    earned_at: datetime | None = None,
    tier_reason: str | None = None,
    renewed_until: datetime | None = None,
    extended: Extended | None = None,
    collected_units: int | None = None,
    undone: Undone | None = None,
) -> tuple[Membership, Entry]:
    """Seal a change: number it, recompute tier and unlocked rewards, chain it by its hash.

    Reversals and expiries also happen to members who are suspended or have left.
    ``earned_at`` is when it was earned, by default when it happened, or what it corrects did.
    ``tier_reason``: nothing but the tier changes, and ``changed`` has the new one.

    Raises:
        MembershipClosed: The membership was merged into another one, on which to book instead.
    """
    before.require_unmerged()
    if kind not in {EntryKind.MERGE, EntryKind.TIER}:
        moment = earned_at or _earned_at(corrects, cause)
        changed = _counted_by_month(before, changed, program, moment, cause.now)
    if kind is not EntryKind.TIER:
        changed = tiers.booked(before, changed, program, cause.now)
    tier = changed.tier
    is_foreign = corrects is not None and corrects.membership_id != before.membership_id
    says_lifetime = is_foreign or kind in {EntryKind.ADJUST, EntryKind.MERGE}
    unsealed = Entry(
        entry_id=cause.entry_id,
        membership_id=before.membership_id,
        account_id=before.account_id,
        store_id=before.store_id,
        program_id=before.program_id,
        user_id=before.user_id,
        seq=before.seq + 1,
        kind=kind,
        units=changed.balance_units - before.balance_units,
        scale=before.scale,
        balance_before_units=before.balance_units,
        balance_after_units=changed.balance_units,
        earned_after_units=changed.earned_units,
        tier_before=before.tier,
        tier_after=tier,
        unlocked_reward_ids=_unlocked(
            before, replace(effective(changed, cause.now), tier=tier), program, cause.now
        ),
        lot_expires_at=lot.expires_at if lot else None,
        corrects_entry_id=corrects.entry_id if corrects else None,
        uncollected_units=uncollected_units,
        recorded_at=cause.now,
        fingerprint=cause.fingerprint,
        key_hash=cause.key_hash,
        description=cause.description,
        source=cause.source,
        transaction_id=cause.transaction_id,
        action=cause.action,
        purchase_amount=cause.purchase_amount,
        requested_units=cause.requested_units,
        capped_by=cause.capped_by,
        reward_id=cause.reward_id,
        reward_code=cause.reward_code,
        made_of=cause.made_of,
        previous_hash=before.head_hash,
        hash="",
        lifetime_after_units=changed.lifetime_units if says_lifetime else None,
        moved=moved,
        earning_method=cause.earning_method,
        came_back_at=before.came_back_at,
        occurred_at=cause.occurred_at,
        pending_units=(changed.pending_units - before.pending_units) or None,
        pending_until=pending_until,
        activates_entry_id=cause.activates_entry_id,
        spent=spent,
        took_stock=cause.took_stock,
        actor=cause.actor,
        amount_paid=cause.amount_paid,
        order_id=cause.order_id,
        tier_steps=tiers.steps_between(program.tiers, before.tier, tier) or None,
        tier_reason=tier_reason,
        renews=(lot.renews or None) if lot else None,
        renewed_until=renewed_until,
        extended=extended,
        collected_units=collected_units,
        undone=undone,
        staff_id=cause.staff_id,
    )
    entry = replace(unsealed, hash=chain.entry_hash(unsealed))
    after = replace(
        changed,
        seq=entry.seq,
        head_hash=entry.hash,
        updated_at=cause.now,
        received_at=cause.now if _is_receipt(entry) else before.received_at,
        recent=(_recent(entry), *before.recent)[:RECENT_MAX],
    )
    after.assert_consistent()
    return due.scheduled(after, program.time_zone), entry


def _is_receipt(entry: Entry) -> bool:
    """Tell whether a member got points by an entry; a merge only moves what they have."""
    return entry.units > 0 and entry.kind is not EntryKind.MERGE


def _earned_at(corrects: Entry | None, cause: Cause) -> datetime:
    """Return when something was earned that is granted, taken back or given back."""
    if corrects is None:
        return cause.occurred_at or cause.now
    return corrects.pending_until or corrects.occurred_at or corrects.recorded_at


def _unlocked(
    before: Membership, after: Membership, program: Program, now: datetime
) -> tuple[str, ...]:
    """Return the ids of the rewards that the member can have now and could not have before.

    The balance covers them, and the tier reaches them. A stamp card without rewards has one, too:
    ``FULL_CARD``.
    """

    def crosses(cost_units: int) -> bool:
        return before.balance_units < cost_units <= after.balance_units

    def is_reached(reward: Reward, member: Membership) -> bool:
        is_covered = program.cost_units(reward) <= member.balance_units
        return is_covered and reward.is_for(member.tier, program.tier_names)

    if not program.rewards and isinstance(program.rules, StampsRules):
        return (FULL_CARD,) if crosses(program.rules.required_stamps) else ()
    return tuple(
        reward.reward_id
        for reward in program.rewards
        if reward.is_offered(now) and is_reached(reward, after) and not is_reached(reward, before)
    )


def _recent(entry: Entry) -> RecentEntry:
    return RecentEntry(
        entry_id=entry.entry_id,
        kind=entry.kind,
        units=entry.units,
        balance_after_units=entry.balance_after_units,
        description=entry.description,
        transaction_id=entry.transaction_id,
        reward_code=entry.reward_code,
        recorded_at=entry.recorded_at,
        pending_units=entry.pending_units,
        purchase_amount=entry.purchase_amount,
    )
