"""A product as a call describes it, and the changes that it makes to the known product.

A product that comes from one of the merchant's own systems belongs to that system: the next sync
would undo a call's changes. So a call leaves it alone unless it is told to take the product over.
A call may always set the flags, because systems do not set them.
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
    """The treatment of a product that is known already, with other values."""

    REFUSE = "refuse"
    UPDATE = "update"
    TAKE_OVER = "take_over"


class ProductOutcome(StrEnum):
    """The effect of a draft."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as a merchant describes it; ``None`` and missing flags leave values as they are.

    ``ean`` is valid. At least one of ``ean`` and ``number`` is given.
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
        """The product's key in its store."""
        key = self.ean or self.number
        assert key, "a draft has an EAN or an article number"
        return key


@dataclass(frozen=True, slots=True)
class Inserted:
    """A product after a draft; the known product if nothing is to be written."""

    product: CatalogProduct
    outcome: ProductOutcome


def draft_of(product: CatalogProduct, price: Money | None) -> ProductDraft:
    """Return the draft of the same product for another store, with that store's price.

    The draft has no category: categories belong to the system of the product's own store.
    """
    return ProductDraft(
        name=product.name,
        # A product that has lost its EAN to another is kept under its article number.
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
    """Return this store's product after registering another store's product.

    A product that is sold stays as it is; only another price than the known one is refused.

    Args:
        known: This store's product of the draft's key; ``None`` if there is none.
        draft: The other store's product.
        blank: An empty product of the store and key, made now.
        price: The requested price; ``None`` if no price was requested.

    Raises:
        ProductExists, ProductManaged: It is sold at another price.
    """
    if known is not None and not known.is_deleted:
        draft = ProductDraft(name=known.name, ean=known.ean, number=known.number, price=price)
    return insert(known, draft, blank, IfExists.REFUSE)


def insert(
    known: CatalogProduct | None, draft: ProductDraft, blank: CatalogProduct, if_exists: IfExists
) -> Inserted:
    """Return a product after a draft.

    A product that is no longer sold is sold again. It keeps values that the draft does not give.

    Args:
        known: The product of the draft's key; ``None`` if there is none.
        draft: The merchant's description of the product.
        blank: An empty product of the store and key, made now.
        if_exists: The treatment of a product that is sold already, with other values.

    Raises:
        ProductExists: It is sold with other values, which must not change.
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
        # A system's due prices begin by themselves, one after the other.
        after = replace(known, flags=after.flags)
    return Inserted(replace(after, updated_at=now), ProductOutcome.UPDATED)


def _outcome_so_far(known: CatalogProduct, now: datetime) -> ProductOutcome:
    """Return the outcome for a product that is as it should be.

    An earlier attempt of the same call may have changed it, if the answer to its commit was lost.
    """
    if known.updated_at != now:
        return ProductOutcome.UNCHANGED
    return ProductOutcome.CREATED if known.created_at == now else ProductOutcome.UPDATED


def _owned(product: CatalogProduct) -> CatalogProduct:
    """Return a product that is sold, and no longer belongs to a system."""
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
