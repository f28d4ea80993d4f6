"""The personal data of a member, which is stored as one encrypted text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.clock import to_wire
from shared.domain.loyalty import event_rules
from shared.domain.members import personal_data
from shared.domain.members.custom_fields import CustomValue

EXTERNAL_IDS_MAX = 20

EMAIL = "email"
PHONE = "phone"
NUMBER = "number"
EXTERNAL = "external"
CODE = "code"
DEVICE = "device"
REFERRAL = "referral"
KEYS_BY_FIELD = {
    "email": EMAIL,
    "phone": PHONE,
    "customerNumber": NUMBER,
    "externalIds": EXTERNAL,
}
"""The kinds of keys that a field of the profile gives."""

Key = tuple[str, str]
"""Kind and text of what identifies one person of an account."""


@dataclass(frozen=True, slots=True)
class Newsletter:
    """Whether the member wants it. When and by whom the consent was last given, if ever."""

    subscribed: bool
    consented_at: datetime | None = None
    consented_by: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Personal data, each in the spelling of ``personal_data``.

    ``birthday_set_at``: when the present birthday was set.
    """

    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    customer_number: str | None = None
    birthday: date | None = None
    birthday_set_at: datetime | None = None
    language: str | None = None
    newsletter: Newsletter | None = None
    custom_fields: Mapping[str, CustomValue] = field(default_factory=dict)
    external_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[Key, ...]:
        """What identifies the person: equal texts are the same."""
        found = [
            (EMAIL, personal_data.email_key(self.email) if self.email else None),
            (PHONE, self.phone),
            (NUMBER, self.customer_number),
            *((EXTERNAL, external_key(*each)) for each in sorted(self.external_ids.items())),
        ]
        return tuple((kind, text) for kind, text in found if text is not None)

    @property
    def events(self) -> frozenset[str]:
        """What it says that a program may reward. A custom field that says no has no value yet."""
        said = {
            f"{event_rules.FIELD}{name}"
            for name, value in self.custom_fields.items()
            if value is not False
        }
        is_subscribed = self.newsletter is not None and self.newsletter.subscribed
        return frozenset({event_rules.NEWSLETTER, *said} if is_subscribed else said)


def external_key(system: str, identifier: str) -> str:
    """Return one text for a system and an id in it. No name of a system has a colon."""
    return f"{system}:{identifier}"


def to_text(profile: Profile) -> str:
    """Return the text that is encrypted: JSON with the fields that are set."""
    values = {each.name: getattr(profile, each.name) for each in fields(profile)}
    if profile.newsletter is not None:
        values["newsletter"] = {
            each.name: getattr(profile.newsletter, each.name) for each in fields(Newsletter)
        }
    present = {name: value for name, value in values.items() if value not in (None, {})}
    return json.dumps(present, default=_plain, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Profile:
    """Read a profile back."""
    values: dict[str, Any] = json.loads(text, parse_float=Decimal)
    if "birthday" in values:
        values["birthday"] = date.fromisoformat(values["birthday"])
    if "birthday_set_at" in values:
        values["birthday_set_at"] = _moment(values["birthday_set_at"])
    if "newsletter" in values:
        given = values["newsletter"]
        values["newsletter"] = Newsletter(
            **{**given, "consented_at": _moment(given["consented_at"])}
        )
    if "custom_fields" in values:
        values["custom_fields"] = {
            name: _number(value) for name, value in values["custom_fields"].items()
        }
    return Profile(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    return to_wire(value) if isinstance(value, datetime) else value.isoformat()


def _number(value: Any) -> CustomValue:
    return Decimal(value["decimal"]) if isinstance(value, dict) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
