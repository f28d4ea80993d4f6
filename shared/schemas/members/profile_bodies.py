"""Profiles of members in requests and answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from shared import clock
from shared.domain.members import personal_data
from shared.domain.members.custom_fields import FIELDS_MAX
from shared.domain.members.member import Member, MemberStatus
from shared.domain.members.profile import EXTERNAL_IDS_MAX, Newsletter, Profile
from shared.domain.units import to_json_number
from shared.schemas import answers
from shared.schemas.base import NewId, RequestTime, Timestamp, WireModel

_PHONE_CHARS_MAX = 40


def _birthday(text: str) -> str:
    return personal_data.birthday(text, clock.utc_now()).isoformat()


def _systems(found: dict[str, Any]) -> dict[str, Any]:
    for each in found:
        personal_data.system(each)
    return found


def _past(moment: datetime) -> datetime:
    if moment > clock.utc_now():
        raise ValueError("must not be in the future")
    return moment


PersonName = Annotated[str, Field(max_length=200), AfterValidator(personal_data.plain_text)]
Email = Annotated[
    str,
    Field(
        max_length=300, description="Upper and lower case do not matter: one person has it once."
    ),
    AfterValidator(personal_data.email),
]
Phone = Annotated[
    str,
    Field(
        min_length=1,
        max_length=_PHONE_CHARS_MAX,
        description="With `+`, or as a number of the account's country (configureMembers).",
    ),
]
CustomerNumber = Annotated[
    str,
    Field(max_length=100, description="Your number of the customer."),
    AfterValidator(personal_data.customer_number),
]
SystemName = Annotated[
    str,
    Field(max_length=50, description="The other system, such as `shopware`."),
    AfterValidator(personal_data.system),
]


class NewsletterBody(WireModel):
    """Whether the member wants newsletters, and the last consent."""

    subscribed: bool = Field(description="True if the member wants them.")
    consented_at: Annotated[RequestTime, AfterValidator(_past)] | None = Field(
        default=None, description="When the consent was given; now, if it is left out."
    )
    consented_by: PersonName | None = Field(
        default=None, description="By whom or where, such as `checkout` or `till 3`."
    )


class ProfileFields(WireModel):
    """The fields of a profile in a request; null removes one."""

    email: Email | None = None
    phone: Phone | None = None
    first_name: PersonName | None = Field(default=None, description="First name.")
    last_name: PersonName | None = Field(default=None, description="Last name.")
    customer_number: CustomerNumber | None = None
    birthday: (
        Annotated[
            str, AfterValidator(_birthday), WithJsonSchema({"type": "string", "format": "date"})
        ]
        | None
    ) = Field(default=None, description="Not in the future: `1990-12-31`.")
    language: (
        Annotated[str, Field(max_length=100), AfterValidator(personal_data.language)] | None
    ) = Field(default=None, description="Language tag (BCP 47), such as `de-CH`.")
    newsletter: NewsletterBody | None = Field(default=None, description="The newsletter.")
    custom_fields: Annotated[dict[str, Any], Field(max_length=FIELDS_MAX)] = Field(
        default_factory=dict,
        description="Fields of configureMembers, by name. Others stay; null removes one.",
    )
    external_ids: Annotated[
        dict[str, NewId | None], Field(max_length=EXTERNAL_IDS_MAX), AfterValidator(_systems)
    ] = Field(
        default_factory=dict,
        description="Ids in other systems, by system. Others stay; null removes one.",
    )


class NewsletterShown(WireModel):
    """Whether the member wants newsletters, and the last consent."""

    subscribed: bool = Field(description="True if the member wants them.")
    consented_at: Timestamp | None = Field(description="When the last consent was given.")
    consented_by: str | None = Field(description="By whom or where.")


class MemberBody(WireModel):
    """A person. All but `userId`, `status` and times is null or empty until somebody says it."""

    user_id: answers.UserId
    status: MemberStatus = Field(description="Standing in the whole account.")
    email: str | None = Field(description="E-mail address.")
    phone: str | None = Field(description="Phone number in E.164.")
    first_name: str | None = Field(description="First name.")
    last_name: str | None = Field(description="Last name.")
    customer_number: str | None = Field(description="Your number of the customer.")
    birthday: str | None = Field(description="Date of birth.")
    language: str | None = Field(description="Language tag (BCP 47).")
    newsletter: NewsletterShown | None = Field(description="The newsletter.")
    custom_fields: dict[str, Any] = Field(description="Your own fields, by name.")
    external_ids: dict[str, str] = Field(description="Ids in other systems, by system.")
    is_customer: bool = Field(description="Whether a sign-in stands behind the user id.")
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt


UpdatedFields = Annotated[
    list[str], Field(description="Names of the fields that have another value than before.")
]

MEMBER_EXAMPLE: dict[str, Any] = {
    "userId": "user_xyz",
    "status": "active",
    "email": "max@example.com",
    "phone": "+4915112345678",
    "firstName": "Max",
    "lastName": "Mustermann",
    "customerNumber": "CUST-001",
    "birthday": "1990-12-31",
    "language": "de",
    "newsletter": {
        "subscribed": True,
        "consentedAt": "2026-03-03T12:00:00.000Z",
        "consentedBy": "checkout",
    },
    "customFields": {},
    "externalIds": {"shopware": "user_xyz"},
    "isCustomer": False,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}


def to_member_body(member: Member, profile: Profile) -> MemberBody:
    """Return a member as answers show it."""
    return MemberBody(
        user_id=member.user_id,
        status=member.status,
        email=profile.email,
        phone=profile.phone,
        first_name=profile.first_name,
        last_name=profile.last_name,
        customer_number=profile.customer_number,
        birthday=profile.birthday.isoformat() if profile.birthday else None,
        language=profile.language,
        newsletter=_shown(profile.newsletter),
        custom_fields=_numbers(profile.custom_fields),
        external_ids=dict(profile.external_ids),
        is_customer=member.is_customer,
        created_at=member.created_at,
        updated_at=member.updated_at,
    )


def _shown(newsletter: Newsletter | None) -> NewsletterShown | None:
    if newsletter is None:
        return None
    return NewsletterShown(
        subscribed=newsletter.subscribed,
        consented_at=newsletter.consented_at,
        consented_by=newsletter.consented_by,
    )


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: to_json_number(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
