"""The message that is sent about an event, to any destination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """The message of one attempt to deliver an event.

    Attributes:
        event_id: The same on all attempts and for all endpoints.
        event_type: ``loyalty.points_earned`` and so on.
        delivery_id: The id of this event's delivery to this endpoint.
        store_id: The store of the event and the endpoint.
        group: The group in which ordered queues keep the order: the member, else the store.
        body: The exact bytes, UTF-8 JSON, below 20 kB.
        signature: The four signature headers of `signing.sign`.
        headers: Additional headers that the merchant wants.
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
        """Return the data beside the body: type, ids and signatures, as headers or attributes."""
        return {
            "X-Beep-Event": self.event_type,
            "X-Beep-Delivery": self.delivery_id,
            **self.signature,
        }
