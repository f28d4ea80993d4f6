"""What the settings of all destinations have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from shared.schemas.base import WireModel


class DestinationBody(WireModel, ABC):
    """What a merchant says of a destination. ``credentials`` are shown to nobody again."""

    @property
    @abstractmethod
    def target(self) -> str:
        """Name the one place that is sent to: an endpoint's identity within its store."""

    def visible(self) -> dict[str, Any]:
        """Return what may be shown and is stored as it is, ``kind`` included."""
        return self.model_dump(by_alias=True, mode="json", exclude={"credentials"})

    def secret(self) -> dict[str, Any]:
        """Return what is stored encrypted."""
        shown = self.model_dump(by_alias=True, mode="json", include={"credentials"})
        secret: dict[str, Any] = shown["credentials"]
        return secret
