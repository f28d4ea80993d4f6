"""Syncs that are due begin, and those whose worker died go on."""

from shared import logs
from shared.services.systems import sync_starts, sync_worker


def handle() -> None:
    """Begin and go on."""
    begun, resumed = sync_starts.start_due(), sync_worker.resume_open()
    if begun or resumed:
        logs.info("syncs due", begun=begun, resumed=resumed)
