"""OData V2 as SAP's gateway uses it: literals, dates, lists, and writes with their CSRF token.

Sources: the services' $metadata (API_*_SRV, SAP Business Accelerator Hub); SAP Knowledge Base
Article 3048103 for the token and its cookies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from shared.connectors.client import JsonClient, parsed
from shared.errors import ConnectorAnswerInvalid, ConnectorCredentialsRefused
from shared.said import say

SYSTEM = "sap"
ROOT = "/sap/opu/odata/sap"
FILTER_CHARS_MAX = 1_400
"""The maximum length of an encoded filter: a whole URL has at most 2,048 characters."""

_FORBIDDEN = 403
_MESSAGES_MAX = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")
_BETWEEN_COOKIES = re.compile(r",\s*(?=[^\s;,=]+=)")
"""A comma between cookies: several ``Set-Cookie`` form one header, and dates have commas too."""
_COOKIE = re.compile(r"[!#-+\--:<-~]+")


def literal(text: str) -> str:
    """Write an ``Edm.String``. Quotes inside are doubled, so that no text can leave its literal."""
    return "'" + text.replace("'", "''") + "'"


def moment_literal(moment: datetime) -> str:
    """Write an ``Edm.DateTimeOffset`` for a filter, to the second."""
    return f"datetimeoffset'{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def day_json(day: date) -> str:
    """Write a day as ``Edm.DateTime`` has it in JSON: midnight, without a time zone."""
    return f"/Date({(day - _EPOCH.date()).days * 86_400_000})/"


def moment_of(text: str) -> datetime:
    """Read ``/Date(ms)/``. An offset only tells how the time is shown, and does not change it.

    Raises:
        ValueError: It is not a date, or not in the years 1 to 9999.
    """
    written = _DATE.fullmatch(text)
    if written is None:
        raise ValueError(say("no_date", "is no date"))
    try:
        return _EPOCH + timedelta(milliseconds=int(written[1]))
    except OverflowError:
        raise ValueError(say("no_date", "is no date")) from None


def decimal_text(number: Decimal) -> str:
    """Write an ``Edm.Decimal``: plain digits, without an exponent."""
    return format(number, "f")


def any_of(clauses: Iterable[str]) -> list[str]:
    """Join alternatives into filters, each short enough to send."""
    filters: list[str] = []
    for clause in clauses:
        longer = f"{filters[-1]} or {clause}" if filters else clause
        if filters and len(quote(longer)) <= FILTER_CHARS_MAX:
            filters[-1] = longer
        else:
            filters.append(clause)
    return filters


def to_problem(body: Any) -> str:
    """Return the message of a refusal, and its details."""
    error = body["error"]
    details = (error.get("innererror") or {}).get("errordetails") or []
    said = [error["message"]["value"], *(each.get("message", "") for each in details)]
    return "; ".join(list(dict.fromkeys(filter(None, said)))[:_MESSAGES_MAX])


class _Results(BaseModel):
    results: list[dict[str, Any]]
    count: int | None = Field(default=None, validation_alias="__count", ge=0)
    following: str | None = Field(default=None, validation_alias="__next")


class _List(BaseModel):
    d: _Results


class _Entity(BaseModel):
    d: dict[str, Any]


class ODataRow(BaseModel):
    """The properties that we read of an entity, with SAP's names. Others are ignored."""

    model_config = ConfigDict(
        alias_generator=lambda name: "".join(each.capitalize() for each in name.split("_")),
        frozen=True,
    )


