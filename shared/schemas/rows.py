"""Rows of a request that are judged one by one, so that a bad one does not spoil the others."""

from __future__ import annotations

from typing import Any

from pydantic import GetCoreSchemaHandler, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from shared.schemas.base import WireModel


def _as_it_is(row: Any, _: ValidatorFunctionWrapHandler) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - pydantic reports ValueError
    return row


class JudgedLater:
    """Gives a field ``Annotated[dict[str, Any], JudgedLater(Model)]`` the schema of a model.

    The field takes any object; whoever handles the request validates it.
    """

    def __init__(self, model: type[WireModel]) -> None:
        self._model = model

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            _as_it_is,
            handler.generate_schema(self._model),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )
