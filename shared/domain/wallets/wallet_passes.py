"""A membership in the wallet of a phone: whether it shows the newest, and who has to be told.

A pass is a state: whatever happened, the newest one is told, and only that. It belongs to the id by
which the member was known when it was made; after a merge it shows the membership that took over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared import ids
from shared.domain import lease
from shared.domain.pseudonyms import Pseudonyms
from shared.encrypted import Encrypted

LEASE = timedelta(minutes=5)
"""Longer than whoever holds it may run: the function's time limit ends it before."""
ENDING_KEPT = timedelta(days=7)
"""A phone that was off has so long to fetch a pass that does not count any more."""
DEVICES_MAX = 20
"""Of one pass: whoever has more loses the updates of the one that was added first."""
MESSAGE_CHARS_MAX = 300
_STEP = timedelta(seconds=1)
"""Phones compare times of whole seconds."""


class Wallet(StrEnum):
    """Whose wallet."""

    APPLE = "apple"
    GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class PassDevice:
    """A phone that asked Apple's way to be told of changes. It is known by a hash of its id."""

    device_hash: str
    push_token: Encrypted


@dataclass(frozen=True, slots=True)
class WalletPass:
    """A pass that somebody was given.

    Attributes:
        pass_id: Follows from wallet and membership; Apple's serial number, and in Google's ids.
        token: With what a phone asks us for an Apple pass; ``None`` for Google's.
        changed_at: When what it shows has changed last: whole seconds, later each time.
        version: Goes up with each change, so that whoever tells of it knows of another one.
        turns: When it will show something else without a booking: reservations end then. Sorted.
        next_attempt_at: When the wallet is to be told, or, while somebody holds the lease, when
            somebody else may; ``None`` if nothing is to be done.
        attempts: Failed ones in a row.
        error: The code of the latest failure; ``message`` says it in words.
        devices: Phones with an Apple pass; ``device_hashes`` are theirs, for queries.
        was_told: The wallet has taken it once. Until then Google may have it or not.
        is_ending: The member was erased. It shows nothing and counts no more.
        ends_at: Its phones were told that it ends; then it is deleted.
    """

    pass_id: str
    wallet: Wallet
    account_id: str
    store_id: str
    program_id: str
    user_id: str
    membership_id: str
    created_at: datetime
    changed_at: datetime
    token: Encrypted | None = None
    version: int = 1
    turns: tuple[datetime, ...] = ()
    next_attempt_at: datetime | None = None
    attempts: int = 0
    lease_id: str | None = None
    lease_until: datetime | None = None
    error: str | None = None
    message: str | None = None
    devices: tuple[PassDevice, ...] = ()
    device_hashes: tuple[str, ...] = ()
    was_told: bool = False
    is_ending: bool = False
    ends_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether somebody may tell the wallet now."""
        due = self.next_attempt_at
        return due is not None and due <= now and not lease.is_held(self.lease_until, now)


def pass_id_of(wallet: Wallet, membership_id: str) -> str:
    """Return the id of the only pass of a membership in a wallet."""
    return ids.derived("wp", wallet.value, membership_id)


def marked(found: WalletPass, now: datetime, turns: tuple[datetime, ...] = ()) -> WalletPass:
    """Return a pass whose wallet is to be told that there is something newer.

    ``turns``: when it will show something else by itself.
    """
    if found.is_ending:
        return found
    after = replace(_changed(found, now), turns=turns)
    # Who tells it just now will see that the version is another one.
    is_held = lease.is_held(found.lease_until, now)
    return after if is_held else replace(after, next_attempt_at=now)


def turned(found: WalletPass, now: datetime) -> WalletPass:
    """Return a pass that shows something newer if one of its turns has come."""
    left = tuple(each for each in found.turns if each > now)
    return found if left == found.turns else replace(_changed(found, now), turns=left)


def begun(found: WalletPass, lease_id: str, now: datetime) -> WalletPass:
    """Return a pass whose wallet somebody tells now."""
    until = now + LEASE
    return replace(found, lease_id=lease_id, lease_until=until, next_attempt_at=until)


def told(found: WalletPass, version: int, now: datetime) -> WalletPass | None:
    """Return a pass whose wallet was told of a version; ``None`` if it is over.

    What has changed meanwhile is told next, and what will change by itself is told then. Google
    takes the end at once; Apple's phones fetch it.
    """
    after = replace(_released(found), was_told=True)
    if found.version != version:
        return replace(after, next_attempt_at=now)
    if not found.is_ending:
        return waiting(after)
    if found.wallet is Wallet.GOOGLE or not found.devices or found.ends_at is not None:
        return None
    ends_at = now + ENDING_KEPT
    return replace(after, ends_at=ends_at, next_attempt_at=ends_at)


def waiting(found: WalletPass) -> WalletPass:
    """Return a pass whose wallet knows all, and is told again at the next turn, if there is one."""
    return replace(found, next_attempt_at=found.turns[0] if found.turns else None)


def failed(
    found: WalletPass, code: str, message: str, delay_s: int | None, now: datetime
) -> WalletPass | None:
    """Return a pass after an attempt that failed; ``delay_s`` is ``None`` if it was the last one.

    The next change begins anew. Of who was erased there is none, so that pass is over: ``None``.
    """
    if found.is_ending and delay_s is None:
        return None
    due = None if delay_s is None else now + timedelta(seconds=delay_s)
    return replace(
        _released(found),
        attempts=found.attempts + 1,
        error=code,
        message=message[:MESSAGE_CHARS_MAX],
        next_attempt_at=due,
    )


def registered(found: WalletPass, device: PassDevice) -> WalletPass:
    """Return a pass with a phone, whose former push token does not count any more."""
    others = [each for each in found.devices if each.device_hash != device.device_hash]
    return _with_devices(found, [*others, device][-DEVICES_MAX:])


def unregistered(found: WalletPass, device_hashes: frozenset[str]) -> WalletPass:
    """Return a pass without some phones."""
    left = [each for each in found.devices if each.device_hash not in device_hashes]
    return found if len(left) == len(found.devices) else _with_devices(found, left)


def erased(found: WalletPass, names: Pseudonyms) -> WalletPass | None:
    """Take the member out of it; ``None`` if no phone and no wallet has it.

    Its devices stay until they have been told, a week at most.
    """
    if found.wallet is Wallet.APPLE and not found.devices:
        return None
    after = replace(
        found,
        user_id=names.of(found.user_id),
        membership_id=names.of(found.membership_id),
        is_ending=True,
        message=None,
        turns=(),
    )
    if found.is_ending:
        return after
    later = _later(found, found.changed_at)
    after = replace(after, version=found.version + 1, changed_at=later, attempts=0)
    # Who tells it just now sees the version. If nobody does, the sweep finds it.
    return after if found.lease_id is not None else replace(after, next_attempt_at=later)


def _changed(found: WalletPass, now: datetime) -> WalletPass:
    later = _later(found, now)
    return replace(found, version=found.version + 1, changed_at=later, attempts=0)


def _later(found: WalletPass, now: datetime) -> datetime:
    return max(now.replace(microsecond=0), found.changed_at + _STEP)


def _released(found: WalletPass) -> WalletPass:
    return replace(
        found,
        lease_id=None,
        lease_until=None,
        next_attempt_at=None,
        attempts=0,
        error=None,
        message=None,
    )


def _with_devices(found: WalletPass, devices: list[PassDevice]) -> WalletPass:
    hashes = tuple(each.device_hash for each in devices)
    return replace(found, devices=tuple(devices), device_hashes=hashes)
