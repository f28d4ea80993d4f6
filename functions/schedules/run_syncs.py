"""Begin due syncs, and go on with those whose worker died."""

from shared import logs
from shared.services.systems import sync_starts, sync_worker


def handle() -> None:
    """Begin and continue syncs."""
    begun, resumed = sync_starts.start_due(), sync_worker.resume_open()
    if begun or resumed:
        logs.info("syncs due", begun=begun, resumed=resumed)
