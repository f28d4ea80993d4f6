"""POST /api/v1/configureMembers: set what profiles of an account have, and read it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from shared.auth.caller import Caller
from shared.domain.members import personal_data
from shared.domain.members.custom_fields import (
    FIELDS_MAX,
    OPTIONS_MAX,
    CustomField,
    EditableBy,
    FieldType,
)
from shared.errors import StoreNotFound
from shared.schemas.base import Name, RequestModel, ResponseModel, Success, WireModel, worded
from shared.schemas.fields import PublicLink, StoreId
from shared.services import access
from shared.services.members import member_settings

_NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_]{0,49}$"
_NAME_WORDS = "must have 1 to 50 letters, digits and _, and begin with a letter"


class CustomFieldBody(WireModel):
    """A field of your own in each profile."""

    name: str = Field(
        pattern=worded(_NAME_PATTERN, _NAME_WORDS), description="Its name in `customFields`."
    )
    type: Annotated[FieldType, Field(strict=False)] = Field(description="What it holds.")
    label: Name | None = Field(default=None, description="What apps may call it.")
    options: list[Name] = Field(
        default_factory=list, max_length=OPTIONS_MAX, description="The values of a `choice`."
    )
    editable_by: Annotated[EditableBy, Field(strict=False)] = Field(
        default=EditableBy.MERCHANT,
        description="`customer` if customers may change it, too; else only secret keys.",
    )

    @model_validator(mode="after")
    def _require_options(self) -> CustomFieldBody:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError("must have options if it is a choice, and none otherwise")
        if len(set(self.options)) < len(self.options):
            raise ValueError("must have each option once")
        return self


def _once(found: list[CustomFieldBody]) -> list[CustomFieldBody]:
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise ValueError("must have each name once")
    return found


class Request(RequestModel):
    """What changes; what is left out stays. An empty request changes nothing and reads all."""

    country: Annotated[str, Field(max_length=10), AfterValidator(personal_data.country)] | None = (
        Field(
            default=None,
            description="Phone numbers without `+` are of this country, `DE` at first (ISO 3166).",
        )
    )
    custom_fields: (
        Annotated[list[CustomFieldBody], Field(max_length=FIELDS_MAX), AfterValidator(_once)] | None
    ) = Field(
        default=None,
        description="All of your own fields. Values of a field that is gone stay in the profiles.",
    )
    app_url: PublicLink | None = Field(
        default=None,
        description=(
            "Where the friends of members find your app or its sign-up: getReferralCode gives a "
            "link to it, with `referralCode`. Null removes it."
        ),
    )
    changing_codes: bool | None = Field(
        default=None,
        description=(
            "True if cards shall show codes that change every half minute, so that a picture of "
            "one is of no use to others, and cashiers spend a balance by no other code; false, the "
            "default, for codes that stay."
        ),
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The settings of the account. Other servers know of a change within 60 seconds."""

    success: Success = True
    country: str = Field(description="The country of phone numbers without `+`.")
    custom_fields: list[CustomFieldBody] = Field(description="Your own fields.")
    app_url: str | None = Field(
        description="Where links of getReferralCode lead to. Null if there are none."
    )
    changing_codes: bool = Field(description="Whether cards show codes that change.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "fields": {
        "country": "AT",
        "customFields": [{"name": "shoeSize", "type": "number", "editableBy": "customer"}],
        "appUrl": "https://app.example.com/join",
    },
    "choice": {"customFields": [{"name": "pet", "type": "choice", "options": ["cat", "dog"]}]},
    "read": {},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "country": "AT",
    "customFields": [
        {
            "name": "shoeSize",
            "type": "number",
            "label": None,
            "options": [],
            "editableBy": "customer",
        }
    ],
    "appUrl": "https://app.example.com/join",
    "changingCodes": False,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Write the settings, if they differ."""
    access.named_store(caller, body.store_id)
    fields = None if body.custom_fields is None else [_field(each) for each in body.custom_fields]
    saved = member_settings.configure(
        caller,
        country=body.country,
        custom_fields=fields,
        app_url=body.app_url,
        ends_app_url="app_url" in body.model_fields_set and body.app_url is None,
        changing_codes=body.changing_codes,
    )
    return Response(
        country=saved.settings.country,
        custom_fields=[_shown(each) for each in saved.settings.custom_fields],
        app_url=saved.settings.app_url,
        changing_codes=saved.settings.changing_codes,
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the fields as they would be kept."""
    if body.custom_fields is None:
        return {}
    shown = [_shown(_field(each)) for each in body.custom_fields]
    return {"customFields": [each.model_dump(by_alias=True, mode="json") for each in shown]}


def _field(body: CustomFieldBody) -> CustomField:
    return CustomField(body.name, body.type, body.label, tuple(body.options), body.editable_by)


def _shown(field: CustomField) -> CustomFieldBody:
    return CustomFieldBody(
        name=field.name,
        type=field.type,
        label=field.label,
        options=list(field.options),
        editable_by=field.editable_by,
    )
