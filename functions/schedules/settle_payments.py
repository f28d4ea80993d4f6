"""Ask providers for payments whose answer or notification got lost."""

from shared import logs
from shared.services.payments import payment_settlement


def handle() -> None:
    """Ask the providers."""
    settled = payment_settlement.settle_due()
    if settled:
        logs.info("payments settled", count=settled)
