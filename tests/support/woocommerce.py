"""Orders and refunds of WooCommerce, after the examples in the documentation of its REST API."""

from __future__ import annotations

from typing import Any


def order(**changed: Any) -> dict[str, Any]:
    """Return an order of 29.99 of goods with 19 % tax, and 4.90 of shipping."""
    return {
        "id": 727,
        "parent_id": 0,
        "number": "W-727",
        "status": "processing",
        "currency": "EUR",
        "date_created_gmt": "2026-03-03T11:58:00",
        "date_modified_gmt": "2026-03-03T12:00:01",
        "date_paid_gmt": "2026-03-03T12:00:00",
        "discount_total": "10.00",
        "total": "34.89",
        "total_tax": "5.57",
        "prices_include_tax": True,
        "customer_id": 26,
        "billing": {"first_name": "John", "email": "john.doe@example.com"},
        "line_items": [
            {
                "id": 315,
                "product_id": 93,
                "variation_id": 0,
                "quantity": 2,
                "subtotal": "33.60",
                "total": "25.20",
                "total_tax": "4.79",
            }
        ],
        "shipping_lines": [{"id": 317, "total": "4.12", "total_tax": "0.78"}],
        "fee_lines": [],
        "coupon_lines": [{"id": 318, "code": "ten", "discount": "8.40", "discount_tax": "1.60"}],
        "refunds": [],
        **changed,
    }


def refund(refund_id: int, amount: str, **changed: Any) -> dict[str, Any]:
    """Return a refund, by its amount alone."""
    return {
        "id": refund_id,
        "date_created_gmt": "2026-03-04T09:00:00",
        "amount": amount,
        "reason": "",
        "line_items": [],
        "shipping_lines": [],
        "fee_lines": [],
        **changed,
    }
