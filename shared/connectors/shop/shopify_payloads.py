"""What Shopify answers to writings: a success also if it refuses, with the errors of each part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from shared.connectors.client import MESSAGE_CHARS_MAX, parsed
from shared.errors import ConnectorAnswerInvalid, ConnectorNotFound, ConnectorRejected
from shared.said import say

NAME = "shopify"

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Asks the shop by a query and its variables; see ``shopify.Connector``."""

_ID = re.compile(r"[0-9]{1,20}")
_FAILED = "INTERNAL_ERROR"


class UserError(BaseModel):
    """Why a part was refused."""

    message: str
    code: str | None = None


class _Payload(BaseModel):
    user_errors: tuple[UserError, ...] = Field(alias="userErrors")


def is_id(text: str) -> bool:
    """Tell whether a text can be an id of Shopify."""
    return _ID.fullmatch(text) is not None


def customer_gid(customer_id: str) -> str:
    """Return Shopify's global id of a customer; anything else is no customer of the shop."""
    if not is_id(customer_id):
        raise no_customer()
    return f"gid://shopify/Customer/{customer_id}"


def no_customer() -> ConnectorNotFound:
    """Return the refusal for a customer whom the shop does not have."""
    return ConnectorNotFound(
        say("no_such_customer", "{system} has no such customer.", system="shopify")
    )


def errors_in(data: Mapping[str, Any], parts: Iterable[str]) -> list[UserError]:
    """Return why parts of a writing were refused; none if all of it was done.

    Args:
        data: What Shopify has answered.
        parts: The parts that were asked for. Nothing said of one is not taken for done.
    """
    payloads = (parsed(_Payload, data.get(part), system=NAME) for part in parts)
    return [error for payload in payloads for error in payload.user_errors]


def require_done(data: Mapping[str, Any], parts: Iterable[str]) -> None:
    """Raise what a writing was refused with, if a part of it was.

    Raises:
        ConnectorRejected: Shopify says why.
        ConnectorAnswerInvalid: Shopify has failed; once more may help.
    """
    errors = errors_in(data, parts)
    if errors:
        raise refusal(errors)


def refusal(errors: Sequence[UserError]) -> ConnectorRejected | ConnectorAnswerInvalid:
    """Return what a writing was refused with."""
    said = " ".join("; ".join(each.message for each in errors).split())
    told = said[:MESSAGE_CHARS_MAX]
    words = say("system_refused", "{system} refused: {words}", system="shopify", words=told)
    if any(each.code == _FAILED for each in errors):
        return ConnectorAnswerInvalid(words)
    return ConnectorRejected(words, status=200)
