"""Till systems, ERPs and online shops by their names."""

from __future__ import annotations

from typing import Literal

_Till = Literal["korona", "vectron", "casio", "lightspeed", "sumup"]
_Erp = Literal["sap", "lexoffice", "sevdesk", "xentral", "weclapp"]
_Shop = Literal["shopify", "shopware", "woocommerce"]

PosName = Literal[_Till, "generic"]
"""Each name is a module of ``shared/connectors/pos``."""
ErpName = Literal[_Erp, "generic"]
"""Each name is a module of ``shared/connectors/erp``."""
ShopName = Literal[_Shop, "generic"]
"""Each name is a module of ``shared/connectors/shop``."""
ApprovingShopName = Literal["shopify", "woocommerce"]
"""Shops with a page on which the merchant lets us in: each has a module ``..._approval``, too."""
SystemName = Literal[_Till, _Erp, _Shop, "generic"]