@dataclass(frozen=True, slots=True)
class ODataRows:
    """A part of an entity set. ``has_more``: the server tells that more rows follow."""

    items: Sequence[dict[str, Any]]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query for rows of an entity set.

    Attributes:
        entity: Service and entity set, ``API_PRODUCT_SRV/A_Product``.
        select: Names of properties; those of an expanded entity have a path.
        filters: Conditions that must all hold. They are sent as they are: build them from our own
            texts and ``literal`` only.
        order_by: Names of properties.
        expand: A navigation property to include.
        top: The maximum number of rows.
        skip: The number of rows to skip first.
    """

    entity: str
    select: Sequence[str]
    filters: Sequence[str] = ()
    order_by: Sequence[str] = ()
    expand: str = ""
    top: int = 1
    skip: int = 0

    def options(self) -> dict[str, str]:
        """Return the query options."""
        wanted = {
            "$select": ",".join(self.select),
            "$filter": " and ".join(self.filters),
            "$orderby": ",".join(self.order_by),
            "$expand": self.expand,
            "$top": str(self.top),
            "$skip": str(self.skip or ""),
        }
        return {name: value for name, value in wanted.items() if value}


class Gateway:
    """The services of one SAP system, called with one user's credentials.

    Args:
        client: Knows host and credentials.
        options: Query options of every call: client and language.
        keep_secret: Takes the secrets of a session, which are removed from messages.
    """

    def __init__(
        self,
        client: JsonClient,
        options: Mapping[str, str],
        keep_secret: Callable[[str], object],
    ) -> None:
        self._client = client
        self._options = options
        self._keep_secret = keep_secret
        self._sessions: dict[str, Mapping[str, str]] = {}

    def read(self, query: Query) -> ODataRows:
        """Read rows, and tell whether more rows follow.

        A server may send fewer rows than requested. Then its count is higher, or it names a next
        page. That URL is not followed: request the rows after the last row instead.

        Raises:
            ConnectorAnswerInvalid: The answer is not a list, or promises rows and has none.
            ConnectorError: See ``JsonClient.call``.
        """
        target = self._target(query.entity, {**query.options(), "$inlinecount": "allpages"})
        found = parsed(_List, self._client.get(target).body, system=SYSTEM).d
        read = query.skip + len(found.results)
        is_full = len(found.results) >= query.top
        counts_more = is_full if found.count is None else found.count > read
        has_more = found.following is not None or counts_more
        if has_more and not found.results:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} lists less than it counts.",
                    system=SYSTEM,
                )
            )
        return ODataRows(found.results, has_more)

    def create(self, entity: str, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create an entity with its parts, and return the entity that SAP created.

        A CSRF token is fetched for the first write, and once more if SAP answers 403: an outdated
        token gets this answer, and SAP has changed nothing.

        Args:
            entity: Service and entity set.
            key: A property of the entity, for a small request that fetches the token.
            body: The entity as JSON; decimals and dates are texts.

        Raises:
            ConnectorError: See ``JsonClient.call``.
        """
        service = entity.partition("/")[0]
        if service not in self._sessions:
            self._sessions[service] = self._begin_session(entity, key)
        try:
            return self._post(service, entity, body)
        except ConnectorCredentialsRefused as refused:
            if refused.details.get("status") != _FORBIDDEN:
                raise
        self._sessions[service] = self._begin_session(entity, key)
        return self._post(service, entity, body)

    def _post(self, service: str, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        reply = self._client.post(self._target(entity, {}), body, headers=self._sessions[service])
        return parsed(_Entity, reply.body, system=SYSTEM).d

    def _begin_session(self, entity: str, key: str) -> Mapping[str, str]:
        """Fetch a token, and the cookies without which the token is invalid.

        A system that does not check tokens sends none.
        """
        reply = self._client.call(
            "GET",
            self._target(entity, Query(entity, [key]).options()),
            headers={"X-CSRF-Token": "Fetch"},
            is_repeatable=True,
        )
        token = reply.headers.get("X-CSRF-Token", "").strip()
        cookies = to_cookies(reply.headers.get("Set-Cookie", ""))
        for secret in (token, *cookies):
            self._keep_secret(secret)
        sent = {"X-CSRF-Token": token, "Cookie": "; ".join(cookies)}
        return {name: value for name, value in sent.items() if value}

    def _target(self, entity: str, options: Mapping[str, str]) -> str:
        """Return path and query. Spaces become %20: some gateways read no plus as a space."""
        written = {**options, **self._options}.items()
        query = "&".join(f"{name}={quote(value, safe=_PLAIN)}" for name, value in written)
        return f"{ROOT}/{entity}?{query}"


_PLAIN = "'(),"


def to_cookies(header: str) -> list[str]:
    """Return the parts of ``Set-Cookie`` to send back: names and values."""
    pairs = [each.partition(";")[0].strip() for each in _BETWEEN_COOKIES.split(header)]
    return [each for each in pairs if "=" in each and _COOKIE.fullmatch(each)]
