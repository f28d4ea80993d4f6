"""The accounts for which somebody works: a person is told the own ones, and of nobody else's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.auth.caller import Caller, SignedInCustomer
from shared.domain.accounts.accounts import Account
from shared.domain.accounts.staff import StaffMember, StaffRole
from shared.store.accounts import account_documents, staff_documents

if TYPE_CHECKING:
    from shared.services.accounts.accepted_invitations import OwnInvitation

WORKPLACES_MAX = 100
"""The most accounts that are listed for one person."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """An account, and what somebody is there. ``role``: ``None`` for a secret key."""

    account: Account
    role: StaffRole | None = None
    store_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """Where somebody works, and where they are invited to."""

    workplaces: list[Workplace]
    invitations: list[OwnInvitation]


def of_person(person: SignedInCustomer) -> OwnAccounts:
    """Return the accounts in which somebody has a role that works, and those to which the e-mail
    address is invited; by name, as of now.

    Firebase Auth is asked about those alone who have one, so that customers who call cost nothing
    there. Who works for an account already, with a role that works or not, is not invited there.

    Raises:
        SignInNotVerified: The e-mail address is not verified.
        InvalidIdToken: The person was disabled, or signed out.
        Busy: Firebase Auth does not answer.
    """
    # It brings what verifies ID tokens; calls by a key start without that.
    from shared.services.accounts import accepted_invitations, staff_callers

    staff_callers.require_email(person.email is not None)
    assert person.email is not None
    roles = staff_documents.list_of_person(person.user_id, WORKPLACES_MAX)
    invitations = accepted_invitations.of_address(person.email)
    known = {each.account_id for each in roles}
    open_ = [each for each in invitations if each.account.account_id not in known]
    found = _with_accounts(roles)
    if found or open_:
        staff_callers.require_present(person.user_id, person.signed_in_at)
    return OwnAccounts(found, open_)


def of_caller(caller: Caller) -> list[Workplace]:
    """Return the accounts of a person of the staff; a key's or a token's is its own alone.

    An app learns only of the account in which it was allowed to act.
    """
    if caller.staff is not None and caller.app_id is None:
        return _with_accounts(staff_documents.list_of_person(caller.staff.user_id, WORKPLACES_MAX))
    account = account_documents.find_account(caller.account_id)
    if account is None:
        return []
    if caller.staff is None:
        return [Workplace(account)]
    return [Workplace(account, caller.staff.role, caller.staff.store_ids)]


def _with_accounts(found: Iterable[StaffMember]) -> list[Workplace]:
    roles = {each.account_id: each for each in found if not each.is_disabled}
    return _sorted(roles, account_documents.find_accounts(roles))


def _sorted(roles: dict[str, StaffMember], accounts: Iterable[Account]) -> list[Workplace]:
    found = [
        Workplace(each, roles[each.account_id].role, roles[each.account_id].store_ids)
        for each in accounts
    ]
    return sorted(found, key=lambda each: (each.account.name, each.account.account_id))
