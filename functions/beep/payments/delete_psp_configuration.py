"""POST /api/v1/deletePSPConfiguration: delete a payment provider, credentials included."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import ConnectorNotConfigured, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.payments.payment_bodies import DefaultProvider, ProviderName
from shared.services.payments import psp_configurations


class Request(RequestModel):
    """The request names the provider. Its payments can no longer be refunded with this API."""

    store_id: StoreId
    provider: ProviderName


class Response(ResponseModel):
    """The deleted provider, and the store's default provider from now on."""

    success: Success = True
    store_id: answers.StoreId
    provider: ProviderName
    default_provider: DefaultProvider


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "custom": {"storeId": "store_a", "provider": "custom"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "provider": "custom",
    "defaultProvider": None,
}

REFUSALS = (StoreNotFound, ConnectorNotConfigured)


def handle(body: Request, caller: Caller) -> Response:
    """Delete the provider; the oldest of the others becomes the default."""
    deleted = psp_configurations.delete(caller, body.store_id, body.provider)
    return Response(
        store_id=body.store_id,
        provider=body.provider,
        default_provider=deleted.default_provider,  # type: ignore[arg-type]
        is_replay=deleted.is_replay,
    )
