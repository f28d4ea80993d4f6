"""The common base of all bodies: names, numbers, times, and the field names of refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.alias_generators import to_camel, to_snake

from shared.clock import is_usable, to_milliseconds, to_wire
from shared.domain import plain_ids
from shared.domain.units import AMOUNT_UNITS_MAX, to_json_number
from shared.errors import InvalidParameters
from shared.said import sentence_of, wire_meaning

DIGITS_MAX = 20
DECIMALS_MAX = 10
FINEST = Decimal("0.0001")
"""The finest step of amounts and rates."""
NOISE = Decimal("0.00000001")
"""Less than this is no amount, but the noise of a double: a millionth of a cent."""
NOISE_OF_WHOLE = Decimal("0.000001")
"""The same for whole numbers, which may be cents."""
FIELDS_MAX = 20
NAME_CHARS_MAX = 100
IN_BOTH_SPELLINGS = "must be given once, in camelCase or in snake_case"


class WireModel(BaseModel):
    """A JSON object: camelCase out, camelCase or snake_case in, unknown names refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", strict=True, frozen=True
    )

    @model_validator(mode="before")
    @classmethod
    def _accept_snake_case(cls, data: Any) -> Any:
        """Read snake_case names as camelCase ones; a field in both spellings is refused."""
        if isinstance(data, Mapping):
            return in_camel_case(cls, data)
        if data is None or isinstance(data, str | int | float | Decimal | list | tuple):
            raise ValueError(such_as(cls))
        return data  # An object of ours.


