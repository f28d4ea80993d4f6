"""Customers and coupons of a stand-in of WooCommerce, as its REST API and its checkout have them.

What is not obvious is from the shop's own code: a code is lower case, and only one published coupon
has it; a field that is null is left alone, and meta data that are null are deleted; when a coupon
expires is read from ``date_expires`` and never from ``date_expires_gmt``; an order that waits for
its payment holds a coupon, and only then counts as a use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared import clock

HOLD = timedelta(minutes=60)

Row = dict[str, Any]


@dataclass
class Customer:
    """A customer's account."""

    email: str = "anna@example.com"
    first_name: str = "Anna"
    meta: Row = field(default_factory=lambda: {"newsletter": "yes"})
    is_staff: bool = False

    def json(self, customer_id: int) -> Row:
        return {
            "id": customer_id,
            "email": self.email,
            "first_name": self.first_name,
            "meta_data": _rows_of(self.meta),
        }


@dataclass
class Coupon:
    """A coupon, as the shop keeps it."""

    code: str
    amount: str = "0"
    discount_type: str = "fixed_cart"
    description: str = ""
    date_expires: datetime | None = None
    usage_count: int = 0
    usage_limit: int | None = None
    usage_limit_per_user: int | None = None
    individual_use: bool = False
    email_restrictions: list[str] = field(default_factory=list)
    meta: Row = field(default_factory=dict)

    def json(self, coupon_id: int) -> Row:
        expires = self.date_expires
        return {
            **vars(self),
            "id": coupon_id,
            "meta": None,
            # In the time zone of the shop.
            "date_expires": expires and f"{expires + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}",
            "date_expires_gmt": expires and f"{expires:%Y-%m-%dT%H:%M:%S}",
            "meta_data": _rows_of(self.meta),
        }

    def write(self, body: Row) -> None:
        """Take what is not null; what the shop does not know as a field is ignored."""
        for name, value in body.items():
            if value is None or name in {"code", "usage_count", "meta"} or not hasattr(self, name):
                continue
            if name == "date_expires":
                # Without a zone it would be in that of the shop.
                self.date_expires = datetime.fromisoformat(value) if value else None
            elif name == "email_restrictions":
                self.email_restrictions = [each.lower() for each in value]
            else:
                setattr(self, name, value)
        _write_meta(self.meta, body)

    @property
    def held(self) -> int:
        now_s = clock.real_now().timestamp()
        names = [each for each in self.meta if each.startswith("_coupon_held_")]
        return sum(int(each.split("_")[3]) > now_s for each in names)

    def is_usable_by(self, email: str) -> bool:
        if self.date_expires is not None and clock.real_now() > self.date_expires:
            return False
        if self.email_restrictions and email.lower() not in self.email_restrictions:
            return False
        return not self.usage_limit or self.usage_count + self.held < self.usage_limit


@dataclass
class BackOffice:
    """The customers and coupons of a shop.

    ``is_old``: it says 400 of a customer who is gone and is to be changed.
    """

    customers: dict[int, Customer] = field(default_factory=lambda: {26: Customer()})
    coupons: dict[int, Coupon] = field(default_factory=dict)
    currency: str = "EUR"
    is_old: bool = False
    _last_id: int = 700

    def add(self, coupon: Coupon) -> int:
        self._last_id += 1
        self.coupons[self._last_id] = coupon
        return self._last_id

    def find(self, code: str) -> int | None:
        """Return the newest coupon of a code, which is the one that counts."""
        found = [number for number, each in self.coupons.items() if each.code == code.lower()]
        return max(found, default=None)

    def begin(self, code: str, email: str = "anna@example.com") -> bool:
        """Place an order that waits for its payment. Tells whether the code took something off."""
        coupon = self.coupons.get(self.find(code) or 0)
        if coupon is None or not coupon.is_usable_by(email):
            return False
        until_s = int((clock.real_now() + HOLD).timestamp())
        coupon.meta[f"_coupon_held_{until_s}_aBc123"] = ""
        return True

    def pay(self, code: str) -> None:
        """Pay the order, with which the use is counted."""
        coupon = self.coupons[self.find(code) or 0]
        coupon.usage_count += 1
        coupon.meta = {name: each for name, each in coupon.meta.items() if "_held_" not in name}

    def buy(self, code: str, email: str = "anna@example.com") -> bool:
        was_taken = self.begin(code, email)
        if was_taken:
            self.pay(code)
        return was_taken

    def cancel(self, code: str) -> None:
        """Cancel an order that has used a code."""
        self.coupons[self.find(code) or 0].usage_count -= 1

    def answer(
        self, method: str, path: Sequence[str], query: Mapping[str, str], body: Row
    ) -> tuple[int, Any]:
        match [method, *path]:
            case ["GET", "data", "currencies", "current"]:
                return 200, {"code": self.currency, "name": "Euro"}
            case [_, "customers", number]:
                return self._customer(method, int(number), body)
            case ["GET", "coupons"]:
                found = self.find(query["code"])
                return 200, [self.coupons[found].json(found)] if found else []
            case ["POST", "coupons"]:
                return self._make(body)
            case [_, "coupons", number]:
                return self._coupon(method, int(number), body, query)
        raise AssertionError(path)

    def _customer(self, method: str, number: int, body: Row) -> tuple[int, Any]:
        customer = self.customers.get(number)
        if customer is None:
            code = 400 if self.is_old and method == "PUT" else 404
            return code, _refusal("woocommerce_rest_invalid_id", "Invalid resource ID.", code)
        if method == "PUT":
            if customer.is_staff:
                return 403, _refusal("woocommerce_rest_cannot_edit", "Sorry, you cannot edit.", 403)
            assert set(body) == {"meta_data"}
            _write_meta(customer.meta, body)
        return 200, customer.json(number)

    def _make(self, body: Row) -> tuple[int, Any]:
        if self.find(body["code"]):
            name = "woocommerce_rest_coupon_code_already_exists"
            return 400, _refusal(name, "The coupon code already exists", 400)
        coupon = Coupon(body["code"].lower())
        coupon.write(body)
        number = self.add(coupon)
        return 201, coupon.json(number)

    def _coupon(
        self, method: str, number: int, body: Row, query: Mapping[str, str]
    ) -> tuple[int, Any]:
        coupon = self.coupons.get(number)
        if coupon is None:
            return 404, _refusal("woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.", 404)
        if method == "PUT":
            coupon.write(body)
        elif method == "DELETE":
            assert query == {"force": "true"}
            del self.coupons[number]
        return 200, coupon.json(number)


def _rows_of(meta: Row) -> list[Row]:
    return [
        {"id": 900 + n, "key": key, "value": each} for n, (key, each) in enumerate(meta.items())
    ]


def _write_meta(meta: Row, body: Row) -> None:
    for each in body.get("meta_data", []):
        if each["value"] is None:
            meta.pop(each["key"], None)
        else:
            meta[each["key"]] = each["value"]


def _refusal(name: str, message: str, code: int) -> Row:
    return {"code": name, "message": message, "data": {"status": code}}
