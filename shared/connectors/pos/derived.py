"""Pages of items that receipts show, for systems without a list of products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared.connectors.base import PAGE_ITEMS_MAX, Skipped
from shared.connectors.rows import Item, reason_of
from shared.said import say

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Harvest(Generic[Item]):
    """The items that the receipts of one page show. Later receipts replace earlier ones' items."""

    items: dict[str, Item] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)

    def take(self, found: Iterable[Item | Skipped]) -> bool:
        """Add all items of one receipt, or none.

        Returns:
            ``False`` if they do not fit any more: leave the receipt to the next page. Items that
            would not fit even on an empty page are skipped.
        """
        items: dict[str, Item] = {}
        skipped: dict[str, Skipped] = {}
        for each in found:
            if isinstance(each, Skipped):
                skipped[each.external_id] = each
            else:
                items[each.external_id] = each
        if len(self.items.keys() | items.keys()) > PAGE_ITEMS_MAX:
            if self.items:
                return False
            for external_id in list(items)[PAGE_ITEMS_MAX:]:
                del items[external_id]
                skipped[external_id] = Skipped(
                    external_id, say("among_too_many", "comes in a receipt with too many others")
                )
        self.items.update(items)
        self.skipped.update(skipped)
        return True


def valid(model: type[Model], row: Any, external_id: str) -> Model | Skipped:
    """Read a row as a model, or return it as skipped with the reason."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        return Skipped(external_id, reason_of(error))
