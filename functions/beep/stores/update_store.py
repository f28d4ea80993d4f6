"""POST /api/v1/updateStore: change what customers see of a store."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas.base import Name, RequestModel, ResponseModel, Success, not_blank
from shared.schemas.fields import PublicLink, StoreId
from shared.schemas.stores.store_bodies import STORE_EXAMPLES, StoreBody, to_store_body
from shared.services.stores import store_changes

Address = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(not_blank)]


class Request(RequestModel):
    """The new values. What is left out stays; null removes a logo or an address."""

    store_id: StoreId
    name: Annotated[Name, Field(description="What customers call it.")] | None = None
    logo: PublicLink | None = Field(default=None, description="https URL of an image.")
    address: Address | None = Field(
        default=None, description="As on a letter; its lines are parted by line breaks."
    )

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str | None) -> str:
        if name is None:
            raise ValueError("cannot be removed")
        return name


class Response(ResponseModel):
    """The store as it is now."""

    success: Success = True
    store: StoreBody = Field(description="The store.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "moved": {"storeId": "sandbox_store_001", "address": "Torstraße 1\n10119 Berlin"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "store": {**STORE_EXAMPLES[0], "address": "Torstraße 1\n10119 Berlin"},
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Write the store and its profile in one commit."""
    named = body.model_fields_set & {"name", "logo", "address"}
    changes = {each: getattr(body, each) for each in named}
    changed = store_changes.update(caller, body.store_id, changes)
    return Response(store=to_store_body(changed.store), is_replay=changed.is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the store of the sandbox that is named, or the first, with the new values."""
    named = [each for each in STORE_EXAMPLES if each["storeId"] == body.store_id]
    changes = {each: getattr(body, each) for each in body.model_fields_set - {"store_id"}}
    return {"store": {**(named or STORE_EXAMPLES)[0], **changes}}
