"""Changes of memberships that come with time: expiries, their announcements, anniversaries."""

from shared import logs
from shared.services.loyalty import member_calendar


def handle() -> None:
    """Make the due changes."""
    moved = member_calendar.run()
    if moved:
        logs.info("member calendar moved on", count=moved)
