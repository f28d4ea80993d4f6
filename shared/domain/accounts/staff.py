"""The people who work for a merchant: roles, and who may give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.errors import LastOwner, LimitExceeded, StaffChangeNotAllowed

STAFF_MAX = 500
"""The most people that an account can have."""
STORES_MAX = 100
"""The most stores that one person can be limited to."""


class StaffRole(StrEnum):
    """What a person does for the merchant; the catalog says what each may call."""

    OWNER = "owner"
    MANAGER = "manager"
    CASHIER = "cashier"
    DEVELOPER = "developer"


LIMITED_ROLES = frozenset({StaffRole.MANAGER, StaffRole.CASHIER})
"""What the others do is about the whole account, so no stores limit them."""


def may_be_limited(role: StaffRole, store_ids: Iterable[str]) -> bool:
    """Tell whether somebody of this role can be limited to these stores; everybody to none."""
    return role in LIMITED_ROLES or not [*store_ids]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person's role in one account.

    ``user_id`` is the uid of Firebase Auth. ``store_ids``: the person works in these alone; in all
    stores if there are none. ``added_by`` is the uid of who added the person, ``None`` if a key
    did.
    """

    account_id: str
    user_id: str
    role: StaffRole
    created_at: datetime
    updated_at: datetime
    store_ids: tuple[str, ...] = ()
    is_disabled: bool = False
    label: str = ""
    added_by: str | None = None

    @property
    def is_active_owner(self) -> bool:
        """True for owners who can act."""
        return self.role is StaffRole.OWNER and not self.is_disabled

    def works_in(self, store_id: str) -> bool:
        """Tell whether the person's stores include this one."""
        return not self.store_ids or store_id in self.store_ids


@dataclass(frozen=True, slots=True)
class StaffRoster:
    """What all changes to an account's staff have in common; each of them writes it.

    So they take turns, and what was read for one is still true when it is committed.
    ``owner_ids`` are the uids of the owners who can act. ``changes`` counts.
    """

    account_id: str
    owner_ids: tuple[str, ...] = ()
    size: int = 0
    changes: int = 0

    def after(self, before: StaffMember | None, after: StaffMember | None) -> StaffRoster:
        """Return the roster after a change of one person; ``None``: is not there.

        Raises:
            LastOwner: Nobody would be left who can give roles.
            LimitExceeded: The account has as many people as it can have.
        """
        owners = list(self.owner_ids)
        if before is not None and before.is_active_owner:
            owners = [each for each in owners if each != before.user_id]
        if after is not None and after.is_active_owner:
            owners.append(after.user_id)
        if self.owner_ids and not owners:
            raise LastOwner("The account would have no owner who can act.")
        size = self.size + (after is not None) - (before is not None)
        if size > max(self.size, STAFF_MAX):
            raise LimitExceeded(f"An account has at most {STAFF_MAX} people.")
        return replace(self, owner_ids=tuple(owners), size=size, changes=self.changes + 1)


def changes_power(before: StaffMember | None, after: StaffMember | None) -> bool:
    """Tell whether a change gives a role of more power than a cashier's, or takes an owner's.

    Who finds a browser open could do it to come back, or to keep others out.

    Args:
        before: The person before; ``None``: is added.
        after: The person after; ``None``: is removed.
    """
    was_owner = before is not None and before.is_active_owner
    if after is None or after.is_disabled:
        return was_owner
    had = None if before is None or before.is_disabled else before.role
    return after.role is not had and (was_owner or after.role is not StaffRole.CASHIER)


def require_may_change(
    by: StaffMember | None, before: StaffMember | None, after: StaffMember | None
) -> None:
    """Refuse a change that is not in the power of who makes it.

    Both what the person was and what they are to be must be a role that who makes it may give:
    see ``require_may_give``. Nobody changes themselves.

    Args:
        by: Who makes it, as they are now; ``None`` for a secret key.
        before: The person before; ``None``: is added.
        after: The person after; ``None``: is removed.

    Raises:
        StaffChangeNotAllowed: It is not.
    """
    if by is None:
        return
    sides = [each for each in (before, after) if each is not None]
    if any(each.user_id == by.user_id for each in sides):
        raise StaffChangeNotAllowed(
            "Nobody changes or removes themselves.", fix="Ask another owner, or use a secret key."
        )
    for each in sides:
        require_may_give(by, each.role, each.store_ids)


def require_may_give(by: StaffMember | None, role: StaffRole, store_ids: Iterable[str]) -> None:
    """Refuse a role in some stores that is not in the power of who gives or takes it.

    A secret key and an owner may give any. A manager may give ``cashier``, in the manager's own
    stores.

    Args:
        by: Who gives it, as they are now; ``None`` for a secret key.
        role: The role.
        store_ids: The stores to which it is limited; none: all.

    Raises:
        StaffChangeNotAllowed: It is not.
    """
    if by is None or by.role is StaffRole.OWNER:
        return
    if by.role is not StaffRole.MANAGER:
        raise StaffChangeNotAllowed(f"The role {by.role} gives no roles.", role=by.role)
    if role is not StaffRole.CASHIER:
        raise StaffChangeNotAllowed("A manager adds, changes and removes cashiers.", role=by.role)
    if not _is_within(store_ids, by.store_ids):
        raise StaffChangeNotAllowed(
            "The cashier would work in stores that are not the manager's.",
            fix="Name `storeIds`, and only stores that are yours.",
            role=by.role,
        )


def _is_within(store_ids: Iterable[str], allowed: tuple[str, ...]) -> bool:
    """Tell whether stores are some of the allowed ones; none stands for all."""
    named = {*store_ids}
    return not allowed or (bool(named) and named <= {*allowed})
