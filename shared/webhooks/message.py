"""What is sent of an event, wherever it is sent to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """An attempt to tell an event.

    Attributes:
        event_id: The same on all attempts and for all endpoints.
        event_type: ``loyalty.points_earned`` and so on.
        delivery_id: This event to this endpoint.
        store_id: Whose event and endpoint it is.
        group: What its order matters within, for queues that keep one: the member, else the store.
        body: The exact bytes, UTF-8 JSON, below 20 kB.
        signature: The four signature headers of `signing.sign`.
        headers: What the merchant wants to have sent as well.
    """

    event_id: str
    event_type: str
    delivery_id: str
    store_id: str
    group: str
    body: bytes
    signature: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> dict[str, str]:
        """Return what goes beside the body: type, ids and signatures, as headers or attributes."""
        return {
            "X-Beep-Event": self.event_type,
            "X-Beep-Delivery": self.delivery_id,
            **self.signature,
        }
