"""A shop's ids of its customers, as members have them in ``externalIds``.

Where each shop numbers its own customers, the store stands in front: 17 of one shop is somebody
else than 17 of another.
"""

from __future__ import annotations


def external_id(store_id: str, customer_id: str, *, is_global: bool) -> str:
    """Return a customer's id as ``externalIds`` has it."""
    return customer_id if is_global else f"{store_id}:{customer_id}"


def customer_id(store_id: str, external_id: str, *, is_global: bool) -> str | None:
    """Return the id that a shop gives a customer; ``None`` if it is another shop's customer."""
    if is_global:
        return external_id
    start = f"{store_id}:"
    return external_id.removeprefix(start) if external_id.startswith(start) else None
