"""Events of a store's products that calls cause, in the words of the webhook documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared import ids
from shared.clock import to_wire
from shared.domain.catalog.products import CatalogProduct
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.stores.stores import Store


def from_created(product: CatalogProduct) -> Event:
    """Return the event of a product that is sold from now on."""
    return Event(
        event_id=ids.derived(
            "evt", product.product_id, event_types.PRODUCT_CREATED, to_wire(product.updated_at)
        ),
        type=event_types.PRODUCT_CREATED,
        account_id=product.account_id,
        store_id=product.store_id,
        program_id=None,
        user_id=None,
        source=None,
        created_at=product.updated_at,
        data={"productId": product.product_id},
    )


def from_import(event_id: str, store: Store, counts: Mapping[str, int], at: datetime) -> Event:
    """Return the event of a bulk import that has ended.

    Args:
        event_id: An id that no other import has.
        store: The store of the products.
        counts: The numbers of rows ``created``, ``updated``, ``unchanged`` and ``failed``.
        at: The time when the import ended.
    """
    return Event(
        event_id=event_id,
        type=event_types.PRODUCT_BULK_IMPORTED,
        account_id=store.account_id,
        store_id=store.store_id,
        program_id=None,
        user_id=None,
        source=None,
        created_at=at,
        data={"records": sum(counts.values()), **counts},
    )
