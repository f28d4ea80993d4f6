"""Syncs that are due begin, and those whose worker died go on."""

from shared import logs
from shared.services.systems import sync_runs


def handle() -> None:
    """Begin and go on."""
    begun, resumed = sync_runs.start_due(), sync_runs.resume_open()
    if begun or resumed:
        logs.info("syncs due", begun=begun, resumed=resumed)
