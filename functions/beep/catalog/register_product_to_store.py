"""POST /api/v1/registerProductToStore: add a product of one of your stores to another."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProductExists, ProductManaged, ProductNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import (
    PRODUCT_EXAMPLE,
    OutcomeName,
    PriceAmount,
    ProductBody,
    to_price,
)
from shared.schemas.fields import ProductId, StoreId
from shared.services import access
from shared.services.catalog import products
from shared.services.catalog import sandbox as mock


class Request(RequestModel):
    """The product of one store, and the other store. ``price`` is its price in the other store."""

    product_id: ProductId
    store_id: StoreId
    price: PriceAmount | None = Field(
        default=None,
        description=(
            "What one unit costs in this store, in major units of its currency: 1.49. By default "
            "what it costs in the other one."
        ),
    )


class Response(ResponseModel):
    """The product in the other store; if the store sells it already, it stays as it is."""

    success: Success = True
    store_id: answers.StoreId
    outcome: OutcomeName
    product: ProductBody = Field(description="The product.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "samePrice": {"productId": "store_b_4006381333931", "storeId": "store_a"},
    "ownPrice": {"productId": "store_b_4006381333931", "storeId": "store_a", "price": 1.49},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "outcome": "created",
    "product": PRODUCT_EXAMPLE,
}

REFUSALS = (StoreNotFound, ProductNotFound, ProductExists, ProductManaged)


def handle(body: Request, caller: Caller) -> Response:
    """Copy the product: two reads, one commit."""
    store = access.store(caller, body.store_id)
    price = None if body.price is None else to_price(body.price, store.currency)
    saved = products.register(caller, body.product_id, store, price)
    return Response(
        store_id=store.store_id,
        outcome=saved.outcome,
        product=products.shown(saved.product),
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the product in the other store."""
    price = None if body.price is None else to_price(body.price, mock.CURRENCY)
    return {"product": mock.registered(body.product_id, body.store_id, price)}
