"""What a merchant says of a product by a call, and what that makes of the one that is known.

A product that comes from one of the merchant's own systems is that system's: the next sync would
undo what a call changes of it. So a call leaves it alone unless it is told to take it over. Only
its flags, of which no system says anything, are always the call's to set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.catalog import products
from shared.domain.catalog.products import API_SOURCE, CatalogProduct
from shared.domain.money import Money
from shared.errors import ProductExists, ProductManaged


class IfExists(StrEnum):
    """What becomes of a product that is known already, with other values."""

    REFUSE = "refuse"
    UPDATE = "update"
    TAKE_OVER = "take_over"


class ProductOutcome(StrEnum):
    """What a draft has done."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as a merchant describes it; ``None``, and a flag that is not there, say nothing.

    ``ean`` is a valid one. There is an ``ean`` or a ``number``.
    """

    name: str
    ean: str | None = None
    number: str | None = None
    brand: str | None = None
    category_id: str | None = None
    price: Money | None = None
    vat_percent: Decimal | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the product is kept under in its store."""
        key = self.ean or self.number
        assert key, "a draft has an EAN or an article number"
        return key


@dataclass(frozen=True, slots=True)
class Inserted:
    """A product after a draft; the one that was known if nothing is to be written."""

    product: CatalogProduct
    outcome: ProductOutcome


def draft_of(product: CatalogProduct, price: Money | None) -> ProductDraft:
    """Return what makes the same product in another store, at a price of its own there.

    Without its category, which its own store's system has made up.
    """
    return ProductDraft(
        name=product.name,
        # One that has lost its EAN to another product is kept under its article number.
        ean=product.ean if product.key == product.ean else None,
        number=product.key if product.key != product.ean else product.number,
        brand=product.brand,
        price=price,
        vat_percent=product.vat_percent,
        flags=product.flags or {},
    )


def register(
    known: CatalogProduct | None, draft: ProductDraft, blank: CatalogProduct, price: Money | None
) -> Inserted:
    """Return what a product of another store makes of this store's.

    One that is sold stays as it is, so that only a price that was asked for can be refused.

    Args:
        known: This store's product of the draft's key; ``None`` if there is none.
        draft: The other store's product.
        blank: An empty product of the store and key, made now.
        price: What was asked for; ``None`` if nothing was.

    Raises:
        ProductExists, ProductManaged: It is sold at another price.
    """
    if known is not None and not known.is_deleted:
        draft = ProductDraft(name=known.name, ean=known.ean, number=known.number, price=price)
    return insert(known, draft, blank, IfExists.REFUSE)


def insert(
    known: CatalogProduct | None, draft: ProductDraft, blank: CatalogProduct, if_exists: IfExists
) -> Inserted:
    """Return what a draft makes of a product.

    One that is no longer sold is sold anew, and keeps what the draft does not mention.

    Args:
        known: The product of the draft's key; ``None`` if there is none.
        draft: What is said of it.
        blank: An empty product of the store and key, made now.
        if_exists: What to do if it is sold already, with other values.

    Raises:
        ProductExists: It is sold with other values, which are to stay.
        ProductManaged: It has other values in the system that it comes from.
    """
    now = blank.updated_at
    if known is None or known.is_deleted:
        after = _described(_owned(known or blank), draft, now)
        return Inserted(replace(after, updated_at=now), ProductOutcome.CREATED)
    current = products.states_until(known, now)[-1]
    after = _described(current, draft, now)
    if after == current:
        return Inserted(known, _outcome_so_far(known, now))
    is_system_concerned = (
        known.source != API_SOURCE and replace(after, flags=known.flags) != current
    )
    if is_system_concerned and if_exists is not IfExists.TAKE_OVER:
        raise ProductManaged(
            f"{known.product_id} comes from {known.source}, with other values.",
            productId=known.product_id,
            source=known.source,
        )
    if if_exists is IfExists.REFUSE:
        raise ProductExists(
            f"{known.product_id} exists with other values.", productId=known.product_id
        )
    if is_system_concerned:
        after = _owned(after)
    elif known.source != API_SOURCE:
        # Prices of a system that are due begin by themselves, each in its turn.
        after = replace(known, flags=after.flags)
    return Inserted(replace(after, updated_at=now), ProductOutcome.UPDATED)


def _outcome_so_far(known: CatalogProduct, now: datetime) -> ProductOutcome:
    """Tell what is as it should be from what an earlier attempt of this call has made so.

    The answer to its commit may have got lost.
    """
    if known.updated_at != now:
        return ProductOutcome.UNCHANGED
    return ProductOutcome.CREATED if known.created_at == now else ProductOutcome.UPDATED


def _owned(product: CatalogProduct) -> CatalogProduct:
    """Return a product that is sold, and that no system has a say in any more."""
    return replace(
        product,
        source=API_SOURCE,
        external_id=None,
        deleted_at=None,
        replaced_by=None,
        upcoming=(),
        next_price_at=None,
    )


def _described(product: CatalogProduct, draft: ProductDraft, now: datetime) -> CatalogProduct:
    flags = {**(product.flags or {}), **draft.flags}
    after = replace(
        product,
        name=draft.name,
        ean=draft.ean or product.ean,
        number=draft.number or product.number,
        brand=product.brand if draft.brand is None else draft.brand,
        category_id=draft.category_id or product.category_id,
        vat_percent=product.vat_percent if draft.vat_percent is None else draft.vat_percent,
        flags={name: True for name, is_set in flags.items() if is_set} or None,
    )
    if draft.price is None or draft.price == product.price:
        return after
    return replace(after, price=draft.price, priced_at=now, upcoming=(), next_price_at=None)
