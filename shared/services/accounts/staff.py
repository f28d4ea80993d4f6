"""Give, change and take the roles of an account's staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.accounts import sign_ins, staff
from shared.domain.accounts.staff import StaffMember, StaffRole, StaffRoster
from shared.errors import (
    NotStaff,
    StaffMemberExists,
    StaffMemberNotFound,
)
from shared.schemas.accounts.staff_bodies import NOT_LIMITED
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import staff_documents
from shared.store.client import Document


@dataclass(frozen=True, slots=True)
class SavedStaffMember:
    """A person as written, or as removed; ``is_replay`` if an earlier request with the same key
    did it.
    """

    member: StaffMember
    is_replay: bool = False


def add(
    caller: Caller,
    user_id: str,
    role: StaffRole,
    *,
    store_ids: tuple[str, ...],
    label: str,
) -> SavedStaffMember:
    """Give a person a role in the caller's account.

    Args:
        caller: A secret key, an owner, or a manager for cashiers.
        user_id: The uid of Firebase Auth.
        role: What the person does.
        store_ids: The stores of the account that the person is limited to; none: all.
        label: What the merchant calls the person.

    Raises:
        StaffMemberExists, StaffChangeNotAllowed, SignInTooOld, StoreNotFound, LimitExceeded,
        InvalidParameters, IdempotencyKeyReused, Busy.
    """
    now = clock.real_now()
    member = StaffMember(
        caller.account_id,
        user_id,
        role,
        created_at=now,
        updated_at=now,
        store_ids=store_ids,
        label=label,
        added_by=caller.staff_id,
    )

    def change(before: StaffMember | None) -> StaffMember:
        if before is not None:
            raise StaffMemberExists(f"{user_id} works for the account already.", role=before.role)
        return member

    return _changed(caller, user_id, store_ids, change)


def update(
    caller: Caller,
    user_id: str,
    *,
    role: StaffRole | None,
    store_ids: tuple[str, ...] | None,
    is_disabled: bool | None,
    label: str | None,
) -> SavedStaffMember:
    """Change a person's role, stores or label; ``None`` changes nothing. Within 60 s.

    Raises:
        StaffMemberNotFound, StaffChangeNotAllowed, SignInTooOld, LastOwner, StoreNotFound,
        InvalidParameters, IdempotencyKeyReused, Busy.
    """
    now = clock.real_now()

    def change(before: StaffMember | None) -> StaffMember:
        found = _found(before, user_id)
        return replace(
            found,
            role=role or found.role,
            store_ids=found.store_ids if store_ids is None else store_ids,
            is_disabled=found.is_disabled if is_disabled is None else is_disabled,
            label=found.label if label is None else label,
            updated_at=now,
        )

    return _changed(caller, user_id, store_ids or (), change)


def remove(caller: Caller, user_id: str) -> SavedStaffMember:
    """Take a person's role; within 60 s nothing can be called by it.

    Raises:
        StaffMemberNotFound, StaffChangeNotAllowed, SignInTooOld, LastOwner,
        IdempotencyKeyReused, Busy.
    """

    def change(before: StaffMember | None) -> None:
        _found(before, user_id)

    return _changed(caller, user_id, (), change)


def list_all(caller: Caller) -> list[StaffMember]:
    """Return everybody who works for the caller's account, oldest first."""
    return staff_documents.list_of_account(caller.account_id)


def _changed(
    caller: Caller,
    user_id: str,
    store_ids: tuple[str, ...],
    change: Callable[[StaffMember | None], StaffMember | None],
) -> SavedStaffMember:
    """Change one person, by whoever calls as they are at the commit: no cached role counts."""
    assert caller.scopes is None, "the edge lets no access token give roles"
    account_id = caller.account_id
    for each in store_ids:
        access.store(caller, each)
    path, roster_path = paths.staff_member(account_id, user_id), paths.staff_roster(account_id)

    def decide(reads: Reads) -> Effect[SavedStaffMember]:
        by = calling(caller, reads)
        before = staff_documents.decode(reads[path])
        after = change(before)
        if after is not None:
            _require_limitable(after)
        staff.require_may_change(by, before, after)
        require_fresh(caller, before, after)
        known = staff_documents.decode_roster(reads[roster_path])
        roster = (known or StaffRoster(account_id)).after(before, after)
        shown = after or before
        assert shown is not None, "there is somebody before or after"
        return Effect(
            SavedStaffMember(shown),
            [
                staff_documents.deletion(reads[path])
                if after is None
                else staff_documents.write(reads[path], after),
                staff_documents.write_roster(reads[roster_path], roster),
            ],
            kept={"member": staff_documents.to_document(shown)},
        )

    needs = list(dict.fromkeys([roster_path, path, *own_paths(caller)]))
    saved = commands.run(needs, decide, claim=caller.claim, replay=_replayed)
    staff_documents.forget(account_id, user_id)
    return saved


def own_paths(caller: Caller) -> list[str]:
    """Return the paths that ``calling`` needs: none for a secret key."""
    if caller.staff is None:
        return []
    return [paths.staff_member(caller.account_id, caller.staff.user_id)]


def calling(caller: Caller, reads: Reads) -> StaffMember | None:
    """Return who calls as they are now, ``None`` for a secret key.

    Raises:
        NotStaff: The role was taken since it was cached.
    """
    if caller.staff is None:
        return None
    own = staff_documents.decode(reads[own_paths(caller)[0]])
    if own is None or own.is_disabled:
        raise NotStaff("The person has no role in the account.")
    return own


def require_fresh(caller: Caller, before: StaffMember | None, after: StaffMember | None) -> None:
    """Refuse to a person who has not just signed in what changes who has power over the account.

    Raises:
        SignInTooOld.
    """
    if caller.staff is not None and staff.changes_power(before, after):
        sign_ins.require_fresh(caller.proved_at, clock.real_now())


def _require_limitable(member: StaffMember) -> None:
    """Refuse to limit a role to stores that is about the whole account.

    Raises:
        InvalidParameters: It is.
    """
    if not staff.may_be_limited(member.role, member.store_ids):
        raise invalid({"storeIds": NOT_LIMITED})


def _found(before: StaffMember | None, user_id: str) -> StaffMember:
    if before is None:
        raise StaffMemberNotFound(f"Nobody with the id {user_id} works for the account.")
    return before


def _replayed(kept: Document, _: Reads) -> SavedStaffMember:
    return SavedStaffMember(staff_documents.from_document(kept["member"]), is_replay=True)
