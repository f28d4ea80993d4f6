"""Begin due syncs, and go on with those, and with imports, whose worker died."""

from shared import logs
from shared.services.imports import row_imports
from shared.services.systems import sync_starts, sync_worker


def handle() -> None:
    """Begin and continue syncs, and continue imports."""
    begun, resumed = sync_starts.start_due(), sync_worker.resume_open()
    imports = row_imports.resume_open()
    if begun or resumed or imports:
        logs.info("syncs due", begun=begun, resumed=resumed, imports=imports)
