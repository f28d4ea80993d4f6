"""Begin due syncs, go on with those, and with imports, whose worker died; book waiting orders."""

from shared import logs
from shared.services.events import sweep
from shared.services.imports import row_imports
from shared.services.systems import awaited_orders, sync_starts, sync_worker


def handle() -> None:
    """Begin and continue syncs, continue imports, and book orders of who has joined a program."""
    begun, resumed = sync_starts.start_due(), sync_worker.resume_open()
    imports = row_imports.resume_open()
    if begun or resumed or imports:
        logs.info("syncs due", begun=begun, resumed=resumed, imports=imports)
    booked = sweep.follow_joined(awaited_orders.booking_for_joined())
    if booked:
        logs.info("waiting orders booked", count=booked)
