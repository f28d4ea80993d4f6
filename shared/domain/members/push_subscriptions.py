"""Which devices of a member are told of what: a bounded list for each card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.encrypted import Encrypted

DEVICES_MAX = 5
"""Devices of a member for one card; the one that was subscribed first makes room."""

Language = Literal["de", "en"]


class PushKind(StrEnum):
    """What a device can be told of."""

    EARNED = "earned"
    REWARD_IN_REACH = "rewardInReach"
    EXPIRING = "expiring"


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A device and what it wants. ``token`` is its address at FCM, ``device_id`` the app's name."""

    device_id: str
    token: str
    language: Language
    kinds: tuple[PushKind, ...]
    subscribed_at: datetime


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """The devices that are told of a membership.

    ``kinds`` are what any of them wants, so that a booking sees without decrypting whether somebody
    is to be told. ``subscribed_devices`` is the list of them, as JSON, encrypted for this document.
    """

    membership_id: str
    account_id: str
    program_id: str
    user_id: str
    kinds: tuple[PushKind, ...]
    subscribed_devices: Encrypted
    updated_at: datetime


def subscribed(devices: Sequence[PushDevice], device: PushDevice) -> tuple[PushDevice, ...]:
    """Return the devices with one more, in place of what had its id or its token before."""
    others = [
        each
        for each in devices
        if each.device_id != device.device_id and each.token != device.token
    ]
    return newest([*others, device])


def newest(devices: Iterable[PushDevice]) -> tuple[PushDevice, ...]:
    """Return the devices that were subscribed last, one for each token, the oldest first."""
    by_token = {each.token: each for each in sorted(devices, key=lambda each: each.subscribed_at)}
    return tuple([*by_token.values()][-DEVICES_MAX:])


def kinds_of(devices: Iterable[PushDevice]) -> tuple[PushKind, ...]:
    """Return what at least one of the devices wants."""
    wanted = {kind for each in devices for kind in each.kinds}
    return tuple(each for each in PushKind if each in wanted)
