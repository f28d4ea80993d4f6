"""What a shop's customer can still do for points: newsletter, birthday, fields of the profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.loyalty import event_rules
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program


class ActionType(StrEnum):
    """What the customer does."""

    NEWSLETTER = "newsletter"
    BIRTHDAY = "birthday"
    CUSTOM_FIELD = "customField"


@dataclass(frozen=True, slots=True)
class Said:
    """What the profile of a member says: ``events`` as programs reward them."""

    events: frozenset[str] = frozenset()
    has_birthday: bool = False


@dataclass(frozen=True, slots=True)
class AvailableAction:
    """An action that is not rewarded yet; ``is_done``: nothing is left to do for the customer.

    ``field`` is the name of the custom field, ``None`` for other types.
    """

    type: ActionType
    units: int
    is_done: bool = False
    field: str | None = None


def available(membership: Membership, program: Program, said: Said) -> tuple[AvailableAction, ...]:
    """Return what a member can still do, in the order of the program's rules.

    Newsletter and birthday are left out as soon as the profile says them; a field only as soon as
    it is rewarded. Who earns nothing now, can do nothing.
    """
    if not (program.is_active and membership.is_active):
        return ()
    rewarded = {each.name for each in membership.counted.events}
    found: list[AvailableAction] = []
    for rule in program.event_rules:
        if rule.event in rewarded:
            continue
        units = int(rule.points.scaleb(program.scale))
        if rule.event == event_rules.NEWSLETTER and rule.event not in said.events:
            found.append(AvailableAction(ActionType.NEWSLETTER, units))
        elif rule.event == event_rules.BIRTHDAY and not said.has_birthday:
            found.append(AvailableAction(ActionType.BIRTHDAY, units))
        elif rule.event.startswith(event_rules.FIELD):
            name = rule.event.removeprefix(event_rules.FIELD)
            is_filled = rule.event in said.events
            found.append(AvailableAction(ActionType.CUSTOM_FIELD, units, is_filled, name))
    return tuple(found)


def rewarded_fields(membership: Membership) -> tuple[str, ...]:
    """Return the names of the custom fields that earned a member points, in alphabetical order."""
    names = {each.name for each in membership.counted.events}
    return tuple(
        sorted(
            each.removeprefix(event_rules.FIELD)
            for each in names
            if each.startswith(event_rules.FIELD)
        )
    )
