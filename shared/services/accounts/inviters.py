"""Who has invited: an invitation lasts only while they may still give its role."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.accounts import staff_invitations
from shared.domain.accounts.staff_invitations import StaffInvitation
from shared.services import commands
from shared.services.commands import Reads
from shared.store import client, paths
from shared.store.accounts import account_documents, staff_documents


def still_give(invitation: StaffInvitation, reads: Reads) -> bool:
    """Tell whether who has invited may still give the role, as they are now.

    Raises:
        Wanted: They were not read.
    """
    commands.want(reads, _needs(invitation))
    if invitation.key_hash is not None:
        key = account_documents.decode_key(reads[paths.api_key(invitation.key_hash)])
        if key is None or key.revoked_at is not None:
            return False
    by = None
    if invitation.invited_by is not None:
        path = paths.staff_member(invitation.account_id, invitation.invited_by)
        by = staff_documents.decode(reads[path])
        if by is None:
            return False
    return staff_invitations.is_given(invitation, by)


def given(invitations: Sequence[StaffInvitation]) -> list[bool]:
    """Tell the same of some invitations, each at its place, with one call to Firestore."""
    needs = {path for each in invitations for path in _needs(each)}
    reads = client.get(sorted(needs)) if needs else {}
    return [still_give(each, reads) for each in invitations]


def _needs(invitation: StaffInvitation) -> list[str]:
    by, key_hash = invitation.invited_by, invitation.key_hash
    return [
        *([] if by is None else [paths.staff_member(invitation.account_id, by)]),
        *([] if key_hash is None else [paths.api_key(key_hash)]),
    ]
