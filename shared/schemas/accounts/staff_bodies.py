"""The people who work for an account: fields of requests, and bodies of answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.domain.accounts.staff import STORES_MAX, StaffMember, StaffRole
from shared.schemas import answers
from shared.schemas.base import Id, Name, NewId, WireModel

NOT_LIMITED = "limits managers and cashiers only; the other roles are about all stores"

StaffUserId = Annotated[
    Id, Field(description="The person: the uid of Firebase Auth, with which they sign in.")
]
NewStaffUserId = Annotated[
    NewId, Field(description="The person: the uid of Firebase Auth, with which they sign in.")
]
Role = Annotated[
    StaffRole,
    Field(
        strict=False,
        description=(
            "`owner`: everything that no machine alone may tell. `manager`: programs, members, "
            "rewards, corrections, reports. `developer`: webhooks and connections, and reads. "
            "`cashier`: identify, earn by a purchase, spend for who shows the card, use codes, "
            "undo the own last booking."
        ),
    ),
]


def _without_repetition(store_ids: list[str]) -> list[str]:
    if len({*store_ids}) < len(store_ids):
        raise ValueError("must name each store once")
    return store_ids


StoreIds = Annotated[
    list[Id],
    Field(
        max_length=STORES_MAX,
        description=(
            "The stores in which the person works; each call names one of them as `storeId`. "
            "Empty: all. Only for managers and cashiers."
        ),
    ),
    AfterValidator(_without_repetition),
]
Label = Annotated[
    Name, Field(description="What you call the person, for listStaff. It is stored as it is.")
]


class StaffMemberBody(WireModel):
    """A person who works for the account."""

    user_id: str = Field(description="The uid of Firebase Auth.")
    role: Role
    store_ids: list[str] = Field(
        description="The stores in which the person works. Empty: in all of them."
    )
    is_disabled: bool = Field(description="True: the person can call nothing for now.")
    label: str = Field(description="What you call the person; empty if nobody said it.")
    added_by: str | None = Field(
        description="The uid of who added the person. Null if a secret key did."
    )
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt


STAFF_EXAMPLE: dict[str, Any] = {
    "userId": "uid_of_lena",
    "role": "cashier",
    "storeIds": ["store_a"],
    "isDisabled": False,
    "label": "Lena, Kasse 2",
    "addedBy": None,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}


def staff_body(member: StaffMember) -> StaffMemberBody:
    """Return what an answer says of a person."""
    return StaffMemberBody(
        user_id=member.user_id,
        role=member.role,
        store_ids=list(member.store_ids),
        is_disabled=member.is_disabled,
        label=member.label,
        added_by=member.added_by,
        created_at=member.created_at,
        updated_at=member.updated_at,
    )
