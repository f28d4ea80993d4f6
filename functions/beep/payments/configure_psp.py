"""POST /api/v1/configurePSP: connect your own account with a payment provider."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import CONNECTOR_REFUSALS, LiveProviderRefused, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.payments.payment_bodies import IsDefault, IsTest, ProviderName
from shared.services.payments import psp_configurations


class Request(RequestModel):
    """A provider with its ``config``, which the provider's page in the documentation describes.

    ``config`` is checked with the provider, stored encrypted, and never shown again. The first
    provider of a store is its default; ``isDefault`` makes this one the default.
    """

    provider: ProviderName
    store_id: StoreId
    config: dict[str, Any] = Field(
        description="What the provider needs; the fields depend on `provider`."
    )
    is_default: bool = Field(
        default=False,
        description=(
            "Whether payments that name no provider go through this one from now on. The first "
            "provider of a store does in any case."
        ),
    )


class Response(ResponseModel):
    """The provider's configuration, without secrets."""

    success: Success = True
    provider: ProviderName
    store_id: answers.StoreId
    configured: Success = True
    is_default: IsDefault
    is_test: IsTest


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "custom": {
        "provider": "custom",
        "storeId": "store_a",
        "config": {
            "apiUrl": "https://pay.example.com/v1",
            "apiKey": "key-of-the-provider",
            "notificationSecret": "secret-of-notifications",
        },
        "isDefault": True,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "provider": "custom",
    "storeId": "store_a",
    "configured": True,
    "isDefault": True,
    "isTest": False,
}

REFUSALS = (StoreNotFound, LiveProviderRefused, *CONNECTOR_REFUSALS)


def handle(body: Request, caller: Caller) -> Response:
    """Check the configuration with the provider, then store it."""
    done = psp_configurations.configure(
        caller, body.store_id, body.provider, body.config, is_default=body.is_default
    )
    return Response(
        provider=body.provider,
        store_id=body.store_id,
        is_default=done.is_default,
        is_test=done.is_test,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check the configuration without asking the provider."""
    checked = psp_configurations.checked_settings(body.provider, body.config)
    return {"isTest": checked.is_test}
