"""GET /api/v1/getCheckInStats: count a store's check-ins, and those that were refused."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.members.check_in_figures import CHECK_INS, EARNING
from shared.domain.members.check_ins import Method
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, WireModel
from shared.schemas.fields import StoreId
from shared.services.members import check_ins
from shared.services.members.check_ins import REFUSALS as NOT_COUNTED_AS_VISITS


class Request(RequestModel):
    """The request names the store."""

    store_id: StoreId


class CountBody(WireModel):
    """How often something happened."""

    total: int = Field(description="How often, ever.")
    this_month: int = Field(description="How often this month, in the store's time zone.")


class RefusalCountBody(CountBody):
    """How often check-ins were refused with a code."""

    code: str = Field(description="Code of the refusal.")


class Response(ResponseModel):
    """The figures of the store."""

    success: Success = True
    store_id: answers.StoreId
    check_ins: CountBody = Field(description="All check-ins.")
    qr: CountBody = Field(description="Those with a code, or vouched for by a key.")
    gps: CountBody = Field(description="Those with a position.")
    earning: CountBody = Field(description="Those that earned in at least one program.")
    refused: list[RefusalCountBody] = Field(
        description="Check-ins that were refused, by code; codes without any are left out."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "checkIns": {"total": 1284, "thisMonth": 93},
    "qr": {"total": 1100, "thisMonth": 81},
    "gps": {"total": 184, "thisMonth": 12},
    "earning": {"total": 1198, "thisMonth": 88},
    "refused": [{"total": 7, "thisMonth": 2, "code": "OUT_OF_RANGE"}],
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Add up the counters."""
    stats = check_ins.stats(caller, body.store_id)

    def counts(name: str) -> dict[str, int]:
        return {"total": stats.ever.get(name, 0), "this_month": stats.this_month.get(name, 0)}

    return Response(
        store_id=body.store_id,
        check_ins=CountBody(**counts(CHECK_INS)),
        qr=CountBody(**counts(Method.QR)),
        gps=CountBody(**counts(Method.GPS)),
        earning=CountBody(**counts(EARNING)),
        refused=[
            RefusalCountBody(code=each.code, **counts(each.code))
            for each in NOT_COUNTED_AS_VISITS
            if each.code in stats.ever
        ],
    )
