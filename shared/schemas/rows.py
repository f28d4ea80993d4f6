"""Rows of a request that are judged one by one, so that a bad one does not spoil the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import (
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

from shared.errors import PunktwerkError
from shared.schemas.base import Id, WireModel, such_as, to_refusal

_ID: TypeAdapter[str] = TypeAdapter(Id)


class NamedRow(WireModel):
    """A row. ``named_by`` is the field by which whoever sent it knows it."""

    named_by: ClassVar[str]


Body = TypeVar("Body", bound=NamedRow)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not valid: why, and what it calls itself, if that can be read."""

    refusal: PunktwerkError
    name: str | None = None


def judged(model: type[Body], row: Mapping[str, Any]) -> Body | BadRow:
    """Return a row as its model, or what is wrong with it."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        return BadRow(to_refusal(error), _name(row, model.named_by))


def _name(row: Mapping[str, Any], field: str) -> str | None:
    try:
        return _ID.validate_python(row.get(to_camel(field), row.get(field)), strict=True)
    except ValidationError:
        return None


class JudgedLater:
    """Gives a field ``Annotated[dict[str, Any], JudgedLater(Model)]`` the schema of a model.

    The field takes any object; whoever handles the request validates it.
    """

    def __init__(self, model: type[WireModel]) -> None:
        self._model = model

    def _as_it_is(self, row: Any, _: ValidatorFunctionWrapHandler) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise ValueError(such_as(self._model))  # noqa: TRY004 - pydantic reports ValueError
        return row

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            self._as_it_is,
            handler.generate_schema(self._model),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )
