"""Products in requests and answers, with prices in the currency's major unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)

from shared.domain import gtin
from shared.domain.catalog.goods import Price
from shared.domain.catalog.product_drafts import IfExists, ProductDraft, ProductOutcome
from shared.domain.catalog.products import CatalogProduct, PriceChange
from shared.domain.money import Money
from shared.domain.units import currency_scale, to_units
from shared.errors import InvalidParameters
from shared.schemas import answers
from shared.schemas.base import (
    NOT_BLANK,
    Id,
    Number,
    Timestamp,
    WireModel,
    invalid,
    to_refusal,
)
from shared.schemas.fields import Percent
from shared.schemas.rows import JudgedLater

PRICE_MAX = 10_000_000
_EAN = "([0-9]{8}|[0-9]{12,14})"

PriceAmount = Annotated[Number, Field(ge=0, le=PRICE_MAX)]
"""The price of one unit, in major units: 1.49 for 1.49 EUR. Finer prices are refused later."""
IfExistsName = Annotated[
    IfExists,
    Field(
        strict=False,
        description=(
            "What to do if the store sells the product with other values: `refuse`, `update`, or "
            "`take_over`, which also changes what comes from one of the store's own systems; it is "
            "the system's again when that next lists it."
        ),
    ),
]
OutcomeName = Annotated[
    ProductOutcome,
    Field(
        strict=False,
        description=(
            "`created` if it is sold from now on, `updated` if its values are others now, "
            "`unchanged` if they were as they are."
        ),
    ),
]


def _trimmed(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


ProductName = Annotated[
    str, Field(min_length=1, max_length=255), AfterValidator(_trimmed), NOT_BLANK
]


def could_be_ean(text: str) -> bool:
    """Tell whether a text has the form of an EAN, whatever its check digit."""
    return re.fullmatch(_EAN, text) is not None


def _digits(ean: str) -> str:
    """Refuse a text that cannot be an EAN. The check digit is checked later.

    The documentation's example, 4000000000001, has a wrong check digit, but the sandbox must answer
    it.
    """
    if not could_be_ean(ean):
        raise ValueError("must be the digits of an EAN-8, UPC-A or EAN-13")
    return ean


Ean = Annotated[
    str,
    Field(min_length=8, max_length=14),
    AfterValidator(_digits),
    WithJsonSchema({"type": "string", "pattern": f"^{_EAN}$"}),
]


def _needed_without_ean(number: str | None, info: ValidationInfo) -> str | None:
    if number is None and info.data.get("ean", "") is None:
        raise ValueError("is required where there is no ean")
    return number


def _to_switch(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Switch = Annotated[bool, BeforeValidator(_to_switch)]
"""True or false; in a query it is text."""


class FlagsInput(WireModel):
    """Rules for the app at the till; missing fields stay as they are."""

    requires_human_verification: bool | None = Field(
        default=None,
        description=(
            "Whether staff must look at the customer before it is sold, for instance at their age."
        ),
    )


class FlagsBody(WireModel):
    """Rules for the app at the till."""

    requires_human_verification: bool = Field(
        description=(
            "Whether staff must look at the customer before it is sold, for instance at their age."
        )
    )


class ProductInput(WireModel):
    """A product as a merchant describes it; missing fields stay as they are."""

    ean: Ean | None = Field(default=None, description="EAN-8, UPC-A or EAN-13.")
    number: Annotated[
        Id | None, Field(validate_default=True), AfterValidator(_needed_without_ean)
    ] = Field(default=None, description="The merchant's own article number.")
    name: ProductName = Field(description="What it is called.")
    price: PriceAmount = Field(
        description="What one unit costs, taxes included, in major units of the currency: 1.49."
    )
    vat: Percent | None = Field(
        default=None, description="Rate of the tax in the price, in percent: 7 or 19."
    )
    brand: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="Who makes it. May be empty."
    )
    category_id: Id | None = Field(default=None, description="The source's id of the category.")
    flags: FlagsInput | None = Field(
        default=None, description="What the app must heed at the till."
    )

    def to_draft(self, currency: str, *, takes_any_ean: bool = False) -> ProductDraft:
        """Return the draft of the product.

        Args:
            currency: That of the store.
            takes_any_ean: Whether a wrong check digit is taken, as test keys do.

        Raises:
            InvalidParameters: The EAN has a wrong check digit, or the price is finer than the
                currency's minor unit.
        """
        ean = gtin.ean_of(self.ean) or (self.ean if takes_any_ean else None)
        if self.ean is not None and ean is None:
            problem = "has a wrong check digit; article numbers of your own go into number"
            raise invalid({"ean": problem})
        flags = self.flags.model_dump(by_alias=True, exclude_none=True) if self.flags else {}
        return ProductDraft(
            name=self.name,
            ean=ean,
            number=self.number,
            brand=self.brand,
            category_id=self.category_id,
            price=to_price(self.price, currency),
            vat_percent=self.vat,
            flags=flags,
        )


def to_price(amount: Any, currency: str) -> Money:
    """Return a request's price, given in major units, exactly.

    Raises:
        InvalidParameters: The price is finer than the currency's minor unit.
    """
    return Money(to_units(amount, currency_scale(currency), field="price"), currency)


ProductRow = Annotated[dict[str, Any], JudgedLater(ProductInput)]
"""A ``ProductInput`` that is not validated yet: see ``to_drafts``."""


def to_drafts(
    rows: Sequence[Mapping[str, Any]], currency: str, *, takes_any_ean: bool = False
) -> list[ProductDraft | InvalidParameters]:
    """Return the draft of each row, or the refusal of the row; see ``ProductInput.to_draft``."""
    return [_to_draft(row, currency, takes_any_ean=takes_any_ean) for row in rows]


def _to_draft(
    row: Mapping[str, Any], currency: str, *, takes_any_ean: bool
) -> ProductDraft | InvalidParameters:
    try:
        return ProductInput.model_validate(row).to_draft(currency, takes_any_ean=takes_any_ean)
    except ValidationError as error:
        return to_refusal(error)
    except InvalidParameters as refusal:
        return refusal


class ProductBody(WireModel):
    """A product of a store."""

    product_id: answers.ProductId
    store_id: answers.StoreId
    ean: str | None = Field(description="EAN-8, UPC-A or EAN-13.")
    number: str | None = Field(description="The merchant's own article number.")
    name: str = Field(description="What it is called.")
    brand: str = Field(description="Who makes it. May be empty.")
    category_id: str | None = Field(description="The source's id of the category.")
    price: Number | None = Field(
        description=(
            "What one unit costs now, taxes included, in major units of `currency`: 1.49. Null "
            "without a price."
        )
    )
    currency: str | None = Field(description="ISO 4217 code. Null without a price.")
    vat: Number | None = Field(description="Rate of the tax in the price, in percent: 7 or 19.")
    flags: FlagsBody = Field(description="What the app must heed at the till.")
    source: str = Field(
        description="The system that it comes from; `api` if a call has inserted it."
    )
    external_id: str | None = Field(
        description="The id that its source has for it. Null if none has."
    )
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt
    deleted_at: Timestamp | None = Field(
        description="Since when it is no longer sold. Null while it is."
    )
    replaced_by: str | None = Field(
        description="Id of the product that it goes on as, after its EAN changed. Else null."
    )


class UpcomingPriceBody(WireModel):
    """A price that begins later."""

    price: Number = Field(
        description="What one unit costs, taxes included, in major units of the currency: 1.49."
    )
    valid_from: Timestamp = Field(description="When it begins.")


class PriceChangeBody(WireModel):
    """A price that the product had."""

    price: Number = Field(
        description="What one unit costs, taxes included, in major units of the currency: 1.49."
    )
    currency: answers.Currency
    since: Timestamp = Field(description="When it began.")
    until: Timestamp = Field(description="When it ended.")
    source: str = Field(description="Where the price after it comes from.")


class ProductWithPricesBody(ProductBody):
    """A product of a store with its past and future prices."""

    upcoming_prices: list[UpcomingPriceBody] = Field(
        description="Prices that begin later, the soonest first."
    )
    price_history: list[PriceChangeBody] = Field(
        description="The latest 20 prices that have ended, the latest first."
    )


class ImportedRow(WireModel):
    """The result of a row. A failed row says why, and names the product if there is one."""

    index: int = Field(description="Number of the row in the request, from 0.")
    outcome: Literal["created", "updated", "unchanged", "failed"] = Field(
        description="As of insertProduct, or `failed`."
    )
    product_id: str | None = Field(description="Id of the product. Null if the row names none.")
    error: str | None = Field(description="Code of the refusal. Null if the row was taken.")
    message: str | None = Field(
        description="Why the row was refused, for people. Null if it was taken."
    )


PRODUCT_EXAMPLE: dict[str, Any] = {
    "productId": "store_a_4006381333931",
    "storeId": "store_a",
    "ean": "4006381333931",
    "number": None,
    "name": "Bio-Vollmilch 3,5%",
    "brand": "BioHof",
    "categoryId": None,
    "price": 1.49,
    "currency": "EUR",
    "vat": 7,
    "flags": {"requiresHumanVerification": False},
    "source": "api",
    "externalId": None,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
    "deletedAt": None,
    "replacedBy": None,
}


def to_product_body(product: CatalogProduct, replaced_by: str | None) -> ProductBody:
    """Return a product as answers show it.

    Args:
        product: The product, with the price that is valid now.
        replaced_by: Id of the product under which it goes on.
    """
    return ProductBody(**_fields(product, replaced_by))


def to_product_with_prices_body(
    product: CatalogProduct, replaced_by: str | None, history: Sequence[PriceChange]
) -> ProductWithPricesBody:
    """Return a product as answers show it, with its past prices, the latest first."""
    return ProductWithPricesBody(
        **_fields(product, replaced_by),
        upcoming_prices=[_upcoming(each) for each in product.upcoming],
        price_history=[_ended(each) for each in history],
    )


def _fields(product: CatalogProduct, replaced_by: str | None) -> dict[str, Any]:
    flags = product.flags or {}
    return {
        "product_id": product.product_id,
        "store_id": product.store_id,
        "ean": product.ean,
        "number": product.number,
        "name": product.name,
        "brand": product.brand,
        "category_id": product.category_id,
        "price": product.price.to_major() if product.price else None,
        "currency": product.price.currency if product.price else None,
        "vat": product.vat_percent,
        "flags": FlagsBody(
            requires_human_verification=flags.get("requiresHumanVerification", False)
        ),
        "source": product.source,
        "external_id": product.external_id,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
        "deleted_at": product.deleted_at,
        "replaced_by": replaced_by,
    }


def _upcoming(price: Price) -> UpcomingPriceBody:
    return UpcomingPriceBody(price=price.amount.to_major(), valid_from=price.valid_from)


def _ended(change: PriceChange) -> PriceChangeBody:
    return PriceChangeBody(
        price=change.amount.to_major(),
        currency=change.amount.currency,
        since=change.since,
        until=change.until,
        source=change.source,
    )
