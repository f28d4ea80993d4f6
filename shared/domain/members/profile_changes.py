"""What a request changes in a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from shared.domain.members.custom_fields import FIELDS_MAX
from shared.domain.members.profile import (
    EXTERNAL,
    EXTERNAL_IDS_MAX,
    Key,
    Newsletter,
    Profile,
    external_key,
)
from shared.errors import InvalidParameters

CUSTOM_VALUES_MAX = 2 * FIELDS_MAX
"""Values of fields that the account no longer has are kept, and count."""


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """New values of a profile, checked; ``None`` removes one.

    ``values``: by the names of ``Profile``. ``custom_fields`` and ``external_ids`` change only
    those that they name.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    external_ids: Mapping[str, str | None] = field(default_factory=dict)

    def then(self, later: ProfileChanges) -> ProfileChanges:
        """Return these changes and later ones, of which the later ones count."""
        return ProfileChanges(
            {**self.values, **later.values},
            {**self.custom_fields, **later.custom_fields},
            {**self.external_ids, **later.external_ids},
        )

    @property
    def events(self) -> frozenset[str]:
        """Return what these changes say that a program may reward."""
        said = Profile(
            newsletter=self.values.get("newsletter"),
            custom_fields={k: v for k, v in self.custom_fields.items() if v is not None},
        )
        return said.events

    @property
    def keys(self) -> tuple[Key, ...]:
        """Return what these changes may give to the person."""
        named = Profile(
            email=self.values.get("email"),
            phone=self.values.get("phone"),
            customer_number=self.values.get("customer_number"),
        ).keys
        given = ((name, text) for name, text in self.external_ids.items() if text is not None)
        return (*named, *((EXTERNAL, external_key(*each)) for each in given))


def apply(profile: Profile, changes: ProfileChanges, now: datetime, by: str) -> Profile:
    """Return the changed profile.

    Args:
        profile: The profile before.
        changes: The new values.
        now: The time of the change, and of a consent that has none.
        by: Who changes it, and who gave a consent of which nothing is said.

    Raises:
        InvalidParameters: It would have too many external ids or custom fields.
    """
    values = dict(changes.values)
    if values.get("newsletter") is not None:
        values["newsletter"] = _newsletter(profile.newsletter, values["newsletter"], now, by)
    after = replace(
        profile,
        **values,
        custom_fields=_merged(profile.custom_fields, changes.custom_fields),
        external_ids=_merged(profile.external_ids, changes.external_ids),
    )
    if after.birthday != profile.birthday:
        after = replace(after, birthday_set_at=now if after.birthday else None)
    _require_few("externalIds", after.external_ids, EXTERNAL_IDS_MAX)
    _require_few("customFields", after.custom_fields, CUSTOM_VALUES_MAX)
    return after


def missing(profile: Profile, said: ProfileChanges) -> ProfileChanges:
    """Return of single values what a profile lacks. What it says already stays."""
    values = {name: each for name, each in said.values.items() if getattr(profile, name) is None}
    return ProfileChanges(values)


def changed_fields(before: Profile, after: Profile) -> list[str]:
    """Return the names of the fields that differ, as ``Profile`` has them."""
    return [
        each.name
        for each in fields(Profile)
        if each.name != "birthday_set_at"
        and getattr(before, each.name) != getattr(after, each.name)
    ]


def _newsletter(before: Newsletter | None, given: Newsletter, now: datetime, by: str) -> Newsletter:
    """Return the state of the newsletter: the last consent stays as proof when it ends."""
    if not given.subscribed:
        return replace(before or given, subscribed=False)
    if before is not None and before.subscribed and not (given.consented_at or given.consented_by):
        return before
    return Newsletter(
        subscribed=True,
        consented_at=given.consented_at or now,
        consented_by=given.consented_by or by,
    )


def _require_few(name: str, values: Mapping[str, Any], most: int) -> None:
    if len(values) > most:
        problem = f"must be at most {most}, with those that the member has"
        raise InvalidParameters(f"{name} {problem}.", fields={name: problem})


def _merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**before, **changes}
    return {name: value for name, value in merged.items() if value is not None}
