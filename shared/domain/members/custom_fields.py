"""Fields that an account adds to the profiles of its members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.domain.members import personal_data

FIELDS_MAX = 50
OPTIONS_MAX = 50
TEXT_CHARS_MAX = 500
NUMBER_MAX = Decimal(1_000_000_000_000)
DECIMALS_MAX = 4

CustomValue = str | bool | int | Decimal


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


class EditableBy(StrEnum):
    """Who may change a field. The merchant may change all."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field of the account's own. ``options`` are the values of a choice."""

    name: str
    type: FieldType
    label: str | None = None
    options: tuple[str, ...] = ()
    editable_by: EditableBy = EditableBy.MERCHANT


def checked(field: CustomField, value: Any) -> CustomValue:
    """Return a value of a field as it is kept.

    Raises:
        ValueError: It is none; the message says what is wrong.
    """
    return _CHECKS[field.type](field, value)


def _text(_: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004 - becomes a refusal
    return personal_data.plain_text(value, TEXT_CHARS_MAX)


def _number(_: CustomField, value: Any) -> CustomValue:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004
    number = Decimal(value)
    if not number.is_finite() or abs(number) > NUMBER_MAX:
        raise ValueError(f"must be from -{NUMBER_MAX} to {NUMBER_MAX}")
    if number != round(number, DECIMALS_MAX):
        raise ValueError(f"must have at most {DECIMALS_MAX} decimals")
    return int(number) if number == int(number) else number.normalize()


def _boolean(_: CustomField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004
    return value


def _date(_: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a date, like 1990-12-31")  # noqa: TRY004
    return personal_data.a_date(value).isoformat()


def _choice(field: CustomField, value: Any) -> str:
    if value not in field.options or not isinstance(value, str):
        raise ValueError(f"must be one of {', '.join(field.options)}")
    return value


_CHECKS: Mapping[FieldType, Callable[[CustomField, Any], CustomValue]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
}
