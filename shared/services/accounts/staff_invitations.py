"""Invite somebody by an e-mail address to work for an account, and take that back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.accounts import staff
from shared.domain.accounts.staff import StaffRole
from shared.domain.accounts.staff_invitations import INVITATIONS_MAX, LIFE, StaffInvitation
from shared.errors import LimitExceeded, StaffInvitationExists, StaffInvitationNotFound
from shared.services import access, commands
from shared.services.accounts import inviters, staff_addresses
from shared.services.accounts import staff as staff_changes
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import staff_invitation_documents
from shared.store.client import Document


@dataclass(frozen=True, slots=True)
class ShownInvitation:
    """An invitation with its address. ``is_open``: who has invited may still give the role."""

    invitation: StaffInvitation
    email: str
    is_open: bool = True
    is_replay: bool = False


def invite(
    caller: Caller,
    email: str,
    role: StaffRole,
    *,
    store_ids: tuple[str, ...],
    label: str,
) -> ShownInvitation:
    """Let whoever has an e-mail address take a role in the caller's account, for 14 days.

    Args:
        caller: Who may give this role with addStaffMember.
        email: The address. Nothing is sent to it.
        role: What the person is to do.
        store_ids: The stores of the account that the person is limited to; none: all.
        label: What the merchant calls the person.

    Raises:
        StaffInvitationExists, StaffChangeNotAllowed, SignInTooOld, StoreNotFound, LimitExceeded,
        IdempotencyKeyReused, Busy.
    """
    assert caller.scopes is None, "the edge lets no access token give roles"
    account_id, now = caller.account_id, clock.real_now()
    for each in store_ids:
        access.store(caller, each)
    lookup, sealed = staff_addresses.sealed(email, account_id)
    invitation = StaffInvitation(
        account_id,
        lookup,
        sealed,
        role,
        created_at=now,
        expires_at=now + LIFE,
        store_ids=store_ids,
        label=label,
        invited_by=caller.staff_id,
        key_hash=caller.key_hash,
    )
    known = _paths(account_id, email)
    has_room = staff_invitation_documents.count_of_account(account_id) < INVITATIONS_MAX

    def decide(reads: Reads) -> Effect[ShownInvitation]:
        staff.require_may_give(staff_changes.calling(caller, reads), role, store_ids)
        staff_changes.require_fresh(caller, None, invitation.member("", now))
        earlier = [each for each in known if reads[each].data is not None]
        for each in earlier:
            before = staff_invitation_documents.decode(reads[each])
            if before and before.is_waiting(now) and inviters.still_give(before, reads):
                raise StaffInvitationExists("The e-mail address is invited already.")
        if not earlier and not has_room:
            raise LimitExceeded(f"An account has at most {INVITATIONS_MAX} invitations at a time.")
        path = staff_invitation_documents.path_of(invitation)
        return Effect(
            ShownInvitation(invitation, email),
            [
                staff_invitation_documents.write(reads[path], invitation),
                *(
                    staff_invitation_documents.deletion(reads[each])
                    for each in earlier
                    if each != path
                ),
            ],
            # The address is in the request that is repeated.
            kept={
                "invitation": staff_invitation_documents.to_document(
                    replace(invitation, email=None)
                )
            },
        )

    def replayed(kept: Document, _: Reads) -> ShownInvitation:
        first = staff_invitation_documents.from_document(kept["invitation"])
        return ShownInvitation(first, email, is_replay=True)

    needs = [*known, *staff_changes.own_paths(caller)]
    return commands.run(needs, decide, claim=caller.claim, replay=replayed)


def withdraw(caller: Caller, email: str) -> bool:
    """End the invitation of an e-mail address, by whoever may give its role.

    Returns:
        True if an earlier request with the same key did it.

    Raises:
        StaffInvitationNotFound, StaffChangeNotAllowed, IdempotencyKeyReused, Busy.
    """
    assert caller.scopes is None, "the edge lets no access token take roles"
    now = clock.real_now()
    known = _paths(caller.account_id, email)

    def decide(reads: Reads) -> Effect[bool]:
        by = staff_changes.calling(caller, reads)
        found = {each: staff_invitation_documents.decode(reads[each]) for each in known}
        waiting = {path: each for path, each in found.items() if each and each.is_waiting(now)}
        if not waiting:
            raise StaffInvitationNotFound("The e-mail address is not invited.")
        for each in waiting.values():
            staff.require_may_give(by, each.role, each.store_ids)
        deletions = [staff_invitation_documents.deletion(reads[each]) for each in waiting]
        return Effect(result=False, writes=deletions)

    needs = [*known, *staff_changes.own_paths(caller)]
    return commands.run(needs, decide, claim=caller.claim, replay=lambda _, __: True)


def list_waiting(caller: Caller) -> list[ShownInvitation]:
    """Return the invitations of the caller's account that nobody has accepted, the oldest first."""
    now = clock.real_now()
    found = staff_invitation_documents.list_of_account(caller.account_id, 2 * INVITATIONS_MAX)
    waiting = [each for each in found if each.is_waiting(now)]
    return [
        ShownInvitation(
            each, staff_addresses.opened(each.email, each.account_id, each.lookup), is_open
        )
        for each, is_open in zip(waiting, inviters.given(waiting), strict=True)
        if each.email is not None
    ]


def _paths(account_id: str, email: str) -> list[str]:
    """Return where the invitation of an address is: it may be under an older key of the vault."""
    return [paths.staff_invitation(account_id, each) for each in staff_addresses.lookups(email)]
