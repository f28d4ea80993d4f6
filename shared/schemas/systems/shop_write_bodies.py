"""What is written into shops, in answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.systems.shop_writings import ShopWriting
from shared.schemas import answers
from shared.schemas.base import Id, Timestamp, WireModel
from shared.schemas.systems.meaning_bodies import MeaningBody, to_meaning

WriteKind = Literal["card", "code"]
WriteState = Literal["pending", "written", "dead", "revoked", "used"]
WriteId = Annotated[Id, Field(description="Id of the card or code in the shop.")]


class ShopWriteBody(WireModel):
    """A member's card, or the code of a redemption, in an online shop."""

    write_id: WriteId
    kind: WriteKind = Field(description="`card` of a member, or `code` of a redemption.")
    store_id: answers.StoreId
    system: str = Field(description="The shop's system.")
    state: WriteState = Field(
        description=(
            "`pending`: it waits, or is being written. `written`: the shop has it. `dead`: nobody "
            "tries any more. Of codes also `revoked` and `used`."
        )
    )
    user_id: str | None = Field(
        description="The member. Null if the member was erased: it is to be taken out of the shop."
    )
    customer_id: str = Field(description="The shop's id of the customer.")
    redemption_id: str | None = Field(description="The redemption of a code. Null for a card.")
    attempts: int = Field(description="How many attempts have failed in a row.")
    next_attempt_at: Timestamp | None = Field(
        description="When the next attempt is due. Null if there is none."
    )
    error: str | None = Field(description="The code of the last failure. Null without one.")
    message: str | None = Field(description="The last failure in words. Null without one.")
    meaning: MeaningBody | None = Field(
        description="The same without words, for other languages. Null where it has no code."
    )
    reason: str | None = Field(
        description=(
            "Why it is dead: `refused`, the shop would refuse it again; `attempts_exhausted`, it "
            "has not answered for three days. Else null."
        )
    )
    created_at: answers.CreatedAt
    updated_at: Timestamp = Field(description="When it was changed last.")


SHOP_WRITE_EXAMPLE: dict[str, Any] = {
    "writeId": "shw_abc123",
    "kind": "card",
    "storeId": "store_a",
    "system": "generic",
    "state": "dead",
    "userId": "user_xyz",
    "customerId": "17",
    "redemptionId": None,
    "attempts": 1,
    "nextAttemptAt": None,
    "error": "CONNECTOR_NOT_FOUND",
    "message": "the generic shop answered 404: no such customer",
    "meaning": {
        "code": "answered_words",
        "parameters": {
            "system": "the generic shop",
            "status": "404",
            "words": "no such customer",
        },
    },
    "reason": "refused",
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
}


def shop_write_body(writing: ShopWriting) -> ShopWriteBody:
    """Return what is written into a shop as answers show it."""
    return ShopWriteBody(
        write_id=writing.write_id,
        kind=writing.kind.value,
        store_id=writing.store_id,
        system=writing.system,
        state=writing.state.value,
        user_id=None if writing.is_ending else writing.user_id,
        customer_id=writing.customer_id,
        redemption_id=writing.terms.entry_id if writing.terms else None,
        attempts=writing.attempts,
        next_attempt_at=writing.next_attempt_at,
        error=writing.error,
        message=writing.message,
        meaning=to_meaning(writing.meaning),
        reason=writing.dead_reason,
        created_at=writing.created_at,
        updated_at=writing.updated_at,
    )
