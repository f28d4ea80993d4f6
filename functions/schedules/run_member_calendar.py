"""What time brings to members: points expire, that is announced before, and years pass."""

from shared import logs
from shared.services.loyalty import member_calendar


def handle() -> None:
    """Do what is due."""
    moved = member_calendar.run()
    if moved:
        logs.info("member calendar moved on", count=moved)
