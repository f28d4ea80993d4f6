"""Receipts that customers claim, as tills and apps call for them."""

from __future__ import annotations

from typing import Any

from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant

TRANSACTION = "bon-1"


def make_claim(
    merchant: Merchant, amount: float = 28.5, transaction_id: str = TRANSACTION, **fields: Any
) -> dict[str, Any]:
    """Make the claim of a receipt; return the answer."""
    body = {
        "storeId": merchant.store_id,
        "transactionId": transaction_id,
        "format": "svg",
        **({} if "purchaseLines" in fields else {"purchaseAmount": amount}),
        **fields,
    }
    return merchant.api.ok("createReceiptClaim", body)


def claim(
    member: Member, code: str, idempotency_key: str | None = None, *, api: Api | None = None
) -> Answer:
    """Claim a receipt as the till does for a member; with ``api`` as a customer does."""
    if api is not None:
        body: dict[str, Any] = {"code": code}
        headers = {"X-Beep-Publishable-Key": member.merchant.publishable_key()}
        return api("claimReceipt", body, idempotency_key=idempotency_key, **headers)
    body = {"userId": member.user_id, "code": code}
    return member.api("claimReceipt", body, idempotency_key=idempotency_key)


def earned(answer: Answer) -> list[tuple[float, str | None]]:
    """Return what each program granted, with the reason for nothing."""
    assert answer.status == 200, answer.body
    return [(each["points"], each["reason"]) for each in answer.body["earned"]]


def void(merchant: Merchant, transaction_id: str = TRANSACTION, **fields: Any) -> Answer:
    """Void a receipt, or tell what came back of it."""
    body = {"storeId": merchant.store_id, "transactionId": transaction_id, **fields}
    return merchant.api("voidReceiptClaim", body)
