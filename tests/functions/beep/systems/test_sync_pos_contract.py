"""A catalog out of a mock of KORONA.cloud that is made from the vendor's own definition."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.merchants import Merchant
from tests.support.relay import relaying
from tests.support.system_samples import CONFIGS
from tests.support.vendors import prism, vendor_spec

pytestmark = pytest.mark.xdist_group("prism-korona")


def sold(listed: Any) -> None:
    """Have what the vendor's examples list be sold, at a price: they show something that ended."""
    for row in listed.get("results", []):
        row |= {"active": True, "deactivated": False}
        if "prices" in row:
            row |= {"name": "Example", "codes": [{"productCode": "4006381333931"}]}
            row["prices"] = [{"value": 1.49}]


def test_the_vendors_examples_arrive_and_can_be_read(merchant: Merchant) -> None:
    with prism(vendor_spec("korona/korona-v3.trim.json")) as mock, relaying(mock) as relay:
        relay.edit["GET"] = sold
        credentials = {**CONFIGS["pos", "korona"], "baseUrl": relay.url}
        body = {"system": "korona", "storeId": merchant.store_id, "credentials": credentials}
        first = merchant.api.ok("syncPOS", body)
        again = merchant.api.ok("syncPOS", {**body, "isFull": True})

    (product,) = merchant.api.ok("fetchProducts", {"storeId": merchant.store_id})["products"]
    assert first["synced"] == {"products": 1, "categories": 1, "priceUpdates": 0}
    assert again["changes"] | {"skipped": 0} == first["changes"] | {"created": 0, "skipped": 0}
    assert (product["ean"], product["price"], product["source"]) == (
        "4006381333931",
        1.49,
        "korona",
    )
