"""An ERP that takes every sale: it repeats sevdesk's answers to a sale."""

from __future__ import annotations

import base64
import itertools
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.receivers import Answer, Receiver, receiving, status
from tests.support.system_samples import CONFIGS

VOUCHER_ID = "4711"
_GUIDANCE = {
    "objects": [
        {
            "accountDatevId": 3626,
            "accountNumber": CONFIGS["erp", "sevdesk"]["revenueAccount"],
            "allowedTaxRules": [{"id": 1, "taxRates": ["ZERO", "SEVEN", "NINETEEN"]}],
        }
    ]
}
_SAVED = {"objects": {"voucher": {"id": VOUCHER_ID}, "voucherPos": []}}
FILES = {
    "stockFile": base64.b64encode(b"sku;quantity\r\nA-1;12\r\nA-2;3,5\r\n").decode(),
    "suppliersFile": base64.b64encode(b"id;name\r\n7;Molkerei\r\n").decode(),
}
"""Credentials of the ERP ``generic``: two stock levels and a supplier."""


def credentials(erp: Receiver) -> dict[str, Any]:
    """Return the credentials for pushToERP."""
    return {**CONFIGS["erp", "sevdesk"], "baseUrl": erp.url}


def _answers() -> Answer:
    """Return the answers to the requests before a sale, and to the sale."""
    texts = itertools.cycle(
        status(200, json.dumps(each), Content_Type="application/json")
        for each in (_GUIDANCE, _SAVED)
    )

    def answer(connection: socket.socket) -> None:
        next(texts)(connection)

    return answer


@pytest.fixture(scope="session")
def shared_erp() -> Iterator[Receiver]:
    """An ERP for tests that do not check which requests it got."""
    with receiving("") as erp:
        erp.answer = _answers()
        yield erp
