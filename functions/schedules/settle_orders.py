"""Cancel checkouts that nobody has paid, and book points of purchases that are still due."""

from shared import logs
from shared.services.orders import order_settlement


def handle() -> None:
    """Look after checkouts and orders."""
    settled = order_settlement.settle_due()
    if settled:
        logs.info("orders settled", count=settled)
