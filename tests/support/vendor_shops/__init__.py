"""The shops of all systems, as one may use any of them: somebody buys, and gets money back.

Each is a stand-in of its vendor, and returns the signed notice that the vendor would send. To add
one, add a module with its system's name.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager

from tests.support.vendor_shops.base import VendorShop


def running(system: str) -> AbstractContextManager[VendorShop]:
    """Run a system's shop on this machine."""
    module = importlib.import_module(f"{__name__}.{system}")
    shop: AbstractContextManager[VendorShop] = module.running()
    return shop
