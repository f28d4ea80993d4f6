"""Begin due syncs; go on with syncs, imports and fills whose worker died; book waiting orders."""

from shared import logs
from shared.services.events import sweep
from shared.services.imports import row_imports
from shared.services.systems import awaited_orders, shop_card_fills, sync_starts, sync_worker


def handle() -> None:
    """Begin and continue syncs, imports and fills, and book orders of who has joined a program."""
    begun, resumed = sync_starts.start_due(), sync_worker.resume_open()
    imports, fills = row_imports.resume_open(), shop_card_fills.resume_open()
    if begun or resumed or imports or fills:
        logs.info("syncs due", begun=begun, resumed=resumed, imports=imports, fills=fills)
    booked = sweep.follow_joined(awaited_orders.booking_for_joined())
    if booked:
        logs.info("waiting orders booked", count=booked)
