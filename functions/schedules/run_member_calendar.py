"""What comes with time: expiries, their announcements, anniversaries, birthdays."""

from functions.account_work import WORK
from shared import logs
from shared.services.accounts import test_clock_moves
from shared.services.loyalty import member_calendar, tier_recalculations
from shared.services.members import birthdays


def handle() -> None:
    """Make the due changes."""
    moved = member_calendar.run()
    if moved:
        logs.info("member calendar moved on", count=moved)
    resumed = tier_recalculations.resume_open()
    if resumed:
        logs.info("tier recalculations resumed", count=resumed)
    looked_at = birthdays.run()
    if looked_at:
        logs.info("birthdays looked at", count=looked_at)
    advanced = test_clock_moves.run_moved(WORK)
    if advanced:
        logs.info("work of test clocks done", count=advanced)
