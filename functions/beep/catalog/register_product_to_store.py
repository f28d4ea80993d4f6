"""POST /api/v1/registerProductToStore: have a store sell what another store of yours sells."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import (
    PRODUCT_EXAMPLE,
    OutcomeName,
    PriceAmount,
    ProductBody,
    to_price,
)
from shared.schemas.fields import ProductId
from shared.services import access
from shared.services.catalog import products


class Request(RequestModel):
    """The product of the one store, and the other store. ``price`` is what it costs there."""

    product_id: ProductId
    store_id: Id
    price: PriceAmount | None = None


class Response(ResponseModel):
    """The product of the other store; one that is sold there already stays as it is."""

    success: Success = True
    store_id: str
    outcome: OutcomeName
    product: ProductBody


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


def handle(body: Request, caller: Caller) -> Response:
    """Copy it: two reads, one commit."""
    store = access.store(caller, body.store_id)
    price = None if body.price is None else to_price(body.price, store.currency)
    saved = products.register(caller, body.product_id, store, price)
    return Response(
        store_id=store.store_id,
        outcome=saved.outcome,
        product=products.shown(saved.product),
        is_replay=saved.is_replay,
    )
