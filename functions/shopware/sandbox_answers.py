"""What a test key is answered: the documented example with what the request names."""

from __future__ import annotations

import copy
from typing import Any

from shared.domain import shopware_ids

_CUSTOMER = "0x0189c1a4b7e87b3a9d2f4e6c8a0b1c2d"
_CHANNEL = "0x98432def39fc4624b33213a56b8c944d"
_CUSTOMER_OBJECT: dict[str, Any] = {
    "id": _CUSTOMER,
    "email": "max@example.com",
    "firstName": "Max",
    "lastName": "Mustermann",
    "customerNumber": "CUST-001",
}
_SILVER: dict[str, Any] = {
    "id": "0x5f1c8b7a6d5e4f3a2b1c0d9e8f7a6b5c",
    "name": "Silver",
    "minPoints": 100,
    "tagId": "0x1a2b3c4d5e6f708192a3b4c5d6e7f809",
    "multiplier": 1.5,
    "color": "#FF5733",
}
POINTS = 500
"""What the sandbox's customer has, whatever was booked before."""

PROFILE: dict[str, Any] = {
    "id": "0x7c9e6679742540de944be07fc1f90ae7",
    "customerId": _CUSTOMER,
    "points": POINTS,
    "pointsExpirationDate": "2025-12-31",
    "customFieldRewards": None,
    "setBirthday": True,
    "newsletter": False,
    "lastPointsReceived": "2024-01-20 14:30:00",
    "createdAt": "2024-01-15 10:30:00",
    "updatedAt": "2024-01-20 15:45:00",
    "level": _SILVER,
    "previousLevel": {
        "id": "0x2d3e4f5061728394a5b6c7d8e9fa0b1c",
        "name": "Bronze",
        "minPoints": 0,
        "tagId": "0x3e4f5061728394a5b6c7d8e9fa0b1c2d",
        "multiplier": 1.0,
        "color": "#C0C0C0",
        "pointsToFallDown": 400,
    },
    "nextLevel": {
        "id": "0x4f5061728394a5b6c7d8e9fa0b1c2d3e",
        "name": "Gold",
        "minPoints": 1000,
        "tagId": "0x5061728394a5b6c7d8e9fa0b1c2d3e4f",
        "multiplier": 2.0,
        "color": "#FFD700",
        "pointsToReach": 500,
    },
    "customer": _CUSTOMER_OBJECT,
}
TRANSACTION: dict[str, Any] = {
    "id": "0x61728394a5b6c7d8e9fa0b1c2d3e4f50",
    "customerId": _CUSTOMER,
    "value": 100,
    "description": "Manuell gesetzt via API",
    "received": True,
    "refund": False,
    "expired": False,
    "orderId": None,
    "createdAt": "2024-01-20 14:30:00",
    "updatedAt": "2024-01-20 14:30:00",
    "order": None,
    "customer": _CUSTOMER_OBJECT,
    "salesChannel": {"id": _CHANNEL},
}
ADDED: dict[str, Any] = {
    "transactionId": TRANSACTION["id"],
    "profileId": PROFILE["id"],
    "customerId": _CUSTOMER,
    "value": 100,
    "points": POINTS + 100,
    "description": "Manuell gesetzt via API",
    "orderId": None,
    "salesChannelId": _CHANNEL,
    "level": _SILVER,
    "createdAt": "2024-01-20 14:30:00",
}
DEDUCTED: dict[str, Any] = {
    **ADDED,
    "value": -100,
    "points": POINTS - 100,
    "description": "Manuell abgezogen via API",
}
ACTIONS: list[dict[str, Any]] = [
    {
        "type": "newsletter",
        "name": "Newsletter",
        "points": 50,
        "completed": False,
        "description": "Newsletter abonnieren",
    },
    {
        "type": "customField",
        "name": "Schuhgröße",
        "points": 20,
        "completed": True,
        "description": "Schuhgröße im Profil ausfüllen",
        "fieldFilled": True,
    },
]


def filled(
    example: dict[str, Any], customer_id: str | None, order_id: str | None = None
) -> dict[str, Any]:
    """Return an example with the customer and the order (32 hex digits) of a request."""
    answer: dict[str, Any] = copy.deepcopy(example)
    rows = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
    for row in rows:
        if customer_id is not None and "customerId" in row:
            row["customerId"] = shopware_ids.shown(customer_id)
            if "customer" in row:
                row["customer"]["id"] = row["customerId"]
        if order_id is not None and "orderId" in row:
            row["orderId"] = shopware_ids.shown(order_id)
            if "order" in row:
                row["order"] = {"id": row["orderId"]}
    return answer


def booked(answer: dict[str, Any], value: int, description: str) -> dict[str, Any]:
    """Return the answer of a booking with its value, as if the customer had ``POINTS`` before."""
    points = POINTS + value
    data = {**answer["data"], "value": value, "points": points, "description": description}
    return {**answer, "data": data}
