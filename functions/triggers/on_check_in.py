"""A customer has checked in: the event, the store's counters and deliveries follow."""

from shared.services.events import emission


def handle(document: str) -> None:
    """Emit the event of a check-in.

    Args:
        document: ``checkIns/{sessionId}``.
    """
    _, session_id = document.split("/")
    emission.emit_check_in(session_id)
