"""What a pass shows now: the membership, or the one that took it over, as the card shows it."""

from __future__ import annotations

from datetime import datetime

from shared import clock
from shared.domain.loyalty import ledger
from shared.domain.loyalty.membership import Membership
from shared.domain.members.member import Member
from shared.domain.wallets import pass_faces
from shared.domain.wallets.pass_faces import PassFace
from shared.domain.wallets.wallet_passes import WalletPass
from shared.services.accounts import test_clocks
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.loyalty import membership_documents, program_documents
from shared.store.members import member_documents, settings_documents
from shared.store.stores import store_documents


def of(found: WalletPass) -> PassFace:
    """Return what a pass shows: two reads where the store and the program are known."""
    program = program_documents.find(found.program_id)
    store = store_documents.find(found.store_id)
    assert program is not None, "programs are never deleted"
    assert store is not None, "stores are never deleted"
    member = None if found.is_ending else _member_of(found)
    if member is None:
        return pass_faces.void_face(program, store)
    membership, person = member
    code = None
    if person.card_code and not settings_documents.of_account(found.account_id).changing_codes:
        person_path = paths.account_member(found.account_id, person.user_id)
        code = vault().decrypt(person.card_code, person_path)
    with test_clocks.time_of(found.account_id):
        now = ledger.current(membership, program, clock.utc_now())
    return pass_faces.face_of(now, program, store, code)


def changed_at(found: WalletPass) -> datetime:
    """Return when what a pass shows has changed last, in whole seconds.

    Nobody is told of a program that looks otherwise, but who asks gets it.
    """
    program = program_documents.find(found.program_id)
    updated_at = program.updated_at.replace(microsecond=0) if program else found.changed_at
    return max(found.changed_at, updated_at)


def _member_of(found: WalletPass) -> tuple[Membership, Member] | None:
    """Return whom a pass shows; ``None`` if that person was erased, or is just now."""
    membership_id, user_id = found.membership_id, found.user_id
    for _ in range(2):  # A merge points to where the membership is in the end.
        member_path = paths.member(membership_id)
        person_path = paths.account_member(found.account_id, user_id)
        reads = client.get([member_path, person_path])
        membership = membership_documents.decode(reads[member_path])
        person = member_documents.decode(reads[person_path])
        if membership is None or _is_erased(membership):
            return None
        if membership.merged_into is None:
            is_there = person is not None and person.erasure_id is None
            return (membership, person) if is_there and person else None
        assert membership.merged_into_user_id is not None
        membership_id, user_id = membership.merged_into, membership.merged_into_user_id
    return None


def _is_erased(membership: Membership) -> bool:
    return bool(membership.erasure_id or membership.erased_at)
