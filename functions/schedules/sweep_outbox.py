"""Repair the effects of lost triggers and tasks."""

from shared import logs
from shared.services.events import sweep


def handle() -> None:
    """Emit missing events, and enqueue overdue deliveries and writes into shops."""
    repaired = sweep.run()
    if repaired:
        logs.info("sweep repaired", count=repaired)
