"""Hash what identifies members and names them anew, so that an old key can leave the vault.

``reencryption`` does the same for what is encrypted. Both belong to one command of an operator.
"""

from __future__ import annotations

from dataclasses import replace

from shared.domain.members.member import Member
from shared.domain.members.profile import CODE, DEVICE, REFERRAL, Key
from shared.services import name_marks, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.every_document import change_each, in_place
from shared.services.members import member_keys
from shared.services.vaults import vault
from shared.store import paths
from shared.store.members import member_documents


def keys_of(member: Member) -> list[Key]:
    """Return all that identifies a member: of the profile, the card, the devices and referrals."""
    path = paths.account_member(member.account_id, member.user_id)
    cards = [*([member.card_code] if member.card_code else []), *member.other_card_codes]
    codes = [(CODE, vault().decrypt(each, path)) for each in cards]
    referring = [*filter(None, [member.referral_code]), *member.other_referral_codes]
    codes += [(REFERRAL, vault().decrypt(each, path)) for each in referring]
    devices = [(DEVICE, each.code_id) for each in member.devices]
    return [*sealed_profiles.profile_of(member).keys, *codes, *devices]


def rekey_members() -> int:
    """Let all members be found by hashes under the newest key alone, also by their names.

    Who cannot be decrypted is left alone: ``reencrypt_secrets`` tells of them.

    Returns:
        The number of members that were changed.
    """
    count, _ = change_each(member_documents.MEMBERS, in_place(_rekeyed))
    return count


def _rekeyed(path: str, reads: Reads) -> Effect[bool]:
    before = member_documents.decode(reads[path])
    if before is None:
        return Effect(result=False)
    newest = member_keys.versions()[0]
    hashes = member_keys.hashes(before.account_id, keys_of(before))
    lookups = tuple(each for each in hashes if member_keys.is_of(each, newest))
    names = name_marks.of_profile(before.account_id, sealed_profiles.profile_of(before))
    if set(lookups) == set(before.lookups) and names == before.name_marks:
        return Effect(result=False)
    after = replace(before, lookups=lookups, name_marks=names)
    # The creation of a key fails if somebody else has it; with the rules of `taken`, nobody has.
    writes = [member_documents.write(reads[path], after), *member_keys.writes(before, after, reads)]
    return Effect(result=True, writes=writes)