def in_camel_case(model: type[WireModel], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with the camelCase names of a model.

    Raises:
        ValidationError: A field is given in both spellings, so one value would be lost.
    """
    renamed = _renamed(model)
    if renamed.keys().isdisjoint(data):
        return dict(data)
    doubled = [alias for name, alias in renamed.items() if name in data and alias in data]
    _refuse(model, data, dict.fromkeys(doubled, IN_BOTH_SPELLINGS))
    return {renamed.get(name, name): value for name, value in data.items()}


@cache
def _renamed(model: type[WireModel]) -> Mapping[str, str]:
    """Return the names of fields in JSON by those in Python, where they differ."""
    return {
        name: field.alias
        for name, field in model.model_fields.items()
        if field.alias is not None and field.alias != name
    }


@cache
def such_as(model: type[WireModel]) -> str:
    """Return what is wrong with a value that is no object of a model, with the smallest one."""
    schema = model.model_json_schema()
    return f"must be an object such as {json.dumps(_smallest(schema, schema.get('$defs', {})))}"


def _smallest(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    """Return a value of a JSON schema: of an object its required fields, or the first one."""
    if "$ref" in schema:
        return _smallest(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return _smallest(options[0], definitions)
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        names = schema.get("required") or list(fields)[:1]
        return {name: _smallest(fields[name], definitions) for name in names}
    if kind == "array":
        return [_smallest(schema.get("items", {}), definitions)]
    usual = {"boolean": True, "integer": 1, "number": 1}.get(str(kind), "...")
    return schema.get("const", schema.get("enum", [usual])[0])


def refuse_fixed(model: type[WireModel], data: Any, fixed: Mapping[str, str]) -> None:
    """Refuse what a validator with mode "before" knows to be no field, and can say why.

    Args:
        model: The model of the request.
        data: What is to be validated.
        fixed: What is wrong with naming them, by camelCase names.

    Raises:
        ValidationError: One of them is named, in whatever spelling.
    """
    if isinstance(data, Mapping):
        named = {name: why for name, why in fixed.items() if {name, to_snake(name)} & data.keys()}
        _refuse(model, data, named)


def _refuse(model: type[WireModel], data: Mapping[str, Any], problems: Mapping[str, str]) -> None:
    if problems:
        raise ValidationError.from_exception_data(
            model.__name__,
            [
                {
                    "type": "value_error",
                    "loc": (name,),
                    "input": data.get(name),
                    "ctx": {"error": ValueError(problem)},
                }
                for name, problem in problems.items()
            ],
        )


class RequestModel(WireModel):
    """A request. Every one may name the store, in the body or by ``X-Beep-Store-Id``."""


class ResponseModel(WireModel):
    """An answer. ``is_replay`` becomes the header ``Idempotent-Replayed``."""

    is_replay: bool = Field(default=False, exclude=True)


def _to_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic reports ValueError
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("must be a finite number")  # noqa: TRY004
    if number.adjusted() > DIGITS_MAX or len(digits) > DIGITS_MAX:
        raise ValueError("has too many digits")
    nearest = number.quantize(FINEST) + 0  # + 0 makes 0 of -0.
    if number != nearest and abs(number - nearest) < NOISE:
        return nearest
    # Not by normalize(), which rounds tiny numbers to 0.
    if exponent < -DECIMALS_MAX and any(digits[exponent + DECIMALS_MAX :]):
        raise ValueError("has too many decimals")
    return number


Number = Annotated[
    Decimal,
    BeforeValidator(_to_decimal),
    PlainSerializer(to_json_number, return_type=float | int, when_used="always"),
    WithJsonSchema({"type": "number"}),
]
"""A JSON number, kept exact. Strings and booleans are not numbers.

JavaScript computes 0.30000000000000004 for 0.1 + 0.2: what differs from a step of ``FINEST`` by
less than ``NOISE`` is read as that step. Anything else that is too fine is refused, not rounded.
"""

# A unit is never larger than 1, so more than this number is too much for every program.
Points = Annotated[Number, Field(ge=0, le=AMOUNT_UNITS_MAX)]
PositivePoints = Annotated[Number, Field(gt=0, le=AMOUNT_UNITS_MAX)]
"""An amount of a program: points, stamps or money. Fractions of its unit are refused later."""


def to_whole(value: Any) -> Any:
    """Accept 10.0 for 10, as some languages write whole numbers, and the noise of a double."""
    if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() > DIGITS_MAX:
        return value
    nearest = value.to_integral_value()
    return int(nearest) if abs(value - nearest) < NOISE_OF_WHOLE else value


Whole = Annotated[int, BeforeValidator(to_whole)]
"""A JSON number without a fraction. JavaScript's 110.00000000000001 for 1.1 * 100 is 110."""

Timestamp = Annotated[
    datetime,
    PlainSerializer(to_wire, return_type=str, when_used="always"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time in an answer: UTC with milliseconds, ``2026-03-03T12:00:00.000Z``."""


_NOT_USABLE = "must be a time from 1970-01-01 to 9999-12-30"


def _parse_time(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be an ISO 8601 time")  # noqa: TRY004
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be an ISO 8601 time, like 2026-03-03T12:00:00.000Z") from None
    if parsed.tzinfo is None:
        raise ValueError("must have a time zone, like 2026-03-03T12:00:00.000Z")
    try:
        moment = to_milliseconds(parsed.astimezone(UTC))
    except OverflowError:
        raise ValueError(_NOT_USABLE) from None
    if not is_usable(moment):
        raise ValueError(_NOT_USABLE)
    return moment


RequestTime = Annotated[
    datetime,
    BeforeValidator(_parse_time),
    PlainSerializer(to_wire, return_type=str, when_used="always"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time in a request: ISO 8601 with a time zone, from 1970 to 9999."""


def _after_since(until: datetime, info: ValidationInfo) -> datetime:
    since = info.data.get("since")
    if since is not None and until <= since:
        raise ValueError("must be after since")
    return until


Until = Annotated[
    RequestTime, AfterValidator(_after_since), Field(description="The end, exclusive.")
]
"""The end of a period. Its begin is the field ``since``, which is declared before it."""


def _not_below_least(most: Decimal, info: ValidationInfo) -> Decimal:
    least = info.data.get("min_points")
    if least is not None and most < least:
        raise ValueError("must be at least minPoints")
    return most


MaxPoints = Annotated[Points, AfterValidator(_not_below_least)]
"""The end of a range. Its begin is the field ``min_points``, which is declared before it."""


def not_blank(text: str) -> str:
    """Refuse a text of spaces alone; its schema says so with ``NOT_BLANK``."""
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _say_not_blank(schema: dict[str, Any]) -> None:
    """Say it in the schema, which then need not say that the text is not empty."""
    schema.pop("minLength", None)
    schema["pattern"] = r"\S"


NOT_BLANK = Field(json_schema_extra=_say_not_blank)

Id = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(not_blank), NOT_BLANK]
"""An identifier, ours or the integrator's, of something that may be there."""
NewId = Annotated[Id, AfterValidator(plain_ids.plain)]
"""An identifier that the integrator may give to something new."""
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(not_blank), NOT_BLANK]
Text = Annotated[str, Field(max_length=500)]
Success = Annotated[Literal[True], Field(description="Always true.")]
Duplicate = Annotated[
    Literal[True] | None,
    Field(
        exclude_if=lambda value: value is None,
        description=(
            "Only there, and true, if an earlier request did the same: with another "
            "`Idempotency-Key`, from another endpoint, or naming a source where this one does not."
        ),
    ),
]


def _without_tag(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        found: list[Any] = [
            {**each, "loc": each["loc"][1:]} for each in error.errors(include_url=False)
        ]
        raise ValidationError.from_exception_data(error.title, found) from None


Untagged = WrapValidator(_without_tag)
"""For a union with a discriminator: errors name fields as the request does. Pydantic alone would
put the discriminator's value between the union's name and the field's."""


def to_refusal(error: ValidationError, *within: str) -> InvalidParameters:
    """Turn pydantic's findings into a refusal that names each field and its mistake.

    Args:
        error: Pydantic's findings.
        within: The path of the validated object in the request, e.g. ``rules``.
    """
    found = error.errors(include_url=False)[:FIELDS_MAX]
    return invalid({_path((*within, *each["loc"])): _problem(each) for each in found})


def invalid(fields: Mapping[str, str]) -> InvalidParameters:
    """Return the refusal that names each field and its mistake."""
    message = "; ".join(_sentence(name, problem) for name, problem in fields.items())
    meanings = {name: found for name, each in fields.items() if (found := wire_meaning(each))}
    more: dict[str, Any] = {"meanings": meanings} if meanings else {}
    return InvalidParameters(f"{message}.", fields=fields, **more)


def _sentence(name: str, problem: str) -> str:
    is_sentence = problem[:1].isupper()
    return f"{name}: {problem.removesuffix('.')}" if is_sentence else f"{name} {problem}"


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part[:NAME_CHARS_MAX]}"
    return path.removeprefix(".") or "body"


MISSING = "is required"
UNKNOWN = "is not a known field"
_WORDS: dict[str, str] = {}
"""What refusals say instead of a pattern."""


def worded(pattern: str, words: str) -> str:
    """Return a pattern of a field, of which refusals say ``words``: ``must be a day``."""
    assert _WORDS.setdefault(pattern, words) == words, "a pattern has one meaning"
    return pattern


_PROBLEMS = {
    "missing": MISSING,
    "extra_forbidden": UNKNOWN,
    "string_type": "must be a string",
    "string_unicode": "must be valid Unicode text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "list_type": "must be an array",
    "tuple_type": "must be an array",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "must have a {discriminator} of {expected_tags}",
    "union_tag_not_found": "must be an object with a {discriminator}",
}


def _problem(found: Any) -> str:
    context = found.get("ctx", {})
    if found["type"] == "value_error":
        return sentence_of(context["error"])
    # Pydantic's value of this field is the text of a secret.
    kind = "string_" if context.get("field_type") == "Value" else ""
    if context.get("pattern") in _WORDS:
        return _WORDS[context["pattern"]]
    template = _PROBLEMS.get(kind + found["type"])
    return template.format(**context) if template else str(found["msg"])
