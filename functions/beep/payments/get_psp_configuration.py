"""POST /api/v1/getPSPConfiguration: show a store's payment providers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.schemas.fields import StoreId
from shared.schemas.payments.payment_bodies import DefaultProvider, IsDefault, IsTest, ProviderName
from shared.services.payments import psp_configurations


class Request(RequestModel):
    """The request names the store."""

    store_id: StoreId


class ProviderBody(WireModel):
    """A configured provider. ``config`` holds the parts that are not secret."""

    provider: ProviderName
    is_default: IsDefault
    is_test: IsTest
    config: dict[str, Any] = Field(description="What of its configuration is no secret.")
    configured_at: Timestamp = Field(
        description="When it was last configured: UTC with milliseconds."
    )


class Response(ResponseModel):
    """The providers, without secrets."""

    success: Success = True
    store_id: answers.StoreId
    default_provider: DefaultProvider
    providers: list[ProviderBody] = Field(
        description="The store's providers; those configured last come last."
    )


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

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read the providers."""
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
