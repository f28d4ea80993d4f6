"""Types of fields that several bodies have."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.schemas.base import Number, Whole

AMOUNT_MINOR_MAX = 1_000_000_000
PRODUCT_ID_CHARS_MAX = 1_201
"""The ids of a store and of a product in it in their encoded form, and what is between them."""

AmountMinor = Annotated[Whole, Field(ge=1, le=AMOUNT_MINOR_MAX)]
"""An amount in the currency's minor unit: 1099 for 10.99 EUR."""
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Percent = Annotated[Number, Field(ge=0, le=100)]
ProductId = Annotated[str, Field(min_length=1, max_length=PRODUCT_ID_CHARS_MAX)]
