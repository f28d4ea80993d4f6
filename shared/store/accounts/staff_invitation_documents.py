"""Invitations of people who are to work for an account."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.accounts.staff_invitations import StaffInvitation
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData
from shared.store.queries import Filter

INVITATIONS = Documents(
    StaffInvitation,
    paths.staff_invitation,
    collection="staffInvitations",
    path_of=lambda each: paths.staff_invitation(each.account_id, each.lookup),
    personal=NoPersonalData(
        "Of somebody who is to work for the merchant, no customer by that. The address is "
        "encrypted, and deleted when the invitation is accepted, withdrawn or over."
    ),
)

creation = INVITATIONS.creation
decode = INVITATIONS.decode
deletion = INVITATIONS.deletion
write = INVITATIONS.write
path_of = INVITATIONS.path_of
to_document = INVITATIONS.to_document
from_document = INVITATIONS.from_document


def list_of_account(account_id: str, limit: int) -> list[StaffInvitation]:
    """Return the invitations of an account that nobody has accepted, the oldest first.

    Those that are over are among them until Firestore has deleted them.
    """
    found = INVITATIONS.query(*_not_accepted(account_id), limit=limit)
    return sorted(found, key=lambda each: (each.created_at, each.lookup))


def count_of_account(account_id: str) -> int:
    """Return how many ``list_of_account`` would return."""
    return INVITATIONS.count(*_not_accepted(account_id))


def list_of_address(lookups: Sequence[str], limit: int) -> list[StaffInvitation]:
    """Return the invitations of all accounts for one e-mail address, by its hashes."""
    return INVITATIONS.query(("lookup", "in", [*lookups]), limit=limit)


def _not_accepted(account_id: str) -> list[Filter]:
    return [("accountId", "==", account_id), ("acceptedBy", "==", None)]
