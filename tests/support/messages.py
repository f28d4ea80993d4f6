"""Messages like those that attempts send."""

from __future__ import annotations

import time

from shared.webhooks import signing
from shared.webhooks.message import Message

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"id":"evt_1","type":"loyalty.points_earned","data":{"points":50.0,"name":"Zoë 🎁"}}'


def new_message(event_id: str = "evt_1", *, body: str = BODY, group: str = "lp_1_u_1") -> Message:
    """Return a message that is signed now."""
    return Message(
        event_id=event_id,
        event_type="loyalty.points_earned",
        delivery_id=f"{event_id}_we_1",
        store_id="store_a",
        group=group,
        body=body.encode(),
        signature=signing.sign(
            [SECRET], message_id=event_id, timestamp_s=int(time.time()), body=body.encode()
        ),
    )
