"""POST /api/v1/identifyMember: tell who a person at a till is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, model_validator

from shared import clock
from shared.auth.caller import Caller
from shared.domain.members import member_codes
from shared.domain.members.member_codes import CODE_CHARS_MAX, MemberCodeKind
from shared.errors import (
    MemberCodeDamaged,
    MemberCodeExpired,
    MemberCodeNotFound,
    MemberCodeUsed,
    MemberNotFound,
    StoreNotFound,
)
from shared.schemas.base import (
    Id,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    WireModel,
    invalid,
)
from shared.schemas.fields import StoreId
from shared.schemas.members.profile_bodies import (
    MEMBER_EXAMPLE,
    CustomerNumber,
    Email,
    MemberBody,
    Phone,
    SystemName,
    to_member_body,
)
from shared.services import access
from shared.services.members import identification, profile_requests

SEEN_WITHIN = timedelta(days=7)
"""A till that had no connection asks for a code that it has seen within this."""
CLOCKS_DIFFER = timedelta(minutes=5)
_WAYS = ("email", "phone", "customer_number", "member_code", "external_id")


class ExternalId(WireModel):
    """An id in another system."""

    system: SystemName
    id: Id = Field(description="The id there.")


class Request(RequestModel):
    """Exactly one of `email`, `phone`, `customerNumber`, `memberCode` and `externalId`."""

    email: Email | None = None
    phone: Phone | None = None
    customer_number: CustomerNumber | None = None
    member_code: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=CODE_CHARS_MAX,
                description="What the QR code or bar code says. A rotating one counts once.",
            ),
        ]
        | None
    ) = None
    seen_at: RequestTime | None = Field(
        default=None,
        description=(
            "When `memberCode` was shown, if a till that had no connection asks later: in the last "
            "7 days. A rotating code must be of that minute then, and is not used up."
        ),
    )
    external_id: ExternalId | None = Field(
        default=None, description="The person's id in another system."
    )
    store_id: StoreId | None = None

    @model_validator(mode="after")
    def _require_one(self) -> Request:
        if sum(getattr(self, name) is not None for name in _WAYS) != 1:
            raise ValueError(
                "must have exactly one of email, phone, customerNumber, memberCode and externalId"
            )
        if self.seen_at is not None and self.member_code is None:
            raise ValueError("takes seenAt with memberCode only")
        return self


class Response(ResponseModel):
    """The person. getMember shows the memberships as well."""

    success: Success = True
    member: MemberBody = Field(description="The person.")
    code_kind: MemberCodeKind | None = Field(
        description="Whether `memberCode` was `static` or `rotating`. Null for the other ways."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "email": {"email": "max@example.com"},
    "code": {"memberCode": "S7K2M9QXT4HBCW3ZE"},
    "externalId": {"externalId": {"system": "shopware", "id": "0198a7"}},
}

EXAMPLE: dict[str, Any] = {"success": True, "member": MEMBER_EXAMPLE, "codeKind": None}

REFUSALS = (
    StoreNotFound,
    MemberNotFound,
    MemberCodeDamaged,
    MemberCodeNotFound,
    MemberCodeExpired,
    MemberCodeUsed,
)


def handle(body: Request, caller: Caller) -> Response:
    """Find the person by a keyed hash: one query."""
    access.named_store(caller, body.store_id)
    if body.member_code is not None:
        found = identification.by_code(caller, body.member_code, _seen_at(body))
    else:
        external = (body.external_id.system, body.external_id.id) if body.external_id else None
        key = profile_requests.key_of(
            caller.account_id,
            email=body.email,
            phone=body.phone,
            customer_number=body.customer_number,
            external=external,
        )
        found = identification.by_key(caller, key)
    return Response(member=to_member_body(found.member, found.profile), code_kind=found.code_kind)


def _seen_at(body: Request) -> datetime | None:
    """Return when the code was shown, if that is not now."""
    if body.seen_at is None:
        return None
    ago = clock.real_now() - body.seen_at
    if ago < -CLOCKS_DIFFER:
        raise invalid({"seenAt": "must not be in the future"})
    if ago > SEEN_WITHIN:
        raise invalid({"seenAt": f"must be in the last {SEEN_WITHIN.days} days"})
    return body.seen_at


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Say what kind of code was sent; a damaged one is refused."""
    _seen_at(body)
    if body.member_code is None:
        return {}
    code = member_codes.read(body.member_code)
    return {"codeKind": MemberCodeKind.ROTATING if hasattr(code, "step") else MemberCodeKind.STATIC}
