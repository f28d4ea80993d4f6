"""POST /api/v1/insertProduct: add a product to a store."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.catalog.product_drafts import IfExists
from shared.errors import ProductExists, ProductManaged, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import (
    PRODUCT_EXAMPLE,
    IfExistsName,
    OutcomeName,
    ProductBody,
    ProductInput,
)
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.catalog import products
from shared.services.catalog import sandbox as mock


class Request(ProductInput, RequestModel):
    """A product with an EAN or an article number; ``price`` is in the store's currency.

    If the store sells it with the same values already, it stays as it is. ``ifExists`` says what to
    do if the values differ.
    """

    store_id: StoreId
    if_exists: IfExistsName = IfExists.REFUSE


class Response(ResponseModel):
    """The product as the store sells it now."""

    success: Success = True
    store_id: answers.StoreId
    product_id: answers.ProductId
    outcome: OutcomeName
    product: ProductBody = Field(description="The product.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "product": {
        "storeId": "store_a",
        "ean": "4006381333931",
        "name": "Bio-Vollmilch 3,5%",
        "brand": "BioHof",
        "price": 1.49,
        "vat": 7,
    },
    "number": {
        "storeId": "store_a",
        "number": "W-0815",
        "name": "Hauswein rot",
        "price": 8.9,
        "vat": 19,
        "flags": {"requiresHumanVerification": True},
        "ifExists": "update",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "productId": "store_a_4006381333931",
    "outcome": "created",
    "product": PRODUCT_EXAMPLE,
}

REFUSALS = (StoreNotFound, ProductExists, ProductManaged)


def handle(body: Request, caller: Caller) -> Response:
    """Write the product: one read, one commit."""
    store = access.store(caller, body.store_id)
    saved = products.insert(caller, store, body.to_draft(store.currency), body.if_exists)
    return Response(
        store_id=store.store_id,
        product_id=saved.product.product_id,
        outcome=saved.outcome,
        product=products.shown(saved.product),
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the product that was sent, as a new one."""
    product = mock.inserted(body.store_id, body.to_draft(mock.CURRENCY, takes_any_ean=True))
    return {"productId": product["productId"], "product": product}
