"""What waits for a merchant's yes on a page of the shop, which then gives us access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.accounts.requesters import Requester
from shared.domain.systems.syncs import SyncSchedule
from shared.encrypted import Encrypted

APPROVED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ShopApproval:
    """What a store has asked its shop for. Asked again, the one before does not count any more.

    Attributes:
        account_id: Of the store.
        store_id: Whose connection it becomes.
        system: The shop's system.
        approval_id: The shop's answer has to carry a text that we derive from it.
        settings_token: What the merchant has said of the shop; ``None`` once it was used.
        schedule: Of the connection.
        program_id: Of the connection.
        asked_at: When it was asked.
        expires_at: Until when the shop can answer.
        used_at: When the shop has; it can once.
        writes_cards: Of the connection; ``None`` for as it is.
        asked_by: Who has asked, and must still be allowed to when the shop answers; ``None`` of
            one that was stored without, which the shop cannot answer any more.
    """

    account_id: str
    store_id: str
    system: str
    approval_id: str
    settings_token: Encrypted | None
    schedule: SyncSchedule
    program_id: str | None
    asked_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    writes_cards: bool | None = None
    asked_by: Requester | None = None

    def is_waiting(self, now: datetime) -> bool:
        """Tell whether the shop can answer still."""
        return self.used_at is None and now < self.expires_at
