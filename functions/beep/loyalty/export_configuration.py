"""GET /api/v1/exportConfiguration: what a merchant says of a store's programs, as one document."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared import clock
from shared.auth.caller import Caller
from shared.errors import ConfigurationAmbiguous, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.configuration_bodies import (
    CONFIGURATION_EXAMPLE,
    ConfigurationBody,
    configuration_body,
    left_out,
)
from shared.services.loyalty import configurations


class Request(RequestModel):
    """The request names the store."""

    store_id: StoreId


class Response(ResponseModel):
    """The configuration: no members, no counters, no ids of the store or the account."""

    success: Success = True
    store_id: answers.StoreId
    configuration: ConfigurationBody = Field(description="What applyConfiguration takes.")
    left_out: list[str] = Field(
        description=(
            "Where rewards have what a configuration cannot have: `storeIds`, and `codes` of their "
            "own, which are imported; their `stock` is 0."
        )
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "configuration": ConfigurationBody.model_validate(CONFIGURATION_EXAMPLE).model_dump(
        mode="json", by_alias=True
    ),
    "leftOut": [],
}

REFUSALS = (StoreNotFound, ConfigurationAmbiguous)


def handle(body: Request, caller: Caller) -> Response:
    """Read the programs: one query."""
    store, programs = configurations.find(caller, body.store_id)
    return Response(
        store_id=store.store_id,
        configuration=configuration_body(store.currency, programs, clock.utc_now()),
        left_out=left_out(programs),
    )
