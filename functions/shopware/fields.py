"""Types of fields of requests: values as clients in PHP send them, in queries and in bodies."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from shared.domain import shopware_ids
from shared.domain.units import AMOUNT_UNITS_MAX
from shared.schemas.base import RequestModel, to_whole
from shared.services.members import shopware_customers

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
_WHOLE = re.compile(r"[+-]?\d{1,16}")
_TRUTH = {"1": True, "true": True, "on": True, "yes": True}
_TRUTH |= {"0": False, "false": False, "off": False, "no": False}
_ID_CHARS_MAX = 40


class ShopRequest(RequestModel):
    """Parameters of path, query or body. Unknown ones do not matter, as in Shopware."""

    model_config = ConfigDict(extra="ignore")


def _to_int(value: Any) -> Any:
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise ValueError("must be a whole number")
        return int(value)
    return to_whole(value)


def _to_bool(value: Any) -> Any:
    """Read what PHP and JavaScript make of a boolean; an empty text could be a lost value."""
    if isinstance(value, str):
        if value.lower() not in _TRUTH:
            raise ValueError("must be true or false")
        return _TRUTH[value.lower()]
    return bool(value) if type(value) is int and value in {0, 1} else value


def _to_ids(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("must be ids with commas between them")  # noqa: TRY004
    found = tuple(dict.fromkeys(each.strip() for each in value.split(",")))
    if found == ("",):
        raise ValueError("must name at least one customer, or be left out")
    if len(found) > shopware_customers.CUSTOMERS_MAX:
        raise ValueError(f"must name at most {shopware_customers.CUSTOMERS_MAX} customers")
    return tuple(dict.fromkeys(shopware_ids.canonical(each) for each in found))


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


Whole = Annotated[int, BeforeValidator(_to_int)]
"""A whole number, or a text of digits."""
Truth = Annotated[bool, BeforeValidator(_to_bool)]
"""A boolean, as ``true``, ``1``, ``on`` or ``yes``, or the contrary, whatever the case."""
ShopId = Annotated[
    str,
    Field(max_length=_ID_CHARS_MAX),
    AfterValidator(shopware_ids.canonical),
]
"""An id of Shopware: 32 hex digits, with ``0x`` before them or with dashes."""

CustomerId = Annotated[
    ShopId,
    Field(description="Id of the customer: 32 hex digits, with `0x` before them or with dashes."),
]
_IDS_TEXT = (
    f"Ids of customers with commas between them, at most {shopware_customers.CUSTOMERS_MAX}."
)
CustomerIds = Annotated[
    tuple[str, ...],
    BeforeValidator(_to_ids),
    WithJsonSchema({"type": "string", "description": _IDS_TEXT}),
]
SalesChannelId = Annotated[
    ShopId,
    Field(description="Id of the sales channel. Needed if several have a program."),
]
OrderId = Annotated[ShopId, Field(description="Id of the order.")]
Points = Annotated[
    Whole, Field(ge=1, le=AMOUNT_UNITS_MAX, description="How many points: more than 0.")
]
Bound = Annotated[Whole, Field(ge=-AMOUNT_UNITS_MAX, le=AMOUNT_UNITS_MAX)]
Limit = Annotated[
    Whole, Field(ge=1, le=LIMIT_MAX, description=f"How many to return, at most {LIMIT_MAX}.")
]
Direction = Annotated[
    Literal["ASC", "DESC"], BeforeValidator(_upper), Field(description="`ASC` or `DESC`.")
]
Description = Annotated[str, Field(max_length=500, description="Shown in the customer's history.")]


class PointsRequest(ShopRequest):
    """Points of a customer, and why. The order names nothing: it may have several bookings."""

    customer_id: CustomerId
    points: Points
    description: Description | None = None
    sales_channel_id: SalesChannelId | None = None
    order_id: OrderId | None = None
