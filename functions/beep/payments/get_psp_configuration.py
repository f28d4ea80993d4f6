"""POST /api/v1/getPSPConfiguration: show which payment providers a store has."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.schemas.payments.payment_bodies import ProviderName
from shared.services.payments import psp_configurations


class Request(RequestModel):
    """Names the store."""

    store_id: Id


class ProviderBody(WireModel):
    """A configured provider. ``config`` holds what of it is no secret."""

    provider: ProviderName
    is_default: bool
    is_test: bool
    config: dict[str, Any]
    configured_at: Timestamp


class Response(ResponseModel):
    """The providers, without secrets."""

    success: Success = True
    store_id: str
    default_provider: ProviderName | None
    providers: list[ProviderBody]


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"store": {"storeId": "store_a"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "defaultProvider": "custom",
    "providers": [
        {
            "provider": "custom",
            "isDefault": True,
            "isTest": False,
            "config": {"apiUrl": "https://pay.example.com/v1", "mode": "live"},
            "configuredAt": "2026-03-03T12:00:00.000Z",
        }
    ],
}


def handle(body: Request, caller: Caller) -> Response:
    """Read them."""
    configuration = psp_configurations.find(caller, body.store_id)
    default = configuration.default_provider
    providers = [
        ProviderBody(
            provider=each.provider,  # type: ignore[arg-type]
            is_default=each.provider == default,
            is_test=each.is_test,
            config=dict(each.visible),
            configured_at=each.configured_at,
        )
        for each in configuration.accounts
    ]
    return Response(
        store_id=configuration.store_id,
        default_provider=default,  # type: ignore[arg-type]
        providers=providers,
    )
