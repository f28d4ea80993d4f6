"""Go on with erasures that were left behind, and take the names out of their last events."""

from shared import logs
from shared.services.members import erasures


def handle() -> None:
    """Continue and end erasures."""
    continued = erasures.resume_open()
    if continued:
        logs.info("erasures continued", count=continued)
