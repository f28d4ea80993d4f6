"""The codes that members show: made once, or anew, and the secrets of devices handed out once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.members import member_codes
from shared.domain.members.member import Member, MemberDevice
from shared.domain.members.member_codes import STEP_S
from shared.domain.members.profile import CODE, DEVICE
from shared.errors import MemberDeviceKnown, TooManyDevices
from shared.services import commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import shop_outbox, wallet_outbox
from shared.services.events.wallet_outbox import PassMarks
from shared.services.members import member_keys, person_memberships, profiles
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Document
from shared.store.members import member_documents, settings_documents

DEVICES_MAX = 10


@dataclass(frozen=True, slots=True)
class DeviceSecret:
    """What a device makes codes from."""

    code_id: str
    secret: str
    step_s: int = STEP_S


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A member's static code; ``device`` if this request gave a device its secret.

    ``is_changing``: the merchant wants cards to show codes that change.
    """

    code: str
    device: DeviceSecret | None = None
    is_changing: bool = False
    is_replay: bool = False


@forwarding.following
def issue(
    caller: Caller,
    *,
    user_id: str,
    device_id: str | None = None,
    action: str = "add",
    is_anew: bool = False,
) -> IssuedCode:
    """Return the code of a member, made now if there is none; give a device its secret.

    Args:
        caller: Who calls.
        user_id: The member.
        device_id: The device; ``None`` for the static code alone.
        action: ``add``, ``replace`` or ``withdraw``: what to do with the device.
        is_anew: Make another static code. All former ones are nobody's from then on, and so are
            the secrets of all devices but the named one.

    Raises:
        MemberNotFound: There is no such member, or it was merged into another one.
        MemberDeviceKnown: The device to add has a secret already.
        TooManyDevices: The member has the most devices already.
        IdempotencyKeyReused, Busy.
    """
    now = clock.utc_now()
    path = paths.account_member(caller.account_id, user_id)
    code, new = (
        member_codes.new_static(),
        DeviceSecret(member_codes.new_code_id(), member_codes.new_secret()),
    )
    device_hash = ids.digest(path, device_id) if device_id else None
    added = MemberDevice(device_hash or "", new.code_id, vault().encrypt(new.secret, path), now)
    member_paths = _paths_with_passes(caller.account_id, user_id) if is_anew else []

    def decide(reads: Reads) -> Effect[IssuedCode]:
        before = member_documents.decode(reads[path])
        member = before or profiles.find_of_before(caller.account_id, user_id)
        forwarding.require_current(member)
        if member is None:
            raise profiles.not_found(user_id)
        keys, gone = [], []
        if is_anew:
            own = tuple(each for each in member.devices if each.device_hash == device_hash)
            gone = [(DEVICE, each.code_id) for each in member.devices if each not in own]
            member = member_keys.without_kind(member, CODE)
            member = replace(member, card_code=None, other_card_codes=(), devices=own)
        if member.card_code is None:
            member = replace(member, card_code=vault().encrypt(code, path))
            keys.append((CODE, code))
        if device_hash is not None and not (is_anew and action == "add" and member.devices):
            former = [each for each in member.devices if each.device_hash == device_hash]
            others = tuple(each for each in member.devices if each.device_hash != device_hash)
            gone += [(DEVICE, each.code_id) for each in former]
            member = replace(member, devices=others)
            if action != "withdraw":
                _require_room(former, others, action)
                member = replace(member, devices=(*others, added))
                keys.append((DEVICE, new.code_id))
        lookups = member_keys.lookups(member, added=keys, removed=gone)
        member = replace(member, lookups=lookups)
        issued = _issued(member, path, new.code_id)
        kept = {"codeId": new.code_id}
        if before is not None and member == before:
            return Effect(issued, kept=kept)
        cards = shop_outbox.of_change(reads, before, member)
        passes = _pass_marks(reads, member_paths)
        writes = [
            member_documents.write(reads[path], member),
            *member_keys.writes(before, member, reads),
            *cards.writes,
            *passes.writes,
        ]
        return Effect(issued, writes, kept, [*cards.tasks, *passes.tasks])

    def replay(kept: Document, reads: Reads) -> IssuedCode:
        """Return what is there now of what the first request made: a withdrawn secret is not."""
        member = member_documents.decode(reads[path])
        if member is None or member.card_code is None:
            raise profiles.not_found(user_id)
        return replace(_issued(member, path, kept["codeId"]), is_replay=True)

    issued = commands.run([path], decide, claim=caller.claim, replay=replay)
    settings = settings_documents.of_account(caller.account_id)
    return replace(issued, is_changing=settings.changing_codes)


def pictures(code: str, wanted: Sequence[str]) -> dict[str, str]:
    """Return pictures of a code as SVG, by their names ``qr`` and ``code128``."""
    drawn = {"qr": _qr, "code128": _code128}
    return {name: drawn[name](code) for name in wanted}


def _paths_with_passes(account_id: str, user_id: str) -> list[str]:
    """Return where memberships of a person are that may be in wallets; none if none is offered."""
    return person_memberships.known_paths(account_id, user_id) if wallet_outbox.offered() else []


def _pass_marks(reads: Reads, member_paths: Sequence[str]) -> PassMarks:
    """Have the passes of memberships show the new code."""
    commands.want(reads, member_paths)
    return wallet_outbox.of_memberships(reads, person_memberships.decoded(reads, member_paths))


def _require_room(
    former: Sequence[MemberDevice], others: Sequence[MemberDevice], action: str
) -> None:
    if former and action == "add":
        raise MemberDeviceKnown("The device has got its secret already.")
    if len(others) >= DEVICES_MAX:
        raise TooManyDevices(f"The member has {len(others)} devices; {DEVICES_MAX} is the most.")


def _issued(member: Member, path: str, code_id: str) -> IssuedCode:
    """Return the code of a member, and the secret of the device with this id, if there is one."""
    assert member.card_code is not None
    device = next((each for each in member.devices if each.code_id == code_id), None)
    code = vault().decrypt(member.card_code, path)
    if device is None:
        return IssuedCode(code)
    return IssuedCode(code, DeviceSecret(code_id, vault().decrypt(device.secret, path)))


def _qr(code: str) -> str:
    import segno

    return str(segno.make_qr(code, error="m").svg_inline(scale=4, border=4))


def _code128(code: str) -> str:
    from barcode import Code128
    from barcode.writer import SVGWriter

    drawn = io.BytesIO()
    Code128(code, writer=SVGWriter()).write(drawn, {"write_text": False})
    text = drawn.getvalue().decode()
    return text[text.index("<svg") :].strip()
