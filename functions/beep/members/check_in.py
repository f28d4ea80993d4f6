"""POST /api/v1/checkIn: check a customer in at a store, and grant what its programs promise."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.members.check_ins import GpsPosition, Method
from shared.domain.stores.store_codes import CODE_CHARS_MAX
from shared.domain.stores.stores import Coordinates
from shared.domain.units import from_units
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import (
    MISSING,
    Id,
    Number,
    RequestModel,
    ResponseModel,
    Success,
    Timestamp,
    WireModel,
    invalid,
)
from shared.schemas.fields import StoreId, UserId
from shared.services.members import check_ins
from shared.services.members.check_ins import Visit


class Request(RequestModel):
    """Who is where. A customer sends the store's code or a position; a secret key needs neither."""

    user_id: UserId | None = Field(
        default=None, description="Your id of the customer; a customer's own by default."
    )
    store_id: StoreId | None = None
    method: Method | None = Field(
        default=None,
        strict=False,
        description=(
            "`qr` for a code, `gps` for a position; by default what is sent, else `qr`. It decides "
            "which programs grant something: see their `earningMethods`."
        ),
    )
    code: str | None = Field(
        default=None,
        max_length=CODE_CHARS_MAX,
        description="What was read from the QR code: the code, or a link that ends with it.",
    )
    latitude: Number | None = Field(
        default=None, ge=-90, le=90, description="In degrees, north is positive."
    )
    longitude: Number | None = Field(
        default=None, ge=-180, le=180, description="In degrees, east is positive."
    )
    accuracy_m: Number | None = Field(
        default=None, ge=0, description="What the position may be off by, in metres."
    )
    device_id: Id | None = Field(
        default=None, description="Id of the device, the same each time; only its hash is kept."
    )


class EarnedBody(WireModel):
    """What a program granted, in which the customer is a member."""

    program_id: answers.ProgramId
    points: Number = Field(description="What was granted; 0 for the `reason`.")
    entry_id: str | None = Field(
        description=f"The ledger entry. Null if nothing was granted. {answers.ENTRY_ID_SCOPE}"
    )
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    reason: str | None = Field(
        description=(
            "Why nothing was granted: `per_day` or `minutes_between` (the program's "
            "`checkInLimit`), `limit_reached` (its `earningLimits`), `no_points_for_check_ins`, "
            "`unverified` (sign-in), or the code of a refusal in small letters. Null if something "
            "was."
        )
    )


class Response(ResponseModel):
    """The visit, and what it earned: an entry for each active program with this method."""

    success: Success = True
    session_id: str = Field(description="Id of the visit.")
    store_id: answers.StoreId
    user_id: answers.UserId
    checked_in_at: Timestamp = Field(description="When it was: UTC with milliseconds.")
    method: Method = Field(strict=False, description="What showed that the customer is there.")
    earned: list[EarnedBody] = Field(description="What each program granted, or why not.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "key": {"userId": "sandbox_user_001", "storeId": "sandbox_store_001"},
    "gps": {
        "storeId": "store_a",
        "userId": "user_xyz",
        "method": "gps",
        "latitude": 52.520008,
        "longitude": 13.404954,
        "accuracyM": 12,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "sessionId": "sess_sandbox_1740650400000",
    "storeId": "sandbox_store_001",
    "userId": "sandbox_user_001",
    "checkedInAt": "2025-02-27T10:00:00.000Z",
    "method": "qr",
    "earned": [
        {
            "programId": "lp_abc123",
            "points": 5,
            "entryId": "le_abc123",
            "newBalance": 147,
            "currentTier": "Silber",
            "reason": None,
        }
    ],
}

REFUSALS = (StoreNotFound, *check_ins.REFUSALS)


def handle(body: Request, caller: Caller) -> Response:
    """Check in, or refuse it with nothing booked."""
    position = _position(body)
    names = {"userId": body.user_id, "storeId": body.store_id}
    if missing := {name: MISSING for name, value in names.items() if value is None}:
        raise invalid(missing)
    assert body.user_id is not None
    assert body.store_id is not None
    visit = Visit(body.user_id, body.store_id, body.method, body.code, position, body.device_id)
    done = check_ins.check_in(caller, visit)
    made = done.check_in
    return Response(
        session_id=made.session_id,
        store_id=made.store_id,
        user_id=made.user_id,
        checked_in_at=made.checked_in_at,
        method=made.method,
        earned=[
            EarnedBody(
                program_id=each.program_id,
                points=from_units(each.units, each.scale),
                entry_id=each.entry_id,
                new_balance=from_units(each.balance_units, each.scale),
                current_tier=each.tier,
                reason=each.reason,
            )
            for each in made.earned
        ],
        is_replay=done.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Take half a position no more than a live key does."""
    position = _position(body)
    visit = Visit("", "", body.method, body.code, position)
    return {"method": visit.by}


def _position(body: Request) -> GpsPosition | None:
    """Return where the customer is, if it is told.

    Raises:
        InvalidParameters: Only a part of it is.
    """
    given = {"latitude": body.latitude, "longitude": body.longitude}
    missing = {name: "is required with a position" for name, each in given.items() if each is None}
    if len(missing) == len(given) and body.accuracy_m is None:
        return None
    if missing:
        raise invalid(missing)
    assert body.latitude is not None
    assert body.longitude is not None
    accuracy_m = None if body.accuracy_m is None else float(body.accuracy_m)
    return GpsPosition(Coordinates(float(body.latitude), float(body.longitude)), accuracy_m)
