"""POST /api/v1/fetchProduct: show a product with its past, present and future prices."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProductNotFound, StoreNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import PRODUCT_EXAMPLE, ProductWithPricesBody
from shared.schemas.fields import ProductId, StoreId
from shared.services.catalog import products
from shared.services.catalog import sandbox as mock


class Request(RequestModel):
    """The request names the product by our id; with ``storeId`` also by EAN or article number."""

    product_id: ProductId = Field(
        description="Id of the product; with `storeId` also its EAN or number."
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The product with its prices, even if it is no longer sold."""

    success: Success = True
    product: ProductWithPricesBody = Field(description="The product.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "product": {"productId": "store_a_4006381333931"},
    "ean": {"productId": "4006381333931", "storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "product": {
        **PRODUCT_EXAMPLE,
        "upcomingPrices": [{"price": 1.59, "validFrom": "2026-04-01T00:00:00.000Z"}],
        "priceHistory": [
            {
                "price": 1.39,
                "currency": "EUR",
                "since": "2026-01-01T12:00:00.000Z",
                "until": "2026-03-03T12:00:00.000Z",
                "source": "api",
            }
        ],
    },
}

REFUSALS = (StoreNotFound, ProductNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the product and its past prices."""
    product = products.find(caller, body.product_id, body.store_id)
    return Response(product=products.shown_with_prices(product))


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the example under the id that was asked for."""
    named = mock.named(body.product_id, body.store_id)
    return {"product": {**EXAMPLE["product"], **named}}
