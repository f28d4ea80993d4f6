"""What a lost trigger or task left behind is repaired."""

from shared import logs
from shared.services.events import sweep


def handle() -> None:
    """Emit what was not emitted, enqueue what is overdue."""
    repaired = sweep.run()
    if repaired:
        logs.info("sweep repaired", count=repaired)
