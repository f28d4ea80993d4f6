"""Bodies of writes to KORONA.cloud. Every write is an array, and so is its answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from shared.connectors.client import MESSAGE_CHARS_MAX, parsed, redacted
from shared.connectors.pos.korona_answers import KoronaWritten
from shared.domain.systems.sales import Sale, SaleLine, SalePayment, StockChange
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

SYSTEM = "korona"


def to_receipt_body(
    sale: Sale,
    products: list[dict[str, str]],
    *,
    payment_methods: dict[str, str],
    cashier: str | None,
) -> dict[str, Any]:
    """Write a sale as a receipt of an external till.

    Our record id is its order number, by which KORONA can search. KORONA adds up the total itself.

    Args:
        sale: The sale.
        products: The product of each line, as KORONA names it.
        payment_methods: Numbers of payment methods by ``PaidBy``.
        cashier: Number of the cashier.

    Raises:
        ConnectorRejected: A kind of payment has no number, or the lines do not add up to the total.
    """
    if sum(line.total.amount_minor for line in sale.lines) != sale.total.amount_minor:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} adds up the lines itself, and they do not make the total.",
                system="korona",
            )
        )
    body: dict[str, Any] = {
        "number": sale.number,
        "orderNumber": sale.record_id,
        "creationTime": to_time(sale.sold_at),
        "bookingTime": to_time(sale.sold_at),
        "items": [_item(line, product) for line, product in zip(sale.lines, products, strict=True)],
        "payments": [_payment(each, sale, payment_methods) for each in sale.payments],
    }
    if cashier is not None:
        body["cashier"] = {"number": cashier}
    if sale.customer_id is not None:
        body["customer"] = {"number": sale.customer_id}
    return body


def to_adjustment(change: StockChange, warehouse: str) -> dict[str, Any]:
    """Write the head of a stock adjustment. Our record id is its number."""
    body = {"number": change.record_id, "warehouse": to_reference(warehouse)}
    return {**body, "reason": change.reason} if change.reason else body


def to_adjustment_item(change: StockChange, product: dict[str, str]) -> dict[str, Any]:
    """Write the item of a stock adjustment: ``amount`` is the difference."""
    return {"product": product, "amount": change.change}


def to_reference(id_or_number: str) -> dict[str, str]:
    """Write a reference to an object. KORONA treats every text in UUID form as an id."""
    return {"id" if _is_uuid(id_or_number) else "number": id_or_number}


def to_time(moment: datetime) -> str:
    """Write a time as KORONA does: ``2018-11-22T08:40:21+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def to_written(body: Any, secrets: Iterable[str]) -> KoronaWritten:
    """Read the result of the one written row. A successful answer may contain a refusal.

    Args:
        body: The body of the answer.
        secrets: Texts to remove from KORONA's message.

    Raises:
        ConnectorRejected: KORONA has refused the row.
        ConnectorAnswerInvalid: The answer does not tell the result.
    """
    if not isinstance(body, list) or len(body) != 1:
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "The answer of {system} is not that to one row.",
                system="korona",
            )
        )
    written = parsed(KoronaWritten, body[0], system=SYSTEM)
    if written.status != "OK":
        said = redacted(" ".join((written.message or "no reason given").split()), secrets)
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} refuses the record: {words}",
                system="korona",
                words=said[:MESSAGE_CHARS_MAX],
            )
        )
    return written


def _item(line: SaleLine, product: dict[str, str]) -> dict[str, Any]:
    gross, tax = line.total.to_major(), line.vat.to_major()
    return {
        "type": "PRODUCT",
        "product": product,
        "description": line.name,
        "quantity": line.quantity,
        "total": {
            "base": gross,
            "gross": gross,
            "net": gross - tax,
            "taxPayments": [{"amount": tax, "taxRate": line.vat_percent, "included": True}],
        },
    }


def _payment(payment: SalePayment, sale: Sale, numbers: dict[str, str]) -> dict[str, Any]:
    number = numbers.get(payment.paid_by)
    if number is None:
        raise ConnectorRejected(
            say(
                "record_refused",
                "No payment method of {system} is named for {means}: set paymentMethods.",
                system="korona",
                means=payment.paid_by,
            )
        )
    return {
        "amount": payment.amount.to_major(),
        "paymentMethod": {"number": number},
        "transactionTime": to_time(sale.sold_at),
    }


def _is_uuid(text: str) -> bool:
    parts = text.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(
        character in "0123456789abcdefABCDEF-" for character in text
    )
