"""POST /api/v1/cancelImport: end an import; what is booked stays."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.imports.imports import ImportState
from shared.errors import ImportNotFound, StoreNotFound
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.imports import row_imports


class Request(RequestModel):
    """The import to end."""

    import_id: Id = Field(description="Id of the import.")
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The state of the import: one that had ended before stays as it was."""

    success: Success = True
    import_id: str = Field(description="Id of the import.")
    state: ImportState = Field(
        strict=False,
        description="`cancelled`, or how it had ended before. Up to 500 rows may still be booked.",
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"import": {"importId": "imp_abc123"}}

EXAMPLE: dict[str, Any] = {"success": True, "importId": "imp_abc123", "state": "cancelled"}

REFUSALS = (StoreNotFound, ImportNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Cancel it."""
    access.named_store(caller, body.store_id)
    begun = row_imports.cancel(caller, body.import_id, body.store_id)
    return Response(
        import_id=begun.found.import_id, state=begun.found.state, is_replay=begun.is_replay
    )
