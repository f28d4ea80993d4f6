"""Tell who a person is by an e-mail address, a phone number, a code or another key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock
from shared.auth.caller import Caller
from shared.domain.members import member_codes
from shared.domain.members.member import Member, MemberDevice
from shared.domain.members.member_codes import MemberCodeKind, RotatingMemberCode
from shared.domain.members.profile import CODE, DEVICE, Key, Profile
from shared.errors import MemberCodeNotFound, MemberNotFound
from shared.services import commands, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.members import member_keys
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Snapshot
from shared.store.members import member_documents, settings_documents

PRESENT_FOR = timedelta(minutes=15)
"""So long a rotating code shows that its member is at the till: as long as a cashier undoes."""


@dataclass(frozen=True, slots=True)
class IdentifiedMember:
    """Who somebody is; ``code_kind`` if a code told it."""

    member: Member
    profile: Profile
    code_kind: MemberCodeKind | None = None


def by_key(caller: Caller, key: Key) -> IdentifiedMember:
    """Return the member of the account who has a key: one query.

    Raises:
        MemberNotFound: Nobody has it.
    """
    _, member = _find(caller, key, MemberNotFound("No member has that."))
    return IdentifiedMember(member, sealed_profiles.profile_of(member))


def by_code(caller: Caller, text: str, seen_at: datetime | None = None) -> IdentifiedMember:
    """Return the member whose code this is: one query, and one commit for a rotating code.

    ``seen_at``: when a till has seen it that had no connection. A rotating code says then who it
    was, and is not used up: later ones of the device may have been used since.

    Raises:
        MemberCodeDamaged: It is no code.
        MemberCodeNotFound: It is nobody's in the account, or the device's codes were withdrawn.
        MemberCodeExpired: It is not of the present minute, or not of that of ``seen_at``.
        MemberCodeUsed: It was used, or a later one of the device was.
        Busy: Others were faster each time.
    """
    code = member_codes.read(text)
    unknown = MemberCodeNotFound("The code is no member's.")
    if not isinstance(code, RotatingMemberCode):
        _, member = _find(caller, (CODE, code.text), unknown)
        return IdentifiedMember(member, sealed_profiles.profile_of(member), MemberCodeKind.STATIC)
    read, member = _find(caller, (DEVICE, code.code_id), unknown)
    now = clock.real_now()
    path = paths.account_member(member.account_id, member.user_id)
    if seen_at is not None:
        _proven(code, member)
        member_codes.require_of(code, seen_at)
        return IdentifiedMember(member, sealed_profiles.profile_of(member), MemberCodeKind.ROTATING)

    def decide(reads: Reads) -> Effect[Member]:
        found, device = _proven(code, member_documents.decode(reads[path]))
        member_codes.require_fresh(code, device.last_step, now)
        used = replace(device, last_step=code.step)
        devices = tuple(used if each == device else each for each in found.devices)
        after = replace(found, devices=devices)
        return Effect(after, [member_documents.write(reads[path], after)])

    after = commands.run([path], decide, known={path: read})
    return IdentifiedMember(after, sealed_profiles.profile_of(after), MemberCodeKind.ROTATING)


def require_present(caller: Caller, text: str, reads: Reads, user_id: str) -> None:
    """Check that a member is at the till, as the code on the card shows.

    A rotating one is of the last ``PRESENT_FOR``. It is not used up, as the till has told by it
    already who it is. Where the merchant asks for codes that change, a cashier shows one.

    Raises:
        MemberCodeDamaged: It is no code.
        MemberCodeNotFound: It is not the member's, or the device's codes were withdrawn.
        MemberCodeExpired: It is older.
        ChangingCodeRequired: It stays the same.
        Wanted: The person is not read yet.
    """
    code = member_codes.read(text)
    key = (DEVICE, code.code_id) if isinstance(code, RotatingMemberCode) else (CODE, code.text)
    member = _person(caller.account_id, user_id, reads)
    hashes = member_keys.hashes(caller.account_id, [key])
    if member is None or not set(hashes) & set(member.lookups):
        raise MemberCodeNotFound("The code is not that of this member.")
    if isinstance(code, RotatingMemberCode):
        _proven(code, member)
        now = clock.real_now()
        member_codes.require_shown_since(code, now - PRESENT_FOR, now)
    elif caller.is_cashier and settings_documents.of_account(caller.account_id).changing_codes:
        member_codes.require_changing(code)


def _person(account_id: str, user_id: str, reads: Reads) -> Member | None:
    """Return who somebody is now, perhaps by a merge of which a membership knows nothing yet."""
    path = paths.account_member(account_id, user_id)
    commands.want(reads, [path])
    member = member_documents.decode(reads[path])
    if member is None or member.merged_into is None:
        return member
    return _person(account_id, member.merged_into, reads)


def _proven(code: RotatingMemberCode, found: Member | None) -> tuple[Member, MemberDevice]:
    """Return the member and the device that has made a code.

    Raises:
        MemberCodeNotFound: It is not of one of the member's devices.
    """
    unknown = MemberCodeNotFound("The code is no member's.")
    device = _device(found, code.code_id) if found else None
    if found is None or device is None:
        raise unknown
    path = paths.account_member(found.account_id, found.user_id)
    if not member_codes.is_proven(code, vault().decrypt(device.secret, path)):
        raise unknown
    return found, device


def _find(
    caller: Caller, key: Key, refusal: MemberNotFound | MemberCodeNotFound
) -> tuple[Snapshot, Member]:
    """Return a member as stored.

    Raises:
        MemberNotFound, MemberCodeNotFound: ``refusal``: nobody has the key.
    """
    read = member_documents.find_by_lookups(
        caller.account_id, member_keys.hashes(caller.account_id, [key])
    )
    member = member_documents.decode(read) if read else None
    if read is None or member is None:
        raise refusal
    return read, member


def _device(member: Member, code_id: str) -> MemberDevice | None:
    return next((each for each in member.devices if each.code_id == code_id), None)
