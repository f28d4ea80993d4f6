"""The event of a check-in, in the words of the webhook documentation. No personal data."""

from __future__ import annotations

from shared import ids
from shared.domain.events.event import Event
from shared.domain.events.event_types import STORE_CHECKIN
from shared.domain.members.check_ins import CheckIn


def event_id_of(session_id: str) -> str:
    """Return the id of a check-in's event, which is known before the check-in is read."""
    return ids.derived("evt", session_id)


def from_check_in(check_in: CheckIn) -> Event:
    """Return the event of a check-in, whether it earned or not."""
    return Event(
        event_id=event_id_of(check_in.session_id),
        type=STORE_CHECKIN,
        account_id=check_in.account_id,
        store_id=check_in.store_id,
        program_id=None,
        user_id=check_in.user_id,
        source=None,
        created_at=check_in.checked_in_at,
        data={
            "checkinId": check_in.session_id,
            "userId": check_in.user_id,
            "method": check_in.method,
        },
    )
