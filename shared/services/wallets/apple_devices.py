"""Phones with an Apple pass: they ask to be told of changes, and fetch what is newer.

Source: Apple, "Adding a Web Service to Update Passes".
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from shared import ids
from shared.connectors.wallets.apple_identity import AppleIdentity
from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import PassDevice, Wallet, WalletPass
from shared.errors import NotificationRefused
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.vaults import vault
from shared.services.wallets import apple_passes, faces
from shared.store import paths
from shared.store.wallets import wallet_pass_documents

_TAG = re.compile(r"[0-9]{1,15}")
"""A time in whole seconds. Python refuses to read thousands of digits."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Which passes of a phone have changed, and from when that is."""

    serials: tuple[str, ...]
    tag: str


@dataclass(frozen=True, slots=True)
class LatestPass:
    """A pass as it is now; ``file`` is ``None`` if the phone has it already."""

    file: bytes | None
    changed_at: datetime


def register(pass_type: str, serial: str, token: str, *, device_id: str, push_token: str) -> bool:
    """Tell a phone of changes from now on; return whether it was not told before.

    Raises:
        NotificationRefused: There is no such pass, or its token is another one.
        WalletNotOffered, Unhealthy, Busy.
    """
    _require_type(pass_type)
    path, device_hash = paths.wallet_pass(serial), _hash(device_id)
    device = PassDevice(device_hash, vault().encrypt(push_token, path))

    def decide(reads: Reads) -> Effect[bool]:
        found = _own(wallet_pass_documents.decode(reads[path]), token)
        known = next((each for each in found.devices if each.device_hash == device_hash), None)
        if known is not None and vault().decrypt(known.push_token, path) == push_token:
            return Effect(result=False)
        after = wallet_passes.registered(found, device)
        return Effect(known is None, [wallet_pass_documents.write(reads[path], after)])

    return commands.run([path], decide)


def unregister(pass_type: str, serial: str, token: str, *, device_id: str) -> None:
    """Tell a phone no more: the pass was deleted there.

    Raises:
        NotificationRefused, WalletNotOffered, Unhealthy, Busy: As of ``register``.
    """
    _require_type(pass_type)
    path, gone = paths.wallet_pass(serial), frozenset({_hash(device_id)})

    def decide(reads: Reads) -> Effect[None]:
        found = _own(wallet_pass_documents.decode(reads[path]), token)
        after = wallet_passes.unregistered(found, gone)
        if after == found:
            return Effect(None)
        if after.is_ending and not after.devices:
            return Effect(None, [wallet_pass_documents.deletion(reads[path])])
        return Effect(None, [wallet_pass_documents.write(reads[path], after)])

    commands.run([path], decide)


def changes(pass_type: str, *, device_id: str, since: str | None) -> Changes | None:
    """Return which passes of a phone have changed since a tag; ``None`` if none has.

    A phone sends no token with this: its id, which only it and we know, is what it proves.

    Raises:
        NotificationRefused: The pass type is not ours.
        WalletNotOffered, Unhealthy.
    """
    _require_type(pass_type)
    after_s = int(since) if since and _TAG.fullmatch(since) else 0
    found = wallet_pass_documents.list_of_device(_hash(device_id))
    newer = {each.pass_id: _seconds(each.changed_at) for each in found}
    newer = {serial: at_s for serial, at_s in newer.items() if at_s > after_s}
    if not newer:
        return None
    return Changes(tuple(sorted(newer)), str(max(newer.values())))


def latest(pass_type: str, serial: str, token: str, *, since: datetime | None) -> LatestPass:
    """Return a pass as it is now, without its file if it has not changed since.

    Raises:
        NotificationRefused, WalletNotOffered, Unhealthy: As of ``register``.
    """
    own = _require_type(pass_type)
    found = _own(wallet_pass_documents.find(serial), token)
    changed_at = faces.changed_at(found)
    is_known = since is not None and changed_at <= since
    return LatestPass(None if is_known else apple_passes.file_of(found, own), changed_at)


def _require_type(pass_type: str) -> AppleIdentity:
    own = apple_passes.identity()
    if pass_type != own.pass_type_id:
        raise refused()
    return own


def _own(found: WalletPass | None, token: str) -> WalletPass:
    """Return a pass whose token a phone has. Absent and foreign passes are refused alike."""
    if found is None or found.wallet is not Wallet.APPLE:
        raise refused()
    known = apple_passes.token_of(found)
    if not hmac.compare_digest(known.encode(), token.encode()):
        raise refused()
    return found


def refused() -> NotificationRefused:
    """Return the refusal of whoever has no token of the pass, or asks for what is not there."""
    return NotificationRefused(
        "There is no such pass, or its token is another one.",
        fix="Add the pass again from the card.",
    )


def _hash(device_id: str) -> str:
    return ids.digest("device with a pass", device_id)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
