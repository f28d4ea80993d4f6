"""The common base of the settings of all destinations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from shared.schemas.base import WireModel


class DestinationBody(WireModel, ABC):
    """A merchant's settings of a destination. ``credentials`` are never shown again."""

    @property
    @abstractmethod
    def target(self) -> str:
        """The place to which events are sent. It identifies an endpoint within its store."""

    def visible(self) -> dict[str, Any]:
        """Return the settings that may be shown and are stored unencrypted, including ``kind``."""
        return self.model_dump(by_alias=True, mode="json", exclude={"credentials"})

    def secret(self) -> dict[str, Any]:
        """Return the settings that are stored encrypted."""
        shown = self.model_dump(by_alias=True, mode="json", include={"credentials"})
        secret: dict[str, Any] = shown["credentials"]
        return secret
