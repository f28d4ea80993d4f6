"""Invitations: a role in an account for whoever proves to have an e-mail address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.accounts import staff
from shared.domain.accounts.staff import StaffMember, StaffRole
from shared.encrypted import Encrypted
from shared.errors import StaffChangeNotAllowed

LIFE = timedelta(days=14)
"""For how long an invitation can be accepted."""
INVITATIONS_MAX = 100
"""The most invitations of an account at a time. Two that are written at once may exceed it."""


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """A role for the person who has an e-mail address.

    ``lookup`` is the keyed hash of the address: the document is found by it, so that an account has
    one invitation for an address. ``email`` is the address, ``None`` as soon as somebody has
    accepted. Who gives the role: the person ``invited_by``, or the secret key ``key_hash``.
    """

    account_id: str
    lookup: str
    email: Encrypted | None
    role: StaffRole
    created_at: datetime
    expires_at: datetime
    store_ids: tuple[str, ...] = ()
    label: str = ""
    invited_by: str | None = None
    key_hash: str | None = None
    accepted_by: str | None = None

    def is_waiting(self, now: datetime) -> bool:
        """Tell whether nobody has accepted, and the time has not ended."""
        return self.accepted_by is None and now < self.expires_at

    def is_for(self, store_id: str) -> bool:
        """Tell whether the person would work in this store."""
        return not self.store_ids or store_id in self.store_ids

    def member(self, user_id: str, now: datetime) -> StaffMember:
        """Return the person who has accepted as one of the staff."""
        return StaffMember(
            self.account_id,
            user_id,
            self.role,
            created_at=now,
            updated_at=now,
            store_ids=self.store_ids,
            label=self.label,
            added_by=self.invited_by,
        )

    def accepted(self, user_id: str) -> StaffInvitation:
        """Return the invitation as it is kept until it expires: it answers a repeated request."""
        return replace(self, email=None, accepted_by=user_id)


def is_given(invitation: StaffInvitation, by: StaffMember | None) -> bool:
    """Tell whether who has invited may still give the role.

    Whoever was removed from the staff and is added anew has invited nobody yet.

    Args:
        invitation: What they have invited to.
        by: The person as they are now; ``None`` for a secret key that works.
    """
    if by is not None and (by.is_disabled or by.created_at > invitation.created_at):
        return False
    try:
        staff.require_may_give(by, invitation.role, invitation.store_ids)
    except StaffChangeNotAllowed:
        return False
    return True
