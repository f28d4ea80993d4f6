"""Our own contract of what is written into a shop: docs/connectors/shop-generic.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, WithJsonSchema

from shared.connectors.rows import ExternalId
from shared.connectors.shop.generic_orders import ContractPart
from shared.domain.systems.shop_writes import ShopCard, ShopCode

WrittenNumber = Annotated[Decimal, WithJsonSchema({"type": "number"})]
CustomerId = Annotated[str, Field(description="Your id of the customer's account.")]


class WrittenCard(ContractPart):
    """What a customer sees of the membership."""

    customer_id: CustomerId
    balance: WrittenNumber = Field(
        description="In `unit`: `120` points, `12.5` of cashback. It can be below zero."
    )
    unit: str = Field(description="`points`, `stamps` or a currency such as `EUR`.")
    tier: str | None = Field(description="Name of the tier; null without one.")
    code: str | None = Field(description="What a till scans; null if the member has none.")


class WrittenCode(ContractPart):
    """A code that one customer can use once. One of `percentage` and `amount` is null."""

    code: str = Field(description="As the customer types it.")
    title: str = Field(description="Of the reward.")
    customer_id: CustomerId
    percentage: WrittenNumber | None = Field(
        description="Taken off the goods of the order, above 0 and at most 100."
    )
    amount: WrittenNumber | None = Field(description="Taken off the goods, in `currency`.")
    currency: str = Field(description="ISO 4217.")
    starts_at: AwareDatetime = Field(description="When it can be used first.")
    ends_at: AwareDatetime | None = Field(description="When it can be used no more, or null.")


class WriteCard(ContractPart):
    """Keep this card in place of the one before."""

    action: Literal["card.write"] = "card.write"
    card: WrittenCard


class ClearCard(ContractPart):
    """Take the card away, if there is one."""

    action: Literal["card.clear"] = "card.clear"
    customer_id: CustomerId


class PutCode(ContractPart):
    """Make the code usable. There is never a second one that is spelled so. Answer with its id."""

    action: Literal["code.put"] = "code.put"
    code: WrittenCode


class RevokeCode(ContractPart):
    """Make the code unusable, and answer whether it was used before."""

    action: Literal["code.revoke"] = "code.revoke"
    code: WrittenCode


class Ping(ContractPart):
    """Do nothing: it proves that writings arrive."""

    action: Literal["ping"] = "ping"


Write = Annotated[
    WriteCard | ClearCard | PutCode | RevokeCode | Ping, Field(discriminator="action")
]
WRITES: TypeAdapter[Write] = TypeAdapter(Write)


class PutAnswer(BaseModel):
    """The answer to ``PutCode``."""

    id: ExternalId


class RevokeAnswer(BaseModel):
    """The answer to ``RevokeCode``: said in full, so that no other page is taken for it."""

    used: bool = Field(strict=True)


def of_card(card: ShopCard) -> WriteCard:
    """Return the writing of a card."""
    return WriteCard(card=WrittenCard.model_validate(card, from_attributes=True))


def of_code(code: ShopCode) -> WrittenCode:
    """Return a code as it is written."""
    return WrittenCode.model_validate(code, from_attributes=True)
