"""POST /api/v1/bulkImportProducts: add up to 500 products to a store."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.catalog.product_drafts import IfExists
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.catalog.product_bodies import IfExistsName, ImportedRow, ProductRow, to_drafts
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.catalog import product_imports
from shared.services.catalog import sandbox as mock

ROWS_MAX = 500


class Request(RequestModel):
    """Rows with the fields of insertProduct; a bad one is reported, and the others are taken."""

    store_id: StoreId
    products: list[ProductRow] = Field(min_length=1, max_length=ROWS_MAX, description="The rows.")
    if_exists: IfExistsName = IfExists.UPDATE


class Response(ResponseModel):
    """The results of the rows."""

    success: Success = True
    store_id: answers.StoreId
    created: int = Field(description="How many products are sold from now on.")
    updated: int = Field(description="How many products have got other values.")
    unchanged: int = Field(description="How many products were as the rows say already.")
    failed: int = Field(description="How many rows could not be taken.")
    results: list[ImportedRow] = Field(
        description="What became of each row, in the order of the request."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "products": {
        "storeId": "store_a",
        "products": [
            {"ean": "4006381333931", "name": "Bio-Vollmilch 3,5%", "price": 1.49, "vat": 7},
            {"number": "W-0815", "name": "Hauswein rot", "price": 8.905, "vat": 19},
        ],
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "created": 1,
    "updated": 0,
    "unchanged": 0,
    "failed": 1,
    "results": [
        {
            "index": 0,
            "outcome": "created",
            "productId": "store_a_4006381333931",
            "error": None,
            "message": None,
        },
        {
            "index": 1,
            "outcome": "failed",
            "productId": None,
            "error": "INVALID_PARAMETERS",
            "message": "price must be a number with at most 2 decimals.",
        },
    ],
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Write the good rows, several in each commit."""
    store = access.store(caller, body.store_id)
    drafts = to_drafts(body.products, store.currency)
    imported = product_imports.run(caller, store, drafts, body.if_exists)
    counts = imported.counts
    return Response(
        store_id=store.store_id,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        failed=counts["failed"],
        results=[ImportedRow.model_validate(row, from_attributes=True) for row in imported.rows],
        is_replay=imported.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Judge each row on its own; the store sells nothing yet."""
    drafts = to_drafts(body.products, mock.CURRENCY, takes_any_ean=True)
    imported = mock.imported(body.store_id, drafts)
    rows = [ImportedRow.model_validate(row, from_attributes=True) for row in imported.rows]
    return {**imported.counts, "results": [row.model_dump(by_alias=True) for row in rows]}
