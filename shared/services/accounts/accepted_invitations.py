"""What somebody who has signed in is invited to, and how they accept."""

from __future__ import annotations

from dataclasses import dataclass

from shared import clock
from shared.auth.caller import SignedInCustomer
from shared.domain.accounts.accounts import Account
from shared.domain.accounts.staff import StaffRoster
from shared.domain.accounts.staff_invitations import StaffInvitation
from shared.errors import StaffInvitationEnded, StaffInvitationNotFound, StaffMemberExists
from shared.services import commands
from shared.services.accounts import inviters, staff_addresses
from shared.services.accounts.staff import SavedStaffMember
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import account_documents, staff_documents, staff_invitation_documents

SHOWN_MAX = 20
"""The most invitations that are looked at for one person."""


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """An account in which somebody may take a role."""

    account: Account
    invitation: StaffInvitation


def of_address(email: str) -> list[OwnInvitation]:
    """Return what an e-mail address is invited to and can accept, by the names of the accounts."""
    now = clock.real_now()
    lookups = staff_addresses.lookups(email)
    found = staff_invitation_documents.list_of_address(lookups, SHOWN_MAX)
    waiting = [each for each in found if each.is_waiting(now)]
    if not waiting:
        return []
    given = zip(waiting, inviters.given(waiting), strict=True)
    by_account = {each.account_id: each for each, is_given in given if is_given}
    accounts = account_documents.find_accounts(by_account)
    own = [OwnInvitation(each, by_account[each.account_id]) for each in accounts]
    return sorted(own, key=lambda each: (each.account.name, each.account.account_id))


def accept(person: SignedInCustomer, account_id: str) -> SavedStaffMember:
    """Take the role in an account to which the person's verified e-mail address is invited.

    Whoever has invited must still be allowed to give the role: it is decided in the commit. The
    same person can repeat it, and gets the same answer.

    Raises:
        SignInNotVerified, InvalidIdToken: The person cannot act: see ``staff_callers``.
        StaffInvitationNotFound: Nobody has invited the address, or it was used or withdrawn.
        StaffInvitationEnded: It is over.
        StaffMemberExists: The person works for the account already.
        LimitExceeded: The account has as many people as it can have.
        Busy: Firestore or Firebase Auth does not answer.
    """
    # It brings what verifies ID tokens; calls by a key start without that.
    from shared.services.accounts import staff_callers

    staff_callers.require_email(person.email is not None)
    assert person.email is not None
    staff_callers.require_present(person.user_id, person.signed_in_at, email=person.email)
    now = clock.real_now()
    lookups = staff_addresses.lookups(person.email)
    known = [paths.staff_invitation(account_id, each) for each in lookups]
    path, roster_path = (
        paths.staff_member(account_id, person.user_id),
        paths.staff_roster(account_id),
    )

    def decide(reads: Reads) -> Effect[SavedStaffMember]:
        found = {each: staff_invitation_documents.decode(reads[each]) for each in known}
        invited = next(((each, value) for each, value in found.items() if value), None)
        before = staff_documents.decode(reads[path])
        if invited is None:
            raise _not_found()
        invitation_path, invitation = invited
        if invitation.accepted_by is not None:
            if before is not None and invitation.accepted_by == person.user_id:
                return Effect(SavedStaffMember(before, is_replay=True))
            raise _not_found()
        if not invitation.is_waiting(now):
            raise StaffInvitationEnded("The invitation is over.", reason="expired")
        if not inviters.still_give(invitation, reads):
            raise StaffInvitationEnded(
                "Who has invited may not give this role any more.", reason="inviter"
            )
        if before is not None:
            raise StaffMemberExists("You work for the account already.", role=before.role)
        member = invitation.member(person.user_id, now)
        known_roster = staff_documents.decode_roster(reads[roster_path])
        roster = (known_roster or StaffRoster(account_id)).after(None, member)
        return Effect(
            SavedStaffMember(member),
            [
                staff_documents.write(reads[path], member),
                staff_documents.write_roster(reads[roster_path], roster),
                staff_invitation_documents.write(
                    reads[invitation_path], invitation.accepted(person.user_id)
                ),
            ],
        )

    saved = commands.run([roster_path, path, *known], decide)
    staff_documents.forget(account_id, person.user_id)
    return saved


def _not_found() -> StaffInvitationNotFound:
    return StaffInvitationNotFound("Your e-mail address is not invited to this account.")
