"""Store invitations under the newest key of the vault, so that an old key can be removed.

An invitation is found by a hash of its e-mail address, which is part of its path. So it gets
another document, with the address encrypted for that.
"""

from __future__ import annotations

from dataclasses import replace

from shared.services import commands
from shared.services.accounts import staff_addresses
from shared.services.commands import Effect, Reads
from shared.services.every_document import change_each
from shared.store import paths
from shared.store.accounts import staff_invitation_documents
from shared.store.client import Snapshot


def rekey_invitations() -> int:
    """Let all invitations that wait be found by hashes under the newest key alone.

    What cannot be decrypted is left alone: ``reencrypt_secrets`` tells of it.

    Returns:
        The number of invitations that were changed.
    """
    count, _ = change_each(staff_invitation_documents.INVITATIONS, _rekey)
    return count


def _rekey(found: Snapshot) -> bool:
    invitation = staff_invitation_documents.decode(found)
    if invitation is None or invitation.email is None:
        return False
    account_id = invitation.account_id
    address = staff_addresses.opened(invitation.email, account_id, invitation.lookup)
    lookup, sealed = staff_addresses.sealed(address, account_id)
    if lookup == invitation.lookup:
        return False
    after = replace(invitation, lookup=lookup, email=sealed)
    path = paths.staff_invitation(account_id, lookup)

    def decide(reads: Reads) -> Effect[bool]:
        if staff_invitation_documents.decode(reads[found.path]) != invitation:
            return Effect(result=False)  # Accepted, withdrawn or moved meanwhile.
        moved = staff_invitation_documents.write(reads[path], after)
        gone = staff_invitation_documents.deletion(reads[found.path])
        # If the address was invited anew under the newest key, that one counts.
        is_taken = reads[path].data is not None
        return Effect(result=True, writes=[gone] if is_taken else [moved, gone])

    return commands.run([found.path, path], decide)
