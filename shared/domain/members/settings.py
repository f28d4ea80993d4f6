"""What an account sets for all of its members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.members.custom_fields import CustomField

COUNTRY_DEFAULT = "DE"


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """Settings of an account.

    Phone numbers without ``+`` are numbers of ``country``. ``app_url`` is where friends of members
    find the app; ``None`` if it is not known. ``changing_codes``: cards show codes that change.
    """

    account_id: str
    country: str = COUNTRY_DEFAULT
    custom_fields: tuple[CustomField, ...] = ()
    updated_at: datetime | None = None
    app_url: str | None = None
    changing_codes: bool = False

    def find_field(self, name: str) -> CustomField | None:
        """Return the custom field of this name."""
        return next((each for each in self.custom_fields if each.name == name), None)
