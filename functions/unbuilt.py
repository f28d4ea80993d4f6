"""Actions that the documentation and the official client name, and that are not built yet.

They are no functions and are not in OpenAPI; the gateway refuses them with what there is instead.
Whoever builds one takes its row out here and puts one into ``functions/catalog.py``.
"""

from __future__ import annotations

from shared.errors import ActionNotImplemented

_NO_OFFERS = (
    "There are no offers yet; what members can be offered are a program's `rewards`: "
    "updateLoyaltyProgram."
)
_NO_RECEIPTS = "There are no digital receipts yet; those of the till earn points: syncPOS."
_NO_RECOMMENDATIONS = "There are no recommendations yet; fetchProducts lists what a store sells."

INSTEAD = {
    "submitStoreRegistration": (
        "The operator of this server creates stores; fetchStores lists yours."
    ),
    "createOffer": _NO_OFFERS,
    "updateOffer": _NO_OFFERS,
    "deleteOffer": _NO_OFFERS,
    "getManagerOffers": _NO_OFFERS,
    "generateReceiptWithQR": _NO_RECEIPTS,
    "getReceiptFromToken": _NO_RECEIPTS,
    "getRecommendations": _NO_RECOMMENDATIONS,
    "configureRecommendations": _NO_RECOMMENDATIONS,
    "getAnalytics": (
        "There are no figures of sales yet; those of a program are in getLoyaltyAnalytics."
    ),
    "exportSalesData": "There is no export yet; listPayments and listEvents list what happened.",
    "exportReceiptData": (
        "There is no export of receipts yet; the till has them, with what its TSE has signed."
    ),
    "verifySecurityTagDeactivation": "There are no security tags yet, and nothing in their place.",
}
"""What there is instead, by the documented name of the action."""


def refusal(name: str) -> ActionNotImplemented | None:
    """Return the refusal of a documented action that is not built, ``None`` for other names."""
    if name not in INSTEAD:
        return None
    return ActionNotImplemented(f"{name} is documented, but not built yet.", fix=INSTEAD[name])
