"""Devices that are told of a membership: subscribe and unsubscribe them, and what becomes of them.

Who subscribes writes the membership as well, as it was. So a merge, an erasure or a departure at
the same moment makes the subscription wait, or finds it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared import clock, config
from shared.auth.caller import Caller
from shared.clock import to_wire
from shared.domain.loyalty.membership import Membership
from shared.domain.members import push_subscriptions as rules
from shared.domain.members.push_subscriptions import PushDevice, PushKind, PushSubscription
from shared.errors import MembershipNotFound, PushNotConfigured
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Document, Snapshot, Write
from shared.store.loyalty import membership_documents
from shared.store.members import push_documents

Devices = tuple[PushDevice, ...]


@dataclass(frozen=True, slots=True)
class PushSettings:
    """The devices that are told of a membership; ``key`` is ``None`` if the operator sends none."""

    key: str | None
    devices: Devices
    is_replay: bool = False


@forwarding.following
def subscribe(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None, device: PushDevice
) -> PushSettings:
    """Tell a device of a membership from now on, in place of what it was told before.

    Raises:
        PushNotConfigured, ProgramNotFound, MembershipNotFound, MemberSuspended, MembershipClosed,
        IdempotencyKeyReused, Busy.
    """
    access.program(caller, program_id, store_id)
    if config.push_key() is None:
        raise PushNotConfigured("No messages are sent to devices here.")

    def added(membership: Membership, before: Devices) -> Devices:
        membership.require_active()
        known = {(each.token, each.language, each.kinds) for each in before}
        is_known = (device.token, device.language, device.kinds) in known
        is_same = is_known and any(each.device_id == device.device_id for each in before)
        return before if is_same else rules.subscribed(before, device)

    return _change(caller, program_id, user_id, added)


@forwarding.following
def unsubscribe(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None, device_id: str
) -> PushSettings:
    """Tell a device of a membership no more. It may have been subscribed or not.

    Raises:
        ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, Busy.
    """
    access.program(caller, program_id, store_id)

    def removed(_: Membership, before: Devices) -> Devices:
        return tuple(each for each in before if each.device_id != device_id)

    return _change(caller, program_id, user_id, removed)


@forwarding.following
def settings(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None
) -> PushSettings:
    """Return which devices are told of a membership.

    Raises:
        ProgramNotFound, MembershipNotFound.
    """
    access.program(caller, program_id, store_id)
    return _change(replace(caller, claim=None), program_id, user_id, lambda _, before: before)


def ended(reads: Reads, membership_id: str) -> list[Write]:
    """Return the write by which no device is told of a membership any more, if one was.

    What ``push_outbox.needs`` names has been read.
    """
    read = reads.get(paths.push_subscription(membership_id))
    return [push_documents.deletion(read)] if read is not None and read.data is not None else []


def moved(reads: Reads, source: Membership, target: Membership, now: datetime) -> list[Write]:
    """Return the writes that let the devices of a membership be told of the one that took over.

    What ``push_outbox.needs`` names of both has been read.
    """
    gone = ended(reads, source.membership_id)
    if not gone:
        return []
    old, new = (reads[paths.push_subscription(each.membership_id)] for each in (source, target))
    devices = rules.newest([*devices_in(new), *devices_in(old)])
    return [*gone, push_documents.write(new, _sealed(target, devices, now))]


def forget(membership_id: str, tokens: Iterable[str]) -> None:
    """Tell devices no more whose tokens FCM does not know any longer."""
    path, gone, now = paths.push_subscription(membership_id), {*tokens}, clock.utc_now()

    def decide(reads: Reads) -> Effect[None]:
        found = push_documents.decode(reads[path])
        before = devices_in(reads[path])
        after = tuple(each for each in before if each.token not in gone)
        if found is None or after == before:
            return Effect(None)
        if not after:
            return Effect(None, ended(reads, membership_id))
        changed = _with_devices(found, after, now)
        return Effect(None, [push_documents.write(reads[path], changed)])

    commands.run([path], decide)


def devices_in(read: Snapshot) -> Devices:
    """Return the devices of a subscription that was read; none if there is none."""
    found = push_documents.decode(read)
    if found is None:
        return ()
    rows: list[dict[str, Any]] = json.loads(vault().decrypt(found.subscribed_devices, read.path))
    return tuple(
        PushDevice(
            device_id=row["deviceId"],
            token=row["token"],
            language=row["language"],
            kinds=tuple(PushKind(each) for each in row["kinds"]),
            subscribed_at=datetime.fromisoformat(row["subscribedAt"]),
        )
        for row in rows
    )


def _change(
    caller: Caller,
    program_id: str,
    user_id: str,
    change: Callable[[Membership, Devices], Devices],
) -> PushSettings:
    membership_id = paths.membership_id(program_id, user_id)
    path, own_path = paths.member(membership_id), paths.push_subscription(membership_id)
    now = clock.utc_now()

    def decide(reads: Reads) -> Effect[PushSettings]:
        membership = membership_documents.decode(reads[path])
        forwarding.require_current(membership)
        if membership is None:
            raise MembershipNotFound(f"User {user_id} is not enrolled.")
        read = reads[own_path]
        before = devices_in(read)
        after = change(membership, before)
        found = PushSettings(config.push_key(), after)
        if after == before:
            return Effect(found)
        if not after:
            return Effect(found, ended(reads, membership_id))
        writes = [
            push_documents.write(read, _sealed(membership, after, now)),
            *membership_documents.writes(reads[path], membership),
        ]
        return Effect(found, writes)

    def replay(_: Document, reads: Reads) -> PushSettings:
        """Return what is there now: a repetition must not bring back what was taken away since."""
        return PushSettings(config.push_key(), devices_in(reads[own_path]), is_replay=True)

    return commands.run([path, own_path], decide, claim=caller.claim, replay=replay)


def _sealed(
    membership: Membership, devices: Sequence[PushDevice], now: datetime
) -> PushSubscription:
    path = paths.push_subscription(membership.membership_id)
    return PushSubscription(
        membership_id=membership.membership_id,
        account_id=membership.account_id,
        program_id=membership.program_id,
        user_id=membership.user_id,
        kinds=rules.kinds_of(devices),
        subscribed_devices=vault().encrypt(_to_json(devices), path),
        updated_at=now,
    )


def _with_devices(
    found: PushSubscription, devices: Sequence[PushDevice], now: datetime
) -> PushSubscription:
    path = paths.push_subscription(found.membership_id)
    sealed = vault().encrypt(_to_json(devices), path)
    kinds = rules.kinds_of(devices)
    return replace(found, kinds=kinds, subscribed_devices=sealed, updated_at=now)


def _to_json(devices: Sequence[PushDevice]) -> str:
    return json.dumps(
        [
            {
                "deviceId": each.device_id,
                "token": each.token,
                "language": each.language,
                "kinds": [kind.value for kind in each.kinds],
                "subscribedAt": to_wire(each.subscribed_at),
            }
            for each in devices
        ]
    )
