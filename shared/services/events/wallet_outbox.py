"""Passes whose wallets are to be told: marked in the commit of their cause, and their queue.

Where the operator offers no wallet, nothing is read, written or enqueued for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock, config, tasks
from shared.domain.loyalty.membership import Membership
from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import Wallet, WalletPass
from shared.services import commands
from shared.services.commands import Reads
from shared.services.events import due_tasks
from shared.services.events.due_tasks import OVERDUE_PAGE
from shared.store import paths
from shared.store.client import Write
from shared.store.wallets import wallet_pass_documents
from shared.tasks import Task

FUNCTION = "updateWalletPass"
"""The function that tells wallets; its queue has the same name."""


@dataclass(frozen=True, slots=True)
class PassMarks:
    """The writes that a commit needs so that wallets are told, and what waits after it."""

    writes: Sequence[Write] = ()
    waiting: Sequence[WalletPass] = ()

    @property
    def tasks(self) -> list[Task]:
        """The tasks that tell; the sweep replaces lost ones."""
        return [task for each in self.waiting for task in tasks_of(each)]


NO_PASS_MARKS = PassMarks()


def offered() -> list[Wallet]:
    """Return the wallets that the operator offers."""
    named = config.wallets()
    return [each for each in Wallet if each.value in named] if named else []


def paths_of(membership_id: str) -> list[str]:
    """Return where the passes of a membership are, if there are any; none if none is offered."""
    return [paths.wallet_pass(wallet_passes.pass_id_of(each, membership_id)) for each in offered()]


def of_memberships(reads: Reads, memberships: Iterable[Membership]) -> PassMarks:
    """Mark the passes of memberships, and of those that were merged into them.

    Raises:
        Wanted: The passes are not read yet.
    """
    named = {
        path: each for each in memberships for x in each.every_membership_id for path in paths_of(x)
    }
    if not named:
        return NO_PASS_MARKS
    commands.want(reads, [*named])
    now = clock.real_now()
    writes, waiting = [], []
    for path, membership in named.items():
        before = wallet_pass_documents.decode(reads[path])
        if before is None:
            continue
        after = wallet_passes.marked(before, now, turns_of(membership))
        if after != before:
            writes.append(wallet_pass_documents.write(reads[path], after))
            waiting += [after] if after.is_due(now) else []
    return PassMarks(writes, waiting)


def turns_of(membership: Membership) -> tuple[datetime, ...]:
    """Return when reservations of a membership end: a pass shows something else from then on."""
    now = clock.utc_now()
    ahead = now - clock.real_now()  # Of the time of a test account.
    ends = {each.ends_at - ahead for each in membership.holds if each.is_open(now)}
    return tuple(sorted(ends))


def tasks_of(found: WalletPass) -> list[Task]:
    """Return the task of the next attempt, at its time; none if the sweep enqueues it."""
    return due_tasks.in_time(_task(found)) if found.next_attempt_at is not None else []


def enqueue(found: WalletPass) -> None:
    """Enqueue the next attempt, at its time."""
    for task in tasks_of(found):
        tasks.enqueue(task)


def enqueue_overdue(page_size: int = OVERDUE_PAGE) -> int:
    """Enqueue overdue attempts again: their tasks were lost; return their number."""
    if not offered():
        return 0
    return due_tasks.enqueue_overdue(wallet_pass_documents.list_due, _task, page_size)


def _task(found: WalletPass) -> Task:
    due = found.next_attempt_at
    assert due is not None
    due_ms = int(due.timestamp() * 1000)
    task_id = f"{found.pass_id}-{found.version}-{found.attempts}-{due_ms}"
    return Task(FUNCTION, task_id, {"passId": found.pass_id}, due)
