"""Changes that come with time: activations, expiries, tiers, anniversaries, referrals.

Each membership holds the time at which it is due next. The commit that does the work moves this
time on. So a second run finds the membership changed, and each thing is done and told once.
"""

from __future__ import annotations

from datetime import datetime

from shared import clock
from shared.domain.events.event import Event
from shared.domain.loyalty import due, ledger, loyalty_events, tiers
from shared.domain.loyalty.due import TimePassed
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.waiting_returns import WhyDropped
from shared.services import commands, due_runs
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, push_outbox
from shared.services.loyalty import referral_settlements
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, program_documents

PAGE = 300
RUN_S_MAX = 400.0
"""The schedule's function may take 540 s."""


def run(page_size: int = PAGE) -> int:
    """Do what is due, for one membership after the other.

    If one fails, the next run tries it again; the others go on.

    Returns:
        The number of memberships that were due and are done.
    """
    started_at = clock.utc_now()
    return due_runs.run(
        lambda last: membership_documents.list_due(started_at, page_size, after=last),
        _move_on_in_its_time,
        page_size=page_size,
        run_s_max=RUN_S_MAX,
        name="member calendar",
        id_of=lambda membership: membership.membership_id,
    )


def _move_on_in_its_time(membership: Membership) -> None:
    with test_clocks.time_of(membership.account_id):
        move_on(membership)


def move_on(listed: Membership) -> None:
    """Do all that is due for a membership in one commit, and for who referred its member."""
    path = paths.member(listed.membership_id)
    program = program_documents.find(listed.program_id)
    assert program is not None, f"membership {listed.membership_id} of unknown program"
    now = clock.utc_now()

    def decide(reads: Reads) -> Effect[None]:
        membership = membership_documents.decode(reads[path])
        if membership is None or membership.erasure_id is not None:
            return Effect(None)  # The person is erased: the copy has the same time.
        if membership.next_due_at is None or membership.next_due_at > now:
            return Effect(None)  # Another process was faster.
        left, entries = ledger.caught_up(membership, program, now)
        left, rewarded, more = referral_settlements.settled(reads, left, program, now)
        passed = due.tell(left, program.time_zone, now)
        writes: list[Write] = membership_documents.writes(
            reads[path], passed.membership, *entries, *rewarded
        )
        writes += more
        announcement = outbox.announce(_events(passed, program, now))
        moments = [lot.expires_at for lot in passed.expiring]
        pushes = push_outbox.of_expiring(reads, membership.membership_id, moments)
        tasks = [*announcement.tasks, *pushes]
        return Effect(None, [*writes, *announcement.writes], tasks=tasks)

    commands.run([path], decide)


def _events(passed: TimePassed, program: Program, now: datetime) -> list[Event]:
    """Return the events for the store's endpoints; the entry of an expiry has its own trigger.

    Members can spend points of an inactive program, so expiries are announced. Of such a program
    no anniversaries are told and no tiers that will be lost, nor those of members who are suspended
    or have left. Nothing is
    announced of a person who was erased.
    """
    if passed.membership.erased_at is not None:
        return []
    happened = [
        loyalty_events.from_expiring(passed.membership, lot.units, lot.expires_at, now)
        for lot in passed.expiring
        if lot.expires_at is not None
    ]
    is_active = program.is_active and passed.membership.is_active
    if passed.is_tier_expiring and is_active:
        progress = tiers.progress_of(passed.membership, program, now)
        if progress.valid_until is not None:
            happened.append(
                loyalty_events.from_tier_expiring(passed.membership, progress.points_to_keep, now)
            )
    if passed.years is not None and is_active:
        happened.append(loyalty_events.from_anniversary(passed.membership, passed.years, now))
    happened += [
        loyalty_events.from_dropped_return(passed.membership, each, WhyDropped.NO_PURCHASE, now)
        for each in passed.dropped
    ]
    return happened
