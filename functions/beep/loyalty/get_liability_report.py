"""GET /api/v1/getLiabilityReport: what a program owes its members, by the month of expiry."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty import liability as liabilities
from shared.domain.loyalty import point_payments
from shared.domain.loyalty.programs import Program
from shared.domain.units import from_units
from shared.errors import ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty import report_bodies
from shared.schemas.loyalty.report_bodies import Csv, Format
from shared.services.loyalty import reports
from shared.store.loyalty.liability_documents import LiabilityRecord


class Request(RequestModel):
    """The request names the program."""

    program_id: ProgramId
    store_id: StoreId | None = None
    format: Format = "json"


class ExpiryBody(WireModel):
    """What can be spent until some month is over."""

    month: str | None = Field(
        description="The month of the last day on which it can be spent. Null if it never expires."
    )
    points: Number = Field(description="How much, with what is reserved.")
    value: Number | None = Field(description="What that is worth. Null if points have no value.")


class LiabilityBody(WireModel):
    """Sums over all members. A balance is what is outstanding, less a deficit."""

    as_of: Timestamp = Field(description="When the last member was read.")
    begun_at: Timestamp = Field(description="When the first member was read.")
    members: int = Field(description="How many memberships were read.")
    outstanding: Number = Field(description="What can be spent, with what is reserved.")
    value: Number | None = Field(description="What that is worth. Null if points have no value.")
    held: Number = Field(description="What of it is reserved.")
    deficit: Number = Field(description="By how much balances are below zero: not subtracted.")
    pending: Number = Field(description="What was earned and cannot be spent yet: not in it.")
    granted: Number = Field(description="Everything that members have ever earned.")
    expired: Number = Field(description="What of it has ever expired.")
    breakage_percent: Number | None = Field(
        description="`expired` in percent of `granted`, to one decimal. Null if that is 0."
    )
    by_expiry: list[ExpiryBody] = Field(description="`outstanding` by month, earliest first.")


class Response(ResponseModel):
    """What the nightly proof has added up when it last read all members."""

    success: Success = True
    program_id: answers.ProgramId
    currency: answers.Currency
    point_value: Number | None = Field(
        description="What a point is worth now, in `currency`; 1 for cashback. Null if nothing."
    )
    liability: LiabilityBody | None = Field(description="Null before the first night.")
    data: Csv


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "program": {"programId": "lp_abc123"},
    "CSV": {"programId": "lp_abc123", "format": "csv"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "currency": "EUR",
    "pointValue": 0.01,
    "liability": {
        "asOf": "2026-03-03T01:10:00.000Z",
        "begunAt": "2026-03-03T01:00:00.000Z",
        "members": 142,
        "outstanding": 14200,
        "value": 142,
        "held": 200,
        "deficit": 30,
        "pending": 900,
        "granted": 28400,
        "expired": 1420,
        "breakagePercent": 5,
        "byExpiry": [
            {"month": "2026-12", "points": 4200, "value": 42},
            {"month": None, "points": 10000, "value": 100},
        ],
    },
    "data": None,
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read what the last night has added up."""
    program, record = reports.owed(caller, body.program_id, body.store_id)
    found = None if record is None else _to_body(program, record)
    is_csv = body.format == "csv"
    rows = [] if found is None else found.by_expiry
    return Response(
        program_id=program.program_id,
        currency=program.currency,
        point_value=point_payments.find_value(program),
        liability=found,
        data=report_bodies.as_csv(ExpiryBody, rows) if is_csv else None,
    )


def _to_body(program: Program, record: LiabilityRecord) -> LiabilityBody:
    owed, scale = record.liability, program.scale
    return LiabilityBody(
        as_of=record.ended_at,
        begun_at=record.begun_at,
        members=owed.memberships,
        outstanding=from_units(owed.outstanding_units, scale),
        value=liabilities.value(program, owed.outstanding_units),
        held=from_units(owed.held_units, scale),
        deficit=from_units(owed.deficit_units, scale),
        pending=from_units(owed.pending_units, scale),
        granted=from_units(owed.granted_units, scale),
        expired=from_units(owed.expired_units, scale),
        breakage_percent=liabilities.breakage_percent(owed),
        by_expiry=[
            ExpiryBody(
                month=None if month == liabilities.NEVER else month,
                points=from_units(units, scale),
                value=liabilities.value(program, units),
            )
            for month, units in sorted(owed.units_by_expiry.items())
        ],
    )
